"""Settings of TOTP."""

from dataclasses import dataclass
from datetime import timedelta

from flask_headless_auth.settings import Settings, setting


@dataclass(frozen=True)
class TotpSettings(Settings):
    """Codes of authenticator apps."""

    section = "totp"
    issuer: str | None = setting(
        None, "Name that authenticator apps show; AUTHSVC_APP_NAME or the host's name by default."
    )
    enrolment_ttl: timedelta = setting(
        timedelta(minutes=15), "How long an enrolment waits for its first code.", least=60
    )
