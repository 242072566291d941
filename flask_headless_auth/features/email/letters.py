"""What is written to addresses: links with the vouchers behind them. In the open transaction.

None of these mails holds what a user wrote: a form that anybody fills in would be a way to send anything to
anybody.
"""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from flask_headless_auth import clock, links
from flask_headless_auth.features.email.settings import EmailSettings
from flask_headless_auth.features.mail import logic as mail
from flask_headless_auth.features.vouchers import logic as vouchers
from flask_headless_auth.settings import CoreSettings
from flask_headless_auth.state import settings

CONFIRM, AGAIN, CHANGE = "confirm", "confirm_again", "change"
"""Purposes of vouchers: the link of a sign-up, the one that was asked for again, the one to a new address."""

CONFIRM_PAGE, NOT_ME_PAGE, CHANGE_PAGE = (
    "/confirm/{token}",
    "/confirm/{token}/not-me",
    "/email/change/{token}",
)
"""Our own pages, where there is no front end."""


def need() -> None:
    """Refuse what is nothing without a mail and a link.

    Raises:
        MailMissing: no mail can go out.
        PublicUrlMissing: links have no address.
    """
    mail.need()
    links.to_page(settings(EmailSettings).confirm_path, CONFIRM_PAGE, token="")


def confirmation(
    purpose: str, address: str, content: Mapping[str, Any], *, user: Any, is_decoy: bool = False
) -> None:
    """A link that confirms an address, and one that says "I did not sign up"; to nobody where it is a decoy.

    *content* says what confirming does to the account besides: see `email.logic`.
    """
    ours = settings(EmailSettings)
    token = _voucher(purpose, address, content, ours.confirm_ttl, user)
    context = {
        "link": links.to_page(ours.confirm_path, CONFIRM_PAGE, token=token),
        "not_me_link": links.to_page(ours.not_me_path, NOT_ME_PAGE, token=token),
        "hours": _hours(ours.confirm_ttl),
    }
    _queue("confirm", address, context, user=user, life=ours.confirm_ttl, is_decoy=is_decoy)


def already_registered(address: str, content: Mapping[str, Any], *, owner: Any) -> None:
    """Tell the owner of an account that somebody tried to sign up with its address.

    What was tried is kept as a voucher that nobody is handed and that stands for nobody.
    """
    life = settings(EmailSettings).confirm_ttl
    _voucher(CONFIRM, address, content, life, None)
    link = settings(CoreSettings).frontend_url or links.public_url()
    is_decoy = owner is None or owner.is_active is not True
    _queue("already_registered", address, {"link": link}, user=owner, life=life, is_decoy=is_decoy)


def change(address: str, content: Mapping[str, Any], *, user: Any, owner: Any, is_kept: bool) -> None:
    """A link that makes *address* the user's own, sent there.

    Where the address has an *owner*, they are told instead; where it is kept for somebody, nobody is. The
    voucher is the same, and its token is then nowhere.
    """
    ours = settings(EmailSettings)
    token = _voucher(CHANGE, address, content, ours.change_ttl, user)
    link = links.to_page(ours.change_path, CHANGE_PAGE, token=token)
    context = {"link": link, "hours": _hours(ours.change_ttl)}
    if owner is not None:
        _queue("address_in_use", owner.email, {}, user=owner, life=ours.change_ttl)
    else:
        _queue("confirm_change", address, context, user=user, life=ours.change_ttl, is_decoy=is_kept)


def _voucher(purpose: str, address: str, content: Mapping[str, Any], life: timedelta, user: Any) -> str:
    return vouchers.issue(purpose, life, content, user=user, address=address).token


def _queue(
    name: str, address: str, context: Mapping[str, str], *, user: Any, life: timedelta, is_decoy: bool = False
) -> None:
    mail.queue(name, address, context, user=user, expires_at=clock.now() + life, is_decoy=is_decoy)


def _hours(life: timedelta) -> str:
    return str(int(life.total_seconds() // 3600))
