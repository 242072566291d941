"""Recovery codes in the database: one row each, known by the digest of the code."""

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from flask_headless_auth import database
from flask_headless_auth.database import Row
from flask_headless_auth.state import state, table


class RecoveryCode(Row):
    """A code that was not used yet."""

    __tablename__ = "auth_recovery_codes"

    digest: Mapped[str] = mapped_column(sa.String(64), primary_key=True)

    user_id: Mapped[Any]


def add(user_id: Any, digests: Sequence[str]) -> None:
    """Keep the codes of a user."""
    made: Any = table(RecoveryCode)
    state().db.session.add_all([made(digest=one, user_id=user_id) for one in digests])
    state().db.session.flush()


def use(user_id: Any, digest: str) -> bool:
    """Use a code of a user up: of parallel calls one succeeds."""
    code = table(RecoveryCode)
    gone = sa.delete(code).where(code.digest == digest, code.user_id == user_id)
    return database.changed(state().db.session(), gone) == 1


def count_of(user_id: Any) -> int:
    """How many codes a user has left."""
    code = table(RecoveryCode)
    query = sa.select(sa.func.count()).select_from(code).where(code.user_id == user_id)
    return int(state().db.session.scalar(query) or 0)


def erase_all_of(user_id: Any) -> int:
    """Delete every code of a user; how many that were."""
    code = table(RecoveryCode)
    return database.changed(state().db.session(), sa.delete(code).where(code.user_id == user_id))
