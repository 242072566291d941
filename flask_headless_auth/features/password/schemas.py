"""Passwords on the wire."""

import marshmallow as ma

from flask_headless_auth.wire import Password


class PasswordUpdateSchema(ma.Schema):
    """The current password, unless the account has none, and the new one."""

    current_password = Password()
    new_password = Password(required=True)
