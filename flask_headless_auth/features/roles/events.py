"""What happens to roles."""

from dataclasses import dataclass

from flask_headless_auth.events import Event


@dataclass(frozen=True, kw_only=True)
class RoleGranted(Event):
    """A user got a role."""

    role: str


@dataclass(frozen=True, kw_only=True)
class RoleRevoked(Event):
    """A user lost a role."""

    role: str
