"""Who must have a second factor enrols one at the next sign-in, before anything else."""

from collections.abc import Callable
from typing import Any

import flask
import pytest

from tests.mfa.conftest import MAIL
from tests.mfa.people import App, answer, at_the_door, challenge_of, change_user
from tests.support.apps import Clock, Person
from tests.support.mails import mails


@pytest.fixture
def strict(build: Callable[..., flask.Flask], clock: Clock) -> flask.Flask:
    """An application that demands a second factor of everybody."""
    return build(AUTHSVC_MFA_REQUIRED_FOR="all", **MAIL)


@pytest.fixture
def enrolment(strict: flask.Flask, kind: str) -> tuple[Person, str]:
    """Somebody who signed up where a second factor is demanded, and the token to enrol one."""
    ada = Person(strict, kind, "ada@example.com")
    body = ada.sign_up().json
    assert body["status"] == "enrolment_required", body
    assert (body["methods"], body["expires_in"]) == (["totp"], 600)
    return ada, body["enrolment"]


def test_somebody_enrols_and_is_signed_in_by_it(enrolment: tuple[Person, str], clock: Clock) -> None:
    # given somebody who must enrol
    ada, token = enrolment
    assert ada.me().status_code == 401

    # when they set up an app with the token in the place of an access token
    begun = ada.post("/mfa/enable", {"enrolment": token})
    phone = App(begun.json["secret"], clock)
    done = ada._keep(ada.post("/mfa/verify", {"enrolment": token, "code": phone.code()}))

    # then they are signed in with two factors, and have recovery codes
    assert (done.status_code, done.json["status"]) == (200, "signed_in")
    assert len(done.json["recovery_codes"]) == 10
    assert ada.get("/check-auth").json["session"]["methods"] == ["pwd", "totp", "mfa"]
    assert ada.get("/mfa").json["is_required"] is True
    # and from then on they are asked for it
    assert ada.sign_in().json["status"] == "challenge"


def test_the_token_opens_nothing_else(enrolment: tuple[Person, str], strict: flask.Flask) -> None:
    # given the token of somebody who must enrol
    ada, token = enrolment

    # when it is used for everything else
    tried = [
        ada.call(method, path, token=token, json=body)
        for method, path, body in [
            ("GET", "/user/@me", None),
            ("PUT", "/user/@me", {"first_name": "Eve"}),
            ("POST", "/token/refresh", {}),
            ("POST", "/password/update", {"new_password": "a quite different pass phrase"}),
            ("POST", "/mfa/enable", {}),
            ("POST", "/mfa/disable", {}),
            ("POST", "/mfa/recovery-codes", {}),
            ("GET", "/trusted-devices", None),
        ]
    ]
    as_challenge = [
        ada.post("/mfa/verify", {"challenge": token, "method": "totp", "code": "123456"}),
        ada.post("/mfa/challenge", {"challenge": token, "method": "email"}),
    ]

    # then it is nothing
    assert [one.status_code for one in tried] == [401] * len(tried)
    assert [one.json["code"] for one in as_challenge] == ["challenge_expired"] * 2


def test_the_token_works_once(enrolment: tuple[Person, str], clock: Clock) -> None:
    # given a token that has been used
    ada, token = enrolment
    phone = App(ada.post("/mfa/enable", {"enrolment": token}).json["secret"], clock)
    assert ada.post("/mfa/verify", {"enrolment": token, "code": phone.code()}).status_code == 200

    # when it is used again
    again = [
        ada.post("/mfa/enable", {"enrolment": token}),
        ada.post("/mfa/verify", {"enrolment": token, "code": phone.code(1)}),
    ]

    # then it is over
    assert [one.json["code"] for one in again] == ["enrolment_expired"] * 2


@pytest.mark.parametrize("change", [{"password_hash": "another"}, {"is_active": False}])
def test_the_token_is_over_with_the_password(
    enrolment: tuple[Person, str], strict: flask.Flask, clock: Clock, change: dict[str, Any]
) -> None:
    # given the token of somebody who knows the password
    thief, token = enrolment
    phone = App(thief.post("/mfa/enable", {"enrolment": token}).json["secret"], clock)

    # when the password changes, or the account is suspended
    change_user(strict, **change)
    refused = thief.post("/mfa/verify", {"enrolment": token, "code": phone.code()})

    # then no app of theirs is enrolled
    assert (refused.status_code, refused.json["code"]) == (400, "enrolment_expired")


def test_the_token_is_over_in_ten_minutes(enrolment: tuple[Person, str], clock: Clock) -> None:
    # given a token of ten minutes ago
    ada, token = enrolment
    clock.forward(minutes=10)

    # when it is used
    refused = ada.post("/mfa/enable", {"enrolment": token})

    # then it is over
    assert (refused.status_code, refused.json["code"]) == (400, "enrolment_expired")


def test_a_wrong_first_code_leaves_the_token_good(enrolment: tuple[Person, str], clock: Clock) -> None:
    # given somebody who mistypes the first code
    ada, token = enrolment
    phone = App(ada.post("/mfa/enable", {"enrolment": token}).json["secret"], clock)
    refused = ada.post("/mfa/verify", {"enrolment": token, "code": phone.wrong()})
    assert (refused.status_code, refused.json["code"]) == (401, "invalid_credentials")

    # when they try again
    done = ada.post("/mfa/verify", {"enrolment": token, "code": phone.code()})

    # then they are in
    assert done.json["status"] == "signed_in"


def test_a_role_demands_it_from_the_next_sign_in_on(
    build: Callable[..., flask.Flask], clock: Clock, kind: str
) -> None:
    # given an application that demands it of administrators, and somebody who becomes one
    app = build(AUTHSVC_MFA_REQUIRED_FOR=["admin"])
    ada = Person(app, kind, "ada@example.com")
    assert ada.sign_up().json["status"] == "signed_in"
    with app.app_context():
        auth: Any = app.auth  # type: ignore[attr-defined]
        auth.grant_role(app.extensions["sqlalchemy"].session.get(auth.user_model, 1), "admin")

    # when they sign in
    body = ada.sign_in().json

    # then they must enrol, and others need not
    assert body["status"] == "enrolment_required"
    assert Person(app, kind).sign_up().json["status"] == "signed_in"


def test_where_nothing_can_be_enrolled_the_sign_in_fails_closed(build: Callable[..., flask.Flask]) -> None:
    # given an application that demands what it does not offer
    ada = Person(build(), "bearer", "ada@example.com")
    ada.sign_up()
    app = build(AUTHSVC_MFA_REQUIRED_FOR="all", AUTHSVC_ENABLE_TOTP=False)

    # when somebody signs in
    refused = at_the_door(app, "bearer", ada).sign_in()

    # then nobody gets in
    assert (refused.status_code, refused.json["code"]) == (403, "second_factor_unavailable")


def test_an_e_mailed_code_spares_the_enrolment_where_it_counts(
    build: Callable[..., flask.Flask], clock: Clock, kind: str
) -> None:
    # given an application that demands a second factor and takes e-mailed codes for one
    app = build(AUTHSVC_MFA_REQUIRED_FOR="all", AUTHSVC_EMAIL_CODE_IS_FACTOR=True, **MAIL)
    ada = Person(app, kind, "ada@example.com")
    assert ada.sign_up().json["status"] == "enrolment_required"
    change_user(app, is_verified=True)

    # when somebody with a confirmed address signs in
    challenge = challenge_of(ada)
    ada.post("/mfa/challenge", {"challenge": challenge, "method": "email"})
    signed_in = answer(ada, challenge, "email", code=mails(app)[-1]["context"]["code"])

    # then the code is all they need
    assert signed_in.json["status"] == "signed_in"
