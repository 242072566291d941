"""Proving presence again, and proving a second factor again."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import flask
import pytest

from flask_headless_auth import fresh_login_required
from tests.mfa.conftest import MAIL
from tests.mfa.people import App, answer, at_the_door, challenge_of, change_user, set_up
from tests.support.apps import Clock, Person
from tests.support.mails import mails


@pytest.fixture
def app(build: Callable[..., flask.Flask], clock: Clock) -> flask.Flask:
    """A host with a route that asks for a fresh sign-in, and one that asks for a fresh second factor."""
    made = build(**MAIL)

    @made.get("/api/fresh")
    @fresh_login_required(timedelta(minutes=5))
    def fresh() -> Any:
        return {"passed": True}

    @made.get("/api/factor")
    @fresh_login_required(max_age=300, factor=True)
    def factor() -> Any:
        return {"passed": True}

    return made


def prove(person: Person, method: str, **given: Any) -> Any:
    """Prove presence and keep the tokens."""
    return person._keep(person.post("/reauthenticate", {"method": method, **given}))


@pytest.fixture
def signed_in(ada: Person, phone: App, app: flask.Flask) -> Person:
    """Somebody who signed in with both factors."""
    person = at_the_door(app, ada.kind, ada)
    assert answer(person, challenge_of(person), "totp", code=phone.code()).status_code == 200
    return person


def test_a_second_factor_stays_fresh_as_long_as_the_route_says(signed_in: Person, clock: Clock) -> None:
    # given a sign-in with both factors
    at_once = signed_in.get("/api/factor").status_code

    # when five minutes go by
    clock.forward(seconds=301)
    later = signed_in.get("/api/factor")

    # then it is asked for again, by the ways that are a second factor
    assert at_once == 200
    assert (later.status_code, later.json["code"], later.json["max_age"]) == (401, "step_up_required", 300)
    assert later.json["methods"] == ["totp", "recovery_code"]
    assert "insufficient_user_authentication" in later.headers["WWW-Authenticate"]


def test_a_password_is_no_second_factor_and_a_code_is_both(
    signed_in: Person, phone: App, clock: Clock
) -> None:
    # given a sign-in of a while ago
    clock.forward(seconds=330)

    # when the password is given
    assert prove(signed_in, "pwd", password=signed_in.password).status_code == 200

    # then the sign-in is fresh, and the second factor is not
    assert signed_in.get("/api/fresh").status_code == 200
    assert signed_in.get("/api/factor").status_code == 401

    # and a code of the app makes it so
    assert prove(signed_in, "totp", code=phone.code()).status_code == 200
    assert signed_in.get("/api/factor").status_code == 200
    clock.forward(seconds=301)
    assert signed_in.get("/api/fresh").status_code == 401


def test_whoever_has_no_second_factor_does_not_pass(app: flask.Flask, kind: str, clock: Clock) -> None:
    # given somebody who signed in a moment ago, without a second factor
    ada = Person(app, kind)
    ada.sign_up()

    # when they come to a route that asks for one
    refused = ada.get("/api/factor")

    # then there is no way for them
    assert (refused.status_code, refused.json["code"], refused.json["methods"]) == (
        401, "step_up_required", [],
    )  # fmt: skip


def test_a_code_proves_presence_once(signed_in: Person, phone: App, clock: Clock) -> None:
    # given a code that has proved presence
    clock.forward(seconds=30)
    code = phone.code()
    assert prove(signed_in, "totp", code=code).status_code == 200

    # when it is used again, here and at the door
    again = prove(signed_in, "totp", code=code)
    challenge = challenge_of(at_the_door(signed_in.app, signed_in.kind, signed_in))
    at_door = signed_in.post("/mfa/verify", {"challenge": challenge, "method": "totp", "code": code})

    # then it is worth nothing
    assert (again.status_code, at_door.status_code) == (401, 401)


def test_a_recovery_code_proves_presence_once(ada: Person, app: flask.Flask, clock: Clock) -> None:
    # given somebody with recovery codes
    _, codes = set_up(ada, clock)

    # when one proves presence, twice
    first, second = (prove(ada, "recovery_code", code=codes[0]) for _ in range(2))

    # then it does so once, and is a second factor
    assert (first.status_code, second.status_code) == (200, 401)
    assert ada.get("/api/factor").status_code == 200


def test_nobody_steps_up_with_somebody_elses_factor(
    signed_in: Person, phone: App, app: flask.Flask, clock: Clock
) -> None:
    # given two people with second factors
    clock.forward(seconds=30)
    bob = Person(app, signed_in.kind, "bob@example.com")
    bob.sign_up()
    _, codes = set_up(bob, clock)

    # when one uses what the other has
    refused = [prove(signed_in, "recovery_code", code=codes[0]), prove(bob, "totp", code=phone.code())]

    # then neither passes
    assert [one.status_code for one in refused] == [401, 401]


def test_nobody_without_a_factor_is_offered_one(app: flask.Flask, kind: str, clock: Clock) -> None:
    # given somebody without a second factor
    ada = Person(app, kind)
    ada.sign_up()

    # when they offer proofs that they cannot have
    refused = [prove(ada, method, code="123456") for method in ("totp", "recovery_code", "email")]

    # then each is refused by name
    assert [set(one.json["errors"]) for one in refused] == [{"method"}] * 3


@pytest.fixture
def passwordless(app: flask.Flask, kind: str) -> Person:
    """Somebody who has lost the password, signed in, with a confirmed address."""
    ada = Person(app, kind, "ada@example.com")
    ada.sign_up()
    change_user(app, password_hash=None, is_verified=True)
    return ada


def test_somebody_without_a_password_proves_presence_by_a_mailed_code(
    passwordless: Person, app: flask.Flask, clock: Clock
) -> None:
    # given somebody without a password whose sign-in is not fresh
    clock.forward(minutes=6)
    refused = passwordless.get("/api/fresh")
    assert refused.json["methods"] == ["email"]

    # when they ask for a code and type it
    asked = passwordless.post("/reauthenticate/options", {"method": "email"}).json
    letter = mails(app)[-1]
    given = {"challenge": asked["challenge"], "code": letter["context"]["code"]}
    proved = prove(passwordless, "email", **given)
    again = prove(passwordless, "email", **given)

    # then it went to their own address and works once
    assert (letter["mail"], letter["to"]) == ("presence_code", "ada@example.com")
    assert (proved.status_code, again.status_code) == (200, 401)
    assert passwordless.get("/api/fresh").status_code == 200
    assert passwordless.get("/api/factor").status_code == 401


def test_a_mailed_code_is_bound_to_its_session_and_its_user(
    passwordless: Person, app: flask.Flask, clock: Clock
) -> None:
    # given a code that was asked for in one session
    asked = passwordless.post("/reauthenticate/options", {"method": "email"}).json
    given = {"challenge": asked["challenge"], "code": mails(app)[-1]["context"]["code"]}
    bob = Person(app, passwordless.kind, "bob@example.com")
    bob.sign_up()
    change_user(app, password_hash=None, is_verified=True)

    # when somebody else uses it
    refused = prove(bob, "email", **given)

    # then it proves nothing, and is used up
    assert refused.status_code == 401
    assert prove(passwordless, "email", **given).status_code == 401


def test_a_mailed_code_has_five_tries_and_ten_minutes(
    passwordless: Person, app: flask.Flask, clock: Clock
) -> None:
    # given a code that was guessed at, and one that is old
    challenge = passwordless.post("/reauthenticate/options", {"method": "email"}).json["challenge"]
    code = mails(app)[-1]["context"]["code"]
    wrong = f"{(int(code) + 1) % 10**6:06}"
    for _ in range(5):
        assert prove(passwordless, "email", challenge=challenge, code=wrong).status_code == 401
    guessed_at = prove(passwordless, "email", challenge=challenge, code=code)
    challenge = passwordless.post("/reauthenticate/options", {"method": "email"}).json["challenge"]
    clock.forward(minutes=10)

    # when the right codes are given
    old = prove(passwordless, "email", challenge=challenge, code=mails(app)[-1]["context"]["code"])

    # then neither proves anything
    assert (guessed_at.status_code, old.status_code) == (401, 401)


@pytest.mark.parametrize("given", [{}, {"code": "123456"}, {"challenge": "x"}, {"challenge": "", "code": ""}])
def test_half_a_proof_is_a_wrong_one(passwordless: Person, given: dict[str, str]) -> None:
    # given somebody who may prove presence by a mailed code
    # when they send half of it
    refused = prove(passwordless, "email", **given)

    # then it is wrong
    assert (refused.status_code, refused.json["code"]) == (401, "invalid_credentials")


def test_an_unproved_address_gets_no_code(app: flask.Flask, kind: str) -> None:
    # given somebody without a password whose address is nobody's yet
    ada = Person(app, kind)
    ada.sign_up()
    change_user(app, password_hash=None)

    # when they ask for a code
    refused = ada.post("/reauthenticate/options", {"method": "email"})

    # then none is sent
    assert refused.status_code == 422
    assert mails(app) == []
