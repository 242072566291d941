"""One factor or two: what a passkey counts as, alone, beside another factor, and as a proof of presence."""

from collections.abc import Callable, Sequence
from typing import Any

import flask
import pytest

from flask_headless_auth import users
from flask_headless_auth.feature import Challenge, Feature, Proof
from flask_headless_auth.features import catalog
from flask_headless_auth.features.passkeys.feature import PASSKEYS
from tests.passkeys.people import add, refused, rows, sign_in
from tests.sessions.at_the_wire import claims_of, update_user
from tests.support.apps import Clock, Person, make_app
from tests.support.authenticator import UV, Answer, Authenticator

(FACTOR,) = PASSKEYS.challenges


def code_is_asked_for(user: Any, proofs: Sequence[Proof]) -> bool:
    """A second factor of everybody who has switched them on and has given one."""
    return user.mfa_enabled and len({proof.method for proof in proofs}) < 2


@pytest.fixture
def guarded(monkeypatch: pytest.MonkeyPatch, database_url: str) -> flask.Flask:
    """An application that has another second factor beside passkeys."""
    code = Feature(name="code", needs=("signin",), challenges=(Challenge("code", code_is_asked_for),))
    monkeypatch.setattr(catalog, "ALL", (*catalog.ALL, code))
    return make_app(database_url)


def asked_of(app: flask.Flask, email: str, *methods: str) -> bool:
    """Whether a passkey is asked for behind these proofs."""
    with app.app_context():
        return FACTOR.applies_to(users.by_email(email), [Proof(one, 1) for one in methods])


def start(app: flask.Flask, email: str) -> Answer:
    """The options for the second factor of somebody."""
    with app.test_request_context():
        return FACTOR.start(users.by_email(email))["options"]  # type: ignore[no-any-return]


def answers(app: flask.Flask, email: str, credential: Any) -> bool:
    """Whether somebody's second factor is shown by this."""
    with app.test_request_context():
        return FACTOR.answer(users.by_email(email), {"credential": credential})


def test_a_passkey_that_verified_its_user_counts_as_two_factors(guarded: flask.Flask) -> None:
    # given somebody who has second factors switched on
    ada, device = Person(guarded, "bearer", "ada@example.com"), Authenticator()
    ada.sign_up()
    add(ada, device)
    update_user(guarded, ada.email, mfa_enabled=True)

    # when they sign in with a passkey that verifies them
    answer = sign_in(ada, device)

    # then nothing more is asked
    assert answer.json["status"] == "signed_in"
    assert claims_of(answer.json["access_token"])["amr"] == ["passkey", "mfa"]


def test_after_a_passkey_that_did_not_verify_its_user_a_second_factor_is_asked_for(
    guarded: flask.Flask,
) -> None:
    # given somebody who has second factors switched on, and a key without a PIN
    ada, key = Person(guarded, "bearer", "ada@example.com"), Authenticator(verifies=False)
    ada.sign_up()
    add(ada, key)
    update_user(guarded, ada.email, mfa_enabled=True)

    # when they sign in with it
    answer = sign_in(ada, key)

    # then another factor is asked for, and no passkey
    assert answer.json["status"] == "challenge"
    assert answer.json["methods"] == ["code"]
    assert not answer.headers.getlist("Set-Cookie")


@pytest.mark.parametrize("registered", [True, False])
def test_a_passkey_that_did_not_verify_its_user_opens_nothing_alone(
    app: flask.Flask, registered: bool
) -> None:
    # given somebody without second factors, and a key that verified them or not when it was added
    ada, key = Person(app, "bearer", "ada@example.com"), Authenticator(verifies=registered)
    ada.sign_up()
    add(ada, key)

    # when somebody has found it, and asks it for no PIN
    answer = sign_in(ada, key, clear=UV)

    # then it is refused
    assert refused(answer)


def test_a_pin_that_was_given_to_a_key_later_counts_for_nothing(app: flask.Flask) -> None:
    # given a key that had no PIN when it was added
    ada, key = Person(app, "bearer", "ada@example.com"), Authenticator(verifies=False)
    ada.sign_up()
    assert add(ada, key)["verifies_user"] is False

    # when whoever found it gives it one
    key.verifies = True

    # then it is refused as it was without
    assert refused(sign_in(ada, key))
    assert rows(app)[0].verifies_user is False


def test_a_key_may_grow_to_two_factors_beside_another_one(guarded: flask.Flask) -> None:
    # given a key that had no PIN when it was added, and has one now
    ada, key = Person(guarded, "bearer", "ada@example.com"), Authenticator(verifies=False)
    ada.sign_up()
    add(ada, key)
    update_user(guarded, ada.email, mfa_enabled=True)
    key.verifies = True

    # when it is the second factor after a password
    assert answers(guarded, ada.email, key.get(start(guarded, ada.email)))

    # then it opens alone from now on
    assert sign_in(ada, key).json["status"] == "signed_in"


def test_a_passkey_is_asked_for_where_second_factors_are_on_and_none_was_shown(app: flask.Flask) -> None:
    # given somebody with a passkey
    ada = Person(app, "bearer", "ada@example.com")
    ada.sign_up()
    add(ada, Authenticator())

    # then it is no second factor until those are switched on
    assert not asked_of(app, ada.email, "pwd")
    assert ada.sign_in().json["status"] == "signed_in"
    update_user(app, ada.email, mfa_enabled=True)
    assert asked_of(app, ada.email, "pwd")
    assert asked_of(app, ada.email, "email")

    # and never answers for itself, nor when two factors are there
    assert not asked_of(app, ada.email, "passkey")
    assert not asked_of(app, ada.email, "passkey", "mfa")
    assert not asked_of(app, ada.email, "pwd", "otp")

    # and sign-in asks for it
    answer = ada.sign_in()
    assert (answer.json["status"], answer.json["methods"]) == ("challenge", ["passkey"])


def test_nobody_without_a_passkey_is_asked_for_one(app: flask.Flask) -> None:
    # given somebody who has second factors on, and no passkey
    ada = Person(app, "bearer", "ada@example.com")
    ada.sign_up()
    update_user(app, ada.email, mfa_enabled=True)

    # then none is asked for
    assert not asked_of(app, ada.email, "pwd")


@pytest.mark.parametrize("verifies", [True, False])
def test_presence_is_enough_for_a_second_factor(app: flask.Flask, verifies: bool) -> None:
    # given somebody with two passkeys
    ada, device = Person(app, "bearer", "ada@example.com"), Authenticator(verifies=verifies)
    ada.sign_up()
    add(ada, device)
    add(ada, Authenticator())

    # when one is asked for by its id, and says nothing of its owner
    options = start(app, ada.email)

    # then it answers, once
    assert len(options["allowCredentials"]) == 2
    answer = device.get(options, handle=None)
    assert answers(app, ada.email, answer)
    assert not answers(app, ada.email, answer)


@pytest.mark.parametrize(
    "nothing", [None, "text", 1, [], {}, {"response": []}, {"id": 1, "response": {"x": 1}}]
)
def test_what_is_no_passkey_is_no_second_factor(app: flask.Flask, nothing: Any) -> None:
    # given somebody with a passkey
    ada = Person(app, "bearer", "ada@example.com")
    ada.sign_up()
    add(ada, Authenticator())

    # when something else is shown
    # then it does not count
    assert not answers(app, ada.email, nothing)


def test_a_passkey_of_another_user_is_no_second_factor(app: flask.Flask) -> None:
    # given two people with passkeys
    ada, eve = Person(app, "bearer", "ada@example.com"), Person(app, "bearer", "eve@example.com")
    hers = Authenticator()
    for person, device in ((ada, Authenticator()), (eve, hers)):
        person.sign_up()
        add(person, device)

    # when one shows hers for the other
    resident = hers.residents[0]
    to_his_challenge = hers.get(start(app, ada.email), resident=resident, handle=None)
    to_her_challenge = hers.get(start(app, eve.email))

    # then it does not count, and neither does an answer to the challenge of another
    assert not answers(app, ada.email, to_his_challenge)
    assert not answers(app, ada.email, to_her_challenge)


def test_presence_is_shown_with_a_passkey(clock: Clock, ada: Person, device: Authenticator) -> None:
    # given somebody who signed in long ago
    clock.forward(minutes=11)
    refusal = ada.post("/passkeys/register/options")
    assert (refusal.status_code, refusal.json["code"]) == (401, "step_up_required")
    assert refusal.json["methods"] == ["pwd", "passkey"]

    # when they show presence with their passkey
    asked = ada.post("/reauthenticate/options", {"method": "passkey"}).json
    assert asked["options"]["userVerification"] == "required"
    proof = {"method": "passkey", "credential": device.get(asked["options"])}
    answer = ada._keep(ada.post("/reauthenticate", proof))

    # then they may go on, and the proof works once
    assert answer.status_code == 200
    assert ada.post("/passkeys/register/options").status_code == 200
    assert ada.post("/reauthenticate", proof).json["code"] == "invalid_credentials"


def test_presence_asks_the_passkey_to_verify_its_user(app: flask.Flask) -> None:
    # given somebody with a key without a PIN, and a passkey that verifies them
    ada, key, device = (
        Person(app, "bearer", "ada@example.com"),
        Authenticator(verifies=False),
        Authenticator(),
    )
    ada.sign_up()
    add(ada, key)
    refused_method = ada.post("/reauthenticate/options", {"method": "passkey"})
    add(ada, device)

    def options() -> Answer:
        answer: Answer = ada.post("/reauthenticate/options", {"method": "passkey"}).json["options"]
        return answer

    def prove(credential: Answer) -> int:
        return ada.post("/reauthenticate", {"method": "passkey", "credential": credential}).status_code

    # then the key alone is no way to show presence
    assert refused_method.status_code == 422
    assert [one["id"] for one in options()["allowCredentials"]] == [rows(app)[1].credential_id]
    assert prove(key.get(options(), resident=key.residents[0])) == 401
    assert prove(device.get(options(), clear=UV)) == 401
    assert prove(device.get(options())) == 200


def test_wrong_proofs_of_presence_are_counted(build: Callable[..., flask.Flask]) -> None:
    # given a server that counts, and somebody with a passkey
    ada, device = Person(build(RATELIMIT_ENABLED=True), "bearer", "ada@example.com"), Authenticator()
    ada.sign_up()
    add(ada, device)

    # when forty wrong answers come
    answer = {"method": "passkey", "credential": {"id": "x"}}
    statuses = [ada.post("/reauthenticate", answer).status_code for _ in range(40)]

    # then no more than ten are looked at
    assert statuses == [401] * 10 + [429] * 30
