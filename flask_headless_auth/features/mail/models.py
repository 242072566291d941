"""The outbox in the database: one row for each mail."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from flask_headless_auth import database
from flask_headless_auth.database import Moment, Row
from flask_headless_auth.state import state, table


class Letter(Row):
    """A mail on its way. Decoys look like every other and are dropped where they would be sent."""

    __tablename__ = "auth_outbox"
    owned = False

    #: Also the local part of the mail's Message-ID, so that one sent twice is known as one.
    id: Mapped[str] = mapped_column(sa.String(32), primary_key=True)
    mail: Mapped[str] = mapped_column(sa.String(64))
    #: The `sub` of the user it is for; None where no account is behind it.
    owner: Mapped[str | None] = mapped_column(sa.String(255), index=True)
    #: Address, locale and what the text is filled with, sealed; None once it is sent.
    payload: Mapped[str | None] = mapped_column(sa.Text)
    created_at: Mapped[datetime] = mapped_column(Moment)
    #: When somebody may take it: at once, after a pause, or when the claim of whoever has it runs out.
    #: None once nobody may any more, so that the index has only what waits.
    due_at: Mapped[datetime | None] = mapped_column(Moment, index=True)
    #: When it is of no use any more.
    expires_at: Mapped[datetime | None] = mapped_column(Moment)
    attempts: Mapped[int] = mapped_column(sa.Integer, default=0)
    #: Who has it: a word that is made anew for each claim.
    claimed_by: Mapped[str | None] = mapped_column(sa.String(32), index=True)
    #: What became of it: `sent`, `expired`, `dropped` (a decoy), `dead`; None while it waits.
    outcome: Mapped[str | None] = mapped_column(sa.String(16))
    finished_at: Mapped[datetime | None] = mapped_column(Moment, index=True)
    #: What went wrong last: a class and a number, never words.
    last_error: Mapped[str | None] = mapped_column(sa.String(255))


def add(**values: object) -> Letter:
    """A new letter, written in the open transaction."""
    letter = table(Letter)(**values)
    state().db.session.add(letter)
    state().db.session.flush()
    return letter


def next_due() -> datetime | None:
    """When the next letter may be taken; None where none waits."""
    with database.reading() as connection:
        found: datetime | None = connection.execute(database.prepared(_next_due)).scalar()
        return found


def _next_due(ours: Any) -> sa.Select[Any]:
    rows = ours.tables[Letter].__table__
    return sa.select(sa.func.min(rows.c.due_at, type_=rows.c.due_at.type))


def _shown(letter: Any) -> sa.Select[Any]:
    """What a letter says, as a row that lives on behind the transaction."""
    return sa.select(
        letter.id,
        letter.mail,
        letter.payload,
        letter.created_at,
        letter.due_at,
        letter.expires_at,
        letter.attempts,
        letter.last_error,
    )


def claim(claim_id: str, now: datetime, until: datetime, most: int) -> Sequence[sa.Row[Any]]:
    """Take at most *most* letters that are due, the longest waiting first; nobody else has them *until*.

    Whoever else claims meanwhile passes over them where the engine can (SKIP LOCKED); elsewhere the
    conditional UPDATE decides.
    """
    letter, session = table(Letter), state().db.session()
    query = sa.select(letter.id).where(letter.due_at <= now).order_by(letter.due_at).limit(most)
    if _skips_locked(session.get_bind(sa.inspect(letter)).dialect):
        query = query.with_for_update(skip_locked=True)
    ids = session.scalars(query).all()
    if not ids:
        return []
    is_free = (letter.id.in_(ids), letter.due_at <= now)
    database.changed(session, sa.update(letter).where(*is_free).values(claimed_by=claim_id, due_at=until))
    mine = _shown(letter).where(letter.claimed_by == claim_id).order_by(letter.created_at, letter.id)
    return session.execute(mine).all()


def _skips_locked(dialect: Any) -> bool:
    """PostgreSQL does, MariaDB from 10.6, MySQL from 8.0.1. SQLite's transaction has the only lock anyway."""
    if dialect.name == "postgresql":
        return True
    if dialect.name not in ("mysql", "mariadb"):
        return False
    first = (10, 6) if getattr(dialect, "is_mariadb", False) else (8, 0, 1)
    return tuple(dialect.server_version_info or ()) >= first


def finish(letter_id: str, claim_id: str, **values: Any) -> bool:
    """Write what became of a letter, if the claim still holds."""
    letter = table(Letter)
    query = sa.update(letter).where(letter.id == letter_id, letter.claimed_by == claim_id)
    return database.changed(state().db.session(), query.values(claimed_by=None, **values)) == 1


def hand_back(claim_id: str, now: datetime) -> int:
    """Let others take what a claim has left; how many that were."""
    letter = table(Letter)
    query = sa.update(letter).where(letter.claimed_by == claim_id)
    return database.changed(state().db.session(), query.values(claimed_by=None, due_at=now))


def counts() -> dict[str, int]:
    """How many letters there are by outcome; `waiting` for those without one."""
    letter = table(Letter)
    query = sa.select(letter.outcome, sa.func.count()).group_by(letter.outcome)
    return {outcome or "waiting": count for outcome, count in state().db.session.execute(query)}


def oldest(outcome: str | None, most: int) -> Sequence[sa.Row[Any]]:
    """The oldest letters with this outcome, or of those that wait."""
    letter = table(Letter)
    # The index on what waits, or on what is over, spares a look at the others.
    is_meant = letter.due_at.is_not(None) if outcome is None else letter.finished_at.is_not(None)
    query = _shown(letter).where(is_meant, letter.outcome == outcome).order_by(letter.created_at, letter.id)
    return state().db.session.execute(query.limit(most)).all()


def newest(most: int) -> Sequence[sa.Row[Any]]:
    """The newest letters whose text is there."""
    letter = table(Letter)
    query = _shown(letter).where(letter.payload.is_not(None))
    return state().db.session.execute(query.order_by(letter.created_at.desc(), letter.id).limit(most)).all()


def find(letter_id: str) -> sa.Row[Any] | None:
    """The letter of this id, if its text is there."""
    letter = table(Letter)
    query = _shown(letter).where(letter.id == letter_id, letter.payload.is_not(None))
    return state().db.session.execute(query).one_or_none()


def revive(letter_id: str | None, now: datetime) -> int:
    """Let the dead letter of this id, or each one, be tried again from the start; how many that were."""
    letter = table(Letter)
    query = sa.update(letter).where(letter.outcome == "dead", letter.payload.is_not(None))
    if letter_id is not None:
        query = query.where(letter.id == letter_id)
    again = {"outcome": None, "finished_at": None, "due_at": now, "attempts": 0}
    return database.changed(state().db.session(), query.values(again))


def erase_all_of(owner: str) -> int:
    """Delete every letter of a user; how many that were."""
    letter = table(Letter)
    return database.changed(state().db.session(), sa.delete(letter).where(letter.owner == owner))


def sweep(before: datetime, most: int) -> int:
    """Delete at most *most* letters that were finished before a moment; how many that were."""
    letter, session = table(Letter), state().db.session()
    ids = session.scalars(sa.select(letter.id).where(letter.finished_at < before).limit(most)).all()
    return database.changed(session, sa.delete(letter).where(letter.id.in_(ids))) if ids else 0
