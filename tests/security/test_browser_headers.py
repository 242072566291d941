"""Headers of every answer of ours, and that the host's own answers stay as the host made them.

Rows R45, R47, R48 and R64: what browsers are told, what caches may keep, which methods exist.
"""

from collections.abc import Callable
from typing import Any

import flask
import pytest
from werkzeug.middleware.proxy_fix import ProxyFix
from werkzeug.test import TestResponse

from flask_headless_auth.features.signup.events import SignedUp
from tests.security.bodies import spec_of
from tests.security.hosts import give_routes
from tests.support.apps import API, PASSWORD, Person, make_app

App = Callable[..., flask.Flask]

SAFE = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Resource-Policy": "same-origin",
}


@pytest.fixture
def host(build: App) -> flask.Flask:
    """A host with routes of its own, and one sign-up an hour."""
    return give_routes(build(RATELIMIT_ENABLED=True, AUTHSVC_LIMITS_SIGNUP="2/hour"))


def _answers_of_every_status(app: flask.Flask) -> dict[int, TestResponse]:
    client = app.test_client()
    account = {"email": "ada@example.com", "password": PASSWORD}
    foreign = {"Origin": "https://evil.example"}
    app.auth.during(SignedUp)(_refuse_eve)  # type: ignore[attr-defined]
    return {
        201: client.post(f"{API}/signup", json=account),
        500: client.post(f"{API}/signup", json={**account, "email": "eve@example.com"}),
        429: client.post(f"{API}/signup", json=account),
        200: client.get(f"{API}/user/@me"),
        400: client.post(f"{API}/login", data="{", headers={"Content-Type": "application/json"}),
        401: client.get(f"{API}/user/@me", headers={"Authorization": "Bearer x"}),
        403: client.post(f"{API}/login", json=account, headers=foreign),
        404: client.get(f"{API}/nowhere"),
        405: client.get(f"{API}/login"),
        413: client.post(f"{API}/login", json={"email": "x" * 100_000}),
        415: client.post(f"{API}/login", data="x", headers={"Content-Type": "text/plain"}),
        422: client.post(f"{API}/login", json={}),
    }


def _refuse_eve(happened: Any) -> None:
    if happened.user.email.startswith("eve"):
        raise RuntimeError("SELECT password_hash FROM users")


def test_R47_R48_every_answer_of_ours_is_safe_and_kept_by_nobody(host: flask.Flask) -> None:
    # given answers of every status
    for status, answer in _answers_of_every_status(host).items():
        # then each says the same to browsers and caches
        assert answer.status_code == status, (status, answer.text)
        for name, value in SAFE.items():
            assert answer.headers.getlist(name) == [value], (status, name)
        assert "Cookie" in ", ".join(answer.headers.getlist("Vary")), status
        assert "Strict-Transport-Security" not in answer.headers, status
        kind = "application/json" if status < 300 else "application/problem+json"
        assert answer.content_type.split(";")[0] == kind, status


def test_R47_the_files_and_pages_of_the_contract_are_safe_too(host: flask.Flask) -> None:
    # when the spec, the schemas, the errors, an empty preflight and HEAD are asked for
    client = host.test_client()
    answers = [
        client.get(f"{API}/openapi.json"),
        client.get(f"{API}/openapi.yaml"),
        client.get(f"{API}/schemas/Problem.json"),
        client.get(f"{API}/errors"),
        client.get(f"{API}/errors/token_missing"),
        client.get(f"{API}/errors/nothing"),
        client.get(f"{API}/.well-known/jwks.json"),
        client.get(f"{API}/config"),
        client.head(f"{API}/config"),
        client.options(f"{API}/login"),
    ]

    # then nothing is sniffed, framed or leaked by a referrer
    for answer in answers:
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.headers["X-Frame-Options"] == "DENY"
        assert answer.headers["Content-Security-Policy"].startswith("default-src 'none'")
        assert answer.headers["Referrer-Policy"] == "no-referrer"


@pytest.mark.parametrize("path", ["/user/@me", "/nowhere", "/config", "/docs"])
def test_R48_https_is_asked_for_only_over_https(build: App, path: str) -> None:
    # given one application
    app = build()
    client = app.test_client()

    # when it is asked over https, over http, and over http with a header that anybody can write
    secure = client.get(f"{API}{path}", base_url="https://localhost")
    plain = [client.get(f"{API}{path}"), client.get(f"{API}{path}", headers={"X-Forwarded-Proto": "https"})]

    # then only https says that it must stay so
    assert "max-age=" in secure.headers["Strict-Transport-Security"]
    assert int(secure.headers["Strict-Transport-Security"].split("max-age=")[1].split(";")[0]) >= 31_536_000
    assert all("Strict-Transport-Security" not in one.headers for one in plain)


def test_R48_behind_the_hosts_proxy_fix_https_counts(build: App) -> None:
    # given a host that says how many proxies it has
    app = build()
    app.wsgi_app = ProxyFix(app.wsgi_app, x_proto=1)  # type: ignore[method-assign]

    # when the proxy says https
    answer = app.test_client().get(f"{API}/config", headers={"X-Forwarded-Proto": "https"})

    # then it is
    assert "Strict-Transport-Security" in answer.headers


def test_R48_the_docs_page_takes_nothing_from_elsewhere(build: App) -> None:
    # given the docs page
    answer = build().test_client().get(f"{API}/docs")
    policy = {
        name: rest.split()
        for name, _, rest in (
            one.strip().partition(" ") for one in answer.headers["Content-Security-Policy"].split(";")
        )
    }

    # then its policy allows this server's files and no inline or foreign script, no frame, no form
    assert policy["default-src"] == ["'none'"]
    assert policy["script-src"] == ["'self'"]
    assert policy["connect-src"] == ["'self'"]
    assert policy["frame-ancestors"] == ["'none'"]
    assert policy["base-uri"] == ["'none'"]
    assert policy["form-action"] == ["'none'"]
    assert not any("unsafe-eval" in rest or "http" in "".join(rest) for rest in policy.values())
    assert "<script>" not in answer.text
    assert "//" not in answer.text.replace("<!--", "").split("<body>")[1]
    assert answer.content_type == "text/html; charset=utf-8"


def test_R64_the_docs_can_be_switched_off(build: App) -> None:
    # given an application without docs
    client = build(AUTHSVC_ENABLE_DOCS=False).test_client()

    # when page and assets are asked for
    for path in ("/docs", "/docs/", "/docs/swagger-ui-bundle.js", "/docs/docs.js", "/docs/swagger-ui.css"):
        answer = client.get(f"{API}{path}")

        # then there is nothing
        assert answer.status_code == 404, path
        assert answer.mimetype == "application/problem+json"


_FILES = (
    "/docs/../extension.py", "/docs/%2e%2e%2fextension.py", "/docs/..%2f..%2fetc%2fpasswd", "/docs/x.html",
    "/docs/.", "/schemas/../../x.json", "/schemas/%2e%2e.json", "/schemas/Nothing.json", "/schemas/%00.json",
)  # fmt: skip


@pytest.mark.parametrize("path", _FILES)
def test_files_that_are_not_of_the_contract_are_not_served(build: App, path: str) -> None:
    assert build().test_client().get(f"{API}{path}").status_code == 404


def _spec_paths() -> list[tuple[str, list[str]]]:
    app = make_app("sqlite://")
    methods = ("get", "post", "put", "patch", "delete")
    found = {
        path: [one.upper() for one in methods if one in item] for path, item in spec_of(app)["paths"].items()
    }
    for rule in app.url_map.iter_rules():
        path = str(rule).replace("<", "{").replace(">", "}")
        if path in found and "_pages." in rule.endpoint and "GET" in (rule.methods or ()):
            # A page with a button for people who open a link; it is no operation.
            found[path].append("GET")
    return list(found.items())


PATHS = _spec_paths()


@pytest.mark.parametrize(("path", "methods"), PATHS, ids=[path for path, _ in PATHS])
def test_R45_a_path_takes_its_own_methods_and_says_which(
    host: flask.Flask, path: str, methods: list[str]
) -> None:
    # given somebody who is signed in by cookie
    person = Person(host, "cookie")
    person.sign_up()
    place = path.replace("{session_id}", "x")

    # when every other method is tried
    for method in ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "TRACE", "PROPFIND", "QUERY"):
        if method in methods or (method == "HEAD" and "GET" in methods):
            continue
        answer = person.http.open(place, method=method, headers={"Origin": "http://localhost"})

        # then the path says what it takes, and nothing happened
        assert answer.status_code == 405, (method, path, answer.text)
        allowed = {one.strip() for one in answer.headers["Allow"].split(",")}
        assert allowed - {"OPTIONS", "HEAD"} == set(methods), path
        if method != "HEAD":
            assert answer.get_json()["code"] == "method_not_allowed"
    assert person.me().status_code == 200


def test_R45_state_is_never_changed_by_get_or_head(host: flask.Flask) -> None:
    # given the operations that change something
    changing = {path for path, methods in PATHS if "GET" not in methods}

    # then these are among them, and none answers GET
    assert {
        f"{API}{one}" for one in ("/logout", "/token/refresh", "/login", "/signup", "/password/update")
    } <= changing
    for path in changing:
        for method in ("GET", "HEAD"):
            answer = host.test_client().open(path.replace("{session_id}", "x"), method=method)
            assert answer.status_code == 405, (method, path)


NEVER_BY_HEAD = {f"{API}/confirm/{{token}}"}
"""Where GET uses something up, HEAD does not exist."""


@pytest.mark.parametrize(
    "path", [path for path, methods in PATHS if "GET" in methods and path not in NEVER_BY_HEAD]
)
def test_head_says_what_get_says_without_a_body(host: flask.Flask, path: str) -> None:
    # given somebody who is signed in
    person = Person(host, "cookie")
    person.sign_up()

    # when both are asked
    got, head = person.http.get(path), person.http.head(path)

    # then they differ in the body only
    assert (head.status_code, head.content_type) == (got.status_code, got.content_type)
    assert head.data == b""
    assert head.headers["Cache-Control"] == got.headers["Cache-Control"]


def test_the_hosts_own_answers_and_error_pages_stay_as_they_were(host: flask.Flask) -> None:
    # given the same host without us
    bare = flask.Flask("host")
    for app in (bare, host):
        app.add_url_rule("/plain", f"plain_{app is bare}", lambda: "plain")
        app.add_url_rule("/post-only", f"post_{app is bare}", lambda: "posted", methods=["POST"])
        app.add_url_rule("/boom", f"boom_{app is bare}", _boom)
    paths = ("/plain", "/nowhere", "/post-only", "/boom", "/api/authors", "/api/auth-of-mine/x")
    requests = [(method, path) for path in paths for method in ("GET", "POST", "OPTIONS")]

    # when both are asked the same
    for method, path in requests:
        ours = host.test_client().open(path, method=method)
        theirs = bare.test_client().open(path, method=method)

        # then nobody can tell them apart
        assert (ours.status_code, ours.data) == (theirs.status_code, theirs.data), path
        assert dict(ours.headers) == dict(theirs.headers), path


def _boom() -> str:
    raise RuntimeError("the host's own mistake")


def test_the_hosts_own_error_handlers_go_on_for_its_own_paths_and_never_for_ours(build: App) -> None:
    # given a host with error pages of its own
    app = give_routes(build())
    app.register_error_handler(404, lambda problem: ("<h1>our 404</h1>", 404))
    app.register_error_handler(Exception, lambda problem: ("<h1>our 500</h1>", 500))
    client = app.test_client()

    # when things are not found on both sides
    theirs, ours = client.get("/nowhere"), client.get(f"{API}/nowhere")

    # then each side answers its own way
    assert (theirs.status_code, theirs.data) == (404, b"<h1>our 404</h1>")
    assert client.get("/api/broken").data == b"<h1>our 500</h1>"
    assert (ours.status_code, ours.mimetype) == (404, "application/problem+json")
    assert client.get(f"{API}/login").mimetype == "application/problem+json"
    assert (
        client.post(f"{API}/login", data="{", content_type="application/json").mimetype
        == "application/problem+json"
    )
    assert client.get("/api/notes").mimetype == "application/problem+json"
