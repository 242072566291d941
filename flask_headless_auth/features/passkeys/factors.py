"""A passkey as the second of two factors at sign-in, and as a proof of presence."""

from collections.abc import Mapping, Sequence
from typing import Any

from flask_headless_auth import users
from flask_headless_auth.feature import Proof
from flask_headless_auth.features.challenges import logic as challenges
from flask_headless_auth.features.passkeys import logic, models
from flask_headless_auth.features.passkeys.party import is_known

FACTOR, PRESENCE = "passkey_factor", "passkey_presence"


def is_asked_for(user: Any, proofs: Sequence[Proof]) -> bool:
    """Whether a passkey is a second factor for this sign-in.

    It is where the user has switched second factors on, or must have one, and has a passkey, and only one
    proof was given, which is no passkey: a passkey never answers for itself.
    """
    methods = {proof.method for proof in proofs}
    is_on = user.mfa_enabled is True or challenges.is_demanded(user)
    if not is_on or logic.PASSKEY in methods or len(methods) > 1:
        return False
    return bool(models.all_of(users.key_of(user)))


def ask(user: Any) -> dict[str, Any]:
    """Options for one of this user's passkeys, as a second factor."""
    return logic.options(FACTOR, "preferred", user)


def answers(user: Any, answer: Mapping[str, Any]) -> bool:
    """Whether the answer's `credential` shows a passkey of this user; beside another factor it is enough."""
    return logic.shows(FACTOR, user, answer, beside_another=True)


def can_show_presence(user: Any) -> bool:
    """Whether this user has a passkey that can: one that verifies them."""
    return is_known() and logic.ways_in(user) > 0


def start_presence(user: Any) -> dict[str, Any]:
    """Options for one of this user's passkeys, to show presence."""
    return logic.options(PRESENCE, "required", user)


def shows_presence(user: Any, answer: Mapping[str, Any]) -> bool:
    """Whether the answer's `credential` shows a passkey of this user that has verified them."""
    return logic.shows(PRESENCE, user, answer)
