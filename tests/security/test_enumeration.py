"""Nobody learns from a sign-in whether an account exists: not by the answer, not by its time.

Row R06. The time is compared by a permutation test over interleaved tries in random order, beside a pair of
kinds that cannot differ and a pair that must.
"""

import random
import statistics
import time
from collections.abc import Callable, Mapping, Sequence

import flask
import pytest
import sqlalchemy as sa
from werkzeug.test import TestResponse

from tests.support.apps import API, PASSWORD, Person

App = Callable[..., flask.Flask]
COST = 8
ROUNDS = 30


def _change(app: flask.Flask, email: str, **values: object) -> None:
    with app.app_context():
        users = app.auth.user_model.__table__  # type: ignore[attr-defined]
        session = app.extensions["sqlalchemy"].session
        session.execute(sa.update(users).where(users.c.email == email).values(**values))
        session.commit()


@pytest.fixture
def accounts(build: App) -> flask.Flask:
    """Accounts of every kind: in use, switched off, and without a password."""
    app = build(AUTHSVC_PASSWORD_BCRYPT_COST=COST)
    for name in ("known", "known2", "inactive", "nopassword"):
        assert Person(app, "bearer", f"{name}@example.com").sign_up().status_code == 201
    _change(app, "inactive@example.com", is_active=False)
    _change(app, "nopassword@example.com", password_hash=None)
    return app


def _sign_in(app: flask.Flask, email: str, password: str) -> TestResponse:
    return app.test_client().post(f"{API}/login", json={"email": email, "password": password})


KINDS: Mapping[str, tuple[str, str]] = {
    "wrong": ("known@example.com", "not the password"),
    "wrong of another": ("known2@example.com", "not the password"),
    "unknown": ("unknown@example.com", "not the password"),
    "inactive": ("inactive@example.com", PASSWORD),
    "inactive and wrong": ("inactive@example.com", "not the password"),
    "without a password": ("nopassword@example.com", "not the password"),
    "without a password, empty": ("nopassword@example.com", ""),
    "no address at all": ("nobody", "not the password"),
    "an address that nobody can have": ("a@b@c", "not the password"),
    "very long": ("known@example.com", "x" * 2000),
    "very long, unknown": ("unknown@example.com", "x" * 2000),
}


def test_R06_every_failed_sign_in_is_answered_alike(accounts: flask.Flask) -> None:
    # given failures of every kind
    answers = {kind: _sign_in(accounts, *pair) for kind, pair in KINDS.items()}

    # then status, body and headers are the same
    first = answers["wrong"]
    assert first.status_code == 401
    assert first.json["code"] == "invalid_credentials"
    for kind, answer in answers.items():
        assert (answer.status_code, answer.data) == (first.status_code, first.data), kind
        assert dict(answer.headers) == dict(first.headers), kind


def test_R06_a_sign_in_by_user_name_tells_nothing_where_there_are_none(accounts: flask.Flask) -> None:
    # given a model without user names
    answer = accounts.test_client().post(
        f"{API}/login", json={"username": "ada", "password": "not the password"}
    )

    # then it is a wrong sign-in like any other
    assert answer.data == _sign_in(accounts, *KINDS["wrong"]).data


def _times(app: flask.Flask, kinds: Sequence[str]) -> dict[str, list[float]]:
    """Seconds of CPU-bound work per try, interleaved in random order so that noise meets all alike."""
    found: dict[str, list[float]] = {kind: [] for kind in kinds}
    order = random.Random(7)
    pairs = {**KINDS, "not even compared": ("known@example.com", "x" * 5000)}
    for kind in kinds:
        _sign_in(app, *pairs[kind])
    for _ in range(ROUNDS):
        for kind in order.sample(list(kinds), len(kinds)):
            began = time.thread_time()
            _sign_in(app, *pairs[kind])
            found[kind].append(time.thread_time() - began)
    return found


def _difference(one: Sequence[float], other: Sequence[float]) -> float:
    return abs(statistics.median(one) - statistics.median(other))


def _chance(one: Sequence[float], other: Sequence[float], shuffles: int = 500) -> float:
    """How often chance alone makes the medians differ as much (a permutation test)."""
    shuffled, order = [*one, *other], random.Random(7)
    seen = _difference(one, other)
    larger = 0
    for _ in range(shuffles):
        order.shuffle(shuffled)
        larger += _difference(shuffled[: len(one)], shuffled[len(one) :]) >= seen
    return (larger + 1) / (shuffles + 1)


def test_R06_a_failed_sign_in_takes_as_long_whether_the_account_exists_or_not(accounts: flask.Flask) -> None:
    # given the time of failures, interleaved in random order
    pairs = [("wrong", "wrong of another"), ("wrong", "unknown"), ("wrong", "inactive"),
             ("wrong", "without a password"), ("wrong", "no address at all")]  # fmt: skip
    times = _times(accounts, sorted({kind for pair in pairs for kind in pair}))
    hash_time = statistics.median(times["wrong"])

    # when each pair is compared
    for one, other in pairs:
        apart = _difference(times[one], times[other])

        # then chance explains the difference, or it is far below what one hash costs
        assert _chance(times[one], times[other]) > 0.01 or apart < 0.15 * hash_time, (
            one,
            other,
            apart,
            hash_time,
        )


def test_the_comparison_sees_a_difference_where_there_is_one(accounts: flask.Flask) -> None:
    # given a request that is refused before any hash is made
    times = _times(accounts, ["wrong", "not even compared"])

    # then the comparison above tells it from one that is compared
    assert _chance(times["wrong"], times["not even compared"]) <= 0.01
    apart = _difference(times["wrong"], times["not even compared"])
    assert apart > 0.15 * statistics.median(times["wrong"])
