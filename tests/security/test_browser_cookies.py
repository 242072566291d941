"""Cookies as a browser gets them: names, prefixes and attributes, and that they go as they came.

Rows R42 and R43, and API.md "Token delivery".
"""

from collections.abc import Callable
from typing import Any

import flask
import pytest
from werkzeug.test import TestResponse

from tests.security.forging import assert_refused
from tests.security.hosts import give_routes
from tests.support.apps import Person

App = Callable[..., flask.Flask]


def cookies_of(response: TestResponse) -> dict[str, dict[str, Any]]:
    """The cookies of tokens that the answer sets: for each name its value and attributes, in lower case.

    What a browser keeps to be known again as a device has tests of its own.
    """
    found: dict[str, dict[str, Any]] = {}
    for header in response.headers.getlist("Set-Cookie"):
        first, *rest = [part.strip() for part in header.split(";")]
        name, _, value = first.partition("=")
        if name.endswith("device"):
            continue
        attributes = {key.lower(): val or True for key, _, val in (part.partition("=") for part in rest)}
        assert name not in found, f"{name} is set twice"
        found[name] = {"value": value, **attributes}
    return found


@pytest.mark.parametrize("samesite", ["Strict", "Lax", "None"])
def test_R42_secure_cookies_have_a_prefix_and_every_attribute(build: App, samesite: str) -> None:
    # given the default: Secure
    person = Person(build(JWT_COOKIE_SECURE=True, JWT_COOKIE_SAMESITE=samesite), "cookie")

    # when somebody signs up
    found = cookies_of(person.sign_up())

    # then both cookies are bound to this host, out of scripts' reach, and kept
    assert set(found) == {"__Host-access_token", "__Secure-refresh_token"}
    for one in found.values():
        assert one["httponly"] is True
        assert one["secure"] is True
        assert one["samesite"] == samesite
        assert "domain" not in one
        assert int(one["max-age"]) == 30 * 24 * 3600
    assert found["__Host-access_token"]["path"] == "/"
    assert found["__Secure-refresh_token"]["path"] == "/api/auth"


def test_R42_cookies_of_a_domain_cannot_be_host_cookies(build: App) -> None:
    # given cookies that subdomains share
    person = Person(build(JWT_COOKIE_SECURE=True, JWT_COOKIE_DOMAIN="example.com"), "cookie")

    # when somebody signs up
    found = cookies_of(person.sign_up())

    # then the names say Secure, and the domain is said
    assert set(found) == {"__Secure-access_token", "__Secure-refresh_token"}
    assert {one["domain"] for one in found.values()} == {"example.com"}
    assert all(one["secure"] is True and one["httponly"] is True for one in found.values())


def test_R42_plain_cookies_have_plain_names(build: App) -> None:
    # given cookies for plain http
    person = Person(build(JWT_COOKIE_SECURE=False), "cookie")

    # when somebody signs up
    found = cookies_of(person.sign_up())

    # then no name lies about a prefix
    assert set(found) == {"access_token", "refresh_token"}
    assert all("secure" not in one and one["httponly"] is True for one in found.values())
    assert {one["samesite"] for one in found.values()} == {"Strict"}
    assert found["refresh_token"]["path"] == "/api/auth"


def test_the_prefix_of_the_api_is_the_path_of_the_refresh_cookie(build: App) -> None:
    # given another prefix
    app = build(AUTHSVC_URL_PREFIX="/v1/login")

    # when somebody signs up there
    answer = app.test_client().post(
        "/v1/login/signup", json={"email": "a@example.com", "password": "a b c d e f"}
    )

    # then the cookie goes only there
    assert cookies_of(answer)["refresh_token"]["path"] == "/v1/login"


def test_a_sign_in_that_is_not_to_be_remembered_ends_with_the_browser(build: App) -> None:
    # given somebody at a shared computer
    person = Person(build(), "cookie")
    person.sign_up()

    # when they sign in for this once, and refresh
    answers = [person.sign_in(remember=False), person.refresh()]

    # then no cookie says how long it lives
    for answer in answers:
        assert cookies_of(answer)
        assert all("max-age" not in one and "expires" not in one for one in cookies_of(answer).values())


_PROJECTS: list[dict[str, Any]] = [
    {"JWT_COOKIE_SECURE": True},
    {"JWT_COOKIE_SECURE": False},
    {"JWT_COOKIE_SECURE": True, "JWT_COOKIE_DOMAIN": "localhost"},
    {"JWT_COOKIE_SECURE": True, "JWT_COOKIE_SAMESITE": "None"},
    {"JWT_COOKIE_SECURE": False, "JWT_COOKIE_SAMESITE": "Lax", "JWT_COOKIE_CSRF_PROTECT": True},
]


@pytest.mark.parametrize("project", _PROJECTS, ids=str)
@pytest.mark.parametrize("scope", ["this", "all"])
def test_sign_out_removes_the_cookies_with_the_attributes_they_were_set_with(
    build: App, project: dict[str, Any], scope: str
) -> None:
    # given a browser that is signed in
    person = Person(build(**project), "cookie")
    given = cookies_of(person.sign_up())
    csrf = given.get("csrf_access_token", {"value": ""})["value"]

    # when it signs out
    answer = person.post("/logout", {"scope": scope}, headers={"X-CSRF-TOKEN": csrf})

    # then each cookie is emptied in the very place where it was put
    assert answer.status_code == 200
    removed = cookies_of(answer)
    assert set(removed) == set(given)
    for name, one in removed.items():
        assert one["value"] == ""
        assert one["max-age"] == "0"
        gone = {"value", "max-age", "expires"}
        assert {k: v for k, v in one.items() if k not in gone} == {
            k: v for k, v in given[name].items() if k not in gone
        }, name
    left = {cookie.key for cookie in person.http._cookies.values() if cookie.value}
    assert {name.removeprefix("__Host-") for name in left} <= {"device"}


def test_signing_out_the_others_keeps_this_browsers_cookies(build: App) -> None:
    # given a browser that is signed in
    person = Person(build(), "cookie")
    person.sign_up()

    # when it signs out the others
    answer = person.sign_out("others")

    # then it goes on
    assert cookies_of(answer) == {}
    assert person.me().status_code == 200


def _with_cookie(
    app: flask.Flask, header: str, method: str = "GET", path: str = "/api/auth/user/@me"
) -> TestResponse:
    client = app.test_client(use_cookies=False)
    return client.open(path, method=method, headers={"Cookie": header})


@pytest.mark.parametrize("secure", [True, False])
def test_R42_a_cookie_of_another_name_is_never_taken(build: App, secure: bool) -> None:
    # given good tokens
    app = give_routes(build(JWT_COOKIE_SECURE=secure))
    person = Person(app, "cookie")
    found = cookies_of(person.sign_up())
    access, refresh = (
        next(one["value"] for name, one in found.items() if name.endswith(kind))
        for kind in ("access_token", "refresh_token")
    )
    names = [
        "access_token",
        "__Host-access_token",
        "__Secure-access_token",
        "access_token_cookie",
        "__host-access_token",
        "__HOST-access_token",
        "Access_Token",
        " __Host-access_token ",
    ]
    right = "__Host-access_token" if secure else "access_token"

    # when they come as cookies of every name that another configuration, or a subdomain, could set
    for name in names:
        taken = [
            _with_cookie(app, f"{name}={access}"),
            _with_cookie(app, f"{name}={access}", path="/api/notes"),
        ]

        # then only the right name is looked at
        for answer in taken:
            if name.strip() == right:
                assert answer.status_code == 200, name
            else:
                assert_refused(answer, name)
    right_refresh = "__Secure-refresh_token" if secure else "refresh_token"
    for name in ("refresh_token", "__Host-refresh_token", "__Secure-refresh_token", "refresh_token_cookie"):
        answer = _with_cookie(app, f"{name}={refresh}", "POST", "/api/auth/token/refresh")
        assert (answer.status_code == 200) is (name == right_refresh), name


def test_R42_a_nameless_cookie_forges_no_prefix(build: App) -> None:
    # given a good token, and a browser that sends nameless cookies of a subdomain as they are
    app = give_routes(build(JWT_COOKIE_SECURE=True))
    access = cookies_of(Person(app, "cookie").sign_up())["__Host-access_token"]["value"]

    # when the value of a nameless cookie looks like ours
    for header in (
        f"=__Host-access_token={access}",
        f" =__Host-access_token={access}",
        f"==__Host-access_token={access}",
    ):
        # then it is not ours
        assert_refused(_with_cookie(app, header), header)
        assert_refused(_with_cookie(app, header, path="/api/notes"), header)


def test_R43_a_browser_that_wants_cookies_gets_no_token_in_any_body(build: App) -> None:
    # given a browser client
    person = Person(build(), "cookie")

    # when it signs up, in, and refreshes
    answers = [
        person.sign_up(),
        person.sign_in(),
        person.refresh(),
        person.me(),
        person.get("/check-auth"),
        person.get("/sessions"),
        person.post("/reauthenticate", {"password": person.password}),
    ]

    # then tokens are in Set-Cookie and nowhere else
    for answer in answers:
        assert answer.status_code < 300, answer.text
        assert "access_token" not in answer.text
        assert "eyJ" not in answer.text


def test_R43_a_refresh_by_cookie_gives_script_nothing_even_when_it_asks(build: App) -> None:
    # given a browser, and a script in the page that asks for the body
    person = Person(build(), "cookie")
    person.sign_up()

    # when it refreshes with the cookie
    answer = person.post("/token/refresh", headers={"X-Auth-Delivery": "body"})

    # then the channel stays
    assert answer.status_code == 200
    assert "eyJ" not in answer.text
    assert cookies_of(answer)


def test_R43_a_native_client_gets_no_cookie(build: App) -> None:
    # given a native client
    person = Person(build(), "bearer")

    # when it signs up, in, and refreshes
    answers = [person.sign_up(), person.sign_in(), person.refresh()]

    # then there is no cookie, whatever browser it says it is
    answers.append(
        person.post(
            "/login",
            {"email": person.email, "password": person.password},
            headers={"User-Agent": "Mozilla/5.0"},
        )
    )
    for answer in answers:
        assert "access_token" in answer.json
        assert cookies_of(answer) == {}


@pytest.mark.parametrize(
    ("location", "asked"), [("headers", "cookies"), ("cookies", "body"), ("cookies", "x")]
)
def test_a_way_of_delivery_that_is_off_is_refused_and_nobody_is_signed_up(
    build: App, location: str, asked: str
) -> None:
    # given one way only
    person = Person(build(JWT_TOKEN_LOCATION=[location]))

    # when the other is asked for
    answer = person.post(
        "/signup", {"email": person.email, "password": person.password}, headers={"X-Auth-Delivery": asked}
    )

    # then the sign-up did not happen
    assert answer.status_code == 400
    assert cookies_of(answer) == {}
    assert (
        person.post(
            "/login",
            {"email": person.email, "password": person.password},
            headers={"X-Auth-Delivery": location.replace("headers", "body")},
        ).status_code
        == 401
    )


def test_a_token_is_good_only_where_its_way_is_on(build: App) -> None:
    # given applications with one way each
    by_cookie = give_routes(build(JWT_TOKEN_LOCATION=["cookies"]))
    person = Person(by_cookie, "cookie")
    access = cookies_of(person.sign_up())["access_token"]["value"]

    # when the cookie's token comes in the header
    for path in ("/api/auth/user/@me", "/api/notes"):
        answer = by_cookie.test_client().get(path, headers={"Authorization": f"Bearer {access}"})

        # then it is not looked at there
        assert_refused(answer, path)
    by_header = give_routes(build(JWT_TOKEN_LOCATION=["headers"]))
    other = Person(by_header, "bearer", "eve@example.com")
    other.sign_up()
    for path in ("/api/auth/user/@me", "/api/notes"):
        assert_refused(_with_cookie(by_header, f"access_token={other.access}", path=path), path)
