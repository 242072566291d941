"""Devices: the manifest."""

from flask_headless_auth.feature import Feature, Mail
from flask_headless_auth.features.devices import events, logic, models
from flask_headless_auth.features.notices.events import AccountReverted
from flask_headless_auth.features.signin.events import SignedIn

DEVICES = Feature(
    name="devices",
    needs=("signin",),
    tables=(models.Device,),
    events=(events.NewDeviceSignedIn,),
    mails=(
        Mail(
            "new_device",
            "Somebody signed in with a device that is not known.",
            tells_of=events.NewDeviceSignedIn,
            says=("device", "address"),
            can_be_undone=True,
        ),
    ),
    forget=logic.forget_user,
    export=logic.export_user,
    disown=logic.forget_user,
    purge=logic.purge,
    during={SignedIn: logic.recognise, AccountReverted: logic.forget_since},
)
