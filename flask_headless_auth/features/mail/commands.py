"""`flask auth deliver` and `flask auth outbox`."""

import json
import signal
import sys
import threading
from collections import Counter
from datetime import datetime, timedelta
from typing import Any

import click
from flask.cli import with_appcontext

from flask_headless_auth import clock
from flask_headless_auth.errors import MailMissing
from flask_headless_auth.features.mail import courier, logic

LOOK_EVERY = 2.0
"""Seconds between two looks for letters that other processes queue."""

SHOWN = 50
"""Most letters of a list for people."""


class _Progress:
    """One line that says what was done: drawn anew on a terminal, printed at the end elsewhere."""

    def __init__(self) -> None:
        self.count: Counter[str] = Counter()
        self._is_drawn = sys.stdout.isatty()

    def told(self, outcome: str) -> None:
        """Count a letter."""
        self.count[outcome] += 1
        if self._is_drawn:
            click.echo(f"\r\033[K{self}", nl=False)

    def show(self) -> None:
        """Leave the line."""
        click.echo(f"\r\033[K{self}" if self._is_drawn else str(self))

    def __str__(self) -> str:
        words = ("sent", "dropped", "expired", "failed", "dead")
        return ", ".join(f"{self.count[one]} {one}" for one in words if self.count[one] or one == "sent")


@click.command("deliver")
@click.option("--watch", is_flag=True, help="Go on until it is ended, and deliver whatever comes.")
@click.option("--most", type=click.IntRange(min=1), help="Deliver at most so many; not with --watch.")
@with_appcontext
def deliver(watch: bool, most: int | None) -> None:
    """Deliver the mails that are due. Any number of these may run side by side."""
    if watch and most is not None:
        raise click.UsageError("--most and --watch exclude each other.")
    try:
        if watch:
            _watch()
        else:
            _once(most or sys.maxsize)
    except MailMissing as problem:
        raise click.ClickException(problem.detail) from None


def _once(most: int) -> None:
    progress = _Progress()
    delivered = logic.deliver(most, told=progress.told)
    progress.show()
    if delivered.unavailable is not None:
        raise click.ClickException(
            f"No mail can go out: {delivered.unavailable}. {logic.counts().get('waiting', 0)} wait."
        )


def _watch() -> None:
    ended = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: ended.set())
    rounds = courier.Rounds()
    click.echo("Watching the outbox.")
    while not ended.is_set():
        progress = _Progress()
        try:
            delivered, rest = rounds.go(progress.told, ended.is_set)
        except MailMissing:
            raise
        except Exception as problem:
            click.echo(f"A round of delivery failed: {type(problem).__name__}", err=True)
            rest = rounds.pause()
        else:
            if delivered.total:
                progress.show()
            if delivered.unavailable is not None:
                click.echo(f"No mail can go out: {delivered.unavailable}.", err=True)
            else:
                rest = min(LOOK_EVERY, LOOK_EVERY if rest is None else rest)
        ended.wait(rest)


@click.command("outbox")
@click.option("--dead", is_flag=True, help="List the mails that were refused or given up.")
@click.option("--retry", metavar="ID|all", help="Try a dead mail, or all of them, again from the start.")
@click.option("--show-addresses", is_flag=True, help="Show who the mails are for.")
@click.option("--json", "as_json", is_flag=True, help="For programs; lists all.")
@with_appcontext
def outbox(dead: bool, retry: str | None, show_addresses: bool, as_json: bool) -> None:
    """Show what waits in the outbox, or what is dead there, and try it again."""
    if retry is not None:
        _retry(retry)
        return
    found = (logic.dead if dead else logic.waiting)(sys.maxsize if as_json else SHOWN)
    rows = [_row(one, show_addresses) for one in found]
    counts = logic.counts()
    if as_json:
        click.echo(json.dumps({"counts": counts, "mails": rows}, indent=2))
        return
    words = ("waiting", "sent", "dropped", "expired", "dead")
    click.echo(", ".join(f"{counts.get(one, 0)} {one}" for one in words))
    if rows:
        click.echo(_table(rows))
    if len(rows) < counts.get("dead" if dead else "waiting", 0):
        click.echo(f"The oldest {len(rows)} are shown; --json has all.")


def _retry(which: str) -> None:
    count = logic.retry(None if which == "all" else which)
    if not count and which != "all":
        raise click.ClickException("There is no dead mail of this id.")
    click.echo(f"{count} mails are due again. `flask auth deliver` sends them.")


def _row(told: dict[str, Any], show_addresses: bool) -> dict[str, Any]:
    now = clock.now()
    row = {
        "id": told["id"],
        "mail": told["mail"],
        "age": _span(now - told["created_at"]),
        "attempts": told["attempts"],
        "due_in": _until(told["due_at"], now),
        "last_error": told["last_error"] or "",
    }
    return {**row, "to": told["to"] or ""} if show_addresses else row


def _until(due_at: datetime | None, now: datetime) -> str:
    if due_at is None:
        return ""
    return "now" if due_at <= now else _span(due_at - now)


def _span(duration: timedelta) -> str:
    seconds = max(int(duration.total_seconds()), 0)
    for size, unit in ((86_400, "d"), (3600, "h"), (60, "min")):
        if seconds >= size:
            return f"{seconds // size} {unit}"
    return f"{seconds} s"


def _table(rows: list[dict[str, Any]]) -> str:
    lines = [list(rows[0]), *([str(value) for value in row.values()] for row in rows)]
    widths = [max(len(line[column]) for line in lines) for column in range(len(lines[0]))]
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip()
        for line in lines
    )
