"""Sign-in on the wire."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, ClassVar

import marshmallow as ma
from marshmallow import ValidationError, fields, validate, validates_schema

from flask_headless_auth.contract import OneOfSchema
from flask_headless_auth.user_schemas import UserSchema
from flask_headless_auth.wire import Answer, Flag, Moment, Password, Text


class LoginRequestSchema(ma.Schema):
    """E-mail, or user name where the model has one, and password."""

    email = Text(
        validate=validate.Length(max=1024), metadata={"format": "email", "examples": ["ada@example.com"]}
    )
    username = Text(validate=validate.Length(max=255))
    password = Password(required=True)
    remember = Flag(load_default=True, metadata={"description": "Stay signed in when the browser closes."})

    @validates_schema
    def names_one_account(self, data: Mapping[str, Any], **kwargs: Any) -> None:
        """Exactly one of e-mail and user name."""
        if ("email" in data) == ("username" in data):
            raise ValidationError("Send `email` or `username`.", "email")


class SignedInSchema(Answer):
    """Signed in. Tokens are in the body unless only cookies were asked for."""

    status = fields.String(required=True, validate=validate.OneOf(["signed_in"]))
    user = fields.Nested(UserSchema, required=True)
    session_id = fields.String(required=True)
    expires_in = fields.Integer(required=True, metadata={"description": "Seconds the access token lives."})
    recovery_codes = fields.List(
        fields.String(),
        metadata={
            "description": "Only where this finished an enrolment. Shown once; each opens the account once."
        },
    )
    trusted_device = fields.String(
        metadata={
            "description": "Only where `remember_device` asked for it, in the body channel. Send it as "
            "`X-Trusted-Device` with later sign-ins."
        }
    )
    access_token = fields.String()
    refresh_token = fields.String()
    token_type = fields.String(
        validate=validate.OneOf(["Bearer"]),
        metadata={"x-component": "TokenType", "description": "How to send the access token (RFC 6750)."},
    )


class ChallengeSchema(Answer):
    """A second factor is asked for; nobody is signed in yet."""

    status = fields.String(required=True, validate=validate.OneOf(["challenge"]))
    challenge = fields.String(required=True, metadata={"description": "Opaque; for one sign-in."})
    methods = fields.List(fields.String(), required=True)
    expires_in = fields.Integer(required=True, metadata={"description": "Seconds it works."})


class EnrolmentRequiredSchema(Answer):
    """A second factor has to be enrolled first; nobody is signed in yet."""

    status = fields.String(required=True, validate=validate.OneOf(["enrolment_required"]))
    enrolment = fields.String(
        required=True,
        metadata={"description": "Opaque; in the place of an access token where a factor is enrolled."},
    )
    methods = fields.List(fields.String(), required=True, metadata={"description": "What can be enrolled."})
    expires_in = fields.Integer(required=True, metadata={"description": "Seconds it works."})


class VerificationRequiredSchema(Answer):
    """The address has to be confirmed first; a mail with a link is on its way. Nobody is signed in."""

    status = fields.String(required=True, validate=validate.OneOf(["verification_required"]))
    email = fields.String(required=True, metadata={"format": "email"})


class SignInAnswerSchema(OneOfSchema):
    """What a sign-in answers; `status` says which."""

    discriminator: ClassVar[str] = "status"
    variants: ClassVar[Mapping[str, type[ma.Schema]]] = {
        "signed_in": SignedInSchema,
        "challenge": ChallengeSchema,
        "enrolment_required": EnrolmentRequiredSchema,
        "verification_required": VerificationRequiredSchema,
    }


class _Seconds(Moment):
    """A moment that the server keeps in seconds."""

    def _serialize(self, value: Any, attr: str | None, obj: Any, **kwargs: Any) -> Any:
        return super()._serialize(datetime.fromtimestamp(value, UTC), attr, obj, **kwargs)


class CurrentSessionSchema(Answer):
    """The session of the request's access token."""

    id = fields.String(required=True)
    auth_time = _Seconds(required=True, metadata={"description": "Last proof of presence."})
    methods = fields.List(fields.String(), required=True, metadata={"description": "Proofs given (`amr`)."})
    expires_at = _Seconds(required=True, metadata={"description": "End of the access token."})


class CheckedSchema(Answer):
    """Somebody is signed in."""

    authenticated = fields.Boolean(required=True)
    user = fields.Nested(UserSchema, required=True)
    session = fields.Nested(CurrentSessionSchema, required=True)


class PresenceMethodSchema(ma.Schema):
    """A way to prove presence again."""

    method = fields.String(load_default="pwd", validate=validate.Length(max=32))


class PresenceRequestSchema(PresenceMethodSchema):
    """A way to prove presence again, and what it has to know to begin."""

    provider = Text(
        validate=validate.Length(max=32), metadata={"description": "One of my identities, for `provider`."}
    )
    redirect_uri = Text(
        validate=validate.Length(max=2000), metadata={"description": "Where `provider` returns to."}
    )


class PresenceOptionsSchema(Answer):
    """What the chosen way needs."""

    method = fields.String(required=True)
    max_age = fields.Integer(required=True, metadata={"description": "Seconds a proof stays fresh."})
    challenge = fields.String(metadata={"description": "For an e-mailed code: send it back with the code."})
    options = fields.Dict(
        keys=fields.String(),
        metadata={"description": "For a passkey: what `navigator.credentials.get` takes."},
    )
    authorization_url = fields.String(metadata={"description": "Where to send the browser, for `provider`."})


class PresenceProofSchema(PresenceMethodSchema):
    """A proof of presence."""

    password = Password()
    code = Text(
        validate=validate.Length(max=512),
        metadata={"description": "Of an app, a mail or the recovery codes, or what `provider` returned."},
    )
    challenge = Text(
        validate=validate.Length(max=128),
        metadata={"description": "For an e-mailed code: that of the options."},
    )
    credential = fields.Dict(
        keys=fields.String(), metadata={"description": "The passkey's answer, as its `toJSON()` gives it."}
    )


class PasswordRulesSchema(Answer):
    """What is asked of a password."""

    min_length = fields.Integer(required=True)
    max_length = fields.Integer(required=True)


class ProviderSchema(Answer):
    """A provider that people sign in with: draw a button that leads to `GET /login/<name>`."""

    name = fields.String(required=True)
    label = fields.String(required=True, metadata={"description": "What its button says."})


class ConfigSchema(Answer):
    """What a front end needs to draw its screens."""

    features = fields.List(fields.String(), required=True)
    providers = fields.List(fields.Nested(ProviderSchema), required=True)
    mfa_methods = fields.List(fields.String(), required=True)
    delivery = fields.List(fields.String(), required=True, metadata={"description": "Ways tokens travel."})
    password = fields.Nested(PasswordRulesSchema)
    sign_up = fields.Dict(keys=fields.String(), metadata={"description": "JSON Schema of the sign-up form."})
