"""Small pages with one form, for people without a front end. They work without JavaScript.

A page is shown by GET and changes nothing; its form is sent by POST (urlencoded) to a route of its own. The
cross-site check guards it, so the page names its own origin: `Referrer-Policy: same-origin`.

A template extends `page.jinja` with the blocks `title` and `body`; `assets/page.css` says which classes there
are for forms and messages.
"""

from typing import Any

import flask
from flask import request

from flask_headless_auth import http, links, texts
from flask_headless_auth.settings import CoreSettings
from flask_headless_auth.state import part, settings

POLICY = (
    "default-src 'none'; style-src 'self'; img-src 'self'; form-action {targets}; base-uri 'none'; "
    "frame-ancestors 'none'"
)
"""Content-Security-Policy of every page."""

LONGEST = 4096
"""Most characters of a field that are read."""


def pages(feature: str, import_name: str) -> flask.Blueprint:
    """A blueprint for the pages of a feature."""
    blueprint = flask.Blueprint(f"authsvc_{feature}_pages", import_name)
    http.answer_all_errors(blueprint)
    return blueprint


def show(name: str, /, *, status: int = 200, **context: Any) -> flask.Response:
    """The page `pages/<name>.jinja`, in the reader's language."""
    locale = texts.locale_asked_for()
    core = settings(CoreSettings)
    template = texts.templates().environment(locale, is_html=True).get_template(f"pages/{name}.jinja")
    frame = {"prefix": core.url_prefix, "app_name": core.app_name or "", "home_url": core.frontend_url}
    response = flask.Response(
        template.render(locale=locale, **frame, **context), status=status, mimetype="text/html"
    )
    response.headers["Content-Security-Policy"] = POLICY.format(targets=_targets())
    response.headers["Referrer-Policy"] = "same-origin"
    response.content_language.add(locale)
    response.vary.add("Accept-Language")
    return response


def _targets() -> str:
    """Where the answer to a form may send the browser: Chromium holds redirects against `form-action`."""
    allowed = part(links.Allowed)
    schemes = {f"{uri.partition(':')[0]}:" for uri in allowed.uris}
    return " ".join(["'self'", *sorted(allowed.origins | schemes)])


def field(name: str) -> str:
    """What the form says in a field, or an empty text."""
    return request.form.get(name, "")[:LONGEST]


def wants_page() -> bool:
    """Whether a GET comes from somebody who opened a link, rather than from a program that asks for JSON.

    Mail scanners open links as browsers do; they get a page, and a page changes nothing.
    """
    asks_for_json = "application/json" in request.headers.get("Accept", "").lower()
    return not asks_for_json or request.headers.get("Sec-Fetch-Mode", "") == "navigate"
