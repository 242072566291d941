"""Somebody with an account that is in use, and an application that sends mails."""

from collections.abc import Callable

import flask
import pytest

from tests.magic_link.asking import MAIL, confirm
from tests.support.apps import Person


@pytest.fixture
def app(build: Callable[..., flask.Flask]) -> flask.Flask:
    """An application that sends mails."""
    return build(**MAIL)


@pytest.fixture
def ada(app: flask.Flask, kind: str) -> Person:
    """Somebody with a confirmed account who is not signed in, at each kind of client in turn."""
    person = Person(app, kind, "ada@example.com")
    assert person.sign_up().status_code == 201
    assert person.sign_out().status_code == 200
    person.access = person.refresh_token = None
    confirm(app, person.email)
    return person
