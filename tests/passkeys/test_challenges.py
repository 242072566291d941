"""A challenge is for one purpose and one user, once, for five minutes (R61, django-mfa2 CVE-2022-42731)."""

from collections.abc import Callable
from typing import Any

import flask
import pytest

from tests.passkeys.people import add, refused, rows, sign_in, to_add, to_sign_in
from tests.sessions.at_the_wire import update_user
from tests.support.apps import Clock, Person
from tests.support.authenticator import Authenticator, decoded


def test_a_challenge_is_long_and_never_the_same(app: flask.Flask) -> None:
    # given a hundred challenges
    nobody = Person(app)
    challenges = [decoded(to_sign_in(nobody)["challenge"]) for _ in range(100)]

    # then each has 256 bits, and they are all different
    assert {len(one) for one in challenges} == {32}
    assert len(set(challenges)) == 100


def test_an_answer_signs_in_once(ada: Person, device: Authenticator) -> None:
    # given an answer that has signed somebody in
    answer = {"credential": device.get(to_sign_in(ada))}
    assert ada.post("/passkeys/login", answer).status_code == 200

    # when it comes again
    again = Person(ada.app, ada.kind).post("/passkeys/login", answer)

    # then it is refused
    assert refused(again)


def test_an_answer_adds_a_passkey_once(ada: Person) -> None:
    # given an answer that has added a passkey
    answer = {"credential": Authenticator().create(to_add(ada))}
    assert ada.post("/passkeys/register", answer).status_code == 201

    # when it comes again, even after the passkey was removed
    refusals = [ada.post("/passkeys/register", answer)]
    passkey = ada.get("/passkeys").json["items"][0]
    assert ada.call("DELETE", f"/passkeys/{passkey['id']}").status_code == 200
    refusals.append(ada.post("/passkeys/register", answer))

    # then it is refused
    assert all(refused(one) for one in refusals)
    assert rows(ada.app) == []


def test_a_wrong_answer_uses_its_challenge_up(ada: Person, device: Authenticator) -> None:
    # given a challenge to which a wrong answer came
    options = to_sign_in(ada)
    wrong = device.get(options, origin="https://evil.example")
    assert refused(ada.post("/passkeys/login", {"credential": wrong}))

    # when the right one comes
    late = ada.post("/passkeys/login", {"credential": device.get(options)})

    # then it is too late
    assert refused(late)


def test_a_challenge_lives_five_minutes(clock: Clock, ada: Person, device: Authenticator) -> None:
    # given two challenges of the same moment
    first, second = to_sign_in(ada), to_sign_in(ada)

    # when one is answered before five minutes are over and the other behind them
    clock.forward(minutes=5, seconds=-1)
    in_time = ada.post("/passkeys/login", {"credential": device.get(first)})
    clock.forward(seconds=1)
    late = ada.post("/passkeys/login", {"credential": device.get(second)})

    # then the one signs in and the other is refused
    assert in_time.status_code == 200
    assert refused(late)


def to_sign_up(person: Person) -> dict[str, Any]:
    """Options to make the passkey of a new account."""
    answer = Person(person.app).post("/passkeys/signup/options", {"email": "new@example.com"})
    options: dict[str, Any] = answer.json["options"]
    return options


def to_show_presence(person: Person) -> dict[str, Any]:
    """Options to show presence."""
    answer = person.post("/reauthenticate/options", {"method": "passkey"})
    options: dict[str, Any] = answer.json["options"]
    return options


PURPOSES: dict[str, Callable[[Person], dict[str, Any]]] = {
    "register": to_add,
    "login": to_sign_in,
    "signup": to_sign_up,
    "presence": to_show_presence,
}


@pytest.mark.parametrize("asked", PURPOSES)
@pytest.mark.parametrize(
    "used", ["/passkeys/register", "/passkeys/login", "/passkeys/signup", "/reauthenticate"]
)
def test_a_challenge_for_one_thing_is_none_for_another(app: flask.Flask, asked: str, used: str) -> None:
    # given somebody with a passkey, and a challenge for one thing
    ada, device = Person(app, "bearer", "ada@example.com"), Authenticator()
    ada.sign_up()
    add(ada, device)
    challenge = PURPOSES[asked](ada)["challenge"]

    # when it is answered as if it were for another
    if used in ("/passkeys/register", "/passkeys/signup"):
        made = Authenticator()
        body = {"credential": made.create(to_add(ada), challenge=challenge)}
    else:
        body = {"credential": device.get(to_sign_in(ada), challenge=challenge)}
    if used == "/reauthenticate":
        body["method"] = "passkey"
    answer = ada.post(used, body)

    # then it is refused, unless it was for this
    if used.rsplit("/", 1)[-1].replace("reauthenticate", "presence") == asked:
        assert answer.status_code in (200, 201)
    elif used == "/reauthenticate":
        assert answer.json["code"] == "invalid_credentials"
    else:
        assert refused(answer)


def test_a_challenge_of_one_user_adds_nothing_to_another(app: flask.Flask) -> None:
    # given two people who are about to add a passkey
    ada, eve = Person(app, "bearer", "ada@example.com"), Person(app, "bearer", "eve@example.com")
    ada.sign_up()
    eve.sign_up()
    options = to_add(ada)

    # when one sends the answer to the other's challenge
    answer = eve.post("/passkeys/register", {"credential": Authenticator().create(options)})

    # then it is refused, and nobody has a passkey
    assert refused(answer)
    assert rows(app) == []


def test_the_end_of_an_account_is_the_end_of_its_challenges(app: flask.Flask) -> None:
    # given somebody who is about to sign in, and whose account is made inactive
    ada, device = Person(app, "bearer", "ada@example.com"), Authenticator()
    ada.sign_up()
    add(ada, device)
    update_user(app, ada.email, is_active=False)

    # when they sign in
    answer = sign_in(ada, device)

    # then they are refused as everybody is
    assert refused(answer)
