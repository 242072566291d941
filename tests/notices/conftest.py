"""Fixtures of the stories about notices."""

from collections.abc import Callable

import flask
import pytest

from flask_headless_auth.features import catalog
from tests.notices.happenings import TOY
from tests.sessions.at_the_wire import update_user
from tests.support.apps import WITH_MAIL, Person
from tests.support.mails import empty


@pytest.fixture(autouse=True)
def toy(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every application knows the feature Toy."""
    monkeypatch.setattr(catalog, "ALL", (*catalog.ALL, TOY))


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
