"""What happens to trusted devices."""

from dataclasses import dataclass

from flask_headless_auth.events import Event


@dataclass(frozen=True, kw_only=True)
class DeviceTrusted(Event):
    """A user signed in with a second factor and asked not to be asked for it again on this device."""

    device_id: str


@dataclass(frozen=True, kw_only=True)
class DeviceDistrusted(Event):
    """A user took the trust in a device back."""

    device_id: str
