"""User models with columns of every kind."""

import datetime
import enum
from typing import Any

import sqlalchemy as sa

from tests.embedding.hosts import model


class Level(enum.Enum):
    """An enumeration of the host."""

    NOVICE = "novice"
    MASTER = "master"


WRITABLE = {"auth": "writable"}


def rich() -> type[Any]:
    """A user with a column of every kind."""
    return model(
        first_name=sa.Column(sa.String(40)),
        nickname=sa.Column(
            sa.String(20), nullable=False, default="-", info=WRITABLE, comment="What friends say."
        ),
        bio=sa.Column(sa.Text),
        age=sa.Column(sa.Integer, info=WRITABLE),
        shoe=sa.Column(sa.SmallInteger, info=WRITABLE),
        steps=sa.Column(sa.BigInteger, info=WRITABLE),
        height=sa.Column(sa.Float, info=WRITABLE),
        price=sa.Column(sa.Numeric(10, 2), info=WRITABLE),
        newsletter=sa.Column(sa.Boolean, info=WRITABLE),
        date_of_birth=sa.Column(sa.Date),
        wakes_at=sa.Column(sa.Time, info=WRITABLE),
        next_visit=sa.Column(sa.DateTime, info=WRITABLE),
        last_visit=sa.Column(sa.DateTime(timezone=True), default=lambda: datetime.datetime.now(datetime.UTC)),
        locale=sa.Column(sa.Enum("de", "en", name="locale_name")),
        level=sa.Column(sa.Enum(Level), info=WRITABLE),
        device=sa.Column(sa.Uuid, info=WRITABLE),
        preferences=sa.Column(sa.JSON, info=WRITABLE),
        role=sa.Column(sa.String(20), default="member"),
        credits=sa.Column(sa.Integer, default=0),
        company=sa.Column(sa.String(30)),
        notes=sa.Column(sa.Text, info={"auth": "private"}),
        recovery_token=sa.Column(sa.String(64), default="t-0-k-e-n"),
        api_secret=sa.Column(sa.String(64), default="s-3-c-r-e-t"),
        Salt=sa.Column(sa.String(64), default="s-a-l-t"),
        token_count=sa.Column(sa.Integer, default=3, info={"auth": "public"}),
        thumbnail=sa.Column(sa.LargeBinary, default=b"\x00\xff"),
    )


def attribute_of_another_name() -> type[Any]:
    """A user with an attribute and a column of different names, and a computed one."""
    users = model(nick=sa.Column("nick_name", sa.String(20), info=WRITABLE))
    users.shout = property(lambda self: (self.nick or "").upper())
    return users
