"""The endpoint of TOTP."""

from collections.abc import Mapping
from typing import Any

from flask.views import MethodView

from flask_headless_auth import http
from flask_headless_auth.errors import EnrolmentExpired, FactorActive
from flask_headless_auth.features.totp import logic
from flask_headless_auth.features.totp.schemas import TotpEnrolmentSchema, TotpRequestSchema
from flask_headless_auth.guards import fresh_login_required
from flask_headless_auth.limits import limited

blueprint = http.Blueprint("totp", __name__, description="Codes of an authenticator app.")


@blueprint.route("/mfa/enable")
class EnableMfa(MethodView):
    @limited("change")
    @fresh_login_required(unless="enrolment")
    @blueprint.raises(FactorActive, EnrolmentExpired)
    @blueprint.arguments(TotpRequestSchema, required=False)
    @blueprint.response(200, TotpEnrolmentSchema)
    def post(self, body: Mapping[str, Any]) -> dict[str, Any]:
        """Begin to set up an authenticator app as the second factor.

        Show `qr_svg` or `secret`, then send the first code of the app to `POST /mfa/verify`. Nothing changes
        before that, and beginning again is harmless.
        """
        return logic.begin(**body)
