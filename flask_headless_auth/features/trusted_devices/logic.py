"""Trust devices, know them again, and take the trust back."""

import hashlib
import secrets
from collections.abc import Sequence
from typing import Any

from flask import Response, after_this_request, request

from flask_headless_auth import clock, cookies, users
from flask_headless_auth.database import emit, swept, transaction
from flask_headless_auth.errors import NotFound
from flask_headless_auth.features.challenges import logic as challenges
from flask_headless_auth.features.signin.events import SignedIn
from flask_headless_auth.features.trusted_devices import models
from flask_headless_auth.features.trusted_devices.events import DeviceDistrusted, DeviceTrusted
from flask_headless_auth.features.trusted_devices.settings import TrustedDeviceSettings
from flask_headless_auth.guards import signed_in_user
from flask_headless_auth.operations import TRUSTED_DEVICE
from flask_headless_auth.state import part, settings

MOST = 20
"""Devices that one user may trust; the oldest goes."""


def trust(user: Any) -> dict[str, str]:
    """Trust the device of this request: a cookie, or the member of the body that the client keeps."""
    life = settings(TrustedDeviceSettings).lifetime
    if not life:
        return {}
    now, secret = clock.now(), secrets.token_urlsafe(32)
    device_id = secrets.token_urlsafe(16)
    user_agent = request.headers.get("User-Agent", "").encode("ascii", "replace").decode()
    with transaction():
        for old in _of(user)[MOST - 1 :]:
            models.erase(users.key_of(user), old.id)
        models.add(
            id=device_id,
            digest=_digest(secret),
            password=challenges.password_stamp(user),
            created_at=now,
            last_used_at=now,
            expires_at=now + life,
            user_agent=user_agent[:255].replace("\x00", "?"),
            user_id=users.key_of(user),
        )
        emit(DeviceTrusted(user=user, device_id=device_id))
    if "cookie" in cookies.wanted():
        _set_cookie(secret, int(life.total_seconds()))
    return {"trusted_device": secret} if "body" in cookies.wanted() else {}


def _digest(secret: str) -> str:
    """Secrets have 256 random bits, so a plain digest is enough."""
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()


def _cookie_name() -> str:
    return "__Host-trusted_device" if part(cookies.Transport).secure else "trusted_device"


def _set_cookie(secret: str, seconds: int) -> None:
    ours = part(cookies.Transport)

    @after_this_request
    def _set(response: Response) -> Response:
        if response.status_code < 400:
            response.set_cookie(
                _cookie_name(),
                secret,
                max_age=seconds,
                path="/",
                secure=ours.secure,
                httponly=True,
                # A provider sends the browser back from another site, and Strict cookies stay behind then.
                samesite="Lax" if ours.samesite == "Strict" else ours.samesite,
            )
        return response


def used_by(user: Any) -> str | None:
    """The id of the device that this request comes from, if *user* trusts it."""
    secret = request.headers.get(TRUSTED_DEVICE) or request.cookies.get(_cookie_name(), "")
    if not secret or not settings(TrustedDeviceSettings).lifetime:
        return None
    # Looked for whether there is such a user or not, so that the time says nothing.
    found = models.find(_digest(secret), clock.now())
    if found is None or user is None or found.user_id != users.key_of(user):
        return None
    return found.id if found.password == challenges.password_stamp(user) else None


def note_use(signed_in: SignedIn) -> None:
    """Keep when a trusted device was last signed in with."""
    device_id = used_by(signed_in.user)
    if device_id is not None:
        models.note_use(device_id, clock.now())


def mine() -> list[dict[str, Any]]:
    """The devices that the signed-in user trusts, newest first."""
    user = signed_in_user()
    current = used_by(user)
    return [
        {
            "id": one.id,
            "created_at": one.created_at,
            "last_used_at": one.last_used_at,
            "expires_at": one.expires_at,
            "user_agent": one.user_agent,
            "is_current": one.id == current,
        }
        for one in _of(user)
    ]


def _of(user: Any) -> Sequence[models.TrustedDevice]:
    return models.all_of(users.key_of(user), challenges.password_stamp(user), clock.now())


def distrust(device_id: str) -> None:
    """Take the signed-in user's trust in a device back.

    Raises:
        NotFound: there is no such device that they trust.
    """
    user = signed_in_user()
    with transaction():
        if not models.erase(users.key_of(user), device_id):
            raise NotFound("You trust no such device.")
        emit(DeviceDistrusted(user=user, device_id=device_id))


def drop_all(user: Any) -> dict[str, int]:
    """Take all trust of the user back."""
    return {"trusted_devices": models.erase_all_of(users.key_of(user))}


def export_user(user: Any) -> dict[str, Any]:
    """The devices that the user trusts."""
    return {
        "trusted_devices": [
            {
                "created_at": one.created_at.isoformat(),
                "last_used_at": one.last_used_at.isoformat(),
                "user_agent": one.user_agent,
            }
            for one in _of(user)
        ]
    }


def purge() -> dict[str, int]:
    """Delete the devices whose time is over."""

    def some() -> int:
        with transaction():
            return models.sweep(clock.now(), 1000)

    return {"trusted_devices": swept(some, 1000)}
