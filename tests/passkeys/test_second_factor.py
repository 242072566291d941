"""A passkey as the second factor: enrolled where one is demanded, asked for, taken away and guarded."""

from collections.abc import Callable

import flask
import pytest

from tests.mfa.people import answer, at_the_door, challenge_of, set_up
from tests.passkeys.people import add, enrol, options_of, refused, sign_in, to_add
from tests.sessions.at_the_wire import claims_of
from tests.support.apps import Clock, Person
from tests.support.authenticator import Authenticator


def signed_up(app: flask.Flask, kind: str = "bearer") -> Person:
    """Somebody who has signed up and has a password alone."""
    ada = Person(app, kind, "ada@example.com")
    assert ada.sign_up().status_code == 201
    return ada


def enrolled(build: Callable[..., flask.Flask], kind: str = "bearer") -> tuple[Person, Authenticator]:
    """Somebody whose sign-in asked for a factor, and got a passkey."""
    app, device = build(AUTHSVC_MFA_REQUIRED_FOR=["all"]), Authenticator()
    ada = Person(app, kind, "ada@example.com")
    waiting = ada.sign_up().json
    assert waiting["status"] == "enrolment_required"
    assert "passkey" in waiting["methods"]
    answer = enrol(ada, device, waiting["enrolment"])
    assert (answer.status_code, answer.json["status"]) == (201, "signed_in")
    assert len(answer.json["recovery_codes"]) == 10
    return ada, device


def test_a_passkey_finishes_a_sign_in_that_waits_for_a_factor(
    build: Callable[..., flask.Flask], kind: str
) -> None:
    # given an application where everybody must have a second factor
    # when somebody who signs up adds a passkey for it
    ada, _ = enrolled(build, kind)

    # then they are signed in, by both
    assert ada.me().status_code == 200
    methods = ada.get("/check-auth").json["session"]["methods"]
    assert methods == ["pwd", "passkey", "mfa"]
    assert ada.get("/mfa").json["is_enabled"] is True


def test_a_passkey_answers_the_challenge_of_a_sign_in(build: Callable[..., flask.Flask], kind: str) -> None:
    # given somebody whose second factor is a passkey, at another client
    ada, device = enrolled(build, kind)
    other = at_the_door(ada.app, kind, ada)
    challenge = challenge_of(other)

    # when they ask for the passkey and answer with it
    asked = other.post("/mfa/challenge", {"challenge": challenge, "method": "passkey"})
    assert asked.status_code == 200, asked.json
    credential = device.get(asked.json["options"], handle=None)
    wrong = answer(other, challenge, "passkey", credential={**credential, "id": "x"})
    again = other.post("/mfa/challenge", {"challenge": challenge, "method": "passkey"})
    right = answer(other, challenge, "passkey", credential=device.get(again.json["options"], handle=None))

    # then a wrong answer lets nobody in, and the right one does
    assert wrong.status_code == 401
    assert (right.status_code, right.json["status"]) == (200, "signed_in")
    assert other.me().status_code == 200


def test_an_enrolment_adds_one_passkey(build: Callable[..., flask.Flask]) -> None:
    # given a sign-in that waited for a factor and went on
    app = build(AUTHSVC_MFA_REQUIRED_FOR=["all"])
    ada = Person(app, "bearer", "ada@example.com")
    enrolment = ada.sign_up().json["enrolment"]
    assert enrol(ada, Authenticator(), enrolment).status_code == 201

    # when its token is used again, or one that nobody was given
    for token in (enrolment, "forged"):
        refusal = ada.post("/passkeys/register/options", {"enrolment": token})

        # then it opens nothing
        assert (refusal.status_code, refusal.json["code"]) == (400, "enrolment_expired")


def test_whoever_must_have_a_factor_is_asked_for_the_passkey_they_have(
    build: Callable[..., flask.Flask],
) -> None:
    # given somebody with a passkey, and a role from now on whose holders must have a factor
    app, device = build(AUTHSVC_MFA_REQUIRED_FOR=["guard"]), Authenticator()
    ada = signed_up(app)
    add(ada, device)
    with app.app_context():
        auth = app.auth  # type: ignore[attr-defined]
        auth.grant_role(app.extensions["sqlalchemy"].session.get(auth.user_model, 1), "guard")

    # when they sign in with the password, and with the passkey
    by_password, by_passkey = ada.sign_in(), sign_in(ada, device)

    # then the passkey is the second factor of the one, and both of the other
    assert (by_password.json["status"], by_password.json["methods"]) == ("challenge", ["passkey"])
    assert by_passkey.json["status"] == "signed_in"


def test_the_factor_that_was_the_last_leaves_nobody_locked_out(build: Callable[..., flask.Flask]) -> None:
    # given somebody whose only second factor is a passkey
    ada, _ = enrolled(build)
    [passkey] = ada.get("/passkeys").json["items"]

    # when they remove it
    removed = ada.call("DELETE", f"/passkeys/{passkey['id']}")

    # then second factors are off, and the next sign-in asks to enrol one
    assert removed.status_code == 200
    assert ada.get("/mfa").json["is_enabled"] is False
    assert ada.sign_in().json["status"] == "enrolment_required"


def test_where_second_factors_are_on_a_password_adds_and_removes_no_passkey(
    build: Callable[..., flask.Flask], clock: Clock
) -> None:
    # given somebody with an app and a passkey, who proved both factors long ago
    ada = signed_up(build())
    passkey = add(ada, Authenticator())
    phone, _ = set_up(ada, clock)
    clock.forward(minutes=11)

    # when they prove the password again
    proof = {"method": "pwd", "password": ada.password}
    assert ada._keep(ada.post("/reauthenticate", proof)).status_code == 200
    refusals = [
        ada.post("/passkeys/register/options"),
        ada.call("DELETE", f"/passkeys/{passkey['id']}"),
    ]

    # then a second factor is asked for, and enough
    for one in refusals:
        assert (one.status_code, one.json["code"]) == (401, "step_up_required")
        assert set(one.json["methods"]) == {"totp", "passkey", "recovery_code"}
    proof = {"method": "totp", "code": phone.code()}
    assert ada._keep(ada.post("/reauthenticate", proof)).status_code == 200
    assert to_add(ada)["challenge"]


def test_a_device_that_is_trusted_is_no_factor_behind_a_key_without_a_pin(
    build: Callable[..., flask.Flask], clock: Clock
) -> None:
    # given somebody with an app, a key without a PIN and a device that they trust
    ada, key = signed_up(build()), Authenticator(verifies=False)
    add(ada, key)
    phone, _ = set_up(ada, clock)
    clock.forward(seconds=30)
    given = {"code": phone.code(), "remember_device": True}
    headers = {
        "X-Trusted-Device": answer(ada, challenge_of(ada), "totp", **given).json["trusted_device"],
    }

    # when the device signs in with the password, and with the key that lies beside it
    ada.access = None
    body = {"email": ada.email, "password": ada.password}
    by_password = ada.post("/login", body, headers=headers)
    options = options_of(ada.post("/passkeys/login/options"))
    by_key = ada.post("/passkeys/login", {"credential": key.get(options)}, headers=headers)

    # then the password is enough there, and the key is not
    assert by_password.json["status"] == "signed_in"
    assert by_key.json["status"] == "challenge"


def test_switching_second_factors_off_leaves_the_passkey(build: Callable[..., flask.Flask]) -> None:
    # given somebody whose second factor is a passkey, no longer demanded of anybody
    app, device = build(AUTHSVC_MFA_REQUIRED_FOR=["guard"]), Authenticator()
    ada = signed_up(app)
    with app.app_context():
        auth = app.auth  # type: ignore[attr-defined]
        user = app.extensions["sqlalchemy"].session.get(auth.user_model, 1)
        auth.grant_role(user, "guard")
    enrol(ada, device, ada.sign_in().json["enrolment"])
    with app.app_context():
        auth.revoke_role(app.extensions["sqlalchemy"].session.get(auth.user_model, 1), "guard")

    # when they switch second factors off
    assert ada.post("/mfa/disable").status_code == 200

    # then the password is enough, and the passkey still signs in
    assert ada.sign_in().json["status"] == "signed_in"
    signed_in = sign_in(ada, device)
    assert claims_of(signed_in.json["access_token"])["amr"] == ["passkey", "mfa"]


@pytest.mark.parametrize("email", ["free@example.com", "ada@example.com"])
def test_where_addresses_are_confirmed_first_nobody_signs_up_with_a_passkey(
    build: Callable[..., flask.Flask], email: str
) -> None:
    # given an application that confirms addresses first, and an account
    app = build(REQUIRE_EMAIL_VERIFICATION=True, EMAIL_SERVICE="console", AUTHSVC_MAIL_DELIVERY="command")
    assert Person(app, "bearer", "ada@example.com").sign_up().status_code == 201

    # when somebody begins to sign up with a passkey, with a free address or one that is taken
    refusal = Person(app, "bearer").post("/passkeys/signup/options", {"email": email})

    # then both are refused alike
    assert (refusal.status_code, refusal.json["code"]) == (403, "passkey_sign_up_closed")


def test_a_key_without_a_pin_that_is_the_only_factor_opens_nothing(
    build: Callable[..., flask.Flask],
) -> None:
    # given somebody who has no second factor, and must have none
    ada, key = signed_up(build()), Authenticator(verifies=False)
    add(ada, key)

    # when the key alone is shown
    # then it is refused
    assert refused(sign_in(ada, key))
