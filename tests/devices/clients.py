"""Clients on machines of their own, and what the database knows of them."""

from typing import Any

import flask
import sqlalchemy as sa
from werkzeug.test import TestResponse

from flask_headless_auth.features.devices.models import Device
from flask_headless_auth.state import table
from tests.support.apps import Person
from tests.support.mails import mails

FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
SAFARI = (
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) "
    "Version/18.5 Mobile/15E148 Safari/604.1"
)


class Client(Person):
    """Somebody at a machine: an address in the network, and what the client calls itself."""

    agent = FIREFOX
    address = "198.51.100.7"

    def call(self, method: str, path: str, **options: Any) -> TestResponse:
        headers = {"User-Agent": self.agent, **options.pop("headers", {})}
        environ = {"REMOTE_ADDR": self.address}
        return super().call(method, path, headers=headers, environ_overrides=environ, **options)

    def at(self, **facts: Any) -> "Client":
        """The same person at a client of the same kind on another machine."""
        other = Client(self.app, self.kind, self.email)
        other.password = self.password
        for name, value in {"agent": self.agent, "address": self.address, **facts}.items():
            setattr(other, name, value)
        return other


def told(app: flask.Flask) -> list[dict[str, Any]]:
    """The notices of new devices, oldest first."""
    return [one for one in mails(app) if one["mail"] == "new_device"]


def devices(app: flask.Flask) -> list[sa.Row[Any]]:
    """Every device that is known."""
    with app.app_context():
        rows = table(Device).__table__  # type: ignore[attr-defined]
        engine = app.extensions["sqlalchemy"].engine
        with engine.connect() as connection:
            return list(connection.execute(sa.select(rows).order_by(rows.c.first_seen_at)).all())
