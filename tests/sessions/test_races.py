"""Many at once, each on a connection of its own: one wins, and nobody gets what nobody should have."""

import threading
from collections import Counter
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import flask
import pytest
import sqlalchemy as sa

from flask_headless_auth.features.sessions.events import RefreshReused
from tests.sessions.at_the_wire import (
    access_token_of,
    copy_of,
    refresh_token_of,
    session_row,
    session_rows,
    user_table,
)
from tests.support import services
from tests.support.apps import Person, make_app, uuid_user

MANY = 10
KINDS = ("cookie", "bearer")


def at_once(calls: Iterable[Callable[[], Any]]) -> list[Any]:
    """What these calls answer when they all start at the same moment, each in a thread of its own."""
    calls = list(calls)
    start = threading.Barrier(len(calls))

    def run(call: Callable[[], Any]) -> Any:
        start.wait(timeout=30)
        return call()

    with ThreadPoolExecutor(len(calls)) as pool:
        return list(pool.map(run, calls))


def signed_up(app: flask.Flask, kind: str) -> Person:
    """Somebody whose account was made a moment ago."""
    person = Person(app, kind)
    assert person.sign_up().status_code == 201
    return person


def pair_of(person: Person) -> tuple[str, str]:
    """The tokens that this person's client holds."""
    return access_token_of(person), refresh_token_of(person)


def is_dead(person: Person) -> bool:
    """Whether neither token of this person's client is good for anything."""
    return (person.me().status_code, person.refresh().status_code) == (401, 401)


def test_of_parallel_refreshes_of_one_token_one_rotates_and_all_get_its_tokens(any_database_url: str) -> None:
    # given somebody with ten tabs, round after round
    app = make_app(any_database_url)
    for number in range(4):
        ada = signed_up(app, KINDS[number % 2])
        before = pair_of(ada)
        tabs = [copy_of(ada) for _ in range(MANY)]

        # when all of them refresh at once
        answers = at_once(tab.refresh for tab in tabs)

        # then there is one new generation, and everybody has its tokens
        assert Counter(answer.status_code for answer in answers) == {200: MANY}
        (pair,) = {pair_of(tab) for tab in tabs}
        assert set(pair).isdisjoint(before)
        row = session_row(app, ada.session_id)
        assert {row.cookie_generation, row.body_generation} == {2, None}
        assert row.revoked_at is None
        assert tabs[0].me().status_code == 200


def test_without_a_grace_one_of_parallel_refreshes_is_answered(any_database_url: str) -> None:
    # given a server without a grace, and ten holders of one refresh token
    app = make_app(any_database_url, AUTHSVC_SESSIONS_REFRESH_GRACE=0)
    told: list[str] = []
    app.auth.on(RefreshReused)(lambda happened: told.append(happened.session_id))  # type: ignore[attr-defined]
    for number in range(4):
        ada = signed_up(app, KINDS[number % 2])
        holders = [copy_of(ada) for _ in range(MANY)]

        # when all of them refresh at once
        answers = at_once(holder.refresh for holder in holders)

        # then one gets tokens; the others are reuse, which ends the session and is told once
        assert Counter(answer.status_code for answer in answers) == {200: 1, 401: MANY - 1}
        codes = {answer.json["code"] for answer in answers if answer.status_code == 401}
        assert "refresh_reused" in codes
        assert codes <= {"refresh_reused", "session_ended"}
        assert session_row(app, ada.session_id).revoked_reason == "reused"
        assert told.count(ada.session_id or "") == 1
        assert all(is_dead(holder) for holder in holders[:4])


@pytest.mark.services
@pytest.mark.parametrize("level", ["REPEATABLE READ", "SERIALIZABLE"])
def test_a_stricter_isolation_of_the_hosts_engine_changes_nothing(tmp_path: Any, level: str) -> None:
    # given a host that runs PostgreSQL with a stricter isolation
    with services.database("postgresql", tmp_path) as url:
        app = make_app(url, SQLALCHEMY_ENGINE_OPTIONS={"isolation_level": level})
        for number in range(2):
            ada = signed_up(app, KINDS[number % 2])
            tabs = [copy_of(ada) for _ in range(MANY)]

            # when ten tabs refresh at once
            answers = at_once(tab.refresh for tab in tabs)

            # then all have the same tokens
            assert Counter(answer.status_code for answer in answers) == {200: MANY}
            assert len({pair_of(tab) for tab in tabs}) == 1


def test_of_parallel_sign_ups_with_one_address_one_makes_an_account(any_database_url: str) -> None:
    # given ten people who claim the same address, in different spellings
    app = make_app(any_database_url)
    app.test_client().get("/api/auth/config")
    for number in range(5):
        spellings = [f"Ada{number}@Example.com", f"ada{number}@example.com", f" ADA{number}@EXAMPLE.COM "]
        people = [Person(app, KINDS[one % 2], spellings[one % 3]) for one in range(MANY)]

        # when they sign up at once
        answers = at_once(person.sign_up for person in people)

        # then one has an account, and the others are told that it is taken
        assert Counter(answer.status_code for answer in answers) == {201: 1, 409: MANY - 1}
        assert {answer.json["code"] for answer in answers if answer.status_code == 409} == {"email_taken"}
        assert not any(
            answer.headers.getlist("Set-Cookie") for answer in answers if answer.status_code == 409
        )
        assert number_of_users(app) == number + 1
        assert len(session_rows(app)) == number + 1


def number_of_users(app: flask.Flask) -> int:
    """How many accounts there are."""
    with app.app_context():
        query = sa.select(sa.func.count()).select_from(user_table(app))
        return int(app.extensions["sqlalchemy"].session.scalar(query))


def test_of_parallel_sign_ups_with_one_user_name_one_makes_an_account(any_database_url: str) -> None:
    # given ten people with addresses of their own who claim the same user name
    app = make_app(any_database_url, user_model=uuid_user())
    app.test_client().get("/api/auth/config")
    people = [Person(app, KINDS[one % 2]) for one in range(MANY)]

    # when they sign up at once
    answers = at_once([lambda person=person: person.sign_up(username="ada") for person in people])

    # then one has it
    assert Counter(answer.status_code for answer in answers) == {201: 1, 409: MANY - 1}
    assert {answer.json["code"] for answer in answers if answer.status_code == 409} == {"username_taken"}
    assert number_of_users(app) == 1


def test_a_refresh_beside_a_sign_out_leaves_no_living_token(any_database_url: str) -> None:
    # given five tabs of a session
    app = make_app(any_database_url)
    for number in range(6):
        ada = signed_up(app, KINDS[number % 2])
        tabs = [copy_of(ada) for _ in range(5)]

        # when they refresh while it signs out
        sign_out, *refreshes = at_once([ada.sign_out, *(tab.refresh for tab in tabs)])

        # then it is signed out, and whatever the tabs got is worthless
        assert (sign_out.status_code, sign_out.json["ended"]) == (200, 1)
        assert {answer.status_code for answer in refreshes} <= {200, 401}
        assert all(is_dead(tab) for tab in tabs)
        assert session_row(app, ada.session_id).revoked_reason == "signed_out"


def test_a_refresh_beside_a_change_of_password_leaves_no_living_token(any_database_url: str) -> None:
    # given somebody who changes their password because another device is not theirs
    app = make_app(any_database_url)
    change = {
        "current_password": "correct horse battery staple",
        "new_password": "a different battery staple",
    }
    for number in range(4):
        ada = signed_up(app, KINDS[number % 2])
        thief = Person(app, ada.kind, ada.email)
        thief.sign_in()
        copies = [copy_of(thief) for _ in range(4)]

        # when that device refreshes meanwhile
        changed, *refreshes = at_once(
            [lambda ada=ada: ada.post("/password/update", change), *(copy.refresh for copy in copies)]
        )

        # then it has nothing, and the owner stays signed in
        assert changed.status_code == 200
        assert {answer.status_code for answer in refreshes} <= {200, 401}
        assert all(is_dead(copy) for copy in copies)
        assert ada.me().status_code == 200


def test_parallel_proofs_of_presence_each_have_a_generation_of_their_own(any_database_url: str) -> None:
    # given five holders of one access token
    app = make_app(any_database_url)
    ada = signed_up(app, "bearer")
    holders = [copy_of(ada) for _ in range(5)]

    # when all prove presence at once
    answers = at_once(
        [
            lambda holder=holder: holder._keep(holder.post("/reauthenticate", {"password": holder.password}))
            for holder in holders
        ]
    )

    # then each has tokens of a generation of its own, and none is lost
    assert Counter(answer.status_code for answer in answers) == {200: 5}
    assert len({refresh_token_of(holder) for holder in holders}) == 5
    assert session_row(app, ada.session_id).body_generation == 6
