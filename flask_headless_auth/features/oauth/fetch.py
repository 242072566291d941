"""How providers are asked: briefly, without following redirects, and no more than what is needed is read."""

import json
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

from flask_headless_auth import clock
from flask_headless_auth.features.oauth.providers import Registration, is_safe
from flask_headless_auth.state import state

HEADERS = {
    "Accept": "application/json",
    "Content-Type": "application/x-www-form-urlencoded;charset=UTF-8",
    "User-Agent": "Flask-Headless-Auth",
}

LARGEST = 256 * 1024
"""Most bytes of an answer that are read."""

TIMEOUT = (3.0, 5.0)
LONGEST = 10.0
"""Seconds: to connect and between two pieces of an answer; and for all of its body."""


class Refused(Exception):
    """A provider's answer proves nothing; the text says why, for the log."""


@dataclass
class Known:
    """What one application knows of its providers, by address, and since when."""

    documents: dict[str, tuple[datetime, dict[str, Any]]] = field(default_factory=dict)


def safe(ours: Registration, url: object) -> str:
    """An address that secrets may go to: this machine's only where the issuer itself is on it."""
    # Without an issuer the address is the table's own.
    is_local = ours.issuer is None or urlsplit(ours.issuer).scheme == "http"
    if not is_safe(url, allows_loopback=is_local):
        raise Refused(f"{url!r:.100} is no safe address")
    return str(url)


def limit(session: Any) -> None:
    """No redirects, which would carry a secret elsewhere, no long and no endless answers."""
    session.max_redirects = 0
    session.stream = True
    session.hooks["response"].append(read)


def read(response: Any, **_: Any) -> None:
    """Read an answer while it is small and soon; it is as if requests had.

    Raises:
        ValueError: it is neither.
    """
    end, body = time.monotonic() + LONGEST, b""
    for piece in response.iter_content(16 * 1024):
        body += piece
        if len(body) > LARGEST or time.monotonic() > end:
            response.close()
            raise ValueError("the answer is too long")
    response._content, response._content_consumed = body, True


def get(session: Any, url: str, tokens: Mapping[str, Any]) -> Any:
    """What an address answers to the bearer of an access token.

    Raises:
        Refused: anything but 200.
    """
    headers = {
        "Authorization": f"Bearer {tokens['access_token']}",
        "Accept": "application/json",
        "User-Agent": HEADERS["User-Agent"],
    }
    return _json(session.get(url, withhold_token=True, auth=_as_it_is, headers=headers))


def _as_it_is(request: Any) -> Any:
    """Keeps a `.netrc` of the machine from writing its own `Authorization`."""
    return request


def _json(response: Any) -> Any:
    if response.status_code != 200:
        raise Refused(f"{response.url} answered {response.status_code}")
    return json.loads(response.content)


def document(url: str, ours: Registration, *, at_most: timedelta) -> dict[str, Any]:
    """What is published at *url*, at most that old."""
    known = _known().documents
    now = clock.now()
    if url in known and now - known[url][0] < at_most:
        return known[url][1]
    import requests

    with requests.Session() as session:
        limit(session)
        found = _json(session.get(safe(ours, url), timeout=TIMEOUT, auth=_as_it_is))
    if not isinstance(found, dict):
        raise Refused(f"{url} is no document")
    known[url] = (now, found)
    return found


def _known() -> Known:
    made: Known = state().parts.setdefault(Known, Known())
    return made
