"""What a process costs before it serves: CPU seconds and resident memory, each in a process of its own."""

import json
import random
import subprocess
import sys
import tempfile
from dataclasses import dataclass, field
from pathlib import Path

from tests.benchmarks import rounds, sides

OURS = f"""
import flask
from flask_headless_auth import AuthSvc
app = flask.Flask("host")
app.config.update(SECRET_KEY={sides.SECRET!r}, AUTHSVC_PUBLIC_URL={sides.ISSUER!r})
app.config["SQLALCHEMY_DATABASE_URI"] = URL
AuthSvc(app)
path = "/api/auth/user/@me"
"""
FLOOR = f"""
from tests.benchmarks.floor import floor
app = floor(URL, {sides.SECRET!r}, {sides.ISSUER!r})
path = "/me"
"""
MEASURED = """
import json, time
def memory():
    with open("/proc/self/status") as status:
        return next(int(line.split()[1]) for line in status if line.startswith("VmRSS:")) / 1024
def measured():
    return {"cpu": time.process_time(), "memory": memory()}
started = measured()
answer = app.test_client().get(path)
assert answer.status_code == 401, answer.data
print(json.dumps({"started": started, "asked": measured()}))
"""


@dataclass
class Started:
    """CPU seconds and MiB of processes once the application is made, and behind one request."""

    cpu: list[float] = field(default_factory=list)
    memory: list[float] = field(default_factory=list)
    cpu_asked: list[float] = field(default_factory=list)
    memory_asked: list[float] = field(default_factory=list)


def compare(*, times: int) -> dict[str, Started]:
    """Fresh interpreters, the package's and the floor's in turn; Python's own start counts too."""
    found = {"ours": Started(), "floor": Started()}
    with tempfile.TemporaryDirectory() as folder:
        for number in range(times + 1):
            rounds.progress(f"start-up: round {number} of {times}")
            for name, code in random.sample([("ours", OURS), ("floor", FLOOR)], 2):
                answer = _measured(f"URL = 'sqlite:///{folder}/{name}.db'\n{code}{MEASURED}")
                if number == 0:
                    # The first one fills the disk's cache and writes byte code.
                    continue
                found[name].cpu.append(answer["started"]["cpu"])
                found[name].memory.append(answer["started"]["memory"])
                found[name].cpu_asked.append(answer["asked"]["cpu"])
                found[name].memory_asked.append(answer["asked"]["memory"])
    return found


def _measured(code: str) -> dict[str, dict[str, float]]:
    root = Path(__file__).parents[2]
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=root, capture_output=True, text=True, check=True, timeout=120
    )
    answer: dict[str, dict[str, float]] = json.loads(done.stdout)
    return answer
