"""What happens to second factors."""

from dataclasses import dataclass

from flask_headless_auth.events import Event


@dataclass(frozen=True, kw_only=True)
class MfaEnabled(Event):
    """A second factor was switched on; `method` is which."""

    method: str


@dataclass(frozen=True, kw_only=True)
class MfaDisabled(Event):
    """The second factors were switched off."""


@dataclass(frozen=True, kw_only=True)
class SecondFactorGuessed(Event):
    """Somebody who gave the first factor gave several wrong second ones; `tries` is how many."""

    tries: int
