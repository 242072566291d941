"""Make accounts."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from sqlalchemy.exc import IntegrityError

from flask_headless_auth import clock, contract, limits, user_schemas, users
from flask_headless_auth.database import emit, once_more, transaction
from flask_headless_auth.errors import Conflict, EmailTaken, UsernameTaken
from flask_headless_auth.feature import Proof
from flask_headless_auth.features.email import logic as confirmation
from flask_headless_auth.features.password import logic as password_rules
from flask_headless_auth.features.signin import logic as signin
from flask_headless_auth.features.signup.events import SignedUp
from flask_headless_auth.passwords import Hashing
from flask_headless_auth.state import part, state


def sign_up(*, email: str, password: str, **profile: Any) -> dict[str, Any]:
    """A new account, signed in; or, where addresses are confirmed first, the same answer for every address.

    Raises:
        WeakPassword: the password is too easy to guess.
        EmailTaken, UsernameTaken, Conflict: somebody has this already.
        TooManyRequests: too many sign-ups with this address.
        MailMissing, PublicUrlMissing: the address must be confirmed, and no mail can go out.
    """
    password_rules.check(
        password, about=[email, *(str(one) for one in profile.values() if isinstance(one, str))]
    )
    refuse_taken(profile)
    make = _confirmed_first if confirmation.is_required() else _signed_in
    return make(email, password, profile)


def _signed_in(email: str, password: str, profile: Mapping[str, Any]) -> dict[str, Any]:
    refuse_taken({"email": email})
    values = {"email": email, "password_hash": part(Hashing).hash(password), **profile}
    return open_account(values, [Proof(signin.PASSWORD, clock.timestamp())])


def open_account(
    values: Mapping[str, Any],
    proofs: Sequence[Proof],
    *,
    with_it: Callable[[Any], object] = lambda user: None,
) -> dict[str, Any]:
    """A new account with these columns, through the one door; *with_it* adds what comes along with it.

    Its address is confirmed later: not for where that must come first.

    Raises:
        EmailTaken, UsernameTaken, Conflict: somebody has this already.
    """

    def make() -> dict[str, Any]:
        with transaction():
            user = add(**values)
            with_it(user)
            # Behind the flush: whoever left this address a moment ago has written that it is kept by now.
            if confirmation.is_kept(values["email"]):
                raise EmailTaken
            emit(SignedUp(user=user))
            confirmation.ask(user)
            return signin.finish(user, proofs)

    try:
        return once_more(make)
    except IntegrityError:
        # Two sign-ups at once: the unique index let one through.
        refuse_taken(values)
        raise Conflict from None


def _confirmed_first(email: str, password: str, profile: Mapping[str, Any]) -> dict[str, Any]:
    """Free, unconfirmed and confirmed addresses cost the same: one hash, and as many statements."""
    # Each of them sends a mail to an address whose owner nobody has asked.
    limits.count("signup_account", f"email:{email}")
    confirmation.need_mail()
    hashed = confirmation.hash_for(email, password)
    try:
        once_more(lambda: _claim(email, hashed, profile))
    except EmailTaken:
        once_more(lambda: _claim(email, hashed, profile, is_free=False))
    except IntegrityError:
        # Somebody else signed up at the same moment: with this address, which is seen now, or with a name.
        refuse_taken(profile)
        once_more(lambda: _claim(email, hashed, profile))
    return confirmation.answer(email)


def _claim(email: str, hashed: str, profile: Mapping[str, Any], *, is_free: bool = True) -> None:
    """An account, where nobody has the address; otherwise the sign-up waits, and its owner is asked.

    Raises:
        EmailTaken: nobody has the address, and it is kept for somebody.
    """
    now, later = _split(profile)
    with transaction():
        owner = users.by_email(email)
        is_free = is_free and owner is None
        made = add(email=email, password_hash=hashed, **now) if is_free else None
        if confirmation.is_kept(email) and made is not None:
            raise EmailTaken
        if made is not None:
            emit(SignedUp(user=made))
            confirmation.ask(made, later)
        else:
            confirmation.wait(email, owner, hashed, profile)


def _split(profile: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """What an account has at once, and what it gets when its address is confirmed.

    A name that only one can have, taken at once, would tell a free address, whose account takes it, from one
    that somebody has.
    """
    columns = state().user_model.__table__.c
    unique = {name for name in users.unique_columns() if columns[name].nullable}
    return (
        {name: value for name, value in profile.items() if name not in unique},
        {name: value for name, value in profile.items() if name in unique},
    )


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


def refuse_taken(values: Mapping[str, Any]) -> None:
    """Refuse what must be one's own and somebody has.

    Raises:
        EmailTaken, UsernameTaken, Conflict: as they say.
    """
    for column in {"email", *users.unique_columns()} & set(values):
        if users.is_taken(column, values[column]):
            raise _TAKEN[column]() if column in _TAKEN else Conflict(f"This {column} is taken.")


_TAKEN: Mapping[str, type[Conflict]] = {"email": EmailTaken, "username": UsernameTaken}


def public() -> dict[str, Any]:
    """The sign-up form as JSON Schema, for front ends that draw it."""
    document = part(contract.Api).document()
    schema = document["components"]["schemas"][user_schemas.SignUpSchema.part]
    return {"sign_up": schema}
