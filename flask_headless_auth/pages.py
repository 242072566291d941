"""Files and pages beside the operations: the spec, the schemas, Swagger UI, and a page for each refusal."""

import html
import mimetypes
import re
from importlib import resources
from pathlib import Path
from typing import Any

import flask
from flask import request

from flask_headless_auth import contract, errors, http, operations
from flask_headless_auth.errors import NotFound
from flask_headless_auth.settings import CoreSettings
from flask_headless_auth.state import part, settings

pages = flask.Blueprint("authsvc_pages", __name__)
http.answer_all_errors(pages)

DOCS_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "font-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
"""Swagger UI needs nothing inline and nothing from elsewhere."""

PAGE_POLICY = "default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'; frame-ancestors 'none'"

ASSETS = ("swagger-ui.css", "swagger-ui-bundle.js", "favicon-32x32.png")
OWN_ASSETS = ("docs.js", "docs.css", "page.css")
PAGE_ASSETS = ("page.css", "favicon-32x32.png")
_CACHED = "public, max-age=3600"


@pages.get("/openapi.json")
def openapi_json() -> flask.Response:
    """The spec of this application as JSON."""
    return _text(contract.as_json(part(contract.Api).document()), "application/json")


@pages.get("/openapi.yaml")
def openapi_yaml() -> flask.Response:
    """The spec of this application as YAML."""
    return _text(contract.as_yaml(part(contract.Api).document()), "application/yaml")


@pages.get("/schemas/<name>.json")
def schema(name: str) -> flask.Response:
    """One component as JSON Schema 2020-12."""
    base = f"{settings(CoreSettings).url_prefix}/schemas"
    try:
        found = contract.json_schema(name, part(contract.Api).document(), base)
    except KeyError:
        raise NotFound("There is no schema of this name.") from None
    return _text(contract.as_json(found), "application/schema+json")


@pages.get("/docs")
def docs() -> flask.Response:
    """Swagger UI for this application's spec, with assets from this server."""
    _docs_on()
    prefix = settings(CoreSettings).url_prefix
    body = DOCS_PAGE.format(prefix=html.escape(prefix), title=html.escape(contract.TITLE))
    return _page(body, DOCS_POLICY)


@pages.get("/docs/<name>")
def docs_asset(name: str) -> flask.Response:
    """A file that Swagger UI needs, or the pages of refusals, which are there without it too."""
    if name not in PAGE_ASSETS:
        _docs_on()
    return _asset(name)


@pages.get("/errors")
def error_list() -> flask.Response:
    """Every refusal: code, status, meaning, mend."""
    described = [_described(kind) for kind in errors.every()]
    if _wants_page():
        head = "<tr><th>Code</th><th>Status</th><th>Meaning</th></tr>"
        rows = "".join(
            f"<tr><td><a href='errors/{one['code']}'><code>{one['code']}</code></a></td>"
            f"<td>{one['status']}</td><td>{_marked(one['meaning'])}</td></tr>"
            for one in described
        )
        table = f"<table><thead>{head}</thead><tbody>{rows}</tbody></table>"
        return _page(_article("Refusals of this API", table, "docs/page.css"), PAGE_POLICY)
    return flask.jsonify({"items": described, "next_cursor": None})


@pages.get("/errors/<code>")
def error(code: str) -> flask.Response:
    """One refusal: what happened and what to do."""
    kind = next((one for one in errors.every() if one.code == code), None)
    if kind is None:
        raise NotFound("There is no refusal of this code.")
    described = _described(kind)
    if _wants_page():
        body = (
            f"<p class='status'>{kind.status} <code>{kind.code}</code></p><h2>What happened</h2>"
            f"<p>{_marked(described['meaning'])}</p><h2>What to do</h2><p>{_marked(kind.mend)}</p>"
            "<p><a href='../errors'>All refusals</a></p>"
        )
        return _page(_article(kind.title(), body, "../docs/page.css"), PAGE_POLICY)
    return flask.jsonify(described)


def _described(kind: type[errors.AuthError]) -> dict[str, Any]:
    return {
        "code": kind.code,
        "status": kind.status,
        "title": kind.title(),
        "meaning": operations.first_sentence(kind),
        "mend": kind.mend,
    }


def _marked(text: str) -> str:
    """A docstring's sentence as HTML, its code as code."""
    return re.sub(r"`([^`]+)`", r"<code>\1</code>", html.escape(text))


def _wants_page() -> bool:
    best = request.accept_mimetypes.best_match(["application/json", "text/html"])
    return best == "text/html" and "text/html" in request.headers.get("Accept", "")


def _docs_on() -> None:
    if not settings(CoreSettings).enable_docs:
        raise NotFound


def _asset(name: str) -> flask.Response:
    if name in OWN_ASSETS:
        raw = resources.files("flask_headless_auth").joinpath("assets", name).read_bytes()
    elif name in ASSETS:
        # Imported where it is used: the package is only its files.
        import flask_swagger_ui

        raw = (Path(flask_swagger_ui.__file__).parent / "dist" / name).read_bytes()
    else:
        raise NotFound
    response = _text(raw, mimetypes.guess_type(name)[0] or "application/octet-stream")
    response.headers["Cache-Control"] = _CACHED
    return response


def _text(body: str | bytes, kind: str) -> flask.Response:
    return flask.Response(body, mimetype=kind)


def _page(body: str, policy: str) -> flask.Response:
    response = flask.Response(body, mimetype="text/html")
    response.headers["Content-Security-Policy"] = policy
    return response


def _article(title: str, body: str, style: str) -> str:
    name = html.escape(title)
    icon = style.replace("page.css", "favicon-32x32.png")
    return (
        f"<!doctype html><html lang='en'><head><meta charset='utf-8'><title>{name}</title>"
        "<meta name='viewport' content='width=device-width'>"
        f"<link rel='icon' href='{icon}'><link rel='stylesheet' href='{style}'></head>"
        f"<body><main><h1>{name}</h1>{body}</main></body></html>"
    )


DOCS_PAGE = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>{title}</title>
<link rel="stylesheet" href="{prefix}/docs/swagger-ui.css">
<link rel="stylesheet" href="{prefix}/docs/docs.css">
<link rel="icon" href="{prefix}/docs/favicon-32x32.png">
</head>
<body>
<div id="docs" data-spec="{prefix}/openapi.json"></div>
<script src="{prefix}/docs/swagger-ui-bundle.js"></script>
<script src="{prefix}/docs/docs.js"></script>
</body>
</html>
"""
