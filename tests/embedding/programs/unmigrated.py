"""A host without Flask-Migrate: `TEST_DATABASE` says where its users are."""

import os
from typing import Any

import click
from flask import Flask

from flask_headless_auth import AuthSvc

app = Flask(__name__)
app.config.update(
    SECRET_KEY="0123456789abcdef" * 4,
    SQLALCHEMY_DATABASE_URI=os.environ["TEST_DATABASE"],
    AUTHSVC_PUBLIC_URL="http://localhost",
    AUTHSVC_PASSWORD_BCRYPT_COST=4,
    JWT_COOKIE_SECURE=False,
)
auth = AuthSvc(app)


@app.cli.command("visit")
@click.argument("path")
def visit(path: str) -> None:
    """A command of the host that asks its own application."""
    answer: Any = app.test_client().get(path)
    click.echo(f"{answer.status_code} {answer.get_data(as_text=True)}")


@app.get("/pid")
def pid() -> Any:
    """Something that needs no table."""
    return {"pid": os.getpid()}
