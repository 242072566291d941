"""Settings of notices."""

from dataclasses import dataclass
from datetime import timedelta

from flask_headless_auth.settings import Settings, setting


@dataclass(frozen=True)
class NoticeSettings(Settings):
    """How long "this was not me" works and where its link leads."""

    section = "notices"
    revert_ttl: timedelta = setting(
        timedelta(hours=72),
        "How long the link in a notice takes back what happened; so long an old address stays reserved.",
        least=3600,
    )
    revert_path: str = setting(
        "/security/revert/{token}",
        "Page of the front end that takes something back; empty: a page of this server.",
    )
