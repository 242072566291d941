"""AuthSvc: a Flask application's authentication. `init_app` reads top to bottom as the order of start-up."""

import dataclasses
import logging
import re
from collections.abc import Callable, Mapping
from typing import Any, TypeVar
from urllib.parse import urlsplit

import flask
import flask_cors
import sqlalchemy as sa
from flask_sqlalchemy import SQLAlchemy

from flask_headless_auth import (
    cli,
    clock,
    contract,
    cookies,
    database,
    guards,
    http,
    keys,
    limits,
    pages,
    tokens,
    user_schemas,
    users,
)
from flask_headless_auth import settings as sections
from flask_headless_auth.errors import ConfigurationError
from flask_headless_auth.events import Event, EventBus
from flask_headless_auth.feature import Feature, Proof, in_order
from flask_headless_auth.features import catalog
from flask_headless_auth.features.password.events import PasswordChanged
from flask_headless_auth.features.roles import logic as roles
from flask_headless_auth.features.sessions import logic as sessions
from flask_headless_auth.features.sessions import memory
from flask_headless_auth.features.sessions.events import SignedOut
from flask_headless_auth.features.sessions.settings import SessionSettings
from flask_headless_auth.features.signin import logic as signin
from flask_headless_auth.features.signin.events import SignedIn
from flask_headless_auth.features.signup.events import SignedUp
from flask_headless_auth.passwords import Hashing, Policy
from flask_headless_auth.settings import (
    CookieSettings,
    CoreSettings,
    LimitSettings,
    PasswordSettings,
    Settings,
    TokenSettings,
)
from flask_headless_auth.state import EXTENSION, State
from flask_headless_auth.tickets import Tickets

log = logging.getLogger("flask_headless_auth")

E = TypeVar("E", bound=Event)
F = TypeVar("F", bound=Callable[..., Any])

DEVELOPMENT_ORIGINS = ("http://localhost:3000", "http://localhost:5173")
"""Front ends that development keys serve when no origins are set: the usual ports of Next.js and Vite."""


class AuthSvc:
    """A complete authentication API for a Flask application.

    `AuthSvc(app)`, or `auth = AuthSvc()` and `auth.init_app(app)` in a factory. *user_model* is the
    application's own user; without it there is a built-in one. Hooks may be registered before or after.
    """

    def __init__(self, app: flask.Flask | None = None, user_model: type[Any] | None = None) -> None:
        self.user_model: Any = user_model
        self._bus = EventBus()
        self._hooks: dict[str, Callable[..., Any]] = {}
        if app is not None:
            self.init_app(app)

    def init_app(self, app: flask.Flask, user_model: type[Any] | None = None) -> None:
        """Give *app* the API.

        Raises:
            ConfigurationError: with every problem of the configuration at once.
        """
        if EXTENSION in app.extensions:
            raise ConfigurationError(["This application has an AuthSvc already."])
        problems: list[str] = []
        warnings: list[str] = []
        read = _read_settings(app, problems)
        core: CoreSettings = read[CoreSettings]  # type: ignore[assignment]
        features = _features(app, problems)
        keyring = keys.keyring(app.config, _previous(read), app.instance_path, warnings)
        token_keys = _token_keys(read, keyring, problems)
        database_object, model = _user_model(app, user_model or self.user_model, problems, warnings)
        _check_safety(app, read, keyring, problems, warnings)
        if problems or model is None or token_keys is None:
            raise ConfigurationError(problems)

        try:
            tables = database.bind(
                tuple(one for feature in features for one in feature.tables), model.__table__
            )
        except ValueError as problem:
            raise ConfigurationError([str(problem)]) from None
        self.user_model = model
        _give_roles(model)
        ours = State(
            app=app,
            features=features,
            sections=read,
            bus=self._bus_with(features),
            db=database_object,
            user_model=model,
            tables=tables,
            warnings=(*warnings, *user_schemas.warnings_about(model)),
            development_keys=keyring.development,
            hooks=self._hooks,
        )
        app.extensions[EXTENSION] = ours
        _make_parts(ours, keyring, token_keys, _origins(core, keyring))
        _install(app, ours, core)
        for warning in ours.warnings:
            log.warning(warning)
        if keyring.development:
            log.warning(
                "DEVELOPMENT KEYS: %s Until then only this machine is served. "
                "Make a key with: python -c 'import secrets; print(secrets.token_hex(32))'",
                keyring.development,
            )

    def on(self, event: type[E]) -> Callable[[F], F]:
        """Call the decorated function behind the commit of each *event*; what it raises is only logged."""

        def register(listener: F) -> F:
            self._bus.after(event, listener)
            return listener

        return register

    def during(self, event: type[E]) -> Callable[[F], F]:
        """Call the decorated function inside the transaction of each *event*; raising undoes it."""

        def register(listener: F) -> F:
            self._bus.during(event, listener)
            return listener

        return register

    def on_login(self, listener: F) -> F:
        """Call the decorated function with the user behind each sign-in."""
        return self._with_user(SignedIn, listener)

    def on_signup(self, listener: F) -> F:
        """Call the decorated function with the user behind each sign-up."""
        return self._with_user(SignedUp, listener)

    def on_logout(self, listener: F) -> F:
        """Call the decorated function with the user behind each sign-out."""
        return self._with_user(SignedOut, listener)

    def on_password_change(self, listener: F) -> F:
        """Call the decorated function with the user behind each change of a password."""
        return self._with_user(PasswordChanged, listener)

    def _with_user(self, event: type[Event], listener: F) -> F:
        def with_user(happened: Event) -> None:
            listener(happened.user)

        with_user.__qualname__ = getattr(listener, "__qualname__", repr(listener))
        self._bus.after(event, with_user)
        return listener

    def claims(self, hook: F) -> F:
        """Add what the decorated function answers for a user to the user's access tokens.

        It never replaces a claim of ours, and anybody who holds the token can read it.
        """
        self._hooks["claims"] = hook
        return hook

    def breached_password(self, hook: F) -> F:
        """Refuse new passwords for which the decorated function answers True."""
        self._hooks["is_breached"] = hook
        return hook

    def sign_in(self, user: Any, *, method: str = "ext", remember: bool = True) -> dict[str, Any]:
        """Sign *user* in through the one door, for ways in that the host adds.

        *method* is the `amr` value of the host's proof. Second factors are asked for as everywhere. Answers
        the members of a sign-in answer; `user` is the object itself.
        """
        return signin.finish(user, [Proof(method, clock.timestamp())], remember=remember)

    def sign_out_everywhere(self, user: Any) -> int:
        """End all sessions of *user*; how many that were."""
        return sessions.revoke_others(user, None)

    def grant_role(self, user: Any, role: str) -> None:
        """Give *user* a role, from the next request on every worker."""
        roles.grant(user, role)

    def revoke_role(self, user: Any, role: str) -> None:
        """Take a role from *user*, from the next request on every worker."""
        roles.revoke(user, role)

    def _bus_with(self, features: tuple[Feature, ...]) -> EventBus:
        for feature in features:
            for kind, listener in feature.during.items():
                self._bus.during(kind, listener)
            for kind, listener in feature.after.items():
                self._bus.after(kind, listener)
        return self._bus


def _read_settings(app: flask.Flask, problems: list[str]) -> dict[type[Settings], Settings]:
    kinds = [*sections.KERNEL, *(one for feature in catalog.ALL for one in feature.settings)]
    return {kind: kind.read(app.config, problems) for kind in kinds}


def _features(app: flask.Flask, problems: list[str]) -> tuple[Feature, ...]:
    wanted = [
        feature
        for feature in catalog.ALL
        if not feature.optional or app.config.get(f"AUTHSVC_ENABLE_{feature.name.upper()}", True)
    ]
    try:
        return in_order(wanted)
    except LookupError as problem:
        problems.append(str(problem.args[0]))
        return ()


def _previous(read: Mapping[type[Settings], Settings]) -> list[str]:
    settings: TokenSettings = read[TokenSettings]  # type: ignore[assignment]
    return [key for key in settings.previous_keys if "-----BEGIN" not in key]


def _token_keys(
    read: Mapping[type[Settings], Settings], keyring: keys.Keyring, problems: list[str]
) -> tokens.KeySet | None:
    """The key set: the signing key first, then whatever signed before."""
    settings: TokenSettings = read[TokenSettings]  # type: ignore[assignment]
    core: CoreSettings = read[CoreSettings]  # type: ignore[assignment]
    accepted: list[tokens.Key] = []
    if settings.algorithm == "HS256":
        accepted.extend(tokens.hmac_key(secret) for secret in keyring.token_secrets)
    elif not settings.private_key:
        problems.append(f"JWT_PRIVATE_KEY: {settings.algorithm} signs with a private key in PEM.")
    else:
        try:
            accepted.append(tokens.pem_key(settings.private_key, settings.algorithm))
        except ValueError as problem:
            problems.append(f"JWT_PRIVATE_KEY: {problem}")
        accepted.extend(tokens.hmac_key(secret) for secret in keyring.token_secrets[1:])
    for older in settings.previous_keys:
        if "-----BEGIN" in older:
            try:
                accepted.append(tokens.pem_key(older, tokens.algorithm_of(older)))
            except ValueError as problem:
                problems.append(f"AUTHSVC_TOKENS_PREVIOUS_KEYS: {problem}")
    if not accepted:
        return None
    issuer = settings.issuer or core.public_url or "flask-headless-auth"
    leeway = int(settings.leeway.total_seconds())
    secret = keyring.derive("token-identifiers")[0]
    return tokens.KeySet(tuple(accepted), issuer, settings.audience or issuer, leeway, secret)


def _user_model(
    app: flask.Flask, model: type[Any] | None, problems: list[str], warnings: list[str]
) -> tuple[SQLAlchemy, type[Any] | None]:
    """The database object and the user model; the object is initialised for the app where the host did not."""
    registered: SQLAlchemy | None = app.extensions.get("sqlalchemy")
    database_object: SQLAlchemy = getattr(model, "__fsa__", None) or registered or users.db
    if registered is None:
        if not app.config.get("SQLALCHEMY_DATABASE_URI") and not app.config.get("SQLALCHEMY_BINDS"):
            app.config["SQLALCHEMY_DATABASE_URI"] = "sqlite:///app.db"
            warnings.append(
                "SQLALCHEMY_DATABASE_URI is not set; users are kept in app.db in the instance folder."
            )
        database_object.init_app(app)
    elif registered is not database_object:
        problems.append(
            f"The user model {getattr(model, '__name__', '')} belongs to another SQLAlchemy() than the one this "
            "application uses."
        )
        return database_object, None
    try:
        model = model or users.default_model(database_object)
    except ValueError as problem:
        problems.append(str(problem))
        return database_object, None
    found = users.model_problems(model, _dialect(app, database_object, model))
    problems.extend(found)
    return database_object, None if found else model


def _dialect(app: flask.Flask, database_object: SQLAlchemy, model: type[Any]) -> sa.Dialect:
    with app.app_context():
        table = getattr(model, "__table__", None)
        key = table.metadata.info.get("bind_key") if table is not None else None
        return database_object.engines[key].dialect


def _check_safety(
    app: flask.Flask,
    read: Mapping[type[Settings], Settings],
    keyring: keys.Keyring,
    problems: list[str],
    warnings: list[str],
) -> None:
    """What must not be, or must not be in production."""
    core: CoreSettings = read[CoreSettings]  # type: ignore[assignment]
    tokens_: TokenSettings = read[TokenSettings]  # type: ignore[assignment]
    cookie: CookieSettings = read[CookieSettings]  # type: ignore[assignment]
    password: PasswordSettings = read[PasswordSettings]  # type: ignore[assignment]
    limit: LimitSettings = read[LimitSettings]  # type: ignore[assignment]
    wrong = set(tokens_.location) - {"cookies", "headers"}
    if wrong or not tokens_.location:
        problems.append(
            f"JWT_TOKEN_LOCATION: cookies and headers are known, not {', '.join(sorted(wrong)) or 'none'}."
        )
    if not cookie.httponly:
        problems.append("JWT_COOKIE_HTTPONLY: must be True; scripts must never read the tokens.")
    if cookie.samesite == "None" and not cookie.secure:
        problems.append("JWT_COOKIE_SAMESITE: browsers take None only with JWT_COOKIE_SECURE = True.")
    if password.bcrypt_cost > 15:
        problems.append(f"AUTHSVC_PASSWORD_BCRYPT_COST: at most 15, not {password.bcrypt_cost}.")
    for key in ("public_url", "frontend_url"):
        value = getattr(core, key)
        if value is not None and not _is_origin(value):
            name = "FRONTEND_URL" if key == "frontend_url" else "AUTHSVC_PUBLIC_URL"
            problems.append(f"{name}: must be an origin such as https://app.example.com, not {value!r}.")
    for origin in core.cors_origins or ():
        if not _is_origin(origin):
            problems.append(
                f"AUTHSVC_CORS_ORIGINS: {origin!r} is not an origin such as https://app.example.com."
            )
    if not core.url_prefix.startswith("/") or core.url_prefix.rstrip("/") != core.url_prefix:
        problems.append("AUTHSVC_URL_PREFIX: must begin with a slash and end without one.")
    risky = []
    if keyring.development:
        risky.append(keyring.development)
    if not cookie.secure:
        risky.append("JWT_COOKIE_SECURE is False: browsers send the tokens over plain HTTP.")
    if core.public_url is None:
        risky.append("AUTHSVC_PUBLIC_URL is not set: links and callbacks have no address.")
    if not limit.enabled:
        warnings.append("RATELIMIT_ENABLED is False: passwords can be guessed without limit.")
    if core.env == "production":
        problems.extend(risky)
    else:
        warnings.extend(one for one in risky if one != keyring.development)
    known = [kind.key(field) for kind in read for field in dataclasses.fields(kind)]
    known += [f"AUTHSVC_ENABLE_{feature.name.upper()}" for feature in catalog.ALL if feature.optional]
    known += [f"AUTHSVC_LIMITS_{name.upper()}" for name in limits.declared(catalog.ALL)]
    warnings.extend(sections.unknown(app.config, known))


def _is_origin(text: str) -> bool:
    parts = urlsplit(text)
    return (
        parts.scheme in ("http", "https")
        and bool(parts.hostname)
        and not (parts.path or parts.query or parts.fragment or parts.username)
        and "*" not in text
    )


def _origins(core: CoreSettings, keyring: keys.Keyring) -> tuple[str, ...]:
    """The browser front ends, exactly."""
    if core.cors_origins is not None:
        return core.cors_origins
    return DEVELOPMENT_ORIGINS if keyring.development else ()


def _give_roles(model: type[Any]) -> None:
    """`user.role` and `user.roles` on models that have none."""
    if not hasattr(model, "role"):
        model.role = property(roles.first)
    if not hasattr(model, "roles"):
        model.roles = property(roles.names)


def _make_parts(
    ours: State, keyring: keys.Keyring, token_keys: tokens.KeySet, origins: tuple[str, ...]
) -> None:
    read = ours.sections
    core: CoreSettings = read[CoreSettings]  # type: ignore[assignment]
    password: PasswordSettings = read[PasswordSettings]  # type: ignore[assignment]
    trusted = {one.lower() for one in (*origins, core.public_url) if one}
    overrides = {
        name: str(ours.app.config[f"AUTHSVC_LIMITS_{name.upper()}"])
        for name in limits.declared(ours.features)
        if f"AUTHSVC_LIMITS_{name.upper()}" in ours.app.config
    }
    peppers = tuple(keys.as_bytes(one) for one in password.peppers)
    words = tuple(one for one in (core.app_name, *password.context) if one)
    ours.parts.update(
        {
            tokens.KeySet: token_keys,
            Tickets: Tickets(keyring.derive("tickets")),
            cookies.Transport: cookies.transport(
                core, read[TokenSettings], read[CookieSettings], frozenset(trusted)
            ),  # type: ignore[arg-type]
            limits.Counters: limits.Counters(read[LimitSettings], ours.features, overrides),  # type: ignore[arg-type]
            Hashing: Hashing(scheme=password.scheme, bcrypt_cost=password.bcrypt_cost, peppers=peppers),
            Policy: Policy(min_length=password.min_length, max_length=password.max_length, context=words),
            sessions.Remembered: sessions.Remembered(memory.made(read[SessionSettings])),  # type: ignore[arg-type]
        }
    )
    _share(ours, core, origins)


def _share(ours: State, core: CoreSettings, origins: tuple[str, ...]) -> None:
    """Answer browser front ends of other origins, at our prefix and at the host's listed paths."""
    if not origins:
        return
    paths = [re.compile(re.escape(core.url_prefix) + r"(/.*)?")]
    paths += [re.compile(re.escape(one).replace(r"\*", ".*")) for one in core.cors_resources]
    flask_cors.CORS(
        ours.app,
        resources={
            path: {"origins": [re.compile(re.escape(one) + r"\Z") for one in origins]} for path in paths
        },
        supports_credentials=True,
        allow_headers=["Authorization", "Content-Type", "X-Auth-Delivery", "X-CSRF-TOKEN", "Accept-Language"],
        expose_headers=["Retry-After", "WWW-Authenticate"],
        max_age=600,
        always_send=False,
    )


def _install(app: flask.Flask, ours: State, core: CoreSettings) -> None:
    transport: cookies.Transport = ours.parts[cookies.Transport]
    cookies.teach(app, transport)
    guards.install(app, http.problem)
    http.install(app)
    api = contract.Api(app)
    ours.parts[contract.Api] = api
    for feature in ours.features:
        if feature.blueprint is not None:
            api.register_blueprint(feature.blueprint, url_prefix=core.url_prefix)
    app.register_blueprint(pages.pages, url_prefix=core.url_prefix)
    cli.install(app, ours)
