"""Fixtures of the tests of providers."""

from collections.abc import Callable, Iterator

import flask
import pytest

from tests.oauth.browsers import FRONT, Traveller
from tests.support.apps import Clock
from tests.support.issuer import Issuer, custom, running


@pytest.fixture
def issuer(clock: Clock) -> Iterator[Issuer]:
    """A provider on this machine."""
    with running() as found:
        yield found


@pytest.fixture
def acme(build: Callable[..., flask.Flask], issuer: Issuer) -> flask.Flask:
    """An application that signs people in at `issuer`, called acme."""
    return build(**custom(issuer), FRONTEND_URL=FRONT)


@pytest.fixture
def guest(acme: flask.Flask) -> Traveller:
    """Somebody with a browser who has no account yet."""
    return Traveller(acme)
