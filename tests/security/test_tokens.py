"""Forged tokens of every kind, at our guard and at a host's plain `@jwt_required()`.

Each is refused with the same 401 problem, whose detail begins with "401 " and which names no reason that
would help the forger; none is a 5xx. Rows R28 to R34 and R49 of the requirements.
"""

import copy
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import flask
import jwt
import pytest

from flask_headless_auth.clock import timestamp
from flask_headless_auth.tickets import Tickets
from tests.security.forging import (
    ABSENT,
    ACCEPTORS,
    assert_opens_nothing,
    assert_refused,
    bearer,
    claims_of,
    header_of,
    host_with_routes,
    keys_of,
    own_key_header,
    pem,
    resigned,
    segment,
    signed_in,
    with_header,
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


def test_the_genuine_tokens_pass_where_they_belong_or_no_other_test_here_means_anything(
    host: flask.Flask, eve: Person
) -> None:
    # given genuine tokens
    access, refresh = f"Bearer {eve.access}", f"Bearer {eve.refresh_token}"

    # when each is used where it belongs
    answers = [
        bearer(host, "GET", "/api/auth/user/@me", access),
        bearer(host, "GET", "/host/private", access),
        bearer(host, "POST", "/host/refresh", refresh),
        bearer(host, "GET", "/api/auth/check-auth", f"Bearer {resigned(host, str(eve.access))}"),
        bearer(host, "POST", "/api/auth/token/refresh", f"Bearer {resigned(host, str(eve.refresh_token))}"),
    ]

    # then all pass, those signed again with the same claims too
    assert [one.status_code for one in answers] == [200] * 5


@pytest.mark.parametrize("spelling", ["none", "None", "NONE", "nOnE", "", " none", "HS256 "])
def test_R28_a_token_without_algorithm_opens_nothing(host: flask.Flask, eve: Person, spelling: str) -> None:
    for token in (str(eve.access), str(eve.refresh_token)):
        for header in ({"alg": spelling}, {**header_of(token), "alg": spelling}):
            # when the header names no algorithm, with and without the old signature
            unsigned = with_header(token, header)
            kept = with_header(token, header, keep_signature=True)

            # then nobody takes it
            assert_opens_nothing(host, unsigned, header)
            assert_opens_nothing(host, kept, header)


@pytest.mark.parametrize("algorithm", ["RS256", "ES256"])
def test_R28_a_published_key_is_no_secret_for_hmac(build: Callable[..., flask.Flask], algorithm: str) -> None:
    # given an application that publishes its key
    private, public = pem(algorithm)
    app = host_with_routes(build(JWT_ALGORITHM=algorithm, JWT_PRIVATE_KEY=private))
    eve = signed_in(app)
    assert app.test_client().get("/api/auth/.well-known/jwks.json").json["keys"]
    header = header_of(str(eve.access))

    # when a forger signs by HMAC with the public key in any of its forms
    for key in (public, public.strip(), public.replace(b"\n", b""), public.replace(b"\n", b"\r\n")):
        for forged in ({**header, "alg": "HS256"}, {"alg": "HS256", "typ": "JWT"}, {"alg": "HS256"}, header):
            token = with_header(str(eve.access), forged, key)

            # then nobody takes it, under any header
            assert_opens_nothing(app, token, forged)
    assert_opens_nothing(app, with_header(str(eve.access), {**header, "alg": "none"}), "none")
    assert eve.me().status_code == 200


def test_R28_the_secret_signs_only_with_its_own_algorithm(host: flask.Flask, eve: Person) -> None:
    # given the right secret, which no forger has
    secret = keys_of(host).keys[0].signing

    # when it signs with a sister of its algorithm, or under a header that is written differently
    claims = claims_of(str(eve.access))
    kid = header_of(str(eve.access))["kid"]
    others = [jwt.encode(claims, secret, algorithm=one, headers={"kid": kid}) for one in ("HS384", "HS512")]
    others.append(jwt.encode(claims, secret, algorithm="HS256"))
    others.append(jwt.encode(claims, secret, algorithm="HS256", headers={"kid": kid, "extra": 1}))

    # then nobody takes it: one key has one algorithm and one header
    for token in others:
        assert_opens_nothing(host, token, header_of(token))


def _kid(value: Any) -> dict[str, Any]:
    return {"alg": "HS256", "typ": "JWT", "kid": value}


@pytest.mark.parametrize(
    "header",
    [
        _kid("other"), _kid(""), _kid(None), _kid(7), _kid(["a"]), _kid("../../../../dev/null"),
        _kid("/dev/null"), _kid("' OR '1'='1"), _kid("x" * 4000), _kid("http://127.0.0.1/key"),
        {"alg": "HS256", "jku": "http://127.0.0.1/jwks.json"}, {"alg": "RS256", "x5u": "http://127.0.0.1/x"},
        {"alg": "RS256", "x5c": ["MIIB"]}, {"alg": "HS256", "jwk": {"kty": "oct", "k": segment(b"k" * 32)}},
        {"alg": ["HS256"]}, {"alg": None}, {"alg": {"a": 1}}, {}, [], "HS256", None, 7, b"\xff\xfe", b"",
    ],
)  # fmt: skip
def test_R28_no_header_of_the_forgers_names_the_key(host: flask.Flask, eve: Person, header: Any) -> None:
    # given keys that a forger can know
    for key in (b"", b"\x00" * 32, b"k" * 32, b"secret"):
        # when a header points to them in every way the standards have
        token = with_header(str(eve.access), header, key)

        # then nothing is looked up and nobody takes it
        assert_opens_nothing(host, token, header)
    if isinstance(header, dict):
        pointed = {**header_of(str(eve.access)), **{k: v for k, v in header.items() if k != "alg"}}
        if pointed != header_of(str(eve.access)):
            assert_opens_nothing(host, with_header(str(eve.access), pointed, keep_signature=True), pointed)


def test_R28_a_key_that_travels_in_the_token_is_not_used(host: flask.Flask, eve: Person) -> None:
    # given a token signed with the forger's own key, which its header carries
    header, mine = own_key_header(str(eve.access))

    # when it is shown
    token = jwt.encode(claims_of(str(eve.access)), mine, algorithm="RS256", headers=header)

    # then nobody takes it
    assert_opens_nothing(host, token, "jwk")


@pytest.mark.parametrize("crit", [["exp"], ["b64"], ["http://example.com/unknown"], [], "exp", None])
def test_R34_a_token_that_calls_a_header_critical_opens_nothing(
    host: flask.Flask, eve: Person, crit: Any
) -> None:
    # given the right key
    header = {**header_of(str(eve.access)), "crit": crit, "b64": True, "exp": 1}

    # when the header has extensions that must be understood
    token = with_header(str(eve.access), header, keys_of(host).keys[0].signing)

    # then nobody takes it
    assert_opens_nothing(host, token, crit)


def _mutated(token: str) -> dict[str, str]:
    """Spoilt copies of a token, by what was done to them."""
    header, payload, signature = token.split(".")
    flipped = "B" if signature[0] == "A" else "A"
    admin = copy.deepcopy(claims_of(token)) | {"sub": "1", "role": "admin"}
    return {
        "no signature": f"{header}.{payload}.",
        "two parts": f"{header}.{payload}",
        "one part": header,
        "four parts": f"{token}.{signature}",
        "empty parts": "..",
        "first byte of the signature": f"{header}.{payload}.{flipped}{signature[1:]}",
        "last bytes cut": token[:-4],
        "one character cut": token[:-1],
        "half a signature": f"{header}.{payload}.{signature[: len(signature) // 2]}",
        "another payload": f"{header}.{segment(admin)}.{signature}",
        "a payload of null": f"{header}.{segment(None)}.{signature}",
        "a payload that is no JSON": f"{header}.{segment(b'{{{')}.{signature}",
        "parts exchanged": f"{payload}.{header}.{signature}",
        "padding": f"{token}==",
        "white space inside": f"{header}. {payload}.{signature}",
        "a line end": f"{header}.{payload}.\t{signature}",
        "NUL behind": f"{token}%00",
        "quoted": f'"{token}"',
        "twice": f"{token}{token}",
        "with a scheme": f"Bearer {token}",
        "lower case": token.lower(),
    }


def test_R28_a_stripped_mutated_or_cut_token_opens_nothing(host: flask.Flask, eve: Person) -> None:
    # given genuine tokens
    for genuine in (str(eve.access), str(eve.refresh_token)):
        # when they are spoilt
        for label, token in _mutated(genuine).items():
            # then nobody takes them
            assert_opens_nothing(host, token, label)
    assert eve.me().status_code == 200


@pytest.mark.parametrize("size", [8_193, 100_000])
def test_R28_a_very_long_token_is_refused_unread(host: flask.Flask, eve: Person, size: int) -> None:
    # given a token of the right key that is too long, and rubbish of that length
    long = resigned(host, str(eve.access), padding="x" * size)

    # when they are shown, then nobody takes them
    assert_opens_nothing(host, long, "long")
    assert_opens_nothing(host, "a" * size, "rubbish")
    assert_opens_nothing(host, "." * size, "dots")


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
