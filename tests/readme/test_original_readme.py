"""The README published with version 0.x goes on working: every block is run, or said to run elsewhere."""

from __future__ import annotations

import hashlib
import json
import re
import sys
import tomllib
from collections import Counter
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, TypeVar

import pytest
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name

from .blocks import Block, blocks_in
from .page import Fetch, Page, fetches_in
from .scenarios import (
    APP,
    NOT_YET,
    REDIS_URL,
    TREATMENTS,
    URI,
    Along,
    Endpoints,
    Key,
    Of,
    Program,
    Requirements,
    Server,
    assemble,
)
from .visitor import PASSWORD, Visitor, over_http
from .workshop import (
    HERE,
    PUBLISHED_PORT,
    REPOSITORY,
    finish,
    free_port,
    is_free,
    require_redis,
    run,
    serving,
    write,
)

ORIGINAL = HERE / "original.md"
PUBLISHED = "7dfe2342f8bacf3f631d6d37ee1902e618e7fd74e2bfcd5449b7a0e39cf46523"
BLOCKS: dict[Key, Block] = {block.key: block for block in blocks_in(ORIGINAL)}
ENDPOINT = re.compile(r"^(GET|POST|PUT|PATCH|DELETE)\s+(/\S+)", re.MULTILINE)
WHOAMI = Fetch("GET", "http://localhost:5000/api/auth/user/@me", {}, (), with_credentials=True)
IN_PROSE = re.compile(r"^- `((?:GET|POST|PUT|PATCH|DELETE) /\S+)`", re.MULTILINE)


T = TypeVar("T")


def treated(kind: type[T]) -> list[tuple[Key, T]]:
    return [
        (key, treatment)
        for key, treatments in TREATMENTS.items()
        for treatment in treatments
        if isinstance(treatment, kind)
    ]


def named(key: Key, *more: str) -> str:
    block = BLOCKS.get(key)
    return ": ".join([block.name if block else str(key), *filter(None, more)])


def test_the_copy_is_what_was_published() -> None:
    assert hashlib.sha256(ORIGINAL.read_bytes()).hexdigest() == PUBLISHED, (
        "what was published cannot be edited (a formatter that knows Markdown may have done it)"
    )


def test_the_processes_of_the_snippets_reach_this_machine_only(tmp_path: Path) -> None:
    attempts = ("connect(('192.0.2.1', 80))", "connect(('127.0.0.1', 1))")

    said = [
        finish(tmp_path, [sys.executable, "-c", f"import socket; socket.socket().{attempt}"], {}).stderr
        for attempt in attempts
    ]

    assert "stay on this machine" in said[0]
    assert "ConnectionRefusedError" in said[1]


def test_no_two_blocks_share_a_heading_and_a_place() -> None:
    counted = Counter(block.key for block in blocks_in(ORIGINAL))

    assert [key for key, count in counted.items() if count > 1] == []


def test_every_block_is_accounted_for() -> None:
    unaccounted = [f"line {block.line}: {key}" for key, block in BLOCKS.items() if not TREATMENTS.get(key)]
    treated_but_absent = [key for key in TREATMENTS if key not in BLOCKS]

    assert unaccounted == []
    assert treated_but_absent == []


@pytest.mark.parametrize(
    ("key", "other"), [pytest.param(key, other, id=named(key)) for key, other in treated(Along)]
)
def test_a_block_said_to_run_along_with_another_has_its_part_there(key: Key, other: Along) -> None:
    parts = set()
    for treatment in TREATMENTS[other.heading, other.ordinal]:
        if isinstance(treatment, Server):
            parts |= {script.key for script in treatment.pages}
        if isinstance(treatment, Program | Server):
            parts |= {part.key for file in treatment.files.values() for part in file if isinstance(part, Of)}

    assert key in parts


def test_every_line_of_the_dont_section_is_tried() -> None:
    block = BLOCKS["❌ Don't Do This", 1]
    settings = re.findall(r"^app\.config\['(\w+)'\]", block.text, re.MULTILINE)
    tried = {
        file
        for _, program in treated(Program)
        for file in assemble(program.files, BLOCKS).values()
        if "auth = AuthSvc(app)" in file
    }

    lines = [line for line in block.text.splitlines() if line.startswith("app.config")]
    assert len(lines) == len(settings) == 4
    assert [line for line in lines if not any(f"\n{line}\n" in file for file in tried)] == []


@pytest.mark.parametrize(
    ("key", "program"),
    [
        pytest.param(key, program, id=named(key, program.check, program.name))
        for key, program in treated(Program)
    ],
)
def test_a_snippet_works_in_a_process_of_its_own(key: Key, program: Program, tmp_path: Path) -> None:
    if program.needs_redis:
        require_redis(REDIS_URL, named(key))
    given = dict(program.given)
    if program.said:
        given["says"] = BLOCKS[program.said.key].text
    write(tmp_path, assemble(program.files, BLOCKS))

    done = run(tmp_path, program.check, given, program.env)

    assert done.returncode == 0, f"{done.stdout}\n{done.stderr}"
    assert program.warns in done.stderr


@pytest.mark.parametrize(
    ("key", "server"), [pytest.param(key, server, id=named(key)) for key, server in treated(Server)]
)
def test_a_command_line_serves_the_api(key: Key, server: Server, tmp_path: Path) -> None:
    if server.needs_redis:
        require_redis(REDIS_URL, named(key))
    port = PUBLISHED_PORT if server.as_written and is_free(PUBLISHED_PORT) else free_port()
    files = assemble(server.files, BLOCKS)
    command = server.command(BLOCKS[key].text)
    if command[0] == "python" and port != PUBLISHED_PORT:
        files["app.py"] = files["app.py"].replace("app.run(", f"app.run(port={port}, ")
    write(tmp_path, files)

    with serving(tmp_path, command, port, server.env):
        visitor = Visitor(over_http(f"http://127.0.0.1:{port}"))
        visitor.stay_a_while()
        # An ended session is refused by whichever worker answers.
        assert [visitor.get("/api/auth/user/@me").status for _ in range(8)] == [401] * 8
        for script in server.pages:
            play(script.key, port, visitor)


def play(script: Key, port: int, visitor: Visitor) -> None:
    """The `fetch` calls of a script, in order, by a page on http://localhost:3000 that knows the visitor."""
    page = Page("http://localhost:3000", port)
    held: dict[tuple[str, str], str] = {}
    calls = fetches_in(BLOCKS[script].text)
    paths = [f"{call.method} {call.url.partition('localhost:5000')[2]}" for call in calls]
    assert all(call.with_credentials for call in calls)

    for path, call in zip(paths, calls, strict=True):
        answer = page.fetch(call, {"email": visitor.email, "password": PASSWORD})

        assert answer.status_code == 200, f"{path}: {answer.status_code} {answer.text}"
        if path.endswith("/login"):
            assert answer.json()["user"]["email"] == visitor.email
            held = dict(page.cookies)
            assert page.fetch(WHOAMI, {}).status_code == 200
        if path.endswith("/logout"):
            assert not any(name.endswith("_token") for name, _ in page.cookies)
            page.cookies = held
            assert page.fetch(WHOAMI, {}).status_code == 401
    assert paths[0] == "POST /api/auth/login"


def test_the_command_lines_are_those_of_the_readme() -> None:
    commands = {key: server.command(BLOCKS[key].text) for key, server in treated(Server)}

    assert commands["Docker", 1] == ["gunicorn", "-w", "4", "-b", "0.0.0.0:5000", "app:app"]
    assert commands["Heroku", 1] == commands["DigitalOcean App Platform", 1] == ["gunicorn", "app:app"]


def test_what_pip_is_told_to_install_is_this_distribution() -> None:
    project = tomllib.loads((REPOSITORY / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    asked = [
        requirement
        for key, _ in treated(Requirements)
        for requirement in requirements_in(BLOCKS[key].text)
        if canonicalize_name(requirement.name) == canonicalize_name(project["name"])
    ]

    assert len(asked) == len(treated(Requirements))
    assert {extra for requirement in asked for extra in requirement.extras} <= set(
        project["optional-dependencies"]
    )


def test_the_python_of_the_dockerfile_is_one_that_is_supported() -> None:
    project = tomllib.loads((REPOSITORY / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    [version] = re.findall(r"^FROM python:([\d.]+)", BLOCKS["Docker", 1].text, re.MULTILINE)

    assert SpecifierSet(project["requires-python"]).contains(version)


def test_every_endpoint_that_was_promised_is_in_the_spec_or_known_to_be_missing(tmp_path: Path) -> None:
    built = endpoints_of_the_spec(tmp_path)
    promised = [
        f"{method} {path}"
        for key, _ in treated(Endpoints)
        for method, path in ENDPOINT.findall(BLOCKS[key].text)
    ] + IN_PROSE.findall(ORIGINAL.read_text(encoding="utf-8"))

    assert len(promised) >= 20 + 5
    assert set(promised) >= NOT_YET
    missing = {endpoint for endpoint in promised if not is_built(endpoint, built)}
    assert missing - NOT_YET == set(), "promised, and gone"
    assert NOT_YET - missing == set(), "built: take these out of NOT_YET"


def requirements_in(text: str) -> list[Requirement]:
    """Of `pip install …`, or of the lines of a requirements.txt up to the next blank line."""
    if told := re.findall(r"^pip install (.+)$", text, re.MULTILINE):
        return [Requirement(word) for line in told for word in line.split()]
    [lines] = re.findall(r"^# requirements\.txt\n((?:.+\n)+)", text, re.MULTILINE)
    return [Requirement(line) for line in lines.splitlines()]


def endpoints_of_the_spec(folder: Path) -> set[str]:
    """`GET /api/auth/confirm/{token}` and its like, of the smallest app there is."""
    write(folder, {"app.py": APP + URI + "auth = AuthSvc(app)\n"})
    done = run(folder, "spec", {"into": "spec.json"}, {})
    assert done.returncode == 0, f"{done.stdout}\n{done.stderr}"
    spec: Mapping[str, Any] = json.loads((folder / "spec.json").read_text(encoding="utf-8"))
    prefix = next((str(server["url"]).rstrip("/") for server in spec.get("servers", [])), "")
    return {
        f"{method.upper()} {path if path.startswith('/api/auth/') else prefix + path}"
        for path, operations in spec["paths"].items()
        for method in operations
    }


def is_built(endpoint: str, built: Iterable[str]) -> bool:
    """`/confirm/<token>` is `/confirm/{token}`; `/login/google` may be one of `/login/{provider}`."""
    asked = endpoint.replace("<", "{").replace(">", "}").split("/")
    return any(
        len(parts) == len(asked)
        and all(part == word or part.startswith("{") for part, word in zip(parts, asked, strict=True))
        for parts in (one.split("/") for one in built)
    )
