"""Live sessions remembered for a moment, where AUTHSVC_SESSIONS_REVOCATION_LAG allows it.

Only live sessions are remembered, and none for longer than the lag. A store that fails is a miss, and a
miss asks the database; so a failure here can delay nothing and admit nobody.
"""

import logging
import threading
from dataclasses import dataclass
from typing import Any, Protocol

from flask_headless_auth import clock
from flask_headless_auth.features.sessions.settings import SessionSettings

log = logging.getLogger("flask_headless_auth")

MOST = 10_000
"""Most sessions that one process remembers."""


class Memory(Protocol):
    """Remembers whose session is alive."""

    def owner(self, session_id: str) -> str | None:
        """The `sub` of the session's user while it is remembered as alive."""

    def remember(self, session_id: str, owner: str) -> None:
        """The session is alive now."""

    def forget(self, session_id: str) -> None:
        """Ask the database next time."""


class ProcessMemory:
    """In the memory of this process, bounded."""

    def __init__(self, lag: float) -> None:
        self._lag = lag
        self._known: dict[str, tuple[float, str]] = {}
        self._lock = threading.Lock()

    def owner(self, session_id: str) -> str | None:
        """See `Memory`."""
        until, owner = self._known.get(session_id, (0.0, ""))
        return owner if clock.now().timestamp() < until else None

    def remember(self, session_id: str, owner: str) -> None:
        """See `Memory`."""
        with self._lock:
            if len(self._known) >= MOST:
                self._known.clear()
            self._known[session_id] = (clock.now().timestamp() + self._lag, owner)

    def forget(self, session_id: str) -> None:
        """See `Memory`."""
        with self._lock:
            self._known.pop(session_id, None)


class RedisMemory:
    """In Redis, shared by all workers."""

    def __init__(self, url: str, lag: float) -> None:
        # An optional extra, imported only where it is configured.
        import redis

        self._lag = max(1, round(lag * 1000))
        self._redis: Any = redis.Redis.from_url(url, socket_timeout=0.5, socket_connect_timeout=0.5)
        self._failures = (redis.RedisError, OSError)

    def owner(self, session_id: str) -> str | None:
        """See `Memory`."""
        try:
            known = self._redis.get(self._key(session_id))
        except self._failures:
            log.warning("Redis does not answer; sessions are asked of the database.")
            return None
        return known.decode() if known is not None else None

    def remember(self, session_id: str, owner: str) -> None:
        """See `Memory`."""
        try:
            self._redis.set(self._key(session_id), owner, px=self._lag)
        except self._failures:
            log.warning("Redis does not answer; sessions are asked of the database.")

    def forget(self, session_id: str) -> None:
        """See `Memory`."""
        try:
            self._redis.delete(self._key(session_id))
        except self._failures:
            log.warning("Redis does not answer; an ended session may be remembered for the lag.")

    @staticmethod
    def _key(session_id: str) -> str:
        return f"flask_headless_auth:session:{session_id}"


@dataclass(frozen=True)
class Remembered:
    """One application's memory of live sessions, if it has a lag."""

    memory: Memory | None


def made(settings: SessionSettings) -> Memory | None:
    """The memory that the settings ask for; None where every request asks the database."""
    lag = settings.revocation_lag.total_seconds()
    if lag <= 0:
        return None
    return RedisMemory(settings.cache_url, lag) if settings.cache_url else ProcessMemory(lag)
