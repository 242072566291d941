"""Somebody signs in where somebody is signed in already: the cookies change hands, other channels go on."""

import flask
import pytest
from flask.testing import FlaskClient

from tests.sessions.at_the_wire import REFRESH_PATH, claims_of, cookies_set_by, session_row
from tests.sessions.browsers import (
    EMAIL,
    cookie_of,
    me_by_header,
    reauthenticate,
    refresh_by_header,
    sign_in,
)
from tests.support.apps import API, Clock, Person


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
