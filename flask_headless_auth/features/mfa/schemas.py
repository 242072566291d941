"""Second factors on the wire."""

from collections.abc import Mapping
from typing import Any, ClassVar

import marshmallow as ma
from marshmallow import fields, validate

from flask_headless_auth.contract import OneOfRequestSchema, OneOfSchema
from flask_headless_auth.features.signin.schemas import (
    ChallengeSchema,
    EnrolmentRequiredSchema,
    SignedInSchema,
    VerificationRequiredSchema,
)
from flask_headless_auth.wire import Answer, Code, Flag, Text


class Enrolment(Text):
    """The token of a sign-in that waits for a factor to be enrolled."""

    def __init__(self, **kwargs: Any) -> None:
        metadata = {
            "description": "`enrolment` of the sign-in that asked for it.",
            **kwargs.pop("metadata", {}),
        }
        super().__init__(validate=validate.Length(max=128), metadata=metadata, **kwargs)


class Challenge(Text):
    """The token of a sign-in that waits for a second factor."""

    def __init__(self, **kwargs: Any) -> None:
        metadata = {"description": "`challenge` of the sign-in.", **kwargs.pop("metadata", {})}
        super().__init__(validate=validate.Length(max=128), metadata=metadata, **kwargs)


class ChallengeRequestSchema(ma.Schema):
    """Which second question of a sign-in is wanted."""

    challenge = Challenge(required=True)
    method = Text(required=True, validate=validate.Length(max=32), metadata={"examples": ["email"]})


class ChallengeOptionsSchema(Answer):
    """What the chosen way needs."""

    method = fields.String(required=True)
    options = fields.Dict(
        keys=fields.String(),
        metadata={"description": "For a passkey: what `navigator.credentials.get` takes."},
    )


class ChallengeAnswerSchema(ma.Schema):
    """The answer to the challenge of a sign-in."""

    challenge = Challenge(required=True)
    method = Text(
        required=True,
        validate=validate.Length(max=32),
        metadata={"description": "One of `methods`.", "examples": ["totp"]},
    )
    code = Code(metadata={"description": "For every method but a passkey."})
    credential = fields.Dict(
        keys=fields.String(), metadata={"description": "The passkey's answer, as its `toJSON()` gives it."}
    )
    remember_device = Flag(
        load_default=False, metadata={"description": "Ask no second factor on this device from now on."}
    )


class EnrolmentAnswerSchema(ma.Schema):
    """The first code of a factor that a sign-in asked to enrol."""

    enrolment = Enrolment(required=True)
    code = Code(required=True)


class FirstCodeSchema(ma.Schema):
    """The first code of a factor that I am setting up, signed in."""

    code = Code(required=True)


class MfaProofSchema(OneOfRequestSchema):
    """A proof of a second factor: with `challenge`, with `enrolment`, or for a factor I am setting up."""

    variants: ClassVar[Mapping[str, type[ma.Schema]]] = {
        "challenge": ChallengeAnswerSchema,
        "enrolment": EnrolmentAnswerSchema,
    }
    otherwise: ClassVar[type[ma.Schema]] = FirstCodeSchema


class MfaEnabledSchema(Answer):
    """The factor is on. Show the recovery codes once; there are none where I had some already."""

    status = fields.String(required=True, validate=validate.OneOf(["mfa_enabled"]))
    recovery_codes = fields.List(fields.String(), required=True)


class MfaAnswerSchema(OneOfSchema):
    """What a proof of a second factor answers; `status` says which."""

    discriminator: ClassVar[str] = "status"
    variants: ClassVar[Mapping[str, type[ma.Schema]]] = {
        "signed_in": SignedInSchema,
        "mfa_enabled": MfaEnabledSchema,
        "challenge": ChallengeSchema,
        "enrolment_required": EnrolmentRequiredSchema,
        "verification_required": VerificationRequiredSchema,
    }


class MfaSchema(Answer):
    """My second factors."""

    is_enabled = fields.Boolean(required=True, metadata={"description": "Whether sign-in asks for one."})
    is_required = fields.Boolean(required=True, metadata={"description": "Whether I must have one."})
    methods = fields.List(fields.String(), required=True, metadata={"description": "What I can answer with."})
    recovery_codes_left = fields.Integer(required=True)


class MfaDisabledSchema(Answer):
    """Second factors are off."""

    status = fields.String(required=True, validate=validate.OneOf(["mfa_disabled"]))
    methods = fields.List(
        fields.String(), required=True, metadata={"description": "Ways to prove presence that stay."}
    )
