"""What happens to accounts, and the links that take it back.

`TOY` is a feature as others may write one: two mails that tell of events of its own.
"""

from dataclasses import dataclass
from typing import Any

import flask
from werkzeug.test import TestResponse

from flask_headless_auth import users
from flask_headless_auth.database import emit, transaction
from flask_headless_auth.events import Event
from flask_headless_auth.feature import Feature, Mail
from tests.support.apps import API, Person
from tests.support.mails import mails

NEW = "a different battery staple"


@dataclass(frozen=True, kw_only=True)
class Tickled(Event):
    """A user was tickled."""

    with_what: str
    how_often: int


@dataclass(frozen=True, kw_only=True)
class Moved(Event):
    """A user has another address; `email` is the one they had."""

    email: str
    was_verified: bool


TOY = Feature(
    name="toy",
    events=(Tickled, Moved),
    mails=(
        Mail("tickled", "Somebody tickled you.", tells_of=Tickled, says=("with_what", "how_often")),
        Mail("moved", "Your address was changed.", tells_of=Moved, can_be_undone=True),
    ),
)


def tickle(app: flask.Flask, email: str) -> None:
    """Let a user be tickled."""
    with app.app_context(), transaction():
        emit(Tickled(user=users.by_email(email), with_what="a feather", how_often=3))


def move(app: flask.Flask, old: str, new: str) -> str:
    """Give an account another address; the token of the notice to the old one."""
    with app.app_context(), transaction():
        user = users.by_email(old)
        was_verified = user.is_verified
        user.email, user.is_verified = new, True
        emit(Moved(user=user, email=old, was_verified=was_verified))
    return undo_token(app, "moved")


def change_password(person: Person, password: str = NEW) -> str:
    """Change the person's password while signed in; the token of the notice."""
    body = {"current_password": person.password, "new_password": password}
    assert person.post("/password/update", body).status_code == 200
    person.password = password
    return undo_token(person.app, "password_changed")


def told(app: flask.Flask, name: str) -> list[dict[str, Any]]:
    """The mails of this name, oldest first."""
    return [one for one in mails(app) if one["mail"] == name]


def undo_token(app: flask.Flask, name: str) -> str:
    """The token of the link in the newest notice of this name."""
    link: str = told(app, name)[-1]["context"]["undo_link"]
    return link.rpartition("/")[2]


def revert(app: flask.Flask, token: str) -> TestResponse:
    """Say "this was not me", as somebody who is not signed in."""
    return app.test_client().post(f"{API}/security/revert/{token}")
