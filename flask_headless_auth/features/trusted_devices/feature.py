"""Trusted devices: the manifest."""

from flask_headless_auth.feature import Feature
from flask_headless_auth.features.signin.events import SignedIn
from flask_headless_auth.features.trusted_devices import events, logic, models, views
from flask_headless_auth.features.trusted_devices.settings import TrustedDeviceSettings

TRUSTED_DEVICES = Feature(
    name="trusted_devices",
    needs=("signin",),
    optional=False,
    blueprint=views.blueprint,
    tables=(models.TrustedDevice,),
    settings=(TrustedDeviceSettings,),
    events=(events.DeviceTrusted, events.DeviceDistrusted),
    trusts=logic.used_by,
    forget=logic.drop_all,
    export=logic.export_user,
    disown=logic.drop_all,
    purge=logic.purge,
    during={SignedIn: logic.note_use},
)
