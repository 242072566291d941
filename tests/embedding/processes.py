"""The `flask` command and programs of hosts, as processes of their own."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
PROGRAMS = Path(__file__).with_name("programs")


class Host:
    """A folder with one program, and the `flask` command in it."""

    def __init__(self, folder: Path, program: str, database: str, **environment: str) -> None:
        self.folder = folder
        self.program = program
        shutil.copy(PROGRAMS / f"{program}.py", folder)
        self.environment = {
            **os.environ,
            "PYTHONPATH": str(ROOT),
            "TEST_DATABASE": database,
            **environment,
        }

    def flask(self, *arguments: str, expected: int = 0, typed: str = "") -> str:
        """What `flask …` prints, on both streams; it must end as *expected*."""
        done = subprocess.run(
            [sys.executable, "-m", "flask", "--app", self.program, *arguments],
            cwd=self.folder,
            env=self.environment,
            capture_output=True,
            text=True,
            timeout=120,
            input=typed,
        )
        assert done.returncode == expected, f"{arguments}: {done.stdout}\n{done.stderr}"
        return done.stdout + done.stderr

    def migrations(self) -> list[str]:
        """The texts of the migrations, oldest first."""
        files = sorted(self.folder.glob("migrations/versions/*.py"), key=lambda one: one.stat().st_mtime_ns)
        return [one.read_text() for one in files]
