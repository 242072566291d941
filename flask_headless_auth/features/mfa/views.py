"""Endpoints of second factors."""

from collections.abc import Mapping
from typing import Any

from flask.views import MethodView

from flask_headless_auth import http
from flask_headless_auth.errors import (
    ChallengeExpired,
    EnrolmentExpired,
    FactorActive,
    FactorMissing,
    InvalidCredentials,
    SecondFactorUnavailable,
)
from flask_headless_auth.features.mfa import logic
from flask_headless_auth.features.mfa.events import MfaDisabled, MfaEnabled, SecondFactorGuessed
from flask_headless_auth.features.mfa.schemas import (
    ChallengeOptionsSchema,
    ChallengeRequestSchema,
    MfaAnswerSchema,
    MfaDisabledSchema,
    MfaProofSchema,
    MfaSchema,
)
from flask_headless_auth.features.recovery_codes.events import RecoveryCodeUsed
from flask_headless_auth.features.sessions.events import SessionRevoked
from flask_headless_auth.features.signin.events import SignedIn, SignInFailed
from flask_headless_auth.features.trusted_devices.events import DeviceTrusted
from flask_headless_auth.guards import fresh_login_required, login_required, login_required_unless
from flask_headless_auth.limits import limited

blueprint = http.Blueprint("mfa", __name__, description="Second factors: prove, set up, switch off.")


@blueprint.route("/mfa")
class GetMfa(MethodView):
    @limited("read")
    @login_required
    @blueprint.response(200, MfaSchema)
    def get(self) -> dict[str, Any]:
        """See my second factors.

        What is on, whether one is demanded of me, and how many recovery codes I have left.
        """
        return logic.overview()


@blueprint.route("/mfa/verify")
class VerifyMfa(MethodView):
    @limited("second_factor")
    @blueprint.counts("second_factor_account")
    @login_required_unless("challenge", "enrolment")
    @blueprint.delivers
    @blueprint.raises(
        InvalidCredentials, ChallengeExpired, EnrolmentExpired, FactorActive, SecondFactorUnavailable
    )
    @blueprint.emits(
        SignedIn,
        SignInFailed,
        MfaEnabled,
        SecondFactorGuessed,
        SessionRevoked,
        DeviceTrusted,
        RecoveryCodeUsed,
    )
    @blueprint.arguments(MfaProofSchema, example={"challenge": "…", "method": "totp", "code": "492039"})
    @blueprint.response(200, MfaAnswerSchema)
    def post(self, body: Mapping[str, Any]) -> dict[str, Any]:
        """Prove a second factor.

        With `challenge` it finishes a sign-in, whoever is signed in now. With `enrolment` it switches on the
        factor that a sign-in asked for, and finishes that. With neither it switches on the authenticator app
        that I am setting up, signed in.
        """
        return logic.verify(**body)


@blueprint.route("/mfa/challenge")
class StartMfaChallenge(MethodView):
    @limited("second_factor")
    @blueprint.counts("second_factor_account")
    @blueprint.raises(ChallengeExpired, SecondFactorUnavailable)
    @blueprint.arguments(ChallengeRequestSchema)
    @blueprint.response(200, ChallengeOptionsSchema)
    def post(self, body: Mapping[str, Any]) -> dict[str, Any]:
        """Ask for what a second factor needs.

        For `email` a code is mailed, for `passkey` the answer has the options; the other methods need
        nothing. Then send the answer to `POST /mfa/verify`.
        """
        return logic.ask(**body)


@blueprint.route("/mfa/disable")
class DisableMfa(MethodView):
    @limited("change")
    @fresh_login_required(factor=True)
    @blueprint.raises(FactorMissing)
    @blueprint.emits(MfaDisabled, SessionRevoked)
    @blueprint.response(200, MfaDisabledSchema)
    def post(self) -> dict[str, Any]:
        """Switch my second factors off.

        The authenticator app, the recovery codes and all trusted devices go, passkeys stay, and all other
        sessions end. The proof of presence must be of a second factor.
        """
        return logic.disable()
