"""The endpoint of recovery codes."""

from typing import Any

from flask.views import MethodView

from flask_headless_auth import http
from flask_headless_auth.errors import FactorMissing
from flask_headless_auth.features.recovery_codes import logic
from flask_headless_auth.features.recovery_codes.events import RecoveryCodesRenewed
from flask_headless_auth.features.recovery_codes.schemas import RecoveryCodesSchema
from flask_headless_auth.guards import fresh_login_required
from flask_headless_auth.limits import limited

blueprint = http.Blueprint(
    "recovery_codes", __name__, description="Codes for when the second factor is lost."
)


@blueprint.route("/mfa/recovery-codes")
class RenewRecoveryCodes(MethodView):
    @limited("change")
    @fresh_login_required(factor=True)
    @blueprint.raises(FactorMissing)
    @blueprint.emits(RecoveryCodesRenewed)
    @blueprint.response(200, RecoveryCodesSchema)
    def post(self) -> dict[str, Any]:
        """Make ten new recovery codes.

        The old ones stop working at once. The proof of presence must be of a second factor; a recovery code
        is one.
        """
        return {"recovery_codes": logic.renew()}
