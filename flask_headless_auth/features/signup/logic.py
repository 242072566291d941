"""Make accounts."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from sqlalchemy.exc import IntegrityError

from flask_headless_auth import clock, contract, user_schemas, users
from flask_headless_auth.database import emit, once_more, transaction
from flask_headless_auth.errors import Conflict, EmailTaken, UsernameTaken
from flask_headless_auth.feature import Proof
from flask_headless_auth.features.password import logic as password_rules
from flask_headless_auth.features.signin import logic as signin
from flask_headless_auth.features.signup.events import SignedUp
from flask_headless_auth.passwords import Hashing
from flask_headless_auth.state import part, state


def sign_up(*, email: str, password: str, **profile: Any) -> dict[str, Any]:
    """A new account, signed in.

    Raises:
        WeakPassword: the password is too easy to guess.
        EmailTaken, UsernameTaken, Conflict: somebody has this already.
    """
    password_rules.check(
        password, about=[email, *(str(one) for one in profile.values() if isinstance(one, str))]
    )
    refuse_taken(email, profile)
    values = {"email": email, "password_hash": part(Hashing).hash(password), **profile}
    return open_account(values, [Proof(signin.PASSWORD, clock.timestamp())])


def open_account(
    values: Mapping[str, Any],
    proofs: Sequence[Proof],
    *,
    with_it: Callable[[Any], object] = lambda user: None,
) -> dict[str, Any]:
    """A new account with these columns, through the one door; *with_it* adds what comes along with it.

    Raises:
        EmailTaken, UsernameTaken, Conflict: somebody has this already.
    """

    def make() -> dict[str, Any]:
        with transaction():
            user = add(**values)
            with_it(user)
            emit(SignedUp(user=user))
            return signin.finish(user, proofs)

    try:
        return once_more(make)
    except IntegrityError:
        # Two sign-ups at once: the unique index let one through.
        refuse_taken(values["email"], values)
        raise Conflict from None


def add(**values: Any) -> Any:
    """A new user in the open transaction; what the model declares no default for gets the safe one."""
    current = state()
    columns = current.user_model.__table__.c
    safe: Mapping[str, Any] = {
        "is_verified": False, "is_active": True, "mfa_enabled": False, "provider": "local",
    }  # fmt: skip
    defaults = {name: value for name, value in safe.items() if columns[name].default is None}
    user = current.user_model(**{**defaults, **values})
    current.db.session.add(user)
    current.db.session.flush()
    return user


def refuse_taken(email: str, profile: Mapping[str, Any]) -> None:
    """Refuse an address, or another value that must be one's own, that somebody has.

    Raises:
        EmailTaken, UsernameTaken, Conflict: somebody has this already.
    """
    if users.is_taken("email", email):
        raise EmailTaken
    for column in users.unique_columns():
        if users.is_taken(column, profile.get(column)):
            raise (UsernameTaken() if column == "username" else Conflict(f"This {column} is taken."))


def public() -> dict[str, Any]:
    """The sign-up form as JSON Schema, for front ends that draw it."""
    document = part(contract.Api).document()
    schema = document["components"]["schemas"][user_schemas.SignUpSchema.part]
    return {"sign_up": schema}
