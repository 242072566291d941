"""The development mailbox: what would have been sent. It is there only in development on this machine."""

from email.message import EmailMessage

import flask

from flask_headless_auth import forms
from flask_headless_auth.errors import NotFound
from flask_headless_auth.features.mail import logic

pages = forms.pages("mail", __name__)

SHOWN = 100

FRAMED = (
    "default-src 'none'; style-src 'unsafe-inline'; img-src https: data:; base-uri 'none'; "
    "form-action 'none'; frame-ancestors 'self'; sandbox allow-popups allow-popups-to-escape-sandbox"
)
"""A mail has styles of its own and pictures from elsewhere, and no scripts; its links open beside it."""


@pages.get("/dev/mailbox")
def mailbox() -> flask.Response:
    """The newest mails, the newest first."""
    _only_in_development()
    mails = [
        {"id": letter_id, "to": one["To"], "subject": one["Subject"], "date": one["Date"]}
        for letter_id, one in logic.mailbox(SHOWN)
    ]
    return forms.show("mailbox", mails=mails)


@pages.get("/dev/mailbox/<letter_id>")
def letter(letter_id: str) -> flask.Response:
    """One mail: its headers, its text, and a frame with its HTML."""
    found = _found(letter_id)
    response = forms.show("letter", id=letter_id, headers=found.items(), text=_content(found, "plain"))
    response.headers["Content-Security-Policy"] = f"{forms.POLICY}; frame-src 'self'"
    return response


@pages.get("/dev/mailbox/<letter_id>/html")
def letter_html(letter_id: str) -> flask.Response:
    """The HTML of one mail, for the frame."""
    found = _found(letter_id)
    # In front of everything: links open in a window of their own, for the frame may show only mails.
    response = flask.Response(f'<base target="_blank">{_content(found, "html")}', mimetype="text/html")
    response.headers["Content-Security-Policy"] = FRAMED
    response.headers["X-Frame-Options"] = "SAMEORIGIN"
    return response


def _found(letter_id: str) -> EmailMessage:
    _only_in_development()
    found = logic.look(letter_id)
    if found is None:
        raise NotFound
    return found


def _content(message: EmailMessage, kind: str) -> str:
    body = message.get_body((kind,))
    return str(body.get_content()) if body is not None else ""


def _only_in_development() -> None:
    if not logic.has_mailbox():
        raise NotFound
