"""The linters that front-end teams run find nothing in the document. They need Node; see `node/`."""

import json
import os
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.contract.applications import APPLICATIONS, document_of
from tests.support import services

NODE = Path(__file__).parent / "node"
LINTERS = {
    "redocly": ["redocly", "lint", "--config", str(NODE / "redocly.yaml"), "--max-problems", "50"],
    "spectral": ["spectral", "lint", "--ruleset", str(NODE / "spectral.yaml"), "--fail-severity", "hint"],
}
QUIET = {"REDOCLY_TELEMETRY": "off", "REDOCLY_SUPPRESS_UPDATE_NOTICE": "true", "NO_COLOR": "1"}

pytestmark = pytest.mark.browser


def lint(name: str, document: Path) -> subprocess.CompletedProcess[str]:
    """What a linter says of a document."""
    command, *arguments = LINTERS[name]
    program = NODE / "node_modules" / ".bin" / command
    if shutil.which("node") is None or not program.exists():
        services.skip(f"{command} is not installed: npm ci in tests/contract/node")
    return subprocess.run(
        [str(program), *arguments, str(document)],
        env={**os.environ, **QUIET},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


@pytest.mark.parametrize("linter", list(LINTERS))
@pytest.mark.parametrize("name", ["default", "own user model"])
def test_a_linter_finds_nothing_in_the_document(linter: str, name: str, tmp_path: Path) -> None:
    # given the document of an application
    file = tmp_path / "openapi.json"
    file.write_text(json.dumps(document_of(APPLICATIONS[name]())))

    # when a linter reads it
    said = lint(linter, file)

    # then it has nothing to say, not even a warning
    assert said.returncode == 0, said.stdout + said.stderr


@pytest.mark.parametrize("linter", list(LINTERS))
def test_a_linter_finds_what_is_wrong(linter: str, tmp_path: Path) -> None:
    # given a document whose operation lacks its description and has an example that does not fit
    document = document_of(APPLICATIONS["default"]())
    operation = document["paths"]["/api/auth/login"]["post"]
    del operation["description"]
    operation["requestBody"]["content"]["application/json"]["example"] = {"password": 7}
    file = tmp_path / "openapi.json"
    file.write_text(json.dumps(document))

    # when a linter reads it
    said = lint(linter, file)

    # then it says so
    assert said.returncode != 0
    assert "description" in said.stdout + said.stderr
    assert "example" in said.stdout + said.stderr
