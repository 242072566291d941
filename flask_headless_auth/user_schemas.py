"""The user on the wire: schemas that follow the columns of each application's own model.

Views name the placeholders `UserSchema`, `SignUpSchema` and `ProfileSchema`; at the first request or spec
each application gets its own, built by marshmallow-sqlalchemy from its model.
"""

from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any, ClassVar

import marshmallow as ma
import sqlalchemy as sa
from marshmallow import ValidationError, fields, validate
from marshmallow_sqlalchemy import SQLAlchemyAutoSchema

from flask_headless_auth import users
from flask_headless_auth.settings import CoreSettings
from flask_headless_auth.state import State, state
from flask_headless_auth.wire import Answer, Converter, DecimalText, Email, Password

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


class PasskeySignUpSchema(AppSchema):
    """A new account without a password: e-mail and the profile fields of the model."""

    part = "PasskeySignUpRequest"


class ProfileSchema(AppSchema):
    """The profile fields that their owner may change."""

    part = "ProfileUpdate"


PLACEHOLDERS: tuple[type[AppSchema], ...] = (UserSchema, SignUpSchema, PasskeySignUpSchema, ProfileSchema)


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
        SignUpRequest=_writable_schema(current.user_model, writable, unknown, SignUpSchema, _ACCOUNT)(),
        PasskeySignUpRequest=_writable_schema(
            current.user_model, writable, unknown, PasskeySignUpSchema, {"email": Email(required=True)}
        )(),
        ProfileUpdate=_writable_schema(current.user_model, writable, unknown, ProfileSchema, {})(
            partial=True
        ),
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


class _FollowsFromRoles(fields.String):
    """`role`: never read from the user, whose own attribute would ask the database again."""

    _CHECK_ATTRIBUTE = False

    def _serialize(self, value: Any, attr: str | None, obj: Any, **kwargs: Any) -> None:
        return None


class Computed(fields.Function):
    """A member of an answer that is worked out from the user; always there."""

    def __init__(self, compute: Callable[[Any], Any], *, metadata: Mapping[str, Any]) -> None:
        super().__init__(compute, required=True, metadata=metadata)
        # Answers are never read back, and `readOnly` would give typed clients two types for one user.
        self.dump_only = False


_NAMES: Mapping[str, Any] = {"type": "array", "items": {"type": "string"}}


def _user_schema(model: type[Any], readable: list[str]) -> type[ma.Schema]:
    declared: dict[str, Any] = {
        "id": Computed(users.subject_of, metadata={"type": "string", "description": "Opaque."}),
        "email": fields.String(required=True, metadata={"format": "email"}),
        **_dumped(_auto(model, readable)),
        "role": _FollowsFromRoles(
            required=True, allow_none=True, metadata={"description": "The first of `roles`."}
        ),
        "roles": Computed(users.roles_of, metadata=_NAMES),
        "permissions": Computed(users.permissions_of, metadata=_NAMES),
    }
    return type("User", (_User,), {**declared, "__doc__": UserSchema.__doc__})


class _User(Answer):
    @ma.post_dump
    def name_the_first_role(self, data: dict[str, Any], **kwargs: Any) -> dict[str, Any]:
        """`role` follows from `roles`, which are read once."""
        data["role"] = next(iter(data["roles"]), None)
        return data


def _dumped(auto: Mapping[str, Any]) -> dict[str, Any]:
    for field in auto.values():
        field.required = True
        field.load_default = ma.missing
        field.validators = [one for one in field.validators if not isinstance(one, validate.Length)]
    return dict(auto)


def _writable_schema(
    model: type[Any],
    columns: list[str],
    unknown: str,
    stands_for: type[AppSchema],
    extra: Mapping[str, Any],
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
            field.validators.append(_Digits(kind))
    base = _Ignoring if unknown == "ignore" else _Strict
    return type(stands_for.part, (base,), {**extra, **fields_, "__doc__": stands_for.__doc__})


def _integers(kind: Any) -> validate.Range:
    """What fits a column of whole numbers."""
    sizes = ((sa.BigInteger, 63), (sa.SmallInteger, 15))
    bits = next((bits for size, bits in sizes if isinstance(kind, size)), 31)
    return validate.Range(min=-(2**bits), max=2**bits - 1)


class _Digits(validate.Validator):
    """A decimal number that its column holds: so many digits before the point. Not a bound in JSON Schema."""

    def __init__(self, kind: sa.Numeric[Any]) -> None:
        self.bound = Decimal(10) ** ((kind.precision or 0) - (kind.scale or 0))

    def __call__(self, value: Decimal) -> Decimal:
        if abs(value) >= self.bound:
            raise ValidationError(f"Must be between -{self.bound} and {self.bound}.")
        return value


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
