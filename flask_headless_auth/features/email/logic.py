"""Confirm addresses, prove whose they are, and change them.

A confirmation voucher says what confirming does to the account besides: `drops` whether all other credentials
go, `password_hash` and `profile` what takes their place. A sign-up's own link drops nothing. The link of a
second sign-up with the same address replaces the first one's credentials by its own.
"""

import hmac
import logging
from collections.abc import Mapping
from typing import Any

import marshmallow as ma
from sqlalchemy.exc import IntegrityError

from flask_headless_auth import cookies, limits, user_schemas, users
from flask_headless_auth.database import emit, once_more, transaction
from flask_headless_auth.errors import (
    ConfirmationLinkExpired,
    EmailChangeLinkExpired,
    EmailTaken,
    MailMissing,
    PublicUrlMissing,
    ValidationFailed,
)
from flask_headless_auth.features.email import letters
from flask_headless_auth.features.email.events import (
    EmailChanged,
    EmailChangeRequested,
    EmailConfirmed,
    SignUpDenied,
)
from flask_headless_auth.features.email.letters import AGAIN, CHANGE, CONFIRM
from flask_headless_auth.features.email.settings import EmailSettings
from flask_headless_auth.features.vouchers import logic as vouchers
from flask_headless_auth.guards import authenticate, signed_in_user
from flask_headless_auth.passwords import Hashing
from flask_headless_auth.state import part, settings, state
from flask_headless_auth.vault import Vault

log = logging.getLogger("flask_headless_auth")

KEPT = "revert"
"""The purpose of the vouchers that keep an address for the account that had it."""

TO_AN_ADDRESS = (CONFIRM, AGAIN, CHANGE, "reset", "magic_link")
"""Purposes of links that prove nothing any more once the address they were sent to is another one."""


class Told:
    """Marks that the log of this process says that addresses are not confirmed."""


def is_required() -> bool:
    """Whether nobody is signed in before their address is confirmed."""
    return settings(EmailSettings).require_verification


def is_kept(address: str, *, except_for: Any = None) -> bool:
    """Whether an address that no account has is kept for the account that had it a short while ago."""
    return vouchers.keeps(KEPT, address, except_for=except_for)


def ask(user: Any, profile: Mapping[str, Any] | None = None) -> None:
    """Ask by mail whether the address of a new account is its user's own, in the open transaction.

    *profile* is given to the account once it is. Where no mail can go out, nothing is asked.
    """
    try:
        letters.need()
    except (MailMissing, PublicUrlMissing) as problem:
        if state().parts.setdefault(Told, problem) is problem:
            log.warning("Addresses of new accounts are not confirmed: %s %s", problem.detail, problem.mend)
        return
    content = {"email": user.email, "drops": False, "profile": _dumped(profile or {})}
    letters.confirmation(CONFIRM, user.email, content, user=user)


def need_mail() -> None:
    """Refuse an operation that is nothing without a mail and a link.

    Raises:
        MailMissing, PublicUrlMissing: there can be none.
    """
    letters.need()


def hash_for(address: str, password: str) -> str:
    """The hash of a password that is chosen for an address: the same each time.

    One hash then tells whether any of the sign-ups that wait for the address has this password. The salt is a
    secret of the server's and another one for each address.
    """
    salt = bytes.fromhex(part(Vault).mark("password", address))[:16]
    return part(Hashing).hash(password, salt=salt)


def wait(address: str, owner: Any, password_hash: str, profile: Mapping[str, Any]) -> None:
    """Let a sign-up with an address that is not free wait for its confirmation, in the open transaction.

    Where the account of *owner* was never confirmed, the link in the mail replaces its credentials by these.
    Where it was, its owner is told, and what waits will never be anything. The same work for both.
    """
    user = users.locked(users.key_of(owner)) if owner is not None else None
    content = {
        "email": address,
        "drops": True,
        "password_hash": password_hash,
        "profile": _dumped(profile),
    }
    if user is None or user.is_verified is True or user.is_active is not True:
        letters.already_registered(address, content, owner=user)
    else:
        letters.confirmation(CONFIRM, address, content, user=user)


def holds(user: Any) -> dict[str, str] | None:
    """The answer for a user who is not signed in before their address is confirmed."""
    return answer(user.email) if is_required() and user.is_verified is not True else None


def waits(email: str, password: str) -> dict[str, str] | None:
    """The answer for the password of a sign-up that waits for its confirmation; one hash in every case."""
    if not is_required():
        return None
    address = _canonical(email)
    hashed = hash_for(address, password)
    waiting = [one.content.get("password_hash", "") for one in vouchers.waiting_for(address, CONFIRM)]
    alike = [hmac.compare_digest(hashed, one) for one in waiting]
    return answer(address) if any(alike) else None


def answer(address: str) -> dict[str, str]:
    """The sign-in answer that asks for a confirmation."""
    return {"status": "verification_required", "email": address}


def _canonical(email: str) -> str:
    try:
        return users.canonical_email(email)
    except ValueError:
        return email


def prove(user: Any, *, drops: bool = True) -> None:
    """Record that the user's address is their own, as a link from a mail shows; twice is once.

    An account that was never confirmed may be somebody else's work: it first loses every credential and every
    pending link. Without *drops*, for the link of the account's own sign-up, it keeps them. Joins an open
    transaction.
    """
    with transaction() as session:
        session.flush()
        user = users.locked(users.key_of(user))
        if user is None or user.is_verified is True:
            return
        if drops:
            for feature in state().features:
                if feature.disown is not None:
                    feature.disown(user)
            vouchers.void(user)
        vouchers.void_for(user.email, CONFIRM, AGAIN)
        user.is_verified = True
        session.flush()
        emit(EmailConfirmed(user=user))


def confirm(token: str) -> None:
    """Confirm an address with the link of a sign-up; a second time it is still confirmed.

    Raises:
        ConfirmationLinkExpired: the link is over, forged, or the account has another address now.
    """
    try:
        once_more(lambda: _confirm(token))
    except IntegrityError:
        # Somebody took a name that waited with the sign-up; now that is seen, and the name left out.
        once_more(lambda: _confirm(token))


def _confirm(token: str) -> None:
    with transaction() as session:
        purpose, seen, user = _account_of(token)
        if user.is_verified is True:
            return
        if vouchers.redeem(purpose, token) is None:
            raise ConfirmationLinkExpired
        prove(user, drops=seen.content["drops"])
        session.refresh(user)
        is_replaced = "password_hash" in seen.content
        if is_replaced:
            user.password_hash = seen.content["password_hash"]
        _give(user, seen.content.get("profile", {}), is_all=is_replaced)
        session.flush()


def _account_of(token: str) -> tuple[str, vouchers.Redeemed, Any]:
    """The purpose of a confirmation link, what it stands for, and its account, locked.

    Raises:
        ConfirmationLinkExpired: there is none.
    """
    for purpose in (CONFIRM, AGAIN):
        seen = vouchers.look(purpose, token)
        user = users.locked(seen.user_id) if seen is not None else None
        if seen is not None and user is not None and user.email == seen.content["email"]:
            return purpose, seen, user
    raise ConfirmationLinkExpired


def _dumped(profile: Mapping[str, Any]) -> Any:
    """Profile fields as JSON."""
    return user_schemas.own(user_schemas.ProfileSchema.part).dump(profile)


def _give(user: Any, profile: Mapping[str, Any], *, is_all: bool) -> None:
    """Give a user the profile that waited with a sign-up; what somebody else has by now is left out."""
    schema = user_schemas.own(user_schemas.ProfileSchema.part)
    given = schema.load(profile, unknown=ma.EXCLUDE)
    for column in users.unique_columns():
        if users.is_taken(column, given.get(column), except_for=user):
            del given[column]
    if is_all:
        # Nothing that the first sign-up wrote stays.
        given = {**{name: None for name, field in schema.fields.items() if field.allow_none}, **given}
    for name, value in given.items():
        setattr(user, name, value)


def deny(token: str) -> None:
    """Erase the unconfirmed account that somebody else made with the address of the link's reader.

    The link of a later sign-up with that address takes back only what waits with it.

    Raises:
        ConfirmationLinkExpired: the link is over, forged, or the account was confirmed.
    """
    once_more(lambda: _deny(token))


def _deny(token: str) -> None:
    with transaction():
        purpose, seen, user = _account_of(token)
        if user.is_verified is True or vouchers.redeem(purpose, token) is None:
            raise ConfirmationLinkExpired
        if "password_hash" not in seen.content:
            emit(SignUpDenied(user=user))
            users.erase(user)


def resend(email: str | None = None) -> None:
    """Send the confirmation link again, to *email* or to the signed-in user's address.

    Every address is answered alike at the same cost. A newer link ends older ones of the account's own
    sign-up. Where several sign-ups wait for the address, nobody knows which one its owner means: the link
    then drops all credentials.

    Raises:
        ValidationFailed: there is neither an address nor a token.
        TooManyRequests: too many mails to this address.
        MailMissing, PublicUrlMissing: no mail can go out.
    """
    address = email if email is not None else _canonical(_own_address())
    limits.count("resend_account", f"email:{address}")
    letters.need()
    once_more(lambda: _resend(address))


def _own_address() -> str:
    if cookies.presented("access") is None:
        raise ValidationFailed(errors={"email": ["Missing data for required field."]})
    authenticate()
    return str(signed_in_user().email)


def _resend(address: str) -> None:
    with transaction():
        found = users.by_email(address)
        # Looked up twice where there is no account, so that the time does not tell.
        user = users.locked(users.key_of(found)) if found is not None else users.by_email(address)
        standing = [one.content for one in vouchers.waiting_for(address, CONFIRM, AGAIN)]
        drops = any(one["drops"] for one in standing)
        vouchers.void_for(address, *((AGAIN,) if drops else (CONFIRM, AGAIN)))
        profile = standing[0]["profile"] if standing and not drops else {}
        is_open = user is not None and user.is_verified is not True and user.is_active is True
        letters.confirmation(
            AGAIN,
            address,
            {"email": address, "drops": drops, "profile": profile},
            user=user if is_open else None,
            is_decoy=not is_open,
        )


def request_change(email: str) -> None:
    """Send a link to another address that makes it the signed-in user's.

    The answer does not say whether somebody has it; whoever does is told.

    Raises:
        ValidationFailed: it is the user's address already.
        TooManyRequests: too many changes, or too many mails to this address.
        MailMissing, PublicUrlMissing: no mail can go out.
    """
    user = signed_in_user()
    if email == user.email:
        raise ValidationFailed(errors={"email": ["This is your address already."]})
    limits.count("email_change_account", f"user:{users.subject_of(user)}")
    limits.count("email_change_account", f"email:{email}")
    letters.need()
    once_more(lambda: _request_change(user, email))


def _request_change(user: Any, email: str) -> None:
    with transaction():
        owner, kept = users.by_email(email), is_kept(email, except_for=user)
        vouchers.void(user, CHANGE)
        content = {"email": email, "old": user.email}
        letters.change(email, content, user=user, owner=owner, is_kept=kept)
        emit(EmailChangeRequested(user=user, email=user.email, new_address=_told(user, email)))


def _told(user: Any, address: str) -> str:
    """A new address as the old one is told of it: nothing of it where nobody showed to own the old one."""
    return users.masked_email(address) if user.is_verified is True else "•••"


def change(token: str) -> None:
    """Make the address that a link was sent to its user's own.

    All links that were sent to the old address end, but the one that undoes this.

    Raises:
        EmailChangeLinkExpired: the link is used, over, forged, or the account has another address by now.
        EmailTaken: somebody has the new address by now.
    """
    try:
        once_more(lambda: _change(token))
    except IntegrityError:
        raise EmailTaken from None


def _change(token: str) -> None:
    with transaction() as session:
        seen = vouchers.look(CHANGE, token)
        user = users.locked(seen.user_id) if seen is not None else None
        if seen is None or user is None or user.is_active is not True or user.email != seen.content["old"]:
            raise EmailChangeLinkExpired
        if vouchers.redeem(CHANGE, token) is None:
            raise EmailChangeLinkExpired
        old, new = user.email, seen.content["email"]
        if users.is_taken("email", new, except_for=user):
            raise EmailTaken
        told, was_verified = _told(user, new), user.is_verified is True
        user.email, user.is_verified = new, True
        session.flush()
        # Behind the flush: whoever left this address a moment ago has written that it is kept by now.
        if is_kept(new, except_for=user):
            raise EmailTaken
        vouchers.void(user, *TO_AN_ADDRESS)
        emit(EmailChanged(user=user, email=old, new_address=told, was_verified=was_verified))
