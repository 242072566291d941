"""Vouchers in the database: one row each, known by the digest of its token."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from flask_headless_auth import database
from flask_headless_auth.database import Moment, Row
from flask_headless_auth.state import state, table


class Voucher(Row):
    """A one-time secret. Some stand for nobody: they answer for addresses that no account has."""

    __tablename__ = "auth_vouchers"
    owned = "perhaps"

    id: Mapped[str] = mapped_column(sa.String(64), primary_key=True)
    purpose: Mapped[str] = mapped_column(sa.String(32))
    #: The mark of the address it was sent to, or that it keeps for somebody.
    address: Mapped[str | None] = mapped_column(sa.String(64), index=True)
    #: The digest of the challenge that a code answers, and the mark of that code.
    challenge: Mapped[str | None] = mapped_column(sa.String(64), unique=True)
    code: Mapped[str | None] = mapped_column(sa.String(64))
    tries: Mapped[int] = mapped_column(sa.Integer, default=0)
    content: Mapped[str] = mapped_column(sa.Text)
    created_at: Mapped[datetime] = mapped_column(Moment)
    expires_at: Mapped[datetime] = mapped_column(Moment, index=True)
    used_at: Mapped[datetime | None] = mapped_column(Moment)

    user_id: Mapped[Any]


def add(**values: Any) -> Voucher:
    """A new voucher, written in the open transaction."""
    voucher = table(Voucher)(**values)
    state().db.session.add(voucher)
    state().db.session.flush()
    return voucher


def use(purpose: str, voucher_id: str, now: datetime) -> bool:
    """Use a voucher up if it is of this purpose, unused and not over: of parallel calls one succeeds."""
    voucher = table(Voucher)
    query = sa.update(voucher).where(voucher.id == voucher_id, *_good(voucher, purpose, now))
    return database.changed(state().db.session(), query.values(used_at=now)) == 1


def set_code(purpose: str, voucher_id: str, code: str, now: datetime) -> bool:
    """Give a good voucher a code, answered under its own id, with all tries left."""
    voucher = table(Voucher)
    query = sa.update(voucher).where(voucher.id == voucher_id, *_good(voucher, purpose, now))
    values = {"challenge": voucher_id, "code": code, "tries": 0}
    return database.changed(state().db.session(), query.values(values)) == 1


def count_try(purpose: str, challenge: str, most: int, now: datetime) -> bool:
    """Count a try at the code of a challenge that is good for another one."""
    voucher = table(Voucher)
    query = sa.update(voucher).where(
        voucher.challenge == challenge, voucher.tries < most, *_good(voucher, purpose, now)
    )
    return database.changed(state().db.session(), query.values(tries=voucher.tries + 1)) == 1


def _good(voucher: Any, purpose: str, now: datetime) -> Sequence[Any]:
    return (voucher.purpose == purpose, voucher.used_at.is_(None), voucher.expires_at > now)


def find(purpose: str, voucher_id: str) -> Voucher | None:
    """The voucher of this purpose with this id, used or not, as the database has it now."""
    voucher = table(Voucher)
    return _one(sa.select(voucher).where(voucher.id == voucher_id, voucher.purpose == purpose))


def find_challenge(purpose: str, challenge: str) -> Voucher | None:
    """The voucher of this purpose with this challenge, used or not."""
    voucher = table(Voucher)
    return _one(sa.select(voucher).where(voucher.challenge == challenge, voucher.purpose == purpose))


def _one(query: Any) -> Voucher | None:
    found: Voucher | None = (
        state().db.session.scalars(query.execution_options(populate_existing=True)).one_or_none()
    )
    return found


def newest_of(user_id: Any, purpose: str, now: datetime) -> Voucher | None:
    """The newest good voucher of a user."""
    voucher = table(Voucher)
    query = sa.select(voucher).where(voucher.user_id == user_id, *_good(voucher, purpose, now))
    return _one(query.order_by(voucher.created_at.desc(), voucher.id).limit(1))


def standing_for(purposes: Sequence[str], marks: Sequence[str], now: datetime) -> Sequence[Voucher]:
    """The good vouchers of these purposes for an address, newest first."""
    voucher = table(Voucher)
    query = (
        sa.select(voucher)
        .where(
            voucher.address.in_(marks),
            voucher.purpose.in_(purposes),
            voucher.used_at.is_(None),
            voucher.expires_at > now,
        )
        .order_by(voucher.created_at.desc(), voucher.id)
    )
    return state().db.session.scalars(query).all()


def is_kept(purpose: str, marks: Sequence[str], now: datetime, except_for: Any) -> bool:
    """Whether a good voucher of this purpose keeps an address for somebody else than this user."""
    voucher = table(Voucher)
    query = sa.select(voucher.id).where(voucher.address.in_(marks), *_good(voucher, purpose, now)).limit(1)
    if except_for is not None:
        query = query.where(voucher.user_id.is_distinct_from(except_for))
    return state().db.session.execute(query).first() is not None


def use_all_of(user_id: Any, purposes: Sequence[str] | None, now: datetime) -> int:
    """Use up every good voucher of a user, or those of some purposes; how many that were."""
    voucher = table(Voucher)
    query = sa.update(voucher).where(voucher.user_id == user_id, voucher.used_at.is_(None))
    if purposes is not None:
        query = query.where(voucher.purpose.in_(purposes))
    return database.changed(state().db.session(), query.values(used_at=now))


def use_all_but_older(user_id: Any, purpose: str, moment: datetime, now: datetime) -> int:
    """Use up every good voucher of a user, but those of a purpose that are older than a moment."""
    voucher = table(Voucher)
    query = sa.update(voucher).where(
        voucher.user_id == user_id,
        voucher.used_at.is_(None),
        sa.or_(voucher.purpose != purpose, voucher.created_at >= moment),
    )
    return database.changed(state().db.session(), query.values(used_at=now))


def use_all_for(marks: Sequence[str], purposes: Sequence[str], now: datetime) -> int:
    """Use up every good voucher of some purposes for an address; how many that were."""
    voucher = table(Voucher)
    query = sa.update(voucher).where(
        voucher.address.in_(marks), voucher.purpose.in_(purposes), voucher.used_at.is_(None)
    )
    return database.changed(state().db.session(), query.values(used_at=now))


def erase_all_of(user_id: Any) -> int:
    """Delete every voucher of a user; how many that were."""
    voucher = table(Voucher)
    return database.changed(state().db.session(), sa.delete(voucher).where(voucher.user_id == user_id))


def sweep(before: datetime, most: int) -> int:
    """Delete at most *most* vouchers that were over before a moment; how many that were."""
    voucher, session = table(Voucher), state().db.session()
    ids = session.scalars(sa.select(voucher.id).where(voucher.expires_at < before).limit(most)).all()
    return database.changed(session, sa.delete(voucher).where(voucher.id.in_(ids))) if ids else 0
