"""Fixtures of the stories about e-mail addresses."""

from collections.abc import Callable
from typing import Any

import flask
import pytest

from tests.email.letters import ALONE, REQUIRED
from tests.support.apps import uuid_user

App = Callable[..., flask.Flask]


@pytest.fixture(params=["plain", "uuid"])
def model(request: pytest.FixtureRequest) -> Any:
    """Each user model in turn: the usual one, and one with a UUID key and a user name."""
    return {"plain": None, "uuid": uuid_user}[request.param]


@pytest.fixture
def posted(build: App, model: Any) -> App:
    """Makes applications with mail, on each user model in turn."""
    return lambda **config: build(**ALONE, user_model=model() if model else None, **config)


@pytest.fixture
def app(posted: App) -> flask.Flask:
    """An application with mail."""
    return posted()


@pytest.fixture
def strict(build: App, model: Any) -> flask.Flask:
    """An application that signs nobody in before their address is confirmed."""
    return build(**REQUIRED, user_model=model() if model else None)
