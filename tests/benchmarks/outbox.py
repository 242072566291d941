"""How many mails two workers bring to a mail server on this machine, and that none is lost or comes twice.

    python -m tests.benchmarks.outbox [--mails 10000] [--workers 2] [--engine sqlite postgresql mariadb]

The workers are `flask auth deliver` in processes of their own; the mail server answers at once and shares the
machine with them.
"""

import argparse
import logging
import sys
import tempfile
import time
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from tests.benchmarks import rounds
from tests.mail.posts import outcomes, posting, queue
from tests.mail.processes import flask
from tests.support import services
from tests.support.smtp import Sink, sink


@dataclass(frozen=True)
class Brought:
    """What two workers did with an outbox."""

    mails: int
    queued_in: float
    brought_in: float
    lost: int
    twice: int


def measure(url: str, server: Sink, *, mails: int, workers: int) -> Brought:
    """Queue so many mails, let so many workers deliver them, and count what came."""
    app = posting(url, server)
    people = [f"{number}@example.com" for number in range(mails)]
    began = time.perf_counter()
    for start in range(0, mails, 500):
        rounds.progress(f"outbox: {start} of {mails} queued")
        queue(app, *people[start : start + 500], life=86_400)
    queued_in, began = time.perf_counter() - began, time.perf_counter()
    running = [flask(url, server, "deliver", TEST_DELIVERY="command") for _ in range(workers)]
    while any(one.poll() is None for one in running):
        rounds.progress(f"outbox: {len(server.arrived)} of {mails} arrived")
        time.sleep(0.5)
    brought_in = time.perf_counter() - began
    rounds.progress_done()
    failed = [one.communicate()[1] for one in running if one.returncode]
    assert not failed, failed
    assert outcomes(app) == ["sent"] * mails
    count = Counter(one.to[0] for one in server.arrived)
    return Brought(
        mails=mails,
        queued_in=queued_in,
        brought_in=brought_in,
        lost=len(set(people) - set(count)),
        twice=sum(1 for number in count.values() if number > 1),
    )


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.outbox", description=__doc__)
    parser.add_argument("--mails", type=int, default=10_000)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--engine", nargs="+", choices=services.ENGINES, default=["sqlite", "postgresql"])
    chosen = parser.parse_args()
    logging.getLogger("flask_headless_auth").setLevel(logging.ERROR)
    is_whole = True
    for engine in chosen.engine:
        with (
            tempfile.TemporaryDirectory() as folder,
            services.database(engine, Path(folder)) as url,
            sink() as server,
        ):
            found = measure(url, server, mails=chosen.mails, workers=chosen.workers)
        print(
            f"{engine}: {found.mails} mails by {chosen.workers} workers in {found.brought_in:.1f} s, "
            f"{found.mails / found.brought_in:.0f}/s; queued in {found.queued_in:.1f} s; "
            f"{found.lost} lost, {found.twice} twice"
        )
        is_whole = is_whole and not found.lost and not found.twice
    sys.exit(0 if is_whole else 1)


if __name__ == "__main__":
    main()
