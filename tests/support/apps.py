"""Applications and clients for tests."""

import secrets
import uuid
from datetime import UTC, datetime, timedelta
from typing import Any

import flask
import sqlalchemy as sa
from flask.testing import FlaskClient
from flask_sqlalchemy import SQLAlchemy
from werkzeug.test import TestResponse

from flask_headless_auth import AuthSvc, UserMixin
from tests.support.contract import CheckedClient

PASSWORD = "correct horse battery staple"
API = "/api/auth"

STRONG = {
    "SECRET_KEY": "0123456789abcdef" * 4,
    "AUTHSVC_PUBLIC_URL": "http://localhost",
    # Plain cookies: the test client speaks http.
    "JWT_COOKIE_SECURE": False,
    "AUTHSVC_PASSWORD_BCRYPT_COST": 4,
    "AUTHSVC_CREATE_TABLES": True,
    "RATELIMIT_ENABLED": False,
}
"""Configuration of test applications: strong keys, cheap hashes, no limits; a test of limits has them on."""


WITH_MAIL = {"EMAIL_SERVICE": "console", "AUTHSVC_MAIL_DELIVERY": "command"}
"""Configuration of applications whose mails wait in the outbox for the test to look at."""


class Clock:
    """A clock that moves when it is told to. Installed by the fixture `clock`."""

    def __init__(self) -> None:
        self.moment = datetime.now(UTC).replace(microsecond=0)

    def __call__(self) -> datetime:
        return self.moment

    def forward(self, **duration: float) -> None:
        """Let time pass: `clock.forward(minutes=16)`."""
        self.moment += timedelta(**duration)


def make_app(database: str, *, user_model: type[Any] | None = None, **config: Any) -> flask.Flask:
    """An application with AuthSvc, as `app.auth`, on *database*; tables come at the first request."""
    app = flask.Flask("host")
    app.test_client_class = CheckedClient
    app.config.update({**STRONG, "SQLALCHEMY_DATABASE_URI": database, **config})
    if user_model is None:
        user_model = plain_user()
    app.auth = AuthSvc(app, user_model=user_model)  # type: ignore[attr-defined]
    return app


def plain_user() -> type[Any]:
    """A user like the built-in one, on a SQLAlchemy object of its own."""
    db = SQLAlchemy()

    class User(db.Model, UserMixin):  # type: ignore[name-defined,misc]
        __tablename__ = "users"
        first_name = db.Column(db.String(100))
        last_name = db.Column(db.String(100))

    return User


def uuid_user() -> type[Any]:
    """A user with a UUID key, a user name, an enumeration, a decimal and a private column."""
    db = SQLAlchemy()

    class Account(db.Model, UserMixin):  # type: ignore[name-defined,misc]
        __tablename__ = "accounts"
        id = db.Column(sa.Uuid, primary_key=True, default=uuid.uuid4)
        username = db.Column(db.String(50), unique=True)
        tier = db.Column(db.Enum("free", "pro", name="tier"), default="free", nullable=False)
        balance = db.Column(db.Numeric(10, 2), default=0)
        notes = db.Column(db.Text, info={"auth": "private"})
        nickname = db.Column(db.String(20), info={"auth": "writable"}, comment="What friends say.")

    return Account


class Person:
    """Somebody at a client: `kind` is "cookie" (a browser) or "bearer" (a native app)."""

    def __init__(self, app: flask.Flask, kind: str = "bearer", email: str | None = None) -> None:
        self.app = app
        self.kind = kind
        self.email = email or f"{secrets.token_hex(6)}@example.com"
        self.password = PASSWORD
        self.http: FlaskClient = app.test_client()
        self.access: str | None = None
        self.refresh_token: str | None = None
        self.session_id: str | None = None

    def call(self, method: str, path: str, *, token: str | None = None, **options: Any) -> TestResponse:
        """A request as this person: their cookies, or their access token, or *token*."""
        headers = dict(options.pop("headers", {}))
        headers.setdefault("X-Auth-Delivery", "cookies" if self.kind == "cookie" else "body")
        bearer = token or (self.access if self.kind == "bearer" else None)
        if bearer:
            headers.setdefault("Authorization", f"Bearer {bearer}")
        path = path if path.startswith(("/api/", "//")) else f"{API}{path}"
        return self.http.open(path, method=method, headers=headers, **options)

    def get(self, path: str, **options: Any) -> TestResponse:
        """GET, as this person."""
        return self.call("GET", path, **options)

    def post(self, path: str, json: Any = None, **options: Any) -> TestResponse:
        """POST, as this person."""
        return self.call("POST", path, json={} if json is None else json, **options)

    def sign_up(self, **fields: Any) -> TestResponse:
        """Make an account and keep the tokens."""
        return self._keep(self.post("/signup", {"email": self.email, "password": self.password, **fields}))

    def sign_in(self, **fields: Any) -> TestResponse:
        """Sign in and keep the tokens."""
        self.access = None
        return self._keep(self.post("/login", {"email": self.email, "password": self.password, **fields}))

    def refresh(self, token: str | None = None) -> TestResponse:
        """Refresh with the newest refresh token, or with *token* (in a header), and keep what comes."""
        if self.kind == "cookie" and token is None:
            return self._keep(self.post("/token/refresh"))
        return self._keep(self.post("/token/refresh", token=token or self.refresh_token))

    def me(self) -> TestResponse:
        """GET /user/@me."""
        return self.get("/user/@me")

    def sign_out(self, scope: str = "this") -> TestResponse:
        """Sign out."""
        return self.post("/logout", {"scope": scope})

    def _keep(self, response: TestResponse) -> TestResponse:
        body = response.get_json(silent=True) or {}
        if response.status_code < 300:
            self.session_id = body.get("session_id", self.session_id)
            self.access = body.get("access_token", self.access)
            self.refresh_token = body.get("refresh_token", self.refresh_token)
        return response
