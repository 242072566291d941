"""Ada at a browser, which keeps cookies, and the same session in a header."""

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests.sessions.at_the_wire import REFRESH_PATH
from tests.support.apps import API, PASSWORD

EMAIL = "ada@example.com"
TOKENS = {"access_token", "refresh_token", "token_type"}
"""Members of a body that carries tokens."""


def sign_in(client: FlaskClient, **headers: str) -> TestResponse:
    """Sign in as Ada."""
    return client.post(f"{API}/login", json={"email": EMAIL, "password": PASSWORD}, headers=headers)


def refresh_by_header(client: FlaskClient, token: str) -> TestResponse:
    """Refresh with a token in the `Authorization` header."""
    return client.post(f"{API}/token/refresh", headers={"Authorization": f"Bearer {token}"})


def me_by_header(client: FlaskClient, token: str) -> TestResponse:
    """Ask who is signed in with a token in the `Authorization` header."""
    return client.get(f"{API}/user/@me", headers={"Authorization": f"Bearer {token}"})


def cookie_of(client: FlaskClient) -> str:
    """The refresh token in a browser's cookie."""
    cookie = client.get_cookie("refresh_token", path=REFRESH_PATH)
    assert cookie is not None
    return cookie.value


def reauthenticate(client: FlaskClient, token: str | None = None) -> TestResponse:
    """Prove presence by password, by cookie or with *token* in the header."""
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    return client.post(f"{API}/reauthenticate", json={"password": PASSWORD}, headers=headers)
