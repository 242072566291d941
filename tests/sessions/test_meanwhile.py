"""What happens between two statements of a request: nobody's change is undone, nobody slips past it."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any

import bcrypt
import flask
import pytest
import sqlalchemy as sa

from tests.sessions.at_the_wire import session_row, update_user, user_row
from tests.support.apps import PASSWORD, Person

EMAIL = "ada@example.com"
NEW = "a different battery staple"


@contextmanager
def before_the_first_write(app: flask.Flask, happening: Callable[[], Any]) -> Iterator[None]:
    """Let something happen once, on another connection, when the application is about to write."""
    waiting = [happening]

    def let_it_happen(connection: Any, cursor: Any, statement: str, *rest: Any) -> None:
        if statement == "BEGIN IMMEDIATE" and waiting:
            # In a thread, since a request inside a request would share its session.
            with ThreadPoolExecutor(1) as elsewhere:
                elsewhere.submit(waiting.pop()).result(timeout=30)

    with app.app_context():
        engine = app.extensions["sqlalchemy"].engine
    sa.event.listen(engine, "before_cursor_execute", let_it_happen)
    try:
        yield
    finally:
        sa.event.remove(engine, "before_cursor_execute", let_it_happen)
    assert not waiting, "nothing was written, so nothing happened meanwhile"


@pytest.fixture
def ada(app: flask.Flask, kind: str) -> Person:
    """Somebody signed in at one device."""
    person = Person(app, kind, EMAIL)
    assert person.sign_up().status_code == 201
    return person


def change_password(ada: Person) -> Callable[[], Any]:
    """Choose a new password at a device that is signed in."""

    def change() -> None:
        answer = ada.post("/password/update", {"current_password": PASSWORD, "new_password": NEW})
        assert answer.status_code == 200

    return change


def test_a_hash_that_is_made_anew_does_not_undo_a_change_of_password(app: flask.Flask, ada: Person) -> None:
    # given an old hash, which a sign-in is about to make anew
    old = bcrypt.hashpw(PASSWORD.encode(), bcrypt.gensalt(4)).decode()
    update_user(app, EMAIL, password_hash=old)

    # when the password is changed between looking and writing
    with before_the_first_write(app, change_password(ada)):
        Person(app, ada.kind, EMAIL).sign_in()

    # then the new password stands, and the old one opens nothing
    assert user_row(app, EMAIL).password_hash != old
    late, owner = Person(app, ada.kind, EMAIL), Person(app, ada.kind, EMAIL)
    owner.password = NEW
    assert (late.sign_in().status_code, owner.sign_in().status_code) == (401, 200)


def test_a_sign_in_with_the_old_password_does_not_outlive_its_change(app: flask.Flask, ada: Person) -> None:
    # given a thief who knows the password and is signing in
    thief = Person(app, ada.kind, EMAIL)

    # when the owner changes it after it was found right and before the session begins
    with before_the_first_write(app, change_password(ada)):
        answer = thief.sign_in()

    # then the thief is not in
    assert answer.status_code in (200, 401)
    assert thief.me().status_code == 401
    assert ada.me().status_code == 200


def test_a_sign_in_does_not_outlive_the_account_being_switched_off(app: flask.Flask, ada: Person) -> None:
    # given somebody who is signing in
    thief = Person(app, ada.kind, EMAIL)

    # when the account is switched off before the session begins
    with before_the_first_write(app, lambda: update_user(app, EMAIL, is_active=False)):
        answer = thief.sign_in()

    # then they are not in
    assert answer.status_code in (200, 401)
    assert thief.me().status_code == 401


def test_a_refresh_token_is_not_rotated_once_the_account_is_off(app: flask.Flask, ada: Person) -> None:
    # given somebody who is refreshing
    # when the account is switched off before the token is rotated
    with before_the_first_write(app, lambda: update_user(app, EMAIL, is_active=False)):
        answer = ada.refresh()

    # then there are no new tokens
    assert answer.json["code"] == "session_ended"
    row = session_row(app, ada.session_id)
    assert {row.cookie_generation, row.body_generation} == {1, None}


def test_presence_is_not_proved_for_a_session_that_ends_meanwhile(app: flask.Flask, ada: Person) -> None:
    # given somebody who proves presence
    phone = Person(app, ada.kind, EMAIL)
    phone.sign_in()

    # when another device signs out of all before new tokens are made
    with before_the_first_write(app, lambda: phone.sign_out("all")):
        answer = ada.post("/reauthenticate", {"password": PASSWORD})

    # then there are no new tokens
    assert (answer.status_code, answer.json["code"]) == (401, "session_ended")
    assert ada.me().status_code == 401
