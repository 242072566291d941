"""What is committed is what the code makes: the document, the schemas, the Python client.

`clients/generate.sh` makes them anew. `TEST_OTHER_PYTHONS` may name interpreters of other versions, separated
as in PATH; the package must be installed in each.
"""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
APP = "docs/examples/default/app.py"
GENERATED = ("openapi", "schemas", "clients/python/flask_headless_auth_client")
OTHERS = [one for one in os.environ.get("TEST_OTHER_PYTHONS", "").split(os.pathsep) if one]


def files_below(folder: Path) -> dict[str, bytes]:
    """Each file by its path, without what tools leave behind."""
    return {
        str(file.relative_to(folder)): file.read_bytes()
        for name in GENERATED
        for file in sorted((folder / name).rglob("*"))
        if file.is_file() and "cache" not in str(file)
    }


def printed(python: str, folder: Path, seed: str) -> dict[str, bytes]:
    """The default application's document in both forms, as a fresh process writes it."""
    subprocess.run(
        [python, "-m", "flask", "--app", APP, "auth", "spec", "--out", str(folder)],
        cwd=ROOT,
        env={**os.environ, "PYTHONHASHSEED": seed},
        capture_output=True,
        timeout=120,
        check=True,
    )
    return {file.name: file.read_bytes() for file in folder.iterdir()}


@pytest.mark.slow
def test_what_is_committed_is_what_the_code_makes(tmp_path: Path) -> None:
    # given the committed files
    committed = files_below(ROOT)
    assert len(committed) > 50

    # when everything is made anew elsewhere
    subprocess.run(
        ["sh", str(ROOT / "clients" / "generate.sh"), str(tmp_path)],
        capture_output=True,
        timeout=300,
        check=True,
    )
    made = files_below(tmp_path)

    # then not one byte differs; where it does, `make generate` mends it
    assert sorted(committed) == sorted(made)
    assert [name for name in made if made[name] != committed[name]] == []


def test_two_runs_give_the_same_bytes_and_they_are_the_committed_ones(tmp_path: Path) -> None:
    # given the committed document
    committed = {file.name: file.read_bytes() for file in (ROOT / "openapi").iterdir()}

    # when two processes with different hash seeds write it
    first, second = (printed(sys.executable, tmp_path / seed, seed) for seed in ("1", "2"))

    # then all three are the same
    assert sorted(first) == ["openapi.json", "openapi.yaml"]
    assert first == second == committed


@pytest.mark.slow
@pytest.mark.skipif(not OTHERS, reason="TEST_OTHER_PYTHONS names no other interpreters")
@pytest.mark.parametrize("python", OTHERS)
def test_every_version_of_python_gives_the_same_bytes(python: str, tmp_path: Path) -> None:
    # given the committed document
    committed = {file.name: file.read_bytes() for file in (ROOT / "openapi").iterdir()}

    # when an interpreter of another version writes it
    # then not one byte differs
    assert printed(python, tmp_path, "3") == committed
