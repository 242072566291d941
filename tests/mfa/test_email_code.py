"""A mailed code as the second factor, where the host wants that."""

from collections.abc import Callable
from typing import Any

import flask
import pytest

from tests.mfa.conftest import MAIL
from tests.mfa.people import answer, at_the_door, challenge_of, change_user, set_up
from tests.support.apps import Clock, Person
from tests.support.mails import mails


@pytest.fixture
def app(build: Callable[..., flask.Flask], clock: Clock) -> flask.Flask:
    """An application that takes mailed codes for a second factor."""
    return build(AUTHSVC_EMAIL_CODE_IS_FACTOR=True, **MAIL)


@pytest.fixture
def ada(app: flask.Flask, kind: str, clock: Clock) -> Person:
    """Somebody with an app and a confirmed address."""
    person = Person(app, kind, "ada@example.com")
    person.sign_up()
    set_up(person, clock)
    change_user(app, is_verified=True)
    return person


def ask(person: Person, challenge: str) -> str:
    """Ask for a code; answers the one that was mailed."""
    asked = person.post("/mfa/challenge", {"challenge": challenge, "method": "email"})
    assert (asked.status_code, asked.json) == (200, {"method": "email"})
    letter = mails(person.app)[-1]
    assert (letter["mail"], letter["to"]) == ("sign_in_code", person.email)
    return str(letter["context"]["code"])


def test_a_mailed_code_finishes_the_sign_in_it_was_asked_for(ada: Person, app: flask.Flask) -> None:
    # given two sign-ins that wait
    one, two = at_the_door(app, ada.kind, ada), at_the_door(app, ada.kind, ada)
    first, second = challenge_of(one), challenge_of(two)
    assert one.sign_in().json["methods"] == ["totp", "email", "recovery_code"]

    # when the code of one is given to the other, and then to the one
    code = ask(one, first)
    refused = answer(two, second, "email", code=code)
    signed_in = answer(one, first, "email", code=code)

    # then it is worth something there alone
    assert (refused.status_code, signed_in.status_code) == (401, 200)
    assert one.get("/check-auth").json["session"]["methods"] == ["pwd", "email", "mfa"]


def test_a_new_code_takes_the_place_of_the_old_one(ada: Person, app: flask.Flask) -> None:
    # given somebody who asks twice
    other = at_the_door(app, ada.kind, ada)
    challenge = challenge_of(other)
    old, new = ask(other, challenge), ask(other, challenge)
    assert old != new

    # when both are given
    refused, signed_in = (answer(other, challenge, "email", code=code) for code in (old, new))

    # then only the newer one counts
    assert (refused.status_code, signed_in.status_code) == (401, 200)


def test_a_mailed_code_has_five_tries(ada: Person, app: flask.Flask) -> None:
    # given a code that was guessed at five times
    other = at_the_door(app, ada.kind, ada)
    challenge = challenge_of(other)
    code = ask(other, challenge)
    for _ in range(5):
        assert answer(other, challenge, "email", code=f"{(int(code) + 1) % 10**6:06}").status_code == 401

    # when the right one is given
    refused = answer(other, challenge, "email", code=code)

    # then it is over, and a new one works
    assert refused.status_code == 401
    assert answer(other, challenge, "email", code=ask(other, challenge)).status_code == 200


def test_a_code_that_nobody_asked_for_is_wrong(ada: Person, app: flask.Flask) -> None:
    # given a challenge without a code
    other = at_the_door(app, ada.kind, ada)

    # when one is guessed
    refused = [answer(other, challenge_of(other), "email", code=code) for code in ("", "000000")]

    # then it is wrong
    assert [one.status_code for one in refused] == [401, 401]


@pytest.mark.parametrize(
    ("config", "columns"),
    [
        ({"AUTHSVC_EMAIL_CODE_IS_FACTOR": False}, {}),
        ({"EMAIL_SERVICE": ""}, {}),
        ({}, {"is_verified": False}),
    ],
)
def test_without_the_setting_a_mail_or_a_proved_address_there_is_none(
    ada: Person, app: flask.Flask, build: Callable[..., flask.Flask], config: Any, columns: Any
) -> None:
    # given an application, or an account, for which a mailed code proves nothing
    other_app = build(**{**MAIL, "AUTHSVC_EMAIL_CODE_IS_FACTOR": True, **config})
    if columns:
        change_user(other_app, **columns)

    # when somebody signs in
    body = at_the_door(other_app, ada.kind, ada).sign_in().json

    # then it is not among the methods
    assert body["methods"] == ["totp", "recovery_code"]


def test_mails_are_limited_with_the_guesses_of_the_account(
    ada: Person, build: Callable[..., flask.Flask]
) -> None:
    # given somebody who knows a password and floods the owner with codes
    app = build(AUTHSVC_EMAIL_CODE_IS_FACTOR=True, RATELIMIT_ENABLED=True, **MAIL)
    thief = at_the_door(app, ada.kind, ada)

    # when they ask again and again, each time for another sign-in
    asked = [
        thief.post("/mfa/challenge", {"challenge": challenge_of(thief), "method": "email"}).status_code
        for _ in range(14)
    ]

    # then that ends soon
    assert asked == [200] * 10 + [429] * 4
