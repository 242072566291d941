"""What is decided when an application starts: settings, features, keys, user model, and what must not be.

Each function adds what it finds wrong to *problems*, so that all of it is reported at once.
"""

import dataclasses
import re
from typing import Any
from urllib.parse import urlsplit

import flask
import sqlalchemy as sa
from flask_sqlalchemy import SQLAlchemy

from flask_headless_auth import keys, limits, links, manager, settings, tokens, users
from flask_headless_auth.feature import Feature, in_order
from flask_headless_auth.features import catalog
from flask_headless_auth.settings import (
    CookieSettings,
    CoreSettings,
    LimitSettings,
    PasswordSettings,
    Sections,
    TokenSettings,
)

DEVELOPMENT_ORIGINS = ("http://localhost:3000", "http://localhost:5173")
"""Front ends that development keys serve when no origins are set: the usual ports of Next.js and Vite."""


def read_settings(app: flask.Flask, problems: list[str]) -> Sections:
    """Every section of the kernel and the features, as the application's configuration says."""
    kinds = [*settings.KERNEL, *(one for feature in catalog.ALL for one in feature.settings)]
    config = manager.said_by_host(app)
    return Sections({kind: kind.read(config, problems) for kind in kinds})


def features_of(app: flask.Flask, problems: list[str]) -> tuple[Feature, ...]:
    """The features that are on, each behind what it needs."""
    wanted = [feature for feature in catalog.ALL if not feature.optional or _is_on(app, feature, problems)]
    names = {feature.name for feature in wanted}
    try:
        return in_order(feature for feature in wanted if names.issuperset(feature.only_with))
    except LookupError as problem:
        problems.append(str(problem.args[0]))
        return ()


def made_by(features: tuple[Feature, ...], read: Sections, problems: list[str]) -> dict[type, Any]:
    """What the features make of their settings, by its type."""
    made = [feature.makes(read, problems) for feature in features if feature.makes is not None]
    return {type(one): one for one in made}


def _is_on(app: flask.Flask, feature: Feature, problems: list[str]) -> bool:
    key = f"AUTHSVC_ENABLE_{feature.name.upper()}"
    try:
        return settings.boolean(app.config.get(key, True))
    except ValueError as problem:
        problems.append(f"{key}: {problem}")
        return True


def keyring_of(app: flask.Flask, read: Sections, problems: list[str], warnings: list[str]) -> keys.Keyring:
    """The application's secrets. In production nothing is made up: weak keys are a problem there."""
    previous = [key for key in read.of(TokenSettings).previous_keys if "-----BEGIN" not in key]
    folder = None if read.of(CoreSettings).env == "production" else app.instance_path
    return keys.keyring(app.config, previous, folder, problems, warnings)


def token_keys_of(read: Sections, keyring: keys.Keyring, problems: list[str]) -> tokens.KeySet | None:
    """The key set: the signing key first, then whatever signed before."""
    ours = read.of(TokenSettings)
    core = read.of(CoreSettings)
    accepted: list[tokens.Key] = []
    if ours.algorithm == "HS256":
        accepted.extend(tokens.hmac_key(secret) for secret in keyring.token_secrets)
    elif not ours.private_key:
        problems.append(f"JWT_PRIVATE_KEY: {ours.algorithm} signs with a private key in PEM.")
    else:
        try:
            accepted.append(tokens.pem_key(ours.private_key, ours.algorithm))
        except ValueError as problem:
            problems.append(f"JWT_PRIVATE_KEY: {problem}")
        accepted.extend(tokens.hmac_key(secret) for secret in keyring.token_secrets[1:])
    for older in ours.previous_keys:
        if "-----BEGIN" in older:
            try:
                accepted.append(tokens.pem_key(older, tokens.algorithm_of(older)))
            except ValueError as problem:
                problems.append(f"AUTHSVC_TOKENS_PREVIOUS_KEYS: {problem}")
    if not accepted:
        return None
    issuer = ours.issuer or core.public_url or "flask-headless-auth"
    leeway = int(ours.leeway.total_seconds())
    secret = keyring.derive("token-identifiers")[0]
    return tokens.KeySet(tuple(accepted), issuer, ours.audience or issuer, leeway, secret)


def user_model_of(
    app: flask.Flask, model: type[Any] | None, problems: list[str], warnings: list[str]
) -> tuple[SQLAlchemy, type[Any] | None]:
    """The database object, initialised for the app where the host did not do it, and the user model."""
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
            f"The user model {getattr(model, '__name__', '')} belongs to another SQLAlchemy() than the one "
            "this application uses."
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


def check_safety(
    app: flask.Flask,
    read: Sections,
    keyring: keys.Keyring,
    problems: list[str],
    warnings: list[str],
) -> None:
    """What must not be, or must not be in production."""
    core = read.of(CoreSettings)
    tokens_ = read.of(TokenSettings)
    cookie = read.of(CookieSettings)
    password = read.of(PasswordSettings)
    limit = read.of(LimitSettings)
    wrong = set(tokens_.location) - {"cookies", "headers"}
    if wrong or not tokens_.location:
        problems.append(
            f"JWT_TOKEN_LOCATION: cookies and headers are known, not {', '.join(sorted(wrong)) or 'none'}."
        )
    if not cookie.httponly:
        problems.append("JWT_COOKIE_HTTPONLY: must be True; scripts must never read the tokens.")
    if cookie.samesite == "None" and not cookie.secure:
        problems.append("JWT_COOKIE_SAMESITE: browsers take None only with JWT_COOKIE_SECURE = True.")
    problems.extend(keys.weaknesses("AUTHSVC_PASSWORD_PEPPERS", password.peppers))
    if password.min_length > password.max_length:
        problems.append("AUTHSVC_PASSWORD_MIN_LENGTH: must not exceed AUTHSVC_PASSWORD_MAX_LENGTH.")
    if cookie.domain is not None and not _DOMAIN.fullmatch(cookie.domain):
        problems.append(f"JWT_COOKIE_DOMAIN: {cookie.domain!r} is not a domain.")
    if password.bcrypt_cost > 15:
        problems.append(f"AUTHSVC_PASSWORD_BCRYPT_COST: at most 15, not {password.bcrypt_cost}.")
    for key in ("public_url", "frontend_url"):
        value = getattr(core, key)
        if value is not None and not _is_origin(value):
            name = "FRONTEND_URL" if key == "frontend_url" else "AUTHSVC_PUBLIC_URL"
            problems.append(f"{name}: must be an origin such as https://app.example.com, not {value!r}.")
    problems.extend(keys.weaknesses("AUTHSVC_ENCRYPTION_KEYS", core.encryption_keys))
    for url in core.redirect_urls:
        if not _is_origin(url) and not links.is_app_uri(url):
            problems.append(
                f"AUTHSVC_REDIRECT_URLS: {url!r} is neither an origin such as https://app.example.com nor a "
                "URI of an app's own scheme such as com.example.app:/signed-in."
            )
    if core.post_login_redirect_url is not None and links.origin_of(core.post_login_redirect_url) is None:
        problems.append(
            f"POST_LOGIN_REDIRECT_URL: must be an absolute http or https URL, not "
            f"{core.post_login_redirect_url!r}."
        )
    for origin in core.cors_origins or ():
        if not _is_origin(origin):
            problems.append(
                f"AUTHSVC_CORS_ORIGINS: {origin!r} is not an origin such as https://app.example.com."
            )
    if not _PREFIX.fullmatch(core.url_prefix):
        problems.append("AUTHSVC_URL_PREFIX: must be a path such as /api/auth, without a slash at its end.")
    risky = []
    if keyring.development:
        risky.append(keyring.development)
    if not cookie.secure:
        risky.append("JWT_COOKIE_SECURE is False: browsers send the tokens over plain HTTP.")
    if core.public_url is None and not keyring.development:
        risky.append("AUTHSVC_PUBLIC_URL is not set: links and callbacks have no address.")
    if not core.encryption_keys and not keyring.development:
        risky.append(
            "AUTHSVC_ENCRYPTION_KEYS is not set: what is sealed in the database is lost with SECRET_KEY."
        )
    if not limit.enabled:
        warnings.append("RATELIMIT_ENABLED is False: passwords can be guessed without limit.")
    if core.env == "production":
        problems.extend(risky)
    else:
        warnings.extend(one for one in risky if one != keyring.development)
    known = [kind.key(field) for kind in read for field in dataclasses.fields(kind)]
    known += [f"AUTHSVC_ENABLE_{feature.name.upper()}" for feature in catalog.ALL if feature.optional]
    known += [f"AUTHSVC_LIMITS_{name.upper()}" for name in limits.declared(catalog.ALL)]
    warnings.extend(settings.unknown(app.config, known))


def check_features(
    features: tuple[Feature, ...], read: Sections, problems: list[str], warnings: list[str]
) -> None:
    """What each feature finds wrong."""
    for feature in features:
        if feature.checks is not None:
            feature.checks(read, problems, warnings)


_ORIGIN = re.compile(r"https?://(?:[A-Za-z0-9_-]+(?:\.[A-Za-z0-9_-]+)*|\[[0-9A-Fa-f:.]+\])(?::[0-9]{1,5})?")
_DOMAIN = re.compile(r"\.?[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)*")
_PREFIX = re.compile(r"(?:/[A-Za-z0-9._~-]+)+")


def _is_origin(text: str) -> bool:
    try:
        return bool(_ORIGIN.fullmatch(text)) and urlsplit(text).port != 0
    except ValueError:
        return False


def origins_of(core: CoreSettings, keyring: keys.Keyring) -> tuple[str, ...]:
    """The browser front ends, exactly."""
    if core.cors_origins is not None:
        return core.cors_origins
    return DEVELOPMENT_ORIGINS if keyring.development else ()
