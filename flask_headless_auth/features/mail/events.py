"""What happens to mail."""

from dataclasses import dataclass

from flask_headless_auth.events import Event


@dataclass(frozen=True, kw_only=True)
class MailQueued(Event):
    """A mail stands in the outbox; `mail` is its name."""

    mail: str
