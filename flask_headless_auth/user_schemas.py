"""The user on the wire: schemas that follow the columns of each application's own model.

Views name the placeholders `UserSchema`, `SignUpSchema` and `ProfileSchema`; at the first request or spec
each application gets its own, built by marshmallow-sqlalchemy from its model.
"""

import enum
from collections.abc import Callable, Mapping
from datetime import UTC
from decimal import Decimal
from typing import Any, ClassVar

import marshmallow as ma
import sqlalchemy as sa
from marshmallow import ValidationError, fields, validate
from marshmallow_sqlalchemy import ModelConversionError, ModelConverter, SQLAlchemyAutoSchema

from flask_headless_auth import users
from flask_headless_auth.settings import CoreSettings
from flask_headless_auth.state import State, state

SECRET_WORDS = ("password", "secret", "token", "hash", "salt", "otp", "seed", "private", "api_key", "ssn")
"""A column whose name has one of these is never sent, unless the model marks it `info={"auth": "public"}`."""

OWN = ("id", "email", "password", "role", "roles", "permissions")
"""Members that this module declares itself."""

FORBIDDEN = frozenset(
    (
        "id", "role", "roles", "permissions", "is_verified", "is_active", "is_admin", "is_superuser",
        "is_staff", "mfa_enabled", "provider", "password_hash", "credits", "created_at", "updated_at",
    )
)  # fmt: skip
"""Names that nobody sets about themselves: naming one is a 422 whatever AUTHSVC_UNKNOWN_FIELDS says."""


class Answer(ma.Schema):
    """Base of what operations answer: clients must expect further members later."""

    class Meta:
        unknown = ma.EXCLUDE


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


class Computed(fields.Function):
    """A member of an answer that is worked out from the user; always there."""

    def __init__(self, compute: Callable[[Any], Any], *, metadata: Mapping[str, Any]) -> None:
        super().__init__(compute, required=True, metadata=metadata)
        # Answers are never read back, and `readOnly` would give typed clients two types for one user.
        self.dump_only = False


def _first_role(user: Any) -> str | None:
    return next(iter(users.roles_of(user)), None)


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


class AppSchema(ma.Schema):
    """Stands in declarations for a schema that each application builds from its own user model."""

    part: ClassVar[str]

    def dump(self, obj: Any, *, many: bool | None = None) -> Any:
        return own(self.part).dump(obj, many=many)

    def load(self, data: Any, **kwargs: Any) -> Any:
        kwargs.pop("unknown", None)
        return own(self.part).load(data, **kwargs)


class UserSchema(AppSchema):
    """The user as the API shows it."""

    part = "User"


class SignUpSchema(AppSchema):
    """A new account: e-mail, password, and the profile fields of the model."""

    part = "SignUpRequest"


class ProfileSchema(AppSchema):
    """The profile fields that their owner may change."""

    part = "ProfileUpdate"


PLACEHOLDERS: tuple[type[AppSchema], ...] = (UserSchema, SignUpSchema, ProfileSchema)


class Schemas(dict[str, ma.Schema]):
    """One application's own schemas, by the names of their components."""


def own(part: str) -> ma.Schema:
    """The current application's schema for *part*, built at the first call."""
    current = state()
    made = current.parts.get(Schemas)
    if made is None:
        made = current.parts[Schemas] = build(current)
    return made[part]


def build(current: State) -> Schemas:
    """The schemas of an application's user model."""
    unknown = current.sections.of(CoreSettings).unknown_fields
    readable = [column.name for column in current.user_model.__table__.c if is_readable(column)]
    writable = writable_columns(current.user_model)
    return Schemas(
        User=_user_schema(current.user_model, readable)(),
        SignUpRequest=_writable_schema(current.user_model, writable, unknown, _ACCOUNT)(),
        ProfileUpdate=_writable_schema(current.user_model, writable, unknown, {})(partial=True),
    )


def is_readable(column: Any) -> bool:
    """Whether the user sees this column about themselves."""
    marked = column.info.get("auth")
    if column.primary_key or marked == "private" or column.name in OWN:
        return False
    if isinstance(column.type, sa.LargeBinary):
        return False
    return marked in ("public", "writable") or not looks_secret(column.name)


def looks_secret(name: str) -> bool:
    """Whether a column's name says that it holds a secret."""
    return any(word in name.casefold() for word in SECRET_WORDS)


def writable_columns(model: type[Any]) -> list[str]:
    """Names of the columns that their owner may set."""
    return [
        column.name
        for column in model.__table__.c
        if column.name not in FORBIDDEN
        and not column.primary_key
        and column.name not in ("email", "password_hash")
        and (
            column.info.get("auth") == "writable"
            or (column.name in users.PROFILE and not column.info.get("auth"))
        )
    ]


_ACCOUNT: Mapping[str, Any] = {
    "email": Email(required=True),
    "password": Password(required=True),
}


def _auto(model: type[Any], columns: list[str]) -> dict[str, Any]:
    """Fields for *columns*, by the names of the model's attributes."""
    options = type("Meta", (), {"model": model, "model_converter": Converter, "include_fk": True})
    schema = type("Auto", (SQLAlchemyAutoSchema,), {"Meta": options})()
    by_column = {
        prop.columns[0].name: prop.key
        for prop in model.__mapper__.column_attrs
        if hasattr(prop.columns[0], "name")
    }
    return {
        by_column[name]: schema.declared_fields[by_column[name]]
        for name in columns
        if by_column.get(name) in schema.fields
    }


_NAMES: Mapping[str, Any] = {"type": "array", "items": {"type": "string"}}


def _user_schema(model: type[Any], readable: list[str]) -> type[ma.Schema]:
    declared: dict[str, Any] = {
        "id": Computed(users.subject_of, metadata={"type": "string", "description": "Opaque."}),
        "email": fields.String(required=True, metadata={"format": "email"}),
        **_dumped(_auto(model, readable)),
        "role": Computed(
            _first_role, metadata={"type": ["string", "null"], "description": "The first of `roles`."}
        ),
        "roles": Computed(users.roles_of, metadata=_NAMES),
        "permissions": Computed(users.permissions_of, metadata=_NAMES),
    }
    return type("User", (Answer,), {**declared, "__doc__": UserSchema.__doc__})


def _dumped(auto: Mapping[str, Any]) -> dict[str, Any]:
    for field in auto.values():
        field.required = True
        field.load_default = ma.missing
        field.validators = [one for one in field.validators if not isinstance(one, validate.Length)]
    return dict(auto)


def _writable_schema(
    model: type[Any], columns: list[str], unknown: str, extra: Mapping[str, Any]
) -> type[ma.Schema]:
    fields_ = _auto(model, columns)
    for name, field in fields_.items():
        if isinstance(field, fields.String) and not any(
            isinstance(v, validate.Length) for v in field.validators
        ):
            field.validators.append(validate.Length(max=10_000))
        kind = model.__mapper__.get_property(name).columns[0].type
        if isinstance(field, fields.Integer):
            field.validators.append(_integers(kind))
        elif isinstance(field, DecimalText) and isinstance(kind, sa.Numeric) and kind.precision:
            field.validators.append(_decimals(kind))
    base = _Ignoring if unknown == "ignore" else _Strict
    stands_for = SignUpSchema if extra else ProfileSchema
    return type(stands_for.part, (base,), {**extra, **fields_, "__doc__": stands_for.__doc__})


def _integers(kind: Any) -> validate.Range:
    """What fits a column of whole numbers."""
    sizes = ((sa.BigInteger, 63), (sa.SmallInteger, 15))
    bits = next((bits for size, bits in sizes if isinstance(kind, size)), 31)
    return validate.Range(min=-(2**bits), max=2**bits - 1)


def _decimals(kind: sa.Numeric[Any]) -> validate.Range:
    """What fits a column of decimal numbers: so many digits before the point."""
    bound = Decimal(10) ** ((kind.precision or 0) - (kind.scale or 0))
    return validate.Range(min=-bound, max=bound, min_inclusive=False, max_inclusive=False)


class _Strict(ma.Schema):
    class Meta:
        unknown = ma.RAISE


class _Ignoring(ma.Schema):
    """Drops what it does not know, but never what nobody may set about themselves."""

    class Meta:
        unknown = ma.EXCLUDE

    @ma.validates_schema(pass_original=True)
    def refuse_privileged(self, data: Any, original: Any, **kwargs: Any) -> None:
        known = set(self.fields)
        named = [name for name in original if name in FORBIDDEN and name not in known]
        if named:
            raise ValidationError({name: ["Unknown field."] for name in named})


def warnings_about(model: type[Any]) -> list[str]:
    """A sentence for each column that is kept back because of its name alone."""
    return [
        f"The column {column.name!r} looks like a secret and is not sent. "
        'Mark it info={"auth": "private"}, or info={"auth": "public"} to send it.'
        for column in model.__table__.c
        if looks_secret(column.name) and "auth" not in column.info and column.name != "password_hash"
    ]


__all__ = [
    "PLACEHOLDERS",
    "Answer",
    "Email",
    "Flag",
    "Moment",
    "Password",
    "ProfileSchema",
    "SignUpSchema",
    "Text",
    "UserSchema",
    "own",
]
