"""Endpoints of sign-up with a passkey."""

from collections.abc import Mapping
from typing import Any

from flask.views import MethodView

from flask_headless_auth import http
from flask_headless_auth.errors import (
    Conflict,
    EmailTaken,
    PasskeyRefused,
    PasskeySignUpClosed,
    PublicUrlMissing,
    UsernameTaken,
)
from flask_headless_auth.features.passkey_signup import logic
from flask_headless_auth.features.passkey_signup.schemas import PasskeySignUpAnswerSchema
from flask_headless_auth.features.passkeys.schemas import CreationOptionsSchema
from flask_headless_auth.features.signin.events import SignedIn
from flask_headless_auth.features.signin.schemas import SignInAnswerSchema
from flask_headless_auth.features.signup.events import SignedUp
from flask_headless_auth.limits import limited
from flask_headless_auth.user_schemas import PasskeySignUpSchema

blueprint = http.Blueprint("passkey_signup", __name__, description="Make an account without a password.")


@blueprint.route("/passkeys/signup/options")
class StartPasskeySignUp(MethodView):
    @limited("signup")
    @blueprint.raises(PasskeySignUpClosed, EmailTaken, UsernameTaken, Conflict, PublicUrlMissing)
    @blueprint.arguments(PasskeySignUpSchema)
    @blueprint.response(200, CreationOptionsSchema)
    def post(self, body: Mapping[str, Any]) -> dict[str, Any]:
        """Prepare an account with a passkey and no password.

        Hand `options` to the browser, and what it makes of them to `POST /passkeys/signup`, once. No account
        is made until then. The fields beside `email` are those of the sign-up form. Where addresses are
        confirmed first, nobody signs up so.
        """
        return logic.start(**body)


@blueprint.route("/passkeys/signup")
class PasskeySignUp(MethodView):
    @limited("signup")
    @blueprint.delivers
    @blueprint.raises(
        PasskeyRefused, PasskeySignUpClosed, EmailTaken, UsernameTaken, Conflict, PublicUrlMissing
    )
    @blueprint.emits(SignedUp, SignedIn)
    @blueprint.arguments(PasskeySignUpAnswerSchema)
    @blueprint.response(201, SignInAnswerSchema)
    def post(self, body: Mapping[str, Any]) -> dict[str, Any]:
        """Make an account with a passkey and no password, and sign in.

        `credential` is `toJSON()` of what the browser made.
        """
        return logic.finish(**body)
