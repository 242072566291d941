"""What these stories look at: tokens as they travel, cookies as they are set, rows as they are stored."""

import base64
import json
from typing import Any

import flask
import sqlalchemy as sa
from werkzeug.test import TestResponse

from flask_headless_auth.features.sessions.models import Session
from flask_headless_auth.state import table
from tests.support.apps import API, Person

REFRESH_PATH = API
"""The path of the refresh cookie."""


def refresh_token_of(person: Person) -> str:
    """The refresh token that this person's client holds."""
    if person.kind == "bearer":
        assert person.refresh_token is not None
        return person.refresh_token
    cookie = person.http.get_cookie("refresh_token", path=REFRESH_PATH)
    assert cookie is not None
    return cookie.value


def access_token_of(person: Person) -> str:
    """The access token that this person's client holds."""
    if person.kind == "bearer":
        assert person.access is not None
        return person.access
    cookie = person.http.get_cookie("access_token")
    assert cookie is not None
    return cookie.value


def holder_of(
    person: Person, *, refresh: str | None = None, access: str | None = None, app: flask.Flask | None = None
) -> Person:
    """Another client of the same kind that holds copies of these tokens: a second tab, or a thief."""
    other = Person(app or person.app, person.kind, person.email)
    if person.kind == "bearer":
        other.refresh_token, other.access = refresh, access
        return other
    if refresh is not None:
        other.http.set_cookie("refresh_token", refresh, path=REFRESH_PATH)
    if access is not None:
        other.http.set_cookie("access_token", access)
    return other


def copy_of(person: Person, app: flask.Flask | None = None) -> Person:
    """A second client with the same tokens, at another worker where one is given."""
    return holder_of(person, refresh=refresh_token_of(person), access=access_token_of(person), app=app)


def claims_of(token: str) -> dict[str, Any]:
    """What a token says, unverified."""
    return _segment(token, 1)


def header_of(token: str) -> dict[str, Any]:
    """A token's header, unverified."""
    return _segment(token, 0)


def _segment(token: str, number: int) -> dict[str, Any]:
    part = token.split(".")[number]
    found: dict[str, Any] = json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))
    return found


def cookies_set_by(response: TestResponse) -> dict[str, str]:
    """Each cookie that an answer sets: name and the whole header."""
    return {line.partition("=")[0]: line for line in response.headers.getlist("Set-Cookie")}


def execute(app: flask.Flask, statement: Any) -> None:
    """Write to the application's database behind its back."""
    with app.app_context(), _engine(app).begin() as connection:
        connection.execute(statement)


def update_session(app: flask.Flask, session_id: str, **values: Any) -> None:
    """Change a session's row behind the application's back."""
    with app.app_context():
        rows = table(Session).__table__  # type: ignore[attr-defined]
    execute(app, sa.update(rows).where(rows.c.id == session_id).values(values))


def update_user(app: flask.Flask, email: str, /, **values: Any) -> None:
    """Change a user's row behind the application's back."""
    users = user_table(app)
    execute(app, sa.update(users).where(users.c.email == email).values(values))


def delete_user(app: flask.Flask, email: str) -> None:
    """Delete a user's row, and with it the rows that belong to it."""
    users = user_table(app)
    execute(app, sa.delete(users).where(users.c.email == email))


def user_table(app: flask.Flask) -> sa.Table:
    """The table of users."""
    found: sa.Table = app.auth.user_model.__table__  # type: ignore[attr-defined]
    return found


def user_row(app: flask.Flask, email: str) -> sa.Row[Any]:
    """A user's row as it is stored."""
    users = user_table(app)
    with app.app_context(), _engine(app).connect() as connection:
        return connection.execute(sa.select(users).where(users.c.email == email)).one()


def session_rows(app: flask.Flask) -> list[sa.Row[Any]]:
    """Every session's row as it is stored, oldest first."""
    with app.app_context(), _engine(app).connect() as connection:
        rows = table(Session).__table__  # type: ignore[attr-defined]
        return list(connection.execute(sa.select(rows).order_by(rows.c.created_at, rows.c.id)).all())


def session_row(app: flask.Flask, session_id: str | None) -> sa.Row[Any]:
    """A session's row as it is stored."""
    (row,) = [one for one in session_rows(app) if one.id == session_id]
    return row


def _engine(app: flask.Flask) -> sa.Engine:
    engine: sa.Engine = app.extensions["sqlalchemy"].engine
    return engine
