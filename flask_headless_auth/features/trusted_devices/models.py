"""Trusted devices in the database: one row each, known by the digest of the device's secret."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from flask_headless_auth import database
from flask_headless_auth.database import Moment, Row
from flask_headless_auth.state import state, table


class TrustedDevice(Row):
    """A device that a user trusts."""

    __tablename__ = "auth_trusted_devices"

    id: Mapped[str] = mapped_column(sa.String(22), primary_key=True)
    digest: Mapped[str] = mapped_column(sa.String(64), unique=True)
    #: What changes with the password; the trust goes with it.
    password: Mapped[str] = mapped_column(sa.String(64))
    created_at: Mapped[datetime] = mapped_column(Moment)
    last_used_at: Mapped[datetime] = mapped_column(Moment)
    expires_at: Mapped[datetime] = mapped_column(Moment, index=True)
    user_agent: Mapped[str] = mapped_column(sa.String(255))

    user_id: Mapped[Any]


def add(**values: Any) -> None:
    """Keep a trusted device."""
    state().db.session.add(table(TrustedDevice)(**values))
    state().db.session.flush()


def find(digest: str, now: datetime) -> TrustedDevice | None:
    """The device of this secret, whoever trusts it, if its time is not over."""
    device = table(TrustedDevice)
    query = sa.select(device).where(device.digest == digest, device.expires_at > now)
    found: TrustedDevice | None = state().db.session.scalars(query).one_or_none()
    return found


def all_of(user_id: Any, password: str, now: datetime) -> Sequence[TrustedDevice]:
    """The devices that a user trusts now, newest first."""
    device = table(TrustedDevice)
    query = sa.select(device).where(
        device.user_id == user_id, device.password == password, device.expires_at > now
    )
    return state().db.session.scalars(query.order_by(device.created_at.desc(), device.id)).all()


def note_use(device_id: str, now: datetime) -> None:
    """Keep that a device was used."""
    device = table(TrustedDevice)
    query = sa.update(device).where(device.id == device_id).values(last_used_at=now)
    database.changed(state().db.session(), query)


def erase(user_id: Any, device_id: str) -> int:
    """Delete a device of a user; how many that were is 0 or 1."""
    device = table(TrustedDevice)
    gone = sa.delete(device).where(device.id == device_id, device.user_id == user_id)
    return database.changed(state().db.session(), gone)


def erase_all_of(user_id: Any) -> int:
    """Delete every device of a user; how many that were."""
    device = table(TrustedDevice)
    return database.changed(state().db.session(), sa.delete(device).where(device.user_id == user_id))


def sweep(before: datetime, most: int) -> int:
    """Delete at most *most* devices whose time was over before a moment; how many that were."""
    device, session = table(TrustedDevice), state().db.session()
    ids = session.scalars(sa.select(device.id).where(device.expires_at < before).limit(most)).all()
    return database.changed(session, sa.delete(device).where(device.id.in_(ids))) if ids else 0
