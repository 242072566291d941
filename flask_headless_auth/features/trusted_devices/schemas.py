"""Trusted devices on the wire."""

from marshmallow import fields

from flask_headless_auth.wire import Answer, Moment


class TrustedDeviceSchema(Answer):
    """A device on which I am not asked for the second factor."""

    id = fields.String(required=True)
    created_at = Moment(required=True, metadata={"description": "Since when it is trusted."})
    last_used_at = Moment(required=True, metadata={"description": "Last sign-in."})
    expires_at = Moment(required=True, metadata={"description": "When the trust ends."})
    user_agent = fields.String(required=True)
    is_current = fields.Boolean(required=True)


class TrustedDeviceListSchema(Answer):
    """All of them, newest first; there are never more than twenty."""

    items = fields.List(fields.Nested(TrustedDeviceSchema), required=True)


class DistrustedSchema(Answer):
    """It is done."""

    message = fields.String(required=True)
