"""The counter of a passkey grows, or there is none; where it goes back, nobody is let in and it is told."""

from typing import Any

import flask
import pytest

from flask_headless_auth import PasskeyRefused, SignInFailed
from flask_headless_auth.features.passkeys.feature import PASSKEYS
from tests.passkeys.people import add, refused, rows, sign_in
from tests.support.apps import Person
from tests.support.authenticator import Authenticator, Key


@pytest.fixture
def counting(ada: Person) -> Authenticator:
    """A device that counts, with a passkey of Ada's that was used three times."""
    made = Authenticator(counts=True)
    add(ada, made)
    for _ in range(3):
        assert sign_in(ada, made).status_code == 200
    return made


def listening(app: flask.Flask) -> list[Any]:
    """The events of refused sign-ins from now on."""
    heard: list[Any] = []
    for event in (PasskeyRefused, SignInFailed):
        app.auth.on(event)(heard.append)  # type: ignore[attr-defined]
    return heard


@pytest.mark.parametrize("count", [0, 2, 3])
def test_a_counter_that_goes_back_is_refused_and_told(
    ada: Person, counting: Authenticator, count: int
) -> None:
    # given a host that listens, and a copy of a passkey
    heard = listening(ada.app)
    owners: list[str] = []
    ada.app.auth.on(PasskeyRefused)(lambda one: owners.append(one.user.email))  # type: ignore[attr-defined]

    # when the copy signs in with a counter that is not beyond the last one
    answer = sign_in(Person(ada.app, ada.kind), counting, count=count)

    # then it is refused like everything else, its owner is told, and their own session stands
    assert refused(answer)
    told, failed = heard
    assert isinstance(told, PasskeyRefused)
    assert (told.passkey_id, told.maker) == (rows(ada.app)[0].id, "Passkey")
    assert owners == [ada.email]
    assert isinstance(failed, SignInFailed)
    assert rows(ada.app)[0].sign_count == 3
    assert ada.me().status_code == 200


def test_a_counter_alone_alarms_nobody(ada: Person, counting: Authenticator) -> None:
    # given a host that listens
    heard = listening(ada.app)

    # when somebody without the key signs with a counter that goes back
    answer = sign_in(Person(ada.app, ada.kind), counting, count=1, sign=Key().sign)

    # then it is a failed sign-in and no more
    assert refused(answer)
    assert [type(one) for one in heard] == [SignInFailed]


def test_a_counter_may_leap_and_be_large(ada: Person, counting: Authenticator) -> None:
    # given a passkey whose counter leaps to its greatest value
    # when it signs in
    answer = sign_in(ada, counting, count=2**32 - 1)

    # then that is kept on every engine
    assert answer.status_code == 200
    assert rows(ada.app)[0].sign_count == 2**32 - 1


def test_passkeys_that_do_not_count_sign_in_again_and_again(ada: Person, device: Authenticator) -> None:
    # given a passkey whose counter stays at zero
    # when it signs in three times
    answers = [sign_in(ada, device) for _ in range(3)]

    # then each is welcome
    assert {one.status_code for one in answers} == {200}


def test_a_passkey_may_begin_to_count(ada: Person, device: Authenticator) -> None:
    # given a passkey that has not counted
    # when it begins to
    assert sign_in(ada, device, count=1).status_code == 200

    # then it must go on
    assert refused(sign_in(ada, device, count=0))
    assert refused(sign_in(ada, device, count=1))
    assert sign_in(ada, device, count=2).status_code == 200


def test_a_counter_that_goes_back_is_no_proof_of_presence(ada: Person, counting: Authenticator) -> None:
    # given a host that listens
    heard = listening(ada.app)
    options = ada.post("/reauthenticate/options", {"method": "passkey"}).json["options"]

    # when a copy shows presence
    proof = {"method": "passkey", "credential": counting.get(options, count=1)}
    answer = ada.post("/reauthenticate", proof)

    # then it is refused and told
    assert answer.json["code"] == "invalid_credentials"
    assert [type(one) for one in heard] == [PasskeyRefused, SignInFailed]


def test_owners_are_told_of_what_happens_to_their_passkeys() -> None:
    # given the mails of the feature
    told = {one.name: (one.tells_of.__name__, one.can_be_undone) for one in PASSKEYS.mails if one.tells_of}

    # then each event has one, without a word that a user wrote
    assert told == {
        "passkey_added": ("PasskeyAdded", True),
        "passkey_removed": ("PasskeyRemoved", True),
        "passkey_refused": ("PasskeyRefused", False),
    }
    assert {one.says for one in PASSKEYS.mails} == {("maker",)}
