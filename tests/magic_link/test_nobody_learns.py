"""Nobody learns from asking whether an address has an account: not by the answer, not by the work."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import flask
import pytest
import sqlalchemy as sa

from tests.magic_link.asking import ask, change_user, newest_mail, other_than, with_code
from tests.support.apps import Person

KINDS = ("confirmed", "unconfirmed", "inactive", "nopassword", "unknown")


@pytest.fixture
def accounts(app: flask.Flask) -> flask.Flask:
    """Accounts of every kind, and none."""
    for name in KINDS[:-1]:
        assert Person(app, "bearer", f"{name}@example.com").sign_up().status_code == 201
    change_user(app, "confirmed@example.com", is_verified=True)
    change_user(app, "inactive@example.com", is_active=False)
    change_user(app, "nopassword@example.com", password_hash=None, is_verified=True)
    return app


@contextmanager
def statements(app: flask.Flask) -> Iterator[list[str]]:
    """The statements that the database is sent meanwhile, as prepared."""
    sent: list[str] = []

    def note(_: Any, __: Any, statement: str, *rest: Any) -> None:
        sent.append(statement)

    with app.app_context():
        engine = app.extensions["sqlalchemy"].engine
    sa.event.listen(engine, "before_cursor_execute", note)
    try:
        yield sent
    finally:
        sa.event.remove(engine, "before_cursor_execute", note)


@pytest.fixture(autouse=True)
def _no_sweeps(monkeypatch: pytest.MonkeyPatch) -> None:
    """One request in a hundred sweeps, by chance and not by account."""
    monkeypatch.setattr("flask_headless_auth.features.vouchers.logic.SWEEP_ONE_IN", 10**12)


@pytest.mark.parametrize("kind", KINDS)
def test_R06_asking_is_answered_alike_with_the_same_work(accounts: flask.Flask, kind: str) -> None:
    # given what the owner of an account sees
    known, other = Person(accounts), Person(accounts)
    with statements(accounts) as expected:
        first = known.post("/magic-link", {"email": "confirmed@example.com"})

    # when another address is asked for
    with statements(accounts) as sent:
        answer = other.post("/magic-link", {"email": f"{kind}@example.com"})

    # then nothing tells them apart but the random challenge
    assert answer.status_code == first.status_code == 200
    assert {**answer.json, "challenge": ""} == {**first.json, "challenge": ""}
    assert len(answer.json["challenge"]) == len(first.json["challenge"])
    assert dict(answer.headers) == dict(first.headers)
    assert sent == expected
    assert len(sent) >= 4


@pytest.mark.parametrize("kind", KINDS)
def test_R06_a_wrong_code_is_answered_alike_with_the_same_work(accounts: flask.Flask, kind: str) -> None:
    # given what a wrong code at somebody's account gets
    asked = ask(Person(accounts), "confirmed@example.com")
    with statements(accounts) as expected:
        first = with_code(Person(accounts), asked.challenge, other_than(asked.code))

    # when one is tried at another address
    asked = ask(Person(accounts), f"{kind}@example.com")
    with statements(accounts) as sent:
        answer = with_code(Person(accounts), asked.challenge, other_than(asked.code))

    # then nothing tells them apart
    assert (answer.status_code, answer.data) == (400, first.data)
    assert dict(answer.headers) == dict(first.headers)
    assert sent == expected


def test_only_active_accounts_get_a_mail(accounts: flask.Flask) -> None:
    # when every address is asked for
    decoys = {}
    for kind in KINDS:
        ask(Person(accounts), f"{kind}@example.com")
        decoys[kind] = newest_mail(accounts)["decoy"]

    # then the mails to nobody go nowhere
    assert decoys == {
        "confirmed": False,
        "unconfirmed": False,
        "inactive": True,
        "nopassword": False,
        "unknown": True,
    }
