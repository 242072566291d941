"""Tell users what happened to their account, and take it back."""

import logging
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from typing import Any

from sqlalchemy.exc import IntegrityError

from flask_headless_auth import clock, limits, links, users
from flask_headless_auth.database import emit, once_more, transaction
from flask_headless_auth.errors import RevertLinkExpired, TooManyRequests, Unavailable
from flask_headless_auth.events import Event
from flask_headless_auth.feature import Feature, Mail
from flask_headless_auth.features.mail import logic as mail
from flask_headless_auth.features.notices.events import AccountReverted
from flask_headless_auth.features.notices.settings import NoticeSettings
from flask_headless_auth.features.password import logic as password
from flask_headless_auth.features.sessions import logic as sessions
from flask_headless_auth.features.vouchers import logic as vouchers
from flask_headless_auth.state import settings, state

log = logging.getLogger("flask_headless_auth")

REVERT = "revert"
"""The purpose of the vouchers behind "this was not me". The address of one is kept for its user meanwhile."""

OWN_PAGE = "/security/revert/{token}"


def listeners(features: Iterable[Feature]) -> Iterator[tuple[type[Event], Callable[[Event], None]]]:
    """What sends the notices among the mails of these features, each with the event that it tells of."""
    features = tuple(features)
    if any(feature.name == "notices" for feature in features):
        for notice in (one for feature in features for one in feature.mails):
            if notice.tells_of is not None:
                yield notice.tells_of, partial(tell, notice)


def tell(notice: Mail, event: Event) -> None:
    """Send a notice of an event to its user, in the transaction of the event.

    Where no mail can go out, or this account had too many of the kind, nothing is sent and nothing is harmed.
    """
    user = event.user
    if user is None or not _can_tell(notice) or not _is_counted(notice, user):
        return
    now = clock.now()
    address = getattr(event, "email", None) or user.email
    context = {name: str(getattr(event, name)) for name in notice.says}
    context["when"] = f"{now:%Y-%m-%d %H:%M} UTC"
    expires_at = None
    if notice.can_be_undone:
        life = settings(NoticeSettings).revert_ttl
        was_verified = getattr(event, "was_verified", user.is_verified) is True
        content = {"mail": notice.name, "email": address, "is_verified": was_verified}
        issued = vouchers.issue(REVERT, life, content, user=user, address=address)
        context["undo_link"] = _link(issued.token)
        expires_at = now + life
    mail.queue(notice.name, address, context, user=user, expires_at=expires_at)


def _can_tell(notice: Mail) -> bool:
    try:
        mail.need()
        if notice.can_be_undone:
            _link("")
    except Unavailable as missing:
        parts = state().parts
        if Silent not in parts:
            parts[Silent] = Silent()
            log.warning("Nobody is told of changes to accounts: %s %s", missing.detail, missing.mend)
        return False
    return True


class Silent:
    """Marks that the log has said why there are no notices."""


def _is_counted(notice: Mail, user: Any) -> bool:
    try:
        limits.count("notice", f"{notice.name}/{users.subject_of(user)}")
    except TooManyRequests:
        return False
    return True


def _link(token: str) -> str:
    return links.to_page(settings(NoticeSettings).revert_path, OWN_PAGE, token=token)


def can_revert(token: str) -> bool:
    """Whether a link works at this moment; looking does not use it."""
    standing = vouchers.look(REVERT, token)
    return standing is not None and not standing.is_used


def revert(token: str) -> None:
    """Take back what a notice told of, with the token of its link. Nobody is signed in.

    Raises:
        RevertLinkExpired: the link is used, over or forged, or an earlier notice has been taken back since.
    """
    try:
        once_more(lambda: _revert(token))
    except IntegrityError:
        # Somebody took the address at the same moment; now it is seen to be taken.
        once_more(lambda: _revert(token))


def _revert(token: str) -> None:
    with transaction():
        standing = vouchers.look(REVERT, token)
        user = users.locked(standing.user_id) if standing is not None else None
        if standing is None or user is None or vouchers.redeem(REVERT, token) is None:
            raise RevertLinkExpired
        user.password_hash = None
        has_address = _restore(user, **standing.content)
        # Notices that are older than this one stay good: a thief's own, which come later, undo nothing.
        vouchers.void_since(user, standing.issued_at, keep=REVERT)
        sessions.revoke_others(user, None, "reverted")
        emit(AccountReverted(user=user, mail=standing.content["mail"], since=standing.issued_at))
        if has_address and user.is_active is True:
            _start_reset(user)


def _restore(user: Any, *, email: str, is_verified: bool, mail: str) -> bool:
    """Give an account the address back that a notice went to; whether it has it now.

    An address that was not confirmed then is not confirmed now, so that the reset behind this drops every
    credential of whoever made the account with it.
    """
    if user.email == email:
        return True
    if users.is_taken("email", email, except_for=user):
        log.error("The address that a notice about %s went to is taken and was not restored.", mail)
        return False
    user.email, user.is_verified = email, is_verified
    return True


def _start_reset(user: Any) -> None:
    try:
        password.start_reset(user)
    except Unavailable as missing:
        log.warning("An account was reverted and no reset link could be sent: %s", missing.detail)
