"""Change passwords, and what is asked of a new one."""

from collections.abc import Iterable
from typing import Any

from flask_headless_auth import clock, limits, users
from flask_headless_auth.database import emit, transaction
from flask_headless_auth.errors import InvalidCredentials, ValidationFailed, WeakPassword
from flask_headless_auth.features.password.events import PasswordChanged
from flask_headless_auth.features.sessions import logic as sessions
from flask_headless_auth.features.signin.events import SignInFailed
from flask_headless_auth.guards import authenticate, signed_in_user, step_up_required
from flask_headless_auth.passwords import Hashing, Policy
from flask_headless_auth.settings import CoreSettings, PasswordSettings
from flask_headless_auth.state import part, settings, state


def check(password: str, *, about: Iterable[str] = (), field: str = "password") -> None:
    """Refuse a new password that is too easy to guess.

    Raises:
        WeakPassword: with every reason.
    """
    problems = part(Policy).problems(password, about=about, is_breached=state().hooks.get("is_breached"))
    if problems:
        raise WeakPassword(errors={field: problems})


def update(*, new_password: str, current_password: str | None = None) -> None:
    """Change the signed-in user's password; all other sessions end.

    Raises:
        InvalidCredentials: the current password is wrong.
        StepUpRequired: the account has no password, and the sign-in is not fresh.
        WeakPassword: the new one is too easy to guess.
    """
    claims, user = authenticate(), signed_in_user()
    stored = user.password_hash
    _prove(user, claims["sub"], claims["auth_time"], current_password)
    check(new_password, about=_words_about(user), field="new_password")
    hashed = part(Hashing).hash(new_password)
    with transaction():
        if users.password_hash_now(user) != stored:
            raise InvalidCredentials("The password was changed meanwhile.")
        was_first = not stored
        user.password_hash = hashed
        emit(PasswordChanged(user=user, was_first=was_first))
        sessions.revoke_others(user, claims["sid"], "password_changed")


def _prove(user: Any, user_id: Any, auth_time: int, current: str | None) -> None:
    if not user.password_hash:
        max_age = int(settings(CoreSettings).step_up_max_age.total_seconds())
        if auth_time + max_age < clock.timestamp():
            raise step_up_required(max_age)
        return
    if current is None:
        raise ValidationFailed(errors={"current_password": ["Missing data for required field."]})
    account = f"user:{user_id}"
    limits.count("password_account", account)
    if not part(Hashing).verify(current, user.password_hash).matches:
        with transaction():
            emit(SignInFailed(user=user, method="pwd"))
        raise InvalidCredentials("The current password is wrong.")
    limits.refund("password_account", account)


def _words_about(user: Any) -> list[str]:
    columns = [name for name in users.PROFILE if name in type(user).__table__.c]
    values = [user.email, *(getattr(user, name, None) for name in columns)]
    return [value for value in values if isinstance(value, str) and value]


def ways_in(user: Any) -> int:
    """One where the account has a password."""
    return 1 if users.password_hash_now(user) else 0


def public() -> dict[str, Any]:
    """The rules that a form can check by itself."""
    rules = settings(PasswordSettings)
    return {"password": {"min_length": rules.min_length, "max_length": rules.max_length}}
