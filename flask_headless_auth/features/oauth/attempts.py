"""What is kept while somebody is at a provider, and the codes that they come back with: all are vouchers."""

import hmac
import secrets
from base64 import urlsafe_b64encode
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import timedelta
from hashlib import sha256
from typing import Any

from flask_headless_auth import clock, users
from flask_headless_auth.errors import OAuthCodeInvalid, OAuthStateInvalid
from flask_headless_auth.features.oauth.browser import Binding, bind, is_bound, unbind
from flask_headless_auth.features.oauth.providers import Registration
from flask_headless_auth.features.vouchers import logic as vouchers

STATE, CODE, PRESENCE, NONCE = "oauth_state", "oauth_code", "oauth_presence", "oauth_nonce"
STATE_LIFE, CODE_LIFE, NONCE_LIFE = timedelta(minutes=10), timedelta(seconds=60), timedelta(minutes=10)


@dataclass(frozen=True, kw_only=True)
class Attempt:
    """What the browser was sent to a provider for."""

    provider: str
    goal: str
    #: Where it returns to.
    target: str
    binding: Binding
    nonce: str
    verifier: str
    began_at: int
    #: The `code_challenge` of a client without cookies (RFC 7636).
    challenge: str | None = None
    #: Whose identity is to be linked, or whose presence proved, and in which session.
    user_id: Any = None
    session_id: str | None = None


def begin(
    ours: Registration, goal: str, target: str, *, user: Any = None, **more: Any
) -> tuple[Attempt, str]:
    """A new attempt and its state, in the open transaction; the coming answer binds it to the browser."""
    attempt = Attempt(
        provider=ours.name,
        goal=goal,
        target=target,
        binding=bind(STATE_LIFE, by_form=ours.provider.answers_by_form),
        nonce=secrets.token_urlsafe(32),
        verifier=secrets.token_urlsafe(48),
        began_at=clock.timestamp(),
        **more,
    )
    return attempt, vouchers.issue(STATE, STATE_LIFE, asdict(attempt), user=user).token


def redeem(ours: Registration, state: str) -> Attempt:
    """The attempt of this state, used up in the open transaction if this is its browser and its provider.

    A look comes first, so that nobody else can use it up.

    Raises:
        OAuthStateInvalid: there is none, or not here.
    """
    seen = vouchers.look(STATE, state)
    if seen is None:
        raise OAuthStateInvalid
    content = dict(seen.content)
    attempt = Attempt(**{**content, "binding": Binding(**content["binding"]), "user_id": seen.user_id})
    if attempt.provider != ours.name or not is_bound(attempt.binding) or not vouchers.redeem(STATE, state):
        raise OAuthStateInvalid
    return attempt


def code_for(attempt: Attempt, user: Any, **more: Any) -> str:
    """A code for the exchange, in the open transaction: good once, for a minute, for this client."""
    content = {
        "binding": asdict(attempt.binding), "challenge": attempt.challenge, "at": clock.timestamp(), **more,
    }  # fmt: skip
    return vouchers.issue(CODE, CODE_LIFE, content, user=user).token


def redeem_code(code: str, verifier: str | None) -> vouchers.Redeemed:
    """What a code stands for, used up in the open transaction.

    Raises:
        OAuthCodeInvalid: it is no good, or this is not the client that began.
    """
    seen = vouchers.look(CODE, code)
    if seen is None or not _is_the_client(seen.content, verifier):
        raise OAuthCodeInvalid
    redeemed = vouchers.redeem(CODE, code)
    if redeemed is None:
        raise OAuthCodeInvalid
    unbind(Binding(**redeemed.content["binding"]))
    return redeemed


def _is_the_client(content: Mapping[str, Any], verifier: str | None) -> bool:
    challenge = content["challenge"]
    if challenge is None:
        return is_bound(Binding(**content["binding"]))
    made = urlsafe_b64encode(sha256((verifier or "").encode("utf-8", "replace")).digest()).rstrip(b"=")
    return hmac.compare_digest(made, challenge.encode())


def presence_code(attempt: Attempt, user: Any) -> str:
    """A code that proves presence in the session of the attempt, in the open transaction."""
    return vouchers.issue(PRESENCE, CODE_LIFE, {"session_id": attempt.session_id}, user=user).token


def proves_presence(code: str, user: Any, session_id: str) -> bool:
    """Whether a code proves the presence of this user in this session, used up in the open transaction."""
    seen = vouchers.look(PRESENCE, code)
    if seen is None or seen.user_id != users.key_of(user) or seen.content["session_id"] != session_id:
        return False
    return vouchers.redeem(PRESENCE, code) is not None


def new_nonce(ours: Registration) -> str:
    """A nonce for a native app, in the open transaction."""
    return vouchers.issue(NONCE, NONCE_LIFE, {"provider": ours.name}).token


def redeem_nonce(ours: Registration, nonce: object) -> bool:
    """Whether this is a good nonce for this provider, used up in the open transaction."""
    if not isinstance(nonce, str):
        return False
    seen = vouchers.look(NONCE, nonce)
    return (
        seen is not None
        and seen.content["provider"] == ours.name
        and vouchers.redeem(NONCE, nonce) is not None
    )
