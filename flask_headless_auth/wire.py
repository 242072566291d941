"""Fields on the wire: what text, moments and numbers may be, and how a model's columns become fields."""

import enum
from datetime import UTC
from typing import Any

import marshmallow as ma
import sqlalchemy as sa
from marshmallow import ValidationError, fields, validate
from marshmallow_sqlalchemy import ModelConversionError, ModelConverter

from flask_headless_auth import users


class Answer(ma.Schema):
    """Base of what operations answer: clients must expect further members later."""

    class Meta:
        unknown = ma.EXCLUDE


class MessageSchema(Answer):
    """It is done."""

    message = fields.String(required=True)


class Unicode(fields.String):
    """Text without lone surrogates."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Any:
        text = super()._deserialize(value, attr, data, **kwargs)
        try:
            text.encode()
        except UnicodeEncodeError:
            raise ValidationError("Must be valid Unicode.") from None
        return text


class Text(Unicode):
    """Text that every database stores: no NUL, no lone surrogates."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Any:
        text = super()._deserialize(value, attr, data, **kwargs)
        if "\x00" in text:
            raise ValidationError("Must not contain NUL.")
        return text


class Password(Unicode):
    """A password, exactly as it was typed."""

    def __init__(self, **kwargs: Any) -> None:
        metadata = {
            "format": "password",
            "examples": ["correct horse battery staple"],
            **kwargs.pop("metadata", {}),
        }
        super().__init__(validate=validate.Length(max=4096), metadata=metadata, **kwargs)


class Code(Text):
    """A code that a person types: of an authenticator, of a mail, of a list kept in a drawer."""

    def __init__(self, **kwargs: Any) -> None:
        metadata = {"examples": ["492039"], **kwargs.pop("metadata", {})}
        super().__init__(validate=validate.Length(max=128), metadata=metadata, **kwargs)


class Email(Text):
    """An e-mail address, loaded in canonical form."""

    def __init__(self, **kwargs: Any) -> None:
        metadata = {
            "format": "email",
            "maxLength": 254,
            "examples": ["ada@example.com"],
            **kwargs.pop("metadata", {}),
        }
        super().__init__(metadata=metadata, **kwargs)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Any:
        text = super()._deserialize(value, attr, data, **kwargs)
        if len(text) > 1024:
            raise ValidationError("This e-mail address is too long.")
        try:
            return users.canonical_email(text)
        except ValueError as problem:
            raise ValidationError(str(problem)) from None


class Moment(fields.AwareDateTime):
    """A moment as RFC 3339 with an offset; what a database hands out without one is UTC."""

    def __init__(self, *, naive: bool = False, **kwargs: Any) -> None:
        kwargs.setdefault("format", "iso")
        super().__init__(default_timezone=UTC, **kwargs)
        self.naive = naive

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Any:
        moment = super()._deserialize(value, attr, data, **kwargs)
        try:
            moment = moment.astimezone(UTC)
        except OverflowError:
            raise self.make_error("invalid", input=value, obj_type=self.OBJ_TYPE) from None
        # A column without a time zone keeps what it is given: that is UTC, on every engine.
        return moment.replace(tzinfo=None) if self.naive else moment

    def _serialize(self, value: Any, attr: str | None, obj: Any, **kwargs: Any) -> Any:
        if value is not None:
            value = value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)
        return super()._serialize(value, attr, obj, **kwargs)


class Flag(fields.Boolean):
    """True or false, and nothing that merely looks like one of them."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> bool:
        if value is not True and value is not False:
            raise self.make_error("invalid", input=value)
        return value


class DecimalText(fields.Decimal):
    """A decimal number as text, so that no client rounds it."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("as_string", True)
        metadata = {"type": "string", "format": "decimal", **kwargs.pop("metadata", {})}
        super().__init__(metadata=metadata, **kwargs)


class Converter(ModelConverter):
    """Columns as fields that say on the wire what they mean in the database."""

    SQLA_TYPE_MAPPING = {
        **ModelConverter.SQLA_TYPE_MAPPING,
        sa.DateTime: Moment,
        sa.Numeric: DecimalText,
        sa.Float: fields.Float,
        sa.String: Text,
        sa.Text: Text,
        sa.Integer: fields.Integer,
        sa.Boolean: Flag,
    }

    def property2field(self, prop: Any, **kwargs: Any) -> Any:
        """A model's attribute as the field of its column."""
        return self.column2field(prop.columns[0]) if hasattr(prop, "columns") else None

    def column2field(self, column: Any, **kwargs: Any) -> Any:
        kind = column.type
        if isinstance(kind, sa.types.TypeDecorator) and isinstance(kind.impl_instance, sa.DateTime):
            return Moment(allow_none=column.nullable, metadata=_metadata(column))
        if isinstance(kind, sa.DateTime):
            return Moment(naive=not kind.timezone, allow_none=column.nullable, metadata=_metadata(column))
        if isinstance(kind, sa.Enum):
            return _enum_field(kind, column)
        try:
            field: Any = super().column2field(column, **kwargs)
        except ModelConversionError:
            # A type that marshmallow-sqlalchemy does not know: taken and shown as it is.
            field = fields.Raw(allow_none=column.nullable)
        if isinstance(field, fields.Integer):
            field.strict = True
        if isinstance(field, fields.Float):
            field.allow_nan = False
        if isinstance(field, fields.Field):
            field.metadata = {**field.metadata, **_metadata(column)}
        return field


def _metadata(column: Any) -> dict[str, Any]:
    described = column.comment or column.doc
    return {"description": described} if described else {}


def _enum_field(kind: sa.Enum, column: Any) -> fields.Field[Any]:
    if kind.enum_class is not None and issubclass(kind.enum_class, enum.Enum):
        named = {"x-component": kind.enum_class.__name__, **_metadata(column)}
        return fields.Enum(kind.enum_class, allow_none=column.nullable, metadata=named)
    choices = validate.OneOf(list(kind.enums))
    named = {"x-component": _pascal(kind.name or column.name), **_metadata(column)}
    return Text(validate=choices, allow_none=column.nullable, metadata=named)


def _pascal(name: str) -> str:
    return "".join(part.capitalize() for part in name.split("_"))
