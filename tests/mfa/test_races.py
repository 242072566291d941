"""Many at once, each on a connection of its own: what works once works once."""

from collections import Counter
from collections.abc import Callable
from typing import Any

import flask
import pytest

from tests.mfa.people import App, answer, at_the_door, challenge_of, set_up
from tests.sessions.test_races import at_once
from tests.support.apps import Clock, Person, make_app

MANY = 6


@pytest.fixture
def app(any_database_url: str, clock: Clock) -> flask.Flask:
    """An application on each engine in turn."""
    return make_app(any_database_url)


@pytest.fixture
def ada(app: flask.Flask) -> Person:
    """Somebody who has signed up."""
    person = Person(app, "bearer", "ada@example.com")
    person.sign_up()
    return person


@pytest.fixture
def owned(ada: Person, clock: Clock) -> tuple[App, list[str]]:
    """Their app, whose next code is a new one, and their recovery codes."""
    found = set_up(ada, clock)
    clock.forward(minutes=1)
    return found


def doors(app: flask.Flask, ada: Person) -> list[tuple[Person, str]]:
    """As many sign-ins that wait."""
    people = [at_the_door(app, ("cookie", "bearer")[number % 2], ada) for number in range(MANY)]
    return [(one, challenge_of(one)) for one in people]


def answers(calls: list[Callable[[], Any]]) -> Counter[int]:
    """How often each status came."""
    return Counter(one.status_code for one in at_once(calls))


def test_of_parallel_uses_of_one_recovery_code_one_gets_in(
    app: flask.Flask, ada: Person, owned: tuple[App, list[str]]
) -> None:
    # given six sign-ins that wait, and one code, round after round
    _, codes = owned
    for code in codes[:4]:
        waiting = doors(app, ada)

        # when all of them use it at once
        statuses = answers(
            [
                lambda one=one, challenge=challenge, code=code: answer(
                    one, challenge, "recovery_code", code=code
                )
                for one, challenge in waiting
            ]
        )

        # then one is in
        assert statuses == {200: 1, 401: MANY - 1}


def test_of_parallel_uses_of_one_code_of_the_app_one_gets_in(
    app: flask.Flask, ada: Person, owned: tuple[App, list[str]], clock: Clock
) -> None:
    # given six sign-ins that wait, and one code of the app, round after round
    phone, _ = owned
    for _ in range(4):
        clock.forward(minutes=1)
        code, waiting = phone.code(), doors(app, ada)

        # when all of them use it at once
        statuses = answers(
            [
                lambda one=one, challenge=challenge, code=code: answer(one, challenge, "totp", code=code)
                for one, challenge in waiting
            ]
        )

        # then one is in
        assert statuses == {200: 1, 401: MANY - 1}


def test_of_parallel_answers_to_one_challenge_one_gets_in_and_one_code_is_used(
    app: flask.Flask, ada: Person, owned: tuple[App, list[str]]
) -> None:
    # given one sign-in that waits, and six good codes
    _, codes = owned
    challenge = challenge_of(at_the_door(app, "bearer", ada))
    people = [Person(app, "bearer") for _ in range(MANY)]

    # when all are given at once
    statuses = answers(
        [
            lambda one=one, code=code: answer(one, challenge, "recovery_code", code=code)
            for one, code in zip(people, codes, strict=False)
        ]
    )

    # then one is in, and the other codes are good still
    assert statuses == {200: 1, 400: MANY - 1}
    assert ada.get("/mfa").json["recovery_codes_left"] == 9


def test_of_parallel_first_codes_one_switches_it_on(app: flask.Flask, ada: Person, clock: Clock) -> None:
    # given somebody who sets up an app in six tabs
    phone = App(ada.post("/mfa/enable").json["secret"], clock)
    code = phone.code()

    # when all of them send the first code at once
    statuses = answers([lambda: ada.post("/mfa/verify", {"code": code}) for _ in range(MANY)])

    # then one has switched it on, once
    assert statuses[200] == 1
    assert set(statuses) <= {200, 400, 409}
    assert ada.get("/mfa").json["recovery_codes_left"] == 10


def test_of_parallel_enrolments_one_goes_on(any_database_url: str, clock: Clock) -> None:
    # given somebody who must enrol
    app = make_app(any_database_url, AUTHSVC_MFA_REQUIRED_FOR="all")
    ada = Person(app, "bearer", "ada@example.com")
    enrolment = ada.sign_up().json["enrolment"]
    phone = App(ada.post("/mfa/enable", {"enrolment": enrolment}).json["secret"], clock)
    body = {"enrolment": enrolment, "code": phone.code()}

    # when the first code is sent six times at once
    statuses = answers([lambda: Person(app, "bearer").post("/mfa/verify", body) for _ in range(MANY)])

    # then one is in
    assert statuses == {200: 1, 400: MANY - 1}
