"""What people do with the mails of an application."""

from typing import Any

import flask
import sqlalchemy as sa
from werkzeug.test import TestResponse

from flask_headless_auth.state import state_of
from tests.support.apps import API, WITH_MAIL, Person
from tests.support.mails import mails

ALONE = {**WITH_MAIL, "AUTHSVC_ENABLE_NOTICES": False}
"""Configuration: mail waits in the outbox, and of what happens to an address nobody is told besides."""

REQUIRED = {**ALONE, "REQUIRE_EMAIL_VERIFICATION": True}
"""Configuration: mail waits in the outbox, and nobody is signed in before their address is confirmed."""


def letters(app: flask.Flask, name: str | None = None, to: str | None = None) -> list[dict[str, Any]]:
    """The mails that reach somebody, oldest first: of one name, to one address."""
    return [
        one
        for one in mails(app)
        if not one["decoy"] and name in (None, one["mail"]) and to in (None, one["to"])
    ]


def last(app: flask.Flask, name: str, to: str | None = None) -> dict[str, Any]:
    """The newest of these mails."""
    return letters(app, name, to)[-1]


def token_in(letter: dict[str, Any]) -> str:
    """The token in a mail's link."""
    return str(letter["context"]["link"].rsplit("/", 1)[1])


def confirm(app: flask.Flask, token: str) -> TestResponse:
    """Somebody presses the button, at a client of their own."""
    return app.test_client().post(f"{API}/confirm/{token}")


def confirm_last(app: flask.Flask, to: str) -> TestResponse:
    """The owner of an address confirms it with the newest link."""
    return confirm(app, token_in(last(app, "confirm", to)))


def confirmed(app: flask.Flask, email: str, kind: str = "bearer", **fields: Any) -> Person:
    """Somebody with an account and a confirmed address; signed in where they were at sign-up."""
    person = Person(app, kind, email)
    assert person.sign_up(**fields).status_code == 201
    assert confirm_last(app, email).status_code == 200
    return person


def account(app: flask.Flask, email: str) -> Any:
    """The row of an account as the database has it, or None."""
    with app.app_context():
        users = state_of(app).user_model.__table__
        session = app.extensions["sqlalchemy"].session
        return session.execute(sa.select(users).where(users.c.email == email)).one_or_none()


def set_columns(app: flask.Flask, whose: str, /, **values: object) -> None:
    """Write columns of an account as a host does, past all of this."""
    with app.app_context():
        users = state_of(app).user_model.__table__
        session = app.extensions["sqlalchemy"].session
        session.execute(sa.update(users).where(users.c.email == whose).values(**values))
        session.commit()


def rows(app: flask.Flask) -> dict[str, int]:
    """How many rows each table has."""
    with app.app_context():
        session = app.extensions["sqlalchemy"].session
        tables = state_of(app).user_model.__table__.metadata.sorted_tables
        return {one.name: session.scalar(sa.select(sa.func.count()).select_from(one)) for one in tables}
