"""A refresh token works once; a second tab is forgiven for a moment, a thief is not."""

from collections.abc import Callable
from typing import Any

import flask
import pytest

from flask_headless_auth.features.sessions.events import RefreshReused
from tests.sessions.at_the_wire import (
    access_token_of,
    claims_of,
    cookies_set_by,
    copy_of,
    holder_of,
    refresh_token_of,
    session_rows,
    update_session,
    update_user,
)
from tests.support.apps import Clock, Person

Build = Callable[..., flask.Flask]


def signed_up(app: flask.Flask, kind: str) -> Person:
    """Ada, whose account was made a moment ago."""
    ada = Person(app, kind, "ada@example.com")
    assert ada.sign_up().status_code == 201
    return ada


def reuses_told_by(app: flask.Flask) -> list[tuple[str, str]]:
    """The list that fills with whose session was reused, each time the application tells of it."""
    told: list[tuple[str, str]] = []
    app.auth.on(RefreshReused)(lambda happened: told.append((happened.user.email, happened.session_id)))  # type: ignore[attr-defined]
    return told


def test_each_refresh_gives_new_tokens_of_the_same_session(clock: Clock, ada: Person) -> None:
    # given somebody who signed in a minute ago
    first_access, first = access_token_of(ada), refresh_token_of(ada)
    clock.forward(minutes=1)

    # when they refresh
    answer = ada.refresh()

    # then both tokens are new, the session is the same, and the new access token works
    assert answer.status_code == 200
    assert answer.json["expires_in"] == 15 * 60
    assert {access_token_of(ada), refresh_token_of(ada)}.isdisjoint({first_access, first})
    before, after = claims_of(first), claims_of(refresh_token_of(ada))
    assert (after["sid"], after["gen"]) == (before["sid"], before["gen"] + 1)
    assert after["jti"] != before["jti"]
    assert ada.me().status_code == 200


def test_a_session_stays_one_row_however_often_it_is_refreshed(clock: Clock, ada: Person) -> None:
    # given somebody signed in
    assert len(session_rows(ada.app)) == 1

    # when they refresh again and again
    for _ in range(5):
        clock.forward(minutes=14)
        assert ada.refresh().status_code == 200

    # then there is still one row, and it knows when the last refresh was
    (row,) = session_rows(ada.app)
    assert row.refreshed_at.replace(tzinfo=None) == clock.moment.replace(tzinfo=None)


def test_a_second_tab_gets_the_same_successor_within_the_grace(clock: Clock, ada: Person) -> None:
    # given two tabs that hold the same refresh token, one of which has refreshed
    tab = copy_of(ada)
    told = reuses_told_by(ada.app)
    clock.forward(minutes=20)
    assert ada.refresh().status_code == 200

    # when the other one follows at the last moment of the grace
    clock.forward(seconds=30)
    assert tab.refresh().status_code == 200

    # then both hold the same tokens, byte for byte, which work, and nobody is told of a thief
    assert refresh_token_of(tab) == refresh_token_of(ada)
    assert access_token_of(tab) == access_token_of(ada)
    assert tab.me().status_code == 200
    assert ada.refresh().status_code == 200
    assert told == []


def test_a_lost_reply_can_be_asked_for_again_and_again(clock: Clock, ada: Person) -> None:
    # given a refresh whose answer never arrived
    lost = copy_of(ada)
    assert ada.refresh().status_code == 200

    # when the client repeats it some times within the grace
    successors = set()
    for _ in range(4):
        clock.forward(seconds=5)
        again = holder_of(lost, refresh=refresh_token_of(lost))
        assert again.refresh().status_code == 200
        successors.add(refresh_token_of(again))

    # then each answer is the first one, and the grace was not prolonged
    assert successors == {refresh_token_of(ada)}
    clock.forward(seconds=11)
    assert lost.refresh().json["code"] == "refresh_reused"


def test_a_refresh_token_used_again_after_the_grace_ends_the_session(clock: Clock, ada: Person) -> None:
    # given a stolen refresh token that its owner has used already
    thief = copy_of(ada)
    told = reuses_told_by(ada.app)
    assert ada.refresh().status_code == 200
    clock.forward(seconds=31)
    assert ada.me().status_code == 200

    # when the thief uses it
    refused = thief.refresh()

    # then it is refused, the session is over for both, and the application is told whose it was
    assert (refused.status_code, refused.json["code"]) == (401, "refresh_reused")
    assert refused.json["detail"].startswith("401 ")
    assert "refresh_token" not in refused.json
    assert cookies_set_by(refused) == {}
    assert ada.me().json["code"] == "session_ended"
    assert thief.me().status_code == 401
    assert (ada.refresh().status_code, thief.refresh().status_code) == (401, 401)
    assert told == [("ada@example.com", ada.session_id)]
    (row,) = session_rows(ada.app)
    assert row.revoked_reason == "reused"


def test_reuse_ends_only_the_session_whose_token_it_was(clock: Clock, ada: Person) -> None:
    # given somebody signed in on two devices, with a stolen token of the first
    thief = copy_of(ada)
    phone = Person(ada.app, ada.kind, ada.email)
    assert phone.sign_in().status_code == 200
    assert ada.refresh().status_code == 200

    # when the stolen token is reused
    clock.forward(minutes=1)
    assert thief.refresh().status_code == 401

    # then the second device stays signed in
    assert ada.me().status_code == 401
    assert phone.me().status_code == 200


def test_without_a_grace_the_second_use_is_reuse_at_once(clock: Clock, build: Build, kind: str) -> None:
    # given a server without a grace, and two tabs
    app = build(AUTHSVC_SESSIONS_REFRESH_GRACE=0)
    ada = signed_up(app, kind)
    tab = copy_of(ada)
    told = reuses_told_by(app)
    assert ada.refresh().status_code == 200

    # when the second tab follows in the same second
    refused = tab.refresh()

    # then that is a reuse
    assert refused.json["code"] == "refresh_reused"
    assert ada.me().status_code == 401
    assert len(told) == 1


def test_a_token_two_generations_behind_is_reuse_even_within_the_grace(clock: Clock, ada: Person) -> None:
    # given a token whose successor has been used too
    thief = copy_of(ada)
    told = reuses_told_by(ada.app)
    assert ada.refresh().status_code == 200
    assert ada.refresh().status_code == 200

    # when it comes back within the grace
    clock.forward(seconds=1)
    refused = thief.refresh()

    # then it is a reuse
    assert refused.json["code"] == "refresh_reused"
    assert ada.me().status_code == 401
    assert len(told) == 1


def test_a_token_newer_than_the_database_ends_the_session_and_accuses_nobody(
    clock: Clock, ada: Person
) -> None:
    # given a database that has lost the last rotation to a failover
    told = reuses_told_by(ada.app)
    assert ada.refresh().status_code == 200
    assert ada.session_id is not None
    channel = "cookie" if ada.kind == "cookie" else "body"
    update_session(ada.app, ada.session_id, **{f"{channel}_generation": 1})

    # when the client comes with the token of the lost rotation
    refused = ada.refresh()

    # then the session is over, without a word of reuse
    assert (refused.status_code, refused.json["code"]) == (401, "session_ended")
    assert ada.me().json["code"] == "session_ended"
    assert told == []
    (row,) = session_rows(ada.app)
    assert row.revoked_at is not None


def test_an_unused_refresh_token_expires_after_its_idle_life(clock: Clock, ada: Person) -> None:
    # given a client that did nothing for almost 30 days, and its twin
    late = copy_of(ada)
    clock.forward(days=30, seconds=-1)
    assert holder_of(ada, refresh=refresh_token_of(ada)).refresh().status_code == 200

    # when the other one comes at the end of the 30 days
    clock.forward(seconds=1)
    refused = late.refresh()

    # then its token has expired, which is no reuse: the session goes on
    assert (refused.status_code, refused.json["code"]) == (401, "token_expired")
    (row,) = session_rows(ada.app)
    assert row.revoked_at is None


def test_rotation_never_moves_the_absolute_end(clock: Clock, build: Build, kind: str) -> None:
    # given sessions of at most ten minutes, access tokens of four, and a client that refreshes eagerly
    app = build(AUTHSVC_SESSIONS_ABSOLUTE_LIFETIME=600, JWT_ACCESS_TOKEN_EXPIRES=240)
    ada = signed_up(app, kind)
    end = int(clock.moment.timestamp()) + 600
    for _ in range(3):
        clock.forward(minutes=3)
        assert ada.refresh().status_code == 200
        assert claims_of(refresh_token_of(ada))["end"] == end

    # when the last tokens of the session are given
    last = claims_of(access_token_of(ada))

    # then no token outlives it, and behind its end nothing works
    assert (last["exp"], claims_of(refresh_token_of(ada))["exp"]) == (end, end)
    clock.forward(seconds=59)
    assert ada.me().status_code == 200
    clock.forward(seconds=1)
    assert ada.me().status_code == 401
    assert ada.refresh().status_code == 401


def test_the_absolute_end_is_a_fact_of_the_row_and_not_only_of_the_tokens(clock: Clock, ada: Person) -> None:
    # given a session whose end an administrator has brought forward in the database
    assert ada.session_id is not None
    update_session(ada.app, ada.session_id, expires_at=clock.moment)

    # when its tokens come, which say that they are good for longer
    answers = [ada.me(), ada.refresh()]

    # then they are refused
    assert [answer.json["code"] for answer in answers] == ["session_ended", "session_ended"]


@pytest.mark.parametrize(
    ("lifetimes", "idle"),
    [({}, 30 * 86400), ({"JWT_REFRESH_TOKEN_EXPIRES": 3600}, 3600)],
    ids=["30 days by default", "as configured"],
)
def test_the_idle_life_begins_anew_with_each_rotation(
    clock: Clock, build: Build, kind: str, lifetimes: dict[str, Any], idle: int
) -> None:
    # given a session
    ada = signed_up(build(**lifetimes), kind)

    # when it is refreshed later
    clock.forward(minutes=40)
    ada.refresh()

    # then its refresh token lives as long again, and the browser keeps its cookies so long
    now = int(clock.moment.timestamp())
    assert claims_of(refresh_token_of(ada))["exp"] == now + idle
    if kind == "cookie":
        clock.forward(minutes=20)
        cookies = cookies_set_by(ada.refresh())
        assert all(f"Max-Age={idle}" in line for line in cookies.values())
        assert set(cookies) == {"access_token", "refresh_token"}


def test_a_sign_in_that_is_not_remembered_ends_with_the_browser_or_after_a_day(
    clock: Clock, app: flask.Flask, kind: str
) -> None:
    # given somebody at a computer that is not theirs
    ada = signed_up(app, kind)
    ada.http = app.test_client()

    # when they sign in without being remembered, and refresh
    answers = [ada.sign_in(remember=False)]
    clock.forward(minutes=1)
    answers.append(ada.refresh())

    # then the cookies are the browser's own to forget, and the idle life is a day
    for answer in answers:
        assert answer.status_code == 200
        lines = cookies_set_by(answer)
        assert set(lines) - {"device"} == ({"access_token", "refresh_token"} if kind == "cookie" else set())
        assert not any("max-age" in line.lower() or "expires" in line.lower() for line in lines.values())
    assert claims_of(refresh_token_of(ada))["exp"] == int(clock.moment.timestamp()) + 86400
    clock.forward(hours=24)
    assert ada.refresh().json["code"] == "token_expired"


def test_a_second_tab_of_a_sign_in_that_is_not_remembered_gets_session_cookies_too(
    clock: Clock, app: flask.Flask
) -> None:
    # given two tabs of a sign-in that is not remembered, one of which has refreshed
    ada = signed_up(app, "cookie")
    ada.sign_in(remember=False)
    tab = copy_of(ada)
    ada.refresh()

    # when the other follows within the grace
    lines = cookies_set_by(tab.refresh())

    # then its cookies end with the browser as well
    assert set(lines) == {"access_token", "refresh_token"}
    assert not any("max-age" in line.lower() or "expires" in line.lower() for line in lines.values())


def test_a_user_who_was_switched_off_cannot_refresh_and_nobody_is_accused(clock: Clock, ada: Person) -> None:
    # given somebody whose account was switched off behind the application's back
    told = reuses_told_by(ada.app)
    update_user(ada.app, ada.email, is_active=False)

    # when they refresh
    refused = ada.refresh()

    # then the session has ended, and no generation was spent on it
    assert refused.json["code"] == "session_ended"
    (row,) = session_rows(ada.app)
    assert {row.cookie_generation, row.body_generation} <= {1, None}
    assert told == []
