"""Host applications that several stories need."""

from typing import Any

import flask
from flask_sqlalchemy import SQLAlchemy

from flask_headless_auth import UserMixin
from tests.support.apps import STRONG


def bare(database: str, **config: Any) -> flask.Flask:
    """A host that has its configuration and nothing of ours yet."""
    app = flask.Flask("host")
    app.config.update({**STRONG, "SQLALCHEMY_DATABASE_URI": database, **config})
    return app


def model_of(db: SQLAlchemy, name: str = "User", **body: Any) -> type[Any]:
    """A user model on *db* with the columns of the mixin, and whatever *body* adds or overrides."""
    return type(name, (db.Model, UserMixin), {"__tablename__": "users", **body})


def model(**body: Any) -> type[Any]:
    """As `model_of`, on a SQLAlchemy object of its own."""
    return model_of(SQLAlchemy(), **body)
