"""Endpoints of passkeys."""

from collections.abc import Mapping
from typing import Any

from flask.views import MethodView

from flask_headless_auth import http
from flask_headless_auth.errors import (
    EnrolmentExpired,
    LastLoginMethod,
    PasskeyRefused,
    PublicUrlMissing,
    SecondFactorUnavailable,
    TooManyPasskeys,
)
from flask_headless_auth.features.mfa.events import MfaDisabled, MfaEnabled
from flask_headless_auth.features.passkeys import events, logic
from flask_headless_auth.features.passkeys.models import Passkey
from flask_headless_auth.features.passkeys.schemas import (
    CreationOptionsSchema,
    NewPasskeySchema,
    PasskeyAnswerSchema,
    PasskeyListSchema,
    PasskeyLoginSchema,
    PasskeyNameSchema,
    PasskeyRequestSchema,
    PasskeySchema,
    RequestOptionsSchema,
)
from flask_headless_auth.features.sessions.events import SessionRevoked
from flask_headless_auth.features.signin.events import SignedIn, SignInFailed
from flask_headless_auth.features.signin.schemas import SignInAnswerSchema
from flask_headless_auth.guards import fresh_login_required, login_required
from flask_headless_auth.limits import limited
from flask_headless_auth.wire import MessageSchema

blueprint = http.Blueprint("passkeys", __name__, description="Sign in without a password, and keep passkeys.")

ONE = [{"in": "path", "name": "passkey_id", "description": "`id` of one of GET /passkeys."}]


@blueprint.route("/passkeys/register/options")
class StartAddingPasskey(MethodView):
    @limited("change")
    @fresh_login_required(unless="enrolment")
    @blueprint.raises(TooManyPasskeys, EnrolmentExpired, PublicUrlMissing)
    @blueprint.arguments(PasskeyRequestSchema, required=False)
    @blueprint.response(200, CreationOptionsSchema)
    def post(self, body: Mapping[str, Any]) -> dict[str, Any]:
        """Prepare to add a passkey to my account.

        Hand `options` to the browser, and what it makes of them to `POST /passkeys/register`, once. Where
        second factors are on, the proof of presence must be of one. A sign-in that waits for a factor to be
        enrolled sends its `enrolment`, to both.
        """
        return logic.start_adding(**body)


@blueprint.route("/passkeys/register")
class AddPasskey(MethodView):
    @limited("change")
    @fresh_login_required(unless="enrolment")
    @blueprint.delivers
    @blueprint.raises(
        PasskeyRefused, TooManyPasskeys, EnrolmentExpired, SecondFactorUnavailable, PublicUrlMissing
    )
    @blueprint.emits(events.PasskeyAdded, MfaEnabled, SignedIn, SessionRevoked)
    @blueprint.arguments(NewPasskeySchema)
    @blueprint.response(201, PasskeyAnswerSchema)
    def post(self, body: Mapping[str, Any]) -> dict[str, Any]:
        """Add a passkey to my account.

        `credential` is `toJSON()` of what the browser made. All other sessions end. With `enrolment` the
        passkey is the second factor that a sign-in waits for, and the answer is that of the sign-in.
        """
        return logic.add(**body)


@blueprint.route("/passkeys/login/options")
class StartPasskeyLogin(MethodView):
    @limited("passkey_options")
    @blueprint.raises(PublicUrlMissing)
    @blueprint.response(200, RequestOptionsSchema)
    def post(self) -> dict[str, Any]:
        """Prepare to sign in with a passkey.

        Nobody is asked who they are. The options serve a button as well as the browser's own suggestions in a
        form: `mediation: "conditional"` and `autocomplete="username webauthn"`.
        """
        return logic.start_sign_in()


@blueprint.route("/passkeys/login")
class PasskeyLogin(MethodView):
    @limited("login")
    @blueprint.delivers
    @blueprint.raises(PasskeyRefused, SecondFactorUnavailable, PublicUrlMissing)
    @blueprint.emits(SignedIn, SignInFailed, events.PasskeyRefused)
    @blueprint.arguments(PasskeyLoginSchema)
    @blueprint.response(200, SignInAnswerSchema)
    def post(self, body: Mapping[str, Any]) -> dict[str, Any]:
        """Sign in with a passkey.

        One that verified its user, by a PIN or a fingerprint, counts as two factors. After one that did not,
        a second factor is asked for; where the account has none, it is refused.
        """
        return logic.sign_in(**body)


@blueprint.route("/passkeys")
class ListPasskeys(MethodView):
    @limited("read")
    @login_required
    @blueprint.response(200, PasskeyListSchema)
    def get(self) -> dict[str, Any]:
        """List my passkeys, oldest first.

        There are never more than AUTHSVC_PASSKEYS_MAX_PER_USER, so one answer has them all.
        """
        return {"items": logic.mine(), "next_cursor": None}


@blueprint.route("/passkeys/<passkey_id>", parameters=ONE)
class RenamePasskey(MethodView):
    @limited("change")
    @login_required
    @blueprint.finds
    @blueprint.arguments(PasskeyNameSchema)
    @blueprint.response(200, PasskeySchema)
    def patch(self, body: Mapping[str, Any], passkey_id: str) -> Passkey:
        """Give one of my passkeys another name.

        The name is for this list alone; the device shows its own.
        """
        return logic.rename(passkey_id, body["name"])


@blueprint.route("/passkeys/<passkey_id>", parameters=ONE)
class RemovePasskey(MethodView):
    @limited("change")
    @fresh_login_required()
    @blueprint.finds
    @blueprint.raises(LastLoginMethod)
    @blueprint.emits(events.PasskeyRemoved, MfaDisabled, SessionRevoked)
    @blueprint.response(200, MessageSchema)
    def delete(self, passkey_id: str) -> dict[str, Any]:
        """Remove one of my passkeys.

        It opens nothing from now on, and all other sessions end. The last way to sign in cannot be removed.
        Where second factors are on, the proof of presence must be of one; without the last one they are off.
        """
        logic.remove(passkey_id)
        return {"message": "The passkey has been removed."}
