"""TOTP on the wire."""

import marshmallow as ma
from marshmallow import fields

from flask_headless_auth.features.mfa.schemas import Enrolment
from flask_headless_auth.wire import Answer


class TotpRequestSchema(ma.Schema):
    """Who enrols: nothing for somebody signed in, else the `enrolment` of the sign-in that asks for it."""

    enrolment = Enrolment()


class TotpEnrolmentSchema(Answer):
    """What an authenticator app needs, shown once. It is on when `POST /mfa/verify` has its first code."""

    secret = fields.String(required=True, metadata={"description": "To type in, base 32."})
    otpauth_url = fields.String(required=True, metadata={"description": "To open on the phone itself."})
    qr_svg = fields.String(required=True, metadata={"description": "To scan: an SVG picture, no script."})
    expires_in = fields.Integer(required=True, metadata={"description": "Seconds the first code may take."})
