"""Promises about sessions, shown over HTTP for both kinds of client; names begin with their rows.

Rows R20 to R25, R35, R51 and R60.
"""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import flask
import pytest
import sqlalchemy as sa

from tests.security.forging import assert_refused, claims_of
from tests.security.hosts import give_routes
from tests.support.apps import API, PASSWORD, Clock, Person, make_app

App = Callable[..., flask.Flask]


@pytest.fixture
def app(build: App) -> flask.Flask:
    """A host with routes of its own."""
    return give_routes(build())


def again(person: Person) -> Person:
    """The same person at another client of the same kind."""
    other = Person(person.app, person.kind, person.email)
    other.password = person.password
    assert other.sign_in().status_code == 200
    return other


def assert_ended(person: Person) -> None:
    """Neither token opens anything: ours, the host's, refresh."""
    assert_refused(person.me())
    assert_refused(person.get("/api/notes"))
    assert_refused(person.refresh())


def refresh_cookie(person: Person) -> str:
    """The refresh token of a browser, or of a native client."""
    if person.kind == "bearer":
        return str(person.refresh_token)
    return next(one.value for one in person.http._cookies.values() if one.key == "refresh_token")


def test_R20_each_sign_in_is_a_session_of_its_own_and_ends_the_browsers_older_one(ada: Person) -> None:
    # given somebody who is signed in
    first, token = ada.session_id, refresh_cookie(ada)

    # when they sign in again at the same client
    assert ada.sign_in().status_code == 200

    # then it is another session; a browser's older one is over, a native client's is its own business
    assert ada.session_id != first
    older = ada.app.test_client()
    if ada.kind == "cookie":
        older.set_cookie("refresh_token", token, path=API)
        assert_refused(older.post(f"{API}/token/refresh"))
    else:
        answer = older.post(f"{API}/token/refresh", headers={"Authorization": f"Bearer {token}"})
        assert answer.status_code == 200


def test_R20_a_new_proof_of_presence_gives_new_tokens_of_the_same_session(ada: Person, clock: Clock) -> None:
    # given somebody whose sign-in is some time ago
    ada.sign_in()
    session, token = ada.session_id, refresh_cookie(ada)
    clock.forward(minutes=12)

    # when they prove presence
    answer = ada._keep(ada.post("/reauthenticate", {"password": PASSWORD}))

    # then the session is the same, its tokens are new, and it is fresh
    assert answer.status_code == 200
    assert answer.json["session_id"] == session
    assert refresh_cookie(ada) != token
    checked = ada.get("/check-auth").json["session"]
    assert checked["auth_time"].startswith(clock.moment.strftime("%Y-%m-%dT%H:%M:%S"))


def test_R21_the_absolute_end_does_not_move_however_often_a_session_is_refreshed(
    build: App, kind: str, clock: Clock
) -> None:
    # given sessions of ten seconds
    ada = Person(build(AUTHSVC_SESSIONS_ABSOLUTE_LIFETIME=10), kind)
    ada.sign_up()

    # when one is refreshed every two
    answers = []
    for _ in range(6):
        clock.forward(seconds=2)
        answers.append(ada.refresh().status_code)

    # then it is over at the tenth
    assert answers == [200, 200, 200, 200, 401, 401]
    assert_ended_or_signed_out(ada)


def assert_ended_or_signed_out(person: Person) -> None:
    """Nothing opens."""
    assert person.me().status_code == 401


def test_R21_a_session_that_is_not_used_ends_by_itself(build: App, kind: str, clock: Clock) -> None:
    # given refresh tokens of an hour
    ada = Person(build(JWT_REFRESH_TOKEN_EXPIRES=timedelta(hours=1)), kind)
    ada.sign_up()

    # when an hour goes by unused
    clock.forward(minutes=59)
    assert ada.refresh().status_code == 200
    clock.forward(minutes=60)

    # then it is over
    assert_refused(ada.refresh())


def test_R21_a_sign_in_for_once_is_idle_for_a_day_at_most(build: App, kind: str, clock: Clock) -> None:
    # given a sign-in that is not to be remembered
    ada = Person(build(), kind)
    ada.sign_up()
    ada.sign_in(remember=False)

    # when it is refreshed within a day, and then not
    clock.forward(hours=23)
    assert ada.refresh().status_code == 200
    clock.forward(hours=24)

    # then it is over, and refreshing did not make it one that is remembered
    assert_refused(ada.refresh())


def test_R22_signing_out_ends_both_tokens_on_the_server(ada: Person) -> None:
    # given somebody's tokens, copied
    thief = Person(ada.app, ada.kind, ada.email)
    thief.access, thief.refresh_token = ada.access, ada.refresh_token
    for cookie in ada.http._cookies.values():
        thief.http.set_cookie(cookie.key, cookie.value, path=cookie.path)
    assert thief.me().status_code == 200

    # when they sign out
    assert ada.sign_out().status_code == 200

    # then the copies are worth nothing
    assert_ended(thief)


def test_R22_signing_out_of_all_ends_all_and_of_the_others_the_others(ada: Person) -> None:
    # given three devices
    second, third = again(ada), again(ada)

    # when the others are signed out, then all
    assert ada.sign_out("others").json["ended"] == 2
    assert ada.me().status_code == 200
    assert_ended(second)
    fourth = again(ada)
    assert fourth.sign_out("all").json["ended"] == 2

    # then nobody is signed in
    for one in (ada, third, fourth):
        assert_ended(one)


@pytest.mark.parametrize("how", ["inactive", "deleted"])
def test_R23_an_account_that_is_switched_off_or_deleted_is_out_at_once(ada: Person, how: str) -> None:
    # given somebody on two devices
    second = again(ada)

    # when the host switches the account off, or deletes it, in its own table
    with ada.app.app_context():
        users = ada.app.auth.user_model.__table__  # type: ignore[attr-defined]
        session = ada.app.extensions["sqlalchemy"].session
        statement: Any = sa.update(users).values(is_active=False) if how == "inactive" else sa.delete(users)
        session.execute(statement)
        session.commit()

    # then no token of any device opens anything, and nobody signs in
    assert_ended(ada)
    assert_ended(second)
    assert ada.sign_in().status_code == 401


def test_R24_a_new_password_ends_every_other_session(ada: Person) -> None:
    # given two devices
    second = again(ada)

    # when the password is changed on one
    answer = ada.post(
        "/password/update", {"current_password": PASSWORD, "new_password": "a new and long one"}
    )

    # then the other is out, and the old password too
    assert answer.status_code == 200
    assert ada.me().status_code == 200
    assert ada.refresh().status_code == 200
    assert_ended(second)
    assert second.sign_in().status_code == 401


def test_R25_devices_are_listed_and_ended_one_by_one(ada: Person) -> None:
    # given two devices
    second = again(ada)
    listed = {one["id"]: one for one in ada.get("/sessions").json["items"]}
    assert set(listed) == {ada.session_id, second.session_id}
    assert listed[str(ada.session_id)]["is_current"] is True

    # when one ends the other
    assert ada.call("DELETE", f"/sessions/{second.session_id}").status_code == 200

    # then it is out at its next request
    assert_ended(second)
    assert ada.me().status_code == 200
    assert len(ada.get("/sessions").json["items"]) == 1


def test_R35_a_stolen_refresh_token_ends_the_family_when_it_is_used_late(ada: Person, clock: Clock) -> None:
    # given a refresh token that somebody copied, and its owner who went on
    stolen = refresh_cookie(ada)
    ada.refresh()
    clock.forward(seconds=31)

    # when the copy is used
    thief = ada.app.test_client()
    headers = {}
    if ada.kind == "cookie":
        thief.set_cookie("refresh_token", stolen, path=API)
    else:
        headers["Authorization"] = f"Bearer {stolen}"
    answer = thief.post(f"{API}/token/refresh", headers=headers)

    # then it is reuse: the newest of the family is worth nothing either
    assert answer.status_code == 401
    assert answer.json["code"] == "refresh_reused"
    assert_ended(ada)


def test_R35_R51_ten_refreshes_at_once_give_one_successor_on_every_engine(any_database_url: str) -> None:
    # given a client with ten tabs
    app = make_app(any_database_url)
    ada = Person(app, "bearer")
    ada.sign_up()
    token, start = ada.refresh_token, threading.Barrier(10)

    def one(_: int) -> tuple[int, str]:
        start.wait()
        answer = app.test_client().post(f"{API}/token/refresh", headers={"Authorization": f"Bearer {token}"})
        return answer.status_code, answer.json.get("refresh_token", "")

    # when all refresh at the same moment
    with ThreadPoolExecutor(10) as pool:
        answers = list(pool.map(one, range(10)))

    # then all have the one same successor, and the session goes on with it
    assert {status for status, _ in answers} == {200}, answers
    successors = {successor for _, successor in answers}
    assert len(successors) == 1
    assert claims_of(successors.pop())["gen"] == 2


def test_R51_ten_sign_ups_at_once_make_one_account_on_every_engine(any_database_url: str) -> None:
    # given ten people who want one address
    app = make_app(any_database_url)
    assert app.test_client().get(f"{API}/config").status_code == 200
    start = threading.Barrier(10)

    def one(_: int) -> int:
        person = Person(app, "bearer", "ada@example.com")
        start.wait()
        return person.sign_up().status_code

    # when all sign up at the same moment
    with ThreadPoolExecutor(10) as pool:
        answers = sorted(pool.map(one, range(10)))

    # then one has it
    assert answers == [201] + [409] * 9
    with app.app_context():
        users = app.auth.user_model.__table__  # type: ignore[attr-defined]
        assert app.extensions["sqlalchemy"].session.scalar(sa.select(sa.func.count()).select_from(users)) == 1


def test_R60_a_database_that_fails_admits_nobody_and_recovers_by_itself(ada: Person) -> None:
    # given somebody whose session ended, and somebody whose session stands
    ended = again(ada)
    ended.sign_out()
    engine = None
    with ada.app.app_context():
        engine = ada.app.extensions["sqlalchemy"].engine

    # when the database fails at every statement
    def fail(*_: Any) -> None:
        raise sa.exc.OperationalError("x", {}, Exception("the server is gone"))

    sa.event.listen(engine, "before_cursor_execute", fail)
    try:
        during = [one.get(path).status_code for one in (ada, ended) for path in ("/user/@me", "/api/notes")]
        answer = ada.me()
    finally:
        sa.event.remove(engine, "before_cursor_execute", fail)

    # then everybody is told to come back, and afterwards all is as it was
    assert during[:2] == [503, 503]
    assert set(during[2:]) <= {503, 401}
    assert int(answer.headers["Retry-After"]) > 0
    assert "gone" not in answer.text
    assert ada.me().status_code == 200
    assert_refused(ended.me())
