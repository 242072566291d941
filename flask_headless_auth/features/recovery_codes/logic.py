"""Make recovery codes and use them up."""

import hashlib
import secrets
from collections.abc import Mapping, Sequence
from typing import Any

from flask_headless_auth import users
from flask_headless_auth.database import emit, transaction
from flask_headless_auth.errors import FactorMissing
from flask_headless_auth.feature import Proof
from flask_headless_auth.features.recovery_codes import models
from flask_headless_auth.features.recovery_codes.events import RecoveryCodesRenewed, RecoveryCodeUsed
from flask_headless_auth.guards import signed_in_user

METHOD = "recovery_code"

HOW_MANY = 10

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Digits and letters that nobody takes for one another (Crockford's base 32)."""

GROUPS, GROUP = 7, 4
"""28 characters of five bits: 140 bits, so that a plain digest is as good as a slow one (ASVS 6.5.2)."""

_MISREAD = str.maketrans("OIL", "011", "- \t")


def make(user: Any) -> list[str]:
    """Ten new codes in the open transaction, in the place of the old ones: never shown again."""
    codes = [_code() for _ in range(HOW_MANY)]
    models.erase_all_of(users.key_of(user))
    models.add(users.key_of(user), [_digest(one) for one in codes])
    return codes


def _code() -> str:
    groups = ("".join(secrets.choice(ALPHABET) for _ in range(GROUP)) for _ in range(GROUPS))
    return "-".join(groups)


def _digest(code: str) -> str:
    """Of what was meant: in any case, with or without hyphens, with the letters that look like digits.

    A digest without a key: the codes go on working when the keys are lost that seal the other factors.
    """
    return hashlib.sha256(code.upper().translate(_MISREAD).encode("utf-8", "surrogatepass")).hexdigest()


def renew() -> list[str]:
    """Ten new codes for the signed-in user; the old ones are worth nothing from now on.

    Raises:
        FactorMissing: there is no second factor that they could stand in for.
    """
    user = signed_in_user()
    if user.mfa_enabled is not True:
        raise FactorMissing
    with transaction():
        codes = make(user)
        emit(RecoveryCodesRenewed(user=user))
    return codes


def left(user: Any) -> int:
    """How many codes a user has."""
    return models.count_of(users.key_of(user))


def applies_to(user: Any, proofs: Sequence[Proof] = ()) -> bool:
    """Whether the user has a code left."""
    return left(user) > 0


def use(user: Any, answer: Mapping[str, Any]) -> bool:
    """Whether the answer has a code of the user's, which is used up then."""
    with transaction():
        if not models.use(users.key_of(user), _digest(answer.get("code") or "")):
            return False
        emit(RecoveryCodeUsed(user=user, left=left(user)))
    return True


def drop_all(user: Any) -> dict[str, int]:
    """Erase the user's codes."""
    return {"recovery_codes": models.erase_all_of(users.key_of(user))}


def export_user(user: Any) -> dict[str, Any]:
    """How many codes the user has left."""
    return {"recovery_codes_left": left(user)}
