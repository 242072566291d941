"""My devices: what I am shown of my sessions, and how I end one."""

from datetime import datetime, timedelta
from typing import Any

import flask
import pytest

from tests.sessions.at_the_wire import execute, session_rows, user_table
from tests.support.apps import PASSWORD, Clock, Person

NOT_OF_THIS_LIST = {"cursor": ["This cursor is not one of this list."]}


def pages_of(person: Person, limit: int) -> list[list[dict[str, Any]]]:
    """Every page of a person's list of sessions."""
    pages, cursor = [], ""
    while True:
        answer = person.get(f"/sessions?limit={limit}{cursor and f'&cursor={cursor}'}")
        assert answer.status_code == 200
        pages.append(answer.json["items"])
        if answer.json["next_cursor"] is None:
            return pages
        cursor = answer.json["next_cursor"]


def devices(app: flask.Flask, kind: str, number: int, clock: Clock | None = None) -> list[Person]:
    """Ada at so many devices, oldest sign-in first."""
    people = [Person(app, kind, "ada@example.com") for _ in range(number)]
    assert people[0].sign_up().status_code == 201
    for person in people[1:]:
        if clock is not None:
            clock.forward(minutes=1)
        assert person.sign_in().status_code == 200
    return people


def test_a_session_is_shown_with_what_a_person_recognises_it_by(
    clock: Clock, app: flask.Flask, kind: str
) -> None:
    # given a sign-in at a browser, refreshed later
    ada = Person(app, kind, "ada@example.com")
    ada.sign_up()
    signed_in_at = clock.moment + timedelta(minutes=1)
    clock.forward(minutes=1)
    ada.http = app.test_client()
    answer = ada.post(
        "/login",
        {"email": ada.email, "password": PASSWORD},
        headers={"User-Agent": "Lynx/2.9 (Ada's)\N{SNOWMAN}".encode().decode("latin-1")},
        environ_overrides={"REMOTE_ADDR": "2001:db8::7"},
    )
    ada._keep(answer)
    clock.forward(minutes=5)
    ada.refresh()

    # when she lists her sessions
    newest, oldest = ada.get("/sessions").json["items"]

    # then it says when, where, with what, and which is this one; and nothing that signs anybody in
    assert set(newest) == {
        "id", "created_at", "last_seen_at", "expires_at", "address", "user_agent", "methods", "is_current",
    }  # fmt: skip
    assert newest["id"] == answer.json["session_id"]
    assert datetime.fromisoformat(newest["created_at"]) == signed_in_at
    assert datetime.fromisoformat(newest["last_seen_at"]) == clock.moment
    assert datetime.fromisoformat(newest["expires_at"]) == signed_in_at + timedelta(days=90)
    assert newest["user_agent"].startswith("Lynx/2.9 (Ada's)")
    assert newest["methods"] == ["pwd"]
    assert (newest["is_current"], oldest["is_current"]) == (True, False)


@pytest.mark.parametrize("ticking", [True, False], ids=["at different times", "all at once"])
@pytest.mark.parametrize("limit", [1, 2, 3, 7, 100])
def test_pages_show_every_session_once_newest_first(
    clock: Clock, app: flask.Flask, limit: int, ticking: bool
) -> None:
    # given somebody at seven devices
    people = devices(app, "bearer", 7, clock if ticking else None)

    # when she turns the pages
    pages = pages_of(people[3], limit)

    # then each session is there once, and one of them is this one
    shown = [one for page in pages for one in page]
    assert {one["id"] for one in shown} == {person.session_id for person in people}
    assert len(shown) == 7
    assert [len(page) for page in pages[:-1]] == [limit] * (len(pages) - 1)
    assert pages[-1] != []
    assert [one["created_at"] for one in shown] == sorted((one["created_at"] for one in shown), reverse=True)
    assert [one["id"] for one in shown if one["is_current"]] == [people[3].session_id]


def test_a_page_may_begin_behind_a_session_that_has_ended_meanwhile(clock: Clock, app: flask.Flask) -> None:
    # given a first page
    people = devices(app, "bearer", 4, clock)
    first = people[0].get("/sessions?limit=2").json

    # when its last session ends before the next page is turned
    people[0].call("DELETE", f"/sessions/{first['items'][-1]['id']}")
    second = people[0].get(f"/sessions?limit=2&cursor={first['next_cursor']}").json

    # then the next page has the rest
    assert [one["id"] for one in second["items"]] == [people[1].session_id, people[0].session_id]
    assert second["next_cursor"] is None


def test_ended_and_expired_sessions_are_not_shown(clock: Clock, app: flask.Flask, kind: str) -> None:
    # given sessions of which one was signed out and one is past its absolute end
    people = devices(app, kind, 3)
    people[1].sign_out()
    rows = user_table(app).metadata.tables["auth_sessions"]
    execute(app, rows.update().where(rows.c.id == people[2].session_id).values(expires_at=clock.moment))

    # when she lists them
    shown = people[0].get("/sessions").json["items"]

    # then only the one that stands is there
    assert [one["id"] for one in shown] == [people[0].session_id]


@pytest.mark.parametrize("forgery", ["nonsense", "", "a.b.c", "eyJhIjoxfQ", "0" * 500, "0" * 501])
def test_a_forged_cursor_is_refused(ada: Person, forgery: str) -> None:
    # given a cursor that this server did not make
    # when it is used
    answer = ada.get("/sessions", query_string={"cursor": forgery})

    # then the field is named
    assert (answer.status_code, answer.json["code"]) == (422, "validation_failed")
    assert set(answer.json["errors"]) == {"cursor"}


def test_an_altered_cursor_and_another_users_cursor_are_refused(app: flask.Flask, kind: str) -> None:
    # given a cursor of Ada's
    ada = devices(app, kind, 3)[0]
    cursor = ada.get("/sessions?limit=1").json["next_cursor"]
    bob = Person(app, kind, "bob@example.com")
    bob.sign_up()

    # when somebody else uses it, or it is altered
    altered = cursor[:5] + ("A" if cursor[5] != "A" else "B") + cursor[6:]
    answers = [
        bob.get("/sessions", query_string={"cursor": cursor}),
        ada.get("/sessions", query_string={"cursor": altered}),
    ]

    # then both are refused alike, and its owner can go on with it
    assert [answer.status_code for answer in answers] == [422, 422]
    assert [answer.json["errors"] for answer in answers] == [NOT_OF_THIS_LIST, NOT_OF_THIS_LIST]
    assert ada.get("/sessions", query_string={"cursor": cursor}).status_code == 200


@pytest.mark.parametrize("limit", ["0", "101", "-1", "2.5", "many", "", "1e2"])
def test_a_page_has_one_to_a_hundred_sessions(ada: Person, limit: str) -> None:
    # given a size that is none
    # when it is asked for
    answer = ada.get("/sessions", query_string={"limit": limit})

    # then the field is named
    assert (answer.status_code, set(answer.json["errors"])) == (422, {"limit"})


def test_ending_one_device_leaves_the_others(app: flask.Flask, kind: str) -> None:
    # given somebody at three devices
    here, lost, third = devices(app, kind, 3)

    # when she ends the one she has lost
    answer = here.call("DELETE", f"/sessions/{lost.session_id}")

    # then only that one is over, and cannot be ended twice
    assert (answer.status_code, answer.json["ended"]) == (200, 1)
    assert [person.me().status_code for person in (here, lost, third)] == [200, 401, 200]
    assert here.call("DELETE", f"/sessions/{lost.session_id}").status_code == 404


def test_a_device_may_end_itself_by_its_id(ada: Person) -> None:
    # given a session
    # when its own device ends it by its id
    answer = ada.call("DELETE", f"/sessions/{ada.session_id}")

    # then it is over
    assert answer.status_code == 200
    assert ada.me().json["code"] == "session_ended"


def test_ending_all_others_says_how_many_and_spares_other_people(app: flask.Flask, kind: str) -> None:
    # given two people at some devices
    here, *others = devices(app, kind, 4)
    bob = Person(app, kind, "bob@example.com")
    bob.sign_up()

    # when one ends all others
    answer = here.call("DELETE", "/sessions")

    # then only hers are over
    assert answer.json["ended"] == 3
    assert {person.me().status_code for person in others} == {401}
    assert (here.me().status_code, bob.me().status_code) == (200, 200)
    assert here.call("DELETE", "/sessions").json["ended"] == 0


def test_another_persons_session_cannot_be_ended_nor_told_from_none(app: flask.Flask, kind: str) -> None:
    # given somebody else's session, whose id has leaked
    ada = devices(app, kind, 1)[0]
    bob = Person(app, kind, "bob@example.com")
    bob.sign_up()

    # when Bob ends it, and one that never was
    theirs = bob.call("DELETE", f"/sessions/{ada.session_id}")
    nobodys = bob.call("DELETE", f"/sessions/{'x' * 43}")

    # then both are answered alike, and it lives
    assert (theirs.status_code, theirs.json) == (404, nobodys.json)
    assert ada.me().status_code == 200
    assert ada.refresh().status_code == 200
    assert all(row.revoked_at is None for row in session_rows(app))


@pytest.mark.parametrize("name", ["%00", "%F0%9F%98%80", "'--", "x" * 5000, "%2E%2E", "1"])
def test_an_id_that_is_none_is_not_found(ada: Person, name: str) -> None:
    # given an id that no session has
    # when it is to be ended
    answer = ada.call("DELETE", f"/sessions/{name}")

    # then there is no such session
    assert (answer.status_code, answer.json["code"]) == (404, "not_found")
    assert ada.me().status_code == 200


@pytest.mark.parametrize(
    ("method", "path"), [("GET", "/sessions"), ("DELETE", "/sessions"), ("DELETE", "/sessions/x")]
)
def test_the_list_is_for_those_who_are_signed_in(app: flask.Flask, kind: str, method: str, path: str) -> None:
    # given somebody who is not
    # when they ask
    answer = Person(app, kind).call(method, path)

    # then they are told to sign in
    assert (answer.status_code, answer.json["code"]) == (401, "token_missing")
