"""Sign in with a link or a code from a mail."""

from typing import Any

from flask_headless_auth import clock, limits, links, users
from flask_headless_auth.database import emit, once_more, transaction
from flask_headless_auth.errors import MagicLinkExpired
from flask_headless_auth.feature import Proof
from flask_headless_auth.features.email import logic as email
from flask_headless_auth.features.magic_link.settings import MagicLinkSettings
from flask_headless_auth.features.mail import logic as mail
from flask_headless_auth.features.signin import logic as signin
from flask_headless_auth.features.signin.events import SignInFailed
from flask_headless_auth.features.vouchers import logic as vouchers
from flask_headless_auth.state import settings

PURPOSE = "magic_link"

METHOD = "email"
"""The method of the proof: a second factor that comes by mail too must not count as another channel."""

OWN_PAGE = "/magic-link/{token}"


def send(address: str) -> dict[str, Any]:
    """Send a link and a code to an address, in canonical form, if it has an account; older ones die.

    The answer and the work are the same for every address: without an active account a voucher that stands
    for nobody is written, and a decoy of the mail.

    Raises:
        TooManyRequests: too many for this address, whether it has an account or not.
        MailMissing, PublicUrlMissing: nothing could be sent to anybody.
    """
    limits.count("magic_link_account", f"email:{address}")
    mail.need()
    return once_more(lambda: _sent(address))


def _sent(address: str) -> dict[str, Any]:
    life = settings(MagicLinkSettings).ttl
    with transaction():
        found = users.by_email(address)
        user = found if found is not None and found.is_active is True else None
        vouchers.void_for(address, PURPOSE)
        issued = vouchers.issue(PURPOSE, life, {"email": address}, user=user, address=address, with_code=True)
        mail.queue(
            "magic_link",
            address,
            {
                "link": links.to_page(settings(MagicLinkSettings).path, OWN_PAGE, token=issued.token),
                "code": issued.code,
                "minutes": str(int(life.total_seconds() // 60)),
            },
            user=user,
            expires_at=clock.now() + life,
            is_decoy=user is None,
        )
    return {"challenge": issued.challenge, "expires_in": int(life.total_seconds())}


def verify(
    *, token: str | None = None, challenge: str = "", code: str = "", remember: bool = True
) -> dict[str, Any]:
    """Sign in with the link's token, or with the challenge of a request and its code.

    Raises:
        MagicLinkExpired: it does not work; why is not told.
        TooManyRequests: too many wrong codes for this account today.
        SecondFactorUnavailable: a factor is enrolled that cannot be asked for.
    """
    if token is not None:
        return with_token(token, remember=remember)
    return _with_code(challenge, code, remember=remember)


def with_token(token: str, *, remember: bool = True) -> dict[str, Any]:
    """Sign in with the link's token.

    Raises:
        MagicLinkExpired, SecondFactorUnavailable: as `verify`.
    """

    def enter() -> dict[str, Any] | None:
        with transaction():
            redeemed = vouchers.redeem(PURPOSE, token)
            user = users.by_email(redeemed.content["email"]) if redeemed is not None else None
            return _finish(user, redeemed, remember)

    return _let_in(once_more(enter))


def _with_code(challenge: str, code: str, *, remember: bool) -> dict[str, Any]:
    known = vouchers.look_at_challenge(PURPOSE, challenge)
    if known is None or known.is_used:
        raise MagicLinkExpired
    address = known.content["email"]
    # A decoy counts like any other, and so does every challenge of an account: a new one is no new start.
    limits.count("magic_code_account", f"email:{address}")

    def enter() -> dict[str, Any] | None:
        with transaction():
            redeemed = vouchers.answer(PURPOSE, challenge, code)
            return _finish(users.by_email(address), redeemed, remember)

    answer = _let_in(once_more(enter))
    limits.refund("magic_code_account", f"email:{address}")
    return answer


def _finish(user: Any, redeemed: vouchers.Redeemed | None, remember: bool) -> dict[str, Any] | None:
    """The sign-in answer, or None where it is none: recorded, and to be refused behind the commit.

    *user* has the address that the mail went to; whoever had it then need not be whoever has it now.
    """
    if (
        redeemed is None
        or user is None
        or user.is_active is not True
        or users.key_of(user) != redeemed.user_id
    ):
        emit(SignInFailed(user=user, method=METHOD))
        return None
    if user.is_verified is not True:
        email.prove(user)
    return signin.finish(user, [Proof(METHOD, clock.timestamp())], remember=remember)


def _let_in(answer: dict[str, Any] | None) -> dict[str, Any]:
    if answer is None:
        raise MagicLinkExpired
    return answer


def account_of(token: str) -> str:
    """Whose link this is, as `a•••@example.com`; the link stays as it is.

    Raises:
        MagicLinkExpired: it works no more.
    """
    known = vouchers.look(PURPOSE, token)
    if known is None or known.is_used:
        raise MagicLinkExpired
    return users.masked_email(known.content["email"])
