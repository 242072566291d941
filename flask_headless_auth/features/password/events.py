"""What happens to passwords."""

from dataclasses import dataclass

from flask_headless_auth.events import Event


@dataclass(frozen=True, kw_only=True)
class PasswordChanged(Event):
    """A signed-in user chose a new password; `was_first` where the account had none."""

    was_first: bool


@dataclass(frozen=True, kw_only=True)
class PasswordReset(Event):
    """Somebody chose a new password with the link from a mail; all sessions have ended."""
