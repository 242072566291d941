"""Passwords on the wire."""

import marshmallow as ma
from marshmallow import fields

from flask_headless_auth.wire import Answer, Password


class PasswordUpdateSchema(ma.Schema):
    """The current password, unless the account has none, and the new one."""

    current_password = Password()
    new_password = Password(required=True)


class MessageSchema(Answer):
    """It is done."""

    message = fields.String(required=True)
