"""Devices in the database: one row for each device of each user."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from flask_headless_auth import database
from flask_headless_auth.database import Moment, Row
from flask_headless_auth.state import state, table


class Device(Row):
    """A device with which a user has signed in. A browser is known by its cookie, any other by its place."""

    __tablename__ = "auth_devices"

    id: Mapped[str] = mapped_column(sa.String(32), primary_key=True)
    #: The digest of the user and the secret in the browser's cookie.
    cookie: Mapped[str | None] = mapped_column(sa.String(64))
    #: The mark of the user, the network, and what the client calls itself.
    place: Mapped[str | None] = mapped_column(sa.String(64))
    description: Mapped[str] = mapped_column(sa.String(64))
    first_seen_at: Mapped[datetime] = mapped_column(Moment)
    last_seen_at: Mapped[datetime] = mapped_column(Moment, index=True)

    user_id: Mapped[Any]


def see_cookie(user_id: Any, cookie: str, now: datetime) -> bool:
    """Whether a user's device has this cookie; it has been seen now."""
    device = table(Device)
    query = sa.update(device).where(device.user_id == user_id, device.cookie == cookie)
    return database.changed(state().db.session(), query.values(last_seen_at=now)) > 0


def see_place(user_id: Any, places: Sequence[str], now: datetime) -> bool:
    """Whether a user's device has one of these places; it has been seen now."""
    device = table(Device)
    query = sa.update(device).where(device.user_id == user_id, device.place.in_(places))
    return database.changed(state().db.session(), query.values(last_seen_at=now)) > 0


def has_cookie(user_id: Any, cookie: str) -> bool:
    """Whether a user's device has this cookie."""
    device = table(Device)
    query = sa.select(device.id).where(device.user_id == user_id, device.cookie == cookie).limit(1)
    return state().db.session.execute(query).first() is not None


def add(**values: Any) -> Device:
    """A new device, written in the open transaction."""
    device = table(Device)(**values)
    state().db.session.add(device)
    state().db.session.flush()
    return device


def all_of(user_id: Any) -> Sequence[Device]:
    """Every device of a user, the one seen last first."""
    device = table(Device)
    query = sa.select(device).where(device.user_id == user_id)
    return state().db.session.scalars(query.order_by(device.last_seen_at.desc(), device.id)).all()


def erase(ids: Sequence[str]) -> int:
    """Delete devices by id; how many that were."""
    device = table(Device)
    return database.changed(state().db.session(), sa.delete(device).where(device.id.in_(ids))) if ids else 0


def erase_all_of(user_id: Any) -> int:
    """Delete every device of a user; how many that were."""
    device = table(Device)
    return database.changed(state().db.session(), sa.delete(device).where(device.user_id == user_id))


def erase_since(user_id: Any, moment: datetime) -> int:
    """Delete the devices of a user that were not known before a moment; how many that were."""
    device = table(Device)
    query = sa.delete(device).where(device.user_id == user_id, device.first_seen_at >= moment)
    return database.changed(state().db.session(), query)


def sweep(before: datetime, most: int) -> int:
    """Delete at most *most* devices that were last seen before a moment; how many that were."""
    device, session = table(Device), state().db.session()
    ids = session.scalars(sa.select(device.id).where(device.last_seen_at < before).limit(most)).all()
    return erase(ids)
