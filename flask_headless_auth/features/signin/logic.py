"""The one door: who somebody is, which further question applies, and the session that follows."""

from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta
from typing import Any

from flask_headless_auth import clock, cookies, limits, users
from flask_headless_auth.database import emit, transaction
from flask_headless_auth.errors import InvalidCredentials, SecondFactorUnavailable, ValidationFailed
from flask_headless_auth.feature import Challenge, Presence, Proof
from flask_headless_auth.features.sessions import logic as sessions
from flask_headless_auth.features.signin.events import PresenceProved, SignedIn, SignInFailed
from flask_headless_auth.guards import authenticate, seen_user, signed_in_user
from flask_headless_auth.passwords import Hashing
from flask_headless_auth.settings import CoreSettings, TokenSettings
from flask_headless_auth.state import part, settings, state
from flask_headless_auth.tickets import Tickets

PASSWORD = "pwd"  # noqa: S105
"""The `amr` value of a password (RFC 8176 §2)."""

CHALLENGE_LIFE = timedelta(minutes=10)


def with_password(
    *, password: str, email: str | None = None, username: str | None = None, remember: bool = True
) -> dict[str, Any]:
    """Sign in with e-mail, or user name, and password.

    Unknown, wrong and inactive cost the same and are answered the same.

    Raises:
        InvalidCredentials: no such pair.
        TooManyRequests: too many tries at this account.
    """
    account = _counted_as(email, username)
    limits.count("login_account", account)
    user = users.by_email(email) if email is not None else users.by_username(username or "")
    stored = user.password_hash if user is not None else None
    verdict = part(Hashing).verify(password, stored)
    if user is None or not verdict.matches or user.is_active is not True:
        waiting = _waiting(email, password)
        if waiting is not None:
            return dict(waiting)
        raise _failed(user, PASSWORD)
    limits.refund("login_account", account)
    renewed = part(Hashing).hash(password) if verdict.needs_rehash else None
    proofs = [Proof(PASSWORD, clock.timestamp())]
    with transaction():
        if users.password_hash_now(user) == stored:
            if renewed is not None:
                user.password_hash = renewed
            return finish(user, proofs, remember=remember)
    # The password was changed while it was being verified: this is the old one.
    raise _failed(user, PASSWORD)


def _waiting(email: str | None, password: str) -> Mapping[str, Any] | None:
    """What waits for this address and password; every feature is asked, so that the time says nothing."""
    if email is None:
        return None
    asked = [feature.waits(email, password) for feature in state().features if feature.waits is not None]
    return next((answer for answer in asked if answer is not None), None)


def _failed(user: Any, method: str, detail: str | None = None) -> InvalidCredentials:
    """Record that a sign-in failed; answers the refusal to raise."""
    with transaction():
        emit(SignInFailed(user=user, method=method))
    return InvalidCredentials(detail)


def _counted_as(email: str | None, username: str | None) -> str:
    """One spelling for one account, so that no other spelling has a counter of its own."""
    if email is None:
        return f"username:{(username or '').strip().casefold()}"
    try:
        return f"email:{users.canonical_email(email)}"
    except ValueError:
        return f"email:{email.strip().casefold()[:254]}"


def finish(user: Any, proofs: Sequence[Proof], *, remember: bool = True) -> dict[str, Any]:
    """The one door. Every way in ends here, and only here does a session begin.

    Answers `signed_in` with the user and the tokens, `challenge` where a second factor is asked for, or what
    else keeps the user from being signed in.

    Raises:
        InvalidCredentials: the account is inactive.
        SecondFactorUnavailable: a factor is enrolled that cannot be asked for.
    """
    if user.is_active is not True:
        raise InvalidCredentials
    held = next((answer for hold in _holds() if (answer := hold(user)) is not None), None)
    if held is not None:
        return dict(held)
    asked = challenges(user, proofs)
    if asked:
        return _ask(user, proofs, asked)
    channels = cookies.wanted()
    with transaction():
        emit(SignedIn(user=user, proofs=tuple(proofs)))
        if "cookie" in channels:
            sessions.replace_cookie_session()
        opened = sessions.begin(user, proofs, channels, remember=remember)
    return {"status": "signed_in", "user": user, **opened.answer()}


def _holds() -> list[Callable[[Any], Mapping[str, Any] | None]]:
    return [feature.holds for feature in state().features if feature.holds is not None]


def challenges(user: Any, proofs: Sequence[Proof]) -> list[Challenge]:
    """The second questions for this sign-in.

    Raises:
        SecondFactorUnavailable: one applies and cannot be asked.
    """
    applying = [
        one for feature in state().features for one in feature.challenges if one.applies_to(user, proofs)
    ]
    if any(not one.is_available() for one in applying) or (
        user.mfa_enabled is True and not applying and not _two(proofs)
    ):
        raise SecondFactorUnavailable
    return applying


def _two(proofs: Sequence[Proof]) -> bool:
    return len({proof.method for proof in proofs}) > 1


def _ask(user: Any, proofs: Sequence[Proof], asked: Sequence[Challenge]) -> dict[str, Any]:
    content = [users.subject_of(user), [[proof.method, proof.at] for proof in proofs]]
    return {
        "status": "challenge",
        "challenge": part(Tickets).issue("challenge", content, CHALLENGE_LIFE),
        "methods": [one.name for one in asked],
        "expires_in": int(CHALLENGE_LIFE.total_seconds()),
    }


def check() -> dict[str, Any]:
    """Who is signed in and since when."""
    claims = authenticate()
    return {
        "authenticated": True,
        "user": seen_user(),
        "session": {
            "id": claims["sid"],
            "auth_time": claims["auth_time"],
            "methods": claims["amr"],
            "expires_at": claims["exp"],
        },
    }


def ways_to_prove(user: Any) -> Mapping[str, Presence]:
    """How this user can show presence again, by method."""
    return {
        one.method: one for feature in state().features for one in feature.presences if one.applies_to(user)
    }


def start_proof(method: str) -> dict[str, Any]:
    """Prepare a proof of presence: what the front end needs to ask for it.

    Raises:
        ValidationFailed: this user has no such way.
    """
    user = signed_in_user()
    way = _way(user, method)
    max_age = int(settings(CoreSettings).step_up_max_age.total_seconds())
    return {"method": method, "max_age": max_age, **way.start(user)}


def _way(user: Any, method: str) -> Presence:
    ways = ways_to_prove(user)
    if method not in ways:
        raise ValidationFailed(
            errors={"method": [f"Not a way for this account. Known: {', '.join(ways) or 'none'}."]}
        )
    return ways[method]


def reauthenticate(method: str, answer: Mapping[str, Any]) -> dict[str, Any]:
    """New tokens of this session, in the request's channel, with a proof of presence of this moment.

    Raises:
        InvalidCredentials: the proof does not hold.
        TooManyRequests: too many tries.
    """
    claims, user = authenticate(), signed_in_user()
    way = _way(user, method)
    account = f"user:{claims['sub']}"
    limits.count("reauthenticate_account", account)
    if not way.prove(user, answer):
        raise _failed(user, method, "That is not right.")
    limits.refund("reauthenticate_account", account)
    _, channel = cookies.present("access")
    proof = Proof(method, clock.timestamp())
    with transaction():
        opened = sessions.renew(user, claims["sid"], channel, proof)
        emit(PresenceProved(user=user, session_id=claims["sid"], method=method))
    return opened.answer()


def has_password(user: Any) -> bool:
    """Whether the account has a password at all."""
    return bool(user.password_hash)


def proves_password(user: Any, answer: Mapping[str, Any]) -> bool:
    """Whether the answer has the user's password."""
    return bool(part(Hashing).verify(answer.get("password") or "", user.password_hash).matches)


def ways_in(user: Any) -> int:
    """In how many ways a user can sign in now."""
    return sum(feature.ways_in(user) for feature in state().features if feature.ways_in is not None)


def public() -> dict[str, Any]:
    """What a front end needs to know of tokens."""
    return {
        "delivery": [
            {"cookies": "cookies", "headers": "body"}[one] for one in settings(TokenSettings).location
        ]
    }


def configuration() -> dict[str, Any]:
    """What a front end needs to draw its screens."""
    current = state()
    answer: dict[str, Any] = {
        "features": [feature.name for feature in current.features],
        "providers": [],
        "mfa_methods": [one.name for feature in current.features for one in feature.challenges],
    }
    for feature in current.features:
        if feature.public is not None:
            answer.update(feature.public())
    return answer
