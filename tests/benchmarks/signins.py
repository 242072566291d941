"""Sign-ins on two threads beside bcrypt alone on two threads: what the password does not cost."""

import random
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import bcrypt

from tests.benchmarks import rounds, sides

THREADS = 2


def compare(pair: dict[str, sides.Side], cost: int, *, rounds_: int, each: int) -> dict[str, rounds.Times]:
    """Times of one sign-in, by side; `bcrypt` is the comparison of a password and nothing else.

    Wall time is that of all threads together by sign-in, CPU time the whole process's.
    """
    stored = bcrypt.hashpw(sides.PASSWORD.encode(), bcrypt.gensalt(cost))
    work: dict[str, Callable[[], object]] = {name: side.sign_in for name, side in pair.items()}
    work["bcrypt"] = lambda: bcrypt.checkpw(sides.PASSWORD.encode(), stored)
    times = {name: rounds.Times() for name in work}
    with ThreadPoolExecutor(THREADS) as pool:
        for name in work:
            list(pool.map(lambda _, name=name: work[name](), range(THREADS)))
        for number in range(rounds_):
            rounds.progress(f"sign-ins: round {number + 1} of {rounds_}")
            for name in random.sample(list(work), len(work)):
                wall, cpu = time.perf_counter(), time.process_time()
                list(pool.map(lambda _, name=name: work[name](), range(THREADS * each)))
                times[name].cpu.append((time.process_time() - cpu) / (THREADS * each) * 1e6)
                times[name].wall.append((time.perf_counter() - wall) / (THREADS * each) * 1e6)
    return times
