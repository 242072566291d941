"""Sessions on the wire."""

import marshmallow as ma
from marshmallow import fields, validate

from flask_headless_auth.wire import Answer, Moment


class SessionSchema(Answer):
    """One of my devices: a sign-in that still stands."""

    id = fields.String(required=True)
    created_at = Moment(required=True, metadata={"description": "When the sign-in was."})
    last_seen_at = Moment(required=True, attribute="refreshed_at", metadata={"description": "Last refresh."})
    expires_at = Moment(required=True, metadata={"description": "When it ends whatever happens."})
    address = fields.String(required=True)
    user_agent = fields.String(required=True)
    methods = fields.List(fields.String(), required=True, metadata={"description": "Proofs given (`amr`)."})
    is_current = fields.Boolean(required=True)


class SessionListSchema(Answer):
    """A page of sessions, newest first."""

    items = fields.List(fields.Nested(SessionSchema), required=True)
    next_cursor = fields.String(required=True, allow_none=True)


class PageQuerySchema(ma.Schema):
    """Which page of a list."""

    limit = fields.Integer(
        load_default=20, validate=validate.Range(1, 100), metadata={"description": "How many at most."}
    )
    cursor = fields.String(validate=validate.Length(max=500), metadata={"description": "From `next_cursor`."})


class SignOutRequestSchema(ma.Schema):
    """What to sign out of."""

    scope = fields.String(
        load_default="this",
        validate=validate.OneOf(["this", "others", "all"]),
        metadata={"x-component": "SignOutScope", "description": "This session, all others, or all."},
    )


class EndedSchema(Answer):
    """How many sessions ended."""

    message = fields.String(required=True)
    ended = fields.Integer(required=True)


class TokensSchema(Answer):
    """Renewed tokens. In the body only when the refresh token came in the header."""

    session_id = fields.String(required=True)
    expires_in = fields.Integer(required=True, metadata={"description": "Seconds the access token lives."})
    access_token = fields.String()
    refresh_token = fields.String()
    token_type = fields.String(
        validate=validate.OneOf(["Bearer"]),
        metadata={"x-component": "TokenType", "description": "How to send the access token (RFC 6750)."},
    )


class JwkSetSchema(Answer):
    """Public keys (RFC 7517)."""

    keys = fields.List(fields.Dict(keys=fields.String()), required=True)
