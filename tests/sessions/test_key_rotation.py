"""Changing the signing key signs nobody out as long as the old one is still accepted, and everybody after."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import flask
import pytest

from tests.sessions.at_the_wire import copy_of, header_of, refresh_token_of
from tests.sessions.hosts import admitted, everywhere, host
from tests.sessions.key_material import private_pem, public_pem
from tests.support.apps import STRONG, Clock, Person

Build = Callable[..., flask.Flask]

OLD_SECRET, NEW_SECRET = "old " * 9 + "0123456789", "new " * 9 + "9876543210"
ROOT = STRONG["SECRET_KEY"]
NEW_ROOT = "fedcba9876543210" * 4


@dataclass(frozen=True)
class Change:
    """A change of keys: the configuration before, while both are accepted, and with the old one gone."""

    before: dict[str, Any]
    during: dict[str, Any]
    after: dict[str, Any]


def private(algorithm: str, name: str = "") -> dict[str, Any]:
    """Configuration that signs with a private key."""
    return {"JWT_ALGORITHM": algorithm, "JWT_PRIVATE_KEY": private_pem(algorithm, name)}


def from_to(before: dict[str, Any], after: dict[str, Any], previous: str) -> Change:
    """A change whose old key is listed among the previous ones meanwhile."""
    return Change(before, {**after, "AUTHSVC_TOKENS_PREVIOUS_KEYS": [previous]}, after)


CHANGES = {
    "a new JWT_SECRET_KEY": from_to(
        {"JWT_SECRET_KEY": OLD_SECRET}, {"JWT_SECRET_KEY": NEW_SECRET}, OLD_SECRET
    ),
    "a new SECRET_KEY from which tokens derive": Change(
        {"SECRET_KEY": ROOT},
        {"SECRET_KEY": NEW_ROOT, "SECRET_KEY_FALLBACKS": [ROOT]},
        {"SECRET_KEY": NEW_ROOT},
    ),
    "a JWT_SECRET_KEY without any SECRET_KEY": from_to(
        {"SECRET_KEY": None, "JWT_SECRET_KEY": OLD_SECRET},
        {"SECRET_KEY": None, "JWT_SECRET_KEY": NEW_SECRET},
        OLD_SECRET,
    ),
    "RS256 to another RS256": from_to(private("RS256"), private("RS256", "new"), public_pem("RS256")),
    "RS256 to ES256 with the public half": from_to(private("RS256"), private("ES256"), public_pem("RS256")),
    "RS256 to ES256 with the private half": from_to(private("RS256"), private("ES256"), private_pem("RS256")),
    "HS256 to EdDSA": from_to({"JWT_SECRET_KEY": OLD_SECRET}, private("EdDSA"), OLD_SECRET),
    "EdDSA back to HS256": from_to(private("EdDSA"), {"JWT_SECRET_KEY": OLD_SECRET}, public_pem("EdDSA")),
    "derived HS256 to ES256": Change(
        {"SECRET_KEY": ROOT},
        {**private("ES256"), "SECRET_KEY_FALLBACKS": [ROOT]},
        private("ES256"),
    ),
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_nobody_is_signed_out_by_a_new_key(
    clock: Clock, database_url: str, kind: str, change: Change
) -> None:
    # given somebody signed in before the change
    before = host(database_url, **change.before)
    ada = Person(before, kind, "ada@example.com")
    assert ada.sign_up().status_code == 201
    old_kid = header_of(refresh_token_of(ada))["kid"]

    # when the server starts with the new key and still accepts the old one
    during = host(database_url, **change.during)
    visitor = copy_of(ada, app=during)

    # then old tokens work, and refreshing them gives tokens of the new key
    assert admitted(visitor) == everywhere(200)
    assert visitor.refresh().status_code == 200
    assert header_of(refresh_token_of(visitor))["kid"] != old_kid
    assert admitted(visitor) == everywhere(200)
    clock.forward(days=29)
    assert visitor.refresh().status_code == 200

    # and when the old key is gone, the new tokens still work
    after = host(database_url, **change.after)
    assert admitted(copy_of(visitor, app=after)) == everywhere(200)


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_a_key_that_is_gone_signs_nobody_in(database_url: str, kind: str, change: Change) -> None:
    # given tokens of the old key
    ada = Person(host(database_url, **change.before), kind, "ada@example.com")
    ada.sign_up()

    # when the server no longer accepts it
    visitor = copy_of(ada, app=host(database_url, **change.after))

    # then they are refused, and whoever knows the password signs in anew
    assert admitted(visitor) == everywhere(401)
    assert visitor.me().json["code"] == "token_invalid"
    assert visitor.refresh().json["code"] == "token_invalid"
    assert visitor.sign_out().json["code"] == "token_invalid"
    visitor.access = None
    assert visitor.sign_in().status_code == 200
    assert admitted(visitor) == everywhere(200)


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_the_grace_outlives_the_change(clock: Clock, database_url: str, kind: str, change: Change) -> None:
    # given two tabs, one of which refreshed just before the server was started again with the new key
    ada = Person(host(database_url, **change.before), kind, "ada@example.com")
    ada.sign_up()
    tab = copy_of(ada, app=host(database_url, **change.during))
    assert ada.refresh().status_code == 200

    # when the other one follows
    clock.forward(seconds=10)
    followed = tab.refresh()

    # then it has tokens that work, and so has the first
    assert followed.status_code == 200
    assert tab.me().status_code == 200
    assert copy_of(ada, app=tab.app).refresh().status_code == 200


def test_several_old_keys_are_accepted_side_by_side(database_url: str, kind: str) -> None:
    # given people who signed in under three keys in turn
    first = {"JWT_SECRET_KEY": OLD_SECRET}
    second = private("RS256")
    third = {**private("EdDSA"), "AUTHSVC_TOKENS_PREVIOUS_KEYS": [OLD_SECRET, public_pem("RS256")]}
    people = [Person(host(database_url, **config), kind) for config in (first, second, third)]
    for person in people:
        assert person.sign_up().status_code == 201

    # when they all come to the server that has the third
    app = host(database_url, **third)

    # then each is known
    for person in people:
        assert admitted(copy_of(person, app=app)) == everywhere(200)


def test_an_old_public_key_verifies_and_never_signs(database_url: str, kind: str) -> None:
    # given a server that accepts an old key of which it has the private half, too
    app = host(database_url, **private("ES256"), AUTHSVC_TOKENS_PREVIOUS_KEYS=[private_pem("RS256")])

    # when somebody signs in
    ada = Person(app, kind, "ada@example.com")
    ada.sign_up()

    # then the new key has signed
    assert header_of(refresh_token_of(ada))["alg"] == "ES256"
