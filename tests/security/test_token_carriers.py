"""Which kind of token is taken where, and where tokens are looked for at all. Rows R30 and R49."""

from collections.abc import Callable
from datetime import timedelta

import flask
import pytest

from flask_headless_auth.tickets import Tickets
from tests.security.forging import (
    ACCEPTORS,
    assert_refused,
    bearer,
    claims_of,
    host_with_routes,
    signed_in,
)
from tests.support.apps import Person


@pytest.fixture
def host(app: flask.Flask) -> flask.Flask:
    """An application that has routes of its own."""
    return host_with_routes(app)


@pytest.fixture
def eve(host: flask.Flask) -> Person:
    """Somebody with good tokens of her own, from which forgeries are made."""
    return signed_in(host, "bearer", "eve@example.com")


def test_R30_every_kind_of_token_is_taken_only_where_it_belongs(host: flask.Flask, eve: Person) -> None:
    # given each kind of token and slip that the server makes
    tickets = host.extensions["flask_headless_auth"].parts[Tickets]
    slips = {
        purpose: tickets.issue(purpose, ["1", [["pwd", 0]]], timedelta(minutes=10))
        for purpose in ("challenge", "sessions-cursor", "reset")
    }
    kinds = {"access": str(eve.access), "refresh": str(eve.refresh_token), **slips}
    kinds["csrf"] = claims_of(str(eve.access))["csrf"]
    kinds["session"] = str(eve.session_id)

    # when each is shown at each acceptor
    for kind, token in kinds.items():
        for method, path in ACCEPTORS:
            answer = bearer(host, method, path, f"Bearer {token}")
            fits = kind == ("refresh" if path.endswith("/refresh") else "access")

            # then only those that belong are taken
            if fits:
                assert answer.status_code == 200, (kind, path, answer.text)
            else:
                assert_refused(answer, (kind, path))


def test_R30_a_list_takes_only_its_own_cursors(host: flask.Flask, eve: Person) -> None:
    # given slips and tokens that are no cursor of this list
    for cursor in (str(eve.access), "a", "a.b", "", "%00", "x" * 600, "bnVsbA.AAAA"):
        # when a page is asked for with one
        answer = eve.get("/sessions", query_string={"cursor": cursor})

        # then the field is named
        assert answer.status_code == 422, cursor
        assert "cursor" in answer.json["errors"]


_HEADERS = [
    "", " ", "Bearer", "Bearer ", "Bearer a b", "bearer x", "BEARER x", "Basic YTpi", "Basic", "Token x",
    "Digest username=x", "Negotiate", "Bearer\tx", "Bearer null", "Bearer undefined", "Bearer ,", "x" * 5000,
    "Bearer Bearer", "JWT x", "bearer", ",", "Bearer \u00e9", "Bearer ''", "Bearer fha_0",
]  # fmt: skip


@pytest.mark.parametrize("header", _HEADERS)
def test_a_header_that_is_there_wins_over_a_good_cookie(host: flask.Flask, eve: Person, header: str) -> None:
    # given a browser that is signed in
    browser = Person(host, "cookie", "eve@example.com")
    assert browser.sign_in().status_code == 200
    assert browser.http.get("/host/private").status_code == 200

    # when a request carries any Authorization header beside its cookies
    for method, path in ACCEPTORS:
        answer = browser.http.open(path, method=method, headers={"Authorization": header})

        # then the cookie is not looked at
        assert_refused(answer, (header, path))


@pytest.mark.parametrize("name", ["jwt", "access_token", "token", "Authorization", "refresh_token", "bearer"])
def test_R49_a_token_in_the_address_or_in_the_body_is_not_looked_at(
    host: flask.Flask, eve: Person, name: str
) -> None:
    # given genuine tokens
    client = host.test_client()
    for token in (str(eve.access), str(eve.refresh_token)):
        for method, path in ACCEPTORS:
            # when they travel anywhere but in the header or the cookie
            answers = [
                client.open(path, method=method, query_string={name: token}),
                client.open(path, method=method, query_string={name: f"Bearer {token}"}),
                client.open(path, method=method, json={name: token}),
                client.open(path, method=method, data={name: token}),
                client.open(path, method=method, headers={f"X-{name}": token}),
            ]

            # then nobody is signed in
            for answer in answers:
                assert_refused(answer, path)


def test_R49_a_host_cannot_switch_on_tokens_in_the_address_by_its_own_setting(
    build: Callable[..., flask.Flask],
) -> None:
    # given a host that changes the setting behind our back
    host = host_with_routes(build())
    host.config.update(JWT_TOKEN_LOCATION=["headers", "cookies"], JWT_QUERY_STRING_NAME="jwt")
    eve = signed_in(host)

    # when a token comes in the address
    answer = host.test_client().get("/host/private", query_string={"jwt": eve.access})

    # then it is not looked at
    assert_refused(answer)
