"""Passkeys on the wire. What browsers make and take is spelled as they spell it (WebAuthn L3 §5.1)."""

from collections.abc import Mapping
from typing import ClassVar

import marshmallow as ma
from marshmallow import fields, validate

from flask_headless_auth.contract import OneOfSchema
from flask_headless_auth.features.mfa.schemas import Enrolment
from flask_headless_auth.features.signin.schemas import (
    ChallengeSchema,
    EnrolmentRequiredSchema,
    SignedInSchema,
    VerificationRequiredSchema,
)
from flask_headless_auth.wire import Answer, Flag, Moment, Text


class PasskeySchema(Answer):
    """One of my passkeys."""

    id = fields.String(required=True)
    name = fields.String(required=True)
    maker = fields.String(required=True, metadata={"description": "What keeps it, as far as it says so."})
    created_at = Moment(required=True)
    last_used_at = Moment(required=True, allow_none=True)
    is_backed_up = fields.Boolean(required=True, metadata={"description": "Whether it is synchronised."})
    verifies_user = fields.Boolean(
        required=True,
        metadata={"description": "Whether it counts as two factors when it checks who you are."},
    )


class PasskeyListSchema(Answer):
    """All my passkeys, oldest first."""

    items = fields.List(fields.Nested(PasskeySchema), required=True)
    next_cursor = fields.String(
        required=True, allow_none=True, metadata={"description": "Always null: one page has them all."}
    )


class PasskeyAddedSchema(Answer):
    """The passkey is mine now."""

    status = fields.String(required=True, validate=validate.OneOf(["passkey_added"]))
    passkey = fields.Nested(PasskeySchema, required=True)


class PasskeyAnswerSchema(OneOfSchema):
    """What adding a passkey answers: it is mine, or the sign-in that waited for it goes on."""

    discriminator: ClassVar[str] = "status"
    variants: ClassVar[Mapping[str, type[ma.Schema]]] = {
        "passkey_added": PasskeyAddedSchema,
        "signed_in": SignedInSchema,
        "challenge": ChallengeSchema,
        "enrolment_required": EnrolmentRequiredSchema,
        "verification_required": VerificationRequiredSchema,
    }


class PasskeyRequestSchema(ma.Schema):
    """Who adds one: nothing for somebody signed in, else the `enrolment` of the sign-in that asks for it."""

    enrolment = Enrolment()


class PasskeyNameSchema(ma.Schema):
    """What I call a passkey."""

    name = Text(required=True, validate=validate.Length(1, 100))


class CreationOptionsSchema(Answer):
    """Options to make a passkey."""

    options = fields.Dict(
        keys=fields.String(),
        required=True,
        metadata={
            "description": "For `PublicKeyCredential.parseCreationOptionsFromJSON`, and then "
            "`navigator.credentials.create({publicKey})`.",
            "examples": [
                {
                    "rp": {"id": "example.com", "name": "Example"},
                    "user": {"id": "MTIz…", "name": "ada@example.com", "displayName": "ada@example.com"},
                    "challenge": "mZk2l5v8Xr1Tn4Jb6Gd9Sf0Pa3Le7Ui2YoWy3Qh0c7M",
                    "pubKeyCredParams": [{"type": "public-key", "alg": -7}],
                }
            ],
        },
    )
    expires_in = fields.Integer(required=True, metadata={"description": "Seconds they can be answered."})


class RequestOptionsSchema(Answer):
    """Options to use a passkey."""

    options = fields.Dict(
        keys=fields.String(),
        required=True,
        metadata={
            "description": "For `PublicKeyCredential.parseRequestOptionsFromJSON`, and then "
            "`navigator.credentials.get({publicKey})`.",
            "examples": [
                {
                    "challenge": "mZk2l5v8Xr1Tn4Jb6Gd9Sf0Pa3Le7Ui2YoWy3Qh0c7M",
                    "rpId": "example.com",
                    "allowCredentials": [],
                    "userVerification": "preferred",
                }
            ],
        },
    )
    expires_in = fields.Integer(required=True, metadata={"description": "Seconds they can be answered."})


class _FromBrowser(ma.Schema):
    """Made by browsers, which may add members of their own; what is not known is not read."""

    class Meta:
        unknown = ma.EXCLUDE


def _bytes(**options: object) -> fields.String:
    metadata = {"description": "Bytes in base64url.", "examples": ["mZk2l5v8Xr1Tn4Jb6Gd9Sf"]}
    return fields.String(validate=validate.Length(max=16_384), metadata=metadata, **options)  # type: ignore[arg-type]


class NewCredentialResponseSchema(_FromBrowser):
    """What the authenticator says of the new credential."""

    clientDataJSON = _bytes(required=True)
    attestationObject = _bytes(required=True)
    transports = fields.List(fields.String(), validate=validate.Length(max=32))


class NewCredentialSchema(_FromBrowser):
    """A new passkey: `toJSON()` of what `navigator.credentials.create` gave."""

    id = _bytes(required=True)
    rawId = _bytes(required=True)
    type = fields.String(required=True)
    response = fields.Nested(NewCredentialResponseSchema, required=True)


class CredentialResponseSchema(_FromBrowser):
    """What the authenticator signed."""

    clientDataJSON = _bytes(required=True)
    authenticatorData = _bytes(required=True)
    signature = _bytes(required=True)
    userHandle = _bytes(allow_none=True)


class CredentialSchema(_FromBrowser):
    """A passkey's answer: `toJSON()` of what `navigator.credentials.get` gave."""

    id = _bytes(required=True)
    rawId = _bytes(required=True)
    type = fields.String(required=True)
    response = fields.Nested(CredentialResponseSchema, required=True)


class NewPasskeySchema(ma.Schema):
    """A passkey to add, and what to call it."""

    enrolment = Enrolment()
    credential = fields.Nested(NewCredentialSchema, required=True)
    name = Text(
        validate=validate.Length(1, 100),
        metadata={"description": "What keeps it, by default.", "examples": ["My phone"]},
    )


class PasskeyLoginSchema(ma.Schema):
    """A passkey's answer."""

    credential = fields.Nested(CredentialSchema, required=True)
    remember = Flag(load_default=True, metadata={"description": "Stay signed in when the browser closes."})
