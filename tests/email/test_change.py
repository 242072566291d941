"""Ada moves her account to another address: the new one agrees, and the old one is told."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import flask
import pytest
import sqlalchemy as sa
from sqlalchemy import event as sa_event

from flask_headless_auth.features.email.events import EmailChanged, EmailChangeRequested
from flask_headless_auth.features.vouchers import logic as vouchers
from tests.email.letters import ALONE, account, confirm, confirmed, last, letters, set_columns, token_in
from tests.support.apps import API, PASSWORD, Clock, Person
from tests.support.mails import mails

App = Callable[..., flask.Flask]
ADA, NEW = "ada@example.com", "countess@lovelace.example"


@pytest.fixture
def ada(app: flask.Flask, kind: str) -> Person:
    """Somebody signed in whose address is confirmed."""
    return confirmed(app, ADA, kind)


def ask(who: Person, email: str = NEW) -> str:
    """The token of the link that somebody's wish for another address sends there."""
    assert who.post("/email/change", {"email": email}).status_code == 200
    return token_in(last(who.app, "confirm_change"))


def follow(app: flask.Flask, token: str) -> Any:
    """The link is opened and its button pressed, on any device."""
    return app.test_client().post(f"{API}/email/change/{token}")


def heard(app: flask.Flask) -> list[tuple[str, str, str]]:
    """What the events of a change say from now on."""
    found: list[tuple[str, str, str]] = []
    for kind in (EmailChangeRequested, EmailChanged):
        app.auth.during(kind)(  # type: ignore[attr-defined]
            lambda one: found.append((type(one).__name__, one.email, one.new_address))
        )
    return found


def test_an_address_is_changed_when_the_new_one_agrees(ada: Person) -> None:
    # given somebody who asks for another address
    events = heard(ada.app)
    asked = ada.post("/email/change", {"email": f" {NEW.title()} "})
    letter = last(ada.app, "confirm_change")
    assert (asked.status_code, letter["to"], letter["context"]["hours"]) == (200, NEW, "24")
    assert ada.me().json["user"]["email"] == ADA

    # when the link is opened on another device
    answer = follow(ada.app, token_in(letter))

    # then the account has the new address, confirmed; she stays signed in, and the old address is no way in
    assert (answer.status_code, set(answer.json)) == (200, {"message"})
    assert "Set-Cookie" not in answer.headers
    me = ada.me().json["user"]
    assert (me["email"], me["is_verified"]) == (NEW, True)
    assert Person(ada.app, ada.kind, NEW).sign_in().status_code == 200
    assert Person(ada.app, ada.kind, ADA).sign_in().status_code == 401
    # and what is told goes to the old address, with the new one masked
    assert events == [
        ("EmailChangeRequested", ADA, "c•••@lovelace.example"),
        ("EmailChanged", ADA, "c•••@lovelace.example"),
    ]


def test_a_link_changes_an_address_once(ada: Person, clock: Clock) -> None:
    # given a link that was used, and the address changed back meanwhile
    token = ask(ada)
    assert follow(ada.app, token).status_code == 200
    assert follow(ada.app, ask(ada, ADA)).status_code == 200

    # when it is used again
    answer = follow(ada.app, token)

    # then it changes nothing
    assert (answer.status_code, answer.json["code"]) == (400, "email_change_link_expired")
    assert account(ada.app, ADA) is not None


def test_a_link_that_is_not_good_changes_nothing(ada: Person, clock: Clock) -> None:
    # given the link in the mail, and tokens that look like it
    older = ask(ada, "older@example.com")
    token = ask(ada)
    tokens = [older, token[:-1], token + "A", "A" * 43, "%20", "a" * 8192, token_in(last(ada.app, "confirm"))]

    # when they are tried, and the right one behind its time
    answers = [follow(ada.app, one) for one in tokens]
    clock.forward(hours=24, seconds=1)
    answers.append(follow(ada.app, token))

    # then they are refused alike
    assert answers[0].json["code"] == "email_change_link_expired"
    assert {(one.status_code, one.data) for one in answers} == {(400, answers[0].data)}
    assert account(ada.app, ADA) is not None


def test_a_suspended_account_changes_no_address(ada: Person) -> None:
    # given a link, and an account that is suspended behind it
    token = ask(ada)
    set_columns(ada.app, ADA, is_active=False)

    # when the link is opened
    answer = follow(ada.app, token)

    # then it does nothing
    assert answer.status_code == 400


def test_a_link_is_nothing_once_the_account_has_another_address(ada: Person) -> None:
    # given a link, and a host that writes another address behind it
    token = ask(ada)
    set_columns(ada.app, ADA, email="support@example.com")

    # when the link is opened
    answer = follow(ada.app, token)

    # then the account keeps what the host wrote
    assert (answer.status_code, answer.json["code"]) == (400, "email_change_link_expired")
    assert account(ada.app, "support@example.com") is not None


def test_R16_only_a_fresh_sign_in_asks_for_another_address(ada: Person, clock: Clock) -> None:
    # given somebody who signed in a while ago
    clock.forward(minutes=11)

    # when they ask for another address
    answer = ada.post("/email/change", {"email": NEW})

    # then they prove first that it is them
    assert (answer.status_code, answer.json["code"]) == (401, "step_up_required")
    assert not letters(ada.app, "confirm_change")


def test_the_own_address_is_no_other_one(ada: Person) -> None:
    # given somebody with an address
    # when they ask for that one, in another spelling
    answer = ada.post("/email/change", {"email": "ADA@Example.com"})

    # then the field is named
    assert (answer.status_code, list(answer.json["errors"])) == (422, ["email"])


def test_R06_a_taken_address_is_answered_as_a_free_one_and_its_owner_is_told(ada: Person) -> None:
    # given somebody else with an account
    confirmed(ada.app, "bob@example.com")
    statements: list[str] = []
    with ada.app.app_context():
        engine = ada.app.extensions["sqlalchemy"].engine
    ada.post("/email/change", {"email": "warm@example.com"})

    # when somebody asks for a free address and for that one
    answers, works = [], []
    for email in (NEW, "bob@example.com"):
        sa_event.listen(
            engine,
            "before_cursor_execute",
            lambda connection, cursor, statement, *rest: statements.append(statement.split(maxsplit=1)[0]),
        )
        statements.clear()
        answers.append(ada.post("/email/change", {"email": email}))
        works.append(list(statements))

    # then answer and work are the same, and the owner hears that nothing changed
    assert answers[0].status_code == 200
    assert answers[0].data == answers[1].data
    assert dict(answers[0].headers) == dict(answers[1].headers)
    assert len(works[0]) == len(works[1]) / 2
    letter = letters(ada.app)[-1]
    assert (letter["mail"], letter["to"], letter["context"]) == ("address_in_use", "bob@example.com", {})


def test_an_address_that_was_taken_meanwhile_stays_where_it_is(ada: Person) -> None:
    # given a link, and somebody who signs up with the address before it is used
    token = ask(ada)
    bob = Person(ada.app, ada.kind, NEW)
    bob.sign_up()

    # when the link is opened
    answer = follow(ada.app, token)

    # then both keep what they have
    assert (answer.status_code, answer.json["code"]) == (409, "email_taken")
    assert ada.me().json["user"]["email"] == ADA
    assert bob.me().json["user"]["email"] == NEW


def keep(app: flask.Flask, user: Any, address: str) -> None:
    """Keep an address for the account that left it, as the notice that can be undone does."""
    vouchers.issue("revert", timedelta(hours=72), {"email": address}, user=user, address=address)


def test_an_address_that_was_left_is_kept_for_a_while(ada: Person, clock: Clock) -> None:
    # given a change that can be undone
    ada.app.auth.during(EmailChanged)(  # type: ignore[attr-defined]
        lambda one: keep(ada.app, one.user, one.email)
    )
    assert follow(ada.app, ask(ada)).status_code == 200

    # when somebody else wants the old address: at sign-up, and by a change whose link is a decoy
    bob = confirmed(ada.app, "bob@example.com", ada.kind)
    refused = Person(ada.app, ada.kind, ADA).sign_up()
    before = len(letters(ada.app))
    assert bob.post("/email/change", {"email": ADA}).status_code == 200

    # then they do not get it, and its former owner does
    assert (refused.status_code, refused.json["code"]) == (409, "email_taken")
    assert len(letters(ada.app)) == before
    assert mails(ada.app)[-1]["decoy"]
    token = ask(ada, ADA)
    assert follow(ada.app, token).status_code == 200
    assert account(ada.app, ADA) is not None


def test_an_address_that_was_left_is_free_behind_that_time(ada: Person, clock: Clock) -> None:
    # given a change that could be undone for three days
    ada.app.auth.during(EmailChanged)(  # type: ignore[attr-defined]
        lambda one: keep(ada.app, one.user, one.email)
    )
    assert follow(ada.app, ask(ada)).status_code == 200

    # when they are over
    clock.forward(hours=73)

    # then the address is anybody's
    assert Person(ada.app, ada.kind, ADA).sign_up().status_code == 201


def test_a_link_to_an_address_that_is_kept_meanwhile_does_not_take_it(ada: Person) -> None:
    # given a link to an address that nobody has yet
    token = ask(ada)
    bob = confirmed(ada.app, NEW, ada.kind)
    with ada.app.app_context():
        session = ada.app.extensions["sqlalchemy"].session
        user = session.scalars(sa.select(ada.app.auth.user_model).filter_by(email=NEW)).one()  # type: ignore[attr-defined]
        user.email = "bob@example.com"
        keep(ada.app, user, NEW)
        session.commit()

    # when it is opened while the address is kept for somebody
    answer = follow(ada.app, token)

    # then it is taken
    assert (answer.status_code, answer.json["code"]) == (409, "email_taken")
    assert ada.me().json["user"]["email"] == ADA
    assert bob.me().json["user"]["email"] == "bob@example.com"


@pytest.mark.parametrize("purpose", ["reset", "magic_link", "confirm", "confirm_again", "change"])
def test_links_to_the_old_address_end_with_it(ada: Person, purpose: str) -> None:
    # given another link that was sent to the old address, and one that undoes a change
    token = ask(ada)
    with ada.app.app_context():
        session = ada.app.extensions["sqlalchemy"].session
        user = session.scalars(sa.select(ada.app.auth.user_model)).one()  # type: ignore[attr-defined]
        issued = [
            vouchers.issue(one, timedelta(days=1), {"email": ADA}, user=user).token
            for one in (purpose, "revert")
        ]
        session.commit()

    # when the address is changed
    assert follow(ada.app, token).status_code == 200

    # then the first is used up, and the way back stands
    with ada.app.app_context():
        ended, stands = (vouchers.look(one, it) for one, it in zip((purpose, "revert"), issued, strict=True))
        assert ended is not None
        assert ended.is_used
        assert stands is not None
        assert not stands.is_used


def test_an_unconfirmed_account_moves_to_its_users_own_address(app: flask.Flask, kind: str) -> None:
    # given somebody who mistyped their address at sign-up
    ada = Person(app, kind, "aad@example.com")
    ada.sign_up()
    stale = token_in(last(app, "confirm"))
    events = heard(app)

    # when they move to the right one
    assert follow(app, ask(ada, ADA)).status_code == 200

    # then it is confirmed, the link to the wrong one is nothing, and its owner is told no address of another
    assert account(app, ADA).is_verified
    assert confirm(app, stale).status_code == 400
    assert [one[2] for one in events] == ["•••", "•••"]


def test_R52_nobody_is_flooded_by_changes(build: App) -> None:
    # given a server with its limits, and many people who sign up elsewhere
    app = build(**ALONE, RATELIMIT_ENABLED=True)
    for number in range(12):
        origin = {"REMOTE_ADDR": f"10.0.0.{number}"}
        eve = Person(app, "bearer")
        body = {"email": eve.email, "password": PASSWORD}
        eve.access = eve.post("/signup", body, environ_base=origin).json["access_token"]

        # when all ask for one address
        eve.post("/email/change", {"email": NEW}, environ_base=origin)

    # then five mails go there within the hour
    assert len(letters(app, "confirm_change", NEW)) == 5
