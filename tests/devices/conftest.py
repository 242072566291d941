"""Fixtures of the stories about devices."""

from collections.abc import Callable

import flask
import pytest

from tests.devices.clients import Client
from tests.support.apps import WITH_MAIL


@pytest.fixture
def app(build: Callable[..., flask.Flask]) -> flask.Flask:
    """An application whose mails wait in the outbox."""
    return build(**WITH_MAIL)


@pytest.fixture
def ada(app: flask.Flask, kind: str) -> Client:
    """Somebody who has signed up, at each kind of client in turn."""
    person = Client(app, kind, "ada@example.com")
    assert person.sign_up().status_code == 201
    return person
