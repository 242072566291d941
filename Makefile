# `make` lists the commands. Everything is installed into .venv and node_modules beside this file.

PY := .venv/bin/python
WORKERS ?= 2
NODE_PACKAGES := clients/typescript docs/examples/demo tests/browser/node tests/contract/node tests/oauth/node

# What `make check` has time for; `make test` runs them all.
FAST := tests/unit tests/stories tests/docs tests/contract

.DEFAULT_GOAL := help
.PHONY: help setup demo test lint check generate format bench build clean

help: ## list these commands
	@grep -E '^[a-z]+:.*## ' Makefile | sort | awk -F ':.*## ' '{ printf "  make %-10s %s\n", $$1, $$2 }'

setup: .venv/.ready node ## install what development needs: Python packages and, with Node, the clients'

demo: setup ## build everything, start the demo on SQLite and print its address
	PYTHON=$(PY) docs/examples/demo/run

test: setup lint ## run all tests; what is skipped, and for want of what, is listed at the end
	$(PY) -m pytest -n $(WORKERS) -p tests.support.skips $(ARGS)

lint: .venv/.ready ## style, types and the import contract
	$(PY) -m ruff check .
	$(PY) -m ruff format --check .
	$(PY) -m mypy
	.venv/bin/lint-imports

check: lint ## the same and the fast tests, in about a minute
	$(PY) -m pytest -n $(WORKERS) -m "not slow and not browser and not services" $(FAST) $(ARGS)

generate: setup ## write anew what comes from the code: spec, schemas, clients, pages of the docs, catalogues
	sh clients/generate.sh
	$(PY) docs/generate.py
	$(PY) docs/catalogues.py

format: .venv/.ready ## format the Python code and mend what the linter can mend
	$(PY) -m ruff check --fix .
	$(PY) -m ruff format .

bench: .venv/.ready ## compare the costs of our routes with a hand-written floor
	$(PY) -m tests.benchmarks $(ARGS)

build: .venv/.ready ## make the wheel and the source distribution in dist/
	rm -rf dist
	$(PY) -m build

clean: ## remove builds and caches; .venv and node_modules stay
	rm -rf build dist .mypy_cache .pytest_cache .ruff_cache .hypothesis .import_linter_cache
	find . -name __pycache__ -type d -not -path './.venv/*' -not -path '*/node_modules/*' -prune -exec rm -rf {} +

# The first Python on the path that is new enough; `make PYTHON=/path/to/python3.13` names another.
.venv/bin/python:
	@for python in $(PYTHON) python3 python3.13 python3.12 python3.11 python; do \
	    if "$$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then \
	        "$$python" -m venv .venv && exit 0; \
	        rm -rf .venv; \
	        echo "$$python makes no virtual environment. On Debian and Ubuntu: apt-get install python3-venv" >&2; \
	        exit 1; \
	    fi; \
	done; \
	echo 'Python 3.11 or newer is needed, and there is none on the path.' >&2; exit 1

# Dependency groups need pip 25.1.
.venv/.ready: pyproject.toml | .venv/bin/python
	$(PY) -m pip install --quiet --disable-pip-version-check --upgrade 'pip>=25.1'
	$(PY) -m pip install --quiet --disable-pip-version-check --editable . --group dev
	@touch $@

# A copy of the lock file in node_modules says what is installed there.
.PHONY: node
node:
	@if ! command -v npm >/dev/null; then \
	    echo 'Node is not there: the TypeScript client, the demo page and the browser are left out.'; \
	    exit 0; \
	fi; \
	for package in $(NODE_PACKAGES); do \
	    [ -f "$$package/package-lock.json" ] || continue; \
	    if ! cmp -s "$$package/package-lock.json" "$$package/node_modules/.installed"; then \
	        echo "npm ci in $$package"; \
	        (cd "$$package" && npm ci --silent && mkdir -p node_modules && cp package-lock.json node_modules/.installed) || exit 1; \
	    fi; \
	done
