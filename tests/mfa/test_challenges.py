"""A sign-in that waits: worth nothing else, finished once, and guessed at in vain."""

from collections.abc import Callable
from typing import Any

import flask
import pytest

from flask_headless_auth import SecondFactorGuessed
from tests.mfa.people import App, answer, at_the_door, challenge_of, change_user, set_up
from tests.support.apps import Clock, Person


def test_a_challenge_opens_nothing_but_its_own_sign_in(ada: Person, phone: App, app: flask.Flask) -> None:
    # given the challenge of a sign-in
    visitor = at_the_door(app, ada.kind, ada)
    challenge = challenge_of(visitor)

    # when it is used as a token of every kind, in header and cookie, and as an enrolment
    tried = [
        visitor.call(method, path, token=challenge, json=body)
        for method, path, body in [
            ("GET", "/user/@me", None),
            ("GET", "/check-auth", None),
            ("POST", "/token/refresh", {}),
            ("POST", "/password/update", {"new_password": "a quite different pass phrase"}),
            ("POST", "/mfa/enable", {}),
            ("POST", "/mfa/disable", {}),
            ("POST", "/mfa/verify", {"code": phone.code()}),
            ("POST", "/mfa/recovery-codes", {}),
            ("POST", "/reauthenticate", {"method": "totp", "code": phone.code()}),
            ("DELETE", "/sessions", None),
        ]
    ]
    browser = Person(app, "cookie")
    for name in ("access_token", "refresh_token", "trusted_device"):
        browser.http.set_cookie(name, challenge)
    tried += [browser.me(), browser.post("/token/refresh")]
    as_enrolment = [
        visitor.post("/mfa/enable", {"enrolment": challenge}),
        visitor.post("/mfa/verify", {"enrolment": challenge, "code": phone.code()}),
    ]

    # then it is none of them
    assert [one.status_code for one in tried] == [401] * len(tried)
    assert [one.json["code"] for one in as_enrolment] == ["enrolment_expired"] * 2
    assert browser.sign_in().status_code == 401


def test_a_challenge_is_answered_once(ada: Person, app: flask.Flask, clock: Clock) -> None:
    # given a challenge that was answered with one factor
    _, codes = set_up(ada, clock)
    other = at_the_door(app, ada.kind, ada)
    challenge = challenge_of(other)
    assert answer(other, challenge, "recovery_code", code=codes[0]).status_code == 200

    # when it is answered again with another good one
    refused = answer(other, challenge, "recovery_code", code=codes[1])

    # then nothing waits for it, and the code is not used up
    assert (refused.status_code, refused.json["code"]) == (400, "challenge_expired")
    assert ada.get("/mfa").json["recovery_codes_left"] == 9


@pytest.mark.parametrize("challenge", ["", "x", "x" * 43, "\ud7ff", "%00"])
def test_what_is_no_challenge_is_one_that_is_over(app: flask.Flask, challenge: str) -> None:
    # given somebody who makes a challenge up
    visitor = Person(app)

    # when they answer it, or ask for a code
    tried = [
        visitor.post("/mfa/verify", {"challenge": challenge, "method": "totp", "code": "123456"}),
        visitor.post("/mfa/challenge", {"challenge": challenge, "method": "email"}),
    ]

    # then none waits
    assert [one.json["code"] for one in tried] == ["challenge_expired"] * 2


@pytest.mark.parametrize("body", [{"challenge": None}, {"challenge": 7}, {"challenge": ["x"]}])
def test_a_challenge_of_another_type_stands_in_for_no_token(app: flask.Flask, body: Any) -> None:
    # given somebody without a token
    # when they send a challenge that is no text
    refused = Person(app).post("/mfa/verify", {**body, "method": "totp", "code": "123456"})

    # then it is as if they had sent none
    assert (refused.status_code, refused.json["code"]) == (401, "token_missing")


def test_a_challenge_is_over_in_ten_minutes(ada: Person, phone: App, app: flask.Flask, clock: Clock) -> None:
    # given a challenge of ten minutes ago
    other = at_the_door(app, ada.kind, ada)
    challenge = challenge_of(other)
    clock.forward(minutes=10)

    # when it is answered
    refused = answer(other, challenge, "totp", code=phone.code())

    # then nothing waits for it
    assert (refused.status_code, refused.json["code"]) == (400, "challenge_expired")


@pytest.mark.parametrize(
    "change", [{"password_hash": "another"}, {"password_hash": None}, {"is_active": False}]
)
def test_a_challenge_is_over_with_the_password_it_began_with(
    ada: Person, phone: App, app: flask.Flask, change: dict[str, Any]
) -> None:
    # given the challenge of somebody who knows the password
    thief = at_the_door(app, ada.kind, ada)
    challenge = challenge_of(thief)

    # when the password changes, however that comes about, or the account is suspended
    change_user(app, **change)
    refused = answer(thief, challenge, "totp", code=phone.code())

    # then the sign-in waits no longer
    assert (refused.status_code, refused.json["code"]) == (400, "challenge_expired")


def test_a_wrong_answer_leaves_the_challenge_good(ada: Person, phone: App, app: flask.Flask) -> None:
    # given somebody who mistypes
    other = at_the_door(app, ada.kind, ada)
    challenge = challenge_of(other)
    assert answer(other, challenge, "totp", code=phone.wrong()).status_code == 401

    # when they try again
    answered = answer(other, challenge, "totp", code=phone.code())

    # then they are in
    assert answered.status_code == 200


@pytest.mark.parametrize("method", ["pwd", "email", "passkey", "toy", "", "TOTP"])
def test_a_method_that_is_not_asked_for_is_refused_by_name(
    ada: Person, phone: App, app: flask.Flask, method: str
) -> None:
    # given somebody whose second factor is an app
    other = at_the_door(app, ada.kind, ada)
    challenge = challenge_of(other)

    # when another proof is offered, of the password for instance
    refused = [
        other.post("/mfa/verify", {"challenge": challenge, "method": method, "code": other.password}),
        other.post("/mfa/challenge", {"challenge": challenge, "method": method}),
    ]

    # then it is named
    assert [set(one.json["errors"]) for one in refused] == [{"method"}] * 2


@pytest.mark.parametrize(
    "extra", [{"enrolment": "x"}, {"user_id": "1"}, {"email": "eve@example.com"}, {"remember": True}]
)
def test_the_three_shapes_of_a_proof_are_strict(
    ada: Person, phone: App, app: flask.Flask, extra: dict[str, Any]
) -> None:
    # given a good answer
    other = at_the_door(app, ada.kind, ada)
    body = {"challenge": challenge_of(other), "method": "totp", "code": phone.code()}

    # when it says something besides
    refused = other.post("/mfa/verify", {**body, **extra})

    # then that is named, and nothing is done
    assert refused.status_code == 422
    assert set(refused.json["errors"]) == set(extra)
    assert other.post("/mfa/verify", body).status_code == 200


def test_whoever_is_signed_in_does_not_matter(ada: Person, phone: App, app: flask.Flask) -> None:
    # given somebody else who is signed in at the client
    bob = Person(app, ada.kind, "bob@example.com")
    bob.sign_up()
    challenge = challenge_of(at_the_door(app, ada.kind, ada))

    # when the challenge of another one is answered there
    answered = bob.post("/mfa/verify", {"challenge": challenge, "method": "totp", "code": phone.code()})

    # then that one is signed in
    assert answered.json["user"]["email"] == ada.email


@pytest.fixture
def limited(build: Callable[..., flask.Flask], clock: Clock) -> flask.Flask:
    """An application with limits."""
    return build(RATELIMIT_ENABLED=True)


def guess(person: Person, code: str, address: str) -> Any:
    """Sign in and guess, each time with a new challenge from a new address."""
    person.http.environ_base["REMOTE_ADDR"] = address
    return answer(person, challenge_of(person), "totp", code=code)


def test_guesses_are_counted_for_the_account_over_challenges_and_addresses(
    limited: flask.Flask, clock: Clock, kind: str
) -> None:
    # given somebody who knows the password, and a host that listens
    heard: list[Any] = []
    limited.auth.on(SecondFactorGuessed)(heard.append)  # type: ignore[attr-defined]
    ada = Person(limited, kind, "ada@example.com")
    ada.sign_up()
    phone, codes = set_up(ada, clock)
    clock.forward(seconds=30)
    thief = at_the_door(limited, kind, ada)

    # when they guess thirty times
    answers = [guess(thief, phone.wrong(), f"198.51.100.{number}") for number in range(30)]

    # then they are stopped long before, the right code included, and the owner was told once
    statuses = [one.status_code for one in answers]
    assert statuses == [401] * 10 + [429] * 20
    assert answers[-1].json["retry_after"] > 0
    assert guess(thief, phone.code(), "203.0.113.7").status_code == 429
    assert answer(thief, challenge_of(thief), "recovery_code", code=codes[0]).status_code == 429
    assert [one.tries for one in heard] == [5]
    # and who is signed in goes on
    assert ada.me().status_code == 200


def test_right_answers_are_not_counted(limited: flask.Flask, clock: Clock) -> None:
    # given somebody with an app
    ada = Person(limited, "bearer", "ada@example.com")
    ada.sign_up()
    phone, _ = set_up(ada, clock)

    # when they sign in more often than one may guess
    statuses = []
    for _ in range(15):
        clock.forward(seconds=30)
        statuses.append(answer(ada, challenge_of(ada), "totp", code=phone.code()).status_code)

    # then they always get in
    assert statuses == [200] * 15


def test_first_codes_are_counted_too(limited: flask.Flask, clock: Clock) -> None:
    # given somebody who sets up an app
    ada = Person(limited, "bearer", "ada@example.com")
    ada.sign_up()
    phone = App(ada.post("/mfa/enable").json["secret"], clock)

    # when the first code is guessed at
    statuses = [ada.post("/mfa/verify", {"code": phone.wrong()}).status_code for _ in range(12)]

    # then that ends like any other guessing
    assert statuses == [401] * 10 + [429] * 2
