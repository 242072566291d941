"""Flask-JWT-Extended's manager with our checks beneath it, for the host's plain `@jwt_required()` and for us.

Every way to a token's claims leads through `Guarded._decode_jwt_from_config`. A loader registered by the
host adds to the checks and replaces none of them.
"""

from collections.abc import Callable, Mapping
from typing import Any

import flask
import jwt
from flask import has_request_context, request
from flask_jwt_extended import JWTManager, default_callbacks
from flask_jwt_extended import exceptions as jwt_errors

from flask_headless_auth import clock, cookies, database, machine, users
from flask_headless_auth.errors import AuthError, SessionEnded, TokenExpired, TokenInvalid, TokenMissing
from flask_headless_auth.settings import CoreSettings
from flask_headless_auth.state import part, settings, state, state_of
from flask_headless_auth.tokens import Expired, KeySet, Unreadable

MANAGER = "flask-jwt-extended"
_SEEN = "flask_headless_auth.seen"
_DEFAULTED = "flask_headless_auth.defaulted"


def tell_defaults_apart() -> None:
    """Let managers that are made from now on note which settings they filled in themselves.

    A manager made before AuthSvc puts its defaults into the configuration, and they are not the host's words:
    headers only, cookies that are not Secure.
    """
    stock = JWTManager._set_default_configuration_options

    def noting(app: flask.Flask) -> None:
        said = set(app.config)
        stock(app)
        filled = {key: app.config[key] for key in set(app.config) - said}
        app.extensions.setdefault(_DEFAULTED, {}).update(filled)

    JWTManager._set_default_configuration_options = staticmethod(noting)  # type: ignore[method-assign]


def said_by_host(app: flask.Flask) -> dict[str, Any]:
    """The application's configuration without what a JWTManager filled in."""
    filled = app.extensions.get(_DEFAULTED, {})
    return {key: value for key, value in app.config.items() if key not in filled or value != filled[key]}


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
    claims["fresh"] = claims["auth_time"] + step_up_max_age()
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


def asked_of_host(header: dict[str, str], claims: dict[str, Any]) -> dict[str, Any] | None:
    """Ask the host's loaders about a verified token, as `verify_jwt_in_request` does; answers its user.

    Raises:
        jwt_errors.JWTExtendedException: the host refuses.
    """
    manager = state().app.extensions[MANAGER]
    if manager._token_in_blocklist_callback(header, claims):
        raise jwt_errors.RevokedTokenError(header, claims)
    if not manager._token_verification_callback(header, claims):
        raise jwt_errors.UserClaimsVerificationError("User claims verification failed", header, claims)
    if manager._user_lookup_callback is None:
        return None
    user = manager._user_lookup_callback(header, claims)
    if user is None:
        raise jwt_errors.UserLookupError("user_lookup returned None", header, claims)
    return {"loaded_user": user}


class Answers:
    """How the application's manager refuses where the host has not said how."""

    def __init__(
        self,
        problem: Callable[[AuthError], flask.Response],
        refusals: Mapping[str, Callable[[], AuthError]],
    ) -> None:
        self.callbacks = {name: self._answering(refusal, problem) for name, refusal in refusals.items()}

    @staticmethod
    def _answering(
        refusal: Callable[[], AuthError], problem: Callable[[AuthError], flask.Response]
    ) -> Callable[..., flask.Response]:
        return lambda *_: problem(refusal())


def install(
    app: flask.Flask,
    problem: Callable[[AuthError], flask.Response],
    further: Mapping[str, Callable[[], AuthError]],
) -> None:
    """Guard the application's JWTManager, the host's or one of ours."""
    if MANAGER not in app.extensions:
        JWTManager(app)
    state_of(app).parts[Answers] = Answers(problem, {**_ANSWERS, **further})
    guard(app)


def guard(app: flask.Flask) -> None:
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
    for name, answer in state_of(app).parts[Answers].callbacks.items():
        if getattr(manager, f"_{name}_callback") is getattr(default_callbacks, f"default_{name}_callback"):
            setattr(manager, f"_{name}_callback", answer)


_ANSWERS: Mapping[str, Callable[[], AuthError]] = {
    "expired_token": TokenExpired,
    "invalid_token": TokenInvalid,
    "revoked_token": SessionEnded,
    "unauthorized": TokenMissing,
    "user_lookup_error": SessionEnded,
    "token_verification_failed": TokenInvalid,
}


def step_up_max_age() -> int:
    """How old a proof of presence may be, in seconds, unless an operation says otherwise."""
    return int(settings(CoreSettings).step_up_max_age.total_seconds())
