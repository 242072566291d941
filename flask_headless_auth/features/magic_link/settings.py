"""Settings of magic links."""

from dataclasses import dataclass
from datetime import timedelta

from flask_headless_auth.settings import Settings, setting


@dataclass(frozen=True)
class MagicLinkSettings(Settings):
    """Signing in with a link or a code from a mail."""

    section = "magic_link"
    ttl: timedelta = setting(
        timedelta(minutes=10), "How long link and code work; at most ten minutes.", least=60, most=600
    )
    path: str = setting(
        "/magic-link/{token}", "Page at FRONTEND_URL that the link leads to; empty: this server's own."
    )
