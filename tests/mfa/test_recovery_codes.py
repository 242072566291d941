"""Ten codes for the day on which the phone is lost."""

from typing import Any

import flask
import pytest

from flask_headless_auth import RecoveryCodesRenewed, RecoveryCodeUsed
from tests.mfa.people import answer, at_the_door, challenge_of, set_up
from tests.support.apps import Clock, Person


@pytest.fixture
def codes(ada: Person, clock: Clock) -> list[str]:
    """The recovery codes that Ada has."""
    return set_up(ada, clock)[1]


def test_a_recovery_code_opens_the_account_once(ada: Person, codes: list[str], app: flask.Flask) -> None:
    # given somebody who has lost the phone, and a host that listens
    heard: list[Any] = []
    app.auth.on(RecoveryCodeUsed)(heard.append)  # type: ignore[attr-defined]
    other = at_the_door(app, ada.kind, ada)

    # when they use a code twice
    first = answer(other, challenge_of(other), "recovery_code", code=codes[3])
    left = other.get("/mfa").json["recovery_codes_left"]
    second = answer(other, challenge_of(other), "recovery_code", code=codes[3])

    # then it opens once, and the owner is told how many are left
    assert (first.status_code, second.status_code) == (200, 401)
    assert [one.left for one in heard] == [left] == [9]


@pytest.mark.parametrize(
    "typed",
    [
        lambda code: code.lower(),
        lambda code: code.replace("-", ""),
        lambda code: f"  {code.replace('-', ' ')} ",
        lambda code: code.replace("0", "o").replace("1", "l"),
    ],
)
def test_a_code_may_be_typed_as_people_type(
    ada: Person, codes: list[str], app: flask.Flask, typed: Any
) -> None:
    # given somebody who reads a code off paper
    other = at_the_door(app, ada.kind, ada)

    # when they type it another way
    answered = answer(other, challenge_of(other), "recovery_code", code=typed(codes[0]))

    # then it is the same code
    assert answered.status_code == 200


@pytest.mark.parametrize("wrong", ["", "-", "0000-0000-0000-0000-0000-0000-0000", "\ud7ff", "%"])
def test_what_is_no_recovery_code_is_a_wrong_one(
    ada: Person, codes: list[str], app: flask.Flask, wrong: str
) -> None:
    # given the challenge of somebody with codes
    other = at_the_door(app, ada.kind, ada)

    # when something else is sent
    refused = answer(other, challenge_of(other), "recovery_code", code=wrong)

    # then none is used up
    assert refused.status_code == 401
    assert ada.get("/mfa").json["recovery_codes_left"] == 10


def test_a_recovery_code_opens_nobody_elses_account(
    ada: Person, codes: list[str], app: flask.Flask, clock: Clock
) -> None:
    # given two people with codes
    bob = Person(app, ada.kind, "bob@example.com")
    bob.sign_up()
    set_up(bob, clock)

    # when one answers with a code of the other
    refused = answer(bob, challenge_of(bob), "recovery_code", code=codes[0])

    # then it is wrong, and not used up
    assert refused.status_code == 401
    assert ada.get("/mfa").json["recovery_codes_left"] == 10


def test_new_codes_take_the_place_of_the_old_ones(ada: Person, codes: list[str], app: flask.Flask) -> None:
    # given somebody who signed in with a second factor a moment ago
    heard: list[Any] = []
    app.auth.on(RecoveryCodesRenewed)(heard.append)  # type: ignore[attr-defined]
    answer(ada, challenge_of(ada), "recovery_code", code=codes[0])

    # when they make new codes
    renewed = ada.post("/mfa/recovery-codes").json["recovery_codes"]

    # then the old ones are worth nothing, and the new ones work
    assert len(set(renewed)) == 10
    assert set(renewed).isdisjoint(codes)
    other = at_the_door(app, ada.kind, ada)
    assert answer(other, challenge_of(other), "recovery_code", code=codes[1]).status_code == 401
    assert answer(other, challenge_of(other), "recovery_code", code=renewed[0]).status_code == 200
    assert len(heard) == 1


def test_codes_have_enough_bits_for_a_plain_digest(codes: list[str]) -> None:
    # given ten codes
    letters = {letter for code in codes for letter in code.replace("-", "")}

    # when their letters are counted
    # then each has 28 of 32 that nobody misreads: 140 bits
    assert {len(code.replace("-", "")) for code in codes} == {28}
    assert letters <= set("0123456789ABCDEFGHJKMNPQRSTVWXYZ")


def test_whoever_has_used_all_codes_is_not_asked_for_one(
    ada: Person, codes: list[str], app: flask.Flask
) -> None:
    # given somebody who has used all but one
    other = at_the_door(app, ada.kind, ada)
    for code in codes[1:]:
        assert answer(other, challenge_of(other), "recovery_code", code=code).status_code == 200
    assert other.sign_in().json["methods"] == ["totp", "recovery_code"]

    # when the last one is used
    assert answer(other, challenge_of(other), "recovery_code", code=codes[0]).status_code == 200

    # then the app is all that is asked for
    assert other.sign_in().json["methods"] == ["totp"]
