"""Servers for a browser: real processes at free ports of this machine, gone with the test."""

import contextlib
import json
import os
import re
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from tests.support import smtp

ROOT = Path(__file__).resolve().parents[2]
PATIENCE = 30


def free_port() -> int:
    """A port at which nobody listens now."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


@contextlib.contextmanager
def process(command: list[str], url: str, log: Path, **variables: str) -> Iterator[str]:
    """A server process that answers at *url*; its whole group ends with the block."""
    with log.open("w") as output:
        server = subprocess.Popen(
            command,
            cwd=ROOT,
            env={**os.environ, "PYTHONUNBUFFERED": "1", **variables},
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    try:
        _await(url, server, log)
        yield url
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(server.pid, signal.SIGTERM)
        try:
            server.wait(10)
        except subprocess.TimeoutExpired:
            os.killpg(server.pid, signal.SIGKILL)
            server.wait(10)


def _await(url: str, server: "subprocess.Popen[bytes]", log: Path) -> None:
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        assert server.poll() is None, f"The server ended at once:\n{log.read_text()}"
        try:
            urllib.request.urlopen(url, timeout=2).close()
            return
        except urllib.error.HTTPError:
            return
        except OSError:
            time.sleep(0.05)
    raise AssertionError(f"The server does not answer at {url}:\n{log.read_text()}")


def await_line(log: Path, pattern: str) -> str:
    """The first group of *pattern* in a server's log, as soon as it is there."""
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        found = re.search(pattern, log.read_text())
        if found is not None:
            return found[1]
        time.sleep(0.05)
    raise AssertionError(f"The server never printed {pattern}:\n{log.read_text()}")


def status(url: str, host: str | None = None) -> int:
    """The status of an answer, asked for under the name *host*."""
    asked = urllib.request.Request(url, headers={} if host is None else {"Host": host})
    try:
        with urllib.request.urlopen(asked, timeout=10) as answer:
            return int(answer.status)
    except urllib.error.HTTPError as refused:
        return refused.code


def post(url: str, body: object) -> None:
    """Send JSON; anything but a success raises."""
    headers = {"Content-Type": "application/json"}
    asked = urllib.request.Request(url, json.dumps(body).encode(), headers)
    urllib.request.urlopen(asked, timeout=10).close()


@contextlib.contextmanager
def gunicorn(folder: Path, *, application: str = "default", **settings: str) -> Iterator[str]:
    """An application of `applications.py` under gunicorn with two workers, at `http://localhost:<port>`.

    Each has threads: browsers open connections in advance, and a worker without threads waits on an idle one.
    """
    port = free_port()
    command = [
        sys.executable, "-m", "gunicorn", "--workers", "2", "--threads", "4", "--bind", f"127.0.0.1:{port}",
        "--worker-tmp-dir", str(folder), f"tests.browser.applications:{application}()",
    ]  # fmt: skip
    variables = {"TEST_PORT": str(port), "TEST_DATABASE": f"sqlite:///{folder / 'test.db'}", **settings}
    log = folder / "gunicorn.log"
    with process(command, f"http://127.0.0.1:{port}/api/auth/config", log, **variables):
        yield f"http://localhost:{port}"


@contextlib.contextmanager
def mailing(folder: Path, sink: smtp.Sink) -> Iterator[str]:
    """An application that sends its mails to *sink*."""
    settings = {"EMAIL_SERVICE": "smtp", "MAIL_SERVER": sink.host, "MAIL_PORT": str(sink.port)}
    with gunicorn(folder, application="mailing", **settings) as url:
        yield url


class _Blank(BaseHTTPRequestHandler):
    """An empty page, for scripts of another site to run in."""

    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.end_headers()
        self.wfile.write(b"<!doctype html><title>Another site</title>")

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


@contextlib.contextmanager
def blank_site() -> Iterator[int]:
    """The port of a server that has nothing but an empty page."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Blank)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield int(server.server_address[1])
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
