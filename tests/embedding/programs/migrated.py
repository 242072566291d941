"""A host with Flask-Migrate: `TEST_DATABASE` says where its users are, `TEST_MODEL` which they are."""

import os
from typing import Any

import click
import flask_migrate
from flask import Flask
from flask_sqlalchemy import SQLAlchemy

from flask_headless_auth import AuthSvc, UserMixin

db = SQLAlchemy()

if os.environ.get("TEST_MODEL") == "as in the first README":

    class User(db.Model, UserMixin):  # type: ignore[name-defined,misc]
        """The custom user of the README of the first version."""

        __tablename__ = "users"
        id = db.Column(db.Integer, primary_key=True)
        email = db.Column(db.String(255), unique=True, nullable=False, index=True)
        password_hash = db.Column(db.String(1024))
        is_verified = db.Column(db.Boolean, default=False)
        is_active = db.Column(db.Boolean, default=True)
        mfa_enabled = db.Column(db.Boolean, default=False)
        provider = db.Column(db.String(50), default="local")
        created_at = None
        updated_at = None
        first_name = db.Column(db.String(100))
        last_name = db.Column(db.String(100))
        company = db.Column(db.String(200))
        subscription_tier = db.Column(db.String(50), default="free")

else:

    class User(db.Model, UserMixin):  # type: ignore[name-defined,misc,no-redef]
        """A user with a UUID key."""

        __tablename__ = "users"
        id = db.Column(db.Uuid, primary_key=True, default=__import__("uuid").uuid4)
        company = db.Column(db.String(200))


class Order(db.Model):  # type: ignore[name-defined,misc]
    """A table of the host's own."""

    __tablename__ = "orders"
    id = db.Column(db.Integer, primary_key=True)
    user_id = db.Column(db.ForeignKey("users.id"))


app = Flask(__name__)
app.config.update(
    SECRET_KEY="0123456789abcdef" * 4,
    SQLALCHEMY_DATABASE_URI=os.environ["TEST_DATABASE"],
    AUTHSVC_PUBLIC_URL="http://localhost",
    AUTHSVC_PASSWORD_BCRYPT_COST=4,
    JWT_COOKIE_SECURE=False,
)
auth = AuthSvc(app, user_model=User)
flask_migrate.Migrate(app, db)


@app.cli.command("visit")
@click.argument("path")
def visit(path: str) -> None:
    """A command of the host that asks its own application."""
    answer: Any = app.test_client().get(path)
    click.echo(f"{answer.status_code} {answer.get_data(as_text=True)}")
