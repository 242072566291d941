"""Answer challenges, switch second factors on and off, and say who must have one."""

from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from flask_headless_auth import clock, limits, users
from flask_headless_auth.database import emit, once_more, transaction
from flask_headless_auth.errors import EnrolmentExpired, FactorMissing, InvalidCredentials
from flask_headless_auth.feature import MULTIPLE, Proof
from flask_headless_auth.features.challenges import logic as challenges
from flask_headless_auth.features.mfa.events import MfaDisabled, MfaEnabled, SecondFactorGuessed
from flask_headless_auth.features.mfa.settings import MfaSettings
from flask_headless_auth.features.recovery_codes import logic as recovery_codes
from flask_headless_auth.features.sessions import logic as sessions
from flask_headless_auth.features.signin import logic as signin
from flask_headless_auth.features.signin.events import SignInFailed
from flask_headless_auth.features.trusted_devices import logic as trusted_devices
from flask_headless_auth.guards import authenticate, signed_in_user
from flask_headless_auth.state import settings

T = TypeVar("T")

Answer = Mapping[str, Any]

GUESSES_TOLD = 5
"""After how many wrong second factors the owner is told."""

EVERYBODY = "all"


def verify(*, challenge: str | None = None, enrolment: str | None = None, **given: Any) -> dict[str, Any]:
    """Take a proof of a second factor: for a challenge, for an enrolment, or for an app being set up."""
    if challenge is not None:
        return answer(challenge, **given)
    if enrolment is not None:
        return finish_enrolment(enrolment, given)
    return finish_own_enrolment(given)


def answer(challenge: str, *, method: str, remember_device: bool = False, **given: Any) -> dict[str, Any]:
    """Answer the challenge of a sign-in that waits: a sign-in answer.

    Raises:
        ChallengeExpired: no sign-in waits for it.
        ValidationFailed: this method is not among those that are asked.
        InvalidCredentials: the answer is wrong.
        TooManyRequests: too many wrong ones.
    """

    def judged() -> dict[str, Any] | None:
        with transaction():
            waiting = challenges.waiting("challenge", challenge)
            if challenges.question(waiting, method).answer(waiting.user, given):
                return _resumed(waiting, method)
            _failed(waiting.user, method)
            return None

    user = _read_only(lambda: challenges.waiting("challenge", challenge).user)
    signed_in = _counted(user, judged)
    if remember_device and signed_in["status"] == "signed_in":
        signed_in |= trusted_devices.trust(signed_in["user"])
    return signed_in


def ask(challenge: str, method: str) -> dict[str, Any]:
    """Prepare a second question of a sign-in that waits: what the front end needs to ask it.

    Raises:
        ChallengeExpired: no sign-in waits for it.
        ValidationFailed: this method is not among those that are asked.
        TooManyRequests: too many tries.
    """
    user = _read_only(lambda: challenges.waiting("challenge", challenge).user)
    # What is prepared may be a mail, so that asking counts like guessing.
    limits.count("second_factor_account", _account(user))
    with transaction():
        waiting = challenges.waiting("challenge", challenge)
        return {"method": method, **challenges.question(waiting, method).start(waiting.user)}


def finish_enrolment(enrolment: str, given: Answer) -> dict[str, Any]:
    """Switch on the factor that was enrolled for a sign-in that waits, and go on with it.

    Raises:
        EnrolmentExpired: no sign-in waits for it, or no enrolment was begun.
        InvalidCredentials: the answer is wrong.
        TooManyRequests: too many wrong ones.
    """

    def judged() -> dict[str, Any] | None:
        with transaction():
            user = challenges.waiting("enrolment", enrolment).user
            method = _confirmed(user, given)
            if method is not None:
                return complete(enrolment, method)
            _failed(user, "enrolment")
            return None

    user = _read_only(lambda: challenges.waiting("enrolment", enrolment).user)
    return _counted(user, judged)


def complete(enrolment: str, method: str) -> dict[str, Any]:
    """Go on with the sign-in that waited for this factor, in the open transaction: a sign-in answer.

    Raises:
        EnrolmentExpired: no sign-in waits for it.
    """
    waiting = challenges.waiting("enrolment", enrolment)
    codes = added(waiting.user, method)
    return {**_resumed(waiting, method), "recovery_codes": codes}


def finish_own_enrolment(given: Answer) -> dict[str, Any]:
    """Switch on the factor that the signed-in user enrolled.

    Raises:
        EnrolmentExpired: none was begun.
        InvalidCredentials: the answer is wrong.
        TooManyRequests: too many wrong ones.
    """
    session_id, user = authenticate()["sid"], signed_in_user()

    def judged() -> dict[str, Any] | None:
        with transaction():
            method = _confirmed(user, given)
            if method is not None:
                return {"status": "mfa_enabled", "recovery_codes": added(user, method, keep=session_id)}
            _failed(user, "enrolment")
            return None

    return _counted(user, judged)


def enrolling(enrolment: str | None) -> Any:
    """Who enrols a factor: the user of a sign-in that waits for one, else the signed-in user.

    Raises:
        EnrolmentExpired: no sign-in waits for it.
    """
    return signed_in_user() if enrolment is None else challenges.waiting("enrolment", enrolment).user


def _confirmed(user: Any, given: Answer) -> str | None:
    """The factor that this answer confirms, or None where it is wrong."""
    judged = [(one.name, one.confirm(user, given)) for one in challenges.every()]
    if all(is_right is None for _, is_right in judged):
        raise EnrolmentExpired
    return next((name for name, is_right in judged if is_right), None)


def added(user: Any, method: str, *, keep: str | None = None) -> list[str]:
    """Record, in the open transaction, that a user has a new second factor. All sessions but *keep* end.

    Answers new recovery codes, or none where the user has some.
    """
    user.mfa_enabled = True
    codes = [] if recovery_codes.left(user) else recovery_codes.make(user)
    trusted_devices.drop_all(user)
    sessions.revoke_others(user, keep, "mfa_changed")
    emit(MfaEnabled(user=user, method=method))
    return codes


def disable() -> dict[str, Any]:
    """Switch the signed-in user's second factors off; all other sessions end.

    Raises:
        FactorMissing: there is none.
    """
    session_id, user = authenticate()["sid"], signed_in_user()
    if user.mfa_enabled is not True:
        raise FactorMissing
    with transaction():
        remove_all(user, keep=session_id)
    return {"status": "mfa_disabled", "methods": list(signin.ways_to_prove(user))}


def remove_all(user: Any, *, keep: str | None = None) -> None:
    """Take every second factor from a user, in the open transaction. All sessions but *keep* end.

    A passkey stays: it is a way in.
    """
    for one in challenges.every():
        one.remove(user)
    recovery_codes.drop_all(user)
    trusted_devices.drop_all(user)
    user.mfa_enabled = False
    sessions.revoke_others(user, keep, "mfa_changed")
    emit(MfaDisabled(user=user))


def settle(user: Any, *, keep: str | None = None) -> None:
    """Switch second factors off, in the open transaction that took one, where no enrolled one is left."""
    is_left = any(one.enrols and one.applies_to(user, ()) for one in challenges.every())
    if user.mfa_enabled is True and not is_left:
        remove_all(user, keep=keep)


def overview() -> dict[str, Any]:
    """What the signed-in user has, and must have."""
    user = signed_in_user()
    return {
        "is_enabled": user.mfa_enabled is True,
        "is_required": challenges.is_demanded(user),
        "methods": [one.name for one in challenges.every() if one.applies_to(user, ())],
        "recovery_codes_left": recovery_codes.left(user),
    }


def demands(user: Any) -> bool:
    """Whether AUTHSVC_MFA_REQUIRED_FOR names a role of the user, or everybody."""
    required = settings(MfaSettings).required_for
    return bool(required) and (EVERYBODY in required or not set(required).isdisjoint(users.roles_of(user)))


def disown(user: Any) -> dict[str, int]:
    """The factors of an account go with whoever enrolled them."""
    user.mfa_enabled = False
    return {}


def _account(user: Any) -> str:
    return f"user:{users.subject_of(user)}"


def _read_only(look: Callable[[], T]) -> T:
    """What *look* finds, in a transaction of its own: the change that follows sees the database anew."""
    with transaction():
        return look()


def _counted(user: Any, judged: Callable[[], dict[str, Any] | None]) -> dict[str, Any]:
    """What *judged* answers; None is a wrong second factor, and counted for the account."""
    account = _account(user)
    limits.count("second_factor_account", account)
    found = once_more(judged)
    if found is None:
        raise InvalidCredentials("That is not right.")
    limits.refund("second_factor_account", account)
    return found


def _failed(user: Any, method: str) -> None:
    """Record a wrong second factor, in the open transaction; after several of them the owner is told."""
    emit(SignInFailed(user=user, method=method))
    if limits.tries("second_factor_account", _account(user)) == GUESSES_TOLD:
        emit(SecondFactorGuessed(user=user, tries=GUESSES_TOLD))


def _resumed(waiting: challenges.Waiting, method: str) -> dict[str, Any]:
    """A sign-in that waited goes on with a second proof, in the open transaction."""
    challenges.resume(waiting)
    now = clock.timestamp()
    proofs = [*waiting.proofs, Proof(method, now), Proof(MULTIPLE, now)]
    return signin.finish(waiting.user, proofs, remember=waiting.remember)
