"""The page of password resets, for people without a front end."""

from collections.abc import Sequence

import flask

from flask_headless_auth import forms
from flask_headless_auth.errors import ResetLinkExpired, WeakPassword
from flask_headless_auth.features.password import logic
from flask_headless_auth.limits import limited

pages = forms.pages("password", __name__)


@pages.get("/reset-password/<token>")
@limited("read")
def show_reset(token: str) -> flask.Response:
    """The form for a new password; looking at it changes nothing."""
    return _form(token) if logic.can_reset(token) else _over()


@pages.post("/reset-password/<token>/form")
@limited("change")
def submit_reset(token: str) -> flask.Response:
    """What became of the form."""
    try:
        logic.reset(token, password=forms.field("password"))
    except WeakPassword as refusal:
        reasons = (refusal.errors or {}).get("password", ())
        return _form(token, reasons, status=refusal.status)
    except ResetLinkExpired:
        return _over()
    return forms.show("password_reset")


def _form(token: str, reasons: Sequence[str] = (), *, status: int = 200) -> flask.Response:
    action = flask.url_for(".submit_reset", token=token)
    return forms.show("reset_password", status=status, action=action, reasons=reasons, **logic.public())


def _over() -> flask.Response:
    return forms.show("reset_link_expired", status=ResetLinkExpired.status)
