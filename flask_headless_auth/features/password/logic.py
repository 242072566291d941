"""Change and reset passwords, and what is asked of a new one."""

from collections.abc import Callable, Iterable
from typing import Any

from flask_headless_auth import clock, limits, links, users
from flask_headless_auth.database import emit, once_more, transaction
from flask_headless_auth.errors import InvalidCredentials, ResetLinkExpired, ValidationFailed, WeakPassword
from flask_headless_auth.features.email import logic as addresses
from flask_headless_auth.features.mail import logic as mail
from flask_headless_auth.features.password.events import PasswordChanged, PasswordReset
from flask_headless_auth.features.sessions import logic as sessions
from flask_headless_auth.features.signin.events import SignInFailed
from flask_headless_auth.features.vouchers import logic as vouchers
from flask_headless_auth.guards import authenticate, signed_in_user, step_up_required
from flask_headless_auth.passwords import Hashing, Policy
from flask_headless_auth.settings import CoreSettings, PasswordSettings
from flask_headless_auth.state import part, settings, state

RESET, MAGIC_LINK = "reset", "magic_link"
"""Purposes of the vouchers that a reset uses up: its own links, and those that sign in by the mailbox."""

OWN_PAGE = "/reset-password/{token}"


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


def ways_in(user: Any) -> int:
    """One where the account has a password, else none."""
    return int(bool(user.password_hash))


def _words_about(user: Any) -> list[str]:
    columns = [name for name in users.PROFILE if name in type(user).__table__.c]
    values = [user.email, *(getattr(user, name, None) for name in columns)]
    return [value for value in values if isinstance(value, str) and value]


def request_reset(*, email: str, redirect_url: str | None = None) -> None:
    """Send a reset link to an address. The same work whether an account has it or not.

    The link leads to *redirect_url* with `token` in its query, else to the front end's page or ours. An older
    link to the same address stops working.

    Raises:
        ValidationFailed: links may not lead to *redirect_url*.
        MailMissing, PublicUrlMissing: no mail can go out, or nobody said where its link leads.
        TooManyRequests: too many of these mails to this address.
    """
    links.check(redirect_url, "redirect_url")
    _need_mail(redirect_url)
    limits.count("reset_account", email)
    once_more(lambda: _request(email, redirect_url))


def _request(email: str, redirect_url: str | None) -> None:
    with transaction():
        user = users.by_email(email)
        _send(email, user if user is not None and user.is_active is True else None, redirect_url)


def start_reset(user: Any) -> None:
    """Send *user* a reset link, in the open transaction.

    Raises:
        MailMissing, PublicUrlMissing: no mail can go out, or nobody said where its link leads; nothing has
            been written.
    """
    _need_mail()
    _send(user.email, user)


def _need_mail(redirect_url: str | None = None) -> None:
    mail.need()
    _link("", redirect_url)


def _link(token: str, redirect_url: str | None = None) -> str:
    if redirect_url is not None:
        return links.with_query(redirect_url, token=token)
    return links.to_page(settings(PasswordSettings).reset_path, OWN_PAGE, token=token)


def _send(address: str, user: Any, redirect_url: str | None = None) -> None:
    """The link to an address; for nobody it is a decoy, which costs the same and goes nowhere."""
    life = settings(PasswordSettings).reset_ttl
    vouchers.void_for(address, RESET)
    issued = vouchers.issue(RESET, life, {"email": address}, user=user, address=address)
    mail.queue(
        "reset_password",
        address,
        {"link": _link(issued.token, redirect_url), "minutes": str(int(life.total_seconds() // 60))},
        user=user,
        expires_at=clock.now() + life,
        is_decoy=user is None,
    )


def reset(token: str, *, password: str) -> None:
    """Choose a new password with the token of a link. Every session ends, and nobody is signed in.

    On an account whose address was never confirmed every other credential is dropped.

    Raises:
        ResetLinkExpired: the link is used, over or forged, or the address is not the account's any more.
        WeakPassword: the password is too easy to guess; the link still works.
    """
    with transaction():
        about = _words_about(_owner(token, users.by_id))
    check(password, about=about)
    hashed = part(Hashing).hash(password)
    once_more(lambda: _reset(token, hashed))


def _reset(token: str, hashed: str) -> None:
    with transaction():
        user = _owner(token, users.locked)
        if vouchers.redeem(RESET, token) is None:
            raise ResetLinkExpired
        addresses.prove(user)
        user.password_hash = hashed
        vouchers.void(user, RESET, MAGIC_LINK)
        sessions.revoke_others(user, None, "password_reset")
        emit(PasswordReset(user=user))


def can_reset(token: str) -> bool:
    """Whether a link works at this moment; looking does not use it."""
    try:
        _owner(token, users.by_id)
    except ResetLinkExpired:
        return False
    return True


def _owner(token: str, find: Callable[[Any], Any]) -> Any:
    """Whose password a link resets: an active account whose address is still the one that it was sent to."""
    standing = vouchers.look(RESET, token)
    if standing is None or standing.is_used or standing.user_id is None:
        raise ResetLinkExpired
    user = find(standing.user_id)
    if user is None or user.is_active is not True or user.email != standing.content["email"]:
        raise ResetLinkExpired
    return user


def disown(user: Any) -> dict[str, int]:
    """Drop the user's password: it is not the address's owner's."""
    had_one = bool(user.password_hash)
    user.password_hash = None
    return {"passwords": int(had_one)}


def public() -> dict[str, Any]:
    """The rules that a form can check by itself."""
    rules = settings(PasswordSettings)
    return {"password": {"min_length": rules.min_length, "max_length": rules.max_length}}
