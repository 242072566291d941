"""Sessions in the database: one row per sign-in, and every question asked of them."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Literal

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from flask_headless_auth import database, users
from flask_headless_auth.database import Moment, Row
from flask_headless_auth.feature import Proof
from flask_headless_auth.state import State, state, table

Channel = Literal["cookie", "body"]


class Session(Row):
    """One sign-in. Each channel on which it delivered tokens has a generation of its own."""

    __tablename__ = "auth_sessions"

    id: Mapped[str] = mapped_column(sa.String(43), primary_key=True)
    created_at: Mapped[datetime] = mapped_column(Moment)
    refreshed_at: Mapped[datetime] = mapped_column(Moment)
    expires_at: Mapped[datetime] = mapped_column(Moment, index=True)
    remember: Mapped[bool] = mapped_column(sa.Boolean)
    cookie_generation: Mapped[int | None] = mapped_column(sa.Integer)
    cookie_rotated_at: Mapped[int | None] = mapped_column(sa.BigInteger)
    body_generation: Mapped[int | None] = mapped_column(sa.Integer)
    body_rotated_at: Mapped[int | None] = mapped_column(sa.BigInteger)
    #: `[method, seconds, channel or None]` for each proof; None is the sign-in itself, which holds for both.
    proofs: Mapped[list[Any]] = mapped_column(sa.JSON)
    address: Mapped[str] = mapped_column(sa.String(45))
    user_agent: Mapped[str] = mapped_column(sa.String(255))
    revoked_at: Mapped[datetime | None] = mapped_column(Moment)
    revoked_reason: Mapped[str | None] = mapped_column(sa.String(32))

    user_id: Mapped[Any]

    def generation(self, channel: Channel) -> int | None:
        """The generation of the newest tokens on *channel*; None where it has none."""
        return self.cookie_generation if channel == "cookie" else self.body_generation

    def rotated_at(self, channel: Channel) -> int:
        """When that generation was made, in seconds."""
        return (self.cookie_rotated_at if channel == "cookie" else self.body_rotated_at) or 0

    def proofs_on(self, channel: Channel) -> list[tuple[str, int]]:
        """The proofs that count on *channel*, in order of time."""
        return [(method, at) for method, at, where in self.proofs if where in (None, channel)]

    def add_proofs(self, channel: Channel, proofs: Sequence[Proof]) -> None:
        """Newer proofs that count on *channel*, in the place of older ones of their methods."""
        methods = {proof.method for proof in proofs}
        kept = [one for one in self.proofs if one[2] != channel or one[0] not in methods]
        self.proofs = [*kept, *([proof.method, proof.at, channel] for proof in proofs)]


def add(**values: Any) -> Session:
    """A new session, written in the open transaction."""
    session = table(Session)(**values)
    state().db.session.add(session)
    state().db.session.flush()
    return session


def find(session_id: str, *, lock: bool = False) -> Session | None:
    """The session of this id as the database has it now; locked until the transaction ends, where asked."""
    found = table(Session)
    query = sa.select(found).where(found.id == session_id).execution_options(populate_existing=True)
    query = query.with_for_update() if lock else query
    return state().db.session.scalars(query).one_or_none()


def standing(
    session_id: str, user_id: Any, now: datetime, *, with_user: bool = False
) -> Sequence[sa.Row[Any]]:
    """The newest generations of a session that stands: neither ended nor past its end, its user active.

    One query by primary key; no row says that it does not stand. *with_user* brings what `users.beside`
    adds, in a row for each role.
    """
    values = {"session": session_id, "owner": user_id, "now": now}
    with database.reading() as connection:
        return connection.execute(database.prepared(_standing, with_user), values).all()


def _standing(ours: State, with_user: bool) -> sa.Select[Any]:
    session: Any = ours.tables[Session]
    rows, accounts = session.__table__, ours.user_model.__table__
    (key,) = accounts.primary_key.columns
    query = (
        sa.select(
            rows.c.cookie_generation.label("auth_cookie_newest"),
            rows.c.body_generation.label("auth_body_newest"),
        )
        .join_from(rows, accounts, rows.c.user_id == key)
        .where(
            rows.c.id == sa.bindparam("session", type_=rows.c.id.type),
            rows.c.user_id == sa.bindparam("owner", type_=key.type),
            rows.c.revoked_at.is_(None),
            rows.c.expires_at > sa.bindparam("now", type_=rows.c.expires_at.type),
            accounts.c.is_active.is_(True),
        )
    )
    return users.beside(ours, query) if with_user else query


def rotate(
    session_id: str, owner: Any, channel: Channel, generation: int, now: datetime, address: str
) -> bool:
    """Move *channel* from *generation* to the next if it is there and the *owner*'s session stands.

    One conditional UPDATE: of any number of parallel calls, one succeeds.
    """
    values = {
        "sid": session_id,
        "owner": owner,
        "was": generation,
        "now": now,
        "second": int(now.timestamp()),
        "seen_from": address,
    }
    return database.changed(state().db.session(), database.prepared(_rotate, channel), values) == 1


def _rotate(ours: State, channel: Channel) -> sa.Update:
    session: Any = ours.tables[Session]
    rows, accounts = session.__table__, ours.user_model.__table__
    (key,) = accounts.primary_key.columns
    generation = rows.c[f"{channel}_generation"]
    is_active = sa.exists().where(key == rows.c.user_id, accounts.c.is_active.is_(True)).correlate(rows)
    return (
        sa.update(rows)
        .where(
            rows.c.id == sa.bindparam("sid", type_=rows.c.id.type),
            rows.c.user_id == sa.bindparam("owner", type_=rows.c.user_id.type),
            generation == sa.bindparam("was", type_=generation.type),
            rows.c.revoked_at.is_(None),
            rows.c.expires_at > sa.bindparam("now", type_=rows.c.expires_at.type),
            is_active,
        )
        .values(
            {
                generation: generation + 1,
                rows.c[f"{channel}_rotated_at"]: sa.bindparam("second", type_=sa.BigInteger()),
                rows.c.refreshed_at: sa.bindparam("now", type_=rows.c.refreshed_at.type),
                rows.c.address: sa.bindparam("seen_from", type_=rows.c.address.type),
            }
        )
    )


def close_channel(session_id: str, channel: Channel, now: datetime) -> int:
    """End one channel of a session, and the session where it has no other."""
    found = table(Session)
    other = found.body_generation if channel == "cookie" else found.cookie_generation
    session = state().db.session()
    ended = database.changed(
        session,
        sa.update(found)
        .where(found.id == session_id, found.revoked_at.is_(None), other.is_(None))
        .values(revoked_at=now, revoked_reason="replaced"),
    )
    if not ended:
        database.changed(
            session,
            sa.update(found)
            .where(found.id == session_id, found.revoked_at.is_(None))
            .values({f"{channel}_generation": None, f"{channel}_rotated_at": None}),
        )
    return ended


def end(session_id: str, reason: str, now: datetime, user_id: Any = None) -> int:
    """End one session, of this user where one is given; how many that were is 0 or 1."""
    found = table(Session)
    query = sa.update(found).where(found.id == session_id, found.revoked_at.is_(None))
    if user_id is not None:
        query = query.where(found.user_id == user_id)
    return database.changed(state().db.session(), query.values(revoked_at=now, revoked_reason=reason))


def end_all(user_id: Any, reason: str, now: datetime, except_id: str | None = None) -> int:
    """End every session of a user but one; how many that were."""
    found = table(Session)
    query = sa.update(found).where(found.user_id == user_id, found.revoked_at.is_(None))
    if except_id is not None:
        query = query.where(found.id != except_id)
    return database.changed(state().db.session(), query.values(revoked_at=now, revoked_reason=reason))


def open_sessions_of(
    user_id: Any, now: datetime, after: tuple[datetime, str] | None, limit: int
) -> Sequence[Session]:
    """A user's sessions that stand, newest first, those behind *after*, at most *limit*."""
    found = table(Session)
    query = sa.select(found).where(
        found.user_id == user_id, found.revoked_at.is_(None), found.expires_at > now
    )
    if after is not None:
        created_at, session_id = after
        behind = sa.and_(found.created_at == created_at, found.id < session_id)
        query = query.where(sa.or_(found.created_at < created_at, behind))
    ordered = query.order_by(found.created_at.desc(), found.id.desc()).limit(limit)
    return state().db.session.scalars(ordered).all()


def all_of(user_id: Any) -> Sequence[Session]:
    """Every session of a user that is still kept, newest first."""
    found = table(Session)
    query = sa.select(found).where(found.user_id == user_id).order_by(found.created_at.desc())
    return state().db.session.scalars(query).all()


def erase_all_of(user_id: Any) -> int:
    """Delete every session of a user; how many that were."""
    found = table(Session)
    return database.changed(state().db.session(), sa.delete(found).where(found.user_id == user_id))


def sweep(before: datetime, most: int) -> int:
    """Delete at most *most* sessions that ended before a moment; how many that were."""
    found, session = table(Session), state().db.session()
    over = sa.or_(found.expires_at < before, found.revoked_at < before)
    ids = session.scalars(sa.select(found.id).where(over).limit(most)).all()
    return database.changed(session, sa.delete(found).where(found.id.in_(ids))) if ids else 0
