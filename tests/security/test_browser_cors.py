"""Which pages of other origins may read answers: none unless listed, and then exactly those (CORS).

Row R46, and the rules for development keys of DESIGN.md §5.
"""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import flask
import pytest
from werkzeug.test import TestResponse

from tests.security.hosts import FRONT, PUBLIC, give_routes, local_app
from tests.support.apps import API, PASSWORD

App = Callable[..., flask.Flask]

HOSTILE = (
    "https://evil.example", "null", "http://localhost:3000", "http://localhost:5173", "https://localhost",
    "http://localhost", PUBLIC, "file://", "*", "chrome-extension://abcdefgh", "https://app.example.com",
    "https://a.b.c.d.e.example",
)  # fmt: skip
TRICKS = (
    "https://app.example.com.evil.example", "https://evil-app.example.com", "https://evilapp.example.com",
    "http://app.example.com", "https://app.example.com:443", "https://app.example.com:8443",
    "https://app.example.comm", "https://app.example.co", "https://appXexample.com",
    "https://app-example.com",
    "https://app.exampleXcom", "https://APP.example.com", "HTTPS://app.example.com",
    "https://app.example.com/",
    "https://app.example.com.", "https://sub.app.example.com", "https://app.example.com@evil.example",
    "https://app.example.com#", "https://app.example.com\t", " https://app.example.com", "null", "*", "",
    "https://evil.example,https://app.example.com", "https://evil.example https://app.example.com",
    "https://app.example.com%60.evil.example", "https://app.example.com_.evil.example", "//app.example.com",
)  # fmt: skip
PATHS = (
    f"{API}/config", f"{API}/user/@me", f"{API}/nowhere", f"{API}/login", f"{API}/docs",
    f"{API}/openapi.json", "/api/hello", "/api/notes", "/api/nowhere", "/page", "/",
)  # fmt: skip


def access_headers(answer: TestResponse) -> dict[str, str]:
    """The headers that let a page read the answer."""
    return {name: value for name, value in answer.headers.items() if name.startswith("Access-Control-")}


def preflight(app: flask.Flask, path: str, origin: str, method: str = "PUT", **more: str) -> TestResponse:
    """What a browser asks before it sends a request that no form could make."""
    headers = {
        "Origin": origin,
        "Access-Control-Request-Method": method,
        "Access-Control-Request-Headers": "authorization, content-type",
        **more,
    }
    return app.test_client().options(path, headers=headers)


@pytest.mark.parametrize("origin", HOSTILE)
def test_R46_nothing_is_shared_where_nothing_is_configured(build: App, origin: str) -> None:
    # given strong keys and no word about origins
    app = give_routes(build())
    for path in PATHS:
        # when a page of another origin asks, and asks beforehand
        answers = [
            app.test_client().get(path, headers={"Origin": origin}),
            preflight(app, path, origin),
            preflight(app, path, origin, **{"Access-Control-Request-Private-Network": "true"}),
        ]

        # then no header lets it read anything
        for answer in answers:
            assert access_headers(answer) == {}, path


@pytest.fixture
def shared(build: App) -> flask.Flask:
    """An application with two front ends elsewhere."""
    return give_routes(build(AUTHSVC_CORS_ORIGINS=[FRONT, "http://localhost:3000"], RATELIMIT_ENABLED=True,
                             AUTHSVC_LIMITS_SIGNUP="1/hour"))  # fmt: skip


def test_R46_a_listed_origin_reads_every_answer_of_ours_whatever_its_status(shared: flask.Flask) -> None:
    # given a listed front end
    app = shared
    shared.auth.claims(_broken_for_eve)  # type: ignore[attr-defined]
    client = app.test_client()
    headers = {"Origin": FRONT, "X-Auth-Delivery": "cookies"}
    account = {"email": "eve@example.com", "password": PASSWORD}

    # when it gets answers of every kind
    answers = {
        500: client.post(f"{API}/signup", json=account, headers=headers),
        429: client.post(f"{API}/signup", json=account, headers=headers),
        200: client.get(f"{API}/config", headers=headers),
        401: client.get(f"{API}/user/@me", headers=headers),
        404: client.get(f"{API}/nowhere", headers=headers),
        405: client.get(f"{API}/login", headers=headers),
        415: client.post(f"{API}/login", data="x", headers=headers),
        422: client.post(f"{API}/login", json={}, headers=headers),
        400: client.post(f"{API}/login", data="{", headers={**headers, "Content-Type": "application/json"}),
        413: client.post(f"{API}/login", json={"email": "x" * 100_000}, headers=headers),
    }

    # then it can read all of them, with credentials, and no cache mixes them up
    for status, answer in answers.items():
        assert answer.status_code == status, (status, answer.text)
        assert answer.headers.getlist("Access-Control-Allow-Origin") == [FRONT], status
        assert answer.headers["Access-Control-Allow-Credentials"] == "true", status
        assert "origin" in ", ".join(answer.headers.getlist("Vary")).lower(), status
        assert {"retry-after", "www-authenticate"} <= _words(answer, "Access-Control-Expose-Headers"), status


def _broken_for_eve(user: Any) -> dict[str, Any]:
    raise RuntimeError("SELECT secret")


def _words(answer: TestResponse, header: str) -> set[str]:
    return {word.strip().lower() for word in answer.headers[header].split(",")}


@pytest.mark.parametrize("method", ["GET", "POST", "PUT", "PATCH", "DELETE"])
@pytest.mark.parametrize("path", [f"{API}/login", f"{API}/user/@me", f"{API}/sessions/x", "/api/notes"])
def test_R46_a_listed_origin_may_ask_beforehand(shared: flask.Flask, path: str, method: str) -> None:
    # when a listed front end asks whether it may
    answer = preflight(shared, path, FRONT, method)

    # then it may, with what it needs to say
    assert answer.status_code in (200, 204)
    assert answer.headers["Access-Control-Allow-Origin"] == FRONT
    assert answer.headers["Access-Control-Allow-Credentials"] == "true"
    assert method.lower() in _words(answer, "Access-Control-Allow-Methods")
    assert {"authorization", "content-type"} <= _words(answer, "Access-Control-Allow-Headers")
    assert "*" not in answer.headers["Access-Control-Allow-Headers"]
    assert "Access-Control-Allow-Private-Network" not in answer.headers


@pytest.mark.parametrize("header", ["X-Auth-Delivery", "X-CSRF-TOKEN", "Accept-Language"])
def test_a_listed_origin_may_send_the_headers_of_the_api_and_no_others(
    shared: flask.Flask, header: str
) -> None:
    # when a front end asks for a header of ours beside one that is nobody's
    answer = preflight(shared, f"{API}/login", FRONT, "POST",
                       **{"Access-Control-Request-Headers": f"{header}, x-evil"})  # fmt: skip

    # then it may send ours
    assert header.lower() in _words(answer, "Access-Control-Allow-Headers")
    assert "x-evil" not in _words(answer, "Access-Control-Allow-Headers")


@pytest.mark.parametrize("origin", TRICKS)
def test_R46_no_spelling_near_a_listed_origin_is_taken_for_it(shared: flask.Flask, origin: str) -> None:
    # when a page whose origin only looks like the listed one asks
    for path in PATHS:
        answers = [
            shared.test_client().get(path, headers={"Origin": origin}),
            preflight(shared, path, origin),
        ]

        # then it reads nothing
        for answer in answers:
            assert "Access-Control-Allow-Origin" not in answer.headers, path
            assert "Access-Control-Allow-Credentials" not in answer.headers, path


@pytest.mark.parametrize("path", [f"{API}/config", "/api/hello", "/page"])
def test_a_request_without_origin_gets_no_header_of_sharing(shared: flask.Flask, path: str) -> None:
    assert "Access-Control-Allow-Origin" not in shared.test_client().get(path).headers


def test_the_hosts_own_api_is_shared_and_nothing_else_of_the_host(shared: flask.Flask) -> None:
    # given routes of the host inside and outside of /api/
    client = shared.test_client()
    inside = ("/api/hello", "/api/notes", "/api/nowhere", "/api/broken")
    outside = ("/page", "/", "/api-of-another-kind", "/nowhere", "/API/hello", "/page/api/hello")

    # when a listed front end asks
    for path in inside:
        answer = client.get(path, headers={"Origin": FRONT})
        assert answer.headers.get("Access-Control-Allow-Origin") == FRONT, path

    # then the rest is the host's business
    for path in outside:
        assert access_headers(client.get(path, headers={"Origin": FRONT})) == {}, path


def test_the_host_says_which_of_its_paths_are_shared(build: App) -> None:
    # given one path and one folder
    app = give_routes(build(AUTHSVC_CORS_ORIGINS=[FRONT], AUTHSVC_CORS_RESOURCES=["/page", "/v1/*"]))
    app.add_url_rule("/page-of-secrets", "secrets", lambda: "secret")
    app.add_url_rule("/api/authors", "authors", lambda: "host's")
    client = app.test_client()

    # when a listed front end asks around
    found = {
        path: client.get(path, headers={"Origin": FRONT}).headers.get("Access-Control-Allow-Origin")
        for path in (
            "/page",
            "/v1/x",
            f"{API}/config",
            "/api/hello",
            "/page-of-secrets",
            "/v1",
            "/api/authors",
        )
    }

    # then exactly those are shared, and ours
    assert {path for path, value in found.items() if value == FRONT} == {"/page", "/v1/x", f"{API}/config"}


def test_development_keys_share_with_the_two_usual_front_ends_of_this_machine(tmp_path: Path) -> None:
    # given development keys and no word about origins
    app = give_routes(local_app(tmp_path))
    allowed = ("http://localhost:3000", "http://localhost:5173")
    others = ("http://localhost:3001", "http://localhost", "https://localhost:3000", "null",
              "http://127.0.0.1:3000", "http://evil.localhost:3000", "http://localhost:30000")  # fmt: skip

    # when pages ask
    for path in (f"{API}/config", "/api/hello"):
        for origin in (*allowed, *others):
            answer = app.test_client().get(path, headers={"Origin": origin})

            # then exactly those two read
            expected = origin if origin in allowed else None
            assert answer.headers.get("Access-Control-Allow-Origin") == expected, (path, origin)


@pytest.mark.parametrize("origins", [[], ["https://app.example.com"]])
def test_development_keys_share_only_what_is_said_where_something_is_said(
    tmp_path: Path, origins: Any
) -> None:
    # given development keys and a word about origins
    app = local_app(tmp_path, AUTHSVC_CORS_ORIGINS=origins)

    # when the usual front end asks
    answer = app.test_client().get(f"{API}/config", headers={"Origin": "http://localhost:3000"})

    # then it was not named
    assert access_headers(answer) == {}
