"""Fixtures of the stories about forgotten passwords."""

from collections.abc import Callable

import flask
import pytest

from tests.sessions.at_the_wire import update_user
from tests.support.apps import WITH_MAIL, Person
from tests.support.mails import empty


@pytest.fixture
def app(build: Callable[..., flask.Flask]) -> flask.Flask:
    """An application whose mails wait in the outbox."""
    return build(**WITH_MAIL)


@pytest.fixture
def ada(app: flask.Flask, kind: str) -> Person:
    """Somebody with a confirmed address who is signed in, at each kind of client in turn."""
    person = Person(app, kind, "ada@example.com")
    assert person.sign_up().status_code == 201
    update_user(app, person.email, is_verified=True)
    empty(app)
    return person
