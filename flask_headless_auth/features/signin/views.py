"""Endpoints of sign-in."""

from collections.abc import Mapping
from typing import Any

from flask.views import MethodView

from flask_headless_auth import http
from flask_headless_auth.errors import InvalidCredentials, SecondFactorUnavailable
from flask_headless_auth.features.sessions.schemas import TokensSchema
from flask_headless_auth.features.signin import logic
from flask_headless_auth.features.signin.events import PresenceProved, SignedIn, SignInFailed
from flask_headless_auth.features.signin.schemas import (
    CheckedSchema,
    ConfigSchema,
    LoginRequestSchema,
    PresenceOptionsSchema,
    PresenceProofSchema,
    PresenceRequestSchema,
    SignInAnswerSchema,
)
from flask_headless_auth.guards import login_required, user_shown
from flask_headless_auth.limits import limited

blueprint = http.Blueprint("signin", __name__, description="Sign in, check who is signed in, prove presence.")


@blueprint.route("/login")
class Login(MethodView):
    @limited("login")
    @blueprint.counts("login_account", "login_device")
    @blueprint.delivers
    @blueprint.raises(InvalidCredentials, SecondFactorUnavailable)
    @blueprint.emits(SignedIn, SignInFailed)
    @blueprint.arguments(
        LoginRequestSchema, example={"email": "ada@example.com", "password": "correct horse battery staple"}
    )
    @blueprint.response(200, SignInAnswerSchema)
    def post(self, body: Mapping[str, Any]) -> dict[str, Any]:
        """Sign in with e-mail and password.

        Unknown, wrong and inactive are answered alike. `status` says whether somebody is signed in or a
        second factor is asked for.
        """
        return logic.with_password(**body)


@blueprint.route("/check-auth")
class CheckAuth(MethodView):
    @limited("read")
    @user_shown
    @blueprint.response(200, CheckedSchema)
    def get(self) -> dict[str, Any]:
        """Check whether somebody is signed in, and who.

        Call it when the page loads: 401 means that nobody is.
        """
        return logic.check()


@blueprint.route("/reauthenticate/options")
class StartReauthentication(MethodView):
    @limited("change")
    @blueprint.counts("reauthenticate_account")
    @login_required
    @blueprint.arguments(PresenceRequestSchema, required=False)
    @blueprint.response(200, PresenceOptionsSchema)
    def post(self, body: Mapping[str, Any]) -> dict[str, Any]:
        """Prepare to prove presence again.

        Answers what the chosen method needs: nothing more for a password. Then send the proof to
        `POST /reauthenticate`.
        """
        return logic.start_proof(body["method"])


@blueprint.route("/reauthenticate")
class Reauthenticate(MethodView):
    @limited("login")
    @blueprint.counts("reauthenticate_account")
    @login_required
    @blueprint.raises(InvalidCredentials, SecondFactorUnavailable)
    @blueprint.emits(PresenceProved, SignInFailed)
    @blueprint.arguments(PresenceProofSchema)
    @blueprint.response(200, TokensSchema)
    def post(self, body: Mapping[str, Any]) -> dict[str, Any]:
        """Prove presence again, after a refusal that asks for it.

        The answer has new tokens of the same session, the way this request's token came.
        """
        return logic.reauthenticate(body["method"], body)


@blueprint.route("/config")
class GetConfig(MethodView):
    @limited("read")
    @blueprint.response(200, ConfigSchema)
    def get(self) -> dict[str, Any]:
        """See what a front end needs to draw its screens.

        Features that are on, rules for passwords, the sign-up form as JSON Schema. Nothing here is secret.
        """
        return logic.configuration()
