"""Applications that send mail to a server of tests, and ways to queue some."""

from datetime import timedelta
from typing import Any

import flask
import jinja2
import sqlalchemy as sa

from flask_headless_auth import clock
from flask_headless_auth.database import transaction
from flask_headless_auth.features.mail import logic
from flask_headless_auth.features.mail.models import Letter
from flask_headless_auth.state import state, table
from tests.support.apps import API, make_app
from tests.support.smtp import Sink


def posting(database: str, server: Sink, **config: Any) -> flask.Flask:
    """An application whose mails go to *server* when `flask auth deliver` says so; its tables are there."""
    ours: dict[str, Any] = {
        "EMAIL_SERVICE": "smtp",
        "MAIL_SERVER": server.host,
        "MAIL_PORT": server.port,
        "MAIL_USE_TLS": bool(server.ca_file) and not server._implicit,
        "MAIL_USE_SSL": server._implicit,
        "MAIL_DEFAULT_SENDER": "post@shop.example",
        "AUTHSVC_MAIL_CA_FILE": server.ca_file or None,
        "AUTHSVC_MAIL_DELIVERY": "command",
        "AUTHSVC_APP_NAME": "Shop",
    }
    return ready(make_app(database, **{**ours, **config}))


TEXTS = ("test", "other", "done", "undone", "old", "young", "waiting", "broken", "whole")
TEXT = "{% extends layout %}{% block subject %}NAME{% endblock %}{% block body %}{{ token }}{% endblock %}"
"""The mails of these tests: templates of the host, as any host may have some."""


def texts() -> jinja2.BaseLoader:
    """Their templates; each mail's subject is its name."""
    return jinja2.DictLoader({f"authsvc/emails/{name}.jinja": TEXT.replace("NAME", name) for name in TEXTS})


def ready(app: flask.Flask) -> flask.Flask:
    """The application, with its tables and texts of its own."""
    app.jinja_loader = texts()
    assert app.test_client().get(f"{API}/config").status_code == 200
    return app


def queue(app: flask.Flask, *addresses: str, mail: str = "test", life: float = 3600, **options: Any) -> None:
    """Queue a mail for each address, in one transaction; each has a token in its text."""
    with app.app_context(), transaction():
        for address in addresses:
            context = options.get("context", {"token": f"token-for-{address}"})
            logic.queue(
                mail,
                address,
                context,
                user=options.get("user"),
                expires_at=clock.now() + timedelta(seconds=life),
                is_decoy=options.get("is_decoy", False),
            )


def deliver(app: flask.Flask, most: int = 1000) -> logic.Delivered:
    """Deliver what is due."""
    with app.app_context():
        return logic.deliver(most)


def run(app: flask.Flask, *arguments: str, code: int = 0) -> str:
    """What `flask auth …` prints."""
    done = app.test_cli_runner().invoke(args=["auth", *arguments])
    assert done.exit_code == code, done.output
    return done.output


def letters(app: flask.Flask) -> list[Any]:
    """The rows of the outbox, oldest first."""
    with app.app_context():
        kept: Any = table(Letter).__table__  # type: ignore[attr-defined]
        return list(state().db.session.execute(sa.select(kept).order_by(kept.c.created_at, kept.c.id)))


def outcomes(app: flask.Flask) -> list[str | None]:
    """What became of each letter."""
    return sorted((one.outcome for one in letters(app)), key=str)
