"""Mail codes and check them."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

from flask_headless_auth import clock, users
from flask_headless_auth.database import transaction
from flask_headless_auth.errors import ChallengeExpired
from flask_headless_auth.feature import Proof
from flask_headless_auth.features.challenges import logic as challenges
from flask_headless_auth.features.email_code.settings import EmailCodeSettings
from flask_headless_auth.features.mail import logic as mail
from flask_headless_auth.features.vouchers import logic as vouchers
from flask_headless_auth.guards import authenticate
from flask_headless_auth.state import settings

METHOD = "email"

LIFE = timedelta(minutes=10)
"""How long a code works (ASVS 6.5.5); a sign-in waits no longer for it either."""

SIGN_IN, PRESENCE = "challenge", "presence"
"""The purposes of the vouchers that codes belong to."""


def is_factor() -> bool:
    """Whether an e-mailed code is a second factor here."""
    return settings(EmailCodeSettings).is_factor and mail.is_on()


def is_factor_of(user: Any, proofs: Sequence[Proof]) -> bool:
    """Whether it is one for this user: the address must be proved."""
    return is_factor() and user.is_verified is True


def send_for_sign_in(user: Any) -> dict[str, Any]:
    """Mail a code for the sign-in that this request is about; an earlier one is worth nothing.

    Raises:
        ChallengeExpired: nothing waits for it any more.
    """
    code = vouchers.add_code(SIGN_IN, challenges.token_of_this_request())
    if code is None:
        raise ChallengeExpired
    _send("sign_in_code", user, code)
    return {}


def _send(name: str, user: Any, code: str) -> None:
    minutes = str(int(LIFE.total_seconds()) // 60)
    context = {"code": code, "minutes": minutes}
    mail.queue(name, user.email, context, user=user, expires_at=clock.now() + LIFE)


def finishes_sign_in(user: Any, answer: Mapping[str, Any]) -> bool:
    """Whether the answer has the code for the sign-in that this request is about."""
    return vouchers.is_code(SIGN_IN, challenges.token_of_this_request(), _typed(answer))


def _typed(answer: Mapping[str, Any]) -> str:
    return "".join((answer.get("code") or "").split())


def proves_presence_of(user: Any) -> bool:
    """Whether this user may prove presence so: who has no password, and a proved address."""
    return not user.password_hash and user.is_verified is True and mail.is_on()


def send_for_presence(user: Any) -> dict[str, Any]:
    """Mail a code with which the signed-in user proves presence in this session."""
    content = {"session_id": authenticate()["sid"]}
    with transaction():
        issued = vouchers.issue(PRESENCE, LIFE, content, user=user, with_code=True)
        _send("presence_code", user, issued.code)
    return {"challenge": issued.challenge}


def proves_presence(user: Any, answer: Mapping[str, Any]) -> bool:
    """Whether the answer has the code that was mailed for this session."""
    with transaction():
        found = vouchers.answer(PRESENCE, answer.get("challenge") or "", _typed(answer))
    if found is None or found.user_id != users.key_of(user):
        return False
    return bool(found.content["session_id"] == authenticate()["sid"])
