"""Enrol authenticator apps and check their codes."""

import base64
import hmac
import secrets
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urlsplit

import pyotp
import segno

from flask_headless_auth import clock, users
from flask_headless_auth.database import transaction
from flask_headless_auth.errors import FactorActive, SecondFactorUnavailable
from flask_headless_auth.feature import Proof
from flask_headless_auth.features.mfa import logic as mfa
from flask_headless_auth.features.totp import models
from flask_headless_auth.features.totp.settings import TotpSettings
from flask_headless_auth.features.vouchers import logic as vouchers
from flask_headless_auth.settings import CoreSettings
from flask_headless_auth.state import part, settings
from flask_headless_auth.vault import Unsealable, Vault

METHOD = "totp"

PURPOSE = "totp_enrolment"

SEED_BYTES = 20
"""160 bits, as RFC 4226 §4 recommends and every app understands."""

PERIOD, DIGITS = 30, 6
DRIFT = 1
"""How many steps a code may be early or late (RFC 6238 §5.2)."""


def begin(enrolment: str | None = None) -> dict[str, Any]:
    """Begin to enrol an authenticator app: what it needs, shown once. Nothing changes yet.

    Raises:
        FactorActive: the user has one already.
        EnrolmentExpired: the sign-in that waited for it is over.
    """
    user = mfa.enrolling(enrolment)
    if models.find(users.key_of(user)) is not None:
        raise FactorActive
    seed = base64.b32encode(secrets.token_bytes(SEED_BYTES)).decode()
    life = settings(TotpSettings).enrolment_ttl
    with transaction():
        vouchers.void(user, PURPOSE)
        vouchers.issue(PURPOSE, life, {"seed": seed}, user=user)
    url = pyotp.TOTP(seed).provisioning_uri(name=user.email, issuer_name=_issuer())
    return {
        "secret": seed,
        "otpauth_url": url,
        "qr_svg": segno.make(url, error="m", micro=False).svg_inline(scale=4, light="#fff"),
        "expires_in": int(life.total_seconds()),
    }


def _issuer() -> str:
    core = settings(CoreSettings)
    host = urlsplit(core.frontend_url or core.public_url or "").hostname
    return settings(TotpSettings).issuer or core.app_name or host or "localhost"


def confirm(user: Any, answer: Mapping[str, Any]) -> bool | None:
    """Whether the first code of a new app is right, which then is on; None where none was begun.

    Raises:
        FactorActive: another one was on before.
    """
    waiting = vouchers.newest_of(user, PURPOSE)
    if waiting is None:
        return None
    seed, user_id = waiting.content["seed"], users.key_of(user)
    step = matching_step(seed, answer.get("code") or "", clock.timestamp())
    if step is None:
        return False
    # Whoever uses the enrolments up is the one: of parallel first codes one succeeds.
    if not vouchers.void(user, PURPOSE):
        return None
    if models.find(user_id) is not None:
        raise FactorActive
    sealed = part(Vault).seal(METHOD, seed)
    models.add(user_id=user_id, seed=sealed, last_step=step, created_at=clock.now())
    return True


def matching_step(seed: str, code: str, now: int) -> int | None:
    """The step around *now* whose code this is. Spaces in it are forgiven."""
    typed = "".join(code.split())
    if len(typed) != DIGITS or not (typed.isascii() and typed.isdigit()):
        return None
    totp, current = pyotp.TOTP(seed, digits=DIGITS, interval=PERIOD), now // PERIOD
    steps = range(current - DRIFT, current + DRIFT + 1)
    # All are compared, so that the time says nothing.
    found = [step for step in steps if hmac.compare_digest(totp.generate_otp(step), typed)]
    return found[-1] if found else None


def applies_to(user: Any, proofs: Sequence[Proof] = ()) -> bool:
    """Whether the user has an authenticator app."""
    return models.find(users.key_of(user)) is not None


def use(user: Any, answer: Mapping[str, Any]) -> bool:
    """Whether the answer has a code of the user's app, which is used up then.

    Raises:
        SecondFactorUnavailable: the seed is sealed with a key that is lost.
    """
    authenticator = models.find(users.key_of(user))
    if authenticator is None:
        return False
    try:
        seed = part(Vault).open(METHOD, authenticator.seed)
    except Unsealable:
        raise SecondFactorUnavailable from None
    step = matching_step(seed, answer.get("code") or "", clock.timestamp())
    if step is None:
        return False
    with transaction():
        return models.use_step(users.key_of(user), step)


def remove(user: Any) -> dict[str, int]:
    """Erase the user's authenticator app."""
    return {"authenticators": models.erase(users.key_of(user))}


def export_user(user: Any) -> dict[str, Any]:
    """Since when the user has an authenticator app; never its seed."""
    found = models.find(users.key_of(user))
    return {"authenticators": [{"created_at": found.created_at.isoformat()}] if found is not None else []}
