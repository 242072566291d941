"""What happens to recovery codes."""

from dataclasses import dataclass

from flask_headless_auth.events import Event


@dataclass(frozen=True, kw_only=True)
class RecoveryCodesRenewed(Event):
    """A user made new recovery codes; the old ones are worth nothing."""


@dataclass(frozen=True, kw_only=True)
class RecoveryCodeUsed(Event):
    """A recovery code stood in for the second factor; `left` is how many there are still."""

    left: int
