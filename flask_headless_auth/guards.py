"""Who may pass: the check of access tokens, for our routes and for the host's plain `@jwt_required()`.

Every way to a token's claims leads through `Guarded._decode_jwt_from_config`. A loader registered by the
host adds to the checks and replaces none of them.
"""

import functools
from collections.abc import Callable, Mapping
from copy import deepcopy
from datetime import timedelta
from typing import Any, TypeVar, cast

import flask
import jwt
from flask import current_app, has_request_context, request
from flask_jwt_extended import JWTManager, default_callbacks, get_jwt, verify_jwt_in_request
from flask_jwt_extended import exceptions as jwt_errors
from werkzeug.local import LocalProxy

from flask_headless_auth import clock, cookies, database, machine, users
from flask_headless_auth.errors import (
    AuthError,
    CrossSiteRequest,
    PermissionDenied,
    SessionEnded,
    StepUpRequired,
    TokenExpired,
    TokenInvalid,
    TokenMissing,
)
from flask_headless_auth.settings import CoreSettings
from flask_headless_auth.state import part, settings, state
from flask_headless_auth.tokens import Expired, KeySet, Unreadable

F = TypeVar("F", bound=Callable[..., Any])
MANAGER = "flask-jwt-extended"
_SEEN = "flask_headless_auth.seen"


class Guarded(JWTManager):
    """A JWTManager whose every decode checks signature, type, session and account."""

    def _decode_jwt_from_config(
        self, encoded_token: str, csrf_value: Any = None, allow_expired: bool = False
    ) -> dict[str, Any]:
        claims = verified(encoded_token, even_expired=allow_expired)
        if csrf_value is not None and csrf_value != claims["csrf"]:
            raise jwt_errors.CSRFError("CSRF double submit tokens do not match")
        return claims


def verified(token: str, *, even_expired: bool = False) -> dict[str, Any]:
    """The claims of a token whose session stands, once per request; `sub` is the primary key's own type.

    Raises:
        jwt.InvalidTokenError, jwt.ExpiredSignatureError, jwt_errors.RevokedTokenError,
        jwt_errors.NoAuthorizationError: as Flask-JWT-Extended's loaders expect them.
        AuthError: the request itself is refused.
    """
    if not has_request_context():
        return _checked(token, even_expired)
    seen: dict[tuple[str, bool], dict[str, Any]] = request.environ.setdefault(_SEEN, {})
    if (token, even_expired) not in seen:
        machine.check()
        _check_carrier(token)
        seen[token, even_expired] = _checked(token, even_expired)
    return seen[token, even_expired]


def _check_carrier(token: str) -> None:
    header = request.headers.get("Authorization")
    if header is None:
        cookies.check_origin()
    elif token not in header:
        raise jwt_errors.NoAuthorizationError("The Authorization header comes before the cookie.")


def _checked(token: str, even_expired: bool) -> dict[str, Any]:
    try:
        header, claims = part(KeySet).read(token, clock.timestamp(), even_expired=even_expired)
        claims["sub"] = users.by_subject(claims["sub"])
    except Expired as expired:
        error = jwt.ExpiredSignatureError("Signature has expired")
        error.jwt_header, error.jwt_data = dict(expired.header), dict(expired.claims)  # type: ignore[attr-defined]
        raise error from None
    except (Unreadable, ValueError, TypeError):
        raise jwt.InvalidTokenError("Not a token of this server") from None
    if not _admitted(claims):
        raise jwt_errors.RevokedTokenError(header, claims)
    claims["fresh"] = claims["auth_time"] + int(settings(CoreSettings).step_up_max_age.total_seconds())
    return claims


def _admitted(claims: Mapping[str, Any]) -> bool:
    """Whether every feature that knows this bearer admits it; nobody knowing it is a no."""
    checks = [feature.admits for feature in state().features if feature.admits is not None]
    try:
        return bool(checks) and all(admits(claims) for admits in checks)
    except Exception as problem:
        if isinstance(problem, AuthError) or not database.is_failure(problem):
            raise
        raise database.refusal(problem) from None


def install(app: flask.Flask, problem: Callable[[AuthError], flask.Response]) -> None:
    """Guard the application's JWTManager: ours, the host's, or whichever is there at a request."""
    if MANAGER not in app.extensions:
        JWTManager(app)
    guard(app, problem)


def guard(app: flask.Flask, problem: Callable[[AuthError], flask.Response]) -> None:
    """Put our checks under the manager that the application has now, and our answers where it has none.

    Called again at every request, so that a manager made later is guarded before it decodes anything.
    """
    manager = app.extensions[MANAGER]
    if isinstance(manager, Guarded):
        return
    kind = type(manager)
    manager.__class__ = (
        Guarded if kind is JWTManager else type(f"Guarded{kind.__name__}", (Guarded, kind), {})
    )
    for name, error in _ANSWERS.items():
        if getattr(manager, f"_{name}_callback") is getattr(default_callbacks, f"default_{name}_callback"):
            setattr(manager, f"_{name}_callback", _answering(error, problem))


def _answering(
    error: Callable[[], AuthError], problem: Callable[[AuthError], flask.Response]
) -> Callable[..., Any]:
    return lambda *_: problem(error())


_ANSWERS: Mapping[str, Callable[[], AuthError]] = {
    "expired_token": TokenExpired,
    "invalid_token": TokenInvalid,
    "revoked_token": SessionEnded,
    "unauthorized": TokenMissing,
    "user_lookup_error": SessionEnded,
    "token_verification_failed": TokenInvalid,
    "needs_fresh_token": lambda: step_up_required(_default_max_age()),
}


def authenticate() -> Mapping[str, Any]:
    """The claims of the request's access token.

    Raises:
        TokenMissing, TokenInvalid, TokenExpired, SessionEnded: as they say.
        CrossSiteRequest: another site's page used the browser's cookie.
    """
    try:
        verify_jwt_in_request()
    except jwt_errors.CSRFError:
        raise CrossSiteRequest("Repeat the csrf cookie's value in the X-CSRF-TOKEN header.") from None
    except jwt_errors.NoAuthorizationError:
        raise TokenMissing if request.headers.get("Authorization") is None else TokenInvalid from None
    except jwt.ExpiredSignatureError:
        raise TokenExpired from None
    except (jwt_errors.RevokedTokenError, jwt_errors.UserLookupError):
        raise SessionEnded from None
    except (jwt.PyJWTError, jwt_errors.JWTExtendedException):
        raise TokenInvalid from None
    return get_jwt()


def signed_in_user() -> Any:
    """The user of the verified token: the real object, loaded at most once and only when asked for.

    Raises:
        TokenMissing: nobody is signed in.
        SessionEnded: the user is gone.
    """
    claims = get_jwt()
    if "sub" not in claims:
        raise TokenMissing
    user = users.by_id(claims["sub"])
    if user is None:
        raise SessionEnded
    return user


current_user: Any = LocalProxy(signed_in_user)
"""The signed-in user, in a route behind a guard."""


def _guarding(check: Callable[[], None], **facts: Any) -> Callable[[F], F]:
    def decorate(view: F) -> F:
        @functools.wraps(view)
        def wrapper(*args: Any, **kwargs: Any) -> Any:
            check()
            return current_app.ensure_sync(view)(*args, **kwargs)

        documented = {**deepcopy(getattr(view, "_apidoc", {})), "guarded": "access", **facts}
        wrapper._apidoc = documented  # type: ignore[attr-defined]
        return cast(F, wrapper)

    return decorate


def login_required(view: F) -> F:
    """Only for signed-in users; everybody else gets a 401."""
    return _guarding(lambda: void(authenticate()))(view)


def void(_: Any) -> None:
    """Nothing."""


def fresh_login_required(max_age: timedelta | int | None = None) -> Callable[[F], F]:
    """Only for users who proved presence at most *max_age* (seconds) ago; else 401 `step_up_required`.

    `AUTHSVC_STEP_UP_MAX_AGE` when nothing is given (RFC 9470).
    """
    seconds = int(max_age.total_seconds()) if isinstance(max_age, timedelta) else max_age

    def check() -> None:
        allowed = _default_max_age() if seconds is None else seconds
        if authenticate()["auth_time"] + allowed < clock.timestamp():
            raise step_up_required(allowed)

    return _guarding(check, step_up=seconds if seconds is not None else "default")


def _default_max_age() -> int:
    return int(settings(CoreSettings).step_up_max_age.total_seconds())


def step_up_required(max_age: int) -> StepUpRequired:
    """The refusal that names the ways in which the signed-in user can prove presence."""
    user = signed_in_user()
    methods = [
        one.method for feature in state().features for one in feature.presences if one.applies_to(user)
    ]
    return StepUpRequired(max_age=max_age, methods=methods)


def roles_required(*names: str) -> Callable[[F], F]:
    """Only for users who have at least one of these roles; others get a 403."""

    def check() -> None:
        authenticate()
        if not set(names) & set(users.roles_of(signed_in_user())):
            raise PermissionDenied

    return _guarding(check, refuses=PermissionDenied)


def permissions_required(*names: str) -> Callable[[F], F]:
    """Only for users who have all of these permissions; others get a 403."""

    def check() -> None:
        authenticate()
        if not set(names) <= set(users.permissions_of(signed_in_user())):
            raise PermissionDenied

    return _guarding(check, refuses=PermissionDenied)
