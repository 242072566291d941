"""Every way in asks for the second factor: each proof that begins a sign-in, each factor, each policy."""

from collections.abc import Callable, Sequence
from typing import Any

import flask
import pytest

from flask_headless_auth import clock as package_clock
from flask_headless_auth.feature import MULTIPLE, Proof
from flask_headless_auth.features.signin import logic as signin
from flask_headless_auth.state import state
from tests.mfa.conftest import MAIL
from tests.mfa.people import App, answer, change_user, set_up
from tests.support.apps import Clock, Person
from tests.support.mails import mails

WAYS: dict[str, Sequence[str]] = {
    "password": ["pwd"],
    "magic link": ["email"],
    "provider": ["google"],
    "host": ["ext"],
    "passkey without verification": ["passkey"],
    "passkey with verification": ["passkey", MULTIPLE],
}
"""What each way in proves before it comes to the one door."""

FACTORS = ("totp", "recovery_code", "email")


def host(build: Callable[..., flask.Flask], **config: Any) -> flask.Flask:
    """An application in which every way in is open."""
    app = build(AUTHSVC_EMAIL_CODE_IS_FACTOR=True, **MAIL, **config)

    @app.post("/api/host/<way>")
    def enter(way: str) -> Any:
        user = state().db.session.get(state().user_model, 1)
        proofs = [Proof(method, package_clock.timestamp()) for method in WAYS[way]]
        answered = signin.finish(user, proofs)
        return {**answered, "user": None}

    return app


def enter(person: Person, way: str) -> Any:
    """Come in by this way."""
    if way == "password":
        return person.sign_in()
    person.access = None
    return person._keep(person.post(f"/api/host/{way}"))


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("factor", FACTORS)
@pytest.mark.parametrize("required", ["", "all"])
def test_every_way_in_asks_whoever_has_a_second_factor(
    build: Callable[..., flask.Flask], clock: Clock, kind: str, way: str, factor: str, required: str
) -> None:
    # given somebody with every second factor
    app = host(build)
    ada = Person(app, kind, "ada@example.com")
    ada.sign_up()
    phone, codes = set_up(ada, clock)
    change_user(app, is_verified=True)
    clock.forward(seconds=30)
    app = host(build, AUTHSVC_MFA_REQUIRED_FOR=required)
    person = Person(app, kind, ada.email)

    # when they come in by one of the ways
    body = enter(person, way).json

    # then whoever has proved two factors is in
    if MULTIPLE in WAYS[way]:
        assert body["status"] == "signed_in"
        return
    # and everybody else is asked, by another channel than the first
    assert body["status"] == "challenge"
    assert "access_token" not in body
    assert person.me().status_code == 401
    assert body["methods"] == [one for one in FACTORS_IN_ORDER if one not in WAYS[way]]
    if factor not in body["methods"]:
        refused = answer(person, body["challenge"], factor, code="123456")
        assert refused.status_code == 422
        return
    assert answer(person, body["challenge"], factor, code=proof(person, body, factor, phone, codes)).json[
        "status"
    ] == ("signed_in")
    assert person.get("/check-auth").json["session"]["methods"] == [*WAYS[way], factor, MULTIPLE]


FACTORS_IN_ORDER = ("totp", "email", "recovery_code")


def proof(person: Person, body: Any, factor: str, phone: App, codes: list[str]) -> str:
    """A right answer."""
    if factor == "totp":
        return phone.code()
    if factor == "recovery_code":
        return codes[0]
    person.post("/mfa/challenge", {"challenge": body["challenge"], "method": "email"})
    return str(mails(person.app)[-1]["context"]["code"])


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("required", ["", "all"])
def test_every_way_in_makes_whoever_must_have_one_enrol(
    build: Callable[..., flask.Flask], clock: Clock, kind: str, way: str, required: str
) -> None:
    # given somebody without a second factor, whose address nobody has confirmed
    app = host(build)
    ada = Person(app, kind, "ada@example.com")
    ada.sign_up()
    person = Person(host(build, AUTHSVC_MFA_REQUIRED_FOR=required), kind, ada.email)

    # when they come in by one of the ways
    body = enter(person, way).json

    # then they must enrol where that is demanded and they have not proved two factors
    is_in = not required or MULTIPLE in WAYS[way]
    assert body["status"] == ("signed_in" if is_in else "enrolment_required")
    assert (person.me().status_code == 200) == is_in
