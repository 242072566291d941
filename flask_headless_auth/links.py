"""Where links lead and where people may be sent: from the configuration only, never from the request.

`Host`, `Origin` and `X-Forwarded-*` are whatever a stranger writes (ASVS 4.1.3); under development keys,
which serve only this machine, the server's own port completes `http://localhost`.
"""

import re
from dataclasses import dataclass
from urllib.parse import quote, unquote_plus, urlsplit

from flask import has_request_context, request

from flask_headless_auth.errors import PublicUrlMissing, ValidationFailed
from flask_headless_auth.settings import CoreSettings
from flask_headless_auth.state import part, settings, state

FORBIDDEN_SCHEMES = frozenset(("javascript", "data", "vbscript", "file", "blob", "about", "ws", "wss", "ftp"))
"""Schemes that are no app's own."""

_PLAIN = re.compile(r"[A-Za-z0-9._~:/?#\[\]@!$&'()*+,;=%-]{1,2000}")
_SCHEME = re.compile(r"[a-z][a-z0-9+.-]*:", re.IGNORECASE)


@dataclass(frozen=True)
class Allowed:
    """Where people may be sent: origins of front ends, and exact URIs of native apps."""

    origins: frozenset[str]
    uris: frozenset[str]

    def allows(self, url: str) -> bool:
        """Whether *url* stands on the list: its origin exactly, or, for another scheme than http, all of it.

        A spelling that browsers would mend (backslashes, white space, user names, no scheme) is none of it.
        """
        if not _PLAIN.fullmatch(url):
            return False
        if url in self.uris:
            return True
        origin = origin_of(url)
        return origin is not None and origin in self.origins


def origin_of(url: str) -> str | None:
    """The origin of an absolute http or https URL as browsers write it, or None where it is no such URL."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return None
    if parts.scheme not in ("http", "https") or not parts.hostname or "@" in parts.netloc:
        return None
    if not url.lower().startswith(f"{parts.scheme}://{parts.netloc.lower()}"):
        return None
    host = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
    default = {"http": 80, "https": 443}[parts.scheme]
    return f"{parts.scheme}://{host}" if port in (None, default) else f"{parts.scheme}://{host}:{port}"


def is_app_uri(text: str) -> bool:
    """Whether a text is the URI of a native app: a scheme of its own, such as `com.example.app:/reset`."""
    if not _PLAIN.fullmatch(text) or not _SCHEME.match(text):
        return False
    scheme = text.partition(":")[0].lower()
    return scheme not in FORBIDDEN_SCHEMES | {"http", "https"}


def allowed_by(core: CoreSettings, origins: tuple[str, ...]) -> Allowed:
    """The list that the settings and the origins of the browser front ends make."""
    urls = (*core.redirect_urls, *origins, core.frontend_url, core.post_login_redirect_url)
    found = {origin for one in urls if one and (origin := origin_of(one)) is not None}
    return Allowed(frozenset(found), frozenset(one for one in core.redirect_urls if is_app_uri(one)))


def check(url: str | None, field: str) -> None:
    """Refuse a target that is not on the list.

    Raises:
        ValidationFailed: it is not, and names *field*.
    """
    if url is not None and not part(Allowed).allows(url):
        raise ValidationFailed(errors={field: ["Not an address that links may lead to."]})


def public_url() -> str:
    """The origin of this server as the world sees it.

    Raises:
        PublicUrlMissing: nobody said it.
    """
    configured = settings(CoreSettings).public_url
    if configured is not None:
        return configured
    if state().development_keys is None:
        raise PublicUrlMissing
    port = request.environ.get("SERVER_PORT", "5000") if has_request_context() else "5000"
    return "http://localhost" if port == "80" else f"http://localhost:{port}"


def to_page(path: str, own: str, **values: str) -> str:
    """The address of a page: *path* at the front end where it has one, else *own* below our prefix.

    `{token}` and its like in either are filled with *values*.

    Raises:
        PublicUrlMissing: there is no front end, and nobody said where this server is.
    """
    core = settings(CoreSettings)
    filled = {name: quote(value, safe="") for name, value in values.items()}
    if core.frontend_url and path:
        return core.frontend_url + path.format(**filled)
    return public_url() + core.url_prefix + own.format(**filled)


def with_query(url: str, **values: str) -> str:
    """*url* with these members in its query. What else it has stays, but no other member of the same name.

    A stranger may have written *url*: a `token` of theirs in it must not be the one that a front end reads.
    """
    if not values:
        return url
    base, mark, fragment = url.partition("#")
    path, _, query = base.partition("?")
    members = [one for one in query.split("&") if one and unquote_plus(one.partition("=")[0]) not in values]
    members += [f"{quote(name, safe='')}={quote(value, safe='')}" for name, value in values.items()]
    return f"{path}?{'&'.join(members)}{mark}{fragment}"
