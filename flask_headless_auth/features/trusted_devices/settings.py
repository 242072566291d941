"""Settings of trusted devices."""

from dataclasses import dataclass
from datetime import timedelta

from flask_headless_auth.settings import Settings, setting


@dataclass(frozen=True)
class TrustedDeviceSettings(Settings):
    """Devices that are not asked for the second factor."""

    section = "trusted_devices"
    lifetime: timedelta = setting(
        timedelta(days=30), "How long a device is trusted; 0: no device ever is.", least=0
    )
