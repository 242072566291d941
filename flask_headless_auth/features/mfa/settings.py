"""Settings of second factors."""

from dataclasses import dataclass

from flask_headless_auth.settings import Settings, setting


@dataclass(frozen=True)
class MfaSettings(Settings):
    """Who must have a second factor."""

    section = "mfa"
    required_for: tuple[str, ...] = setting(
        (), "Roles that must have a second factor, such as admin; all: everybody."
    )
