"""The code of the redirect: for clients without cookies, and where a second factor is pending."""

from collections.abc import Callable
from typing import Any

import flask
import pytest

from flask_headless_auth.features import catalog
from tests.embedding.test_a_second_factor import Toy
from tests.oauth.browsers import FRONT, Traveller, challenge_of, change, confirm
from tests.support.apps import API, Clock
from tests.support.issuer import Issuer, custom

VERIFIER = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"
CHALLENGE = challenge_of(VERIFIER)


@pytest.fixture
def toy(monkeypatch: pytest.MonkeyPatch) -> Toy:
    """A second factor, in the catalogue."""
    factor = Toy()
    monkeypatch.setattr(catalog, "ALL", (*catalog.ALL, factor.feature()))
    return factor


def test_a_client_without_cookies_gets_a_code_and_no_session(
    acme: flask.Flask, issuer: Issuer, kind: str
) -> None:
    # given an app that sends a system browser to the provider with a challenge of its own
    browser, app = Traveller(acme), Traveller(acme, kind)
    away = issuer.sign_in(browser.leave(code_challenge=CHALLENGE))

    # when the browser comes back
    answer = browser.come_back(away)
    query = answer.headers["Location"].partition("?code=")[2]

    # then it is not signed in, and the app is, by the code and its verifier, in its own channel
    assert not any("access_token" in one for one in answer.headers.getlist("Set-Cookie"))
    assert browser.me().status_code == 401
    exchanged = app.exchange(query, code_verifier=VERIFIER)
    assert exchanged.json["status"] == "signed_in"
    assert ("refresh_token" in exchanged.json) == (kind == "bearer")
    assert app.me().json["user"]["email"] == "ada@example.com"


@pytest.mark.parametrize(
    "more",
    [{}, {"code_verifier": "w" * 43}, {"code_verifier": CHALLENGE}, {"code_verifier": "☃" * 43}],
)
def test_the_code_of_a_challenge_needs_its_verifier_even_in_the_right_browser(
    guest: Traveller, issuer: Issuer, more: dict[str, str]
) -> None:
    # given a code that belongs to a challenge
    code = guest.travel(issuer, code_challenge=CHALLENGE)["code"]

    # when the browser, whose cookie is right, sends it without the verifier or with another one
    answer = guest.exchange(code, **more)

    # then it is refused, and the right one still works
    assert (answer.status_code, answer.json["code"]) == (400, "oauth_code_invalid")
    assert guest.exchange(code, code_verifier=VERIFIER).status_code == 200


def test_a_code_works_once_and_for_a_minute(guest: Traveller, issuer: Issuer, clock: Clock) -> None:
    # given two codes
    first, second = (guest.travel(issuer, code_challenge=CHALLENGE)["code"] for _ in range(2))

    # when one is used twice, and the other too late
    answers = [guest.exchange(first, code_verifier=VERIFIER) for _ in range(2)]
    clock.forward(seconds=61)
    answers.append(guest.exchange(second, code_verifier=VERIFIER))

    # then it works once
    assert [one.status_code for one in answers] == [200, 400, 400]
    assert answers[1].json["code"] == answers[2].json["code"] == "oauth_code_invalid"


def test_a_pending_second_factor_returns_a_code_and_the_challenge_comes_with_the_exchange(
    toy: Toy, build: Callable[..., flask.Flask], issuer: Issuer
) -> None:
    # given somebody with a second factor
    app = build(**custom(issuer), FRONTEND_URL=FRONT)
    confirm(app, "ada@example.com")
    toy.enrolled.add("ada@example.com")
    guest, stranger = Traveller(app), Traveller(app)

    # when they come back from the provider
    query = guest.travel(issuer)

    # then they are not signed in; neither token nor challenge is in the address
    assert set(query) == {"code"}
    assert guest.me().status_code == 401
    # and the code is good in this browser only, for a challenge
    assert stranger.exchange(query["code"]).json["code"] == "oauth_code_invalid"
    answer = guest.exchange(query["code"])
    assert (answer.json["status"], answer.json["methods"]) == ("challenge", ["toy"])
    assert guest.me().status_code == 401
    assert toy.asked_about[-1] == ["provider"]


def test_a_second_factor_is_asked_of_apps_too(
    toy: Toy, build: Callable[..., flask.Flask], issuer: Issuer
) -> None:
    # given somebody with a second factor, at an app
    app = build(**custom(issuer), FRONTEND_URL=FRONT)
    confirm(app, "ada@example.com")
    toy.enrolled.add("ada@example.com")
    ada = Traveller(app, "bearer")

    # when they come by a code, and by an ID token
    code = ada.travel(issuer, code_challenge=CHALLENGE)["code"]
    nonce = ada.post("/login/acme/nonce").json["nonce"]
    answers = [
        ada.exchange(code, code_verifier=VERIFIER),
        ada.post("/login/acme/token", {"id_token": issuer.id_token(nonce=nonce)}),
    ]

    # then both ask
    assert [one.json["status"] for one in answers] == ["challenge"] * 2
    assert not any("access_token" in one.json for one in answers)


def test_a_factor_that_is_out_of_order_keeps_everybody_out(
    toy: Toy, build: Callable[..., flask.Flask], issuer: Issuer
) -> None:
    # given a second factor that cannot be asked for
    app = build(**custom(issuer), FRONTEND_URL=FRONT)
    confirm(app, "ada@example.com")
    toy.enrolled.add("ada@example.com")
    toy.works = False

    # when its owner comes
    # then the sign-in fails closed
    assert Traveller(app).travel(issuer) == {"error": "second_factor_unavailable"}


def test_whoever_is_suspended_between_redirect_and_exchange_is_not_let_in(
    guest: Traveller, issuer: Issuer, acme: flask.Flask
) -> None:
    # given somebody with a code
    key = confirm(acme, "ada@example.com")
    code = guest.travel(issuer, code_challenge=CHALLENGE)["code"]

    # when they are suspended before it is exchanged
    change(acme, key, is_active=False)
    answer = guest.exchange(code, code_verifier=VERIFIER)

    # then the account is shut
    assert (answer.status_code, answer.json["code"]) == (401, "invalid_credentials")


@pytest.mark.parametrize(
    "challenge",
    ["", "x", "x" * 42, "x" * 44, "x" * 42 + "=", "x" * 42 + "\n", "x" * 43 + "\n", "é" * 43, "plain"],
)
def test_a_challenge_that_is_none_is_refused_at_once(acme: flask.Flask, challenge: str) -> None:
    # given an app whose challenge is not S256
    answer = acme.test_client().get(f"{API}/login/acme", query_string={"code_challenge": challenge})

    # then it does not even begin
    assert (answer.status_code, answer.json["errors"].keys()) == (422, {"code_challenge"})


def test_where_tokens_travel_in_no_cookies_a_challenge_is_needed(
    build: Callable[..., flask.Flask], issuer: Issuer
) -> None:
    # given an application with bearer tokens only
    app = build(**custom(issuer), FRONTEND_URL=FRONT, JWT_TOKEN_LOCATION=["headers"])
    ada = Traveller(app, "bearer")

    # when somebody begins without a challenge, and with one
    without = app.test_client().get(f"{API}/login/acme")
    code = ada.travel(issuer, code_challenge=CHALLENGE)["code"]

    # then it has to be there
    assert (without.status_code, without.json["errors"].keys()) == (422, {"code_challenge"})
    assert ada.exchange(code, code_verifier=VERIFIER).status_code == 200


@pytest.mark.parametrize("code", ["", "x", "x" * 43, "☃", "state", "presence", "nonce"])
def test_other_secrets_are_no_codes(guest: Traveller, issuer: Issuer, code: str) -> None:
    # given the secrets of other purposes
    secrets = {
        "state": issuer.sign_in(guest.leave())["state"],
        "nonce": guest.post("/login/acme/nonce").json["nonce"],
    }

    # when one is exchanged
    answer = guest.exchange(secrets.get(code, code), code_verifier=VERIFIER)

    # then it is no code
    assert (answer.status_code, answer.json["code"]) == (400, "oauth_code_invalid")


def test_a_session_that_need_not_last_does_not(guest: Traveller, issuer: Issuer) -> None:
    # given a client that does not want to be remembered
    code = guest.travel(issuer, code_challenge=CHALLENGE)["code"]

    # when it exchanges its code
    answer = guest.exchange(code, code_verifier=VERIFIER, remember=False)

    # then its cookies go with the browser
    set_cookies = [one for one in answer.headers.getlist("Set-Cookie") if "token=" in one]
    assert len(set_cookies) == 2
    assert not any("Max-Age" in one for one in set_cookies)


def test_what_holds_a_new_account_holds_a_taken_address_alike(
    build: Callable[..., flask.Flask], issuer: Issuer, monkeypatch: pytest.MonkeyPatch
) -> None:
    # given an application where unconfirmed accounts have to wait, and an address that is taken
    held = catalog.ALL[0].__class__(name="waiting", holds=_until_confirmed)
    monkeypatch.setattr(catalog, "ALL", (*catalog.ALL, held))
    app = build(**custom(issuer), FRONTEND_URL=FRONT)
    confirm(app, "taken@example.com")

    def arrive(email: str) -> dict[str, Any]:
        someone = Traveller(app)
        issuer.person.update(sub=email, email=email, email_verified=False)
        query = someone.travel(issuer)
        answer: dict[str, Any] = someone.exchange(query["code"]).json
        return {**answer, "email": "…", "keys": sorted(query)}

    # when somebody comes with a free one and somebody with the taken one, neither of them proved
    free, taken = arrive("free@example.com"), arrive("taken@example.com")

    # then nobody learns which is which
    assert free == taken
    assert free["status"] == "verification_required"


def _until_confirmed(user: Any) -> dict[str, Any] | None:
    return None if user.is_verified else {"status": "verification_required", "email": user.email}
