"""Roles in the database: one row for each role of each user."""

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from flask_headless_auth import database
from flask_headless_auth.database import Row
from flask_headless_auth.state import State, state, table


class RoleGrant(Row):
    """A user's role."""

    __tablename__ = "auth_role_grants"
    __table_args__ = (sa.UniqueConstraint("user_id", "role", name="uq_auth_role_grants_user_id_role"),)

    id: Mapped[int] = mapped_column(sa.Integer, primary_key=True)
    role: Mapped[str] = mapped_column(sa.String(64))

    user_id: Mapped[Any]


def names_of(user_id: Any) -> Sequence[str]:
    """The names of a user's roles, in order of granting."""
    with database.reading() as connection:
        return connection.execute(database.prepared(_names), {"owner": user_id}).scalars().all()


def _names(ours: State) -> sa.Select[Any]:
    grant: Any = ours.tables[RoleGrant]
    return sa.select(grant.role).where(grant.user_id == sa.bindparam("owner")).order_by(grant.id)


def beside(ours: State, query: sa.Select[Any]) -> sa.Select[Any]:
    """A query on the user's table with a row for each role, in order of granting."""
    grant: Any = ours.tables[RoleGrant]
    (key,) = ours.user_model.__table__.primary_key.columns
    joined = query.outerjoin(grant, grant.user_id == key)
    return joined.add_columns(grant.role.label("auth_granted_role")).order_by(grant.id)


def add(user_id: Any, role: str) -> None:
    """Give a user a role that they do not have."""
    made: Any = table(RoleGrant)
    state().db.session.add(made(user_id=user_id, role=role))
    state().db.session.flush()


def remove(user_id: Any, role: str) -> int:
    """Take a role from a user; how many that were is 0 or 1."""
    grant = table(RoleGrant)
    gone = sa.delete(grant).where(grant.user_id == user_id, grant.role == role)
    return database.changed(state().db.session(), gone)


def erase_all_of(user_id: Any) -> int:
    """Take all roles from a user; how many that were."""
    grant = table(RoleGrant)
    return database.changed(state().db.session(), sa.delete(grant).where(grant.user_id == user_id))
