"""A folder of its own and a process of its own for each snippet, and a port of 127.0.0.1 for each server."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

HERE = Path(__file__).resolve().parent
REPOSITORY = HERE.parent.parent
INHERITED = ("PATH", "LANG", "LC_ALL", "TMPDIR", "SYSTEMROOT")
PUBLISHED_PORT = 5000
"""The port that Flask's `app.run()` and the published snippets use."""


def write(folder: Path, files: Mapping[str, str]) -> None:
    for name, text in files.items():
        (folder / name).write_text(text, encoding="utf-8")


def environment(folder: Path, extra: Mapping[str, str]) -> dict[str, str]:
    """Nothing of the developer's own environment but the path to programs and the locale."""
    inherited = {name: os.environ[name] for name in INHERITED if name in os.environ}
    paths = (folder, HERE / "loopback", HERE.parent, REPOSITORY)
    return inherited | {
        "HOME": str(folder),
        "PYTHONPATH": os.pathsep.join(map(str, paths)),
        "PYTHONUTF8": "1",
        **extra,
    }


def run(
    folder: Path, check: str, given: Mapping[str, Any], extra: Mapping[str, str]
) -> subprocess.CompletedProcess[str]:
    """One check of `drive.py` in a process of its own; what it printed is shown when it fails."""
    return finish(folder, [sys.executable, "-m", "readme.drive", check, json.dumps(given)], extra)


def finish(folder: Path, argv: Sequence[str], extra: Mapping[str, str]) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        argv,
        cwd=folder,
        env=environment(folder, extra),
        capture_output=True,
        text=True,
        encoding="utf-8",
        stdin=subprocess.DEVNULL,
        timeout=90,
        check=False,
    )


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def is_free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


@contextmanager
def serving(folder: Path, command: Sequence[str], port: int, extra: Mapping[str, str]) -> Iterator[None]:
    """The command line of a snippet (`python app.py`, `gunicorn …`) as a server on 127.0.0.1:`port`.

    The address that the command line binds is replaced; a command that names none learns it from gunicorn's
    and Flask's own variables. The process group that is started here, reloader and workers included, ends
    with the block.
    """
    here = f"127.0.0.1:{port}"
    program, *rest = [here if word == f"0.0.0.0:{PUBLISHED_PORT}" else word for word in command]
    argv = [sys.executable, *(["-m", program] if program != "python" else []), *rest]
    log = folder / "server.log"
    with log.open("wb") as output:
        process = subprocess.Popen(
            argv,
            cwd=folder,
            env=environment(
                folder, {**extra, "GUNICORN_CMD_ARGS": f"--bind={here}", "FLASK_RUN_PORT": str(port)}
            ),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        try:
            if not _answers(port, process):
                raise AssertionError(f"{argv} does not listen:\n{log.read_text(errors='replace')}")
            yield
        except BaseException as problem:
            problem.add_note(f"The server said:\n{log.read_text(errors='replace')[-4000:]}")
            raise
        finally:
            _end(process)


def require_redis(url: str, who: str) -> None:
    """Skips the test, in so many words, where no Redis answers; fails it where services are required."""
    if not answers_redis(url):
        says = f"{who} keeps its cache and its limits in Redis, and none answers at {url}"
        if os.environ.get("REQUIRE_SERVICES") == "1":
            pytest.fail(says)
        pytest.skip(says)


def answers_redis(url: str) -> bool:
    address = urlsplit(url)
    try:
        there = (address.hostname or "127.0.0.1", address.port or 6379)
        with socket.create_connection(there, timeout=1) as link:
            link.sendall(b"PING\r\n")
            return link.recv(16).startswith((b"+PONG", b"-NOAUTH"))
    except OSError:
        return False


def _answers(port: int, process: subprocess.Popen[bytes]) -> bool:
    """Waits until something listens there, until the process ends, or for 30 seconds."""
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        with socket.socket() as probe:
            probe.settimeout(1)
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return True
        try:
            process.wait(timeout=0.05)
        except subprocess.TimeoutExpired:
            continue
        return False
    return False


def _end(process: subprocess.Popen[bytes]) -> None:
    """Ends the whole group: a reloader leaves a child, gunicorn its workers."""
    for how in (signal.SIGTERM, signal.SIGKILL):
        try:
            os.killpg(process.pid, how)
        except ProcessLookupError:
            break
        try:
            process.wait(timeout=5)
        except subprocess.TimeoutExpired:
            continue
    process.wait(timeout=5)
