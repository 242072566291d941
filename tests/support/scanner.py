"""What mail scanners do: open every address in every mail, as browsers do, and press no button."""

import html
import re
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple
from urllib.parse import urljoin, urlsplit

import flask
import sqlalchemy as sa
from flask.testing import FlaskClient

from flask_headless_auth.features.mail.rendering import render
from flask_headless_auth.state import state
from tests.support.mails import mails

PUBLIC = "http://localhost"
"""Where test applications are; scanners go elsewhere too, but there is nothing of ours."""

_URL = re.compile(r"https?://[^\s\"'<>\\)]+")
_BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8"
_AGENT = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/130.0 Safari/537.36"
_NAVIGATES = {
    "Sec-Fetch-Mode": "navigate",
    "Sec-Fetch-Site": "none",
    "Sec-Fetch-Dest": "document",
    "Sec-Fetch-User": "?1",
}
_PREFETCHES = {"Sec-Fetch-Mode": "no-cors", "Sec-Fetch-Site": "cross-site", "Sec-Purpose": "prefetch"}

MANNERS: Sequence[Mapping[str, str]] = [
    {"Accept": accept, "User-Agent": agent, **fetch}
    for accept in ("*/*", _BROWSER, "text/html")
    for agent in (_AGENT, "curl/8.0")
    for fetch in ({}, _NAVIGATES, _PREFETCHES)
]
"""How scanners introduce themselves: as browsers that go there, that look ahead, and as programs."""


class Visit(NamedTuple):
    """One opening of an address, and what came of it."""

    method: str
    url: str
    headers: Mapping[str, str]
    status: int
    cookies: list[str]


def urls_in(app: flask.Flask, mail: Mapping[str, Any]) -> list[str]:
    """The addresses in a mail: in its text, in its HTML, and in what fills them."""
    with app.app_context():
        rendered = render(mail["mail"], mail["locale"], mail["context"])
    texts = [rendered.text, html.unescape(rendered.html), *map(str, mail["context"].values())]
    return list(dict.fromkeys(url for text in texts for url in _URL.findall(text)))


def scan(app: flask.Flask) -> list[Visit]:
    """Open every address of this application in every mail, in every manner, and follow redirects."""
    visits = []
    for mail in mails(app):
        for url in urls_in(app, mail):
            for method in ("HEAD", "GET"):
                for headers in MANNERS:
                    # Some keep cookies from one address to the next; a new client is the harder case for us.
                    visits += _open(app.test_client(), method, url, headers)
    return visits


def _open(client: FlaskClient, method: str, url: str, headers: Mapping[str, str]) -> list[Visit]:
    visits: list[Visit] = []
    while url.startswith(f"{PUBLIC}/") and len(visits) < 5:
        parts = urlsplit(url)
        answer = client.open(
            f"{parts.path}?{parts.query}" if parts.query else parts.path, method=method, headers=dict(headers)
        )
        visits.append(Visit(method, url, headers, answer.status_code, answer.headers.getlist("Set-Cookie")))
        if "Location" not in answer.headers:
            break
        url = urljoin(url, answer.headers["Location"])
    return visits


def everything_stored(app: flask.Flask) -> dict[str, list[tuple[Any, ...]]]:
    """Every row of every table."""
    with app.app_context():
        session = state().db.session
        tables = state().user_model.__table__.metadata.sorted_tables  # type: ignore[attr-defined]
        bind = {"mapper": sa.inspect(state().user_model)}
        return {
            table.name: sorted(map(tuple, session.execute(sa.select(table), bind_arguments=bind)), key=repr)
            for table in tables
        }
