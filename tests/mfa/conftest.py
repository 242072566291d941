"""Fixtures of the tests of second factors: time stands still, and mails wait in the outbox."""

from collections.abc import Callable

import flask
import pytest

from tests.mfa.people import App, set_up
from tests.support.apps import Clock, Person

MAIL = {"EMAIL_SERVICE": "console", "AUTHSVC_MAIL_DELIVERY": "command"}


@pytest.fixture
def app(build: Callable[..., flask.Flask], clock: Clock) -> flask.Flask:
    """An application that sends mail."""
    return build(**MAIL)


@pytest.fixture
def phone(ada: Person, clock: Clock) -> App:
    """The authenticator app that Ada has set up; its next code is a new one."""
    made, _ = set_up(ada, clock)
    clock.forward(seconds=30)
    return made
