"""Tokens that are well signed and say what no token of ours says; each opens nothing.

Only somebody who has the key makes them: another program with the same secret, or this one in another
version. Rows R29, R31 and R33.
"""

from typing import Any

import flask
import pytest

from flask_headless_auth.clock import timestamp
from tests.security.forging import (
    ABSENT,
    assert_opens_nothing,
    assert_refused,
    bearer,
    claims_of,
    host_with_routes,
    resigned,
    signed_in,
)
from tests.support.apps import Clock, Person


@pytest.fixture
def host(app: flask.Flask) -> flask.Flask:
    """An application that has routes of its own."""
    return host_with_routes(app)


@pytest.fixture
def eve(host: flask.Flask) -> Person:
    """Somebody with good tokens of her own, from which forgeries are made."""
    return signed_in(host, "bearer", "eve@example.com")


_WRONG_CLAIMS: dict[str, list[Any]] = {
    "aud": ["other", "", None, ["http://localhost"], ["http://localhost", "other"], {}, 7, ABSENT, "HTTP://localhost"],
    "iss": ["other", "", None, ["http://localhost"], "http://localhost/", "http://localhos", 7, {}, ABSENT],
    "sub": [None, ["1"], {"id": 1}, 1, True, 1.0, "", " 1", "01", "1.0", "9" * 5000, "9" * 30, "١", "-1",
            "999", "1; --", "\x00", "\ud800", ABSENT],
    "exp": ["9999999999", "soon", [9999999999], 9999999999.5, True, None, {}, -1, 0, ABSENT, 10**30],
    "nbf": ["0", [0], 0.5, True, None, ABSENT],
    "iat": ["0", [0], 0.5, True, None, ABSENT],
    "auth_time": ["0", [0], 0.5, True, None, ABSENT, 10**30],
    "sid": [None, 1, ["a"], {}, "", "unknown", "%", "x" * 4000, "' OR 1=1 --", "\x00", "\ud800", ABSENT],
    "jti": [None, 1, ["a"], {}, ABSENT],
    "type": [None, 1, ["access"], "", "ACCESS", "id", "challenge", "access ", ABSENT],
    "amr": [None, "pwd", 1, {}, ABSENT],
    "csrf": [None, 1, ["a"], ABSENT],
}  # fmt: skip


@pytest.mark.parametrize("claim", _WRONG_CLAIMS)
def test_R29_R31_R33_a_claim_of_another_value_type_or_none_opens_nothing_even_well_signed(
    host: flask.Flask, claim: str
) -> None:
    # given tokens signed with the right key
    eve = signed_in(host, "bearer", "eve@example.com")
    for genuine in (str(eve.access), str(eve.refresh_token)):
        for value in _WRONG_CLAIMS[claim]:
            # when one claim is not as we write it
            token = resigned(host, genuine, **{claim: value})

            # then nobody takes them
            assert_opens_nothing(host, token, (claim, value))
    assert eve.me().status_code == 200


@pytest.mark.parametrize("claim", ["ch", "gen", "keep", "end"])
def test_R33_a_refresh_token_without_its_own_claims_opens_nothing(host: flask.Flask, claim: str) -> None:
    # given a refresh token signed with the right key
    eve = signed_in(host, "bearer", "eve@example.com")
    genuine = str(eve.refresh_token)

    # when a claim that only refresh tokens have is absent or strange
    for value in (ABSENT, None, "x", ["x"], 1.5, 10**30, {}):
        token = resigned(host, genuine, **{claim: value})

        # then nobody takes it, and it changes nothing
        assert_refused(bearer(host, "POST", "/api/auth/token/refresh", f"Bearer {token}"), (claim, value))
    assert eve.refresh().status_code == 200


def test_R33_a_well_signed_token_of_another_users_session_opens_nothing(host: flask.Flask) -> None:
    # given two people
    ada, eve = signed_in(host, email="ada@example.com"), signed_in(host, email="eve@example.com")
    ada_id, ada_sid = claims_of(str(ada.access))["sub"], claims_of(str(ada.access))["sid"]

    # when the session of one is joined with the name of the other
    for genuine in (str(eve.access), str(eve.refresh_token)):
        for changes in ({"sub": ada_id}, {"sid": ada_sid}):
            # then nobody takes it
            assert_opens_nothing(host, resigned(host, genuine, **changes), changes)
    assert [ada.me().status_code, eve.me().status_code] == [200, 200]


@pytest.mark.parametrize("sub", ["abc", "9" * 30, "9" * 5000, "\ud800", "\x00", ""])
def test_R33_signing_out_with_a_strange_name_in_a_well_signed_token_is_refused(
    host: flask.Flask, eve: Person, sub: str
) -> None:
    # given a well-signed token whose user is written as no key is
    token = resigned(host, str(eve.access), sub=sub)

    # when it signs out
    answer = bearer(host, "POST", "/api/auth/logout", f"Bearer {token}", json={})

    # then it is refused and the session goes on
    assert_refused(answer, sub)
    assert eve.me().status_code == 200


def test_R29_a_token_past_its_time_or_before_it_opens_nothing(clock: Clock, build: Any) -> None:
    # given tokens
    host = host_with_routes(build())
    eve = signed_in(host)
    now = int(timestamp())

    # when they are over by seconds, or of the next hour
    for genuine in (str(eve.access), str(eve.refresh_token)):
        for changes in ({"exp": now - 120}, {"exp": now}, {"nbf": now + 3600}, {"nbf": now + 1}):
            # then nobody takes them
            assert_opens_nothing(host, resigned(host, genuine, **changes), changes)
    assert eve.me().status_code == 200
    clock.forward(minutes=15)
    assert_refused(eve.me())
