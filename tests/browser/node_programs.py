"""Node: its programs, the packages they need, and the browser that they drive."""

import fcntl
import functools
import json
import os
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.support import services

ROOT = Path(__file__).resolve().parents[2]
CLIENT = ROOT / "clients" / "typescript"
DEMO = ROOT / "docs" / "examples" / "demo"
PROGRAMS = Path(__file__).resolve().parent / "node"

LEAST_NODE = 20
CHROMIUM = "/usr/bin/chromium"


def node() -> str:
    """Where Node is; without one of the right age the test is skipped."""
    found = shutil.which("node")
    if found is None or shutil.which("npm") is None:
        services.skip("Node and npm are not installed (https://nodejs.org, version 20 or later).")
        raise AssertionError
    version = subprocess.run([found, "--version"], capture_output=True, text=True, check=True).stdout
    if int(version.lstrip("v").split(".")[0]) < LEAST_NODE:
        services.skip(f"Node {version.strip()} is too old; {LEAST_NODE} or later is needed.")
    return found


def chromium() -> str:
    """Where Chromium is; without it the test is skipped."""
    path = os.environ.get("CHROMIUM", CHROMIUM)
    if not os.access(path, os.X_OK):
        services.skip(f"Chromium is not at {path}; install it or set CHROMIUM.")
    return path


@functools.cache
def install(folder: Path) -> None:
    """Install what the folder's lock file names, once for each lock file; without a registry, skip."""
    node()
    marker, lock = folder / "node_modules" / ".installed", folder / "package-lock.json"
    with _one_at_a_time("npm"):
        if marker.exists() and marker.read_bytes() == lock.read_bytes():
            return
        done = subprocess.run(["npm", "ci", "--silent"], cwd=folder, capture_output=True, text=True)
        if done.returncode:
            services.skip(f"npm ci in {folder.name} failed: {(done.stderr or done.stdout).strip()[-500:]}")
        shutil.copy(lock, marker)


@functools.cache
def build_client() -> None:
    """Build the TypeScript client, and find that it compiles."""
    install(CLIENT)
    with _one_at_a_time("npm"):
        run(["npm", "run", "--silent", "build"], cwd=CLIENT)


@functools.cache
def build_demo() -> None:
    """Build the TypeScript client and the demo's page."""
    node()
    with _one_at_a_time("npm"):
        run([str(DEMO / "build")])


def once(
    factory: pytest.TempPathFactory, name: str, look: Callable[[Path], dict[str, Any]]
) -> dict[str, Any]:
    """What *look* observed in a folder of its own: looked at once, also where several processes run tests."""
    shared = factory.getbasetemp().parent if "PYTEST_XDIST_WORKER" in os.environ else factory.getbasetemp()
    kept = shared / f"{name}.json"
    with _one_at_a_time(name, shared):
        if not kept.exists():
            kept.write_text(json.dumps(look(factory.mktemp(name))))
        observed: dict[str, Any] = json.loads(kept.read_text())
    return observed


class _one_at_a_time:
    """Keeps parallel test processes from doing one thing at once."""

    def __init__(self, name: str, folder: Path = ROOT / ".cache") -> None:
        folder.mkdir(exist_ok=True)
        self.path = folder / f"{name}.lock"

    def __enter__(self) -> None:
        self.file = self.path.open("w")
        fcntl.flock(self.file, fcntl.LOCK_EX)

    def __exit__(self, *_: object) -> None:
        self.file.close()


def run(
    command: list[str], *, cwd: Path = ROOT, timeout: float = 240, fails: bool = False, **variables: str
) -> str:
    """What a command prints; a failure that is not expected shows everything that it printed."""
    done = subprocess.run(
        command,
        cwd=cwd,
        env={**os.environ, **variables},
        capture_output=True,
        text=True,
        timeout=timeout,
    )
    assert fails or done.returncode == 0, (
        f"{' '.join(command)} ended with {done.returncode}\n{done.stdout}\n{done.stderr}"
    )
    return done.stdout


def tell(program: str, **facts: Any) -> dict[str, Any]:
    """What a program of `node/` observed when it was told these facts."""
    install(PROGRAMS)
    facts.setdefault("chromium", os.environ.get("CHROMIUM", CHROMIUM))
    printed = run([node(), str(PROGRAMS / program), json.dumps(facts)], cwd=PROGRAMS)
    observed: dict[str, Any] = json.loads(printed.strip().splitlines()[-1])
    return observed
