"""Issue and redeem one-time secrets."""

import hashlib
import hmac
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from flask_headless_auth import clock, users
from flask_headless_auth.database import swept, transaction
from flask_headless_auth.features.vouchers import models
from flask_headless_auth.state import part
from flask_headless_auth.vault import Unsealable, Vault

TRIES = 5
"""How often a code may be tried."""

SWEEP_ONE_IN, SWEEP_MOST = 100, 200
KEPT = timedelta(days=1)
"""How long a voucher that is over is still known."""


@dataclass(frozen=True)
class Issued:
    """What one person is handed: a token for a link and, where asked for, a challenge and its code."""

    token: str
    challenge: str
    code: str


@dataclass(frozen=True)
class Redeemed:
    """What a voucher stood for. `user_id` is None where it stood for nobody."""

    user_id: Any
    content: Mapping[str, Any]
    is_used: bool
    issued_at: datetime


def issue(
    purpose: str,
    life: timedelta,
    content: Mapping[str, Any],
    *,
    user: Any = None,
    address: str | None = None,
    with_code: bool = False,
) -> Issued:
    """A new voucher, in the open transaction. The same work whether there is a *user* or not.

    *content* is fit for JSON and is sealed; *address*, in canonical form, finds the voucher again.
    """
    now, vault = clock.now(), part(Vault)
    issued = Issued(secrets.token_urlsafe(32), secrets.token_urlsafe(32), f"{secrets.randbelow(10**6):06}")
    challenge = _digest(issued.challenge)
    models.add(
        id=_digest(issued.token),
        purpose=purpose,
        address=vault.mark("address", address) if address is not None else None,
        challenge=challenge if with_code else None,
        code=_code(challenge, issued.code) if with_code else None,
        tries=0,
        content=vault.seal(f"voucher/{purpose}", dict(content)),
        created_at=now,
        expires_at=now + life,
        user_id=users.key_of(user) if user is not None else None,
    )
    if secrets.randbelow(SWEEP_ONE_IN) == 0:
        models.sweep(now - KEPT, SWEEP_MOST)
    return issued


def redeem(purpose: str, token: str) -> Redeemed | None:
    """What the voucher of this token stood for; None where it is used, over, forged or of another purpose.

    In the open transaction: of any number of parallel calls one gets an answer.
    """
    voucher_id = _digest(token)
    if not models.use(purpose, voucher_id, clock.now()):
        return None
    return _read(models.find(purpose, voucher_id))


def answer(purpose: str, challenge: str, code: str) -> Redeemed | None:
    """What the voucher of this challenge stood for, if the code is right; None otherwise.

    Each call counts one of five tries. The open transaction must be committed either way.
    """
    voucher = _tried(purpose, challenge, code)
    return _read(voucher) if voucher is not None and models.use(purpose, voucher.id, clock.now()) else None


def _tried(purpose: str, challenge: str, code: str) -> models.Voucher | None:
    known = _digest(challenge)
    if not models.count_try(purpose, known, TRIES, clock.now()):
        return None
    voucher = models.find_challenge(purpose, known)
    return voucher if voucher is not None and _is_code(known, code, voucher.code or "") else None


def add_code(purpose: str, token: str) -> str | None:
    """A code for whoever has this token, in the place of an earlier one; None where the token is over."""
    known, code = _digest(token), f"{secrets.randbelow(10**6):06}"
    is_good = models.set_code(purpose, known, _code(known, code), clock.now())
    return code if is_good else None


def is_code(purpose: str, token: str, code: str) -> bool:
    """Whether the code that was added for a token is this one; the voucher stays good.

    Each call counts one of five tries. The open transaction must be committed where it is wrong.
    """
    return _tried(purpose, token, code) is not None


def look(purpose: str, token: str) -> Redeemed | None:
    """What the voucher of this token stands for, used or not, without using it; None where it is over."""
    return _unless_over(models.find(purpose, _digest(token)))


def look_at_challenge(purpose: str, challenge: str) -> Redeemed | None:
    """The same, for a challenge."""
    return _unless_over(models.find_challenge(purpose, _digest(challenge)))


def newest_of(user: Any, purpose: str) -> Redeemed | None:
    """What the newest good voucher of a user stands for, without using it."""
    return _read(models.newest_of(users.key_of(user), purpose, clock.now()))


def waiting_for(address: str, *purposes: str) -> list[Redeemed]:
    """What the good vouchers for an address stand for, newest first."""
    marks = part(Vault).marks("address", address)
    return [one for row in models.standing_for(purposes, marks, clock.now()) if (one := _read(row))]


def keeps(purpose: str, address: str, *, except_for: Any = None) -> bool:
    """Whether a good voucher of this purpose keeps an address for somebody, or for somebody else."""
    known = users.key_of(except_for) if except_for is not None else None
    return models.is_kept(purpose, part(Vault).marks("address", address), clock.now(), known)


def void(user: Any, *purposes: str) -> int:
    """Use up the vouchers of a user: those of some purposes, or all. In the open transaction."""
    return models.use_all_of(users.key_of(user), purposes or None, clock.now())


def void_since(user: Any, moment: datetime, *, keep: str) -> int:
    """Use up the vouchers of a user, but those of the purpose *keep* that are older than a moment."""
    return models.use_all_but_older(users.key_of(user), keep, moment, clock.now())


def void_for(address: str, *purposes: str) -> int:
    """Use up the vouchers of some purposes for an address, whoever they stand for; how many that were."""
    return models.use_all_for(part(Vault).marks("address", address), purposes, clock.now())


def _unless_over(voucher: models.Voucher | None) -> Redeemed | None:
    return _read(voucher) if voucher is not None and voucher.expires_at > clock.now() else None


def _read(voucher: models.Voucher | None) -> Redeemed | None:
    if voucher is None:
        return None
    try:
        content = part(Vault).open(f"voucher/{voucher.purpose}", voucher.content)
    except Unsealable:
        # The key that sealed it is gone, as after a change of SECRET_KEY: it stands for nothing any more.
        return None
    return Redeemed(voucher.user_id, content, voucher.used_at is not None, voucher.created_at)


def _digest(token: str) -> str:
    """Tokens have 256 random bits, so a plain digest is enough for what is stored."""
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()


def _code(challenge: str, code: str) -> str:
    """A code has six digits, so its digest needs a key that the database does not have."""
    return part(Vault).mark("code", f"{challenge}/{code}")


def _is_code(challenge: str, code: str, stored: str) -> bool:
    marks = part(Vault).marks("code", f"{challenge}/{code}")
    return any(hmac.compare_digest(mark, stored) for mark in marks)


def purge() -> dict[str, int]:
    """Delete the vouchers that were over a day ago."""

    def some() -> int:
        with transaction():
            return models.sweep(clock.now() - KEPT, 1000)

    return {"vouchers": swept(some, 1000)}


def forget_user(user: Any) -> dict[str, int]:
    """Erase the user's vouchers."""
    return {"vouchers": models.erase_all_of(users.key_of(user))}
