"""Rounds: everything that is compared runs in each of them, in a new random order, and is timed call by call.

Neighbours on the machine come and go; what ran side by side in many short rounds met them alike. CPU time
is the calling thread's own: what a database server or a disk does shows in the wall time.
"""

import gc
import random
import statistics
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

Call = Callable[[], object]
Key = tuple[str, str]
"""What is done, and by which side."""


@dataclass
class Times:
    """Mean times of one call in each round, in microseconds."""

    cpu: list[float] = field(default_factory=list)
    wall: list[float] = field(default_factory=list)


def run(
    prepares: Mapping[Key, Callable[[], Call]], *, rounds: int, calls: int, said: str
) -> dict[Key, Times]:
    """The times of each call; *prepares* make the next call outside the time that is taken."""
    times = {key: Times() for key in prepares}
    for prepare in prepares.values():
        for _ in range(20):
            prepare()()
    for number in range(rounds):
        progress(f"{said}: round {number + 1} of {rounds}")
        for key in random.sample(list(prepares), len(prepares)):
            gc.collect()
            cpu, wall = _timed(prepares[key], calls)
            times[key].cpu.append(cpu)
            times[key].wall.append(wall)
    return times


def _timed(prepare: Callable[[], Call], calls: int) -> tuple[float, float]:
    cpu = wall = 0
    for _ in range(calls):
        call = prepare()
        wall_before, cpu_before = time.perf_counter_ns(), time.thread_time_ns()
        call()
        cpu += time.thread_time_ns() - cpu_before
        wall += time.perf_counter_ns() - wall_before
    return cpu / calls / 1000, wall / calls / 1000


@dataclass(frozen=True)
class Ratio:
    """One side beside another: the ratio of their best rounds, and the median of the rounds' ratios."""

    least: float
    median: float


def ratio(of: list[float], to: list[float]) -> Ratio:
    """How *of* compares *to*, round by round."""
    least = min(of) / min(to)
    return Ratio(least, statistics.median(a / b for a, b in zip(of, to, strict=True)))


def progress(text: str) -> None:
    """Say on stderr, in one line, what is being done."""
    sys.stderr.write(f"\r\033[K{text}" if sys.stderr.isatty() else ".")
    sys.stderr.flush()


def progress_done() -> None:
    """Leave the line of progress."""
    sys.stderr.write("\r\033[K" if sys.stderr.isatty() else "\n")
