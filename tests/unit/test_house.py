"""The rules of the house: what may stand where, read from the code itself."""

import ast
import importlib
import inspect
import pkgutil
import shutil
import subprocess
import sys
import tomllib
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, fields
from functools import cached_property
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from flask.views import MethodView

import flask_headless_auth
from flask_headless_auth import errors
from flask_headless_auth.errors import AuthError
from flask_headless_auth.events import Event
from flask_headless_auth.features import catalog
from flask_headless_auth.settings import KERNEL, Settings

PACKAGE = Path(flask_headless_auth.__file__).parent
ROOT = PACKAGE.parent
NAME = "flask_headless_auth"
FEATURES = sorted(one.name for one in (PACKAGE / "features").iterdir() if (one / "__init__.py").exists())

LAZY = {
    *("argon2", "argon2.low_level", "redis", "flask_swagger_ui", "PIL", "boto3", "requests"),
    *("webauthn", "webauthn.helpers", "webauthn.helpers.cose", "webauthn.helpers.structs"),
    *("authlib.common.errors", "authlib.integrations.requests_client", "authlib.oidc.core"),
    *("joserfc", "joserfc.errors", "joserfc.jwk"),
}
"""Heavy or optional packages of others that may be imported where they are used."""


@dataclass(frozen=True)
class Source:
    """One file of the package as a syntax tree."""

    path: Path

    @cached_property
    def tree(self) -> ast.Module:
        return ast.parse(self.path.read_text(encoding="utf-8"))

    @property
    def name(self) -> str:
        """`features/signin/logic.py`."""
        return self.path.relative_to(PACKAGE).as_posix()

    @cached_property
    def imported(self) -> dict[str, str]:
        """What each imported name stands for: `sa` for `sqlalchemy`."""
        names: dict[str, str] = {}
        for node in ast.walk(self.tree):
            if isinstance(node, ast.Import):
                names |= {one.asname or one.name: one.name for one in node.names}
            elif isinstance(node, ast.ImportFrom):
                names |= {one.asname or one.name: f"{node.module}.{one.name}" for one in node.names}
        return names

    def stands_for(self, node: ast.AST) -> str:
        """The full name of what an expression names, as far as the imports tell."""
        if isinstance(node, ast.Name):
            return self.imported.get(node.id, node.id)
        if isinstance(node, ast.Attribute):
            return f"{self.stands_for(node.value)}.{node.attr}"
        return ""

    def uses(self, full_name: str) -> Iterator[str]:
        """Each place that names *full_name*: `features/signin/logic.py:finish`."""
        for top in self.tree.body:
            for node in ast.walk(top):
                if self.stands_for(node) == full_name:
                    yield f"{self.name}:{getattr(top, 'name', 'module')}"

    def calls(self) -> Iterator[tuple[str, ast.Call]]:
        """Each call with the full name of what is called."""
        for node in ast.walk(self.tree):
            if isinstance(node, ast.Call):
                yield self.stands_for(node.func), node


SOURCES = [Source(path) for path in sorted(PACKAGE.rglob("*.py"))]


def modules() -> list[ModuleType]:
    """Every module of the package."""
    found = pkgutil.walk_packages(flask_headless_auth.__path__, f"{NAME}.")
    return [flask_headless_auth, *(importlib.import_module(one.name) for one in found)]


def every_use_of(full_name: str) -> set[str]:
    return {place for source in SOURCES for place in source.uses(full_name)}


def callers_of(is_meant: Callable[[str], bool]) -> set[str]:
    return {source.name for source in SOURCES for name, _ in source.calls() if is_meant(name)}


def subclasses_of(kind: type[Any]) -> Iterator[type[Any]]:
    for one in kind.__subclasses__():
        yield one
        yield from subclasses_of(one)


def test_only_models_and_users_ask_the_database() -> None:
    asking = callers_of(lambda name: name.rsplit(".", 1)[-1] == "select" or name.endswith(".query"))

    assert "users.py" in asking
    assert {one for one in asking if not one.endswith("/models.py")} <= {"users.py", "database.py"}


def test_only_logic_opens_a_transaction() -> None:
    opening = callers_of(lambda name: name == f"{NAME}.database.transaction")

    assert opening
    assert [one for one in opening if not one.endswith("/logic.py")] == []


def test_a_session_begins_only_behind_the_one_door() -> None:
    assert every_use_of(f"{NAME}.features.sessions.logic.begin") == {"features/signin/logic.py:finish"}


def test_tokens_are_signed_only_for_sessions() -> None:
    assert {one.partition(":")[0] for one in every_use_of(f"{NAME}.tokens.issue")} == {
        "features/sessions/logic.py"
    }
    assert callers_of(lambda name: name == "jwt.encode" or name.endswith(".sign")) == {"tokens.py"}


def test_time_comes_from_the_clock() -> None:
    system = ("datetime.now", "datetime.utcnow", "date.today", "time.time")

    reading = callers_of(lambda name: name.endswith(system))

    # Flask-Limiter's windows are counted in the system's time, whatever the clock says.
    assert reading <= {"clock.py", "limits.py"}
    assert "clock.py" in reading


def test_imports_inside_functions_are_of_heavy_packages_of_others() -> None:
    inside = {
        (source.name, name)
        for source in SOURCES
        for function in ast.walk(source.tree)
        if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef)
        for node in ast.walk(function)
        for name in _modules_of(node)
    }

    assert [one for one in sorted(inside) if one[1] not in LAZY] == []


def _modules_of(node: ast.AST) -> list[str]:
    if isinstance(node, ast.ImportFrom):
        return [node.module or "."]
    return [one.name for one in node.names] if isinstance(node, ast.Import) else []


def test_nothing_is_imported_for_type_checkers_only() -> None:
    naming = [source.name for source in SOURCES if "TYPE_CHECKING" in source.path.read_text(encoding="utf-8")]

    assert naming == []


def test_the_import_contracts_are_kept() -> None:
    # In a process of its own: import-linter configures logging for all of it.
    command = shutil.which("lint-imports", path=str(Path(sys.executable).parent))
    run = subprocess.run([command or "lint-imports", "--no-cache"], cwd=ROOT, capture_output=True, text=True)

    # then none is broken
    assert run.returncode == 0, run.stdout


def test_every_module_has_its_place_in_the_import_contract() -> None:
    # given the layers of the first contract
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["importlinter"]
    layers = contracts["contracts"][0]["layers"]
    placed = {name.strip().strip("()") for layer in layers for name in layer.replace(":", "|").split("|")}

    # then every module of the kernel and every feature stands in one
    kernel = {
        f"{NAME}.{path.stem}" for path in PACKAGE.glob("*.py") if path.stem not in ("__init__", "__main__")
    }
    features = {f"{NAME}.features.{name}" for name in [*FEATURES, "catalog"]}
    assert sorted((kernel | features) - placed) == []


def test_a_slice_imports_only_logic_schemas_and_events_of_another() -> None:
    wrong = []
    for source in SOURCES:
        own = source.name.split("/")[1] if source.name.startswith("features/") else None
        if own not in FEATURES:
            continue
        for full in source.imported.values():
            inside = full.removeprefix(f"{NAME}.features.")
            parts = inside.split(".")
            # Python has a package called `email` too.
            if full != inside and parts[0] in FEATURES and parts[0] != own:
                wrong += [f"{source.name}: {full}"] if parts[1] not in ("logic", "schemas", "events") else []

    assert wrong == []


@pytest.mark.parametrize("name", FEATURES)
def test_the_package_of_a_feature_is_only_a_docstring(name: str) -> None:
    tree = Source(PACKAGE / "features" / name / "__init__.py").tree

    assert ast.get_docstring(tree)
    assert len(tree.body) == 1


@pytest.mark.parametrize("name", FEATURES)
def test_the_manifest_of_a_feature_is_a_literal(name: str) -> None:
    # given the manifest without its docstring and its imports
    tree = Source(PACKAGE / "features" / name / "feature.py").tree
    rest = [one for one in tree.body[1:] if not isinstance(one, ast.Import | ast.ImportFrom)]

    # then one name is left, and what it stands for has no logic
    assert ast.get_docstring(tree)
    [manifest] = rest
    assert isinstance(manifest, ast.Assign)
    assert [ast.unparse(one) for one in manifest.targets] == [name.upper()]
    logic = (ast.If, ast.IfExp, ast.FunctionDef, ast.Lambda, ast.comprehension, ast.BoolOp, ast.Subscript)
    assert [ast.unparse(one) for one in ast.walk(manifest) if isinstance(one, logic)] == []


def test_the_catalog_lists_every_feature_once() -> None:
    assert sorted(one.name for one in catalog.ALL) == FEATURES


def test_the_body_of_a_view_is_short() -> None:
    # given every handler of every view, without its docstring
    handlers = {
        f"{source.name}:{view.name}": method.body[1:]
        for source in SOURCES
        if source.name.endswith("/views.py")
        for view in source.tree.body
        if isinstance(view, ast.ClassDef)
        for method in view.body
        if isinstance(method, ast.FunctionDef)
    }

    # then it only translates
    assert handlers
    assert [name for name, body in handlers.items() if len(body) > 4] == []


def test_every_public_function_and_class_has_a_docstring() -> None:
    assert sorted({name for module in modules() for name in _undescribed(module)}) == []


def _undescribed(module: ModuleType) -> Iterator[str]:
    if not inspect.getdoc(module):
        yield module.__name__
    for name, thing in vars(module).items():
        is_ours = getattr(thing, "__module__", None) == module.__name__ and not name.startswith("_")
        if is_ours and inspect.isfunction(thing) and not thing.__doc__:
            yield f"{module.__name__}.{name}"
        elif is_ours and inspect.isclass(thing):
            yield from _undescribed_in(thing, f"{module.__name__}.{name}")


def _undescribed_in(kind: type[Any], name: str) -> Iterator[str]:
    # The docstring of a view's handler is its documentation; a docstring of the class would be a second one.
    is_view = issubclass(kind, MethodView)
    if not is_view and not vars(kind).get("__doc__"):
        yield name
    for member, thing in vars(kind).items():
        inherited = any(hasattr(base, member) for base in kind.__bases__)
        is_method = inspect.isfunction(thing) and thing.__name__ == member
        if is_method and not member.startswith("_") and not inherited and not thing.__doc__:
            yield f"{name}.{member}"


def test_every_setting_has_one_key_and_a_line_of_documentation() -> None:
    sections: list[type[Settings]] = [*KERNEL, *(one for feature in catalog.ALL for one in feature.settings)]
    keys = Counter(kind.key(field) for kind in sections for field in fields(kind))

    undescribed = [
        kind.key(field)
        for kind in sections
        for field in fields(kind)
        if not field.metadata["doc"].endswith(".")
    ]

    assert set(subclasses_of(Settings)) == set(sections)
    assert undescribed == []
    assert [key for key, count in keys.items() if count > 1] == []


def test_every_refusal_has_a_code_of_its_own_and_a_place_in_the_tree() -> None:
    # given every class of refusal that this package declares
    kinds = [one for one in subclasses_of(AuthError) if one.__module__.startswith(NAME)]
    coded = [one for one in kinds if "code" in vars(one)]

    # then no code says two things, each tells what to do, and the page of the module draws it
    assert [code for code, count in Counter(one.code for one in coded).items() if count > 1] == []
    assert [one.__name__ for one in coded if not one.mend or not one.detail.endswith(".")] == []
    assert [one.__name__ for one in kinds if one.__name__ not in (errors.__doc__ or "")] == []


def test_every_event_belongs_to_a_feature_and_can_be_imported_from_the_package() -> None:
    declared = {one for feature in catalog.ALL for one in feature.events}

    assert {one for one in subclasses_of(Event) if one.__module__.startswith(NAME)} == declared
    assert {one.__name__ for one in declared} <= set(flask_headless_auth.__all__)


def test_every_event_is_emitted_by_the_logic_of_its_feature() -> None:
    emitting = {
        source.stands_for(call.args[0].func)
        for source in SOURCES
        for name, call in source.calls()
        if name == f"{NAME}.database.emit" and isinstance(call.args[0], ast.Call)
    }
    declared = {f"{one.__module__}.{one.__name__}" for feature in catalog.ALL for one in feature.events}

    assert emitting == declared


def test_every_named_limit_is_counted_and_every_counted_one_is_declared() -> None:
    counting = (f"{NAME}.limits.limited", f"{NAME}.limits.count", f"{NAME}.limits.refund")
    counted = {
        ast.literal_eval(call.args[0])
        for source in SOURCES
        for name, call in source.calls()
        if name in counting and isinstance(call.args[0], ast.Constant)
    }

    assert counted == {name for feature in catalog.ALL for name in feature.limits}


def test_a_file_can_be_read_in_one_sitting() -> None:
    long = {one.name: one.path.read_text(encoding="utf-8").count("\n") for one in SOURCES}

    # A list is looked up, not read.
    assert {name: lines for name, lines in long.items() if lines > 400}.keys() <= {"errors.py"}
