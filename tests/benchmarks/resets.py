"""What POST /request-password-reset costs for known and for unknown addresses, at a mail server that hangs.

    python -m tests.benchmarks.resets [--pairs 300]

Pairs in random order: one address that an account has, one that none has. The mail server takes a mail and
never answers, so a request that waited for it would last as long as its time-out.
"""

import argparse
import logging
import random
import secrets
import statistics
import tempfile
import time
from pathlib import Path

from tests.support.apps import Person, make_app
from tests.support.smtp import sink

TIMEOUT = 20
ROUNDS = 2000


def timed(person: Person, address: str) -> float:
    """Milliseconds of one request."""
    began = time.perf_counter()
    answer = person.http.post("/api/auth/request-password-reset", json={"email": address})
    lasted = (time.perf_counter() - began) * 1000
    assert answer.status_code == 200, answer.get_data(as_text=True)
    return lasted


def chance(known: list[float], unknown: list[float]) -> float:
    """How often shuffled pairs differ as much: near 0 where the two can be told apart (permutation test)."""
    differences = [one - other for one, other in zip(known, unknown, strict=True)]
    seen = abs(statistics.median(differences))
    # Signs at random are pairs swapped at random.
    found = sum(
        abs(statistics.median([one * random.choice((-1, 1)) for one in differences])) >= seen
        for _ in range(ROUNDS)
    )
    return found / ROUNDS


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--pairs", type=int, default=300)
    pairs = parser.parse_args().pairs
    logging.disable(logging.CRITICAL)
    with tempfile.TemporaryDirectory() as folder, sink() as server:
        server.answers.clear()
        app = make_app(
            f"sqlite:///{Path(folder) / 'resets.db'}",
            EMAIL_SERVICE="smtp",
            MAIL_SERVER=server.host,
            MAIL_PORT=server.port,
            MAIL_USE_TLS=False,
            MAIL_DEFAULT_SENDER="post@shop.example",
            AUTHSVC_MAIL_TIMEOUT=TIMEOUT,
        )
        people = [Person(app, "bearer") for _ in range(pairs)]
        for one in people:
            assert one.sign_up().status_code == 201
        asking = Person(app, "bearer")
        known, unknown = [], []
        for one in people:
            both = [(known, one.email), (unknown, f"{secrets.token_hex(6)}@example.com")]
            random.shuffle(both)
            for times, address in both:
                times.append(timed(asking, address))
        server.answers.set()
    low, high = statistics.median(known), statistics.median(unknown)
    print(f"{pairs} pairs, SQLite, the mail server silent for {TIMEOUT} s")
    print(f"known    median {low:6.2f} ms   slowest {max(known):7.1f} ms")
    print(f"unknown  median {high:6.2f} ms   slowest {max(unknown):7.1f} ms")
    print(f"ratio of medians {low / high:.3f}; pairs as different by chance: {chance(known, unknown):.2f}")


if __name__ == "__main__":
    main()
