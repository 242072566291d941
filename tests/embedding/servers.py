"""Servers on loopback, for as long as a test needs them."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

from tests.embedding.processes import ROOT, Host

PATIENCE = 60.0
"""Most seconds that a server may need to come up."""


def free_port() -> int:
    """A port of loopback that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def gunicorn(program: str, *options: str, folder: Path, **environment: str) -> Iterator[str]:
    """The address of gunicorn serving *program*, which ends with the block."""
    port = free_port()
    command = [sys.executable, "-m", "gunicorn", "-b", f"127.0.0.1:{port}", *options, program]
    places = {"PYTHONPATH": str(ROOT), "XDG_RUNTIME_DIR": str(folder)}
    with _running(command, port, folder, {**os.environ, **places, **environment}) as address:
        yield address


@contextmanager
def serving(host: Host) -> Iterator[str]:
    """The address of what `flask run` serves, which ends with the block."""
    port = free_port()
    command = [sys.executable, "-m", "flask", "--app", host.program, "run", "--port", str(port)]
    with _running(command, port, host.folder, host.environment) as address:
        yield address


@contextmanager
def _running(command: list[str], port: int, folder: Path, environment: Mapping[str, str]) -> Iterator[str]:
    log = folder / "server.log"
    with log.open("wb") as output:
        process = subprocess.Popen(
            command,
            cwd=folder,
            env=environment,
            stdout=output,
            stderr=output,
            start_new_session=True,
        )
    try:
        _wait(f"http://127.0.0.1:{port}/pid", process, log)
        yield f"http://127.0.0.1:{port}"
    finally:
        if process.poll() is None:
            process.terminate()
            try:
                process.wait(20)
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()


def _wait(address: str, process: "subprocess.Popen[bytes]", log: Path) -> None:
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        if process.poll() is not None:
            break
        try:
            httpx.get(address, timeout=5, verify=False, trust_env=False)
            return
        except httpx.TransportError:
            time.sleep(0.1)
    pytest.fail(f"The server did not come up:\n{log.read_text()[-3000:]}")
