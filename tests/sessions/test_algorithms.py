"""Four algorithms, one key each: what they sign is verified here, and elsewhere with the keys we serve."""

import base64
import hmac
import json
from collections.abc import Callable
from typing import Any

import flask
import jwt
import pytest

from tests.sessions.at_the_wire import (
    access_token_of,
    claims_of,
    copy_of,
    header_of,
    refresh_token_of,
)
from tests.sessions.hosts import admitted, everywhere, host
from tests.sessions.key_material import ALGORITHMS, ASYMMETRIC, private_pem, public_pem
from tests.support.apps import API, Clock, Person

Build = Callable[..., flask.Flask]
PUBLIC_MEMBERS = {
    "RS256": {"kty", "n", "e", "kid", "alg", "use"},
    "ES256": {"kty", "crv", "x", "y", "kid", "alg", "use"},
    "EdDSA": {"kty", "crv", "x", "kid", "alg", "use"},
}


def signing_with(algorithm: str) -> dict[str, Any]:
    """Configuration that signs with this algorithm."""
    private = {} if algorithm == "HS256" else {"JWT_PRIVATE_KEY": private_pem(algorithm)}
    return {"JWT_ALGORITHM": algorithm, **private}


def signed_up(app: flask.Flask, kind: str) -> Person:
    """Ada, whose account was made a moment ago."""
    ada = Person(app, kind, "ada@example.com")
    assert ada.sign_up().status_code == 201
    return ada


def jwks_of(app: flask.Flask) -> list[dict[str, Any]]:
    """The public keys that an application serves."""
    answer = app.test_client().get(f"{API}/.well-known/jwks.json")
    assert answer.status_code == 200
    keys: list[dict[str, Any]] = answer.json["keys"]
    return keys


@pytest.mark.parametrize("algorithm", ALGORITHMS)
def test_each_algorithm_carries_somebody_from_sign_up_to_sign_out(
    clock: Clock, database_url: str, kind: str, algorithm: str
) -> None:
    # given a server that signs with this algorithm
    app = host(database_url, **signing_with(algorithm))
    ada = signed_up(app, kind)
    assert {header_of(token)["alg"] for token in (access_token_of(ada), refresh_token_of(ada))} == {algorithm}
    assert admitted(ada) == everywhere(200)

    # when she refreshes, proves presence and signs out
    clock.forward(minutes=16)
    assert ada.me().json["code"] == "token_expired"
    assert ada.refresh().status_code == 200
    assert ada._keep(ada.post("/reauthenticate", {"password": ada.password})).status_code == 200
    stolen = copy_of(ada)
    assert admitted(stolen) == everywhere(200)
    assert ada.sign_out().status_code == 200

    # then nothing of it is left
    assert admitted(stolen) == everywhere(401)
    assert ada.sign_in().status_code == 200


@pytest.mark.parametrize("algorithm", ALGORITHMS)
def test_the_successor_within_the_grace_is_the_same(
    clock: Clock, build: Build, kind: str, algorithm: str
) -> None:
    # given two tabs, one of which has refreshed
    ada = signed_up(build(**signing_with(algorithm)), kind)
    tab = copy_of(ada)
    clock.forward(minutes=1)
    ada.refresh()

    # when the other follows, later
    clock.forward(seconds=17)
    assert tab.refresh().status_code == 200

    # then the tokens are the same bytes, or where signatures are random, the same claims
    for token_of in (access_token_of, refresh_token_of):
        assert claims_of(token_of(tab)) == claims_of(token_of(ada))
        assert header_of(token_of(tab)) == header_of(token_of(ada))
        if algorithm != "ES256":
            assert token_of(tab) == token_of(ada)


@pytest.mark.parametrize("algorithm", ALGORITHMS)
def test_another_worker_gives_the_same_successor(
    clock: Clock, build: Build, kind: str, algorithm: str
) -> None:
    # given two workers with one configuration, and two tabs
    here, there = build(**signing_with(algorithm)), build(**signing_with(algorithm))
    ada = signed_up(here, kind)
    tab = copy_of(ada, app=there)

    # when one refreshes here and the other there
    ada.refresh()
    assert tab.refresh().status_code == 200

    # then both say the same
    assert claims_of(refresh_token_of(tab)) == claims_of(refresh_token_of(ada))
    assert claims_of(access_token_of(tab)) == claims_of(access_token_of(ada))


@pytest.mark.parametrize("algorithm", ASYMMETRIC)
def test_others_verify_an_access_token_with_the_key_that_is_served(
    build: Build, kind: str, algorithm: str
) -> None:
    # given a server that signs with a private key, and somebody's token
    app = build(**signing_with(algorithm))
    token = access_token_of(signed_up(app, kind))

    # when another service fetches the public keys and takes the one that the token names
    keys = jwks_of(app)
    (key,) = [jwt.PyJWK(one) for one in keys if one["kid"] == jwt.get_unverified_header(token)["kid"]]
    claims = jwt.decode(
        token, key, algorithms=[algorithm], audience="http://localhost", issuer="http://localhost"
    )

    # then it verifies the token, and the key says no more than it should
    assert (claims["sub"], claims["type"]) == ("1", "access")
    assert [set(one) for one in keys] == [PUBLIC_MEMBERS[algorithm]]
    assert (keys[0]["alg"], keys[0]["use"]) == (algorithm, "sig")


def test_a_shared_secret_is_never_served(build: Build) -> None:
    # given servers that sign with a secret, or did before
    private = private_pem("EdDSA")
    secret_only = build(JWT_SECRET_KEY="a strong secret with many characters, 42")
    now_public = build(
        JWT_ALGORITHM="EdDSA", JWT_PRIVATE_KEY=private,
        AUTHSVC_TOKENS_PREVIOUS_KEYS=["a strong secret with many characters, 42"],
    )  # fmt: skip

    # when the public keys are asked for
    # then there are none, or only the public one
    assert jwks_of(secret_only) == []
    assert [one["alg"] for one in jwks_of(now_public)] == ["EdDSA"]


def test_the_key_set_is_served_with_the_old_key_while_it_is_accepted(build: Build) -> None:
    # given a server whose key was changed from RSA to an elliptic curve
    app = build(**signing_with("ES256"), AUTHSVC_TOKENS_PREVIOUS_KEYS=[public_pem("RS256")])

    # when the public keys are asked for
    keys = jwks_of(app)

    # then both are there, the signing one first, each with a name of its own
    assert [one["alg"] for one in keys] == ["ES256", "RS256"]
    assert len({one["kid"] for one in keys}) == 2


@pytest.mark.parametrize("algorithm", ALGORITHMS)
def test_tokens_say_nothing_about_the_person_and_nothing_about_their_roles(
    build: Build, kind: str, algorithm: str
) -> None:
    # given somebody's tokens
    ada = Person(build(**signing_with(algorithm)), kind, "ada@example.com")
    ada.sign_up(first_name="Ada", last_name="Lovelace")

    # when they are read
    access, refresh = claims_of(access_token_of(ada)), claims_of(refresh_token_of(ada))

    # then they hold the session's facts and no more
    common = {"iss", "aud", "sub", "sid", "jti", "iat", "nbf", "exp", "type", "auth_time", "amr", "csrf"}
    assert set(access) == common
    assert set(refresh) == common | {"ch", "gen", "keep", "end"}
    assert (access["sub"], access["type"], access["exp"] - access["iat"]) == ("1", "access", 900)
    assert access["amr"] == ["pwd"]
    assert access["jti"] != refresh["jti"]


@pytest.mark.parametrize("algorithm", ASYMMETRIC)
def test_a_public_key_is_no_secret_to_sign_with(build: Build, kind: str, algorithm: str) -> None:
    # given a forger who takes the served public key for a shared secret
    app = build(**signing_with(algorithm))
    ada = signed_up(app, kind)
    token = access_token_of(ada)
    _, payload, _ = token.split(".")
    forged = []
    for header in ({"alg": "HS256", "typ": "JWT"}, {**header_of(token), "alg": "HS256"}, header_of(token)):
        head = _part(header)
        for secret in (public_pem(algorithm).encode(), public_pem(algorithm).strip().encode()):
            signature = _hmac(secret, f"{head}.{payload}")
            forged.append(f"{head}.{payload}.{signature}")

    # when such tokens come
    for token in forged:
        thief = Person(app, "bearer")
        thief.access = token

        # then they are refused
        assert thief.me().json["code"] == "token_invalid"


def _part(header: dict[str, Any]) -> str:
    raw = json.dumps(header, separators=(",", ":"), sort_keys=True).encode()
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def _hmac(secret: bytes, text: str) -> str:
    return base64.urlsafe_b64encode(hmac.digest(secret, text.encode(), "sha256")).rstrip(b"=").decode()
