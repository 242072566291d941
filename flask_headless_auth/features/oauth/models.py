"""Identities in the database: one row for each account of a user at a provider."""

import hashlib
from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from flask_headless_auth import database
from flask_headless_auth.database import Moment, Row
from flask_headless_auth.state import state, table


class Identity(Row):
    """Somebody at a provider, and whose account that is here."""

    __tablename__ = "auth_identities"

    #: The digest of provider and subject: exact on every engine, where a collation would take a for A.
    id: Mapped[str] = mapped_column(sa.String(64), primary_key=True)
    provider: Mapped[str] = mapped_column(sa.String(32))
    subject: Mapped[str] = mapped_column(sa.String(255))
    #: The address that the provider told last; only to be shown.
    email: Mapped[str | None] = mapped_column(sa.String(254))
    created_at: Mapped[datetime] = mapped_column(Moment)
    last_used_at: Mapped[datetime] = mapped_column(Moment)
    #: The provider's tokens, sealed.
    tokens: Mapped[str | None] = mapped_column(sa.Text)

    user_id: Mapped[Any]


def id_of(provider: str, subject: str) -> str:
    """The id of an identity."""
    return hashlib.sha256(f"{provider}\x00{subject}".encode()).hexdigest()


def add(**values: Any) -> Identity:
    """A new identity, written in the open transaction."""
    made: Any = table(Identity)
    identity: Identity = made(id=id_of(values["provider"], values["subject"]), **values)
    state().db.session.add(identity)
    state().db.session.flush()
    return identity


def find(identity_id: str) -> Identity | None:
    """The identity with this id, as the database has it now."""
    return state().db.session.get(table(Identity), identity_id, populate_existing=True)


def all_of(user_id: Any) -> Sequence[Identity]:
    """The identities of a user, oldest first."""
    identity = table(Identity)
    query = sa.select(identity).where(identity.user_id == user_id).order_by(identity.created_at, identity.id)
    return state().db.session.scalars(query).all()


def count_of(user_id: Any, providers: Collection[str]) -> int:
    """How many identities a user has at these providers."""
    identity = table(Identity)
    query = sa.select(sa.func.count()).where(identity.user_id == user_id, identity.provider.in_(providers))
    return state().db.session.execute(query).scalar_one()


def with_tokens_of(user_id: Any, provider: str) -> Identity | None:
    """The identity that a user used last at a provider whose tokens are kept."""
    identity = table(Identity)
    query = (
        sa.select(identity)
        .where(identity.user_id == user_id, identity.provider == provider, identity.tokens.is_not(None))
        .order_by(identity.last_used_at.desc(), identity.id)
        .limit(1)
    )
    return state().db.session.scalars(query.execution_options(populate_existing=True)).one_or_none()


def replace_tokens(identity_id: str, old: str, new: str) -> bool:
    """Replace sealed tokens, unless somebody has replaced them meanwhile."""
    identity = table(Identity)
    query = sa.update(identity).where(identity.id == identity_id, identity.tokens == old)
    return database.changed(state().db.session(), query.values(tokens=new)) == 1


def remove(identity_id: str, user_id: Any) -> bool:
    """Delete an identity of a user."""
    identity = table(Identity)
    query = sa.delete(identity).where(identity.id == identity_id, identity.user_id == user_id)
    return database.changed(state().db.session(), query) == 1


def erase_all_of(user_id: Any) -> int:
    """Delete every identity of a user; how many that were."""
    identity = table(Identity)
    query = sa.delete(identity).where(identity.user_id == user_id)
    return database.changed(state().db.session(), query)
