"""Settings of sessions."""

from dataclasses import dataclass
from datetime import timedelta

from flask_headless_auth.settings import Settings, setting


@dataclass(frozen=True)
class SessionSettings(Settings):
    """How long a sign-in lasts."""

    section = "sessions"
    absolute_lifetime: timedelta = setting(
        timedelta(days=90), "When a session ends whatever happens; rotation does not move it.", least=1
    )
    transient_lifetime: timedelta = setting(
        timedelta(hours=24), "Idle life of a session whose sign-in said `remember: false`.", least=1
    )
    refresh_grace: timedelta = setting(
        timedelta(seconds=30),
        "How long a refresh token's second use gets the same successor; 0: never.",
        least=0,
    )
    revocation_lag: timedelta = setting(
        timedelta(0),
        "How long a live session may be remembered instead of asked for; 0: every request asks.",
        least=0,
    )
    keep_ended: timedelta = setting(
        timedelta(days=30), "How long the rows of ended sessions are kept.", least=0
    )
    cache_url: str | None = setting(
        None, "Redis that remembers live sessions where there is a lag.", key="CACHE_REDIS_URL", secret=True
    )
