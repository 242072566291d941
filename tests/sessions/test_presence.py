"""Proving presence again renews the tokens of the request's own channel and leaves the other as it is."""

from typing import Any

import flask
from flask.testing import FlaskClient

from tests.sessions.at_the_wire import REFRESH_PATH, claims_of, cookies_set_by
from tests.sessions.browsers import (
    TOKENS,
    cookie_of,
    reauthenticate,
    refresh_by_header,
    sign_in,
)
from tests.support.apps import API, Clock


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
