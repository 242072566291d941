"""Typed settings. A section is a frozen dataclass; a field is one key of `app.config`.

`AUTHSVC_<SECTION>_<NAME>` is the key of a field unless it names another one. Every value is checked at
start-up and every problem is reported at once. Durations are seconds or `timedelta`.
"""

import dataclasses
import difflib
import types
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, ClassVar, Literal, Self, TypeVar, Union, cast, get_args, get_origin, get_type_hints

S = TypeVar("S", bound="Settings")
MISSING = object()


def setting(
    default: Any,
    doc: str,
    *,
    key: str | None = None,
    secret: bool = False,
    least: float | None = None,
    most: float | None = None,
) -> Any:
    """A field of a `Settings` section: its safe default and its one line of documentation.

    *key* names another `app.config` key, *secret* keeps the value out of every listing, *least* and
    *most* are the smallest and the largest value accepted (seconds for durations).
    """
    return dataclasses.field(
        default=default,
        metadata={"doc": doc, "key": key, "secret": secret, "least": least, "most": most},
    )


@dataclass(frozen=True)
class Settings:
    """A section of the configuration."""

    section: ClassVar[str] = ""

    @classmethod
    def key(cls, field: "dataclasses.Field[Any]") -> str:
        """The `app.config` key of *field*."""
        named = field.metadata["key"]
        if named:
            return str(named)
        return "_".join(part for part in ("AUTHSVC", cls.section.upper(), field.name.upper()) if part)

    @classmethod
    def read(cls, config: Mapping[str, Any], problems: list[str]) -> Self:
        """The section as *config* says; what is wrong is added to *problems* and the default stands in."""
        hints = get_type_hints(cls)
        values: dict[str, Any] = {}
        for field in dataclasses.fields(cls):
            key = cls.key(field)
            raw = config.get(key, MISSING)
            if raw is MISSING or (raw is None and not _takes_none(hints[field.name])):
                continue
            try:
                values[field.name] = _checked(raw, hints[field.name], field.metadata)
            except ValueError as problem:
                problems.append(f"{key}: {problem}")
        return cls(**values)


@dataclass(frozen=True)
class CoreSettings(Settings):
    """Where the API lives and who may call it."""

    url_prefix: str = setting("/api/auth", "Path below which the whole API lives.")
    public_url: str | None = setting(None, "Origin of this server as the world sees it, without a path.")
    frontend_url: str | None = setting(
        None, "Origin of the front end; its pages are linked to.", key="FRONTEND_URL"
    )
    env: Literal["", "development", "production"] = setting(
        "", "`production` turns warnings about safety into start-up errors."
    )
    app_name: str | None = setting(None, "Name of the product, for texts and for refusing it as a password.")
    create_tables: bool | None = setting(
        None, "Create missing tables at the first request; unset: on SQLite without Flask-Migrate."
    )
    enable_docs: bool = setting(True, "Serve Swagger UI at /docs.")
    cors_origins: tuple[str, ...] | None = setting(
        None,
        "Origins of browser front ends, exactly; none by default, localhost's with development keys.",
    )
    cors_resources: tuple[str, ...] = setting(
        ("/api/*",), "Paths of the host that answer those origins too; the API's own always do."
    )
    redirect_urls: tuple[str, ...] = setting(
        (), "Where links and redirects may lead besides the front ends: origins, or exact custom-scheme URIs."
    )
    post_login_redirect_url: str | None = setting(
        None, "Page of the front end that a finished sign-in returns to.", key="POST_LOGIN_REDIRECT_URL"
    )
    encryption_keys: tuple[str, ...] = setting(
        (),
        "Secrets that seal what the database keeps: the first seals, all open; SECRET_KEY's by default.",
        secret=True,
    )
    unknown_fields: Literal["raise", "ignore"] = setting(
        "raise", "What POST /signup and PUT /user/@me do with a field the model does not have."
    )
    max_body_bytes: int = setting(65_536, "Largest JSON body read, in bytes.", least=1024)
    step_up_max_age: timedelta = setting(
        timedelta(minutes=10), "How old a proof of presence may be for sensitive operations.", least=30
    )


@dataclass(frozen=True)
class TokenSettings(Settings):
    """Access and refresh tokens (JWT, RFC 7519)."""

    section = "tokens"
    algorithm: Literal["HS256", "RS256", "ES256", "EdDSA"] = setting(
        "HS256", "Signature algorithm; one key, one algorithm.", key="JWT_ALGORITHM"
    )
    private_key: str | None = setting(
        None, "PEM private key for RS256, ES256 and EdDSA.", key="JWT_PRIVATE_KEY", secret=True
    )
    previous_keys: tuple[str, ...] = setting(
        (), "Secrets or PEM keys that signed before; their tokens stay good until they expire.", secret=True
    )
    access_ttl: timedelta = setting(
        timedelta(minutes=15), "Life of an access token.", key="JWT_ACCESS_TOKEN_EXPIRES", least=1
    )
    refresh_ttl: timedelta = setting(
        timedelta(days=30), "Idle life of a refresh token.", key="JWT_REFRESH_TOKEN_EXPIRES", least=1
    )
    location: tuple[str, ...] = setting(
        ("cookies", "headers"), "Where tokens travel: cookies, headers, or both.", key="JWT_TOKEN_LOCATION"
    )
    issuer: str | None = setting(None, "`iss` of every token; AUTHSVC_PUBLIC_URL by default.")
    audience: str | None = setting(None, "`aud` of every token; the issuer by default.")
    leeway: timedelta = setting(
        timedelta(0), "Clock difference forgiven at `nbf` and `exp`.", key="JWT_DECODE_LEEWAY", least=0
    )


@dataclass(frozen=True)
class CookieSettings(Settings):
    """How browsers keep the tokens."""

    section = "cookies"
    secure: bool = setting(
        True, "HTTPS only; browsers take such cookies on http://localhost too.", key="JWT_COOKIE_SECURE"
    )
    httponly: bool = setting(True, "Out of reach of scripts; must stay on.", key="JWT_COOKIE_HTTPONLY")
    samesite: Literal["Strict", "Lax", "None"] = setting(
        "Strict", "When browsers send the cookies along.", key="JWT_COOKIE_SAMESITE"
    )
    domain: str | None = setting(None, "Share the cookies with subdomains.", key="JWT_COOKIE_DOMAIN")
    csrf_protect: bool = setting(
        False, "Ask for a double-submit token besides the check of origins.", key="JWT_COOKIE_CSRF_PROTECT"
    )


@dataclass(frozen=True)
class PasswordSettings(Settings):
    """Rules for passwords and how they are hashed."""

    section = "password"
    min_length: int = setting(
        8, "Shortest password accepted (15 where it is the only factor, says NIST).", least=8
    )
    max_length: int = setting(1024, "Longest password accepted.", least=64)
    scheme: Literal["bcrypt", "argon2id"] = setting("bcrypt", "How new passwords are hashed.")
    bcrypt_cost: int = setting(12, "bcrypt's cost, a power of two; at most 15.", least=4)
    peppers: tuple[str, ...] = setting(
        (), "Secrets mixed into every hash; the first hashes, all verify.", secret=True
    )
    context: tuple[str, ...] = setting((), "Words that no password may consist of, besides the app's name.")
    reset_ttl: timedelta = setting(timedelta(hours=1), "How long a reset link works.", least=60)
    reset_path: str = setting(
        "/reset-password/{token}", "Page of the front end for a new password; empty: a page of this server."
    )


@dataclass(frozen=True)
class LimitSettings(Settings):
    """How often is too often."""

    section = "limits"
    enabled: bool = setting(True, "Count requests at all.", key="RATELIMIT_ENABLED")
    storage_url: str | None = setting(
        None,
        "Where counters live, e.g. redis://…; memory of the process by default.",
        key="RATELIMIT_STORAGE_URL",
    )
    storage_uri: str | None = setting(
        None, "The same under its newer name; it wins.", key="RATELIMIT_STORAGE_URI"
    )


KERNEL: tuple[type[Settings], ...] = (
    CoreSettings,
    TokenSettings,
    CookieSettings,
    PasswordSettings,
    LimitSettings,
)


class Sections(dict[type[Settings], Settings]):
    """Every section of one application."""

    def of(self, kind: type[S]) -> S:
        """The section of this kind."""
        return cast(S, self[kind])


def unknown(config: Mapping[str, Any], known: Iterable[str]) -> list[str]:
    """A sentence for each `AUTHSVC_` key that no section has, with the nearest known one."""
    names = set(known)
    answers = []
    for key in sorted(config):
        if key.startswith("AUTHSVC_") and key not in names:
            near = difflib.get_close_matches(key, names, n=1, cutoff=0.9)
            hint = f" Did you mean {near[0]}?" if near else ""
            answers.append(f"{key} is not a setting of this version.{hint}")
    return answers


def _takes_none(kind: Any) -> bool:
    return type(None) in get_args(kind)


def _checked(raw: Any, kind: Any, bounds: Mapping[str, Any]) -> Any:
    if _takes_none(kind):
        if raw is None or raw == "":
            return None
        (kind,) = [k for k in get_args(kind) if k is not type(None)]
    value = _converted(raw, kind)
    size = value.total_seconds() if isinstance(value, timedelta) else value
    least, most = bounds["least"], bounds["most"]
    if least is not None and isinstance(size, int | float) and size < least:
        raise ValueError(f"must be at least {least:g}, not {size:g}.")
    if most is not None and isinstance(size, int | float) and size > most:
        raise ValueError(f"must be at most {most:g}, not {size:g}.")
    return value


def _converted(raw: Any, kind: Any) -> Any:
    origin = get_origin(kind)
    if origin is Literal:
        return _one_of(raw, get_args(kind))
    if origin is tuple:
        return _words(raw)
    if origin is dict:
        return _mapping(raw)
    if origin in (Union, types.UnionType):  # pragma: no cover - a mistake in a section, not in a value
        raise TypeError(f"a setting has one type, not {kind}")
    return _CONVERTERS[kind](raw)


def _one_of(raw: Any, choices: tuple[Any, ...]) -> Any:
    for choice in choices:
        if isinstance(raw, str) and raw.casefold() == str(choice).casefold():
            return choice
    listed = ", ".join(repr(choice) for choice in choices if choice != "")
    raise ValueError(f"must be one of {listed}, not {raw!r}.")


def _words(raw: Any) -> tuple[str, ...]:
    if isinstance(raw, str):
        raw = raw.split(",")
    if not isinstance(raw, list | tuple | set | frozenset) or not all(isinstance(one, str) for one in raw):
        raise ValueError("must be a list of strings.")
    return tuple(one.strip() for one in raw if one.strip())


def _mapping(raw: Any) -> dict[str, Any]:
    if not isinstance(raw, Mapping) or not all(isinstance(one, str) for one in raw):
        raise ValueError("must be a dictionary whose keys are strings.")
    return dict(raw)


def boolean(raw: Any) -> bool:
    """True or False, also as environment variables say it.

    Raises:
        ValueError: it is neither.
    """
    if isinstance(raw, bool):
        return raw
    word = str(raw).strip().casefold()
    if word in ("true", "1", "yes", "on"):
        return True
    if word in ("false", "0", "no", "off", ""):
        return False
    raise ValueError(f"must be True or False, not {raw!r}.")


def _integer(raw: Any) -> int:
    if isinstance(raw, bool) or not isinstance(raw, int | str):
        raise ValueError(f"must be a whole number, not {raw!r}.")
    try:
        return int(raw)
    except ValueError:
        raise ValueError(f"must be a whole number, not {raw!r}.") from None


def _duration(raw: Any) -> timedelta:
    if isinstance(raw, timedelta):
        return raw
    if isinstance(raw, bool) or not isinstance(raw, int | float | str):
        raise ValueError(f"must be seconds or a timedelta, not {raw!r}.")
    try:
        return timedelta(seconds=float(raw))
    except (ValueError, OverflowError):
        raise ValueError(f"must be seconds or a timedelta, not {raw!r}.") from None


def _text(raw: Any) -> str:
    if isinstance(raw, bytes):
        raw = raw.decode("utf-8", "replace")
    if not isinstance(raw, str):
        raise ValueError(f"must be a string, not {type(raw).__name__}.")
    return raw


_CONVERTERS: dict[Any, Callable[[Any], Any]] = {
    bool: boolean,
    int: _integer,
    timedelta: _duration,
    str: _text,
}
