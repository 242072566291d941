"""Fixtures of the stories about sessions."""

import flask
import pytest
from flask.testing import FlaskClient

from tests.sessions.browsers import EMAIL
from tests.support.apps import Person


@pytest.fixture
def browser(app: flask.Flask) -> FlaskClient:
    """A client that keeps cookies and says nothing about how it wants its tokens."""
    Person(app, "bearer", EMAIL).sign_up()
    return app.test_client()


@pytest.fixture(params=["before us", "after us"])
def moment(request: pytest.FixtureRequest) -> str:
    """When a host does something: before or after `AuthSvc(app)`."""
    return str(request.param)
