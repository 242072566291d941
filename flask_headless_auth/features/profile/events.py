"""What happens to profiles."""

from dataclasses import dataclass

from flask_headless_auth.events import Event


@dataclass(frozen=True, kw_only=True)
class ProfileUpdated(Event):
    """A user changed their profile; `fields` names what."""

    fields: tuple[str, ...]
