"""Many at once, each on a connection of its own: one account, one use, one way left."""

from collections import Counter
from typing import Any
from urllib.parse import urlencode

import flask
import pytest
import sqlalchemy as sa

from tests.oauth.browsers import FRONT, Traveller, challenge_of, query_of
from tests.sessions.test_races import at_once
from tests.support.apps import API, make_app, uuid_user
from tests.support.issuer import Issuer, custom

MANY = 6


@pytest.fixture
def app(any_database_url: str, issuer: Issuer) -> flask.Flask:
    """An application on each engine in turn, whose users have UUIDs."""
    return make_app(any_database_url, user_model=uuid_user(), **custom(issuer), FRONTEND_URL=FRONT)


def count(app: flask.Flask, table: str) -> int:
    """How many rows a table has."""
    with app.app_context():
        found: Any = app.extensions["sqlalchemy"].session.scalar(sa.text(f"SELECT count(*) FROM {table}"))
        return int(found)


def test_parallel_first_sign_ins_of_one_identity_make_one_account(app: flask.Flask, issuer: Issuer) -> None:
    # given somebody new, in several browsers at once
    browsers = [Traveller(app) for _ in range(MANY)]
    answers = [(one, issuer.sign_in(one.leave())) for one in browsers]

    # when all come back at the same moment
    queries = at_once([lambda one=one, back=back: query_of(one.come_back(back)) for one, back in answers])

    # then there is one account and one identity, and each of them is signed in
    assert queries == [{}] * MANY
    assert (count(app, "accounts"), count(app, "auth_identities")) == (1, 1)
    assert len({one.me().json["user"]["id"] for one in browsers}) == 1


def test_parallel_first_sign_ins_at_two_providers_with_one_address_make_one_account(
    any_database_url: str, issuer: Issuer
) -> None:
    # given two providers that vouch for one address
    entry = custom(issuer)["AUTHSVC_OAUTH_PROVIDERS"]["acme"]
    providers = {f"p{number}": entry for number in range(MANY)}
    app = make_app(any_database_url, AUTHSVC_OAUTH_PROVIDERS=providers, FRONTEND_URL=FRONT)
    browsers = {name: Traveller(app) for name in providers}
    answers = {name: issuer.sign_in(one.leave(name)) for name, one in browsers.items()}

    # when somebody comes back from all of them at the same moment
    calls = [
        lambda name=name, one=one: query_of(one.come_back(answers[name], name))
        for name, one in browsers.items()
    ]
    queries = at_once(calls)

    # then there is one account, linked to all of them
    assert queries == [{}] * MANY
    assert (count(app, "users"), count(app, "auth_identities")) == (1, MANY)


def test_one_answer_of_a_provider_is_taken_once(app: flask.Flask, issuer: Issuer) -> None:
    # given somebody who is on the way back
    guest = Traveller(app)
    answer = issuer.sign_in(guest.leave())
    cookies = [(one.key, one.value) for one in guest.http._cookies.values()]

    def come_back() -> int:
        client = app.test_client()
        for name, value in cookies:
            client.set_cookie(name, value)
        return client.get(f"{API}/callback/acme?{urlencode(answer)}").status_code

    # when the answer comes several times at the same moment
    statuses = at_once([come_back] * MANY)

    # then it is taken once, and the provider is asked once
    assert Counter(statuses) == {302: 1, 400: MANY - 1}
    assert [path for path, _ in issuer.asked].count("/token") == 1


def test_one_code_is_exchanged_once(app: flask.Flask, issuer: Issuer) -> None:
    # given a code
    verifier = "v" * 43
    code = Traveller(app).travel(issuer, code_challenge=challenge_of(verifier))["code"]

    # when it is exchanged several times at the same moment
    calls = [lambda: Traveller(app, "bearer").exchange(code, code_verifier=verifier).status_code] * MANY
    statuses = at_once(calls)

    # then that works once
    assert Counter(statuses) == {200: 1, 400: MANY - 1}


def test_one_nonce_is_used_once(app: flask.Flask, issuer: Issuer) -> None:
    # given an ID token with a nonce of ours
    nonce = Traveller(app).post("/login/acme/nonce").json["nonce"]
    token = {"id_token": issuer.id_token(nonce=nonce)}

    # when it is sent several times at the same moment
    statuses = at_once([lambda: Traveller(app).post("/login/acme/token", token).status_code] * MANY)

    # then that works once
    assert Counter(statuses) == {200: 1, 400: MANY - 1}


def test_two_that_are_unlinked_at_once_leave_one(app: flask.Flask, issuer: Issuer) -> None:
    # given somebody with identities, no password, and a client for each
    guest = Traveller(app, "bearer")
    code = guest.travel(issuer, code_challenge=challenge_of("v" * 43))["code"]
    assert guest.exchange(code, code_verifier="v" * 43).status_code == 200
    for number in range(3):
        issuer.person["sub"] = f"self-{number}"
        assert guest.link(issuer) == {}
    ids = [one["id"] for one in guest.get("/identities").json["items"]]

    def unlink(identity_id: str) -> int:
        client = Traveller(app, "bearer")
        client.access = guest.access
        return client.call("DELETE", f"/identities/{identity_id}").status_code

    # when all are unlinked at the same moment
    statuses = at_once([lambda one=one: unlink(one) for one in ids])

    # then one stays
    assert Counter(statuses) == {200: len(ids) - 1, 409: 1}
    assert count(app, "auth_identities") == 1
