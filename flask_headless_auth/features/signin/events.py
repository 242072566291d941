"""What happens at sign-in."""

from collections.abc import Sequence
from dataclasses import dataclass

from flask_headless_auth.events import Event
from flask_headless_auth.feature import Proof


@dataclass(frozen=True, kw_only=True)
class SignedIn(Event):
    """A user signed in: a session is about to begin; `remember` where it outlasts the browser."""

    proofs: Sequence[Proof]
    remember: bool = True


@dataclass(frozen=True, kw_only=True)
class SignInFailed(Event):
    """Somebody tried to sign in and could not; `user` is None where the account is unknown."""

    method: str


@dataclass(frozen=True, kw_only=True)
class PresenceProved(Event):
    """A signed-in user proved again that it is them."""

    session_id: str
    method: str
