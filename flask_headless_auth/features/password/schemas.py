"""Passwords on the wire."""

import marshmallow as ma
from marshmallow import validate

from flask_headless_auth.wire import Email, Password, Text


class PasswordUpdateSchema(ma.Schema):
    """The current password, unless the account has none, and the new one."""

    current_password = Password()
    new_password = Password(required=True)


class PasswordResetRequestSchema(ma.Schema):
    """Where the link goes, and the page that it leads to."""

    email = Email(required=True)
    redirect_url = Text(
        validate=validate.Length(max=2000),
        metadata={
            "description": "Page of a front end or app on the server's list; it gets `token` in its query.",
            "examples": ["https://app.example.com/new-password"],
        },
    )


class NewPasswordSchema(ma.Schema):
    """The new password."""

    password = Password(required=True)
