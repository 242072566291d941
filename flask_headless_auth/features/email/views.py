"""Endpoints of e-mail addresses."""

from collections.abc import Mapping
from typing import Any

import flask
from flask.views import MethodView

from flask_headless_auth import forms, http
from flask_headless_auth.errors import (
    ConfirmationLinkExpired,
    EmailChangeLinkExpired,
    EmailTaken,
    MailMissing,
    PublicUrlMissing,
    ValidationFailed,
)
from flask_headless_auth.features.email import logic
from flask_headless_auth.features.email.events import (
    EmailChanged,
    EmailChangeRequested,
    EmailConfirmed,
    SignUpDenied,
)
from flask_headless_auth.features.email.schemas import EmailChangeRequestSchema, ResendRequestSchema
from flask_headless_auth.features.sessions.events import SessionRevoked
from flask_headless_auth.guards import fresh_login_required
from flask_headless_auth.limits import limited
from flask_headless_auth.wire import MessageSchema

blueprint = http.Blueprint("email", __name__, description="Confirm and change e-mail addresses.")

CONFIRMED = {"message": "The e-mail address is confirmed."}


@blueprint.route("/confirm/<token>", parameters=http.LINK)
class OpenConfirmation(MethodView):
    @limited("change")
    @blueprint.never_head
    @blueprint.raises(ConfirmationLinkExpired)
    @blueprint.emits(EmailConfirmed, SessionRevoked)
    @blueprint.shows_page
    @blueprint.response(200, MessageSchema)
    def get(self, token: str) -> dict[str, str] | flask.Response:
        """Confirm an address, from a program that asks for JSON.

        Anybody else gets a page with a button: mail scanners open links, so opening one changes nothing. New
        front ends use POST.
        """
        if forms.wants_page():
            return forms.show("confirm", token=token)
        logic.confirm(token)
        return CONFIRMED


@blueprint.route("/confirm/<token>", parameters=http.LINK)
class ConfirmEmail(MethodView):
    @limited("change")
    @blueprint.raises(ConfirmationLinkExpired)
    @blueprint.emits(EmailConfirmed, SessionRevoked)
    @blueprint.response(200, MessageSchema)
    def post(self, token: str) -> dict[str, str]:
        """Confirm an address with the token of the link from the mail.

        Nobody is signed in by it. A second time the answer is the same.
        """
        logic.confirm(token)
        return CONFIRMED


@blueprint.route("/confirm/<token>/not-me", parameters=http.LINK)
class DenySignUp(MethodView):
    @limited("change")
    @blueprint.raises(ConfirmationLinkExpired)
    @blueprint.emits(SignUpDenied)
    @blueprint.response(200, MessageSchema)
    def post(self, token: str) -> dict[str, str]:
        """Say that I did not sign up: somebody else used my address.

        The account is erased, unless its address was confirmed.
        """
        logic.deny(token)
        return {"message": "The account has been erased."}


@blueprint.route("/resend-verification")
class ResendVerification(MethodView):
    @limited("resend")
    @blueprint.counts("resend_account")
    @blueprint.reads_token("optional")
    @blueprint.raises(ValidationFailed, MailMissing, PublicUrlMissing)
    @blueprint.arguments(ResendRequestSchema, example={"email": "ada@example.com"})
    @blueprint.response(200, MessageSchema)
    def post(self, body: Mapping[str, Any]) -> dict[str, str]:
        """Ask for another mail with a confirmation link.

        For `email`, or for the signed-in user. The answer is the same for every address, whether an account
        waits for its confirmation or not.
        """
        logic.resend(**body)
        return {"message": "If this address waits for its confirmation, a mail with a link is on its way."}


@blueprint.route("/email/change")
class RequestEmailChange(MethodView):
    @limited("change")
    @blueprint.counts("email_change_account")
    @fresh_login_required()
    @blueprint.raises(MailMissing, PublicUrlMissing)
    @blueprint.emits(EmailChangeRequested)
    @blueprint.arguments(EmailChangeRequestSchema)
    @blueprint.response(200, MessageSchema)
    def post(self, body: Mapping[str, Any]) -> dict[str, str]:
        """Ask for another e-mail address.

        It becomes mine when I open the link in the mail that goes there. The answer does not say whether
        somebody else has it. The old address is told.
        """
        logic.request_change(**body)
        return {"message": "A mail with a link is on its way to the new address."}


@blueprint.route("/email/change/<token>", parameters=http.LINK)
class ChangeEmail(MethodView):
    @limited("change")
    @blueprint.raises(EmailChangeLinkExpired, EmailTaken)
    @blueprint.emits(EmailChanged)
    @blueprint.response(200, MessageSchema)
    def post(self, token: str) -> dict[str, str]:
        """Change an e-mail address with the token of the link from the mail.

        Nobody needs to be signed in. The old address is told, with a way back.
        """
        logic.change(token)
        return {"message": "The e-mail address has been changed."}
