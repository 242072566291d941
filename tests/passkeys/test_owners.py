"""Whose passkey it is: nobody signs in, steps up or answers as somebody else (GHSA-97r5, R61)."""

from typing import Any

import flask
import pytest

from tests.passkeys.people import add, refused, rows, sign_in, to_add
from tests.support.apps import Person
from tests.support.authenticator import Authenticator, decoded


@pytest.fixture
def eve(app: flask.Flask) -> Person:
    """Somebody else, with a passkey of her own on `eve.device`."""
    person = Person(app, "bearer", "eve@example.com")
    person.sign_up()
    person.device = Authenticator()  # type: ignore[attr-defined]
    add(person, person.device)  # type: ignore[attr-defined]
    return person


def test_a_handle_is_random_and_says_nothing(app: flask.Flask) -> None:
    # given two people
    ada, bob = Person(app, "bearer", "ada@example.com"), Person(app, "bearer", "bob@example.com")
    ada.sign_up()
    bob.sign_up()

    # when both are about to add passkeys, twice
    handles = [to_add(one)["user"]["id"] for one in (ada, bob, ada, bob)]

    # then each has a handle of 64 bytes that stays the same
    assert handles[:2] == handles[2:]
    assert handles[0] != handles[1]
    assert {len(decoded(one)) for one in handles} == {64}


def test_an_answer_with_the_handle_of_somebody_else_is_refused(
    ada: Person, device: Authenticator, eve: Any
) -> None:
    # given somebody who knows the handle of another
    stolen = device.residents[0].handle

    # when she signs in with her passkey and that handle
    answer = sign_in(eve, eve.device, handle=stolen)

    # then it is refused
    assert refused(answer)


def test_an_answer_without_a_handle_signs_nobody_in(ada: Person, device: Authenticator) -> None:
    # given a passkey that does not say whose it is
    # when somebody signs in with it
    answer = sign_in(ada, device, handle=None)

    # then it is refused
    assert refused(answer)


def test_a_credential_that_somebody_has_is_added_to_nobody_else(
    ada: Person, device: Authenticator, eve: Person
) -> None:
    # given the id of a credential that is another user's
    taken = device.residents[0].id
    before = rows(ada.app)

    # when somebody brings one of the same id, with a key of their own
    answer = eve.post(
        "/passkeys/register", {"credential": Authenticator().create(to_add(eve), credential_id=taken)}
    )

    # then it is refused, and the other's is as it was
    assert refused(answer)
    assert rows(ada.app) == before
    assert sign_in(ada, device).json["user"]["email"] == "ada@example.com"


def test_an_account_has_each_authenticator_once(ada: Person, device: Authenticator) -> None:
    # given somebody with a passkey
    # when the same authenticator is asked for another
    options = to_add(ada)

    # then it refuses, because it is told of the one that it has
    assert [decoded(one["id"]) for one in options["excludeCredentials"]] == [device.residents[0].id]
    with pytest.raises(PermissionError):
        device.create(options)


def test_presence_is_shown_by_a_passkey_of_the_same_user_only(
    ada: Person, device: Authenticator, eve: Any
) -> None:
    # given somebody signed in as another, with a passkey of her own
    thief = Person(ada.app, "bearer", ada.email)
    thief.sign_in()

    def prove(credential: dict[str, Any]) -> Any:
        return thief.post("/reauthenticate", {"method": "passkey", "credential": credential})

    # when she shows her own passkey: to the other's challenge, and to one of her own
    options = thief.post("/reauthenticate/options", {"method": "passkey"}).json["options"]
    resident = eve.device.residents[0]
    answers = [prove(eve.device.get(options, resident=resident))]
    hers = eve.post("/reauthenticate/options", {"method": "passkey"}).json["options"]
    answers.append(prove(eve.device.get(hers)))

    # and says that it is the other's
    options = thief.post("/reauthenticate/options", {"method": "passkey"}).json["options"]
    answers.append(prove(eve.device.get(options, resident=resident, handle=device.residents[0].handle)))
    options = thief.post("/reauthenticate/options", {"method": "passkey"}).json["options"]
    answers.append(prove(eve.device.get(options, resident=resident, handle=None)))

    # then she is refused each time
    assert [(one.status_code, one.json["code"]) for one in answers] == [(401, "invalid_credentials")] * 4


def test_options_to_sign_in_are_the_same_for_everybody(ada: Person, device: Authenticator) -> None:
    # given somebody with a passkey, and a stranger
    # when both ask for options
    answers = [one.post("/passkeys/login/options") for one in (ada, Person(ada.app))]

    # then they differ in the challenge alone, and name no credential (R62)
    options = [one.json["options"] for one in answers]
    assert len({one.pop("challenge") for one in options}) == 2
    assert options[0] == options[1]
    assert options[0]["allowCredentials"] == []
    assert {one.status_code for one in answers} == {200}


def test_nobody_asks_for_the_options_of_an_address(app: flask.Flask) -> None:
    # when somebody names one
    answer = Person(app).post("/passkeys/login/options", {"email": "ada@example.com"})

    # then it is not read
    assert answer.json["options"]["allowCredentials"] == []
