"""Recovery codes on the wire."""

from marshmallow import fields

from flask_headless_auth.wire import Answer


class RecoveryCodesSchema(Answer):
    """Ten new codes. Show them once: nobody can show them again."""

    recovery_codes = fields.List(fields.String(), required=True)
