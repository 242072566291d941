"""The user: the host's model or ours, what it must have, and how one is found."""

import unicodedata
from collections.abc import Sequence
from types import SimpleNamespace
from typing import Any, NamedTuple, cast

import sqlalchemy as sa
from email_validator import EmailNotValidError, validate_email
from flask import has_request_context, request
from flask_sqlalchemy import SQLAlchemy

from flask_headless_auth import clock, database
from flask_headless_auth.state import State, state

db: SQLAlchemy = SQLAlchemy()
"""The database object of applications that bring none of their own."""


class UserMixin:
    """The columns that an account needs; a model built on it adds its own, or overrides any."""

    id = sa.Column(sa.Integer, primary_key=True)
    email = sa.Column(
        sa.String(255), unique=True, nullable=False, index=True, doc="Address, in canonical form."
    )
    password_hash = sa.Column(sa.String(1024))
    is_verified = sa.Column(sa.Boolean, default=False, nullable=False)
    is_active = sa.Column(sa.Boolean, default=True, nullable=False)
    mfa_enabled = sa.Column(sa.Boolean, default=False, nullable=False)
    provider = sa.Column(sa.String(50), default="local", nullable=False)
    created_at = sa.Column(database.Moment, default=clock.now)
    updated_at = sa.Column(database.Moment, default=clock.now, onupdate=clock.now)


REQUIRED: dict[str, tuple[sa.Column[Any], str]] = {
    "email": (sa.Column("email", sa.String(255), nullable=False), "String(255), unique=True, nullable=False"),
    "password_hash": (sa.Column("password_hash", sa.String(1024)), "String(1024)"),
    "is_verified": (sa.Column("is_verified", sa.Boolean, nullable=False), "Boolean, default=False"),
    "is_active": (sa.Column("is_active", sa.Boolean, nullable=False), "Boolean, default=True"),
    "mfa_enabled": (sa.Column("mfa_enabled", sa.Boolean, nullable=False), "Boolean, default=False"),
    "provider": (sa.Column("provider", sa.String(50), nullable=False), "String(50), default='local'"),
}
"""Columns that sign-in needs: how the database declares them, and how a person does."""

_DEFAULTS = {"is_verified": "FALSE", "is_active": "TRUE", "mfa_enabled": "FALSE", "provider": "'local'"}

PROFILE = (
    "first_name", "last_name", "username", "phone_number", "bio", "occupation", "date_of_birth", "address",
    "city", "state", "country", "zip_code", "locale", "timezone",
)  # fmt: skip
"""Columns that their owner may write wherever the model has them."""


def default_model(database_object: SQLAlchemy) -> type[Any]:
    """The built-in `User` on *database_object*, made once for it.

    Raises:
        ValueError: the application has a model of its own on the table `users`.
    """
    info = database_object.metadata.info
    if "flask_headless_auth.user" not in info:
        if "users" in database_object.metadata.tables:
            raise ValueError("The table 'users' has a model already. Pass it: AuthSvc(app, user_model=User).")
        body: dict[str, Any] = {
            "__tablename__": "users",
            "__doc__": "The built-in user.",
            "__module__": __name__,
            **{name: sa.Column(sa.String(size)) for name, size in _DEFAULT_PROFILE.items()},
        }
        info["flask_headless_auth.user"] = type("User", (database_object.Model, UserMixin), body)
    return cast(type[Any], info["flask_headless_auth.user"])


_DEFAULT_PROFILE = {"first_name": 100, "last_name": 100, "phone_number": 32, "locale": 16, "timezone": 64}


def model_problems(model: type[Any], dialect: sa.Dialect) -> list[str]:
    """What a user model lacks, as one message that says how to mend it; empty when it is complete.

    Only the table's columns are looked at: mappers are not configured before the host has defined all.
    """
    table = getattr(model, "__table__", None)
    if not isinstance(model, type) or table is None:
        return [f"The user model {getattr(model, '__name__', repr(model))} is not mapped to a table."]
    keys = list(table.primary_key.columns)
    if len(keys) != 1:
        return [f"The user model {model.__name__} needs a primary key of one column, not {len(keys)}."]
    missing = [name for name in REQUIRED if name not in table.columns]
    if not missing:
        return []
    fields = "\n".join(f"  - {name}: {REQUIRED[name][1]}" for name in missing)
    quoted = dialect.identifier_preparer.format_table(table)
    alters = "\n".join(f"  ALTER TABLE {quoted} ADD COLUMN {_ddl(name, dialect)};" for name in missing)
    this = "this field" if len(missing) == 1 else "these fields"
    return [
        "❌ USER MODEL SCHEMA VALIDATION FAILED\n"
        f"Your custom User model '{model.__name__}' is missing required fields:\n{fields}\n"
        f"  \nAdd {this} to your model and run migration:\n{alters}"
    ]


def _ddl(name: str, dialect: sa.Dialect) -> str:
    column = REQUIRED[name][0]
    kind = "BOOLEAN" if isinstance(column.type, sa.Boolean) else column.type.compile(dialect=dialect)
    null = "" if column.nullable else " NOT NULL"
    default = f" DEFAULT {_DEFAULTS[name]}" if name in _DEFAULTS else ""
    return f"{dialect.identifier_preparer.quote(name)} {kind}{null}{default}"


def canonical_email(address: str) -> str:
    """The one form in which an address is stored, compared and counted: NFC, lower case, IDN as A-label.

    Raises:
        ValueError: it is not one e-mail address; the message is fit for a person.
    """
    try:
        # Reserved names such as .test are nobody's: mail to them goes nowhere, so they harm nobody.
        checked = validate_email(address.strip(), check_deliverability=False, test_environment=True)
    except (EmailNotValidError, UnicodeError) as problem:
        raise ValueError(str(problem) or "This is not an e-mail address.") from None
    local = unicodedata.normalize("NFC", checked.local_part.lower())
    domain = checked.ascii_domain.lower()
    if len(f"{local}@{domain}") > 254:
        raise ValueError("This e-mail address is too long.")
    return f"{local}@{domain}"


def masked_email(address: str) -> str:
    """An address that its owner recognises and nobody else reads: `a•••@example.com`."""
    local, _, domain = address.rpartition("@")
    return f"{local[:1]}•••@{domain}"


def by_email(address: str) -> Any | None:
    """The user with this address, or None. Compared plainly in canonical form, so that the index serves.

    A collation that finds á where a is asked for finds another person: the row must say what was asked.
    """
    try:
        canonical = canonical_email(address)
    except ValueError:
        return None
    found = _one(state().user_model.__table__.c.email == canonical)
    return found if found is not None and found.email == canonical else None


def by_username(name: str) -> Any | None:
    """The user with this user name, or None, as where the model has no such column."""
    columns = state().user_model.__table__.c
    found = _one(columns.username == name) if "username" in columns else None
    return found if found is not None and found.username == name else None


def by_id(identity: Any) -> Any | None:
    """The user with this primary key, or None."""
    current = state()
    return current.db.session.get(current.user_model, identity)


def locked(identity: Any) -> Any | None:
    """The user with this primary key as the database has it now, locked until the open transaction ends.

    What decides over an account takes this lock first, so that no two such things wait for each other. None
    for a key of None.
    """
    if identity is None:
        return None
    current = state()
    model = current.user_model
    # Of the user's table alone: a host's model may join others, and PostgreSQL locks no outer join.
    return current.db.session.get(model, identity, populate_existing=True, with_for_update={"of": model})


class Seen(SimpleNamespace):
    """A user as the check of the session saw it: to show, never to change.

    It has the model's columns as attributes, and `granted_roles`.
    """


_WANTED, _SEEN = "flask_headless_auth.user_wanted", "flask_headless_auth.user_seen"


def want() -> None:
    """Let the check of this request's session bring the user along, so that no second query is needed."""
    request.environ[_WANTED] = True


def is_wanted() -> bool:
    """Whether somebody asked for that."""
    return has_request_context() and _WANTED in request.environ


def see(rows: Sequence[Any]) -> None:
    """Keep what a query with `beside` brought: a row for each role."""
    granted = [row.auth_granted_role for row in rows if row.auth_granted_role is not None]
    request.environ[_SEEN] = Seen(**rows[0]._asdict(), granted_roles=granted)


def seen() -> Seen | None:
    """The user whom the check of this request's session brought along, if it did."""
    return cast("Seen | None", request.environ.get(_SEEN))


def beside(ours: State, query: sa.Select[Any]) -> sa.Select[Any]:
    """A query on the user's table with all columns of the user, by the model's attributes, and the roles."""
    mapper, columns = ours.user_model.__mapper__, ours.user_model.__table__.c
    query = query.add_columns(*(one.label(mapper.get_property_by_column(one).key) for one in columns))
    for feature in ours.features:
        if feature.roles_beside is not None:
            query = feature.roles_beside(ours, query)
    return query


def _one(condition: Any) -> Any | None:
    current = state()
    return current.db.session.scalars(sa.select(current.user_model).where(condition)).one_or_none()


class Key(NamedTuple):
    """The primary key of an application's users: its column, the model's attribute, its Python type."""

    column: sa.Column[Any]
    attribute: str
    kind: type[Any]


def _key(ours: State) -> Key:
    (column,) = ours.user_model.__table__.primary_key.columns
    return Key(column, ours.user_model.__mapper__.get_property_by_column(column).key, column.type.python_type)


def key_column() -> sa.Column[Any]:
    """The primary key of the user's table."""
    return database.prepared(_key).column


def key_of(user: Any) -> Any:
    """A user's primary key, in its own Python type."""
    return getattr(user, database.prepared(_key).attribute)


def _attribute(column: sa.Column[Any]) -> Any:
    model = state().user_model
    return getattr(model, model.__mapper__.get_property_by_column(column).key)


def subject_of(user: Any) -> str:
    """A user's `sub`: the primary key as text."""
    return str(key_of(user))


def by_subject(subject: str) -> Any:
    """A `sub` as the primary key's own Python type: 7, a UUID, or the text itself.

    Raises:
        ValueError: no key of this type is written so.
    """
    kind = database.prepared(_key).kind
    value = subject if kind is str else kind(subject)
    if str(value) != subject or (isinstance(value, int) and abs(value) >= 2**63):
        raise ValueError("not the way a key is written")
    return value


def password_hash_now(user: Any) -> str | None:
    """A user's stored hash as it is at this moment, locked until the open transaction ends.

    Verifying takes long enough for the password to change meanwhile; what counts is what is stored now.
    """
    column = _attribute(state().user_model.__table__.c.password_hash)
    query = sa.select(column).where(_attribute(key_column()) == key_of(user)).with_for_update()
    return cast("str | None", state().db.session.execute(query).scalar_one_or_none())


def roles_of(user: Any) -> list[str]:
    """The names of a user's roles, the one called `user.role` first."""
    names: list[str] = []
    for feature in state().features:
        if feature.roles is not None:
            names.extend(name for name in feature.roles(user) if name not in names)
    return names


def permissions_of(user: Any) -> list[str]:
    """The names of a user's permissions, sorted."""
    grants = [feature.grants(user) for feature in state().features if feature.grants is not None]
    return sorted({name for granted in grants for name in granted})


def erase(user: Any) -> dict[str, int]:
    """Erase a user and what the features keep about them, in the open transaction; answers what went."""
    report: dict[str, int] = {}
    for feature in state().features:
        if feature.forget is not None:
            for what, count in feature.forget(user).items():
                report[what] = report.get(what, 0) + count
    session = state().db.session
    session.delete(user)
    session.flush()
    return report


def is_taken(column: str, value: Any, *, except_for: Any = None) -> bool:
    """Whether somebody else has this value in a unique column. Constraints decide races, this the message."""
    if value is None:
        return False
    # By the model's attributes, not the table's columns: Flask-SQLAlchemy finds the bind by the model.
    query = sa.select(_attribute(key_column())).limit(1)
    query = query.where(_attribute(state().user_model.__table__.c[column]) == value)
    if except_for is not None:
        query = query.where(_attribute(key_column()) != key_of(except_for))
    return state().db.session.execute(query).first() is not None


def unique_columns() -> Sequence[str]:
    """Names of the columns that must differ between users, besides the key."""
    table = state().user_model.__table__
    names = {column.name for column in table.c if column.unique}
    for constraint in [*table.constraints, *table.indexes]:
        columns = list(getattr(constraint, "columns", ()))
        unique = isinstance(constraint, sa.UniqueConstraint) or getattr(constraint, "unique", False)
        if unique and len(columns) == 1:
            names.add(columns[0].name)
    return sorted(names)
