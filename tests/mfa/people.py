"""People with second factors, and what they hold in their hands."""

import time
from typing import Any

import flask
import pyotp
import sqlalchemy as sa
from werkzeug.test import TestResponse

from flask_headless_auth.state import state
from tests.support.apps import Clock, Person


class App:
    """An authenticator app: it knows a seed and the time."""

    def __init__(self, seed: str, clock: Clock | None = None) -> None:
        self.totp = pyotp.TOTP(seed)
        self.clock = clock

    def code(self, steps: int = 0) -> str:
        """The code of now, or of some steps later."""
        now = self.clock.moment.timestamp() if self.clock is not None else time.time()
        return self.totp.generate_otp(int(now) // 30 + steps)

    def wrong(self) -> str:
        """A code that is right at no step near now."""
        near = {self.code(steps) for steps in range(-5, 6)}
        return next(code for number in range(100) if (code := f"{number:06}") not in near)


def set_up(person: Person, clock: Clock | None = None) -> tuple[App, list[str]]:
    """Enrol an authenticator app, signed in; answers it and the recovery codes."""
    begun = person.post("/mfa/enable")
    assert begun.status_code == 200, begun.json
    phone = App(begun.json["secret"], clock)
    done = person.post("/mfa/verify", {"code": phone.code()})
    assert (done.status_code, done.json["status"]) == (200, "mfa_enabled"), done.json
    return phone, done.json["recovery_codes"]


def answer(person: Person, challenge: str, method: str, **given: Any) -> TestResponse:
    """Answer a challenge and keep the tokens."""
    return person._keep(person.post("/mfa/verify", {"challenge": challenge, "method": method, **given}))


def at_the_door(app: flask.Flask, kind: str, like: Person) -> Person:
    """Somebody with the same address at another client, not signed in."""
    person = Person(app, kind, like.email)
    person.password = like.password
    return person


def challenge_of(person: Person) -> str:
    """The challenge that a sign-in with the password gets."""
    body = person.sign_in().json
    assert body["status"] == "challenge", body
    return str(body["challenge"])


def change_user(app: flask.Flask, **values: Any) -> None:
    """Write columns of the only user, as the host might."""
    with app.app_context():
        session = state().db.session
        session.execute(sa.update(state().user_model).values(**values))
        session.commit()
