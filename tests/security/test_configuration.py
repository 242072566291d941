"""Configuration is checked when the application starts: every problem is named, all of them at once.

Wrong values are made from the declarations of the settings themselves. Row R32 and DESIGN.md §5.
"""

import dataclasses
import logging
from collections.abc import Callable
from datetime import timedelta
from typing import Any, Literal, get_args, get_origin, get_type_hints

import flask
import pytest

from flask_headless_auth import AuthSvc
from flask_headless_auth.errors import ConfigurationError
from flask_headless_auth.features import catalog
from flask_headless_auth.settings import KERNEL, Settings
from tests.security.forging import pem, signed_in
from tests.security.hosts import local_app
from tests.support.apps import Person, plain_user

App = Callable[..., flask.Flask]
STRONG_KEY = "fedcba9876543210" * 4
SEALING_KEY = "0f1e2d3c4b5a6978" * 4
SECTIONS: list[type[Settings]] = [*KERNEL, *(one for feature in catalog.ALL for one in feature.settings)]


def problems_of(build: App, **config: Any) -> tuple[str, ...]:
    """What start-up says about this configuration; nothing where it starts."""
    try:
        build(**config)
    except ConfigurationError as refused:
        return tuple(str(refused).split("\n")) if len(refused.problems) > 1 else refused.problems
    return ()


_WRONG: dict[Any, tuple[Any, ...]] = {
    bool: ("maybe", "2", 2, 1.5, [True], {"a": 1}, "truee"),
    int: ("many", 1.5, True, [], {}, "1.5", None.__class__),
    timedelta: ("long", True, [], {}, float("nan"), float("inf"), "1h", 10**400),
    str: (7, True, ["a"], {"a": 1}, 1.5),
    tuple: (7, True, {"a": 1}, [1], ["a", None], [["a"]], 1.5),
}


def _wrong_values() -> list[Any]:
    found = []
    for section in SECTIONS:
        hints = get_type_hints(section)
        for field in dataclasses.fields(section):
            kind = hints[field.name]
            kind = (
                next((one for one in get_args(kind) if one is not type(None)), kind)
                if _is_optional(kind)
                else kind
            )
            key, least, most = section.key(field), field.metadata["least"], field.metadata["most"]
            values = list(
                _literal_wrongs(kind) if get_origin(kind) is Literal else _WRONG[get_origin(kind) or kind]
            )
            if least is not None and kind in (int, timedelta):
                values += [least - 1, -10]
            if most is not None and kind in (int, timedelta):
                values += [most + 1]
            found += [pytest.param(key, value, id=f"{key}={value!r:.20}") for value in values]
    return found


def _is_optional(kind: Any) -> bool:
    return type(None) in get_args(kind)


def _literal_wrongs(kind: Any) -> tuple[Any, ...]:
    return ("other", 7, True, ["a"], f" {get_args(kind)[-1]}!", f"{get_args(kind)[-1]}\n")


@pytest.mark.parametrize(("key", "value"), _wrong_values())
def test_a_wrong_value_of_any_setting_is_named(build: App, key: str, value: Any) -> None:
    # when one setting has a value that it cannot have
    problems = problems_of(build, **{key: value})

    # then start-up names it, and says nothing of the others
    assert len(problems) >= 1
    assert all(one.startswith(f"{key}: ") for one in problems), problems


def test_every_setting_of_every_section_was_tried() -> None:
    # given the settings that have wrong values above
    tried = {one.values[0] for one in _wrong_values()}

    # then no declared one is missing
    assert tried == {section.key(field) for section in SECTIONS for field in dataclasses.fields(section)}
    assert len(tried) > 25


_BAD: list[tuple[str, Any]] = [
    ("JWT_COOKIE_HTTPONLY", False), ("JWT_COOKIE_HTTPONLY", "false"),
    ("JWT_ALGORITHM", "none"), ("JWT_ALGORITHM", "None"), ("JWT_ALGORITHM", "HS512"),
    ("JWT_ALGORITHM", "RS512"),
    ("JWT_TOKEN_LOCATION", ["query_string"]), ("JWT_TOKEN_LOCATION", ["json"]), ("JWT_TOKEN_LOCATION", []),
    ("JWT_TOKEN_LOCATION", ["headers", "json"]), ("JWT_TOKEN_LOCATION", ["cookies", "query_string"]),
    ("JWT_TOKEN_LOCATION", "headers,body"), ("JWT_COOKIE_SAMESITE", "None"),
    ("JWT_COOKIE_DOMAIN", "a b;c"), ("JWT_COOKIE_DOMAIN", "https://example.com"),
    ("JWT_COOKIE_DOMAIN", "a.b\r\nX: y"), ("AUTHSVC_PASSWORD_BCRYPT_COST", 16),
    ("AUTHSVC_PASSWORD_BCRYPT_COST", 31),
    ("AUTHSVC_PASSWORD_MIN_LENGTH", 7),
    ("AUTHSVC_PASSWORD_MIN_LENGTH", 2000), ("AUTHSVC_PASSWORD_PEPPERS", ["short"]),
    ("AUTHSVC_URL_PREFIX", ""), ("AUTHSVC_URL_PREFIX", "/"), ("AUTHSVC_URL_PREFIX", "api"),
    ("AUTHSVC_URL_PREFIX", "/api/"), ("AUTHSVC_URL_PREFIX", "/a<b>"), ("AUTHSVC_URL_PREFIX", "/a?b"),
    ("AUTHSVC_URL_PREFIX", "/a//b"), ("AUTHSVC_URL_PREFIX", "/a\n"), ("JWT_PRIVATE_KEY", "x"),
    ("AUTHSVC_LIMITS_LOGIN", "often"), ("AUTHSVC_LIMITS_LOGIN_ACCOUNT", "10"),
    ("AUTHSVC_LIMITS_SIGNUP", "x/minute"),
    ("RATELIMIT_STORAGE_URL", "nowhere://x"), ("RATELIMIT_STORAGE_URI", "nowhere://x"),
    ("SECRET_KEY_FALLBACKS", ["dev"]), ("SECRET_KEY_FALLBACKS", [""]), ("SECRET_KEY_FALLBACKS", "a" * 64),
    ("SECRET_KEY_FALLBACKS", [None]), ("AUTHSVC_TOKENS_PREVIOUS_KEYS", ["x"]),
    ("AUTHSVC_TOKENS_PREVIOUS_KEYS", ["a" * 64]),
    ("AUTHSVC_TOKENS_PREVIOUS_KEYS", ["-----BEGIN PUBLIC KEY-----"]),
    ("AUTHSVC_ENABLE_SIGNUP", "maybe"),
]  # fmt: skip


@pytest.mark.parametrize(("key", "value"), _BAD)
def test_what_must_not_be_stops_the_start(build: App, key: str, value: Any) -> None:
    # given a setting that has the right type and must not be
    more = {"JWT_ALGORITHM": "RS256"} if key == "JWT_PRIVATE_KEY" else {}
    problems = problems_of(build, **{key: value, **more})

    # then start-up names it
    assert any(one.startswith(key) for one in problems), problems


@pytest.mark.parametrize("algorithm", ["RS256", "ES256", "EdDSA"])
def test_a_key_that_does_not_fit_its_algorithm_stops_the_start(build: App, algorithm: str) -> None:
    # given no key, and the key of another algorithm
    for key in (None, pem("ES256" if algorithm != "ES256" else "RS256")[0], "-----BEGIN PRIVATE KEY-----\nx"):
        problems = problems_of(build, JWT_ALGORITHM=algorithm, JWT_PRIVATE_KEY=key)

        # then start-up names the setting, and shows nothing of the key
        assert any(one.startswith("JWT_PRIVATE_KEY: ") for one in problems), problems
        assert key is None or key not in "\n".join(problems)


_NO_ORIGINS = (
    "*", "null", "app.example.com", "https://", "https://*.example.com", "https://app.example.com/",
    "https://app.example.com/path", "https://app.example.com?x", "https://app.example.com#",
    "ftp://a.example",
    "https://user@app.example.com", "https://@a.example", "https://a b", "https://[::1", "https://a:99999",
    "https://a:abc", "javascript://a", "file:///", "//app.example.com", "https://a\n", "https://a,b",
)  # fmt: skip


@pytest.mark.parametrize("origin", _NO_ORIGINS)
@pytest.mark.parametrize("key", ["AUTHSVC_CORS_ORIGINS", "AUTHSVC_PUBLIC_URL", "FRONTEND_URL"])
def test_what_is_no_origin_is_taken_for_none(build: App, key: str, origin: str) -> None:
    # given something that browsers never send as Origin
    value: Any = (
        [f"{origin}x" if origin.endswith("\n") else origin] if key == "AUTHSVC_CORS_ORIGINS" else origin
    )

    # then start-up names the setting
    assert any(one.startswith(f"{key}: ") for one in problems_of(build, **{key: value}))


@pytest.mark.parametrize("origin", ["https://app.example.com", "http://localhost:3000", "https://[::1]:8443"])
def test_an_origin_is_accepted(build: App, origin: str) -> None:
    assert not problems_of(
        build, AUTHSVC_CORS_ORIGINS=[origin], AUTHSVC_PUBLIC_URL=origin, FRONTEND_URL=origin
    )


def test_all_problems_are_told_at_once(build: App) -> None:
    # given a configuration in which everything is wrong, and a user model that lacks columns
    wrong = {
        "JWT_COOKIE_HTTPONLY": False, "JWT_ALGORITHM": "none", "JWT_TOKEN_LOCATION": ["json"],
        "AUTHSVC_CORS_ORIGINS": ["*"], "AUTHSVC_PUBLIC_URL": "auth", "AUTHSVC_URL_PREFIX": "api",
        "AUTHSVC_PASSWORD_MIN_LENGTH": 1, "AUTHSVC_PASSWORD_BCRYPT_COST": 99, "AUTHSVC_MAX_BODY_BYTES": "big",
        "AUTHSVC_SESSIONS_REFRESH_GRACE": -1, "JWT_ACCESS_TOKEN_EXPIRES": False, "AUTHSVC_ENV": "prod",
        "AUTHSVC_ENABLE_SIGNUP": "perhaps", "AUTHSVC_LIMITS_LOGIN": "often", "SECRET_KEY_FALLBACKS": ["dev"],
    }  # fmt: skip

    # when it starts
    problems = problems_of(build, **wrong)

    # then each is named, in one message
    missing = [key for key in wrong if not any(one.startswith(key) for one in problems)]
    assert missing == [], problems


def test_production_refuses_what_elsewhere_only_warns(build: App) -> None:
    # given what is risky
    risky = {
        "SECRET_KEY": "short",
        "JWT_COOKIE_SECURE": False,
        "AUTHSVC_PUBLIC_URL": None,
        "AUTHSVC_ENV": "production",
    }

    # when it is production
    problems = problems_of(build, **risky)

    # then each stops the start; and once mended it starts
    for key in ("SECRET_KEY", "JWT_COOKIE_SECURE"):
        assert any(one.startswith(key) for one in problems), problems
    problems = problems_of(build, **{**risky, "SECRET_KEY": STRONG_KEY})
    for key in ("AUTHSVC_PUBLIC_URL", "AUTHSVC_ENCRYPTION_KEYS"):
        assert any(one.startswith(key) for one in problems), problems
    good = {
        "SECRET_KEY": STRONG_KEY,
        "AUTHSVC_ENCRYPTION_KEYS": [SEALING_KEY],
        "JWT_COOKIE_SECURE": True,
        "AUTHSVC_PUBLIC_URL": "https://a.example.com",
    }
    assert problems_of(build, **good, AUTHSVC_ENV="production") == ()


_WEAK = (
    "abc", "your-jwt-secret-key", "a" * 64, "change-me-" * 7, "your-secret-key-here-" * 3, b"short", "é" * 15,
    "0" * 31, "supersecret" * 4,
)  # fmt: skip


@pytest.mark.parametrize("key", ["SECRET_KEY", "JWT_SECRET_KEY"])
@pytest.mark.parametrize("value", _WEAK)
def test_R32_a_weak_key_never_starts_in_production(build: App, key: str, value: Any) -> None:
    # given a weak key beside a strong one
    other = "JWT_SECRET_KEY" if key == "SECRET_KEY" else "SECRET_KEY"
    problems = problems_of(
        build, **{key: value, other: STRONG_KEY, "AUTHSVC_ENV": "production", "JWT_COOKIE_SECURE": True}
    )

    # then start-up names it and does not repeat it
    assert any(one.startswith(f"{key} ") for one in problems), problems
    assert str(value) not in "\n".join(problems)


@pytest.mark.parametrize("names", [("SECRET_KEY",), ("JWT_SECRET_KEY",), ("SECRET_KEY", "JWT_SECRET_KEY")])
def test_R32_one_strong_key_suffices_in_production(build: App, names: tuple[str, ...]) -> None:
    # given strong keys under any of the two names
    keys = {"SECRET_KEY": None, "JWT_SECRET_KEY": None} | dict.fromkeys(names, STRONG_KEY)
    app = build(
        **keys, AUTHSVC_ENV="production", JWT_COOKIE_SECURE=True, AUTHSVC_ENCRYPTION_KEYS=[SEALING_KEY]
    )

    # then people sign in
    assert signed_in(app).me().status_code == 200


def test_a_host_cannot_start_twice(tmp_path: Any) -> None:
    # given an application that has an AuthSvc
    app = local_app(tmp_path, SECRET_KEY=STRONG_KEY)

    # when it gets another
    with pytest.raises(ConfigurationError) as refused:
        AuthSvc(app, user_model=plain_user())

    # then it is told
    assert "already" in str(refused.value)


_TYPOS = {
    "AUTHSVC_PASSWORD_MINLENGTH": "AUTHSVC_PASSWORD_MIN_LENGTH",
    "AUTHSVC_CORS_ORIGIN": "AUTHSVC_CORS_ORIGINS",
    "AUTHSVC_PUBLC_URL": "AUTHSVC_PUBLIC_URL",
    "AUTHSVC_ENABLE_SIGN_UP": "AUTHSVC_ENABLE_SIGNUP",
    "AUTHSVC_LIMITS_LOGINS": "AUTHSVC_LIMITS_LOGIN",
}


@pytest.mark.parametrize("typo", _TYPOS)
def test_a_setting_that_nobody_knows_is_told_with_the_nearest_name(
    build: App, caplog: pytest.LogCaptureFixture, typo: str
) -> None:
    # given a mistyped name
    with caplog.at_level(logging.WARNING, "flask_headless_auth"):
        build(**{typo: "x"})

    # then the log names it and what was meant; and it starts all the same
    (said,) = [one.message for one in caplog.records if typo in one.message]
    assert f"Did you mean {_TYPOS[typo]}?" in said


def test_settings_that_are_known_are_told_of_by_nobody(build: App, caplog: pytest.LogCaptureFixture) -> None:
    # given every declared setting at its default
    keys = [section.key(field) for section in SECTIONS for field in dataclasses.fields(section)]
    ours = dict.fromkeys(key for key in keys if key.startswith("AUTHSVC_"))

    # when it starts, with a limit and a switch beside
    with caplog.at_level(logging.WARNING, "flask_headless_auth"):
        build(**{"AUTHSVC_LIMITS_LOGIN": "5/minute", "AUTHSVC_ENABLE_SIGNUP": True, **ours})

    # then no name is strange
    assert not [one.message for one in caplog.records if "not a setting" in one.message]


@pytest.mark.parametrize("off", [False, "false", "0", "off", "no", "False"])
def test_a_feature_is_off_in_every_way_of_saying_so(build: App, off: Any) -> None:
    # given an application that does not want sign-up
    person = Person(build(AUTHSVC_ENABLE_SIGNUP=off))

    # when somebody signs up
    answer = person.sign_up()

    # then there is no such thing
    assert answer.status_code == 404
