"""People with passkeys, and what these stories do again and again."""

from typing import Any

import flask
import sqlalchemy as sa
from werkzeug.test import TestResponse

from flask_headless_auth.features.passkeys.models import Passkey
from flask_headless_auth.state import table
from tests.support.apps import Person
from tests.support.authenticator import Answer, Authenticator


def options_of(answer: TestResponse) -> Answer:
    """The options that an operation answers."""
    assert answer.status_code == 200, answer.text
    assert answer.json["expires_in"] == 300
    options: Answer = answer.json["options"]
    return options


def to_add(person: Person) -> Answer:
    """Options to add a passkey."""
    return options_of(person.post("/passkeys/register/options"))


def add(person: Person, device: Authenticator, **fields: Any) -> dict[str, Any]:
    """Add a passkey of *device* to somebody who is signed in."""
    answer = person.post("/passkeys/register", {"credential": device.create(to_add(person)), **fields})
    assert answer.status_code == 201, answer.text
    assert answer.json["status"] == "passkey_added"
    passkey: dict[str, Any] = answer.json["passkey"]
    return passkey


def enrol(person: Person, device: Authenticator, enrolment: str) -> TestResponse:
    """Add a passkey that a sign-in waits for, and keep the tokens of that."""
    options = options_of(person.post("/passkeys/register/options", {"enrolment": enrolment}))
    body = {"credential": device.create(options), "enrolment": enrolment}
    return person._keep(person.post("/passkeys/register", body))


def to_sign_in(person: Person) -> Answer:
    """Options to sign in."""
    return options_of(person.post("/passkeys/login/options"))


def sign_in(person: Person, device: Authenticator, **wrong: Any) -> TestResponse:
    """Sign in with a passkey of *device*, and keep the tokens."""
    person.access = None
    answer = device.get(to_sign_in(person), **wrong)
    return person._keep(person.post("/passkeys/login", {"credential": answer}))


def refused(answer: TestResponse) -> bool:
    """Whether a passkey was refused, without a reason, a token or a cookie."""
    assert answer.status_code == 400, answer.text
    assert answer.json["code"] == "passkey_refused"
    assert answer.json["detail"] == "This passkey could not be used. Try again."
    return not answer.headers.getlist("Set-Cookie")


def rows(app: flask.Flask) -> list[sa.Row[Any]]:
    """Every passkey as it is stored, oldest first."""
    with app.app_context(), app.extensions["sqlalchemy"].engine.connect() as connection:
        kept = table(Passkey).__table__  # type: ignore[attr-defined]
        return list(connection.execute(sa.select(kept).order_by(kept.c.created_at, kept.c.id)).all())


def update_passkey(app: flask.Flask, passkey_id: str, **values: Any) -> None:
    """Change a passkey's row behind the application's back."""
    with app.app_context(), app.extensions["sqlalchemy"].engine.begin() as connection:
        kept = table(Passkey).__table__  # type: ignore[attr-defined]
        connection.execute(sa.update(kept).where(kept.c.id == passkey_id).values(values))
