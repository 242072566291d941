"""Who may pass: decorators for routes, ours and the host's."""

import functools
import inspect
from collections.abc import Callable, Mapping, Sequence
from copy import deepcopy
from datetime import timedelta
from typing import Any, TypeVar, cast

import jwt
from flask import current_app, g, request
from flask_jwt_extended import exceptions as jwt_errors
from flask_jwt_extended import get_jwt
from werkzeug.local import LocalProxy

from flask_headless_auth import clock, cookies, users
from flask_headless_auth.bodies import read_json
from flask_headless_auth.errors import (
    MalformedBody,
    PermissionDenied,
    SessionEnded,
    StepUpRequired,
    TokenExpired,
    TokenInvalid,
    TokenMissing,
)
from flask_headless_auth.feature import MULTIPLE
from flask_headless_auth.manager import asked_of_host, step_up_max_age, verified
from flask_headless_auth.state import part, state
from flask_headless_auth.tokens import KeySet

F = TypeVar("F", bound=Callable[..., Any])


def authenticate() -> Mapping[str, Any]:
    """The claims of the request's access token.

    Raises:
        TokenMissing, TokenInvalid, TokenExpired, SessionEnded: as they say.
        CrossSiteRequest: another site's page used the browser's cookie.
    """
    try:
        return _verified_here()
    except jwt_errors.NoAuthorizationError:
        raise TokenInvalid from None
    except jwt.ExpiredSignatureError:
        raise TokenExpired from None
    except (jwt_errors.RevokedTokenError, jwt_errors.UserLookupError):
        raise SessionEnded from None
    except (jwt.PyJWTError, jwt_errors.JWTExtendedException):
        raise TokenInvalid from None


def _verified_here() -> Mapping[str, Any]:
    """As `verify_jwt_in_request`, which would take the token apart a second time for its header alone.

    The host's loaders are asked as there, and what the host reads with `get_jwt()` is the same.
    """
    token, channel = cookies.present("access")
    claims = verified(token)
    if channel == "cookie":
        cookies.check_double_submit(claims)
    if claims["type"] != "access":
        raise TokenInvalid
    header = part(KeySet).header_of(token)
    g._jwt_extended_jwt_user = asked_of_host(header, claims)
    g._jwt_extended_jwt_header, g._jwt_extended_jwt = header, claims
    g._jwt_extended_jwt_location = "cookies" if channel == "cookie" else "headers"
    return claims


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


def _guarding(check: Callable[[], object], **facts: Any) -> Callable[[F], F]:
    def decorate(view: F) -> F:
        is_async = inspect.iscoroutinefunction(view)

        @functools.wraps(view)
        def wrapper(*args: Any, **kwargs: Any) -> Any:
            check()
            return (current_app.ensure_sync(view) if is_async else view)(*args, **kwargs)

        documented = {**deepcopy(getattr(view, "_apidoc", {})), "guarded": "access", **facts}
        wrapper._apidoc = documented  # type: ignore[attr-defined]
        return cast(F, wrapper)

    return decorate


def login_required(view: F) -> F:
    """Only for signed-in users; everybody else gets a 401."""
    return _guarding(authenticate)(view)


def user_shown(view: F) -> F:
    """As `login_required`, for views that show `seen_user`: the user comes with the check of the session."""

    def check() -> None:
        users.want()
        authenticate()

    return _guarding(check)(view)


def seen_user() -> Any:
    """The signed-in user to show: what the check of the session saw, else the object itself."""
    return users.seen() or signed_in_user()


def login_required_unless(*members: str) -> Callable[[F], F]:
    """As `login_required`, for operations where a member of the body stands in for the access token.

    Whoever reads that member checks it.
    """

    def check() -> None:
        if not _body_has(members):
            authenticate()

    return _guarding(check, unless=members)


def _body_has(members: Sequence[str]) -> bool:
    try:
        body = read_json(request.get_data(cache=True))
    except MalformedBody:
        return False
    return isinstance(body, dict) and any(isinstance(body.get(one), str) for one in members)


def fresh_login_required(
    max_age: timedelta | int | None = None, *, factor: bool = False, unless: str | None = None
) -> Callable[[F], F]:
    """Only for users who proved presence at most *max_age* (seconds) ago; else 401 `step_up_required`.

    `AUTHSVC_STEP_UP_MAX_AGE` when nothing is given (RFC 9470). With *factor* that proof must be of a second
    factor; who has none does not pass. *unless* names a member of the body that stands in for all of it.
    """
    seconds = int(max_age.total_seconds()) if isinstance(max_age, timedelta) else max_age

    def check() -> None:
        if unless is not None and _body_has([unless]):
            return
        allowed = step_up_max_age() if seconds is None else seconds
        claims = authenticate()
        proved_at = _factor_proved_at(claims) if factor else claims["auth_time"]
        if proved_at + allowed < clock.timestamp():
            raise step_up_required(allowed, factor=factor)

    facts = {"unless": [unless]} if unless is not None else {}
    return _guarding(check, step_up=seconds if seconds is not None else "default", **facts)


def _factor_proved_at(claims: Mapping[str, Any]) -> int:
    """When the bearer last proved a second factor, in seconds; long ago where that never was."""
    known = [feature.proofs(claims) for feature in state().features if feature.proofs is not None]
    return max((proof.at for proofs in known for proof in proofs if proof.method == MULTIPLE), default=0)


def check_factor(claims: Mapping[str, Any]) -> None:
    """Refuse what changes the ways in of somebody who has second factors on and proved none lately.

    Raises:
        StepUpRequired: a second factor must be proved again.
    """
    allowed = step_up_max_age()
    if signed_in_user().mfa_enabled is True and _factor_proved_at(claims) + allowed < clock.timestamp():
        raise step_up_required(allowed, factor=True)


def stale_sign_in() -> StepUpRequired:
    """The refusal of `@jwt_required(fresh=True)` and of everything that asks for a fresh sign-in."""
    return step_up_required(step_up_max_age())


def step_up_required(max_age: int, *, factor: bool = False) -> StepUpRequired:
    """The refusal that names the ways in which the signed-in user can prove presence, or a second factor."""
    user = signed_in_user()
    ways = [one.method for feature in state().features for one in feature.presences if one.applies_to(user)]
    if factor:
        factors = {
            one.name for feature in state().features for one in feature.challenges if one.applies_to(user, ())
        }
        ways = [one for one in ways if one in factors]
    return StepUpRequired(max_age=max_age, methods=ways)


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
