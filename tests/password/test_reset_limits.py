"""Nobody's mailbox is flooded, and nobody reads another's mail by asking often."""

from collections.abc import Callable

import flask
import pytest
from werkzeug.test import TestResponse

from tests.password.asking import named
from tests.support.apps import API, WITH_MAIL, Person


@pytest.fixture
def app(build: Callable[..., flask.Flask]) -> flask.Flask:
    """An application that counts, and somebody who has an account."""
    made = build(**WITH_MAIL, RATELIMIT_ENABLED=True)
    assert Person(made, "bearer", "ada@example.com").sign_up().status_code == 201
    return made


def ask_from(app: flask.Flask, address: str, email: str, **headers: str) -> TestResponse:
    """Ask for a link from an address of the network."""
    return app.test_client().post(
        f"{API}/request-password-reset",
        json={"email": email},
        headers=headers,
        environ_overrides={"REMOTE_ADDR": address},
    )


def test_R52_thirty_requests_for_one_victim_are_five_mails(app: flask.Flask) -> None:
    # given thirty hosts and as many spellings
    spellings = ["ada@example.com", "ADA@example.com", " ada@EXAMPLE.com", "Ada@Example.Com "]

    # when each asks for the same account
    answers = [ask_from(app, f"198.51.100.{n}", spellings[n % 4]) for n in range(30)]

    # then five mails go out, and the rest are told when to come back
    assert [one.status_code for one in answers] == [200] * 5 + [429] * 25
    assert len(named(app, "reset_password")) == 5
    assert 1 <= int(answers[-1].headers["Retry-After"]) <= 3600
    # and others are not bothered
    assert ask_from(app, "198.51.100.99", "bob@example.com").status_code == 200


def test_ten_a_day_is_the_most(build: Callable[..., flask.Flask]) -> None:
    # given an application whose hours are over at once
    app = build(**WITH_MAIL, RATELIMIT_ENABLED=True, AUTHSVC_LIMITS_RESET_ACCOUNT="1000/second;10/day")

    # when somebody asks thirty times
    answers = [ask_from(app, f"198.51.100.{n}", "ada@example.com").status_code for n in range(30)]

    # then ten mails went out
    assert answers == [200] * 10 + [429] * 20
    assert len(named(app, "reset_password")) == 10


def test_one_address_of_the_network_asks_for_twenty_a_minute(app: flask.Flask) -> None:
    # given somebody who tries a list of victims, and writes headers of proxies
    answers = [
        ask_from(app, "198.51.100.7", f"victim{n}@example.com", **{"X-Forwarded-For": f"192.0.2.{n}"})
        for n in range(25)
    ]

    # then there is an end
    assert [one.status_code for one in answers] == [200] * 20 + [429] * 5


def test_a_request_that_is_refused_for_its_form_counts_nothing_for_its_victim(app: flask.Flask) -> None:
    # given requests with a target that is not allowed
    for _ in range(8):
        answer = app.test_client().post(
            f"{API}/request-password-reset",
            json={"email": "ada@example.com", "redirect_url": "https://evil.example"},
        )
        assert answer.status_code == 422

    # then the owner can still ask
    assert ask_from(app, "192.0.2.1", "ada@example.com").status_code == 200
