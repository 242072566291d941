"""The cookie that binds an attempt at a provider to the browser in which it began: one for each attempt.

Its value is a secret of that browser; the attempt has only the digest. Another browser, and a page that knows
the state, cannot finish what they did not begin (RFC 9700 §4.7).
"""

import hashlib
import hmac
import secrets
from dataclasses import dataclass
from datetime import timedelta

from flask import Response, after_this_request, request

from flask_headless_auth.cookies import Transport
from flask_headless_auth.state import part

PREFIX, SECURE, MOST = "oauth_", "__Host-", 8
"""How the names begin, and how many a browser keeps: they travel with each request."""


@dataclass(frozen=True)
class Binding:
    """The name of a cookie, and the digest of its value."""

    cookie: str
    digest: str


def bind(life: timedelta, *, by_form: bool) -> Binding:
    """Set the cookie of a new attempt with the coming answer.

    A provider that answers by a form of its own page needs SameSite=None, which browsers take only if Secure.
    """
    secure = by_form or part(Transport).secure
    name, value = f"{SECURE if secure else ''}{PREFIX}{secrets.token_hex(8)}", secrets.token_urlsafe(32)
    kept = [one for one in request.cookies if one.removeprefix(SECURE).startswith(PREFIX)]

    @after_this_request
    def _set(response: Response) -> Response:
        for old in kept if len(kept) >= MOST else ():
            _remove(response, old)
        samesite = "None" if by_form else "Lax"
        response.set_cookie(name, value, max_age=life, secure=secure, httponly=True, samesite=samesite)
        return response

    return Binding(name, _digest(value))


def is_bound(binding: Binding) -> bool:
    """Whether the request comes from the browser of an attempt."""
    return hmac.compare_digest(_digest(request.cookies.get(binding.cookie, "")), binding.digest)


def unbind(binding: Binding) -> None:
    """Remove the cookie of an attempt with the coming answer."""

    @after_this_request
    def _clear(response: Response) -> Response:
        _remove(response, binding.cookie)
        return response


def _remove(response: Response, name: str) -> None:
    response.delete_cookie(name, secure=name.startswith(SECURE), httponly=True, samesite="Lax")


def _digest(value: str) -> str:
    """The values have 256 random bits, so a plain digest is enough."""
    return hashlib.sha256(value.encode("utf-8", "surrogatepass")).hexdigest()
