"""The two sides of the comparison: an application of the package and the floor, on one database."""

import io
import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import bcrypt
import flask
import sqlalchemy as sa
from flask_jwt_extended import jwt_required
from werkzeug.test import EnvironBuilder

from flask_headless_auth import AuthSvc, login_required
from tests.benchmarks.floor import floor, users

SECRET = "0123456789abcdef" * 4
ISSUER = "http://localhost"
PASSWORD = "correct horse battery staple"
ADA, GRACE = "ada@example.com", "grace@example.com"
PLENTY = "1000000/minute"
LIMITS = ("read", "refresh", "refresh_session", "login", "login_account", "signup")


def ours(url: str, **config: Any) -> flask.Flask:
    """The package in its default configuration, with two routes of the host behind a guard."""
    app = flask.Flask("ours")
    app.config.update(
        SECRET_KEY=SECRET,
        JWT_SECRET_KEY=SECRET,
        AUTHSVC_PUBLIC_URL=ISSUER,
        SQLALCHEMY_DATABASE_URI=url,
        AUTHSVC_CREATE_TABLES=True,
        AUTHSVC_SESSIONS_REFRESH_GRACE=0,
        # Plain cookie names, the floor's.
        JWT_COOKIE_SECURE=False,
        # Counted as in production, only never refused.
        **{f"AUTHSVC_LIMITS_{name.upper()}": PLENTY for name in LIMITS},
    )
    app.config.update(config)
    AuthSvc(app)

    @app.get("/hello")
    @login_required
    def hello() -> flask.Response:
        return flask.jsonify(message="hello")

    @app.get("/plain")
    @jwt_required()
    def plain() -> flask.Response:
        return flask.jsonify(message="hello")

    return app


class Refused(Exception):
    """An answer that is not 200: status and body."""


def call(app: flask.Flask, environ: dict[str, Any], body: bytes = b"") -> bytes:
    """The body that the WSGI application answers, without a test client in between.

    Raises:
        Refused: the status is not 200.
    """
    status = ""

    def start_response(line: str, headers: list[tuple[str, str]], problem: Any = None) -> Callable[..., Any]:
        nonlocal status
        status = line
        return lambda _: None

    parts = app.wsgi_app({**environ, "wsgi.input": io.BytesIO(body)}, start_response)
    answer = b"".join(parts)
    parts.close()
    if status != "200 OK":
        raise Refused(status, answer)
    return answer


def environ(method: str, path: str, token: str | None = None, **options: Any) -> dict[str, Any]:
    """A request as a WSGI server would hand it over."""
    headers = {"User-Agent": "benchmark", "Accept": "*/*", **options.pop("headers", {})}
    if token is not None:
        headers["Authorization"] = f"Bearer {token}"
    builder = EnvironBuilder(path, method=method, headers=headers, **options)
    made = builder.get_environ()
    made["REMOTE_ADDR"] = "127.0.0.1"
    return made


@dataclass
class Side:
    """One application and how its routes are called."""

    app: flask.Flask
    email: str
    me_path: str
    refresh_path: str
    login_path: str
    password: str = PASSWORD

    def sign_in(self) -> dict[str, Any]:
        """A new session of its own; its tokens travel in the body."""
        body = json.dumps({"email": self.email, "password": self.password}).encode()
        request = environ(
            "POST",
            self.login_path,
            headers={"Content-Type": "application/json", "X-Auth-Delivery": "body"},
            input_stream=io.BytesIO(body),
        )
        request["CONTENT_LENGTH"] = str(len(body))
        answer: dict[str, Any] = json.loads(call(self.app, request, body))
        return answer

    def getting(self, path: str, *, by_cookie: bool = False) -> Callable[[], bytes]:
        """Something to call: GET *path* with a good token."""
        token = self.sign_in()["access_token"]
        if by_cookie:
            prepared = environ("GET", path, headers={"Cookie": f"access_token={token}"})
        else:
            prepared = environ("GET", path, token)
        return lambda: call(self.app, prepared)

    def refreshing(self) -> Callable[[], Callable[[], bytes]]:
        """Prepares things to call, one by one: each refreshes with what the last one answered."""
        token = self.sign_in()["refresh_token"]

        def prepare() -> Callable[[], bytes]:
            prepared = environ("POST", self.refresh_path, token, headers={"Content-Length": "0"})

            def refresh() -> bytes:
                nonlocal token
                answer = call(self.app, prepared)
                token = json.loads(answer)["refresh_token"]
                return answer

            return refresh

        return prepare


@contextmanager
def both(url: str, *, bcrypt_cost: int = 4) -> Iterator[dict[str, Side]]:
    """The floor, and the package with and without counted limits. Each side's user has signed up."""
    cost = {"AUTHSVC_PASSWORD_BCRYPT_COST": bcrypt_cost}
    apps = {"ours": ours(url, **cost), "no limits": ours(url, **cost, RATELIMIT_ENABLED=False)}
    by_hand = floor(url, SECRET, ISSUER)
    engine: sa.Engine = by_hand.extensions["engine"]
    sides = {
        name: Side(app, ADA, "/api/auth/user/@me", "/api/auth/token/refresh", "/api/auth/login")
        for name, app in apps.items()
    }
    sides["floor"] = Side(by_hand, GRACE, "/me", "/refresh", "/login")
    try:
        for email in (ADA, GRACE):
            profile = {"first_name": "Ada", "last_name": "Lovelace", "phone_number": "+44 1", "locale": "en"}
            apps["ours"].test_client().post(
                "/api/auth/signup", json={**profile, "email": email, "password": PASSWORD}
            )
        # The floor verifies what bcrypt itself makes.
        stored = bcrypt.hashpw(PASSWORD.encode(), bcrypt.gensalt(bcrypt_cost)).decode()
        with engine.connect() as connection:
            plainly = sa.update(users).where(users.c.email == GRACE).values(password_hash=stored)
            connection.execute(plainly)
        yield sides
    finally:
        engine.dispose()
        for app in apps.values():
            with app.app_context():
                app.extensions["sqlalchemy"].engine.dispose()
