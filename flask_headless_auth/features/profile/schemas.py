"""Profiles on the wire."""

import marshmallow as ma
from marshmallow import fields

from flask_headless_auth.user_schemas import UserSchema


class UserEnvelopeSchema(ma.Schema):
    """The signed-in user."""

    user = fields.Nested(UserSchema, required=True)
