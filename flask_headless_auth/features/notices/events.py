"""What happens when somebody says "this was not me"."""

from dataclasses import dataclass
from datetime import datetime

from flask_headless_auth.events import Event


@dataclass(frozen=True, kw_only=True)
class AccountReverted(Event):
    """A user took back what the notice `mail` told of, and all that came `since`: that is not the user's.

    Sessions, password and what was on its way are gone; a feature that keeps more than these listens for it.
    """

    mail: str
    since: datetime
