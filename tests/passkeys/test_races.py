"""Many at once, each on a connection of its own, on each engine: one wins."""

from collections import Counter

import flask

from tests.passkeys.people import add, rows, to_add, to_sign_in
from tests.sessions.at_the_wire import copy_of, update_user
from tests.sessions.test_races import at_once
from tests.support.apps import Person, make_app
from tests.support.authenticator import Authenticator

MANY = 8


def signed_up(app: flask.Flask) -> Person:
    """Somebody whose account was made a moment ago."""
    person = Person(app)
    assert person.sign_up().status_code == 201
    return person


def test_of_parallel_uses_of_one_answer_one_signs_in(any_database_url: str) -> None:
    # given an answer that signs somebody in, with a counter and without, round after round
    app = make_app(any_database_url)
    ada = signed_up(app)
    for device in (Authenticator(), Authenticator(counts=True), Authenticator()):
        add(ada, device)
        answer = {"credential": device.get(to_sign_in(ada), resident=device.residents[0])}
        people = [Person(app) for _ in range(MANY)]

        # when many send it at once
        answers = at_once(
            [lambda one=one, answer=answer: one.post("/passkeys/login", answer) for one in people]
        )

        # then one is signed in
        assert Counter(one.status_code for one in answers) == {200: 1, 400: MANY - 1}
        assert {one.json["code"] for one in answers if one.status_code == 400} == {"passkey_refused"}


def test_of_parallel_uses_of_one_answer_one_adds_a_passkey(any_database_url: str) -> None:
    # given an answer that adds a passkey
    app = make_app(any_database_url)
    ada = signed_up(app)
    answer = {"credential": Authenticator().create(to_add(ada))}
    tabs = [copy_of(ada) for _ in range(MANY)]

    # when many tabs send it at once
    answers = at_once([lambda one=one: one.post("/passkeys/register", answer) for one in tabs])

    # then there is one passkey
    assert Counter(one.status_code for one in answers) == {201: 1, 400: MANY - 1}
    assert len(rows(app)) == 1


def test_of_parallel_owners_of_one_credential_one_gets_it(any_database_url: str) -> None:
    # given people who bring a credential of the same id, each to a challenge of their own
    app = make_app(any_database_url)
    for number in range(3):
        people = [signed_up(app) for _ in range(4)]
        taken = bytes([number]) * 32
        bodies = [{"credential": Authenticator().create(to_add(one), credential_id=taken)} for one in people]

        # when they add it at once
        answers = at_once(
            [
                lambda one=one, body=body: one.post("/passkeys/register", body)
                for one, body in zip(people, bodies, strict=True)
            ]
        )

        # then it is one's
        assert Counter(one.status_code for one in answers) == {201: 1, 400: 3}
        assert len(rows(app)) == number + 1


def test_parallel_beginnings_give_a_user_one_handle(any_database_url: str) -> None:
    # given somebody with many tabs, who has no handle yet
    app = make_app(any_database_url)
    for _ in range(3):
        ada = signed_up(app)
        tabs = [copy_of(ada) for _ in range(MANY)]

        # when all ask for options at once
        answers = at_once([lambda one=one: one.post("/passkeys/register/options") for one in tabs])

        # then all say the same handle
        assert {one.status_code for one in answers} == {200}
        assert len({one.json["options"]["user"]["id"] for one in answers}) == 1


def test_the_last_two_passkeys_are_not_removed_at_once(any_database_url: str) -> None:
    # given somebody without a password, and with two passkeys
    app = make_app(any_database_url)
    for _ in range(4):
        ada = signed_up(app)
        paths = [f"/passkeys/{add(ada, Authenticator())['id']}" for _ in range(2)]
        update_user(app, ada.email, password_hash=None)
        tabs = [copy_of(ada) for _ in paths]

        # when both are removed at once
        answers = at_once(
            [
                lambda one=one, path=path: one.call("DELETE", path)
                for one, path in zip(tabs, paths, strict=True)
            ]
        )

        # then one of them stays
        assert Counter(one.status_code for one in answers) == {200: 1, 409: 1}
        assert len(ada.get("/passkeys").json["items"]) == 1


def test_parallel_additions_keep_to_the_bound(any_database_url: str) -> None:
    # given somebody who may have two passkeys and brings six
    app = make_app(any_database_url, AUTHSVC_PASSKEYS_MAX_PER_USER=2)
    ada = signed_up(app)
    bodies = [{"credential": Authenticator().create(to_add(ada))} for _ in range(6)]
    tabs = [copy_of(ada) for _ in bodies]

    # when all come at once
    answers = at_once(
        [
            lambda one=one, body=body: one.post("/passkeys/register", body)
            for one, body in zip(tabs, bodies, strict=True)
        ]
    )

    # then two are kept
    assert Counter(one.status_code for one in answers) == {201: 2, 409: 4}
    assert len(rows(app)) == 2


def test_of_parallel_sign_ups_with_one_address_one_makes_an_account(any_database_url: str) -> None:
    # given people who claim the same address, each with a passkey
    app = make_app(any_database_url)
    for number in range(3):
        people = [Person(app, email=f"ada{number}@example.com") for _ in range(4)]
        bodies = []
        for one in people:
            options = one.post("/passkeys/signup/options", {"email": one.email}).json["options"]
            bodies.append({"credential": Authenticator().create(options)})

        # when they bring them at once
        answers = at_once(
            [
                lambda one=one, body=body: one.post("/passkeys/signup", body)
                for one, body in zip(people, bodies, strict=True)
            ]
        )

        # then one has an account
        assert Counter(one.status_code for one in answers) == {201: 1, 409: 3}
        assert {one.json["code"] for one in answers if one.status_code == 409} == {"email_taken"}
        assert len(rows(app)) == number + 1
