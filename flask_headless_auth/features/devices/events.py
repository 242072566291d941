"""What happens on devices."""

from dataclasses import dataclass

from flask_headless_auth.events import Event


@dataclass(frozen=True, kw_only=True)
class NewDeviceSignedIn(Event):
    """A user signed in with a device that is not known, and not for the first time.

    `device` is a description such as "Firefox on Linux", `address` the one that the request came from.
    """

    device: str
    address: str
