"""Hooks of the host: they hear, they refuse, they add, and they cannot break what is none of theirs."""

from collections.abc import Callable
from typing import Any

import flask
import pytest
import sqlalchemy as sa

from flask_headless_auth import (
    AuthError,
    AuthSvc,
    PasswordChanged,
    ProfileUpdated,
    SignedIn,
    SignedOut,
    SignedUp,
    SignInFailed,
)
from flask_headless_auth.events import Event
from tests.embedding.hosts import bare, model
from tests.support import contract
from tests.support.apps import PASSWORD, Person, make_app

NEW = "another fine long phrase"


class NotInvited(AuthError):
    """The host lets in only whom it invited."""

    status, code, detail = 403, "not_invited", "You are not on the list."


def users_in(app: flask.Flask) -> list[Any]:
    """Addresses of all users."""
    auth: AuthSvc = app.auth  # type: ignore[attr-defined]
    with app.app_context():
        return list(app.extensions["sqlalchemy"].session.scalars(sa.select(auth.user_model.email)))


def sessions_in(app: flask.Flask) -> int:
    """How many rows of sessions there are."""
    with app.app_context():
        return app.extensions["sqlalchemy"].session.scalar(sa.text("SELECT count(*) FROM auth_sessions")) or 0


def test_events_are_heard_in_the_order_in_which_they_happened(ada: Person, app: flask.Flask) -> None:
    # given a host that listens to everything
    heard: list[str] = []
    app.auth.on(Event)(lambda event: heard.append(type(event).__name__))  # type: ignore[attr-defined]

    # when somebody goes through a day
    assert ada.call("PUT", "/user/@me", json={"first_name": "Ada"}).status_code == 200
    changed = ada.post("/password/update", {"current_password": PASSWORD, "new_password": NEW})
    assert changed.status_code == 200
    assert ada.sign_out().status_code == 200
    assert ada.sign_in().status_code == 401
    ada.password = NEW
    assert ada.sign_in().status_code == 200

    # then it has heard all of it
    assert heard == ["ProfileUpdated", "PasswordChanged", "SignedOut", "SignInFailed", "SignedIn"]


def test_the_short_hooks_are_called_with_the_user(app: flask.Flask, kind: str) -> None:
    # given a host with the short hooks, and one of them is still usable as a function
    auth: AuthSvc = app.auth  # type: ignore[attr-defined]
    heard: list[tuple[str, str, str]] = []

    def noting(name: str) -> Callable[[Any], None]:
        return lambda user: heard.append((name, type(user).__name__, user.email))

    for name in ("on_signup", "on_login", "on_password_change", "on_logout"):
        getattr(auth, name)(noting(name))

    @auth.on_login
    def welcome(user: Any) -> str:
        return f"hello {user}"

    # when somebody signs up, changes the password, signs out and in
    ada = Person(app, kind, "ada@example.com")
    assert ada.sign_up().status_code == 201
    changed = ada.post("/password/update", {"current_password": PASSWORD, "new_password": NEW})
    assert changed.status_code == 200
    assert ada.sign_out().status_code == 200
    ada.password = NEW
    assert ada.sign_in().status_code == 200

    # then each was called with the host's own user
    order = ["on_signup", "on_login", "on_password_change", "on_logout", "on_login"]
    assert heard == [(name, "User", "ada@example.com") for name in order]
    assert welcome("you") == "hello you"


def test_hooks_registered_before_the_start_are_called(database_url: str) -> None:
    # given a factory's AuthSvc whose hooks are registered before there is an application
    auth = AuthSvc(user_model=model())
    heard: list[str] = []
    auth.on_login(lambda user: heard.append(f"login {user.email}"))
    auth.on(SignedUp)(lambda event: heard.append(f"up {event.user.email}"))

    @auth.during(SignedUp)
    def note(event: SignedUp) -> None:
        heard.append(f"during {event.user.email}")

    # when the application comes and somebody signs up
    app = bare(database_url)
    auth.init_app(app)
    assert Person(app, email="ada@example.com").sign_up().status_code == 201

    # then they were called
    assert heard == ["during ada@example.com", "up ada@example.com", "login ada@example.com"]


@pytest.mark.parametrize("event", [SignedUp, SignedIn])
def test_a_refusal_during_sign_up_leaves_nothing_behind(
    app: flask.Flask, kind: str, event: type[Event]
) -> None:
    # given a host that refuses while an account is being made
    contract.allow(app, NotInvited.code)

    @app.auth.during(event)  # type: ignore[attr-defined]
    def refuse(event: Event) -> None:
        raise NotInvited

    # when somebody signs up
    ada = Person(app, kind, "ada@example.com")
    answer = ada.sign_up()

    # then the host's refusal is the answer, and there is neither account nor session nor cookie
    assert answer.status_code == 403
    assert answer.content_type == "application/problem+json"
    assert (answer.json["code"], answer.json["detail"]) == ("not_invited", "You are not on the list.")
    assert "Set-Cookie" not in answer.headers
    assert users_in(app) == []
    assert sessions_in(app) == 0


def test_a_refusal_during_other_changes_undoes_them(ada: Person, app: flask.Flask) -> None:
    # given a host that from now on refuses every change
    contract.allow(app, NotInvited.code)
    auth: AuthSvc = app.auth  # type: ignore[attr-defined]

    def refuse(event: Event) -> None:
        raise NotInvited

    for event in (SignedIn, ProfileUpdated, PasswordChanged, SignedOut):
        auth.during(event)(refuse)
    sessions = sessions_in(app)

    # when somebody tries each
    answers = [
        ada.call("PUT", "/user/@me", json={"first_name": "Ada"}),
        ada.post("/password/update", {"current_password": PASSWORD, "new_password": NEW}),
        ada.sign_out(),
        Person(app, ada.kind, "ada@example.com").sign_in(),
    ]

    # then each was refused, and everything is as it was
    assert [answer.json["code"] for answer in answers] == ["not_invited"] * 4
    assert sessions_in(app) == sessions
    shown = Person(app, "bearer", "ada@example.com")
    shown.access = ada.access
    assert ada.kind == "cookie" or shown.me().json["user"]["first_name"] is None


def test_a_failure_during_sign_up_leaves_nothing_behind(
    app: flask.Flask, caplog: pytest.LogCaptureFixture
) -> None:
    # given a listener of the host that breaks inside the transaction
    @app.auth.during(SignedUp)  # type: ignore[attr-defined]
    def break_down(event: SignedUp) -> None:
        raise KeyError("the host's trouble")

    # when somebody signs up
    answer = Person(app).sign_up()

    # then it is a 500 that tells nothing, the log tells all, and nothing is left
    assert (answer.status_code, answer.json["code"]) == (500, "internal_error")
    assert "trouble" not in answer.text
    assert "the host's trouble" in caplog.text
    assert users_in(app) == []


def test_what_a_host_writes_during_sign_up_is_committed_with_it_or_undone_with_it(database_url: str) -> None:
    # given a host that opens an account book inside the transaction of a sign-up, and refuses some afterwards
    from flask_sqlalchemy import SQLAlchemy

    from tests.embedding.hosts import model_of

    db = SQLAlchemy()
    users = model_of(db)

    class Book(db.Model):  # type: ignore[name-defined,misc]
        id = db.Column(db.Integer, primary_key=True)
        owner = db.Column(db.ForeignKey("users.id"), nullable=False)

    app = make_app(database_url, user_model=users)
    contract.allow(app, NotInvited.code)
    with app.app_context():
        db.create_all()

    @app.auth.during(SignedUp)  # type: ignore[attr-defined]
    def open_book(event: SignedUp) -> None:
        db.session.add(Book(owner=event.user.id))
        db.session.flush()
        if event.user.email.startswith("mallory"):
            raise NotInvited

    # when one signs up and another is refused
    assert Person(app, email="ada@example.com").sign_up().status_code == 201
    assert Person(app, email="mallory@example.com").sign_up().status_code == 403

    # then there is one account with one book
    assert users_in(app) == ["ada@example.com"]
    with app.app_context():
        assert len(db.session.scalars(sa.select(Book)).all()) == 1


def test_a_listener_behind_the_commit_that_fails_is_logged_and_changes_nothing(
    app: flask.Flask, kind: str, caplog: pytest.LogCaptureFixture
) -> None:
    # given listeners that fail in many ways, one in the middle of a write, before one that works
    auth: AuthSvc = app.auth  # type: ignore[attr-defined]
    heard: list[str] = []

    @auth.on_login
    def write_and_fail(user: Any) -> None:
        user.first_name = "half"
        app.extensions["sqlalchemy"].session.flush()
        raise RuntimeError("the host's trouble")

    @auth.on_login
    def refuse_too_late(user: Any) -> None:
        raise NotInvited

    @auth.on_login
    def abort(user: Any) -> None:
        flask.abort(418)

    auth.on_login(lambda user: heard.append(user.email))

    # when somebody signs up
    ada = Person(app, kind, "ada@example.com")
    answer = ada.sign_up()

    # then they are signed in, the failures are in the log by name, and the last listener has been called
    assert answer.status_code == 201
    assert ada.me().json["user"]["first_name"] is None
    assert heard == ["ada@example.com"]
    for name in ("write_and_fail", "refuse_too_late", "abort"):
        assert name in caplog.text
    assert "the host's trouble" in caplog.text


def test_the_user_of_a_hook_belongs_to_the_hosts_session_and_may_be_changed(
    app: flask.Flask, kind: str
) -> None:
    # given a host that writes to the user at sign-in, by its own session and with its own commit
    session = app.extensions["sqlalchemy"].session

    @app.auth.on_login  # type: ignore[attr-defined]
    def count(user: Any) -> None:
        assert user in session
        user.last_name = "was here"
        session.commit()

    # when somebody signs up, and is asked for
    ada = Person(app, kind, "ada@example.com")
    signed_up = ada.sign_up()

    # then the change is kept, and the answer says it
    assert signed_up.json["user"]["last_name"] == "was here"
    assert ada.me().json["user"]["last_name"] == "was here"


def test_a_change_that_a_hook_forgets_to_commit_is_not_kept(app: flask.Flask) -> None:
    # given a host that writes to the user behind the commit and does not commit
    @app.auth.on_signup  # type: ignore[attr-defined]
    def forget(user: Any) -> None:
        user.last_name = "lost"

    # when somebody signs up and is asked for
    ada = Person(app)
    assert ada.sign_up().status_code == 201

    # then nothing of it is in the database
    assert ada.me().json["user"]["last_name"] is None


def test_failed_sign_ins_are_heard_with_the_user_where_there_is_one(app: flask.Flask) -> None:
    # given a host that listens to failures
    heard: list[Any] = []
    app.auth.on(SignInFailed)(  # type: ignore[attr-defined]
        lambda event: heard.append((event.method, event.user and event.user.email))
    )
    ada = Person(app, email="ada@example.com")
    assert ada.sign_up().status_code == 201

    # when somebody guesses at an account, and at one that does not exist
    ada.password = "wrong horse battery staple"
    assert ada.sign_in().status_code == 401
    assert Person(app, email="nobody@example.com").sign_in().status_code == 401

    # then both were heard
    assert heard == [("pwd", "ada@example.com"), ("pwd", None)]
