"""What happens at sign-up."""

from dataclasses import dataclass

from flask_headless_auth.events import Event


@dataclass(frozen=True, kw_only=True)
class SignedUp(Event):
    """Somebody made an account."""
