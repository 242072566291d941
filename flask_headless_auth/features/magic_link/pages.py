"""The page that a magic link leads to where there is no front end."""

from typing import Any

import flask
from flask.typing import ResponseReturnValue

from flask_headless_auth import cookies, forms, limits
from flask_headless_auth.errors import AuthError
from flask_headless_auth.features.magic_link import logic
from flask_headless_auth.limits import limited
from flask_headless_auth.settings import CoreSettings
from flask_headless_auth.state import part, settings

pages = forms.pages("magic_link", __name__)

# Longer than `verify`, which is an operation beside it.
PATH = "/magic-link/<string(minlength=8):token>"


@pages.get(PATH)
@limited("read")
def ask(token: str) -> flask.Response:
    """One button; it names the account, so that nobody is signed in to a stranger's unawares (login CSRF)."""
    if not _keeps_cookies():
        return forms.show("magic_link_code")
    try:
        return forms.show("magic_link", token=token, account=logic.account_of(token))
    except AuthError as refusal:
        return _refused(refusal)


@pages.post(f"{PATH}/form")
def enter(token: str) -> ResponseReturnValue:
    """The button: signs in on the cookie channel and goes home."""
    if not _keeps_cookies():
        return forms.show("magic_link_code")
    cookies.want("cookie")
    try:
        limits.count("login", limits.address())
        return _entered(logic.with_token(token, remember=forms.field("remember") == "yes"))
    except AuthError as refusal:
        return _refused(refusal)


def _entered(answer: dict[str, Any]) -> ResponseReturnValue:
    if answer["status"] != "signed_in":
        # A second factor, for instance: the application knows how to ask for it.
        return forms.show("magic_link_unfinished")
    home = _home()
    return forms.show("magic_link_done") if home is None else flask.redirect(home, 303)


def _refused(refusal: AuthError) -> flask.Response:
    page = forms.show("magic_link_refused", status=refusal.status, code=refusal.code, detail=refusal.detail)
    page.headers.update(refusal.headers)
    return page


def _keeps_cookies() -> bool:
    """Whether a browser can be signed in at all; where tokens travel in headers only, it cannot."""
    return "cookie" in part(cookies.Transport).channels


def _home() -> str | None:
    core = settings(CoreSettings)
    return core.post_login_redirect_url or core.frontend_url
