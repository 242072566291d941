"""Asking for a reset link, opening the mail, choosing a new password."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlsplit

import flask
import sqlalchemy as sa
from werkzeug.test import TestResponse

from tests.support.apps import API, Person
from tests.support.mails import mails

NEW = "a different battery staple"
"""The password that people choose."""


def ask(
    app: flask.Flask, email: str, *, headers: dict[str, str] | None = None, **fields: Any
) -> TestResponse:
    """Ask for a reset link, as somebody who is not signed in."""
    return app.test_client().post(
        f"{API}/request-password-reset", json={"email": email, **fields}, headers=headers
    )


def named(app: flask.Flask, name: str) -> list[dict[str, Any]]:
    """The mails of this name in the outbox, oldest first."""
    return [one for one in mails(app) if one["mail"] == name]


def link_to(app: flask.Flask, email: str, **fields: Any) -> str:
    """The link that an address is sent when it asks, be it a decoy."""
    answer = ask(app, email, **fields)
    assert answer.status_code == 200, answer.text
    link: str = named(app, "reset_password")[-1]["context"]["link"]
    return link


def token_to(app: flask.Flask, email: str) -> str:
    """The token of that link."""
    return urlsplit(link_to(app, email)).path.rpartition("/")[2]


def reset(app: flask.Flask, token: str, password: str = NEW) -> TestResponse:
    """Choose a new password with a token."""
    return app.test_client().post(f"{API}/reset-password/{token}", json={"password": password})


def can_sign_in(person: Person, password: str) -> bool:
    """Whether this password opens the person's account, at a client of its own."""
    other = Person(person.app, person.kind, person.email)
    other.password = password
    return other.sign_in().status_code == 200


@contextmanager
def statements(app: flask.Flask) -> Iterator[list[str]]:
    """The SQL that runs within the block."""
    seen: list[str] = []

    def note(connection: Any, cursor: Any, statement: str, *rest: Any) -> None:
        seen.append(statement)

    with app.app_context():
        engine = app.extensions["sqlalchemy"].engine
    sa.event.listen(engine, "before_cursor_execute", note)
    try:
        yield seen
    finally:
        sa.event.remove(engine, "before_cursor_execute", note)
