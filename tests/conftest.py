"""Fixtures of all tests."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import flask
import pytest

from flask_headless_auth import clock as package_clock
from tests.support import services
from tests.support.apps import Clock, Person, make_app


@pytest.fixture
def clock() -> Iterator[Clock]:
    """Time stands still until the test moves it."""
    moving = Clock()
    with package_clock.use(moving):
        yield moving


@pytest.fixture
def database_url(tmp_path: Path) -> Iterator[str]:
    """An empty SQLite database."""
    with services.database("sqlite", tmp_path) as url:
        yield url


_ON_EACH_ENGINE = [
    pytest.param(name, marks=[pytest.mark.services] if name != "sqlite" else []) for name in services.ENGINES
]


@pytest.fixture(params=_ON_EACH_ENGINE)
def any_database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """An empty database on each engine in turn."""
    with services.database(request.param, tmp_path) as url:
        yield url


@pytest.fixture
def build(database_url: str) -> Callable[..., flask.Flask]:
    """Makes applications on an SQLite database of this test."""
    return lambda **config: make_app(config.pop("database", database_url), **config)


@pytest.fixture
def app(build: Callable[..., flask.Flask]) -> flask.Flask:
    """An application in the default configuration of tests."""
    return build()


@pytest.fixture(params=["cookie", "bearer"])
def kind(request: pytest.FixtureRequest) -> Any:
    """Each kind of client in turn."""
    return request.param


@pytest.fixture
def ada(app: flask.Flask, kind: str) -> Person:
    """Somebody who has signed up, at each kind of client in turn."""
    person = Person(app, kind, "ada@example.com")
    assert person.sign_up().status_code == 201
    return person
