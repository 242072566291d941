"""Endpoints of trusted devices."""

from typing import Any

from flask.views import MethodView

from flask_headless_auth import http
from flask_headless_auth.features.trusted_devices import logic
from flask_headless_auth.features.trusted_devices.events import DeviceDistrusted
from flask_headless_auth.features.trusted_devices.schemas import DistrustedSchema, TrustedDeviceListSchema
from flask_headless_auth.guards import login_required
from flask_headless_auth.limits import limited

blueprint = http.Blueprint(
    "trusted_devices", __name__, description="Devices that are not asked for the second factor."
)


@blueprint.route("/trusted-devices")
class ListTrustedDevices(MethodView):
    @limited("read")
    @login_required
    @blueprint.response(200, TrustedDeviceListSchema)
    def get(self) -> dict[str, Any]:
        """List the devices that I trust, newest first.

        On these a sign-in needs no second factor. A device becomes one by `remember_device` at
        `POST /mfa/verify`.
        """
        return {"items": logic.mine()}


@blueprint.route(
    "/trusted-devices/<device_id>",
    parameters=[{"in": "path", "name": "device_id", "description": "`id` of one of GET /trusted-devices."}],
)
class DistrustDevice(MethodView):
    @limited("change")
    @login_required
    @blueprint.finds
    @blueprint.emits(DeviceDistrusted)
    @blueprint.response(200, DistrustedSchema)
    def delete(self, device_id: str) -> dict[str, Any]:
        """Trust a device no longer.

        Its next sign-in is asked for the second factor. Sessions on it go on.
        """
        logic.distrust(device_id)
        return {"message": "The device is trusted no longer."}
