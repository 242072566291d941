"""Endpoints of passwords."""

from collections.abc import Mapping
from typing import Any

from flask.views import MethodView

from flask_headless_auth import http
from flask_headless_auth.errors import InvalidCredentials, StepUpRequired, WeakPassword
from flask_headless_auth.features.password import logic
from flask_headless_auth.features.password.events import PasswordChanged
from flask_headless_auth.features.password.schemas import PasswordUpdateSchema
from flask_headless_auth.features.sessions.events import SessionRevoked
from flask_headless_auth.features.signin.events import SignInFailed
from flask_headless_auth.guards import login_required
from flask_headless_auth.limits import limited
from flask_headless_auth.wire import MessageSchema

blueprint = http.Blueprint("password", __name__, description="Change the password.")


@blueprint.route("/password/update")
class UpdatePassword(MethodView):
    @limited("change")
    @blueprint.counts("password_account")
    @login_required
    @blueprint.raises(InvalidCredentials, WeakPassword, StepUpRequired)
    @blueprint.emits(PasswordChanged, SignInFailed, SessionRevoked)
    @blueprint.arguments(PasswordUpdateSchema)
    @blueprint.response(200, MessageSchema)
    def post(self, body: Mapping[str, Any]) -> dict[str, Any]:
        """Change my password.

        All other sessions end. An account without a password needs no `current_password` but a fresh sign-in.
        """
        logic.update(**body)
        return {"message": "The password has been changed."}
