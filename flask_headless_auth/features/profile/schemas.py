"""Profiles on the wire."""

from marshmallow import fields

from flask_headless_auth.user_schemas import UserSchema
from flask_headless_auth.wire import Answer


class UserEnvelopeSchema(Answer):
    """The signed-in user."""

    user = fields.Nested(UserSchema, required=True)
