"""Forged tokens of every kind, at our guard and at a host's plain `@jwt_required()`.

Each is refused with the same 401 problem, whose detail begins with "401 " and which names no reason that
would help the forger; none is a 5xx. Rows R28 and R34; claims are in `test_token_claims.py`.
"""

import copy
from collections.abc import Callable
from typing import Any

import flask
import jwt
import pytest

from tests.security.forging import (
    assert_opens_nothing,
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
from tests.support.apps import Person


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
