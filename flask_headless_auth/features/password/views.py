"""Endpoints of passwords."""

from collections.abc import Mapping
from typing import Any

from flask.views import MethodView

from flask_headless_auth import http
from flask_headless_auth.errors import (
    InvalidCredentials,
    MailMissing,
    PublicUrlMissing,
    ResetLinkExpired,
    StepUpRequired,
    WeakPassword,
)
from flask_headless_auth.features.email.events import EmailConfirmed
from flask_headless_auth.features.password import logic
from flask_headless_auth.features.password.events import PasswordChanged, PasswordReset
from flask_headless_auth.features.password.schemas import (
    NewPasswordSchema,
    PasswordResetRequestSchema,
    PasswordUpdateSchema,
)
from flask_headless_auth.features.sessions.events import SessionRevoked
from flask_headless_auth.features.signin.events import SignInFailed
from flask_headless_auth.guards import login_required
from flask_headless_auth.limits import limited
from flask_headless_auth.wire import MessageSchema

blueprint = http.Blueprint("password", __name__, description="Change the password, or choose a new one.")


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


@blueprint.route("/request-password-reset")
class RequestPasswordReset(MethodView):
    @limited("reset")
    @blueprint.counts("reset_account")
    @blueprint.raises(MailMissing, PublicUrlMissing)
    @blueprint.arguments(PasswordResetRequestSchema, example={"email": "ada@example.com"})
    @blueprint.response(200, MessageSchema)
    def post(self, body: Mapping[str, Any]) -> dict[str, Any]:
        """Ask for a mail with a link to choose a new password.

        The answer is the same for every address, whether an account has it or not. The link works once, until
        the next one is asked for. Send its token and the new password to `POST /reset-password/<token>`.
        """
        logic.request_reset(**body)
        return {"message": "If an account has this address, a mail with a link is on its way."}


@blueprint.route("/reset-password/<token>", parameters=http.LINK)
class ResetPassword(MethodView):
    @limited("change")
    @blueprint.finds
    @blueprint.raises(ResetLinkExpired, WeakPassword)
    @blueprint.emits(PasswordReset, EmailConfirmed, SessionRevoked)
    @blueprint.arguments(NewPasswordSchema)
    @blueprint.response(200, MessageSchema)
    def post(self, body: Mapping[str, Any], token: str) -> dict[str, Any]:
        """Choose a new password with the token of the link from the mail.

        Every session of the account ends, and nobody is signed in: send the user to the sign-in. After
        `weak_password` the link still works.
        """
        logic.reset(token, **body)
        return {"message": "The password has been changed. Sign in with it."}
