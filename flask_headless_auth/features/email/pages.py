"""Pages of e-mail addresses, for people without a front end: each shows one button and changes nothing."""

from collections.abc import Callable

import flask

from flask_headless_auth import forms
from flask_headless_auth.errors import ConfirmationLinkExpired, EmailChangeLinkExpired, EmailTaken
from flask_headless_auth.features.email import logic
from flask_headless_auth.limits import limited

pages = forms.pages("email", __name__)


@pages.post("/confirm/<token>/form")
@limited("change")
def confirm(token: str) -> flask.Response:
    """Confirm an address."""
    return _done("confirmed", logic.confirm, token)


@pages.get("/confirm/<token>/not-me")
@limited("read")
def show_not_me(token: str) -> flask.Response:
    """The button that says "I did not sign up"."""
    return forms.show("not_me", token=token)


@pages.post("/confirm/<token>/not-me/form")
@limited("change")
def not_me(token: str) -> flask.Response:
    """Erase the account that somebody else made."""
    return _done("denied", logic.deny, token)


@pages.get("/email/change/<token>")
@limited("read")
def show_change(token: str) -> flask.Response:
    """The button that changes an address."""
    return forms.show("change_email", token=token)


@pages.post("/email/change/<token>/form")
@limited("change")
def change(token: str) -> flask.Response:
    """Change an address."""
    return _done("changed", logic.change, token)


def _done(what: str, work: Callable[[str], None], token: str) -> flask.Response:
    try:
        work(token)
    except (ConfirmationLinkExpired, EmailChangeLinkExpired, EmailTaken) as refusal:
        return forms.show("email_refused", status=refusal.status, code=refusal.code)
    return forms.show("email_done", what=what)
