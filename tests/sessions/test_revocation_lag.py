"""Where a lag is allowed, a live session is remembered for a moment, and never longer."""

import socket
from collections.abc import Callable, Iterator
from typing import Any

import flask
import pytest
import redis

from tests.sessions.at_the_wire import copy_of, refresh_token_of, update_user
from tests.sessions.hosts import admitted, everywhere, host, with_refresh_token
from tests.support import services
from tests.support.apps import PASSWORD, Clock, Person

LAG = 20

Ends = dict[str, Callable[[Person, Person], object]]


@pytest.fixture
def silent_redis() -> Iterator[str]:
    """The address of a Redis that is down: a port where nothing listens."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        yield f"redis://127.0.0.1:{taken.getsockname()[1]}/0"


@pytest.fixture(params=["memory", pytest.param("redis", marks=pytest.mark.services)])
def lag(request: pytest.FixtureRequest) -> dict[str, Any]:
    """Configuration with a lag, in the memory of the process and in Redis."""
    where = {"CACHE_REDIS_URL": services.redis_url()} if request.param == "redis" else {}
    return {"AUTHSVC_SESSIONS_REVOCATION_LAG": LAG, **where}


def signed_up(app: flask.Flask, kind: str) -> Person:
    """Ada, whose account was made a moment ago."""
    ada = Person(app, kind, "ada@example.com")
    assert ada.sign_up().status_code == 201
    return ada


def change_password(ada: Person, phone: Person) -> object:
    """Choose a new password at the other device."""
    passwords = {"current_password": PASSWORD, "new_password": "a different battery staple"}
    return phone.post("/password/update", passwords)


ENDS: Ends = {
    "logging out": lambda ada, phone: ada.sign_out(),
    "logging out of all": lambda ada, phone: ada.sign_out("all"),
    "another device logging out of all": lambda ada, phone: phone.sign_out("all"),
    "another device logging out of all others": lambda ada, phone: phone.sign_out("others"),
    "another device ending all others": lambda ada, phone: phone.call("DELETE", "/sessions"),
    "another device ending this one": lambda ada, phone: phone.call("DELETE", f"/sessions/{ada.session_id}"),
    "another device changing the password": change_password,
}


@pytest.mark.parametrize("end", ENDS.values(), ids=ENDS)
def test_on_the_worker_that_ended_it_a_remembered_session_is_over_at_once(
    clock: Clock, database_url: str, kind: str, lag: dict[str, Any], end: Callable[[Person, Person], object]
) -> None:
    # given two devices whose sessions the worker remembers
    app = host(database_url, **lag)
    ada, phone = signed_up(app, kind), Person(app, kind, "ada@example.com")
    phone.sign_in()
    stolen = copy_of(ada)
    assert admitted(stolen) == admitted(phone) == everywhere(200)

    # when the session ends here
    end(ada, phone)

    # then the next request is refused
    assert admitted(stolen) == everywhere(401)


def test_on_another_worker_a_remembered_session_is_over_after_the_lag_at_the_latest(
    clock: Clock, database_url: str, kind: str
) -> None:
    # given two workers that each remember a session in their own memory
    here, there = (host(database_url, AUTHSVC_SESSIONS_REVOCATION_LAG=LAG) for _ in range(2))
    ada = signed_up(here, kind)
    elsewhere = copy_of(ada, app=there)
    assert admitted(elsewhere) == everywhere(200)

    # when it ends at one, and the other goes on being asked
    ada.sign_out()
    clock.forward(seconds=LAG - 1)
    late = admitted(elsewhere)
    clock.forward(seconds=1)

    # then the other is late by the lag at most: being asked has not prolonged its memory
    assert set(late.values()) <= {200, 401}
    assert admitted(elsewhere) == everywhere(401)
    assert elsewhere.me().status_code == 401


@pytest.mark.services
def test_workers_with_one_redis_forget_together(database_url: str, kind: str) -> None:
    # given two workers with one Redis, which remembers a session for the lag and no longer
    config = {"AUTHSVC_SESSIONS_REVOCATION_LAG": LAG, "CACHE_REDIS_URL": services.redis_url()}
    here, there = (host(database_url, **config) for _ in range(2))
    ada = signed_up(here, kind)
    elsewhere = copy_of(ada, app=there)
    assert admitted(elsewhere) == everywhere(200)
    with redis.Redis.from_url(services.redis_url()) as store:
        (key,) = store.keys(f"*{ada.session_id}*")
        assert 0 < store.pttl(key) <= LAG * 1000

    # when it ends at one
    ada.sign_out()

    # then it is over at the other
    assert admitted(elsewhere) == everywhere(401)


@pytest.mark.services
def test_redis_does_not_remember_longer_because_it_is_asked_often(database_url: str, kind: str) -> None:
    # given a session that Redis remembers
    config = {"AUTHSVC_SESSIONS_REVOCATION_LAG": LAG, "CACHE_REDIS_URL": services.redis_url()}
    ada = signed_up(host(database_url, **config), kind)
    ada.me()
    with redis.Redis.from_url(services.redis_url()) as store:
        (key,) = store.keys(f"*{ada.session_id}*")
        store.pexpire(key, 5000)

        # when it is asked for again
        assert ada.me().status_code == 200

        # then its end has not moved; and behind it, the database is asked
        assert store.pttl(key) <= 5000
        update_user(ada.app, ada.email, is_active=False)
        store.delete(key)
    assert ada.me().json["code"] == "session_ended"


def test_what_is_written_into_the_database_counts_after_the_lag(
    clock: Clock, database_url: str, kind: str
) -> None:
    # given a remembered session whose account is switched off by SQL
    ada = signed_up(host(database_url, AUTHSVC_SESSIONS_REVOCATION_LAG=LAG), kind)
    assert ada.me().status_code == 200
    update_user(ada.app, ada.email, is_active=False)

    # when the lag is over
    clock.forward(seconds=LAG)

    # then it is refused, and being refused it is not remembered as alive
    assert admitted(ada) == everywhere(401)
    assert admitted(ada) == everywhere(401)


def test_a_lag_is_no_grace_for_refresh_tokens(database_url: str, kind: str, lag: dict[str, Any]) -> None:
    # given a session that is remembered
    app = host(database_url, **lag)
    ada = signed_up(app, kind)
    used = refresh_token_of(ada)
    assert with_refresh_token(app, kind, used, "/host/refresh") == 200

    # when its refresh token has been used
    ada.refresh()
    assert ada.me().status_code == 200

    # then the used one is refused by the host's routes at once
    assert with_refresh_token(app, kind, used, "/host/refresh") == 401


def test_a_remembered_session_does_not_lend_its_life_to_other_tokens(
    clock: Clock, database_url: str, kind: str, lag: dict[str, Any]
) -> None:
    # given a remembered session
    ada = signed_up(host(database_url, JWT_ACCESS_TOKEN_EXPIRES=10, **lag), kind)
    old = copy_of(ada)
    assert ada.me().status_code == 200

    # when one of its access tokens expires within the lag
    clock.forward(seconds=10)

    # then that token is refused
    assert old.me().json["code"] == "token_expired"
    assert ada.refresh().status_code == 200
    assert ada.me().status_code == 200


def test_with_redis_down_the_database_is_asked(database_url: str, kind: str, silent_redis: str) -> None:
    # given a worker whose Redis is down
    app = host(database_url, AUTHSVC_SESSIONS_REVOCATION_LAG=LAG, CACHE_REDIS_URL=silent_redis)
    ada = signed_up(app, kind)
    phone = Person(app, kind, ada.email)
    assert phone.sign_in().status_code == 200
    stolen = copy_of(ada)
    assert admitted(stolen) == everywhere(200)

    # when a session ends, and another account is switched off
    assert ada.sign_out().status_code == 200

    # then it is refused at once, and the others live
    assert admitted(stolen) == everywhere(401)
    assert admitted(phone) == everywhere(200)
    assert phone.refresh().status_code == 200
    update_user(app, ada.email, is_active=False)
    assert admitted(phone) == everywhere(401)


def test_without_a_lag_redis_is_not_asked_for_sessions(
    database_url: str, kind: str, silent_redis: str
) -> None:
    # given a worker without a lag that has a Redis for other things
    app = host(database_url, CACHE_REDIS_URL=silent_redis)
    ada = signed_up(app, kind)
    assert ada.me().status_code == 200

    # when the account is switched off by SQL
    update_user(app, ada.email, is_active=False)

    # then the next request is refused
    assert ada.me().json["code"] == "session_ended"
