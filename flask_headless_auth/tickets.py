"""Signed slips for one purpose each: never JWTs, so no route takes one for a token.

A slip says nothing to its holder that it should not know; what must stay unknown does not go in. Single
use is the business of the row it names.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from itsdangerous import BadData, URLSafeSerializer

from flask_headless_auth import clock

CURSOR_LIFE = timedelta(days=1)
"""How long the cursor of a list works."""


class TicketRefused(Exception):
    """The slip is forged, altered, expired, or of another purpose."""


@dataclass(frozen=True)
class Tickets:
    """Issues and reads slips. The first of *keys* signs, all verify."""

    keys: Sequence[bytes]

    def issue(self, purpose: str, content: Any, life: timedelta) -> str:
        """A slip for *purpose* that works for *life*."""
        expires = int((clock.now() + life).timestamp())
        return str(self._serializer(purpose).dumps([expires, content]))

    def read(self, purpose: str, slip: str) -> Any:
        """What a slip of *purpose* says.

        Raises:
            TicketRefused: forged, altered, expired, or issued for something else.
        """
        try:
            expires, content = self._serializer(purpose).loads(slip)
        except (BadData, ValueError, TypeError):
            raise TicketRefused(purpose) from None
        if datetime.fromtimestamp(expires, UTC) <= clock.now():
            raise TicketRefused(purpose)
        return content

    def _serializer(self, purpose: str) -> URLSafeSerializer:
        # itsdangerous signs with the last key of the list.
        return URLSafeSerializer(list(reversed(self.keys)), salt=f"flask-headless-auth/{purpose}")
