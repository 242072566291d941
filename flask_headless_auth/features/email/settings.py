"""Settings of e-mail addresses."""

from dataclasses import dataclass
from datetime import timedelta

from flask_headless_auth.settings import Settings, setting


@dataclass(frozen=True)
class EmailSettings(Settings):
    """How e-mail addresses are confirmed and changed."""

    section = "email"
    require_verification: bool = setting(
        False,
        "Sign nobody in before their address is confirmed; sign-up then tells nobody who has an account.",
        key="REQUIRE_EMAIL_VERIFICATION",
    )
    confirm_ttl: timedelta = setting(timedelta(days=3), "How long a confirmation link works.", least=3600)
    change_ttl: timedelta = setting(
        timedelta(hours=24), "How long the link that changes an address works.", least=3600
    )
    confirm_path: str = setting(
        "/confirm/{token}", "Page of the front end that a confirmation link leads to; empty: ours."
    )
    not_me_path: str = setting(
        "/confirm/{token}/not-me", 'Page of the front end for "I did not sign up"; empty: ours.'
    )
    change_path: str = setting(
        "/email/change/{token}", "Page of the front end that changes an address; empty: ours."
    )
