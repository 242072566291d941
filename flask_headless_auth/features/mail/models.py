"""The outbox in the database: one row for each mail."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

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
    due_at: Mapped[datetime] = mapped_column(Moment, index=True)
    #: When it is of no use any more.
    expires_at: Mapped[datetime | None] = mapped_column(Moment)
    attempts: Mapped[int] = mapped_column(sa.Integer, default=0)
    claimed_by: Mapped[str | None] = mapped_column(sa.String(32))
    claimed_until: Mapped[datetime | None] = mapped_column(Moment)
    #: What became of it: `sent`, `expired`, `dropped` (a decoy), `dead`; None while it waits.
    outcome: Mapped[str | None] = mapped_column(sa.String(16), index=True)
    finished_at: Mapped[datetime | None] = mapped_column(Moment)
    last_error: Mapped[str | None] = mapped_column(sa.String(255))


def add(**values: object) -> Letter:
    """A new letter, written in the open transaction."""
    letter = table(Letter)(**values)
    state().db.session.add(letter)
    state().db.session.flush()
    return letter
