"""People with second factors, and what they hold in their hands."""

import time
from typing import Any

import flask
import pyotp
import sqlalchemy as sa
from werkzeug.test import TestResponse

from flask_headless_auth.state import state
from tests.support.apps import Clock, Person
from tests.support.mails import mails


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


def try_a_second_factor(person: Person) -> TestResponse:
    """A wrong first code of an app."""
    person.post("/mfa/enable")
    return person.post("/mfa/verify", {"code": "12345"})


def try_from_a_trusted_device(person: Person) -> TestResponse:
    """A wrong password on a device that its owner trusts."""
    if "/mfa/trusted" not in person.http.environ_base:
        phone, _ = set_up(person)
        given = {"code": phone.code(1), "remember_device": True}
        signed_in = answer(person, challenge_of(person), "totp", **given)
        person.http.environ_base["/mfa/trusted"] = signed_in.json["trusted_device"]
    headers = {"X-Trusted-Device": person.http.environ_base["/mfa/trusted"]}
    return person.post("/login", {"email": person.email, "password": "wrong"}, headers=headers)


def code_mailed(app: flask.Flask, name: str) -> str:
    """The code in the newest mail of this name."""
    return str([one for one in mails(app) if one["mail"] == name][-1]["context"]["code"])


def go_through_second_factors(app: flask.Flask, clock: Clock) -> None:
    """Do everything that there is to do with second factors, rightly and wrongly."""
    ada = Person(app, "bearer")
    assert ada.sign_up().status_code == 201
    other = at_the_door(app, "bearer", ada)
    assert other.sign_in().status_code == 200
    phone, codes = set_up(ada, clock)
    for _ in range(5):
        assert answer(other, challenge_of(other), "totp", code=phone.wrong()).status_code == 401
    clock.forward(seconds=30)
    given = {"code": phone.code(), "remember_device": True}
    trusted = answer(other, challenge_of(other), "totp", **given)
    assert answer(ada, challenge_of(ada), "recovery_code", code=codes[0]).status_code == 200
    with app.app_context():
        session = state().db.session
        session.execute(sa.update(state().user_model).values(is_verified=True))
        session.commit()
    asked = {"challenge": challenge_of(other), "method": "email"}
    assert other.post("/mfa/challenge", asked).status_code == 200
    headers = {"X-Trusted-Device": trusted.json["trusted_device"]}
    [device] = ada.get("/trusted-devices", headers=headers).json["items"]
    assert device["is_current"]
    assert ada.call("DELETE", f"/trusted-devices/{device['id']}").status_code == 200
    assert ada.post("/mfa/recovery-codes").status_code == 200
    clock.forward(seconds=30)
    assert answer(other, challenge_of(other), "totp", code=phone.code()).status_code == 200
    assert ada.post("/mfa/disable").status_code == 200
    change_user(app, password_hash=None)
    assert ada.post("/reauthenticate/options", {"method": "email"}).status_code == 200
