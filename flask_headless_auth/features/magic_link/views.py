"""Endpoints of magic links."""

from collections.abc import Mapping
from typing import Any

from flask.views import MethodView

from flask_headless_auth import http
from flask_headless_auth.errors import (
    MagicLinkExpired,
    MailMissing,
    PublicUrlMissing,
    SecondFactorUnavailable,
)
from flask_headless_auth.features.email.events import EmailConfirmed
from flask_headless_auth.features.magic_link import logic
from flask_headless_auth.features.magic_link.schemas import (
    MagicLinkProofSchema,
    MagicLinkRequestSchema,
    MagicLinkSentSchema,
)
from flask_headless_auth.features.sessions.events import SessionRevoked
from flask_headless_auth.features.signin.events import SignedIn, SignInFailed
from flask_headless_auth.features.signin.schemas import SignInAnswerSchema
from flask_headless_auth.limits import limited

blueprint = http.Blueprint("magic_link", __name__, description="Sign in by mail, without a password.")


@blueprint.route("/magic-link")
class SendMagicLink(MethodView):
    @limited("magic_link")
    @blueprint.counts("magic_link_account")
    @blueprint.raises(MailMissing, PublicUrlMissing)
    @blueprint.arguments(MagicLinkRequestSchema)
    @blueprint.response(200, MagicLinkSentSchema)
    def post(self, body: Mapping[str, Any]) -> dict[str, Any]:
        """Ask for a mail that signs me in.

        The mail has a link and a six-digit code. Send the link's token, or this answer's `challenge` with the
        code, to `POST /magic-link/verify`. The answer is the same whether the address has an account or not;
        a new request ends the link and the code of older ones.
        """
        return {
            **logic.send(body["email"]),
            "message": "If this address has an account, a mail with a link and a code is on its way.",
        }


@blueprint.route("/magic-link/verify")
class VerifyMagicLink(MethodView):
    @limited("login")
    @blueprint.counts("magic_code_account")
    @blueprint.delivers
    @blueprint.raises(MagicLinkExpired, SecondFactorUnavailable)
    @blueprint.emits(SignedIn, SignInFailed, EmailConfirmed, SessionRevoked)
    @blueprint.arguments(
        MagicLinkProofSchema, example={"challenge": "Wy3Qh0c7mZk2l5v8Xr1T", "code": "012345"}
    )
    @blueprint.response(200, SignInAnswerSchema)
    def post(self, body: Mapping[str, Any]) -> dict[str, Any]:
        """Sign in with the link or the code from the mail.

        Send `token`, or `challenge` and `code`; a code has five tries. Wrong, old and used are answered
        alike. `status` says whether somebody is signed in or a second factor is asked for.
        """
        return logic.verify(**body)
