"""ID tokens: what is wrong with one opens nothing, in the code flow and from a native app alike."""

from collections.abc import Callable
from typing import Any

import flask
import pytest
from cryptography.hazmat.primitives.asymmetric import ec

from flask_headless_auth import SignInFailed
from tests.oauth.browsers import FRONT, Traveller, confirm, identities_of, query_of
from tests.support.apps import Clock
from tests.support.issuer import CLIENT, OTHER_KEY, SECRET, Issuer, custom

WRONG: dict[str, dict[str, Any]] = {
    "no issuer": {"id_token": {"iss": None}},
    "another issuer": {"id_token": {"iss": "https://evil.example"}},
    "an issuer that begins alike": {"id_token": {"iss": "http://127.0.0.1"}},
    "a list of issuers": {"id_token": {"iss": ["http://127.0.0.1"]}},
    "no audience": {"id_token": {"aud": None}},
    "another client's": {"id_token": {"aud": "another-client"}},
    "another client's, with our azp": {"id_token": {"aud": "another-client", "azp": CLIENT}},
    "an audience besides us": {"id_token": {"aud": [CLIENT, "another-client"], "azp": CLIENT}},
    "an empty audience": {"id_token": {"aud": []}},
    "an audience that is no text": {"id_token": {"aud": {"client": CLIENT}}},
    "an audience that contains us": {"id_token": {"aud": f"x{CLIENT}"}},
    "another's azp": {"id_token": {"azp": "another-client"}},
    "no expiry": {"id_token": {"exp": None}},
    "expired": {"id_token": {"exp": 1_700_000_000}},
    "an expiry that is a text": {"id_token": {"exp": "9999999999"}},
    "an expiry that is a flag": {"id_token": {"exp": True}},
    "not yet": {"id_token": {"nbf": 4_000_000_000}},
    "issued in the future": {"id_token": {"iat": 4_000_000_000}},
    "no time of issue": {"id_token": {"iat": None}},
    "no subject": {"id_token": {"sub": None}},
    "an empty subject": {"id_token": {"sub": ""}},
    "a subject that is a number": {"id_token": {"sub": 7}},
    "an endless subject": {"id_token": {"sub": "x" * 256}},
    "a subject with NUL": {"id_token": {"sub": "a\x00b"}},
    "not signed": {"alg": "none"},
    "signed with the public key": {"alg": "HS256"},
    "an unknown key": {"header": {"kid": "key-9"}},
    "an unknown critical header": {"header": {"crit": ["x"], "x": 1}},
    "a key of its own": {"header": {"kid": None, "jwk": {"kty": "oct", "k": "AAAA"}}, "alg": "HS256"},
}


def test_a_right_token_is_taken(guest: Traveller, issuer: Issuer) -> None:
    # given a token that has everything that a token may have
    issuer.spoil["id_token"] = {"aud": [CLIENT], "azp": CLIENT, "nbf": 1_700_000_000}

    # when somebody comes with it
    # then they are signed in
    assert guest.travel(issuer) == {}


@pytest.mark.parametrize("wrong", WRONG)
def test_a_wrong_token_signs_nobody_in(
    guest: Traveller, issuer: Issuer, acme: flask.Flask, wrong: str, caplog: pytest.LogCaptureFixture
) -> None:
    # given a provider whose tokens have one thing wrong
    confirm(acme, "ada@example.com")
    issuer.spoil.update(WRONG[wrong])

    # when somebody comes from there
    query = guest.travel(issuer)

    # then nobody is signed in, and nothing is linked; and it was for the token that we were told
    assert query == {"error": "provider_failed"}
    assert "acme: " in caplog.text
    assert not {"ConnectionError", "KeyError", "TypeError"} & set(caplog.text.replace(":", "").split())
    assert guest.me().status_code == 401
    assert identities_of(acme) == []


@pytest.mark.parametrize("wrong", WRONG)
def test_a_wrong_token_from_an_app_signs_nobody_in(issuer: Issuer, acme: flask.Flask, wrong: str) -> None:
    # given an app that has such a token, with a good nonce
    app = Traveller(acme, "bearer")
    nonce = app.post("/login/acme/nonce").json["nonce"]
    issuer.spoil.update(WRONG[wrong])
    heard: list[Any] = []
    acme.auth.on(SignInFailed)(heard.append)  # type: ignore[attr-defined]

    # when it is sent
    answer = app.post("/login/acme/token", {"id_token": issuer.id_token(nonce=nonce)})

    # then it is refused, whatever is wrong
    assert (answer.status_code, answer.json["code"]) == (400, "provider_token_refused")
    assert identities_of(acme) == []
    assert len(heard) == 1
    # and the nonce is still good for the right token
    issuer.spoil.clear()
    assert app.post("/login/acme/token", {"id_token": issuer.id_token(nonce=nonce)}).status_code == 200


def test_a_token_that_another_key_signed_under_our_keys_name(guest: Traveller, issuer: Issuer) -> None:
    # given a provider that publishes one key, and a token that another one signed
    issuer.published = {}
    issuer.key, published = OTHER_KEY, issuer.key
    issuer.published = {issuer.kid: published}

    # when somebody comes with it
    # then its signature does not hold
    assert guest.travel(issuer) == {"error": "provider_failed"}


@pytest.mark.parametrize("nonce", [None, "", "another", "x" * 43, ["x"], 7])
def test_the_nonce_is_the_one_that_was_sent(guest: Traveller, issuer: Issuer, nonce: Any) -> None:
    # given a token with another nonce, or with none
    issuer.spoil["id_token"] = {"nonce": nonce}

    # when somebody comes with it
    # then it is refused: it was made for another sign-in
    assert guest.travel(issuer) == {"error": "provider_failed"}


def test_a_token_of_somebody_elses_sign_in_cannot_be_put_in_place(guest: Traveller, issuer: Issuer) -> None:
    # given the token of another attempt of the same browser
    first = issuer.sign_in(guest.leave())
    second = issuer.sign_in(guest.leave())
    issuer.spoil["token"] = {"id_token": issuer.id_token(nonce=issuer.grants[first["code"]].nonce)}

    # when it comes with the second one
    # then it is refused
    assert query_of(guest.come_back(second)) == {"error": "provider_failed"}


def test_a_code_of_another_attempt_is_refused_by_pkce(guest: Traveller, issuer: Issuer) -> None:
    # given two attempts
    first, second = (issuer.sign_in(guest.leave()) for _ in range(2))

    # when the code of one is injected into the other (RFC 9700 §4.5)
    query = query_of(guest.come_back({**second, "code": first["code"]}))

    # then the provider refuses it, because our verifier is not that code's
    assert query == {"error": "provider_failed"}


def test_keys_that_a_provider_replaces_are_asked_for_anew(
    guest: Traveller, issuer: Issuer, acme: flask.Flask, clock: Clock
) -> None:
    # given a provider whose keys are known here
    assert guest.travel(issuer) == {}

    # when it signs with a new one a moment later
    clock.forward(minutes=1)
    issuer.key, issuer.kid = OTHER_KEY, "key-2"

    # then the new one is fetched, and old ones are not asked for more often than that
    assert Traveller(acme).travel(issuer) == {}
    before = [path for path, _ in issuer.asked].count("/keys")
    issuer.spoil["header"] = {"kid": "key-9"}
    for _ in range(5):
        assert Traveller(acme).travel(issuer) == {"error": "provider_failed"}
    assert [path for path, _ in issuer.asked].count("/keys") == before


def test_elliptic_keys_are_taken_and_a_mix_of_key_and_algorithm_is_not(
    guest: Traveller, issuer: Issuer, acme: flask.Flask
) -> None:
    # given a provider that signs with ES256
    issuer.key = ec.generate_private_key(ec.SECP256R1())
    issuer.spoil["alg"] = "ES256"

    # when somebody comes from there
    # then they are signed in
    assert guest.travel(issuer) == {}


def test_an_app_signs_in_with_a_nonce_of_ours_once(
    issuer: Issuer, acme: flask.Flask, kind: str, clock: Clock
) -> None:
    # given an app that got a nonce, and with it a token
    app = Traveller(acme, kind)
    nonce = app.post("/login/acme/nonce").json
    token = {"id_token": issuer.id_token(nonce=nonce["nonce"])}
    assert nonce["expires_in"] == 600

    # when it sends the token
    answer = app._keep(app.post("/login/acme/token", token))

    # then it is signed in, and the token is used up
    assert answer.json["status"] == "signed_in"
    assert ("access_token" in answer.json) == (kind == "bearer")
    assert app.me().json["user"]["email"] == "ada@example.com"
    assert Traveller(acme).post("/login/acme/token", token).json["code"] == "provider_token_refused"


@pytest.mark.parametrize("nonce", ["none", "forged", "old", "another provider's"])
def test_an_app_needs_a_good_nonce(
    build: Callable[..., flask.Flask], issuer: Issuer, clock: Clock, nonce: str
) -> None:
    # given an application with two providers, and a right token with one or another nonce
    entry = custom(issuer)["AUTHSVC_OAUTH_PROVIDERS"]["acme"]
    app = Traveller(build(AUTHSVC_OAUTH_PROVIDERS={"acme": entry, "other": entry}, FRONTEND_URL=FRONT))
    issued = {name: app.post(f"/login/{name}/nonce").json["nonce"] for name in ("acme", "other")}
    nonces = {"none": None, "forged": "x" * 43, "old": issued["acme"], "another provider's": issued["other"]}
    clock.forward(minutes=11 if nonce == "old" else 0)

    # when it is sent
    answer = app.post("/login/acme/token", {"id_token": issuer.id_token(nonce=nonces[nonce])})

    # then it is refused
    assert (answer.status_code, answer.json["code"]) == (400, "provider_token_refused")


def test_clients_of_native_apps_are_listed(build: Callable[..., flask.Flask], issuer: Issuer) -> None:
    # given an application that lists the client ID of its app
    app = Traveller(build(**custom(issuer, native_client_ids=["com.example.app"]), FRONTEND_URL=FRONT))

    def send(**claims: Any) -> int:
        nonce = app.post("/login/acme/nonce").json["nonce"]
        return app.post("/login/acme/token", {"id_token": issuer.id_token(nonce=nonce, **claims)}).status_code

    # when tokens for it come from the app, and in the code flow of browsers
    issuer.spoil["id_token"] = {"aud": "com.example.app"}
    in_the_browser = app.travel(issuer)
    issuer.spoil.clear()

    # then the app's are taken and the browser's is not
    assert send(aud="com.example.app") == 200
    assert send(aud=CLIENT, azp="com.example.app") == 200
    assert send(aud="com.example.other") == 400
    assert send(aud=CLIENT, azp="com.example.other") == 400
    assert in_the_browser == {"error": "provider_failed"}


@pytest.mark.parametrize(
    "token", ["", "x", "a.b.c", "e30.e30.", "." * 100, "x" * 16_384, "{}", "é.é.é", "A" * 20 + ".." + "=" * 9]
)
def test_what_is_no_token_at_all_is_refused_as_one(issuer: Issuer, acme: flask.Flask, token: str) -> None:
    # given an app that sends something else
    answer = Traveller(acme).post("/login/acme/token", {"id_token": token})

    # then it is refused
    assert (answer.status_code, answer.json["code"]) == (400, "provider_token_refused")


def test_an_app_cannot_do_that_at_github(build: Callable[..., flask.Flask]) -> None:
    # given a provider that signs no ID tokens
    app = Traveller(build(GITHUB_CLIENT_ID=CLIENT, GITHUB_CLIENT_SECRET=SECRET))

    # when an app asks for a nonce
    # then there is none
    assert app.post("/login/github/nonce").json["code"] == "provider_unknown"
    assert app.post("/login/github/token", {"id_token": "x"}).json["code"] == "provider_unknown"


def test_an_app_is_told_why_no_account_opens(issuer: Issuer, acme: flask.Flask) -> None:
    # given a confirmed account and a token with its address that proves nothing
    confirm(acme, "ada@example.com")
    app = Traveller(acme, "bearer")
    issuer.person["email_verified"] = False
    nonce = app.post("/login/acme/nonce").json["nonce"]

    # when it is sent
    answer = app.post("/login/acme/token", {"id_token": issuer.id_token(nonce=nonce)})

    # then the account stays shut
    assert (answer.status_code, answer.json["code"]) == (409, "account_not_linked")
