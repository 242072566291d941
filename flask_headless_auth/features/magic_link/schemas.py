"""Magic links on the wire."""

import re
from collections.abc import Mapping
from typing import Any

import marshmallow as ma
from marshmallow import ValidationError, fields, validate, validates_schema

from flask_headless_auth.wire import Answer, Email, Flag, Text


class Code(Text):
    """A code of six digits. It is text: leading zeros count, and spaces between the digits do not."""

    def __init__(self, **kwargs: Any) -> None:
        metadata = {"pattern": "^[0-9]{6}$", "examples": ["012345"], **kwargs.pop("metadata", {})}
        super().__init__(metadata=metadata, **kwargs)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Any:
        code = super()._deserialize(value, attr, data, **kwargs).replace(" ", "")
        # Not \d, which takes the digits of every script.
        if not re.fullmatch("[0-9]{6}", code):
            raise ValidationError("Must be six digits.")
        return code


class MagicLinkRequestSchema(ma.Schema):
    """Whom to send a link."""

    email = Email(required=True)


class MagicLinkSentSchema(Answer):
    """What to send along with the code, whether the address has an account or not."""

    challenge = fields.String(required=True, metadata={"description": "Opaque; keep it for the code."})
    expires_in = fields.Integer(required=True, metadata={"description": "Seconds link and code work."})
    message = fields.String(required=True)


class MagicLinkProofSchema(ma.Schema):
    """The link's `token`, or the `challenge` of the request and the `code` from its mail."""

    token = Text(validate=validate.Length(max=512), metadata={"description": "From the link."})
    challenge = Text(validate=validate.Length(max=512), metadata={"description": "From `POST /magic-link`."})
    code = Code(metadata={"description": "From the mail."})
    remember = Flag(load_default=True, metadata={"description": "Stay signed in when the browser closes."})

    @validates_schema
    def has_one_form(self, data: Mapping[str, Any], **kwargs: Any) -> None:
        """Exactly one of the two forms."""
        if {"token", "challenge", "code"} & set(data) not in ({"token"}, {"challenge", "code"}):
            raise ValidationError("Send `token`, or `challenge` and `code`.", "token")
