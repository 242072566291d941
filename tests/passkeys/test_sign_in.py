"""Adding a passkey, and signing in with it."""

import flask
import pytest

from tests.passkeys.people import add, sign_in
from tests.support.apps import Person
from tests.support.authenticator import Authenticator


def test_somebody_adds_a_passkey_and_signs_in_with_it(ada: Person) -> None:
    # given somebody who has added a passkey
    device = Authenticator()
    passkey = add(ada, device, name="My phone")
    assert ada.sign_out().status_code == 200

    # when they sign in with it, and say nothing of who they are
    answer = sign_in(ada, device)

    # then they are signed in, by two factors
    assert answer.status_code == 200
    assert answer.json["status"] == "signed_in"
    assert answer.json["user"]["email"] == "ada@example.com"
    assert ada.get("/check-auth").json["session"]["methods"] == ["passkey", "mfa"]

    # and the list says when it was used
    (listed,) = ada.get("/passkeys").json["items"]
    assert (listed["id"], listed["name"]) == (passkey["id"], "My phone")
    assert passkey["last_used_at"] is None
    assert listed["last_used_at"] is not None


@pytest.mark.parametrize("algorithm", ["ES256", "EdDSA", "RS256"])
def test_each_algorithm_that_is_offered_works(app: flask.Flask, algorithm: str) -> None:
    # given somebody with a device of this algorithm
    ada, device = Person(app), Authenticator(algorithm=algorithm)
    ada.sign_up()

    # when they add it, and sign in twice
    add(ada, device)

    # then it is them
    for _ in range(2):
        assert sign_in(ada, device).json["user"]["email"] == ada.email
