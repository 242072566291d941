"""One session, two ways for its tokens to travel: a browser's cookies and a body, each for itself."""

from collections.abc import Callable

import flask
import pytest
from flask.testing import FlaskClient

from tests.sessions.at_the_wire import REFRESH_PATH, claims_of, cookies_set_by, session_row, session_rows
from tests.sessions.browsers import (
    EMAIL,
    TOKENS,
    cookie_of,
    me_by_header,
    refresh_by_header,
    sign_in,
)
from tests.sessions.hosts import host
from tests.support.apps import API, PASSWORD, Clock

Build = Callable[..., flask.Flask]


def test_by_default_a_sign_in_delivers_both_ways_as_two_channels_of_one_session(
    app: flask.Flask, browser: FlaskClient
) -> None:
    # given a client that does not say how it wants its tokens
    # when it signs in
    answer = sign_in(browser)

    # then it has cookies and a body, with refresh tokens of one session that know their channels
    body, cookie = claims_of(answer.json["refresh_token"]), claims_of(cookie_of(browser))
    assert set(cookies_set_by(answer)) == {"access_token", "refresh_token"}
    assert answer.json["token_type"] == "Bearer"
    assert body["sid"] == cookie["sid"] == answer.json["session_id"]
    assert (body["ch"], cookie["ch"]) == ("body", "cookie")
    row = session_row(app, answer.json["session_id"])
    assert (row.cookie_generation, row.body_generation) == (1, 1)


def test_each_channel_is_refreshed_by_itself(clock: Clock, app: flask.Flask, browser: FlaskClient) -> None:
    # given a session with two channels
    token = sign_in(browser).json["refresh_token"]

    # when each is refreshed some times, long after one another
    for _ in range(3):
        clock.forward(minutes=10)
        assert browser.post(f"{API}/token/refresh").status_code == 200
    clock.forward(minutes=10)
    answer = refresh_by_header(app.test_client(), token)

    # then neither has used up the other's tokens
    assert answer.status_code == 200
    assert claims_of(cookie_of(browser))["gen"] == 4
    assert claims_of(answer.json["refresh_token"])["gen"] == 2
    assert browser.post(f"{API}/token/refresh").status_code == 200


def test_a_cookie_is_refreshed_into_cookies_and_never_into_the_body(browser: FlaskClient) -> None:
    # given a browser with cookies
    sign_in(browser)

    # when it refreshes, even asking for a body
    answers = [
        browser.post(f"{API}/token/refresh", headers=headers)
        for headers in ({}, {"X-Auth-Delivery": "body"}, {"X-Auth-Delivery": "cookies"})
    ]

    # then script in the page sees no token
    for answer in answers:
        assert answer.status_code == 200
        assert not TOKENS & set(answer.json)
        assert set(cookies_set_by(answer)) == {"access_token", "refresh_token"}
        assert all("HttpOnly" in line for line in cookies_set_by(answer).values())


def test_a_header_is_refreshed_into_the_body_and_never_into_cookies(browser: FlaskClient) -> None:
    # given a refresh token from a body
    token = sign_in(browser).json["refresh_token"]

    # when it is refreshed, even asking for cookies
    for headers in ({}, {"X-Auth-Delivery": "cookies"}, {"X-Auth-Delivery": "body"}):
        answer = browser.post(f"{API}/token/refresh", headers={**headers, "Authorization": f"Bearer {token}"})

        # then no cookie is set
        assert answer.status_code == 200
        assert set(answer.json) >= TOKENS
        assert cookies_set_by(answer) == {}
        token = answer.json["refresh_token"]


def test_a_refresh_token_is_refused_on_the_other_channel_and_harms_nothing(
    app: flask.Flask, browser: FlaskClient
) -> None:
    # given both refresh tokens of a session
    from_body = sign_in(browser).json["refresh_token"]
    from_cookie = cookie_of(browser)

    # when each is sent the other way
    swapped = app.test_client()
    swapped.set_cookie("refresh_token", from_body, path=REFRESH_PATH)
    answers = [refresh_by_header(app.test_client(), from_cookie), swapped.post(f"{API}/token/refresh")]

    # then both are refused without a token, and where they belong both still work
    for answer in answers:
        assert (answer.status_code, answer.json["code"]) == (401, "token_invalid")
        assert cookies_set_by(answer) == {}
    assert refresh_by_header(app.test_client(), from_body).status_code == 200
    assert browser.post(f"{API}/token/refresh").status_code == 200


def test_an_access_token_works_on_either_channel(app: flask.Flask, browser: FlaskClient) -> None:
    # given both access tokens of a session
    from_body = sign_in(browser).json["access_token"]
    cookie = browser.get_cookie("access_token")
    assert cookie is not None

    # when each is sent the other way
    swapped = app.test_client()
    swapped.set_cookie("access_token", from_body)

    # then both are good
    assert me_by_header(app.test_client(), cookie.value).status_code == 200
    assert swapped.get(f"{API}/user/@me").status_code == 200


def test_a_header_hides_the_cookie_even_when_it_is_worthless(browser: FlaskClient) -> None:
    # given a browser that is signed in by cookie
    sign_in(browser)
    assert browser.get(f"{API}/user/@me").status_code == 200

    # when it also sends a header that is not good
    answers = [
        browser.open(path, method=method, headers={"Authorization": value})
        for value in ("Bearer nonsense", "Basic YWRhOmFkYQ==", "Bearer", "")
        for method, path in (("GET", f"{API}/user/@me"), ("POST", f"{API}/token/refresh"))
    ]

    # then the header counts, and the cookie is not looked at
    assert {answer.status_code for answer in answers} == {401}


def test_a_header_hides_the_cookie_even_where_headers_are_off(database_url: str) -> None:
    # given a server that takes cookies only, and a browser that is signed in there
    app = host(database_url, JWT_TOKEN_LOCATION=["cookies"])
    browser = app.test_client()
    browser.post(f"{API}/signup", json={"email": EMAIL, "password": PASSWORD})
    paths = (f"{API}/user/@me", "/host/plain", "/host/ours")
    assert [browser.get(path).status_code for path in paths] == [200, 200, 200]

    # when a header comes along, so that nobody looks at where the request is from
    headers = {"Authorization": "Bearer nonsense", "Origin": "https://evil.example"}
    answers = [browser.get(path, headers=headers) for path in paths]
    refreshed = browser.post(f"{API}/token/refresh", headers=headers)

    # then the cookie is not looked at either
    assert [answer.status_code for answer in [*answers, refreshed]] == [401, 401, 401, 401]


@pytest.mark.parametrize(
    ("asked", "cookies", "body"),
    [("cookies", True, False), ("body", False, True), (" Cookies ", True, False), ("BODY", False, True)],
)
def test_a_client_can_ask_for_one_way_only(
    app: flask.Flask, browser: FlaskClient, asked: str, cookies: bool, body: bool
) -> None:
    # given a client that says how it wants its tokens
    # when it signs in
    answer = sign_in(browser, **{"X-Auth-Delivery": asked})

    # then it gets them this way only, and the session has no other channel
    assert answer.status_code == 200
    assert bool(cookies_set_by(answer)) is cookies
    assert (set(answer.json) >= TOKENS) is body
    row = session_row(app, answer.json["session_id"])
    assert (row.cookie_generation is not None, row.body_generation is not None) == (cookies, body)


@pytest.mark.parametrize("asked", ["", "carrier pigeon", "cookies,body", "header", "\N{SNOWMAN}"])
def test_an_unknown_way_of_delivery_is_refused_and_nothing_is_made(app: flask.Flask, asked: str) -> None:
    # given a client that asks for a way that does not exist
    client = app.test_client()
    headers = {"X-Auth-Delivery": asked.encode().decode("latin-1")}
    credentials = {"email": EMAIL, "password": PASSWORD}

    # when it signs up
    refused = client.post(f"{API}/signup", json=credentials, headers=headers)

    # then that is its mistake, and there is no account yet
    assert (refused.status_code, refused.json["code"]) == (400, "bad_request")
    assert cookies_set_by(refused) == {}
    assert client.post(f"{API}/signup", json=credentials).status_code == 201
    assert sign_in(client, **headers).status_code == 400
    assert len(session_rows(app)) == 1


@pytest.mark.parametrize(("location", "asked"), [("headers", "cookies"), ("cookies", "body")])
def test_a_way_that_is_switched_off_cannot_be_asked_for(build: Build, location: str, asked: str) -> None:
    # given a server with one way of delivery
    app = build(JWT_TOKEN_LOCATION=[location])
    answer = app.test_client().post(f"{API}/signup", json={"email": EMAIL, "password": PASSWORD})
    assert bool(cookies_set_by(answer)) is (location == "cookies")
    assert bool(TOKENS & set(answer.json)) is (location == "headers")

    # when somebody asks for the other
    refused = sign_in(app.test_client(), **{"X-Auth-Delivery": asked})

    # then that is refused
    assert refused.status_code == 400


def test_a_token_that_comes_a_way_that_is_switched_off_is_not_looked_at(build: Build) -> None:
    # given two workers on one database, one that knows only cookies and one that knows only headers
    by_cookie, by_header = build(JWT_TOKEN_LOCATION=["cookies"]), build(JWT_TOKEN_LOCATION=["headers"])
    browser = by_cookie.test_client()
    browser.post(f"{API}/signup", json={"email": EMAIL, "password": PASSWORD})
    token = sign_in(by_header.test_client()).json["access_token"]

    # when each gets what only the other one takes
    wrong = by_header.test_client()
    cookie = browser.get_cookie("access_token")
    assert cookie is not None
    wrong.set_cookie("access_token", cookie.value)

    # then nobody is signed in
    assert wrong.get(f"{API}/user/@me").status_code == 401
    assert me_by_header(by_cookie.test_client(), token).status_code == 401
