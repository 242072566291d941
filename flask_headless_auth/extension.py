"""AuthSvc: a Flask application's authentication. `init_app` reads top to bottom as the order of start-up."""

import logging
import re
from collections.abc import Callable
from typing import Any, TypeVar

import flask
import flask_cors

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
    links,
    manager,
    pages,
    startup,
    tokens,
    user_schemas,
)
from flask_headless_auth.errors import ConfigurationError
from flask_headless_auth.events import Event, EventBus
from flask_headless_auth.feature import Feature, Proof
from flask_headless_auth.features.notices import logic as notices
from flask_headless_auth.features.oauth import logic as oauth
from flask_headless_auth.features.password.events import PasswordChanged, PasswordReset
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
    TokenSettings,
)
from flask_headless_auth.state import EXTENSION, State
from flask_headless_auth.tickets import Tickets
from flask_headless_auth.vault import Vault

log = logging.getLogger("flask_headless_auth")

E = TypeVar("E", bound=Event)
F = TypeVar("F", bound=Callable[..., Any])


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
        read = startup.read_settings(app, problems)
        core = read.of(CoreSettings)
        features = startup.features_of(app, problems)
        keyring = startup.keyring_of(app, read, problems, warnings)
        token_keys = startup.token_keys_of(read, keyring, problems)
        database_object, model = startup.user_model_of(app, user_model or self.user_model, problems, warnings)
        startup.check_safety(app, read, keyring, problems, warnings)
        made = startup.made_by(features, read, problems)
        startup.check_features(features, read, problems, warnings)
        counters = limits.counters(read.of(LimitSettings), features, app.config, problems)
        if problems or model is None or token_keys is None or counters is None:
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
        ours.parts.update(made)
        _make_parts(ours, keyring, token_keys, counters, startup.origins_of(core, keyring))
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
        """Call the decorated function with the user behind each change or reset of a password."""
        self._with_user(PasswordReset, listener)
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

    def send_mail(self, hook: F) -> F:
        """Hand every finished mail to the decorated function, an `email.message.EmailMessage`, to be sent.

        It is called in an application context, behind the commit; what it raises is tried again later.
        """
        self._hooks["send_mail"] = hook
        return hook

    def sign_in(self, user: Any, *, method: str = "ext", remember: bool = True) -> dict[str, Any]:
        """Sign *user* in through the one door, for ways in that the host adds.

        *method* is the `amr` value of the host's proof. Second factors are asked for as everywhere. Answers
        the members of a sign-in answer; `user` is the object itself.
        """
        return signin.finish(user, [Proof(method, clock.timestamp())], remember=remember)

    def provider_token(self, user: Any, provider: str) -> str | None:
        """An access token of *user* at a provider, refreshed where it is over; None where there is none.

        Needs AUTHSVC_OAUTH_STORE_TOKENS. Call it outside of a transaction: the provider may be asked.
        """
        return oauth.token_of(user, provider)

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
        bus = EventBus(also=self._bus)
        for feature in features:
            for kind, listener in feature.during.items():
                bus.during(kind, listener)
            for kind, listener in feature.after.items():
                bus.after(kind, listener)
        for kind, listener in notices.listeners(features):
            bus.during(kind, listener)
        return bus


def _give_roles(model: type[Any]) -> None:
    """`user.role` and `user.roles` on models that have none."""
    if not hasattr(model, "role"):
        model.role = property(roles.first)
    if not hasattr(model, "roles"):
        model.roles = property(roles.names)


def _make_parts(
    ours: State,
    keyring: keys.Keyring,
    token_keys: tokens.KeySet,
    counters: limits.Counters,
    origins: tuple[str, ...],
) -> None:
    read = ours.sections
    core = read.of(CoreSettings)
    password = read.of(PasswordSettings)
    trusted = {one.lower() for one in (*origins, core.public_url) if one}
    peppers = tuple(keys.as_bytes(one) for one in password.peppers)
    words = tuple(one for one in (core.app_name, *password.context) if one)
    ours.parts.update(
        {
            tokens.KeySet: token_keys,
            Tickets: Tickets(keyring.derive("tickets")),
            Vault: Vault((*(keys.as_bytes(one) for one in core.encryption_keys), *keyring.roots)),
            links.Allowed: links.allowed_by(core, origins),
            cookies.Transport: cookies.transport(
                core, read.of(TokenSettings), read.of(CookieSettings), frozenset(trusted)
            ),
            limits.Counters: counters,
            Hashing: Hashing(scheme=password.scheme, bcrypt_cost=password.bcrypt_cost, peppers=peppers),
            Policy: Policy(min_length=password.min_length, max_length=password.max_length, context=words),
            memory.Remembered: memory.Remembered(memory.made(read.of(SessionSettings))),
        }
    )
    _share(ours, core, origins)


def _share(ours: State, core: CoreSettings, origins: tuple[str, ...]) -> None:
    """Answer browser front ends of other origins, at our prefix and at the host's listed paths."""
    if not origins:
        return
    paths = [re.compile(re.escape(core.url_prefix) + r"(/.*)?\Z")]
    paths += [re.compile(re.escape(one).replace(r"\*", ".*") + r"\Z") for one in core.cors_resources]
    flask_cors.CORS(
        ours.app,
        resources={
            path: {"origins": [re.compile(re.escape(one) + r"\Z") for one in origins]} for path in paths
        },
        supports_credentials=True,
        allow_headers=[
            "Authorization",
            "Content-Type",
            "X-Auth-Delivery",
            "X-CSRF-TOKEN",
            "Accept-Language",
            "X-Trusted-Device",
        ],
        expose_headers=["Retry-After", "WWW-Authenticate"],
        max_age=600,
        always_send=False,
    )


def _install(app: flask.Flask, ours: State, core: CoreSettings) -> None:
    transport: cookies.Transport = ours.parts[cookies.Transport]
    cookies.teach(app, transport)
    manager.install(app, http.problem, {"needs_fresh_token": guards.stale_sign_in})
    http.install(app)
    api = contract.Api(app)
    ours.parts[contract.Api] = api
    for feature in ours.features:
        if feature.blueprint is not None:
            api.register_blueprint(feature.blueprint, url_prefix=core.url_prefix)
        if feature.pages is not None:
            app.register_blueprint(feature.pages, url_prefix=core.url_prefix)
    app.register_blueprint(pages.pages, url_prefix=core.url_prefix)
    cli.install(app, ours)
