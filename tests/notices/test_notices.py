"""Users are told of what changes about their account, by the features that change it."""

import logging
from collections.abc import Callable

import flask
import pytest

from flask_headless_auth import AuthSvc, PasswordChanged, users
from flask_headless_auth.database import transaction
from tests.notices.happenings import NEW, change_password, move, tickle, told
from tests.sessions.at_the_wire import refresh_token_of
from tests.support.apps import WITH_MAIL, Clock, Person
from tests.support.mails import empty, mails

App = Callable[..., flask.Flask]


def test_a_changed_password_is_told_with_a_way_to_take_it_back(
    ada: Person, app: flask.Flask, clock: Clock
) -> None:
    # given somebody who changes the password
    change_password(ada)

    # then they are told when, with a link
    [notice] = told(app, "password_changed")
    assert (notice["to"], notice["decoy"]) == ("ada@example.com", False)
    assert set(notice["context"]) == {"when", "undo_link"}
    assert notice["context"]["when"] == f"{clock.moment:%Y-%m-%d %H:%M} UTC"
    assert notice["context"]["undo_link"].startswith("http://localhost/api/auth/security/revert/")


def test_a_refresh_token_that_was_used_twice_is_told(ada: Person, app: flask.Flask, clock: Clock) -> None:
    # given a refresh token that was used, by its owner or a thief
    stolen = refresh_token_of(ada)
    assert ada.refresh().status_code == 200
    clock.forward(minutes=5)

    # when it is used again
    thief = Person(app, ada.kind)
    if ada.kind == "cookie":
        thief.http.set_cookie("refresh_token", stolen, path="/api/auth")
    thief.refresh_token = stolen
    assert thief.refresh().json["code"] == "refresh_reused"

    # then the owner is told, once
    assert [one["to"] for one in told(app, "refresh_reused")] == ["ada@example.com"]


def test_a_feature_tells_of_its_own_events_by_one_line(ada: Person, app: flask.Flask) -> None:
    # given a feature whose manifest says that a mail tells of an event, and what it says
    tickle(app, ada.email)

    # then the mail is sent when it happens, with that as text, and with no link that nobody asked for
    [notice] = told(app, "tickled")
    assert notice["to"] == ada.email
    assert set(notice["context"]) == {"when", "with_what", "how_often"}
    assert (notice["context"]["with_what"], notice["context"]["how_often"]) == ("a feather", "3")


def test_a_notice_goes_to_the_address_that_the_event_names(ada: Person, app: flask.Flask) -> None:
    # given an account whose address changes
    move(app, "ada@example.com", "thief@example.com")

    # then the old address is told
    assert [one["to"] for one in told(app, "moved")] == ["ada@example.com"]


def test_what_is_undone_is_not_told(ada: Person, app: flask.Flask) -> None:
    # given a host that refuses the change
    auth: AuthSvc = app.auth  # type: ignore[attr-defined]

    @auth.during(PasswordChanged)
    def refuse(event: PasswordChanged) -> None:
        raise RuntimeError("not today")

    # when somebody tries to change the password
    answer = ada.post("/password/update", {"current_password": ada.password, "new_password": NEW})

    # then nothing has happened and nothing is told
    assert answer.status_code == 500
    assert told(app, "password_changed") == []


@pytest.mark.parametrize(
    ("config", "sent"),
    [({}, set()), ({**WITH_MAIL, "AUTHSVC_PUBLIC_URL": None}, {"tickled"})],
    ids=["no mail", "no address"],
)
def test_where_no_notice_can_be_sent_the_change_works_all_the_same(
    build: App, config: dict[str, object], sent: set[str], kind: str, caplog: pytest.LogCaptureFixture
) -> None:
    # given an application that cannot send a link
    app = build(**config)
    ada = Person(app, kind, "ada@example.com")
    assert ada.sign_up().status_code == 201

    # when two things happen that would be told
    with caplog.at_level(logging.WARNING):
        for password in (NEW, "yet another battery staple"):
            body = {"current_password": ada.password, "new_password": password}
            assert ada.post("/password/update", body).status_code == 200
            ada.password = password
        tickle(app, ada.email)

    # then they have happened, the log says once why nobody is told, and what needs no link is sent
    assert {one["mail"] for one in mails(app)} == sent
    silent = [one for one in caplog.messages if "Nobody is told" in one]
    assert len(silent) == 1
    assert ada.email not in silent[0]


def test_twenty_notices_of_a_kind_a_day_are_enough(build: App) -> None:
    # given an application that counts
    app = build(**WITH_MAIL, RATELIMIT_ENABLED=True)
    for name in ("ada", "bob"):
        assert Person(app, "bearer", f"{name}@example.com").sign_up().status_code == 201

    # when something happens thirty times to one account
    for _ in range(30):
        tickle(app, "ada@example.com")
    tickle(app, "bob@example.com")
    move(app, "ada@example.com", "moved@example.com")

    # then twenty are told; others, and what is of another kind, are told as ever
    assert [one["to"] for one in told(app, "tickled")] == ["ada@example.com"] * 20 + ["bob@example.com"]
    assert len(told(app, "moved")) == 1


def test_an_application_that_switches_notices_off_tells_nobody(build: App, kind: str) -> None:
    # given such an application
    app = build(**WITH_MAIL, AUTHSVC_ENABLE_NOTICES=False)
    ada = Person(app, kind, "ada@example.com")
    ada.sign_up()
    empty(app)

    # when the password is changed
    body = {"current_password": ada.password, "new_password": NEW}
    assert ada.post("/password/update", body).status_code == 200

    # then nothing is sent, and there is no way to take anything back
    assert mails(app) == []
    assert app.test_client().post("/api/auth/security/revert/x").status_code == 404


def test_nothing_that_a_user_wrote_is_in_a_notice(app: flask.Flask, kind: str) -> None:
    # given somebody whose profile and client are full of words
    ada = Person(app, kind, "ada@example.com")
    assert (
        ada.sign_up(first_name="Win-a-prize", last_name="<a href='https://evil.example'>").status_code == 201
    )
    empty(app)
    change_password(ada)
    other = Person(app, kind, "ada@example.com")
    other.password = NEW
    body = {"email": ada.email, "password": NEW}
    headers = {"User-Agent": "Win-a-prize at https://evil.example", "X-Forwarded-For": "evil.example"}
    assert other.post("/login", body, headers=headers).status_code == 200

    # then no mail repeats them
    assert {one["mail"] for one in mails(app)} == {"password_changed", "new_device"}
    assert not any(word in str(mails(app)) for word in ("prize", "evil", "href"))


def test_a_notice_that_happens_outside_of_a_request_is_sent_too(build: App, tmp_path: object) -> None:
    # given something that a command does
    app = build(**WITH_MAIL)
    assert Person(app, "bearer", "ada@example.com").sign_up().status_code == 201
    with app.app_context(), transaction():
        users.by_email("ada@example.com").is_verified = True
    move(app, "ada@example.com", "moved@example.com")

    # then its link has the server's address
    assert told(app, "moved")[-1]["context"]["undo_link"].startswith("http://localhost/api/auth/security/")
