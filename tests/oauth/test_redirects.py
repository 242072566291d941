"""Where a browser is sent: to the configured provider, back to listed front ends, and never with a token."""

from collections.abc import Callable
from urllib.parse import parse_qsl, urlsplit

import flask
import pytest

from tests.oauth.browsers import FRONT, Traveller, challenge_of
from tests.support.apps import API
from tests.support.issuer import Issuer, custom

HOSTILE = (
    "https://evil.example", "//evil.example", "///evil.example", "/////evil.example", "\\\\evil.example",
    "/\\evil.example", "https:/evil.example", "https:evil.example", "https:\\\\evil.example", "/evil",
    "http://app.example.com", "https://app.example.com.evil.example", "https://app.example.com@evil.example",
    "https://evil.example#https://app.example.com", "https://evil.example/?https://app.example.com",
    "https://app.example.com:444", "https://app.example.com\\@evil.example", " https://evil.example",
    "https://app.example.com\t.evil.example", "https://app.example.com\r\nSet-Cookie: a=b",
    "javascript:alert(1)", "data:text/html,x", "https://appéexample.com", "https://", "",
    "com.evil.app:/x", "https://xapp.example.com", "HTTPS://EVIL.EXAMPLE", "https://[::1]", "x",
)  # fmt: skip

POISON = {
    "Host": "evil.example",
    "X-Forwarded-Host": "evil.example",
    "X-Forwarded-Proto": "https",
    "Forwarded": "host=evil.example",
    "Origin": "https://evil.example",
    "Referer": "https://evil.example/",
    "X-Original-Host": "evil.example",
}


@pytest.mark.parametrize("url", HOSTILE)
def test_nobody_is_sent_to_where_the_list_does_not_say(acme: flask.Flask, issuer: Issuer, url: str) -> None:
    # given a link that somebody else made
    client = acme.test_client()

    # when it is opened
    answer = client.get(f"{API}/login/acme", query_string={"redirect_uri": url})

    # then it is refused before anything else
    assert (answer.status_code, answer.json["errors"].keys()) == (422, {"redirect_uri"})
    assert "Location" not in answer.headers
    assert issuer.asked == []


@pytest.mark.parametrize("name", ["next", "redirect", "redirect_url", "return_to", "url", "continue"])
def test_other_names_for_it_are_none(acme: flask.Flask, name: str) -> None:
    # given a parameter of another name
    answer = acme.test_client().get(f"{API}/login/acme", query_string={name: "https://evil.example"})

    # then it is unknown
    assert (answer.status_code, answer.json["errors"].keys()) == (422, {name})


@pytest.mark.parametrize("goal", ["link", "presence"])
def test_links_and_proofs_return_to_the_same_places_only(
    acme: flask.Flask, issuer: Issuer, goal: str
) -> None:
    # given somebody with an identity
    guest = Traveller(acme)
    assert guest.travel(issuer) == {}

    # when they want to return to elsewhere, and to the front end
    def begin(url: str) -> int:
        if goal == "link":
            return guest.post("/identities/acme", {"redirect_uri": url}).status_code
        body = {"method": "provider", "provider": "acme", "redirect_uri": url}
        return guest.post("/reauthenticate/options", body).status_code

    # then only that is allowed
    assert begin("https://evil.example") == 422
    assert begin(f"{FRONT}/settings") == 200


@pytest.mark.parametrize(
    ("config", "redirect_uri", "target"),
    [
        ({"POST_LOGIN_REDIRECT_URL": f"{FRONT}/welcome"}, None, f"{FRONT}/welcome"),
        ({"POST_LOGIN_REDIRECT_URL": f"{FRONT}/welcome?a=b#c"}, None, f"{FRONT}/welcome?a=b#c"),
        ({"POST_LOGIN_REDIRECT_URL": f"{FRONT}/welcome"}, f"{FRONT}/deep?x=1", f"{FRONT}/deep?x=1"),
        ({"FRONTEND_URL": FRONT}, None, FRONT),
        ({"AUTHSVC_CORS_ORIGINS": [FRONT]}, f"{FRONT}/page", f"{FRONT}/page"),
        (
            {"AUTHSVC_REDIRECT_URLS": ["com.example.app:/back"]},
            "com.example.app:/back",
            "com.example.app:/back",
        ),
        ({}, None, "http://localhost/"),
    ],
)
def test_the_browser_returns_to_the_front_end(
    build: Callable[..., flask.Flask],
    issuer: Issuer,
    config: dict[str, object],
    redirect_uri: str | None,
    target: str,
) -> None:
    # given an application that says where its front end is
    guest = Traveller(build(**custom(issuer), **config))
    query = {"redirect_uri": redirect_uri} if redirect_uri else {}

    # when somebody signs in
    answer = guest.come_back(issuer.sign_in(guest.leave(**query)))

    # then they are there, and what stood in the address stands there still
    assert (answer.status_code, answer.headers["Location"]) == (302, target)
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["Referrer-Policy"] == "no-referrer"


def test_an_error_and_a_code_are_added_to_what_stands_in_the_address(
    build: Callable[..., flask.Flask], issuer: Issuer
) -> None:
    # given a page of the front end with a query and a fragment
    app = build(**custom(issuer), POST_LOGIN_REDIRECT_URL=f"{FRONT}/welcome?a=b#c")
    guest = Traveller(app)

    # when a sign-in fails, and when one goes on with a code
    denied = guest.come_back({"state": issuer.sign_in(guest.leave())["state"], "error": "access_denied"})
    state = issuer.sign_in(guest.leave(code_challenge=challenge_of("v" * 43)))
    going_on = guest.come_back(state)

    # then both stand in the query
    assert denied.headers["Location"] == f"{FRONT}/welcome?a=b&error=provider_denied#c"
    parts = urlsplit(going_on.headers["Location"])
    assert [name for name, _ in parse_qsl(parts.query)] == ["a", "code"]
    assert parts.fragment == "c"


def test_no_token_is_ever_in_an_address(guest: Traveller, issuer: Issuer) -> None:
    # given somebody who signs in by cookies and by code
    addresses = []
    for query in ({}, {"code_challenge": challenge_of("v" * 43)}):
        away = guest.leave(**query)
        addresses += [away, guest.come_back(issuer.sign_in(away)).headers["Location"]]

    # then neither ours nor the provider's tokens are in what the browser keeps in its history
    for address in addresses:
        assert "eyJ" not in address
        assert "access-of-ada" not in address
        assert "token" not in address.replace("/token", "")


@pytest.mark.parametrize("header", POISON)
def test_addresses_come_from_the_configuration(
    build: Callable[..., flask.Flask], issuer: Issuer, header: str
) -> None:
    # given a server that knows where it is
    app = build(**custom(issuer), FRONTEND_URL=FRONT, AUTHSVC_PUBLIC_URL="https://auth.example.com")

    # when a request says otherwise
    answer = app.test_client().get(f"{API}/login/acme", headers={header: POISON[header]})

    # then the provider is told the right address to send the browser to
    query = dict(parse_qsl(urlsplit(answer.headers["Location"]).query))
    assert query["redirect_uri"] == f"https://auth.example.com{API}/callback/acme"
    assert "evil" not in answer.headers["Location"]


def test_a_server_that_does_not_know_its_address_says_so(
    build: Callable[..., flask.Flask], issuer: Issuer
) -> None:
    # given a server without AUTHSVC_PUBLIC_URL
    app = build(**custom(issuer), AUTHSVC_PUBLIC_URL=None)

    # when somebody begins
    answer = app.test_client().get(f"{API}/login/acme")

    # then it says what is missing
    assert (answer.status_code, answer.json["code"]) == (503, "public_url_missing")
