"""Development keys serve only this machine, and are never made where a strong key is.

What counts as this machine: a loopback address, a loopback Host, and no forwarding header that names anybody
else. DESIGN.md §5, row R32.
"""

import itertools
import logging
import os
import stat
import subprocess
import sys
from pathlib import Path
from typing import Any

import flask
import pytest
from werkzeug.test import TestResponse

from flask_headless_auth.errors import ConfigurationError
from tests.security.forging import keys_of
from tests.security.hosts import give_routes, local_app
from tests.support.apps import API, Person

KEY = "fedcba9876543210" * 4
FILE = "instance/flask_headless_auth.key"

HERE = ("127.0.0.1", "127.8.8.8", "::1", "::ffff:127.0.0.1")
ELSEWHERE = ("10.0.0.7", "192.168.1.2", "8.8.8.8", "fe80::1", "::ffff:8.8.8.8", "2001:db8::1", "", "unix:",
             "0.0.0.0", "::", "localhost.evil.example")  # fmt: skip
HOSTS = ("localhost", "localhost:5000", "127.0.0.1", "127.0.0.1:8000", "[::1]", "[::1]:5000", "app.localhost",
         "LOCALHOST", "localhost.")  # fmt: skip
FOREIGN_HOSTS = (
    "example.com", "localhost.evil.example", "127.0.0.1.evil.example", "evil.example:5000", "10.0.0.7",
    "0.0.0.0",
    "[::1]evil.example", "localhost:evil", "[2001:db8::1]", "127.1", "2130706433", "0x7f.1", "notlocalhost",
    "127.0.0.1@evil.example", "localhost\u00e9",
)  # fmt: skip
NEAR = (
    {}, {"X-Forwarded-For": "127.0.0.1"}, {"X-Forwarded-For": "::1, 127.0.0.1"},
    {"X-Forwarded-Host": "localhost:3000", "X-Forwarded-For": "::ffff:127.0.0.1"},
    {"Forwarded": 'for="[::1]:4711";host=localhost;proto=http'},
    {"Forwarded": "for=127.0.0.1, for=127.0.0.2"},
    {"X-Real-IP": "127.0.0.1"}, {"X-Forwarded-Proto": "https", "X-Forwarded-Port": "3000"},
)  # fmt: skip
FAR = (
    {"X-Forwarded-For": "8.8.8.8"}, {"X-Forwarded-For": "127.0.0.1, 8.8.8.8"},
    {"X-Forwarded-For": "8.8.8.8, 127.0.0.1"},
    {"X-Forwarded-For": ""}, {"X-Forwarded-For": "unknown"}, {"X-Forwarded-For": "127.0.0.1,"},
    {"X-Forwarded-Host": "auth.example.com"}, {"X-Forwarded-Host": "localhost, example.com"},
    {"X-Forwarded-Server": "example.com"}, {"X-Real-IP": "10.0.0.7"}, {"Forwarded": "for=8.8.8.8"},
    {"Forwarded": "for=127.0.0.1;host=example.com"}, {"Forwarded": "for=127.0.0.1, for=8.8.8.8"},
    {"Forwarded": "for=_hidden"}, {"Forwarded": "for=unknown"}, {"Forwarded": "proto=https"},
    {"Forwarded": ""},
    {"Forwarded": 'For="[2001:db8::1]:80"'}, {"CF-Connecting-IP": "8.8.8.8"}, {"True-Client-IP": "8.8.8.8"},
    {"X-Client-IP": "8.8.8.8"}, {"X-Cluster-Client-IP": "8.8.8.8"}, {"Fly-Client-IP": "8.8.8.8"},
    {"X-Forwarded-For": "[::1]evil"}, {"X-Original-Host": "example.com"},
    {"X-Forwarded-For": "127.0.0.1:80:80"},
)  # fmt: skip


@pytest.fixture
def weak(tmp_path: Path) -> flask.Flask:
    """An application that nobody gave a key."""
    return give_routes(local_app(tmp_path))


def ask(
    app: flask.Flask, address: str, host: str, headers: dict[str, str], path: str = f"{API}/config"
) -> TestResponse:
    """A request from *address* to *host*, through whatever proxies *headers* tell of."""
    environ = {"REMOTE_ADDR": address, "HTTP_HOST": host}
    return app.test_client().get(path, headers=headers, environ_overrides=environ)


def assert_refused(answer: TestResponse, label: object, setting: str = "SECRET_KEY") -> None:
    """503 which names the setting."""
    assert answer.status_code == 503, (label, answer.status_code)
    body = answer.get_json()
    assert body["code"] == "insecure_configuration", label
    assert setting in body["detail"], label


def test_this_machine_is_served_however_it_spells_itself(weak: flask.Flask) -> None:
    # given every spelling of this machine's address and name, and its own proxies
    for address, host, headers in itertools.product(HERE, HOSTS, NEAR):
        # when it asks
        answer = ask(weak, address, host, headers)

        # then it is served
        assert answer.status_code == 200, (address, host, headers)


def test_nobody_else_is_served_whatever_single_thing_says_so(weak: flask.Flask) -> None:
    # given requests of which exactly one thing is not this machine's
    elsewhere = [(address, "localhost", {}) for address in ELSEWHERE]
    elsewhere += [("127.0.0.1", host, {}) for host in FOREIGN_HOSTS]
    elsewhere += [("127.0.0.1", "localhost", headers) for headers in FAR]
    for address, host, headers in elsewhere:
        # when it asks for any path of ours, there or not
        for path in (
            f"{API}/config",
            f"{API}/docs",
            f"{API}/openapi.json",
            f"{API}/nowhere",
            f"{API}/user/@me",
        ):
            # then it is refused, and the setting is named
            assert_refused(ask(weak, address, host, headers, path), (address, host, headers, path))


def test_every_mixture_of_address_host_and_headers_needs_all_three_to_be_this_machines(
    weak: flask.Flask,
) -> None:
    # given every combination of a few of each
    addresses = {"127.0.0.1": True, "::1": True, "10.0.0.7": False, "": False}
    hosts = {"localhost:5000": True, "[::1]": True, "example.com": False}
    headers = [(one, True) for one in NEAR[:4]] + [(one, False) for one in FAR[:4]]
    for (address, a), (host, b), (header, c) in itertools.product(addresses.items(), hosts.items(), headers):
        # when it asks
        answer = ask(weak, address, host, header)

        # then all three decide
        assert answer.status_code == (200 if a and b and c else 503), (address, host, header)


def test_a_header_that_comes_twice_is_read_both_times(weak: flask.Flask) -> None:
    # given a proxy that adds a second line instead of an entry
    for header in ("X-Forwarded-For", "X-Forwarded-Host"):
        lines = [(header, "127.0.0.1"), (header, "8.8.8.8")]
        for headers in (lines, lines[::-1]):
            answer = weak.test_client().get(f"{API}/config", headers=headers)

            # then both count
            assert_refused(answer, headers)


@pytest.mark.parametrize("kind", ["cookie", "bearer"])
def test_the_hosts_guarded_routes_are_refused_from_elsewhere_too(weak: flask.Flask, kind: str) -> None:
    # given somebody on this machine who is signed in
    person = Person(weak, kind)
    assert person.sign_up().status_code == 201
    assert person.get("/api/notes").status_code == 200
    # A client of the same machine sends its cookies to every name of it; this one must be told.
    cookie = "; ".join(f"{one.key}={one.value}" for one in person.http._cookies.values())
    stranger = Person(weak, kind)
    stranger.access, stranger.http = person.access, weak.test_client(use_cookies=False)
    headers = {"Cookie": cookie} if kind == "cookie" else {}
    assert stranger.get("/api/notes", headers=headers).status_code == 200

    # when the same tokens come from elsewhere, to a plain `@jwt_required()`
    for overrides in (
        {"REMOTE_ADDR": "10.0.0.7"},
        {"HTTP_HOST": "example.com"},
        {"HTTP_X_FORWARDED_FOR": "8.8.8.8"},
    ):
        for path in ("/api/notes", "/api/maybe"):
            answer = stranger.get(path, headers=headers, environ_overrides=overrides)

            # then they open nothing; and what the host does not guard is the host's
            assert_refused(answer, (overrides, path))
        assert stranger.get("/api/hello", environ_overrides=overrides).status_code == 200


def test_the_key_is_kept_in_a_file_that_only_its_owner_reads(tmp_path: Path) -> None:
    # given an application without keys
    app = local_app(tmp_path)
    file = tmp_path / FILE

    # then its key is in the instance folder, for its owner alone, and the host's own key is left alone
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert len(file.read_bytes().strip()) >= 32
    assert app.config["SECRET_KEY"] is None
    assert [one.name for one in file.parent.iterdir() if one.name.endswith(".key") or "key." in one.name] == [
        file.name
    ]


def test_a_wide_open_umask_opens_the_file_to_nobody(tmp_path: Path) -> None:
    # given a process that makes files for everybody
    before = os.umask(0)
    try:
        local_app(tmp_path)
    finally:
        os.umask(before)

    # then the key is still its owner's alone
    assert stat.S_IMODE((tmp_path / FILE).stat().st_mode) == 0o600


def test_a_second_process_has_the_same_key(tmp_path: Path) -> None:
    # given somebody who is signed in at one process
    first = local_app(tmp_path)
    person = Person(first)
    person.sign_up()

    # when another process of the same folder sees the token
    second = local_app(tmp_path)
    answer = second.test_client().get(f"{API}/user/@me", headers={"Authorization": f"Bearer {person.access}"})

    # then it knows it
    assert answer.status_code == 200
    assert keys_of(first).keys == keys_of(second).keys


@pytest.mark.slow
def test_four_processes_that_start_at_once_agree_on_one_key(tmp_path: Path) -> None:
    # given four processes that wait for the same moment
    program = (
        "import sys, pathlib\n"
        "from tests.security.hosts import local_app\n"
        "from tests.security.forging import keys_of\n"
        "print('ready', flush=True); sys.stdin.readline()\n"
        f"print(keys_of(local_app(pathlib.Path({str(tmp_path)!r}))).keys[0].kid)"
    )
    run = [subprocess.Popen([sys.executable, "-c", program], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                            stderr=subprocess.DEVNULL, text=True) for _ in range(4)]  # fmt: skip
    for one in run:
        assert one.stdout is not None
        assert one.stdout.readline().strip() == "ready"

    # when they start
    for one in run:
        assert one.stdin is not None
        one.stdin.write("\n")
        one.stdin.flush()
    found = [one.communicate(timeout=60)[0].strip() for one in run]

    # then there is one key and one file
    assert all(found)
    assert len(set(found)) == 1
    assert len(list((tmp_path / "instance").glob("*key*"))) == 1


def test_where_the_folder_cannot_be_written_each_process_has_a_key_and_says_so(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    # given an instance folder that cannot be: a file is in its place
    (tmp_path / "instance").write_text("not a folder")

    # when two processes start
    with caplog.at_level(logging.WARNING, "flask_headless_auth"):
        first, second = local_app(tmp_path), local_app(tmp_path)

    # then each has a key of its own, and the log says what that means
    assert keys_of(first).keys != keys_of(second).keys
    assert "instance folder cannot be written" in caplog.text
    assert Person(first).sign_up().status_code == 201


@pytest.mark.parametrize("content", ["", "short", "\n"])
def test_a_file_that_holds_no_key_is_not_used_as_one(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, content: str
) -> None:
    # given an empty or cut file
    (tmp_path / "instance").mkdir()
    (tmp_path / FILE).write_text(content)

    # when the application starts
    with caplog.at_level(logging.WARNING, "flask_headless_auth"):
        app = local_app(tmp_path)

    # then its key is another, and the log says so
    assert "holds no key" in caplog.text
    assert len(keys_of(app).keys[0].signing) >= 32
    assert keys_of(app).keys != keys_of(local_app(tmp_path)).keys


_STRONG: list[dict[str, Any]] = [
    {"SECRET_KEY": KEY},
    {"JWT_SECRET_KEY": KEY},
    {"SECRET_KEY": KEY, "JWT_SECRET_KEY": KEY[::-1]},
]


@pytest.mark.parametrize("config", _STRONG, ids=lambda one: "+".join(one))
def test_one_strong_key_suffices_makes_no_file_and_serves_everybody(
    tmp_path: Path, config: dict[str, Any]
) -> None:
    # given one strong key or two
    app = local_app(tmp_path, **config)

    # then there is no file, and the world is served
    assert not (tmp_path / FILE).exists()
    assert ask(app, "8.8.8.8", "auth.example.com", {}).status_code == 200
    assert Person(app).sign_up().status_code == 201


_WEAK: list[tuple[dict[str, Any], str]] = [
    ({}, "SECRET_KEY"),
    ({"SECRET_KEY": ""}, "SECRET_KEY"),
    ({"SECRET_KEY": "dev"}, "SECRET_KEY"),
    ({"JWT_SECRET_KEY": "your-jwt-secret-key"}, "JWT_SECRET_KEY"),
    ({"SECRET_KEY": "dev", "JWT_SECRET_KEY": KEY}, "SECRET_KEY"),
    ({"SECRET_KEY": KEY, "JWT_SECRET_KEY": "jwt"}, "JWT_SECRET_KEY"),
    ({"SECRET_KEY": "change-me-please-" * 3}, "SECRET_KEY"),
    ({"SECRET_KEY": "x" * 64}, "SECRET_KEY"),
    ({"SECRET_KEY": KEY[:31]}, "SECRET_KEY"),
    ({"SECRET_KEY": 12345678901234567890}, "SECRET_KEY"),
]


@pytest.mark.parametrize(("config", "setting"), _WEAK)
def test_a_weak_key_anywhere_means_development_keys_and_is_named(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, config: dict[str, Any], setting: str
) -> None:
    # given a key that is weak, perhaps beside a strong one
    with caplog.at_level(logging.WARNING, "flask_headless_auth"):
        app = local_app(tmp_path, **config)

    # then nobody's weak key signs anything, the log is loud, this machine is served and nobody else
    assert (tmp_path / FILE).exists()
    assert "DEVELOPMENT KEYS" in caplog.text
    assert setting in caplog.text
    given = {str(one).encode() for one in config.values()}
    assert not any(key.signing in given for key in keys_of(app).keys)
    assert ask(app, "127.0.0.1", "localhost", {}).status_code == 200
    answer = ask(app, "127.0.0.1", "auth.example.com", {})
    assert_refused(answer, config, setting)
    assert not any(value and str(value) in answer.text for value in config.values() if str(value) != "dev")


@pytest.mark.parametrize(("config", "setting"), _WEAK)
def test_production_has_no_development_keys(tmp_path: Path, config: dict[str, Any], setting: str) -> None:
    # given the same in production
    production = {
        "AUTHSVC_ENV": "production",
        "JWT_COOKIE_SECURE": True,
        "AUTHSVC_PUBLIC_URL": "https://a.example",
    }

    # when it starts
    with pytest.raises(ConfigurationError) as refused:
        local_app(tmp_path, **production, **config)

    # then it does not, and names the setting, and leaves no file behind
    assert any(one.startswith(setting) for one in refused.value.problems)
    assert not (tmp_path / FILE).exists()


def test_a_proxy_that_the_host_trusts_is_believed(tmp_path: Path) -> None:
    # given a host whose ProxyFix puts the client's address in place
    from werkzeug.middleware.proxy_fix import ProxyFix

    app = local_app(tmp_path)
    app.wsgi_app = ProxyFix(app.wsgi_app, x_for=1, x_host=1)  # type: ignore[method-assign]

    # when a stranger comes through it, and this machine does
    stranger = ask(app, "127.0.0.1", "localhost", {"X-Forwarded-For": "8.8.8.8"})
    local = ask(app, "127.0.0.1", "localhost", {"X-Forwarded-For": "127.0.0.1"})

    # then the stranger is one
    assert_refused(stranger, "proxy")
    assert local.status_code == 200
