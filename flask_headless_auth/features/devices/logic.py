"""Know devices again."""

import hashlib
import ipaddress
import re
import secrets
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from flask import request

from flask_headless_auth import clock, cookies, users
from flask_headless_auth.database import emit, swept, transaction
from flask_headless_auth.features.devices import models
from flask_headless_auth.features.devices.events import NewDeviceSignedIn
from flask_headless_auth.features.notices.events import AccountReverted
from flask_headless_auth.features.signin.events import SignedIn
from flask_headless_auth.state import part
from flask_headless_auth.vault import Vault

COOKIE = "device"
KEPT = timedelta(days=365)
MOST = 50
"""Devices of one user that are remembered; the one not seen for longest goes."""

_SECRET = re.compile(r"[A-Za-z0-9_-]{43}")


def recognise(event: SignedIn) -> None:
    """Remember the device of a sign-in, in its transaction; one that is new to the user is told of.

    A known one costs one statement, or two where a client has both cookies and tokens in the body.
    """
    user, channels = event.user, cookies.wanted()
    secret = _secret() if "cookie" in channels else None
    places = _places(user) if "body" in channels else ()
    user_id, now = users.key_of(user), clock.now()
    life = KEPT if event.remember else None
    if secret is not None and models.see_cookie(user_id, _digest(user, secret), now):
        cookies.keep(COOKIE, secret, life)
    elif not places or not models.see_place(user_id, places, now):
        if "cookie" in channels:
            secret = secret or secrets.token_urlsafe(32)
            cookies.keep(COOKIE, secret, life)
        _remember(user, secret, places)


def _remember(user: Any, secret: str | None, places: Sequence[str]) -> None:
    user_id, description = users.key_of(user), describe(request.headers.get("User-Agent", ""))
    known = models.all_of(user_id)
    if known:
        emit(NewDeviceSignedIn(user=user, device=description, address=request.remote_addr or ""))
    models.erase([one.id for one in known[MOST - 1 :]])
    # Behind the notice, so that what takes back the notice forgets this device.
    now = clock.now()
    models.add(
        id=secrets.token_hex(16),
        user_id=user_id,
        cookie=_digest(user, secret) if secret is not None else None,
        place=places[0] if places else None,
        description=description,
        first_seen_at=now,
        last_seen_at=now,
    )


def is_known(user: Any) -> bool:
    """Whether the request comes from a browser in which this user has signed in before.

    Only the secret of the cookie shows that: a name and a network are what anybody nearby has too.
    """
    secret = _secret()
    return secret is not None and models.has_cookie(users.key_of(user), _digest(user, secret))


def _secret() -> str | None:
    """The secret in the browser's cookie, if it is written as ours are."""
    found = cookies.kept(COOKIE)
    return found if _SECRET.fullmatch(found) else None


def _digest(user: Any, secret: str) -> str:
    """With the user in it, so that the rows of two users do not show that they share a browser."""
    return hashlib.sha256(f"{users.subject_of(user)}/{secret}".encode()).hexdigest()


def _places(user: Any) -> tuple[str, ...]:
    """The marks of where the request comes from and what its client calls itself."""
    agent = request.headers.get("User-Agent", "")[:512]
    return part(Vault).marks("device", f"{users.subject_of(user)}/{network_of(request.remote_addr)}/{agent}")


def network_of(address: str | None) -> str:
    """The network that an address is in: IPv4 by its /24, IPv6 by its /48."""
    try:
        parsed = ipaddress.ip_address((address or "").partition("%")[0])
    except ValueError:
        return "unknown"
    if isinstance(parsed, ipaddress.IPv6Address) and parsed.ipv4_mapped:
        parsed = parsed.ipv4_mapped
    size = 24 if parsed.version == 4 else 48
    return str(ipaddress.ip_network((parsed, size), strict=False))


_PROGRAMS = (
    ("Edg", "Edge"), ("OPR/", "Opera"), ("SamsungBrowser", "Samsung Internet"), ("Firefox", "Firefox"),
    ("FxiOS", "Firefox"), ("CriOS", "Chrome"), ("Chrome", "Chrome"), ("Safari", "Safari"),
)  # fmt: skip
_SYSTEMS = (
    ("iPhone", "iPhone"), ("iPad", "iPad"), ("Android", "Android"), ("Windows", "Windows"),
    ("CrOS", "ChromeOS"), ("Mac OS X", "macOS"), ("Darwin", "an Apple device"), ("Linux", "Linux"),
)  # fmt: skip
"""What stands in a user agent, the first that does wins, and what people call it."""


def describe(agent: str) -> str:
    """What people call a client, such as "Firefox on Linux": never the client's own words."""
    program = next((name for mark, name in _PROGRAMS if mark in agent), "An app")
    system = next((name for mark, name in _SYSTEMS if mark in agent), None)
    return f"{program} on {system}" if system else program


def forget_since(event: AccountReverted) -> None:
    """Forget the devices that were not known before what the user takes back."""
    models.erase_since(users.key_of(event.user), event.since)


def forget_user(user: Any) -> dict[str, int]:
    """Erase the user's devices."""
    return {"devices": models.erase_all_of(users.key_of(user))}


def export_user(user: Any) -> dict[str, Any]:
    """The user's devices as they are told to the user."""
    return {
        "devices": [
            {
                "description": one.description,
                "first_seen_at": one.first_seen_at.isoformat(),
                "last_seen_at": one.last_seen_at.isoformat(),
            }
            for one in models.all_of(users.key_of(user))
        ]
    }


def purge() -> dict[str, int]:
    """Delete the devices that nobody has signed in with for a year."""

    def some() -> int:
        with transaction():
            return models.sweep(clock.now() - KEPT, 1000)

    return {"devices": swept(some, 1000)}
