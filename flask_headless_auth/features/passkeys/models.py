"""Passkeys in the database: one row each, and one handle for each user who has any."""

import hashlib
from collections.abc import Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from flask_headless_auth import database
from flask_headless_auth.database import Moment, Row
from flask_headless_auth.state import state, table


class Passkey(Row):
    """A passkey of a user: a WebAuthn credential record (L3 §4)."""

    __tablename__ = "auth_passkeys"

    #: The digest of its credential id, so that no id is kept twice, whoever brings it.
    id: Mapped[str] = mapped_column(sa.String(64), primary_key=True)
    credential_id: Mapped[str] = mapped_column(sa.Text)
    public_key: Mapped[str] = mapped_column(sa.Text)
    sign_count: Mapped[int] = mapped_column(sa.BigInteger)
    transports: Mapped[list[str]] = mapped_column(sa.JSON)
    aaguid: Mapped[str] = mapped_column(sa.String(36))
    name: Mapped[str] = mapped_column(sa.String(100))
    #: Whether it may count as two factors: it verified its user when it was added, or beside another factor.
    verifies_user: Mapped[bool] = mapped_column(sa.Boolean)
    #: Never changes in a passkey's life.
    is_backup_eligible: Mapped[bool] = mapped_column(sa.Boolean)
    is_backed_up: Mapped[bool] = mapped_column(sa.Boolean)
    created_at: Mapped[datetime] = mapped_column(Moment)
    last_used_at: Mapped[datetime | None] = mapped_column(Moment)

    user_id: Mapped[Any]

    @property
    def descriptor(self) -> dict[str, Any]:
        """How browsers are told of it (`PublicKeyCredentialDescriptorJSON`)."""
        return {"type": "public-key", "id": self.credential_id, "transports": self.transports}

    @property
    def maker(self) -> str:
        """What keeps it, as far as it says so: people know their passkeys by that."""
        return MAKERS.get(self.aaguid, UNKNOWN)


UNKNOWN = "Passkey"
MAKERS = {
    "08987058-cadc-4b81-b6e1-30de50dcbe96": "Windows Hello",
    "0ea242b4-43c4-4a1b-8b17-dd6d0b6baec6": "Keeper",
    "50726f74-6f6e-5061-7373-50726f746f6e": "Proton Pass",
    "531126d6-e717-415c-9320-3d9aa6981239": "Dashlane",
    "6028b017-b1d4-4c02-b4b3-afcdafc96bb2": "Windows Hello",
    "9ddd1817-af5a-4672-a2b9-3e3dd95000a9": "Windows Hello",
    "adce0002-35bc-c60a-648b-0b25f1f05503": "Chrome on Mac",
    "b84e4048-15dc-4dd0-8640-f4f60813c8af": "NordPass",
    "bada5566-a7aa-401f-bd96-45619a55120d": "1Password",
    "d548826e-79b4-db40-a3d8-11116f7e8349": "Bitwarden",
    "dd4ec289-e01d-41c9-bb89-70fa845d4bf2": "iCloud Keychain",
    "ea9b8d66-4d01-1d21-3ce4-b6b48cb575d4": "Google Password Manager",
    "fbfc3007-154e-4ecc-8c0b-6e020557d7bd": "iCloud Keychain",
}
"""Names of the commonest keepers of passkeys, by the AAGUID that they give themselves, unproven."""


class PasskeyHandle(Row):
    """How authenticators know a user: random, and nothing personal (WebAuthn L3 §14.6.1)."""

    __tablename__ = "auth_passkey_handles"
    __table_args__ = (sa.UniqueConstraint("user_id", name="uq_auth_passkey_handles_user_id"),)

    handle: Mapped[str] = mapped_column(sa.String(86), primary_key=True)

    user_id: Mapped[Any]


def add(*, credential_id: str, **values: Any) -> Passkey:
    """A new passkey, written in the open transaction."""
    named = {"id": digest(credential_id), "credential_id": credential_id}
    passkey = table(Passkey)(**named, **values)
    state().db.session.add(passkey)
    state().db.session.flush()
    return passkey


def digest(credential_id: str) -> str:
    """The id under which a credential's passkey is kept."""
    return hashlib.sha256(credential_id.encode("utf-8", "surrogatepass")).hexdigest()


def find(passkey_id: str) -> Passkey | None:
    """The passkey of this id as the database has it now."""
    passkey = table(Passkey)
    query = sa.select(passkey).where(passkey.id == passkey_id).execution_options(populate_existing=True)
    return state().db.session.scalars(query).one_or_none()


def all_of(user_id: Any) -> Sequence[Passkey]:
    """The passkeys of a user, oldest first."""
    passkey = table(Passkey)
    query = sa.select(passkey).where(passkey.user_id == user_id).order_by(passkey.created_at, passkey.id)
    return state().db.session.scalars(query.execution_options(populate_existing=True)).all()


def use(passkey_id: str, sign_count: int, now: datetime, *, is_backed_up: bool, verifies_user: bool) -> bool:
    """Keep what a passkey said of itself, if its counter has grown or it has none: one statement decides."""
    passkey = table(Passkey)
    has_grown = passkey.sign_count < sign_count if sign_count else passkey.sign_count == 0
    values: dict[str, Any] = {
        "sign_count": sign_count,
        "is_backed_up": is_backed_up,
        "last_used_at": now,
        **({"verifies_user": True} if verifies_user else {}),
    }
    query = sa.update(passkey).where(passkey.id == passkey_id, has_grown).values(values)
    return database.changed(state().db.session(), query) == 1


def rename(passkey_id: str, user_id: Any, name: str) -> bool:
    """Give a passkey of this user another name."""
    passkey = table(Passkey)
    query = sa.update(passkey).where(passkey.id == passkey_id, passkey.user_id == user_id).values(name=name)
    return database.changed(state().db.session(), query) == 1


def remove(passkey_id: str) -> bool:
    """Delete a passkey."""
    passkey = table(Passkey)
    return database.changed(state().db.session(), sa.delete(passkey).where(passkey.id == passkey_id)) == 1


def handle_of(user_id: Any) -> str | None:
    """The handle of a user who has one."""
    found = table(PasskeyHandle)
    return state().db.session.scalar(sa.select(found.handle).where(found.user_id == user_id))


def add_handle(user_id: Any, handle: str) -> None:
    """Give a user their handle, in the open transaction."""
    made: Any = table(PasskeyHandle)
    state().db.session.add(made(user_id=user_id, handle=handle))
    state().db.session.flush()


def erase_all_of(user_id: Any) -> int:
    """Delete every passkey of a user, and the handle; how many passkeys that were."""
    session, passkey, handle = state().db.session(), table(Passkey), table(PasskeyHandle)
    database.changed(session, sa.delete(handle).where(handle.user_id == user_id))
    return database.changed(session, sa.delete(passkey).where(passkey.user_id == user_id))
