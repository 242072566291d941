"""Identities at providers on the wire."""

import marshmallow as ma
from marshmallow import fields, validate

from flask_headless_auth.wire import Answer, Flag, Moment, Text

REDIRECT = {"description": "Where to return to: an origin of the front end, or a listed URI of an app."}


class SignInQuerySchema(ma.Schema):
    """How a sign-in at a provider ends."""

    redirect_uri = Text(validate=validate.Length(max=2000), metadata=REDIRECT)
    code_challenge = Text(
        validate=[validate.Length(equal=43), validate.Regexp("^[A-Za-z0-9_-]{43}$")],
        metadata={"description": "For clients without cookies: S256 of a `code_verifier` (RFC 7636 §4.2)."},
    )


class _ProvidersAnswer(ma.Schema):
    """What a provider may send back; whatever else it sends is not read."""

    class Meta:
        unknown = ma.EXCLUDE

    state = Text(
        required=True, validate=validate.Length(max=512), metadata={"description": "As it was sent there."}
    )
    code = Text(validate=validate.Length(max=4096), metadata={"description": "For the provider's tokens."})
    error = Text(validate=validate.Length(max=256), metadata={"description": "Why there is no code."})
    iss = Text(
        validate=validate.Length(max=1024), metadata={"description": "Who answers (RFC 9207), where told."}
    )


class CallbackQuerySchema(_ProvidersAnswer):
    """What a provider sends back in the address (RFC 6749 §4.1.2)."""


class CallbackFormSchema(_ProvidersAnswer):
    """What a provider sends back as a form."""

    person = Text(
        data_key="user",
        validate=validate.Length(max=4096),
        metadata={"description": "Apple's JSON with the name, the first time only."},
    )


class ExchangeSchema(ma.Schema):
    """The code of the redirect, and what belongs to it."""

    code = Text(required=True, validate=validate.Length(max=512))
    code_verifier = Text(
        validate=validate.Length(43, 128),
        metadata={
            "description": "Where a `code_challenge` began the sign-in (RFC 7636).",
            "examples": ["dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"],
        },
    )
    remember = Flag(load_default=True, metadata={"description": "Stay signed in when the browser closes."})


class NonceSchema(Answer):
    """A nonce for one ID token."""

    nonce = fields.String(required=True)
    expires_in = fields.Integer(required=True, metadata={"description": "Seconds it works."})


class IdTokenSchema(ma.Schema):
    """An ID token from the provider's native sign-in."""

    id_token = Text(required=True, validate=validate.Length(max=16_384))
    remember = Flag(load_default=True, metadata={"description": "Stay signed in when the app closes."})


class LinkRequestSchema(ma.Schema):
    """Where to return to."""

    redirect_uri = Text(validate=validate.Length(max=2000), metadata=REDIRECT)


class AuthorizationSchema(Answer):
    """Where to send the browser."""

    authorization_url = fields.String(required=True, metadata={"format": "uri"})


class IdentitySchema(Answer):
    """An account of mine at a provider."""

    id = fields.String(required=True)
    provider = fields.String(required=True)
    label = fields.String(required=True, metadata={"description": "What people call the provider."})
    email = fields.String(
        required=True, allow_none=True, metadata={"description": "The address that the provider told last."}
    )
    created_at = Moment(required=True)
    last_used_at = Moment(required=True)


class IdentityListSchema(Answer):
    """All my identities, oldest first."""

    items = fields.List(fields.Nested(IdentitySchema), required=True)
    next_cursor = fields.String(required=True, allow_none=True)


class UnlinkedSchema(Answer):
    """It is unlinked."""

    message = fields.String(required=True)
