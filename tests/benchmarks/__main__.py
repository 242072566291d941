"""Ours and the floor in one run, in interleaved rounds; prints a table of ratios with their targets.

    python -m tests.benchmarks [--quick] [--json FILE] [--only sqlite postgresql sign-in start-up]

PostgreSQL is where `TEST_POSTGRESQL_URL` says; without one that answers its part is left out, and said so.
"""

import argparse
import json
import logging
import platform
import statistics
import tempfile
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.benchmarks import rounds, sides, signins, startup
from tests.support import services

PARTS = ("sqlite", "postgresql", "sign-in", "start-up")
ROUTES = {
    "guarded route (login_required)": 1.4,
    "guarded route (jwt_required)": 1.4,
    "guarded route, by cookie": 1.4,
    "GET /user/@me": 1.4,
    "POST /token/refresh": 1.6,
}
"""What is compared, and how many times the floor's CPU time it may cost."""
SIGN_INS, START = 0.9, 0.8
"""Least share of bcrypt's own throughput; most CPU seconds until the application is made."""


@dataclass
class Line:
    """One row of the table: two figures, how they compare, and what was to reach."""

    part: str
    what: str
    ours: str
    floor: str
    ratio: float
    median: float | None
    wall: float | None
    target: str
    reached: bool | None


def routes(engine: str, url: str, *, rounds_: int, calls: int) -> list[Line]:
    """The routes of both sides on one database."""
    with sides.both(url) as pair:
        prepares: dict[rounds.Key, Callable[[], rounds.Call]] = {}
        for name, side in pair.items():
            login, plain = ("/hello", "/hello") if name == "floor" else ("/hello", "/plain")
            for what, call in zip(
                ROUTES,
                (
                    side.getting(login),
                    side.getting(plain),
                    side.getting(login, by_cookie=True),
                    side.getting(side.me_path),
                    None,
                ),
                strict=True,
            ):
                prepares[what, name] = side.refreshing() if call is None else lambda call=call: call
        times = rounds.run(prepares, rounds=rounds_, calls=calls, said=engine)
    lines = []
    for what, most in ROUTES.items():
        floor = times[what, "floor"]
        for name in ("ours", "no limits"):
            ours = times[what, name]
            cpu, wall = rounds.ratio(ours.cpu, floor.cpu), rounds.ratio(ours.wall, floor.wall)
            lines.append(
                Line(
                    part=engine,
                    what=what if name == "ours" else f"{what}, {name}",
                    ours=f"{min(ours.cpu):.0f} µs",
                    floor=f"{min(floor.cpu):.0f} µs",
                    ratio=cpu.least,
                    median=cpu.median,
                    wall=wall.median,
                    target=f"≤ {most}",
                    reached=cpu.least <= most,
                )
            )
    return lines


def sign_ins(url: str, *, cost: int, rounds_: int, each: int) -> list[Line]:
    """Two threads of sign-ins beside two threads of bcrypt."""
    with sides.both(url, bcrypt_cost=cost) as pair:
        times = signins.compare(
            {name: pair[name] for name in ("ours", "floor")}, cost, rounds_=rounds_, each=each
        )
    alone, lines = times["bcrypt"], []
    for name in ("ours", "floor"):
        cpu, wall = rounds.ratio(alone.cpu, times[name].cpu), rounds.ratio(alone.wall, times[name].wall)
        lines.append(
            Line(
                part="sign-in",
                what=f"two threads, bcrypt cost {cost}" + (", the floor" if name == "floor" else ""),
                ours=f"{1e6 / min(times[name].wall):.2f}/s",
                floor=f"{1e6 / min(alone.wall):.2f}/s",
                ratio=wall.least,
                median=cpu.median,
                wall=wall.median,
                target=f"≥ {SIGN_INS}" if name == "ours" else "",
                reached=wall.least >= SIGN_INS if name == "ours" else None,
            )
        )
    return lines


def start_up(*, times: int) -> list[Line]:
    """What a process costs before its first request."""
    found = startup.compare(times=times)
    ours, floor = found["ours"], found["floor"]
    rows: list[tuple[str, str, list[float], list[float], float | None]] = [
        ("import and AuthSvc(app), CPU", "s", ours.cpu, floor.cpu, START),
        ("… and a first request, CPU", "s", ours.cpu_asked, floor.cpu_asked, None),
        ("memory after start", "MiB", ours.memory, floor.memory, None),
        ("memory after a first request", "MiB", ours.memory_asked, floor.memory_asked, None),
    ]
    return [
        Line(
            part="start-up",
            what=what,
            ours=f"{min(mine):.2f} {unit}" if unit == "s" else f"{min(mine):.0f} {unit}",
            floor=f"{min(theirs):.2f} {unit}" if unit == "s" else f"{min(theirs):.0f} {unit}",
            ratio=min(mine) / min(theirs),
            median=statistics.median(mine) / statistics.median(theirs),
            wall=None,
            target=f"≤ {most} s" if most is not None else "",
            reached=min(mine) <= most if most is not None else None,
        )
        for what, unit, mine, theirs, most in rows
    ]


def table(lines: list[Line]) -> str:
    """The lines, aligned."""
    head = ("", "", "ours", "floor", "ratio", "median", "wall", "target", "")
    rows = [head]
    for line in lines:
        mark = "" if line.reached is None else "reached" if line.reached else "MISSED"
        figures = [
            f"{value:.2f}" if value is not None else "" for value in (line.ratio, line.median, line.wall)
        ]
        rows.append((line.part, line.what, line.ours, line.floor, *figures, line.target, mark))
    widths = [max(len(row[column]) for row in rows) for column in range(len(head))]
    return "\n".join(
        "  ".join(
            cell.ljust(width) if column in (0, 1, 7, 8) else cell.rjust(width)
            for column, (cell, width) in enumerate(zip(row, widths, strict=True))
        ).rstrip()
        for row in rows
    )


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="few rounds: a look, not a measurement")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the figures there as well")
    parser.add_argument(
        "--only", nargs="+", choices=PARTS, default=PARTS, metavar="PART", help=", ".join(PARTS)
    )
    chosen = parser.parse_args()
    logging.getLogger("flask_headless_auth").setLevel(logging.ERROR)
    lines: list[Line] = []
    left_out: list[str] = []
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        for engine in ("sqlite", "postgresql"):
            if engine in chosen.only:
                try:
                    url = stack.enter_context(services.database(engine, folder))
                except (pytest.skip.Exception, pytest.fail.Exception) as reason:
                    left_out.append(str(reason))
                    continue
                lines += routes(engine, url, rounds_=5 if chosen.quick else 60, calls=40)
        if "sign-in" in chosen.only:
            cost = 8 if chosen.quick else 12
            url = f"sqlite:///{folder / 'sign-in.db'}"
            lines += sign_ins(url, cost=cost, rounds_=3 if chosen.quick else 12, each=2)
        if "start-up" in chosen.only:
            lines += start_up(times=2 if chosen.quick else 7)
    rounds.progress_done()
    print(f"Python {platform.python_version()}; routes: CPU time of the calling thread by request.")
    print("ratio: best round to best round; median: of the rounds' ratios; wall: the same of wall times.")
    print("sign-in: shares of bcrypt's own throughput (ratio, wall) and of its CPU time (median).\n")
    print(table(lines))
    for reason in left_out:
        print(f"Left out: {reason}")
    if chosen.json:
        figures: list[dict[str, Any]] = [asdict(line) for line in lines]
        chosen.json.write_text(json.dumps(figures, indent=2, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    main()
