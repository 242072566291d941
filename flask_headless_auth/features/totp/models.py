"""Authenticators in the database: one row for each user who has one."""

from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from flask_headless_auth import database
from flask_headless_auth.database import Moment, Row
from flask_headless_auth.state import state, table


class Authenticator(Row):
    """The seed that a user's authenticator app shares with us, and the last step whose code was used."""

    __tablename__ = "auth_authenticators"
    __table_args__ = (sa.UniqueConstraint("user_id", name="uq_auth_authenticators_user_id"),)

    id: Mapped[int] = mapped_column(sa.Integer, primary_key=True)
    seed: Mapped[str] = mapped_column(sa.Text)
    last_step: Mapped[int] = mapped_column(sa.BigInteger)
    created_at: Mapped[Any] = mapped_column(Moment)

    user_id: Mapped[Any]


def find(user_id: Any) -> Authenticator | None:
    """The authenticator of a user."""
    authenticator = table(Authenticator)
    query = sa.select(authenticator).where(authenticator.user_id == user_id)
    found: Authenticator | None = state().db.session.scalars(query).one_or_none()
    return found


def add(**values: Any) -> None:
    """Keep the authenticator of a user."""
    state().db.session.add(table(Authenticator)(**values))
    state().db.session.flush()


def use_step(user_id: Any, step: int) -> bool:
    """Use the code of a step up, and all before it: of parallel calls for one step one succeeds."""
    authenticator = table(Authenticator)
    query = sa.update(authenticator).where(authenticator.user_id == user_id, authenticator.last_step < step)
    return database.changed(state().db.session(), query.values(last_step=step)) == 1


def erase(user_id: Any) -> int:
    """Delete the authenticator of a user; how many that were is 0 or 1."""
    authenticator = table(Authenticator)
    gone = sa.delete(authenticator).where(authenticator.user_id == user_id)
    return database.changed(state().db.session(), gone)
