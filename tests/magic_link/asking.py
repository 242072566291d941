"""Asking for a magic link, and what comes of it."""

from collections.abc import Iterable
from typing import Any, NamedTuple
from urllib.parse import urlsplit

import flask
import sqlalchemy as sa
from werkzeug.test import TestResponse

from tests.support.apps import Person
from tests.support.mails import mails

MAIL = {"EMAIL_SERVICE": "console", "AUTHSVC_MAIL_DELIVERY": "command"}
"""Mails are on, and stay in the outbox."""


class Asked(NamedTuple):
    """What somebody has after asking: the challenge, and the link, token and code of the mail."""

    challenge: str
    link: str
    token: str
    code: str


def ask(person: Person, email: str | None = None) -> Asked:
    """Ask for a link to the person's address and open the mail, if need be a decoy."""
    answer = person.post("/magic-link", {"email": email or person.email})
    assert answer.status_code == 200, answer.text
    context = newest_mail(person.app)["context"]
    path = urlsplit(context["link"]).path
    return Asked(answer.json["challenge"], path, path.rpartition("/")[2], context["code"])


def newest_mail(app: flask.Flask) -> dict[str, Any]:
    """The magic link that was sent last."""
    return [one for one in mails(app) if one["mail"] == "magic_link"][-1]


def with_token(person: Person, token: str, **fields: Any) -> TestResponse:
    """Sign in with the link's token and keep the tokens."""
    return enter(person, {"token": token, **fields})


def with_code(person: Person, challenge: str, code: str, **fields: Any) -> TestResponse:
    """Sign in with challenge and code and keep the tokens."""
    return enter(person, {"challenge": challenge, "code": code, **fields})


def enter(person: Person, proof: dict[str, Any]) -> TestResponse:
    """Sign in with a proof from a mail and keep the tokens."""
    person.access = None
    return person._keep(person.post("/magic-link/verify", proof))


def other_than(code: str, number: int = 1) -> str:
    """A code that is not *code*."""
    return f"{(int(code) + number) % 10**6:06}"


def change_user(app: flask.Flask, email: str, /, **values: object) -> None:
    """Change an account behind the API's back, as hosts do."""
    with app.app_context():
        users = app.auth.user_model.__table__  # type: ignore[attr-defined]
        session = app.extensions["sqlalchemy"].session
        session.execute(sa.update(users).where(users.c.email == email).values(**values))
        session.commit()


def confirm(app: flask.Flask, email: str) -> None:
    """Let an account be one whose address was confirmed."""
    change_user(app, email, is_verified=True)


def count(app: flask.Flask, query: str) -> int:
    """What a query counts."""
    with app.app_context():
        return int(app.extensions["sqlalchemy"].session.scalar(sa.text(query)) or 0)


def statuses(answers: Iterable[TestResponse]) -> list[int]:
    """The status of each answer."""
    return [one.status_code for one in answers]
