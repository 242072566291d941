"""Sign-up with a passkey on the wire."""

import marshmallow as ma
from marshmallow import fields

from flask_headless_auth.features.passkeys.schemas import NewCredentialSchema


class PasskeySignUpAnswerSchema(ma.Schema):
    """The passkey of a new account."""

    credential = fields.Nested(NewCredentialSchema, required=True)
