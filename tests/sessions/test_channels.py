"""One session, two ways for its tokens to travel: a browser's cookies and a body, each for itself."""

from collections.abc import Callable
from typing import Any

import flask
import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests.sessions.at_the_wire import REFRESH_PATH, claims_of, cookies_set_by, session_row, session_rows
from tests.support.apps import API, PASSWORD, Clock, Person

EMAIL = "ada@example.com"
TOKENS = {"access_token", "refresh_token", "token_type"}

Build = Callable[..., flask.Flask]


@pytest.fixture
def browser(app: flask.Flask) -> FlaskClient:
    """A client that keeps cookies and says nothing about how it wants its tokens."""
    Person(app, "bearer", EMAIL).sign_up()
    return app.test_client()


def sign_in(client: FlaskClient, **headers: str) -> TestResponse:
    """Sign in as Ada."""
    return client.post(f"{API}/login", json={"email": EMAIL, "password": PASSWORD}, headers=headers)


def refresh_by_header(client: FlaskClient, token: str) -> TestResponse:
    """Refresh with a token in the `Authorization` header."""
    return client.post(f"{API}/token/refresh", headers={"Authorization": f"Bearer {token}"})


def me_by_header(client: FlaskClient, token: str) -> TestResponse:
    """Ask who is signed in with a token in the `Authorization` header."""
    return client.get(f"{API}/user/@me", headers={"Authorization": f"Bearer {token}"})


def cookie_of(client: FlaskClient) -> str:
    """The refresh token in a browser's cookie."""
    cookie = client.get_cookie("refresh_token", path=REFRESH_PATH)
    assert cookie is not None
    return cookie.value


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


def test_a_new_sign_in_ends_the_session_that_the_browsers_cookie_names(
    clock: Clock, app: flask.Flask, browser: FlaskClient
) -> None:
    # given a browser with cookies of a session that has no other channel
    sign_in(browser, **{"X-Auth-Delivery": "cookies"})
    old = app.test_client()
    old.set_cookie("refresh_token", cookie_of(browser), path=REFRESH_PATH)
    access = browser.get_cookie("access_token")
    assert access is not None
    clock.forward(minutes=1)

    # when somebody signs in at this browser
    assert sign_in(browser, **{"X-Auth-Delivery": "cookies"}).status_code == 200

    # then the old session is over, the new one lives
    assert me_by_header(app.test_client(), access.value).json["code"] == "session_ended"
    assert old.post(f"{API}/token/refresh").json["code"] == "session_ended"
    assert browser.get(f"{API}/user/@me").status_code == 200
    assert session_row(app, claims_of(access.value)["sid"]).revoked_reason == "replaced"


def test_a_new_sign_in_ends_only_the_cookie_channel_of_a_session_that_has_another(
    clock: Clock, app: flask.Flask, browser: FlaskClient
) -> None:
    # given a browser with cookies of a session that also lives in a body
    token = sign_in(browser).json["refresh_token"]
    clock.forward(minutes=1)
    stale = app.test_client()
    stale.set_cookie("refresh_token", cookie_of(browser), path=REFRESH_PATH)

    # when somebody signs in at this browser
    assert sign_in(browser).status_code == 200

    # then the old cookie is worth nothing and the other channel goes on, even after the old cookie was tried
    assert stale.post(f"{API}/token/refresh").json["code"] == "session_ended"
    answer = refresh_by_header(app.test_client(), token)
    assert answer.status_code == 200
    assert me_by_header(app.test_client(), answer.json["access_token"]).status_code == 200


def test_a_closed_cookie_channel_is_not_opened_again_by_its_old_access_token(
    clock: Clock, app: flask.Flask, browser: FlaskClient
) -> None:
    # given old cookies of a session whose cookie channel a new sign-in at the browser has closed
    sign_in(browser)
    stale = app.test_client()
    stale.set_cookie("refresh_token", cookie_of(browser), path=REFRESH_PATH)
    access = browser.get_cookie("access_token")
    assert access is not None
    stale.set_cookie("access_token", access.value)
    assert sign_in(browser).status_code == 200

    # when presence is proved with the old access cookie
    renewed = reauthenticate(stale)

    # then no channel is opened, and the old refresh cookie stays worthless
    assert renewed.status_code == 401
    assert cookies_set_by(renewed) == {}
    old = app.test_client()
    old.set_cookie("refresh_token", cookie_of(stale), path=REFRESH_PATH)
    assert old.post(f"{API}/token/refresh").status_code == 401


def test_a_sign_in_that_sets_no_cookie_ends_no_session(app: flask.Flask, browser: FlaskClient) -> None:
    # given a browser with cookies
    sign_in(browser, **{"X-Auth-Delivery": "cookies"})

    # when somebody signs in beside it for a body, or tries and fails
    assert sign_in(browser, **{"X-Auth-Delivery": "body"}).status_code == 200
    browser.post(f"{API}/login", json={"email": EMAIL, "password": "not the password"})

    # then the cookies still work
    assert browser.get(f"{API}/user/@me").status_code == 200
    assert browser.post(f"{API}/token/refresh").status_code == 200


def test_an_expired_cookie_still_names_the_session_that_a_sign_in_ends(
    clock: Clock, app: flask.Flask, browser: FlaskClient
) -> None:
    # given a cookie that has outlived its idle life, in a session that has not
    sign_in(browser, **{"X-Auth-Delivery": "cookies"})
    clock.forward(days=31)
    old = cookie_of(browser)

    # when the person signs in again at a browser that kept it
    keeper = app.test_client()
    keeper.set_cookie("refresh_token", old, path=REFRESH_PATH)
    assert sign_in(keeper, **{"X-Auth-Delivery": "cookies"}).status_code == 200

    # then the old session is over
    assert session_row(app, claims_of(old)["sid"]).revoked_reason == "replaced"


@pytest.mark.parametrize("planted", ["nonsense", "a.b.c", "", "\N{SNOWMAN}"])
def test_a_worthless_cookie_does_not_keep_anybody_from_signing_in(app: flask.Flask, planted: str) -> None:
    # given a browser with a refresh cookie that is none
    Person(app, "bearer", EMAIL).sign_up()
    browser = app.test_client()
    browser.set_cookie("refresh_token", planted, path=REFRESH_PATH)

    # when somebody signs in
    answer = sign_in(browser)

    # then they are signed in
    assert answer.status_code == 200
    assert browser.get(f"{API}/user/@me").status_code == 200


def reauthenticate(client: FlaskClient, token: str | None = None) -> TestResponse:
    """Prove presence by password, by cookie or with *token* in the header."""
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    return client.post(f"{API}/reauthenticate", json={"password": PASSWORD}, headers=headers)


def test_proving_presence_renews_the_channel_of_the_request_and_not_the_other(
    clock: Clock, app: flask.Flask, browser: FlaskClient
) -> None:
    # given a session with two channels, an hour old
    body = sign_in(browser).json
    signed_in_at = int(clock.moment.timestamp())
    clock.forward(minutes=10)

    # when the holder of the body proves presence
    renewed = reauthenticate(app.test_client(), body["access_token"])

    # then its new tokens say so, and no cookie is set
    assert renewed.status_code == 200
    assert cookies_set_by(renewed) == {}
    now = int(clock.moment.timestamp())
    for name in ("access_token", "refresh_token"):
        claims = claims_of(renewed.json[name])
        assert (claims["auth_time"], claims["amr"]) == (now, ["pwd"])
        assert claims["sid"] == body["session_id"]

    # and the browser's channel goes on as old as it was
    assert browser.post(f"{API}/token/refresh").status_code == 200
    assert claims_of(cookie_of(browser))["auth_time"] == signed_in_at
    assert claims_of(cookie_of(browser))["gen"] == 2


def test_proving_presence_by_cookie_answers_with_cookies_only(
    clock: Clock, app: flask.Flask, browser: FlaskClient
) -> None:
    # given a session with two channels
    token = sign_in(browser).json["refresh_token"]
    clock.forward(minutes=5)

    # when the browser proves presence by its cookie
    renewed = reauthenticate(browser)

    # then no token is in the body, and the other channel's refresh token goes on working
    assert renewed.status_code == 200
    assert not TOKENS & set(renewed.json)
    assert set(cookies_set_by(renewed)) == {"access_token", "refresh_token"}
    assert claims_of(cookie_of(browser))["auth_time"] == int(clock.moment.timestamp())
    clock.forward(minutes=5)
    assert refresh_by_header(app.test_client(), token).status_code == 200


def test_the_age_of_a_sign_in_survives_rotation(clock: Clock, app: flask.Flask, browser: FlaskClient) -> None:
    # given a sign-in and, later, a proof of presence
    body: Any = sign_in(browser).json
    clock.forward(minutes=7)
    proved_at = int(clock.moment.timestamp())
    body = reauthenticate(app.test_client(), body["access_token"]).json

    # when the tokens are rotated for hours
    for _ in range(4):
        clock.forward(hours=1)
        body = refresh_by_header(app.test_client(), body["refresh_token"]).json

    # then they still say when the person was last there, and it is not now
    claims = claims_of(body["access_token"])
    assert (claims["auth_time"], claims["amr"]) == (proved_at, ["pwd"])
    assert claims["iat"] == int(clock.moment.timestamp())


def test_proving_presence_often_spoils_no_channel(
    clock: Clock, app: flask.Flask, browser: FlaskClient
) -> None:
    # given a browser, a second tab of it, and an app of the same session whose owner proves presence daily
    access = sign_in(browser).json["access_token"]
    tab = app.test_client()
    tab.set_cookie("refresh_token", cookie_of(browser), path=REFRESH_PATH)
    for _ in range(25):
        clock.forward(seconds=20)
        access = reauthenticate(app.test_client(), access).json["access_token"]

    # when the browser refreshes and the tab follows
    assert browser.post(f"{API}/token/refresh").status_code == 200
    followed = tab.post(f"{API}/token/refresh")

    # then both have the same tokens
    assert followed.status_code == 200
    assert cookie_of(tab) == cookie_of(browser)


def test_proving_presence_with_a_wrong_password_renews_nothing(
    clock: Clock, app: flask.Flask, browser: FlaskClient
) -> None:
    # given somebody signed in
    sign_in(browser)
    before = cookie_of(browser)

    # when a wrong password is given
    refused = browser.post(f"{API}/reauthenticate", json={"password": "not the password"})

    # then there are no new tokens, and the old ones work
    assert (refused.status_code, refused.json["code"]) == (401, "invalid_credentials")
    assert cookie_of(browser) == before
    assert browser.post(f"{API}/token/refresh").status_code == 200
