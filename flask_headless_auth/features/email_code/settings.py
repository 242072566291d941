"""Settings of e-mailed codes."""

from dataclasses import dataclass

from flask_headless_auth.settings import Settings, setting


@dataclass(frozen=True)
class EmailCodeSettings(Settings):
    """Codes that are mailed."""

    section = "email_code"
    is_factor: bool = setting(
        False, "Let a code mailed to a confirmed address stand in for every other second factor."
    )
