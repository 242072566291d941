"""What happens to sessions."""

from dataclasses import dataclass

from flask_headless_auth.events import Event


@dataclass(frozen=True, kw_only=True)
class SignedOut(Event):
    """A user signed out; `scope` is `this`, `others` or `all`, `count` how many sessions ended."""

    session_id: str
    scope: str
    count: int


@dataclass(frozen=True, kw_only=True)
class SessionRevoked(Event):
    """A user ended one or all of their other sessions."""

    count: int


@dataclass(frozen=True, kw_only=True)
class RefreshReused(Event):
    """A refresh token was used a second time, and its session has been ended (RFC 9700 §4.14)."""

    session_id: str
