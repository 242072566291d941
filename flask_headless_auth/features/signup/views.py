"""The endpoint of sign-up."""

from collections.abc import Mapping
from typing import Any

from flask.views import MethodView

from flask_headless_auth import http
from flask_headless_auth.errors import (
    Conflict,
    EmailTaken,
    MailMissing,
    PublicUrlMissing,
    UsernameTaken,
    WeakPassword,
)
from flask_headless_auth.features.signin.events import SignedIn
from flask_headless_auth.features.signin.schemas import SignInAnswerSchema
from flask_headless_auth.features.signup import logic
from flask_headless_auth.features.signup.events import SignedUp
from flask_headless_auth.limits import limited
from flask_headless_auth.user_schemas import SignUpSchema

blueprint = http.Blueprint("signup", __name__, description="Make an account.")


@blueprint.route("/signup")
class SignUp(MethodView):
    @limited("signup")
    @blueprint.counts("signup_account")
    @blueprint.delivers
    @blueprint.raises(EmailTaken, UsernameTaken, Conflict, WeakPassword, MailMissing, PublicUrlMissing)
    @blueprint.emits(SignedUp, SignedIn)
    @blueprint.arguments(SignUpSchema)
    @blueprint.response(201, SignInAnswerSchema)
    def post(self, body: Mapping[str, Any]) -> dict[str, Any]:
        """Make an account with e-mail and password, and sign in.

        The fields beside `email` and `password` are the profile columns of the application's user model.
        Where addresses are confirmed first, the answer is `verification_required` for every address, and a
        mail says what happens next.
        """
        return logic.sign_up(**body)
