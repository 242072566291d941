"""The way there and back: one attempt, one browser, one provider, once."""

from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import flask
import pytest
import sqlalchemy as sa

from tests.oauth.browsers import FRONT, Traveller, query_of
from tests.support.apps import API, Clock
from tests.support.issuer import CLIENT, SECRET, Issuer, as_apple, as_google, custom


def tokens_asked_for(issuer: Issuer) -> list[str]:
    """The codes that were sent to the token endpoint."""
    return [form["code"] for path, form in issuer.asked if path == "/token"]


def assert_refused(answer: Any, issuer: Issuer, before: int = 0) -> None:
    """A problem, no redirect, and no word with the provider."""
    assert answer.status_code == 400, answer.get_data(as_text=True)
    assert answer.json["code"] == "oauth_state_invalid"
    assert "Location" not in answer.headers
    assert len(tokens_asked_for(issuer)) == before


def test_the_request_has_state_nonce_and_pkce_new_each_time(guest: Traveller, issuer: Issuer) -> None:
    # given two beginnings
    queries = [dict(parse_qsl(urlsplit(guest.leave()).query)) for _ in range(2)]

    # then each request says what it should, by configuration
    for query in queries:
        assert query["response_type"] == "code"
        assert query["client_id"] == CLIENT
        assert query["redirect_uri"] == f"http://localhost{API}/callback/acme"
        assert set(query["scope"].split()) == {"openid", "email", "profile"}
        assert query["code_challenge_method"] == "S256"
        assert "response_mode" not in query
        assert SECRET not in str(query)
    # and what must be unguessable is long and new
    for name in ("state", "nonce", "code_challenge"):
        first, second = (query[name] for query in queries)
        assert first != second
        assert len(first) >= 43


def test_the_cookie_of_an_attempt_is_one_that_scripts_and_other_sites_do_not_have(
    build: Callable[..., flask.Flask], issuer: Issuer
) -> None:
    # given an application with safe cookies
    app = build(**custom(issuer), FRONTEND_URL=FRONT, JWT_COOKIE_SECURE=True)

    # when somebody begins twice
    answers = [app.test_client().get(f"{API}/login/acme") for _ in range(2)]

    # then each attempt has a cookie of its own, bound to the host
    (first,), (second,) = (one.headers.getlist("Set-Cookie") for one in answers)
    for cookie in (first, second):
        assert cookie.startswith("__Host-oauth_")
        assert {"Secure", "HttpOnly", "Path=/", "SameSite=Lax", "Max-Age=600"} <= set(cookie.split("; "))
        assert "Domain" not in cookie
    assert first.partition("=")[0] != second.partition("=")[0]


@pytest.mark.parametrize("state", ["", "x", "x" * 43, "0" * 512, "é☃", "../../etc"])
def test_a_forged_state_is_refused(guest: Traveller, issuer: Issuer, state: str) -> None:
    # given somebody in the middle of an attempt
    answer = issuer.sign_in(guest.leave())

    # when they are sent back with a state that nobody issued
    # then nothing happens
    assert_refused(guest.come_back({**answer, "state": state}), issuer)
    assert query_of(guest.come_back(answer)) == {}


def test_without_a_state_there_is_no_way_back(guest: Traveller, issuer: Issuer) -> None:
    # given somebody in the middle of an attempt
    answer = issuer.sign_in(guest.leave())

    # when they are sent back without the state, or with too much of one
    without = guest.come_back({"code": answer["code"]})
    endless = guest.come_back({**answer, "state": "x" * 600})

    # then the request is refused as such
    assert (without.status_code, without.json["errors"].keys()) == (422, {"state"})
    assert endless.status_code == 422
    assert tokens_asked_for(issuer) == []


def test_another_browser_cannot_finish_and_cannot_spoil_what_this_one_began(
    guest: Traveller, issuer: Issuer, acme: flask.Flask
) -> None:
    # given somebody in the middle of an attempt
    answer = issuer.sign_in(guest.leave())

    # when another browser comes with it: without cookies, and with an attempt of its own
    stranger, busy = Traveller(acme), Traveller(acme)
    busy.leave()
    assert_refused(stranger.come_back(answer), issuer)
    assert_refused(busy.come_back(answer), issuer)

    # then the first one still can
    assert query_of(guest.come_back(answer)) == {}
    assert stranger.me().status_code == busy.me().status_code == 401


def test_the_cookie_must_be_right_and_not_only_there(guest: Traveller, issuer: Issuer) -> None:
    # given somebody whose browser has the cookie of an attempt with another value, or an empty one
    answer = issuer.sign_in(guest.leave())
    (name,) = [one.key for one in guest.http._cookies.values()]

    # when they come back
    for value in ("x" * 43, ""):
        guest.http.set_cookie(name, value)

        # then they are refused
        assert_refused(guest.come_back(answer), issuer)


def test_a_state_works_once(guest: Traveller, issuer: Issuer) -> None:
    # given somebody who came back
    answer = issuer.sign_in(guest.leave())
    cookies = [(one.key, one.value) for one in guest.http._cookies.values()]
    assert query_of(guest.come_back(answer)) == {}
    for name, value in cookies:
        guest.http.set_cookie(name, value)

    # when the same answer comes again, from the same browser
    # then it is refused, and the provider is not asked again
    assert_refused(guest.come_back(answer), issuer, before=1)


def test_a_state_is_old_after_ten_minutes(guest: Traveller, issuer: Issuer, clock: Clock) -> None:
    # given somebody in the middle of an attempt
    answer = issuer.sign_in(guest.leave())

    # when they come back too late
    clock.forward(minutes=10, seconds=1)

    # then it is refused
    assert_refused(guest.come_back(answer), issuer)


def test_a_state_belongs_to_its_provider(build: Callable[..., flask.Flask], issuer: Issuer) -> None:
    # given an application with two providers, and somebody who went to one of them
    entry = custom(issuer)["AUTHSVC_OAUTH_PROVIDERS"]["acme"]
    app = build(AUTHSVC_OAUTH_PROVIDERS={"acme": entry, "other": entry}, FRONTEND_URL=FRONT)
    guest = Traveller(app)
    answer = issuer.sign_in(guest.leave("acme"))

    # when the answer comes to the other one's address (a mix-up, RFC 9700 §4.4)
    # then it is refused there, and works where it belongs
    assert_refused(guest.come_back(answer, "other"), issuer)
    assert query_of(guest.come_back(answer, "acme")) == {}


def test_an_answer_that_names_another_issuer_is_refused(guest: Traveller, issuer: Issuer) -> None:
    # given an answer that says whose it is (RFC 9207)
    wrong = guest.travel_with(issuer, iss="https://evil.example")
    right = guest.travel_with(issuer, iss=issuer.url)

    # then it must be of the issuer that was asked
    assert wrong == {"error": "provider_failed"}
    assert right == {}


def test_an_issuer_that_promises_to_name_itself_must(guest: Traveller, issuer: Issuer) -> None:
    # given an issuer that says that its answers name it
    issuer.spoil["openid-configuration"] = {"authorization_response_iss_parameter_supported": True}

    # when an answer does not
    # then it is refused
    assert guest.travel_with(issuer) == {"error": "provider_failed"}
    assert tokens_asked_for(issuer) == []


@pytest.mark.parametrize(
    ("said", "error"),
    [
        ({"error": "access_denied"}, "provider_denied"),
        ({"error": "access_denied", "code": "x"}, "provider_denied"),
        ({"error": "user_cancelled_authorize"}, "provider_denied"),
        ({"error": "server_error"}, "provider_failed"),
        ({"error": "<script>", "error_description": "x" * 3000}, "provider_failed"),
        ({}, "provider_failed"),
        ({"code": "not-one-of-its"}, "provider_failed"),
    ],
)
def test_an_error_at_the_provider_returns_to_the_front_end(
    guest: Traveller, issuer: Issuer, said: dict[str, str], error: str
) -> None:
    # given somebody whom the provider sends back with an error, or with nothing
    state = issuer.sign_in(guest.leave())["state"]

    # when they come back
    query = query_of(guest.come_back({"state": state, **said}))

    # then the front end hears of it in our words
    assert query == {"error": error}
    assert guest.me().status_code == 401


def test_a_look_at_the_headers_uses_nothing_up(guest: Traveller, issuer: Issuer) -> None:
    # given somebody in the middle of an attempt
    answer = issuer.sign_in(guest.leave())

    # when HEAD is asked of both addresses
    looks = [
        guest.http.head(f"{API}/login/acme"),
        guest.http.head(f"{API}/callback/acme", query_string=answer),
    ]

    # then there is no such method, and the attempt still works
    assert [(one.status_code, one.headers["Allow"]) for one in looks] == [
        (405, "GET, OPTIONS"),
        (405, "GET, OPTIONS, POST"),
    ]
    assert query_of(guest.come_back(answer)) == {}


def test_a_browser_keeps_a_few_attempts_at_most(guest: Traveller, issuer: Issuer) -> None:
    # given somebody who begins again and again
    for _ in range(30):
        last = guest.leave()

    # then cookies do not pile up, and the last attempt works
    assert len(guest.http._cookies) <= 9
    assert query_of(guest.come_back(issuer.sign_in(last))) == {}


def test_the_form_of_another_sites_page_is_taken_with_the_cookie_and_only_then(
    build: Callable[..., flask.Flask], issuer: Issuer, monkeypatch: pytest.MonkeyPatch
) -> None:
    # given Apple, whose page posts the answer
    app = build(**as_apple(issuer, monkeypatch), FRONTEND_URL=FRONT)
    guest = Traveller(app)
    answer = issuer.sign_in(guest.leave("apple"))
    headers = {"Origin": "https://appleid.apple.com", "Sec-Fetch-Site": "cross-site"}
    path = f"{API}/callback/apple"

    # when it comes to a browser without the cookie, and to the right one
    assert_refused(app.test_client().post(path, data=answer, headers=headers), issuer)
    mine = guest.http.post(path, data=answer, headers=headers)

    # then the origin is no hindrance, and the cookie decides
    assert query_of(mine) == {}
    assert guest.me().status_code == 200


def test_no_other_operation_takes_the_form_of_another_site(acme: flask.Flask) -> None:
    # given a page of another site
    headers = {"Origin": "https://evil.example", "Sec-Fetch-Site": "cross-site"}

    # when it posts to what lies beside the callback
    tried = [
        acme.test_client().post(f"{API}/{path}", json={}, headers=headers)
        for path in ("oauth/exchange", "login/acme/nonce", "login/acme/token", "identities/acme", "login")
    ]

    # then that is refused
    assert {one.json["code"] for one in tried} == {"cross_site_request"}


def test_the_cookie_for_a_form_goes_along_from_other_sites(
    build: Callable[..., flask.Flask], issuer: Issuer, monkeypatch: pytest.MonkeyPatch
) -> None:
    # given Apple and Google at one application, whatever its own cookies are like
    config = {**as_apple(issuer, monkeypatch), **as_google(issuer, monkeypatch)}
    app = build(**config, FRONTEND_URL=FRONT, JWT_COOKIE_SECURE=False)

    # when somebody begins at each
    cookies = {
        name: app.test_client().get(f"{API}/login/{name}").headers["Set-Cookie"]
        for name in ("apple", "google")
    }

    # then only Apple's cookie comes along with what its page posts, and is safe for that
    assert {"SameSite=None", "Secure", "HttpOnly", "Path=/"} <= set(cookies["apple"].split("; "))
    assert cookies["apple"].startswith("__Host-oauth_")
    assert "SameSite=Lax" in cookies["google"]


def test_nothing_of_an_attempt_can_be_read_in_the_database(
    guest: Traveller, issuer: Issuer, acme: flask.Flask
) -> None:
    # given somebody in the middle of an attempt
    query = dict(parse_qsl(urlsplit(guest.leave()).query))
    (cookie,) = [one.value for one in guest.http._cookies.values()]

    # when the table is read
    with acme.app_context():
        rows = str(
            acme.extensions["sqlalchemy"].session.execute(sa.text("SELECT * FROM auth_vouchers")).all()
        )

    # then neither state, nonce, challenge nor the browser's secret stands there
    assert rows
    for secret in (query["state"], query["nonce"], query["code_challenge"], cookie):
        assert secret not in rows
