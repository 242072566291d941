"""Applications for a real server: strong keys and secure cookies, as in production but for the address."""

import os
from pathlib import Path
from typing import Any

import flask

from tests.support.apps import make_app, uuid_user


def default(**config: Any) -> flask.Flask:
    """The default application; TEST_DATABASE, TEST_PORT and TEST_ORIGINS say the rest."""
    app = make_app(os.environ["TEST_DATABASE"], **_config(), **config)
    # A page of the host, for its scripts to run in.
    app.add_url_rule("/", "home", lambda: "<!doctype html><title>Home</title>")
    return app


def with_passkeys() -> flask.Flask:
    """The default application and a page that uses passkeys as a front end would."""
    app = default()
    page = (Path(__file__).parent / "passkeys.html").read_text(encoding="utf-8")
    app.add_url_rule("/passkeys", "passkeys", lambda: page)
    return app


def without_docs() -> flask.Flask:
    """The default application without Swagger UI."""
    return default(AUTHSVC_ENABLE_DOCS=False)


def custom() -> flask.Flask:
    """An application with a user model of its own."""
    return make_app(os.environ["TEST_DATABASE"], user_model=uuid_user(), **_config())


def mailing() -> flask.Flask:
    """The default application with a mail server."""
    mail = {key: os.environ[key] for key in ("EMAIL_SERVICE", "MAIL_SERVER", "MAIL_PORT")}
    return default(
        **mail, MAIL_USE_TLS=False, MAIL_DEFAULT_SENDER="no-reply@example.com", AUTHSVC_APP_NAME="Tea"
    )


def _config() -> dict[str, Any]:
    return {
        "AUTHSVC_PUBLIC_URL": f"http://localhost:{os.environ.get('TEST_PORT', '5000')}",
        "AUTHSVC_CORS_ORIGINS": os.environ.get("TEST_ORIGINS", "").split(","),
        "JWT_COOKIE_SECURE": True,
    }
