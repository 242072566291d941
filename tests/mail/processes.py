"""The program `posted` as processes of their own."""

import os
import subprocess
import sys
from pathlib import Path

from tests.support.smtp import Sink

ROOT = Path(__file__).parents[2]
PROGRAM = Path(__file__).with_name("programs") / "posted.py"
PATIENCE = 60


def environment(database: str, server: Sink, **others: str) -> dict[str, str]:
    """What tells the program where everything is."""
    where = {"TEST_DATABASE": database, "TEST_SMTP_PORT": str(server.port), "PYTHONPATH": str(ROOT)}
    return {**os.environ, **where, **others}


class Program:
    """A running program."""

    def __init__(self, database: str, server: Sink, *words: str, **others: str) -> None:
        self.process = subprocess.Popen(
            [sys.executable, str(PROGRAM), *words],
            env=environment(database, server, **others),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def until_it_waits(self) -> None:
        """Return when it has come to the next `wait`."""
        assert self.process.stdout is not None
        assert self.process.stdout.readline() == "waiting\n", self.process.communicate()

    def go_on(self) -> None:
        """Let it go on."""
        assert self.process.stdin is not None
        self.process.stdin.write("\n")
        self.process.stdin.flush()

    def end(self) -> int:
        """How it ended."""
        _, errors = self.process.communicate(timeout=PATIENCE)
        self.errors = errors
        return self.process.returncode


def flask(database: str, server: Sink, *words: str, **others: str) -> "subprocess.Popen[str]":
    """`flask auth …`, running."""
    return subprocess.Popen(
        [sys.executable, "-m", "flask", "--app", str(PROGRAM), "auth", *words],
        env=environment(database, server, **others),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
