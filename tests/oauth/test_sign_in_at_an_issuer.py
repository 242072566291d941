"""Signing in at an OpenID Connect issuer: whose account it opens, and whose it never does."""

from collections.abc import Callable
from typing import Any

import flask
import pytest
import sqlalchemy as sa

from flask_headless_auth import EmailConfirmed, ProviderLinked, SignedIn, SignedUp, SignInFailed
from flask_headless_auth.events import Event
from flask_headless_auth.features.oauth.feature import OAUTH
from tests.oauth.browsers import FRONT, Traveller, challenge_of, change, confirm, identities_of
from tests.support.apps import Clock, Person
from tests.support.issuer import Issuer, custom


def listen(app: flask.Flask) -> list[Event]:
    """What happens from now on."""
    heard: list[Event] = []
    app.auth.on(Event)(heard.append)  # type: ignore[attr-defined]
    return heard


def names_of(heard: list[Event]) -> list[str]:
    """The names of events, those of mail and sessions left out."""
    return [type(one).__name__ for one in heard if type(one).__name__ not in ("MailQueued", "SessionRevoked")]


def test_somebody_new_gets_an_account_and_is_signed_in(guest: Traveller, issuer: Issuer) -> None:
    # given somebody who has no account, and an issuer that vouches for their address
    assert guest.me().status_code == 401
    heard = listen(guest.app)

    # when they go there and come back
    query = guest.travel(issuer)

    # then the front end is opened with nothing in its address, and they are signed in
    assert query == {}
    user = guest.me().json["user"]
    assert user["email"] == "ada@example.com"
    assert (user["first_name"], user["last_name"]) == ("Ada", "Lovelace")
    assert (user["is_verified"], user["provider"]) == (True, "acme")
    assert names_of(heard) == [SignedUp.__name__, EmailConfirmed.__name__, SignedIn.__name__]
    assert guest.get("/check-auth").json["session"]["methods"] == ["provider"]


def test_a_browser_that_comes_back_gets_cookies_and_no_other_channel(
    guest: Traveller, issuer: Issuer, acme: flask.Flask
) -> None:
    # given an application whose tokens travel in both ways
    answer = guest.come_back(issuer.sign_in(guest.leave()))

    # then the session has the channel of the cookies alone, for nobody could be handed the other's tokens
    assert sum("_token=" in one for one in answer.headers.getlist("Set-Cookie")) == 2
    with acme.app_context():
        columns = sa.text("SELECT cookie_generation, body_generation FROM auth_sessions")
        assert acme.extensions["sqlalchemy"].session.execute(columns).all() == [(1, None)]


def test_the_second_time_it_is_the_same_account(
    guest: Traveller, issuer: Issuer, acme: flask.Flask, clock: Clock
) -> None:
    # given somebody who signed up there
    guest.travel(issuer)
    first = guest.me().json["user"]["id"]

    # when they come from there again with another address, in another browser
    clock.forward(days=1)
    issuer.person["email"] = "renamed@example.com"
    again = Traveller(acme)
    assert again.travel(issuer) == {}

    # then it is the same account, with its own address, and the identity shows the new one
    user = again.me().json["user"]
    assert (user["id"], user["email"]) == (first, "ada@example.com")
    (identity,) = again.get("/identities").json["items"]
    assert (identity["provider"], identity["label"]) == ("acme", "Acme")
    assert identity["email"] == "renamed@example.com"
    assert identity["last_used_at"] > identity["created_at"]


def test_the_address_may_be_told_by_userinfo_only(guest: Traveller, issuer: Issuer) -> None:
    # given an issuer whose ID tokens have nothing but the subject
    issuer.slim = True

    # when somebody comes from there
    assert guest.travel(issuer) == {}

    # then userinfo was asked with the access token
    assert guest.me().json["user"]["email"] == "ada@example.com"
    assert ("/userinfo", {"bearer": "Bearer access-of-ada"}) in issuer.asked


def test_userinfo_of_somebody_else_signs_nobody_in(guest: Traveller, issuer: Issuer) -> None:
    # given an issuer whose userinfo speaks of another subject
    issuer.slim = True
    issuer.spoil["userinfo"] = {"sub": "mallory"}

    # when somebody comes from there
    query = guest.travel(issuer)

    # then they are not signed in
    assert query == {"error": "provider_failed"}
    assert guest.me().status_code == 401


def test_a_proven_address_links_the_confirmed_account_that_has_it_and_its_owner_is_told(
    guest: Traveller, issuer: Issuer, acme: flask.Flask
) -> None:
    # given an account whose address is confirmed
    key = confirm(acme, "ada@example.com")
    told: list[tuple[str, str, str]] = []
    acme.auth.on(ProviderLinked)(lambda one: told.append((one.user.email, one.provider, one.label)))  # type: ignore[attr-defined]

    # when its owner comes from an issuer that vouches for the address
    assert guest.travel(issuer) == {}

    # then they are in that account, and the event that the notice follows says what was linked
    assert guest.me().json["user"]["id"] == str(key)
    assert told == [("ada@example.com", "acme", "Acme")]
    assert {mail.tells_of for mail in OAUTH.mails} >= {ProviderLinked}


def test_a_squatter_on_an_unconfirmed_address_keeps_no_way_in(
    guest: Traveller, issuer: Issuer, acme: flask.Flask
) -> None:
    # given somebody who has signed up with an address that is not theirs, and is signed in
    squatter = Person(acme, "bearer", "ada@example.com")
    assert squatter.sign_up().status_code == 201
    assert squatter.me().status_code == 200

    # when the owner of the address comes from an issuer that vouches for it
    assert guest.travel(issuer) == {}

    # then the account is the owner's, and neither the password nor the session of the squatter works
    assert guest.me().json["user"]["is_verified"] is True
    assert squatter.me().status_code == 401
    assert squatter.refresh().status_code == 401
    assert squatter.sign_in().status_code == 401


def test_a_squatters_identity_goes_with_the_rest(guest: Traveller, issuer: Issuer, acme: flask.Flask) -> None:
    # given a squatter who came from the issuer with an address that it does not vouch for
    issuer.person.update(sub="mallory", email_verified=False)
    squatter = Traveller(acme)
    assert squatter.travel(issuer) == {}
    assert squatter.me().json["user"]["is_verified"] is False

    # when the owner comes, for whom the issuer vouches
    issuer.person.update(sub="ada", email_verified=True)
    assert guest.travel(issuer) == {}

    # then the squatter's session is over, and their identity opens the account no more
    assert squatter.me().status_code == 401
    assert [one["id"] for one in guest.get("/identities").json["items"]] == identities_of(acme)
    issuer.person.update(sub="mallory", email_verified=False)
    assert Traveller(acme).travel(issuer) == {"error": "account_not_linked"}


@pytest.mark.parametrize("is_verified", [True, False])
@pytest.mark.parametrize(
    "claims",
    [
        {"email_verified": False},
        {"email_verified": None},
        {"email_verified": "true"},
        {"email_verified": 1},
        {"email": "ada@elsewhere.example"},
    ],
)
def test_an_address_that_is_not_proved_never_links(
    guest: Traveller, issuer: Issuer, acme: flask.Flask, claims: dict[str, Any], is_verified: bool
) -> None:
    # given an account, confirmed or not, and an issuer that does not prove the address in its own way
    issuer.person.update(claims)
    confirm(acme, issuer.person["email"], is_verified=is_verified)

    # when somebody comes from there with this address
    query = guest.travel(issuer)

    # then they are told to link it, and nothing is linked
    assert query == {"error": "account_not_linked"}
    assert guest.me().status_code == 401
    assert identities_of(acme) == []


def test_an_issuer_of_ones_own_vouches_for_nobody_unless_told(
    build: Callable[..., flask.Flask], issuer: Issuer
) -> None:
    # given an application that does not say whose addresses the issuer may vouch for
    app = build(**custom(issuer, email_domains=[]), FRONTEND_URL=FRONT)
    confirm(app, "ada@example.com")

    # when somebody comes with an address that the issuer says is verified
    query = Traveller(app).travel(issuer)

    # then that opens nothing
    assert query == {"error": "account_not_linked"}


def test_a_new_account_with_an_unproved_address_is_not_confirmed(guest: Traveller, issuer: Issuer) -> None:
    # given an address that the issuer does not prove, and that nobody has
    issuer.person["email_verified"] = False

    # when somebody comes with it
    assert guest.travel(issuer) == {}

    # then they have an account like one of sign-up
    assert guest.me().json["user"]["is_verified"] is False


@pytest.mark.parametrize("address", [None, "", "not an address", "a@b@example.com", ["ada@example.com"], 7])
def test_without_an_address_there_is_no_account(guest: Traveller, issuer: Issuer, address: Any) -> None:
    # given an issuer that tells no address
    issuer.person["email"] = address

    # when somebody new comes from there
    query = guest.travel(issuer)

    # then no account is made
    assert query == {"error": "email_missing"}
    assert guest.me().status_code == 401


def test_where_nobody_signs_up_providers_make_no_accounts_either(
    build: Callable[..., flask.Flask], issuer: Issuer
) -> None:
    # given an application without sign-up, with one confirmed account
    app = build(**custom(issuer), FRONTEND_URL=FRONT, AUTHSVC_ENABLE_SIGNUP=False)
    confirm(app, "ada@example.com")

    # when its owner comes, and then somebody new
    assert Traveller(app).travel(issuer) == {}
    issuer.person.update(sub="bob", email="bob@example.com")
    query = Traveller(app).travel(issuer)

    # then only the owner is let in
    assert query == {"error": "sign_up_closed"}


@pytest.mark.parametrize("way", [{}, {"code_challenge": challenge_of("v" * 43)}], ids=["cookies", "code"])
@pytest.mark.parametrize("is_linked", [True, False])
def test_a_suspended_account_stays_shut(
    guest: Traveller, issuer: Issuer, acme: flask.Flask, is_linked: bool, way: dict[str, str]
) -> None:
    # given an account that is suspended, linked already or not
    key = confirm(acme, "ada@example.com")
    if is_linked:
        assert Traveller(acme).travel(issuer) == {}
    change(acme, key, is_active=False)
    heard = listen(acme)

    # when its owner comes from the issuer
    query = guest.travel(issuer, **way)

    # then they are refused, as with a password, and it is recorded
    assert query == {"error": "invalid_credentials"}
    assert names_of(heard) == [SignInFailed.__name__]
    assert guest.me().status_code == 401
    assert len(identities_of(acme)) == int(is_linked)


@pytest.mark.parametrize("power", ["role", "granted", "flag"])
def test_an_account_with_power_over_others_is_never_linked_by_its_address(
    build: Callable[..., flask.Flask], issuer: Issuer, power: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    # given a confirmed account that has a role, in our table, or is an administrator by the host's own column
    app = build(**custom(issuer), FRONTEND_URL=FRONT)
    key = confirm(app, "ada@example.com")
    user_model = app.auth.user_model  # type: ignore[attr-defined]
    with app.app_context():
        if power == "granted":
            app.auth.grant_role(app.extensions["sqlalchemy"].session.get(user_model, key), "support")  # type: ignore[attr-defined]
        elif power == "role":
            monkeypatch.setattr(user_model, "roles", property(lambda self: ["admin"]))
            app.auth.grant_role(app.extensions["sqlalchemy"].session.get(user_model, key), "admin")  # type: ignore[attr-defined]
        else:
            monkeypatch.setattr(user_model, "is_admin", True, raising=False)

    # when somebody comes from an issuer that vouches for its address
    query = Traveller(app).travel(issuer)

    # then the account is not theirs by that
    assert query == {"error": "account_not_linked"}
    assert identities_of(app) == []


def test_a_role_that_is_listed_as_harmless_is_no_hindrance(
    build: Callable[..., flask.Flask], issuer: Issuer
) -> None:
    # given a host whose customers have a role
    app = build(**custom(issuer), FRONTEND_URL=FRONT, AUTHSVC_OAUTH_LINKED_ROLES=["user", "customer"])
    key = confirm(app, "ada@example.com")
    with app.app_context():
        user = app.extensions["sqlalchemy"].session.get(app.auth.user_model, key)  # type: ignore[attr-defined]
        app.auth.grant_role(user, "customer")  # type: ignore[attr-defined]

    # when one comes
    # then they are linked
    assert Traveller(app).travel(issuer) == {}


def test_names_are_a_strangers_text_and_are_kept_short_and_in_one_line(
    guest: Traveller, issuer: Issuer
) -> None:
    # given an issuer that tells odd names
    issuer.person.update(given_name="A\x00d\na" + "x" * 5000, family_name=["Lovelace"])

    # when somebody comes from there
    assert guest.travel(issuer) == {}

    # then what fits is kept
    user = guest.me().json["user"]
    assert user["first_name"] == ("Ada" + "x" * 5000)[:100]
    assert user["last_name"] is None
