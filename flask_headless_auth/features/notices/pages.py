"""The page of "this was not me", for people without a front end."""

import flask

from flask_headless_auth import forms
from flask_headless_auth.errors import RevertLinkExpired
from flask_headless_auth.features.notices import logic
from flask_headless_auth.limits import limited

pages = forms.pages("notices", __name__)


@pages.get("/security/revert/<token>")
@limited("read")
def show_revert(token: str) -> flask.Response:
    """The button that takes something back; looking at it changes nothing."""
    if not logic.can_revert(token):
        return _over()
    return forms.show("revert_account", action=flask.url_for(".submit_revert", token=token))


@pages.post("/security/revert/<token>/form")
@limited("revert")
def submit_revert(token: str) -> flask.Response:
    """What became of the button."""
    try:
        logic.revert(token)
    except RevertLinkExpired:
        return _over()
    return forms.show("account_reverted")


def _over() -> flask.Response:
    return forms.show("revert_link_expired", status=RevertLinkExpired.status)
