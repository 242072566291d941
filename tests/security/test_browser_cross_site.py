"""Requests that a page of another site makes with the browser's cookies, and how each is refused.

The table of API.md "Token delivery": Origin, Sec-Fetch-Site, method and `Upgrade`, on our routes, at sign-in
and sign-up, and on the host's own routes that use our cookies. Row R44.
"""

from collections.abc import Callable
from typing import Any

import flask
import pytest
from werkzeug.test import TestResponse

from tests.security.bodies import fingerprint
from tests.security.hosts import FRONT, PUBLIC, give_routes
from tests.support.apps import API, Person

App = Callable[..., flask.Flask]

OURS = (PUBLIC, FRONT, "http://localhost", "https://second.example.com:8443")
FOREIGN = (
    "https://evil.example", "null", "", "https://app.example.com.evil.example", "http://app.example.com",
    "https://app.example.com:8443", "https://evilapp.example.com", "https://localhost",
    "http://localhost:3000",
    "https://app.example.com/", "https://app.example.com@evil.example", "https://second.example.com",
    "file://",
    "https://app_example.com", "https://xn--pp-mia.example.com", "http://127.0.0.1", "localhost", "*",
)  # fmt: skip
SITES = (None, "same-origin", "same-site", "cross-site", "none")
ORIGINS = (None, *OURS, *FOREIGN)

CHANGES = (
    ("POST", f"{API}/logout"),
    ("POST", f"{API}/token/refresh"),
    ("PUT", f"{API}/user/@me"),
    ("PATCH", f"{API}/user/@me"),
    ("POST", f"{API}/password/update"),
    ("POST", f"{API}/reauthenticate"),
    ("DELETE", f"{API}/sessions"),
    ("DELETE", f"{API}/sessions/x"),
    ("POST", f"{API}/login"),
    ("POST", f"{API}/signup"),
    ("POST", "/api/notes"),
    ("PUT", "/api/notes"),
    ("PATCH", "/api/notes"),
    ("DELETE", "/api/notes"),
    ("POST", "/api/maybe"),
    ("POST", "/host/refresh"),
)


def passes(origin: str | None, site: str | None) -> bool:
    """The table, in the words of API.md."""
    if site == "same-origin" or origin in OURS:
        return True
    if origin is not None:
        return False
    return site not in ("cross-site", "same-site")


def ask(
    person: Person, method: str, path: str, origin: str | None, site: str | None, **extra: str | None
) -> TestResponse:
    """The request as a browser makes it for a page of *origin*."""
    headers = {"Origin": origin, "Sec-Fetch-Site": site, **extra}
    sent = {name: value for name, value in headers.items() if value is not None}
    return person.http.open(path, method=method, headers=sent, json={} if method != "GET" else None)


@pytest.fixture
def host(build: App) -> flask.Flask:
    """A host whose front ends live elsewhere."""
    return give_routes(build(AUTHSVC_PUBLIC_URL=PUBLIC, AUTHSVC_CORS_ORIGINS=[FRONT, OURS[3]]))


@pytest.fixture
def browser(host: flask.Flask) -> Person:
    """A browser that is signed in by cookie."""
    person = Person(host, "cookie", "ada@example.com")
    assert person.sign_up().status_code == 201
    # The refresh cookie's path keeps it from the host's routes; this host has one that wants it.
    token = next(one.value for one in person.http._cookies.values() if one.key == "refresh_token")
    person.http.set_cookie("refresh_token", token, path="/host")
    return person


def assert_cross_site(answer: TestResponse, label: object) -> None:
    """The one refusal, with no cookie touched."""
    assert answer.status_code == 403, (label, answer.status_code, answer.text)
    assert answer.mimetype == "application/problem+json", label
    assert answer.get_json()["code"] == "cross_site_request", label
    assert "Set-Cookie" not in answer.headers, label


@pytest.mark.parametrize("origin", ORIGINS)
def test_R44_a_foreign_page_changes_nothing_with_the_browsers_cookies(
    host: flask.Flask, browser: Person, origin: str | None
) -> None:
    # given what is stored
    before = fingerprint(host)

    # when a page that is not ours asks for every change
    for site in [one for one in SITES if not passes(origin, one)]:
        for method, path in CHANGES:
            # then it is refused and nothing changes
            assert_cross_site(ask(browser, method, path, origin, site), (site, method, path))
        for path, connection in (("/api/notes", None), ("/api/socket", "Upgrade")):
            upgrade = ask(browser, "GET", path, origin, site, Upgrade="WebSocket", Connection=connection)
            assert_cross_site(upgrade, ("websocket", site, path))
    assert fingerprint(host) == before
    assert browser.me().status_code == 200


@pytest.mark.parametrize("origin", ORIGINS)
def test_R44_our_own_pages_and_programs_that_are_no_browser_pass(browser: Person, origin: str | None) -> None:
    # given a page of ours, or no browser at all
    for site in [one for one in SITES if passes(origin, one)]:
        # when it asks for each change
        for method, path in reversed(CHANGES):
            answer = ask(browser, method, path, origin, site)

            # then it is answered on its merits
            assert answer.status_code != 403, (site, method, path, answer.text)
        browser.sign_in()
        assert ask(browser, "GET", "/api/maybe", origin, site, Upgrade="websocket").status_code == 200
        socket = ask(browser, "GET", "/api/socket", origin, site, Upgrade="websocket", Connection="Upgrade")
        assert socket.status_code == 200


@pytest.mark.parametrize("method", ["GET", "HEAD"])
@pytest.mark.parametrize("origin", ["https://evil.example", "null", FRONT])
def test_reading_is_not_checked(browser: Person, method: str, origin: str) -> None:
    # when any page reads (which it can send but, without CORS, not see)
    for path in (f"{API}/user/@me", "/api/notes", "/api/maybe"):
        answer = browser.http.open(
            path, method=method, headers={"Origin": origin, "Sec-Fetch-Site": "cross-site"}
        )

        # then it is answered
        assert answer.status_code == 200, path


@pytest.mark.parametrize("origin", FOREIGN)
def test_a_bearer_token_is_proof_enough_from_any_page(host: flask.Flask, origin: str) -> None:
    # given a client that sends its token itself, which no foreign page can
    person = Person(host, "bearer")
    headers = {"Origin": origin, "Sec-Fetch-Site": "cross-site"}
    assert person.post("/login", headers=headers).status_code == 403
    person.sign_up()

    # when it asks from anywhere
    answers = [
        person.call("PUT", "/user/@me", json={"first_name": "Ada"}, headers=headers),
        person.call("POST", "/api/notes", headers=headers),
        person.call("POST", "/token/refresh", token=person.refresh_token, headers=headers),
    ]

    # then it passes
    assert [one.status_code for one in answers] == [200, 200, 200]


@pytest.mark.parametrize(
    "kind", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x"]
)
@pytest.mark.parametrize("path", ["/login", "/signup", "/logout", "/password/update", "/user/@me"])
def test_R44_a_form_of_another_site_signs_nobody_in_up_or_out(browser: Person, path: str, kind: str) -> None:
    # given what a form can send without asking first
    raw = b'{"email": "eve@example.com", "password": "correct horse battery staple"}'

    # when it is posted from another site
    method = "PUT" if path == "/user/@me" else "POST"
    headers = {"Origin": "https://evil.example", "Content-Type": kind}
    answer = browser.http.open(f"{API}{path}", method=method, data=raw, headers=headers)

    # then it is refused before it is read
    assert_cross_site(answer, path)


def test_R44_a_foreign_page_that_adds_an_authorization_header_gains_no_cookie(browser: Person) -> None:
    # given a foreign page that sends rubbish as Authorization (after a preflight that CORS refuses)
    headers = {"Origin": "https://evil.example", "Authorization": "Bearer rubbish"}

    # when it asks with the browser's cookies
    for method, path in CHANGES:
        if path.rsplit("/", 1)[1] in ("login", "signup", "maybe", "logout"):
            continue
        answer = browser.http.open(path, method=method, headers=headers, json={})

        # then the header wins, and it is nobody's
        assert answer.status_code == 401, (path, answer.text)
    assert browser.me().status_code == 200


CSRF_ROUTES = (
    ("PUT", f"{API}/user/@me"),
    ("POST", f"{API}/token/refresh"),
    ("DELETE", f"{API}/sessions/x"),
    ("POST", f"{API}/password/update"),
    ("POST", "/api/notes"),
    ("DELETE", "/api/notes"),
    ("POST", "/host/refresh"),
    ("POST", f"{API}/logout"),
)


def _csrf(person: Person) -> str:
    return next(one.value for one in person.http._cookies.values() if one.key == "csrf_access_token")


@pytest.fixture
def careful(build: App) -> Person:
    """A browser at a host that asks for the double-submit token."""
    app = give_routes(build(JWT_COOKIE_CSRF_PROTECT=True))
    person = Person(app, "cookie", "ada@example.com")
    assert person.sign_up().status_code == 201
    token = next(one.value for one in person.http._cookies.values() if one.key == "refresh_token")
    person.http.set_cookie("refresh_token", token, path="/host")
    return person


def test_R44_without_the_double_submit_token_nothing_changes(careful: Person) -> None:
    # given another session's value, and a pair that an attacker set on a subdomain
    other = Person(careful.app, "cookie", "eve@example.com")
    other.sign_up()
    before = fingerprint(careful.app)
    wrong: list[dict[str, Any]] = [
        {},
        {"X-CSRF-TOKEN": ""},
        {"X-CSRF-TOKEN": "x"},
        {"X-CSRF-TOKEN": _csrf(other)},
        {"X-CSRF-TOKEN": _csrf(careful)[:-1]},
        {"X-XSRF-TOKEN": _csrf(careful)},
    ]
    careful.http.set_cookie("csrf_access_token", "x")
    for headers in wrong:
        for method, path in CSRF_ROUTES:
            # when a change comes without the right value in the header
            answer = careful.http.open(path, method=method, headers=headers, json={})

            # then it is refused, and no cookie is touched
            assert answer.status_code in (401, 403), (path, headers, answer.text)
            assert answer.status_code == 403 or not path.startswith(API), path
            assert "Set-Cookie" not in answer.headers, path
    assert fingerprint(careful.app) == before
    assert careful.me().status_code == 200


def test_R44_with_the_double_submit_token_changes_pass_and_reading_needs_none(careful: Person) -> None:
    # given the right value
    for method, path in CSRF_ROUTES:
        # when each change carries it, as it is now
        headers = {"X-CSRF-TOKEN": _csrf(careful)}
        answer = careful.http.open(path, method=method, headers=headers, json={})
        if path == "/host/refresh":
            continue  # its cookie was refreshed away above

        # then it is answered on its merits
        assert answer.status_code not in (401, 403), (path, answer.text)
    assert careful.me().status_code == 401
    careful.sign_in()
    assert [careful.me().status_code, careful.http.get("/api/notes").status_code] == [200, 200]


def test_R44_the_double_submit_value_changes_with_each_sign_in_and_binds_no_bearer(careful: Person) -> None:
    # given a value
    first = _csrf(careful)

    # when the same person signs in again
    careful.sign_in()

    # then it is another, and a client with a bearer token needs none
    assert _csrf(careful) != first
    native = Person(careful.app, "bearer", "eve@example.com")
    native.sign_up()
    assert native.call("PUT", "/user/@me", json={}).status_code == 200
    assert native.call("POST", "/api/notes").status_code == 200
    assert native.refresh().status_code == 200
