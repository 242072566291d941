"""How tokens travel: as httpOnly cookies, in the `Authorization` header and the body, or both.

Also the check of origins that stands in for CSRF tokens (OWASP CSRF cheat sheet, "Fetch Metadata").
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from flask import Flask, Response, after_this_request, request

from flask_headless_auth.errors import BadRequest, CrossSiteRequest, TokenInvalid, TokenMissing
from flask_headless_auth.settings import CookieSettings, CoreSettings, TokenSettings
from flask_headless_auth.state import part, settings, state
from flask_headless_auth.tokens import Issued

Channel = Literal["cookie", "body"]
SAFE = frozenset(("GET", "HEAD", "OPTIONS", "TRACE"))
DELIVERY = "X-Auth-Delivery"


@dataclass(frozen=True)
class Transport:
    """Names and attributes of one application's cookies, and which channels are on."""

    channels: tuple[Channel, ...]
    access: str
    refresh: str
    refresh_path: str
    secure: bool
    samesite: str
    domain: str | None
    csrf: bool
    origins: frozenset[str]


def transport(
    core: CoreSettings, tokens: TokenSettings, cookies: CookieSettings, origins: frozenset[str]
) -> Transport:
    """The transport that the settings describe (RFC 6265bis prefixes: `__Host-` binds to host and path /)."""
    host, secure = ("__Host-", "__Secure-") if cookies.secure else ("", "")
    channels: tuple[Channel, ...] = tuple(
        channel for location, channel in _LOCATIONS.items() if location in tokens.location
    )
    return Transport(
        channels=channels,
        access=(secure if cookies.domain else host) + "access_token",
        refresh=secure + "refresh_token",
        refresh_path=core.url_prefix,
        secure=cookies.secure,
        samesite=cookies.samesite,
        domain=cookies.domain,
        csrf=cookies.csrf_protect,
        origins=origins,
    )


_LOCATIONS: Mapping[str, Channel] = {"cookies": "cookie", "headers": "body"}


def teach(app: Flask, ours: Transport) -> None:
    """Tell Flask-JWT-Extended where our tokens are, so that plain `@jwt_required()` finds them.

    The header comes before the cookie, whatever the order in JWT_TOKEN_LOCATION.
    """
    locations = {"body": "headers", "cookie": "cookies"}
    app.config.update(
        JWT_TOKEN_LOCATION=[locations[one] for one in ("body", "cookie") if one in ours.channels],
        JWT_ACCESS_COOKIE_NAME=ours.access,
        JWT_REFRESH_COOKIE_NAME=ours.refresh,
        JWT_ACCESS_COOKIE_PATH="/",
        JWT_REFRESH_COOKIE_PATH=ours.refresh_path,
        JWT_COOKIE_CSRF_PROTECT=ours.csrf,
        JWT_CSRF_METHODS=["POST", "PUT", "PATCH", "DELETE"],
        JWT_CSRF_CHECK_FORM=False,
    )


_WANTED = "flask_headless_auth.channel_wanted"


def want(channel: Channel) -> None:
    """Let a sign-in of this request deliver tokens on one channel, whatever its headers ask for."""
    request.environ[_WANTED] = channel


def wanted() -> tuple[Channel, ...]:
    """The channels on which a sign-in delivers tokens: all that are on, or the one that the client asks for.

    Raises:
        BadRequest: the client asks for a way that is switched off or unknown.
    """
    channels = part(Transport).channels
    if _WANTED in request.environ:
        return (request.environ[_WANTED],)
    asked = request.headers.get(DELIVERY)
    if asked is None:
        return channels
    chosen: dict[str, Channel] = {"cookies": "cookie", "body": "body"}
    channel = chosen.get(asked.strip().lower())
    if channel not in channels:
        raise BadRequest(f"{DELIVERY} must name a way of delivery that is on: cookies or body.")
    return (channel,) if channel else ()


def presented(kind: Literal["access", "refresh"]) -> tuple[str, Channel] | None:
    """The token of this kind that came with the request and its channel; a present header hides the cookie.

    Raises:
        TokenInvalid: the `Authorization` header is not `Bearer` and one token.
    """
    ours = part(Transport)
    header = request.headers.get("Authorization")
    if header is not None and "body" in ours.channels:
        scheme, _, value = header.strip().partition(" ")
        if scheme.lower() != "bearer" or not value.strip() or " " in value.strip():
            raise TokenInvalid
        return value.strip(), "body"
    if header is None and "cookie" in ours.channels:
        value = request.cookies.get(ours.access if kind == "access" else ours.refresh, "")
        if value:
            return value, "cookie"
    return None


def present(kind: Literal["access", "refresh"]) -> tuple[str, Channel]:
    """As `presented`, but there must be one.

    Raises:
        TokenMissing: there is none.
    """
    found = presented(kind)
    if found is None:
        raise TokenMissing
    return found


def deliver(issued: Mapping[Channel, Issued], *, persistent: bool) -> dict[str, Any]:
    """Set the cookies on the coming answer; answer the members that its body gets."""
    in_cookies = issued.get("cookie")
    if in_cookies is not None:
        ours = part(Transport)

        @after_this_request
        def _set(response: Response) -> Response:
            # A commit that fails behind this call makes the answer a refusal, and that signs nobody in.
            if response.status_code < 400:
                _set_cookies(response, ours, in_cookies, persistent)
            return response

    body = issued.get("body")
    if body is None:
        return {}
    return {"access_token": body.access, "refresh_token": body.refresh, "token_type": "Bearer"}


def clear() -> None:
    """Remove the cookies with the coming answer, with the attributes they were set with."""
    ours = part(Transport)

    @after_this_request
    def _clear(response: Response) -> Response:
        for name, path in _places(ours):
            response.delete_cookie(
                name,
                path=path,
                domain=ours.domain,
                secure=ours.secure,
                httponly=not name.startswith("csrf_"),
                samesite=ours.samesite,
            )
        return response


def _places(ours: Transport) -> list[tuple[str, str]]:
    places = [(ours.access, "/"), (ours.refresh, ours.refresh_path)]
    if ours.csrf:
        places += [("csrf_access_token", "/"), ("csrf_refresh_token", "/")]
    return places


def _set_cookies(response: Response, ours: Transport, issued: Issued, persistent: bool) -> None:
    values = (issued.access, issued.refresh, issued.csrf, issued.csrf)
    # The access cookie stays as long as the refresh cookie: an expired token says "refresh", none "sign in".
    for (name, path), value in zip(_places(ours), values, strict=False):
        response.set_cookie(
            name,
            value,
            max_age=issued.refresh_ttl if persistent else None,
            path=path,
            domain=ours.domain,
            secure=ours.secure,
            httponly=not name.startswith("csrf_"),
            samesite=ours.samesite,
        )


def check_origin() -> None:
    """Refuse a state-changing request that a page of another site makes with the browser's cookies.

    It passes when its `Origin` is one of ours or `Sec-Fetch-Site` says `same-origin`; without `Origin`, when
    `Sec-Fetch-Site` does not name another site. Without either header the client is no browser.

    Raises:
        CrossSiteRequest: it does not pass.
    """
    if request.method in SAFE and request.headers.get("Upgrade", "").lower() != "websocket":
        return
    origin = request.headers.get("Origin")
    site = request.headers.get("Sec-Fetch-Site")
    if site == "same-origin":
        return
    if origin is not None:
        if (
            origin.lower() in part(Transport).origins
            or origin.lower() == request.host_url.rstrip("/").lower()
        ):
            return
        raise CrossSiteRequest
    if site in ("cross-site", "same-site"):
        raise CrossSiteRequest


def check_double_submit(claims: Mapping[str, Any]) -> None:
    """Where JWT_COOKIE_CSRF_PROTECT is on: the header must repeat the token's `csrf` claim.

    Raises:
        CrossSiteRequest: it does not.
    """
    if settings(CookieSettings).csrf_protect and request.method not in SAFE:
        header = state().app.config["JWT_ACCESS_CSRF_HEADER_NAME"]
        if request.headers.get(header) != claims.get("csrf"):
            raise CrossSiteRequest(f"Repeat the csrf cookie's value in the {header} header.")
