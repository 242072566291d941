"""A mail is a row of the transaction that causes it, sealed, and erased once it is sent."""

import logging
from datetime import UTC, timedelta
from email.message import EmailMessage
from pathlib import Path

import flask
import pytest
import sqlalchemy as sa

from flask_headless_auth.database import transaction
from flask_headless_auth.features.mail import logic, rendering
from flask_headless_auth.features.mail.events import MailQueued
from flask_headless_auth.state import state
from tests.mail.posts import deliver, letters, outcomes, posting, queue, ready, run
from tests.support.apps import Clock, Person, make_app
from tests.support.mails import empty, mails
from tests.support.smtp import Sink

ADDRESS = "ada@example.com"


def test_a_mail_goes_out_exactly_if_its_transaction_is_committed(database_url: str, server: Sink) -> None:
    # given a change that is undone behind its mail, and one that is not
    app = posting(database_url, server)

    @app.auth.during(MailQueued)  # type: ignore[attr-defined]
    def undo(happened: MailQueued) -> None:
        assert happened.mail != "undone", "undone"

    with pytest.raises(AssertionError, match="undone"):
        queue(app, ADDRESS, mail="undone")
    queue(app, ADDRESS, mail="done")

    # when the outbox is delivered
    delivered = deliver(app)

    # then only the second arrives
    assert (delivered.sent, delivered.total) == (1, 1)
    assert [one.message["Subject"] for one in server.arrived] == ["done"]


def test_nothing_of_a_mail_is_read_in_the_database_and_nothing_is_left_once_it_is_sent(
    database_url: str, server: Sink, tmp_path: Path
) -> None:
    # given a mail that waits
    app = posting(database_url, server)
    queue(app, ADDRESS)
    file = tmp_path / "test.db"
    assert b"test" in file.read_bytes()

    # then neither its address nor its token is in the file, and both are for those who have the key
    assert ADDRESS.encode() not in file.read_bytes()
    assert b"token-for" not in file.read_bytes()
    assert mails(app)[0]["to"] == ADDRESS

    # when it is sent
    assert deliver(app).sent == 1

    # then the sealed text is gone too, and what became of it is known
    (letter,) = letters(app)
    assert (letter.payload, letter.outcome, letter.attempts, letter.due_at) == (None, "sent", 1, None)
    assert letter.finished_at is not None


def test_a_mail_is_finished_as_the_standards_ask(clock: Clock, database_url: str, server: Sink) -> None:
    # given a mail that is delivered an hour after it was written
    app = posting(database_url, server)
    written = clock.moment
    queue(app, ADDRESS, life=7200)
    clock.forward(hours=1)
    deliver(app)

    # then it says from whom, to whom, when it was written and which one it is
    (arrived,) = server.arrived
    message = arrived.message
    assert (arrived.sender, arrived.to) == ("post@shop.example", (ADDRESS,))
    assert str(message["From"]) == "Shop <post@shop.example>"
    assert str(message["To"]) == ADDRESS
    assert message["Date"].datetime == written
    assert arrived.id == f"<{letters(app)[0].id}@shop.example>"
    assert message["Auto-Submitted"] == "auto-generated"

    # and it has a text and the same as HTML, in lines that every server takes
    assert message.get_content_type() == "multipart/alternative"
    assert [part.get_content_subtype() for part in message.iter_parts()] == ["plain", "html"]
    assert arrived.raw.isascii()
    assert max(len(line) for line in arrived.raw.split(b"\r\n")) <= 998


def test_a_decoy_is_written_and_goes_nowhere(database_url: str, server: Sink) -> None:
    # given a decoy beside a mail
    app = posting(database_url, server)
    queue(app, "nobody@example.com", is_decoy=True)
    queue(app, ADDRESS)
    assert [one["decoy"] for one in mails(app)] == [True, False]

    # when they are delivered
    delivered = deliver(app)

    # then only the mail arrives, and both texts are gone
    assert (delivered.sent, delivered.dropped) == (1, 1)
    assert [one.to for one in server.arrived] == [(ADDRESS,)]
    assert {one.payload for one in letters(app)} == {None}


def test_a_mail_whose_link_is_over_is_not_sent(clock: Clock, database_url: str, server: Sink) -> None:
    # given a mail with a link for an hour
    app = posting(database_url, server)
    queue(app, ADDRESS, life=3600)

    # when it is delivered too late
    clock.forward(hours=1)
    delivered = deliver(app)

    # then it is not, and its text is gone
    assert (delivered.expired, server.arrived) == (1, [])
    assert (letters(app)[0].outcome, letters(app)[0].payload) == ("expired", None)


def test_a_mail_that_cannot_be_written_is_dead_at_once_and_the_log_has_no_word_of_it(
    database_url: str, server: Sink, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    # given a template that fails with the address and the token in its mouth
    app = posting(database_url, server)
    queue(app, ADDRESS)
    queue(app, "bob@example.com", mail="other")

    def fail(name: str, locale: str, context: dict[str, str]) -> rendering.Rendered:
        if name == "test":
            raise KeyError(f"{ADDRESS} {context['token']}")
        return rendering.Rendered(name, "", "")

    monkeypatch.setattr(rendering, "render", fail)

    # when it is delivered
    with caplog.at_level(logging.DEBUG):
        delivered = deliver(app)

    # then it is dead, the others go on, and only the kind of failure is told
    assert (delivered.dead, delivered.sent) == (1, 1)
    assert [one.last_error for one in letters(app) if one.outcome == "dead"] == ["KeyError"]
    said = "\n".join(record.getMessage() for record in caplog.records)
    assert "The mail test could not be written: KeyError" in said
    assert ADDRESS not in said
    assert "token-for" not in said


def test_a_letter_that_no_key_opens_is_dead_and_can_be_tried_again(database_url: str, server: Sink) -> None:
    # given a letter that was sealed under keys that are gone
    app = posting(database_url, server)
    queue(app, ADDRESS)
    other = posting(database_url, server, SECRET_KEY="fedcba9876543210" * 4)
    assert deliver(other).dead == 1
    assert letters(other)[0].last_error == "Unsealable"

    # when the keys are back and it is tried again
    assert run(app, "outbox", "--retry", "all").startswith("1 mails are due again.")

    # then it arrives
    assert deliver(app).sent == 1
    assert server.arrived[0].to == (ADDRESS,)


def test_where_no_mail_can_go_out_none_is_queued(build: object, database_url: str) -> None:
    # given an application without a way out
    app = ready(make_app(database_url))

    # when it has something to say
    queue(app, ADDRESS)

    # then nothing waits for the day when it has one, and the command says why it does nothing
    assert letters(app) == []
    assert "Error: " in run(app, "deliver", code=1)


def test_letters_are_purged_when_they_were_finished_long_ago(
    clock: Clock, database_url: str, server: Sink
) -> None:
    # given a mail that was sent a week ago, one that was sent later, and one that waits
    app = posting(database_url, server)
    for name in ("old", "young"):
        queue(app, ADDRESS, mail=name)
        deliver(app)
        clock.forward(days=4)
    queue(app, ADDRESS, mail="waiting", life=864_000)

    # when the operator purges
    assert "1 mails deleted" in run(app, "purge")

    # then the old one is gone
    assert sorted(one.mail for one in letters(app)) == ["waiting", "young"]


def test_what_waits_for_a_user_goes_with_the_user(database_url: str, server: Sink) -> None:
    # given mails for two users and for nobody
    app = posting(database_url, server)
    ada, bob = Person(app, email=ADDRESS), Person(app, email="bob@example.com")
    for person in (ada, bob):
        assert person.sign_up().status_code == 201
    empty(app)
    with app.app_context():
        session = app.extensions["sqlalchemy"].session
        model = app.auth.user_model  # type: ignore[attr-defined]
        users = {one.email: one for one in session.scalars(sa.select(model))}
        for user in (*users.values(), None):
            with transaction():
                logic.queue("to_all", "somebody@example.com", {}, user=user)

        # when one of them is forgotten
        with transaction():
            went = [one.forget(users[ADDRESS]) for one in state().features if one.forget is not None]
            assert {"mails": 1} in went

    # then only their mail is gone
    owners = {one.owner for one in letters(app) if one.mail == "to_all"}
    assert len(owners) == 2
    assert None in owners


def test_everybody_hears_of_a_mail_behind_its_commit(database_url: str, server: Sink) -> None:
    # given a host that listens
    app = posting(database_url, server)
    heard: list[str] = []
    app.auth.on(MailQueued)(lambda happened: heard.append(happened.mail))  # type: ignore[attr-defined]

    # when a mail is queued
    queue(app, ADDRESS)

    # then it hears which
    assert heard == ["test"]


def test_a_letter_whose_claim_was_lost_is_not_noted_twice(
    clock: Clock, database_url: str, server: Sink, caplog: pytest.LogCaptureFixture
) -> None:
    # given a host's function during which time flies, and another delivery takes over
    app = posting(database_url, server)
    taken: list[str] = []

    @app.auth.send_mail  # type: ignore[attr-defined]
    def slow(message: object) -> None:
        taken.append("slow" if not taken else "quick")
        if len(taken) == 1:
            clock.moment += logic.LEASE + timedelta(seconds=1)
            with app.app_context():
                assert logic.deliver(1).sent == 1

    queue(app, ADDRESS)

    # when the first comes back
    with caplog.at_level(logging.WARNING):
        deliver(app)

    # then what the second wrote stands, and the log tells
    assert taken == ["slow", "quick"]
    assert letters(app)[0].outcome == "sent"
    assert "was taken over" in caplog.text


def test_what_a_claim_has_no_time_for_is_handed_back(clock: Clock, database_url: str, server: Sink) -> None:
    # given a host's function that needs ten minutes for each of three mails
    app = posting(database_url, server)
    holding = []

    @app.auth.send_mail  # type: ignore[attr-defined]
    def slow(message: EmailMessage) -> None:
        clock.forward(minutes=10)
        (mine,) = [one for one in letters(app) if one.id in message["Message-ID"]]
        holding.append(mine.due_at.replace(tzinfo=UTC) > clock.moment)

    queue(app, *(f"{number}@example.com" for number in range(3)), life=86_400)

    # when all are delivered
    delivered = deliver(app)

    # then each was claimed anew, so that the claim held while it was sent
    assert (delivered.sent, holding) == (3, [True] * 3)
    assert outcomes(app) == ["sent"] * 3
    assert {one.attempts for one in letters(app)} == {1}


def test_a_failure_to_note_that_a_mail_was_sent_is_repaired_at_once(
    database_url: str, server: Sink, monkeypatch: pytest.MonkeyPatch
) -> None:
    # given a database that fails when it is told that a mail was sent
    app = posting(database_url, server)
    queue(app, ADDRESS)
    monkeypatch.setattr(logic, "PATIENCE", (0, 0, 0))
    failures = ["first", "second"]

    def fail(connection: object, cursor: object, statement: str, *rest: object) -> None:
        if statement.startswith("UPDATE auth_outbox") and "outcome" in statement and failures:
            failures.pop()
            raise sa.exc.OperationalError(statement, {}, Exception("gone"))

    with app.app_context():
        sa.event.listen(app.extensions["sqlalchemy"].engine, "before_cursor_execute", fail)

    # when it is delivered, and delivered again
    delivered = [deliver(app).sent for _ in range(2)]

    # then it went out once
    assert (failures, delivered, len(server.arrived)) == ([], [1, 0], 1)
    assert outcomes(app) == ["sent"]


@pytest.fixture
def memory(server: Sink) -> flask.Flask:
    """An application whose database lives in one connection."""
    return posting("sqlite://", server, AUTHSVC_MAIL_DELIVERY="thread")


def test_a_database_in_one_connection_delivers_in_place(memory: flask.Flask, server: Sink) -> None:
    # when a mail is queued there
    queue(memory, ADDRESS)

    # then it is sent behind the commit, by no thread
    assert len(server.arrived) == 1
    assert outcomes(memory) == ["sent"]


def test_a_failure_of_delivery_in_place_breaks_nothing(memory: flask.Flask, server: Sink) -> None:
    # given a mail server that is gone
    server.stop()

    # when a mail is queued
    queue(memory, ADDRESS)

    # then the change stands, and the mail waits
    assert outcomes(memory) == [None]
    assert letters(memory)[0].last_error == "ConnectionRefusedError"
