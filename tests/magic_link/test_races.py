"""Many at once with one mail, each on a connection of its own: one is signed in, on every engine."""

from collections import Counter
from functools import partial

import flask

from tests.magic_link.asking import (
    MAIL,
    ask,
    confirm,
    count,
    other_than,
    statuses,
    with_code,
    with_token,
)
from tests.sessions.test_races import at_once
from tests.support.apps import Person, make_app

MANY = 8
OPEN = "SELECT count(*) FROM auth_sessions WHERE revoked_at IS NULL"
TRIES = "SELECT sum(tries) FROM auth_vouchers"


def signed_out(app: flask.Flask, kind: str, *, confirmed: bool = True) -> Person:
    """Somebody with an account and without a session."""
    ada = Person(app, kind)
    assert ada.sign_up().status_code == 201
    assert ada.sign_out().status_code == 200
    ada.access = None
    if confirmed:
        confirm(app, ada.email)
    return ada


def test_of_parallel_uses_of_one_token_one_signs_in(any_database_url: str) -> None:
    app = make_app(any_database_url, **MAIL)
    for number in range(6):
        # given a link, for an account that is confirmed or not
        ada = signed_out(app, ("cookie", "bearer")[number % 2], confirmed=number < 3)
        asked = ask(ada)
        before = count(app, OPEN)

        # when many use it at once
        people = [Person(app, ada.kind, ada.email) for _ in range(MANY)]
        answers = at_once([partial(with_token, one, asked.token) for one in people])

        # then one is signed in, and the others are told that it does not work
        assert Counter(statuses(answers)) == {200: 1, 400: MANY - 1}
        assert {one.json["code"] for one in answers if one.status_code == 400} == {"magic_link_expired"}
        assert count(app, OPEN) == before + 1


def test_of_parallel_uses_of_one_code_one_signs_in(any_database_url: str) -> None:
    app = make_app(any_database_url, **MAIL)
    for number in range(4):
        # given a code
        ada = signed_out(app, ("cookie", "bearer")[number % 2])
        asked = ask(ada)
        before = count(app, OPEN)

        # when it is used five times at once: no more than it has tries
        people = [Person(app, ada.kind, ada.email) for _ in range(5)]
        answers = at_once([partial(with_code, one, asked.challenge, asked.code) for one in people])

        # then one is signed in
        assert Counter(statuses(answers)) == {200: 1, 400: 4}
        assert count(app, OPEN) == before + 1


def test_of_link_and_code_at_once_one_signs_in(any_database_url: str) -> None:
    app = make_app(any_database_url, **MAIL)
    for _ in range(4):
        # given a mail
        ada = signed_out(app, "bearer")
        asked = ask(ada)

        # when both halves are used at once
        answers = at_once(
            [
                partial(with_token, Person(app), asked.token),
                partial(with_code, Person(app), asked.challenge, asked.code),
                partial(with_token, Person(app), asked.token),
                partial(with_code, Person(app), asked.challenge, asked.code),
            ]
        )

        # then one signs in
        assert Counter(statuses(answers)) == {200: 1, 400: 3}


def test_parallel_wrong_codes_never_exceed_five_tries(any_database_url: str) -> None:
    app = make_app(any_database_url, **MAIL)
    for _ in range(4):
        # given a code
        ada = signed_out(app, "bearer")
        before = count(app, TRIES)
        asked = ask(ada)

        # when six wrong ones are tried at once
        wrong = [other_than(asked.code, 1 + number) for number in range(6)]
        answers = at_once([partial(with_code, Person(app), asked.challenge, one) for one in wrong])

        # then five were looked at, and the right one comes too late
        assert statuses(answers) == [400] * 6
        assert count(app, TRIES) == before + 5
        assert with_code(Person(app), asked.challenge, asked.code).status_code == 400
        assert with_token(ada, asked.token).status_code == 200


def test_the_right_code_among_parallel_wrong_ones_signs_in_at_most_once(any_database_url: str) -> None:
    app = make_app(any_database_url, **MAIL)
    for _ in range(4):
        # given a code
        ada = signed_out(app, "bearer")
        asked = ask(ada)
        before = count(app, OPEN)

        # when it is tried twice among many wrong ones
        codes = [*(other_than(asked.code, 1 + number) for number in range(6)), asked.code, asked.code]
        answers = at_once([partial(with_code, Person(app), asked.challenge, one) for one in codes])

        # then it signed in once or came too late, and no try was lost or made up
        assert statuses(answers)[:6] == [400] * 6
        signed_in = statuses(answers).count(200)
        assert signed_in <= 1
        assert count(app, OPEN) == before + signed_in


def test_parallel_requests_are_all_answered(any_database_url: str) -> None:
    app = make_app(any_database_url, **MAIL)
    for number in range(3):
        # given an account, and an address without one
        ada = signed_out(app, "bearer")
        emails = [ada.email, f"nobody{number}@example.com"]

        # when both are asked for many times at once
        answers = at_once(
            [partial(Person(app).post, "/magic-link", {"email": emails[n % 2]}) for n in range(MANY)]
        )

        # then each has an answer of its own
        assert statuses(answers) == [200] * MANY
        assert len({one.json["challenge"] for one in answers}) == MANY
