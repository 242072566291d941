"""Decide which second question applies, and let a sign-in wait for its answer."""

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Literal

from flask import request

from flask_headless_auth import users
from flask_headless_auth.database import transaction
from flask_headless_auth.errors import (
    ChallengeExpired,
    EnrolmentExpired,
    SecondFactorUnavailable,
    ValidationFailed,
)
from flask_headless_auth.feature import MULTIPLE, Challenge, Proof
from flask_headless_auth.features.vouchers import logic as vouchers
from flask_headless_auth.state import state

LIFE = timedelta(minutes=10)

Wait = Literal["challenge", "enrolment"]
"""Why a sign-in waits: for a second factor, or for one to be enrolled. Also the purpose of its voucher."""

_ABOUT = "flask_headless_auth.waiting_sign_in"


@dataclass(frozen=True)
class Waiting:
    """A sign-in that waits."""

    wait: Wait
    token: str
    user: Any
    proofs: Sequence[Proof]
    remember: bool


def every() -> Iterator[Challenge]:
    """The second questions that this application knows."""
    return (one for feature in state().features for one in feature.challenges)


def asked(user: Any, proofs: Sequence[Proof]) -> list[Challenge]:
    """The second questions for a sign-in with these proofs, of which one has to be answered.

    Raises:
        SecondFactorUnavailable: one applies and cannot be asked, or the account has one that nobody knows.
    """
    if _are_multiple(proofs):
        return []
    is_enrolled = any(one.enrols and one.applies_to(user, ()) for one in every())
    if user.mfa_enabled is True and not is_enrolled:
        raise SecondFactorUnavailable
    if not is_enrolled and not is_demanded(user):
        return []
    given = {proof.method for proof in proofs}
    found = [one for one in every() if one.name not in given and one.applies_to(user, proofs)]
    if not all(one.is_available() for one in found) or (is_enrolled and not found):
        raise SecondFactorUnavailable
    return found


def _are_multiple(proofs: Sequence[Proof]) -> bool:
    return any(proof.method == MULTIPLE for proof in proofs)


def is_demanded(user: Any) -> bool:
    """Whether a rule of this application demands a second factor of this user."""
    return any(feature.demands(user) for feature in state().features if feature.demands is not None)


def trusted_device(user: Any) -> str | None:
    """The device of this request, if the user trusts it."""
    found = (feature.trusts(user) for feature in state().features if feature.trusts is not None)
    return next((device for device in found if device is not None), None)


def suspended(
    user: Any, proofs: Sequence[Proof], *, remember: bool, trusting: bool = True
) -> dict[str, Any] | None:
    """What a sign-in waits for, as its answer; None where nothing is missing.

    A trusted device takes the place of the second factor only where it is *trusting*.

    Raises:
        SecondFactorUnavailable: a factor is enrolled that cannot be asked for, or none can be enrolled.
    """
    questions = asked(user, proofs)
    if questions and not (trusting and trusted_device(user) is not None):
        token = _suspend("challenge", user, proofs, remember)
        return {"status": "challenge", "challenge": token, **_facts(questions)}
    if not questions and is_demanded(user) and not _are_multiple(proofs):
        open_to_all = [one for one in every() if one.enrols and one.is_available()]
        if not open_to_all:
            raise SecondFactorUnavailable
        token = _suspend("enrolment", user, proofs, remember)
        return {"status": "enrolment_required", "enrolment": token, **_facts(open_to_all)}
    return None


def _facts(ways: Sequence[Challenge]) -> dict[str, Any]:
    return {"methods": [one.name for one in ways], "expires_in": int(LIFE.total_seconds())}


def _suspend(wait: Wait, user: Any, proofs: Sequence[Proof], remember: bool) -> str:
    content = {
        "proofs": [[proof.method, proof.at] for proof in proofs],
        "remember": remember,
        "password": password_stamp(user),
    }
    with transaction():
        return vouchers.issue(wait, LIFE, content, user=user).token


def password_stamp(user: Any) -> str:
    """What changes with every change of a user's password, whoever makes it."""
    return hashlib.sha256((user.password_hash or "").encode()).hexdigest()


def waiting(wait: Wait, token: str) -> Waiting:
    """The sign-in that waits with this token. From then on it is the one that this request is about.

    Raises:
        ChallengeExpired, EnrolmentExpired: there is none, or the password has changed since.
    """
    found = vouchers.look(wait, token)
    user = users.by_id(found.user_id) if found is not None and found.user_id is not None else None
    if found is None or found.is_used or user is None or user.is_active is not True:
        raise _over(wait)
    if found.content["password"] != password_stamp(user):
        raise _over(wait)
    request.environ[_ABOUT] = token
    proofs = [Proof(method, at) for method, at in found.content["proofs"]]
    return Waiting(wait, token, user, proofs, found.content["remember"])


def token_of_this_request() -> str:
    """The token of the waiting sign-in that this request is about, for factors that send something for it."""
    token: str = request.environ[_ABOUT]
    return token


def question(one: Waiting, method: str) -> Challenge:
    """The second question of this method for a sign-in that waits.

    Raises:
        ValidationFailed: it is not among those that are asked.
        SecondFactorUnavailable: it cannot be asked any more.
    """
    known = {challenge.name: challenge for challenge in asked(one.user, one.proofs)}
    if method not in known:
        raise ValidationFailed(errors={"method": [f"Not asked here. Known: {', '.join(known) or 'none'}."]})
    return known[method]


def resume(one: Waiting) -> None:
    """Let a sign-in wait no longer, in the open transaction: of parallel calls one succeeds.

    Raises:
        ChallengeExpired, EnrolmentExpired: somebody else was first.
    """
    if vouchers.redeem(one.wait, one.token) is None:
        raise _over(one.wait)


def _over(wait: Wait) -> ChallengeExpired | EnrolmentExpired:
    return ChallengeExpired() if wait == "challenge" else EnrolmentExpired()
