"""A mail server: encrypted, checked, signed in to, and failing in each way that mail servers fail."""

import logging
import socket
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from flask_headless_auth.features.mail import logic
from tests.mail.posts import deliver, letters, outcomes, posting, queue
from tests.support.apps import Clock
from tests.support.smtp import Sink, sink

ADDRESS = "ada@example.com"
LOGIN = {"post@shop.example": "a password of the post"}
OURS = {"MAIL_USERNAME": "post@shop.example", "MAIL_PASSWORD": LOGIN["post@shop.example"]}


@pytest.mark.parametrize("implicit", [False, True], ids=["STARTTLS", "SSL"])
def test_many_letters_go_over_one_encrypted_connection_that_is_signed_in(
    database_url: str, tmp_path: Path, implicit: bool
) -> None:
    # given a server with a certificate and a password
    with sink(folder=tmp_path, implicit=implicit, logins=LOGIN) as server:
        app = posting(database_url, server, **OURS)
        queue(app, *(f"{number}@example.com" for number in range(30)))

        # when more letters than one claim takes are delivered
        assert deliver(app).sent == 30

        # then all came over one connection, encrypted and signed in
        assert len(server.arrived) == 30
        assert server.connections == 1
        assert {(one.is_encrypted, one.login) for one in server.arrived} == {(True, "post@shop.example")}


@pytest.mark.parametrize("names", [("mail.other.example",), ("localhost",)], ids=["name", "authority"])
def test_a_server_whose_certificate_is_not_good_gets_nothing(
    database_url: str, tmp_path: Path, names: tuple[str, ...]
) -> None:
    # given a server whose certificate has another name, or comes from an authority that nobody trusts
    with sink(folder=tmp_path, host_names=names, logins=LOGIN) as server:
        trusted = server.ca_file if names != ("localhost",) else None
        app = posting(database_url, server, MAIL_USE_TLS=True, AUTHSVC_MAIL_CA_FILE=trusted, **OURS)
        queue(app, ADDRESS)

        # when it is delivered
        delivered = deliver(app)

        # then nothing was said to it, and the mail waits
        assert delivered.unavailable == "SSLCertVerificationError"
        assert server.arrived == []
        assert outcomes(app) == [None]


def test_a_server_that_offers_no_encryption_gets_nothing(database_url: str, server: Sink) -> None:
    # given a server, or somebody in between, that does not offer STARTTLS
    app = posting(database_url, server, MAIL_USE_TLS=None)
    queue(app, ADDRESS)

    # when it is delivered
    delivered = deliver(app)

    # then the mail waits
    assert delivered.unavailable == "SMTPNotSupportedError"
    assert server.arrived == []


def test_a_wrong_password_costs_no_mail(clock: Clock, database_url: str, tmp_path: Path) -> None:
    # given a password that is not the server's, and three mails
    with sink(folder=tmp_path, logins=LOGIN) as server:
        app = posting(database_url, server, **{**OURS, "MAIL_PASSWORD": "another one"})
        queue(app, *(f"{number}@example.com" for number in range(3)))

        # when they are delivered
        delivered = deliver(app)

        # then one has lost an attempt, none is dead, and the reason is there without the password
        assert delivered.unavailable == "SMTPAuthenticationError 535"
        assert sorted(one.attempts for one in letters(app)) == [0, 0, 1]

        # and with the right one all arrive
        server.logins["post@shop.example"] = "another one"
        clock.forward(minutes=1)
        assert deliver(app).sent == 3


def test_a_recipient_who_is_refused_for_good_is_not_tried_again(
    clock: Clock, database_url: str, server: Sink, caplog: pytest.LogCaptureFixture
) -> None:
    # given a server that knows no such person
    app = posting(database_url, server)
    queue(app, ADDRESS)
    queue(app, "bob@example.com", mail="other")
    server.replies["RCPT"] = [f"550 5.1.1 <{ADDRESS}> is unknown here"]

    # when it is delivered, and again much later
    with caplog.at_level(logging.DEBUG):
        first = deliver(app)
    clock.forward(days=1)

    # then the other mail went out, and no log and no row has the server's words
    assert (first.dead, first.sent, deliver(app).total) == (1, 1, 0)
    assert [one.last_error for one in letters(app) if one.outcome == "dead"] == ["SMTP 550 at RCPT"]
    assert ADDRESS not in caplog.text


@pytest.mark.parametrize("command", ["RCPT", "DATA"])
def test_a_mail_that_is_put_off_is_tried_again_and_arrives_once(
    clock: Clock, database_url: str, server: Sink, command: str
) -> None:
    # given a server that greylists
    app = posting(database_url, server)
    queue(app, ADDRESS)
    server.replies[command] = ["451 4.7.1 try again"]

    # when it is delivered at once, after two seconds, and after twelve
    counts = [deliver(app).failed]
    clock.forward(seconds=2)
    counts.append(deliver(app).total)
    clock.forward(seconds=10)
    counts.append(deliver(app).sent)

    # then it was put off, was not due, and arrived
    assert counts == [1, 0, 1]
    assert len(server.arrived) == 1
    assert letters(app)[0].attempts == 2


@pytest.mark.parametrize(
    ("command", "reply", "outcome"),
    [
        ("MAIL", "550 5.7.1 not as this sender", None),
        ("MAIL", "530 5.7.0 authentication required", None),
        ("RCPT", "530 5.7.0 authentication required", None),
        ("RCPT", "421 4.3.2 closing", None),
        ("RCPT", "554 5.7.1 relay access denied", "dead"),
        ("DATA", "552 5.3.4 too big", "dead"),
        ("DATA", "452 4.3.1 full", None),
    ],
)
def test_only_what_is_wrong_with_a_mail_kills_it(
    database_url: str, server: Sink, command: str, reply: str, outcome: str | None
) -> None:
    # given a server that refuses
    app = posting(database_url, server)
    queue(app, ADDRESS)
    server.replies[command] = [reply]

    # when it is delivered
    deliver(app)

    # then the mail is dead only where it is the mail that is wrong
    assert [(one.outcome, one.last_error) for one in letters(app)] == [
        (outcome, f"SMTP {reply[:3]} at {command}")
    ]


def test_an_answer_that_never_comes_is_a_second_mail_with_the_same_id_at_worst(
    clock: Clock, database_url: str, server: Sink
) -> None:
    # given a server that takes a mail and hangs up before it says so
    app = posting(database_url, server)
    queue(app, ADDRESS)
    server.hang_ups = 1

    # when it is delivered, and once more when it is due
    first = deliver(app)
    clock.forward(seconds=12)
    second = deliver(app)

    # then two came, and whoever reads them knows them as one
    assert (first.unavailable, second.sent) == ("SMTPServerDisconnected", 1)
    assert len(server.arrived) == 2
    assert len({one.id for one in server.arrived}) == 1


def test_a_server_that_says_nothing_does_not_hold_the_outbox(database_url: str, server: Sink) -> None:
    # given something that takes connections and says nothing
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        app = posting(database_url, server, MAIL_PORT=silent.getsockname()[1], AUTHSVC_MAIL_TIMEOUT=1)
        queue(app, ADDRESS)

        # when it is delivered
        delivered = deliver(app)

    # then the mail waits
    assert delivered.unavailable in ("TimeoutError", "SMTPServerDisconnected")
    assert outcomes(app) == [None]


def test_a_server_that_is_gone_for_a_while_gets_every_mail_once(
    clock: Clock, database_url: str, server: Sink
) -> None:
    # given forty mails and no server
    app = posting(database_url, server)
    queue(app, *(f"{number}@example.com" for number in range(40)), life=864_000)
    server.stop()

    # when it is tried for an hour, and then the server is back
    for _ in range(6):
        assert deliver(app).unavailable == "ConnectionRefusedError"
        clock.forward(minutes=10)
    server.start()
    clock.forward(hours=3)
    assert deliver(app).sent == 40

    # then all have arrived, once
    assert len({one.id for one in server.arrived}) == len(server.arrived) == 40
    assert outcomes(app) == ["sent"] * 40


def test_a_mail_that_never_gets_through_is_dead_after_two_days(
    clock: Clock, database_url: str, server: Sink
) -> None:
    # given a server that always puts off
    app = posting(database_url, server)
    queue(app, ADDRESS, life=864_000)
    server.replies["RCPT"] = ["450 later"] * 20
    began, waits = clock.moment, []

    # when it is tried whenever it is due
    while letters(app)[0].outcome is None:
        due = letters(app)[0].due_at
        waits.append((due - clock.moment).total_seconds())
        clock.moment = due
        assert deliver(app).total == 1

    # then there were ten attempts, each later than the one before, in about two days
    assert letters(app)[0].attempts == 10
    assert waits == sorted(waits)
    assert 36 < (clock.moment - began).total_seconds() / 3600 < 60
    assert letters(app)[0].payload is not None


def test_the_pauses_of_letters_that_failed_together_differ(
    clock: Clock, database_url: str, server: Sink
) -> None:
    # given thirty letters that are put off at the same moment
    app = posting(database_url, server)
    queue(app, *(f"{number}@example.com" for number in range(30)))
    server.replies["RCPT"] = ["450 later"] * 30
    assert deliver(app).failed == 30

    # then they do not come back all at once, and none comes early
    waits = {(one.due_at - clock.moment).total_seconds() for one in letters(app)}
    assert len(waits) > 5
    assert min(waits) >= logic.DELAYS[0].total_seconds() * 0.8
    assert max(waits) <= logic.DELAYS[0].total_seconds() * 1.2


def test_an_address_beyond_ascii_goes_where_it_is_understood(database_url: str, server: Sink) -> None:
    # given an address with a local part beyond ASCII
    app = posting(database_url, server)
    queue(app, "josé@example.com")

    # when it is delivered
    assert deliver(app).sent == 1

    # then the server was asked to take it as it is
    (arrived,) = server.arrived
    assert arrived.to == ("josé@example.com",)
    assert "SMTPUTF8" in arrived.options
    assert "To: josé@example.com".encode() in arrived.raw


def test_an_address_beyond_ascii_is_dead_where_it_is_not_understood(database_url: str, server: Sink) -> None:
    # given a server of the old kind
    server.stop()
    server.speaks_utf8 = False
    server.start()
    app = posting(database_url, server)
    queue(app, "josé@example.com")
    queue(app, ADDRESS, mail="other")

    # when both are delivered
    delivered = deliver(app)

    # then only the other went
    assert (delivered.dead, delivered.sent) == (1, 1)
    assert [one.to for one in server.arrived] == [(ADDRESS,)]


def test_a_connection_that_the_server_closed_meanwhile_is_opened_again(
    database_url: str, server: Sink
) -> None:
    # given a server that is started anew between two letters
    app = posting(database_url, server)
    queue(app, ADDRESS, "bob@example.com")
    restart: list[Callable[[], Any]] = [server.start, server.stop]

    def told(outcome: str) -> None:
        while restart:
            restart.pop()()

    # when both are delivered
    with app.app_context():
        delivered = logic.deliver(10, told=told)

    # then both arrived, at the first attempt
    assert (delivered.sent, delivered.failed) == (2, 0)
    assert len(server.arrived) == 2


def test_a_delivery_that_is_ended_finishes_the_letter_in_hand_and_hands_back_the_rest(
    database_url: str, server: Sink
) -> None:
    # given three letters, and an end after the first
    app = posting(database_url, server)
    queue(app, *(f"{number}@example.com" for number in range(3)))
    ended = threading.Event()

    # when they are delivered
    with app.app_context():
        delivered = logic.deliver(10, told=lambda outcome: ended.set(), is_over=ended.is_set)

    # then one is sent, and the others are due for whoever comes next
    assert delivered.sent == 1
    assert [one.claimed_by for one in letters(app)] == [None] * 3
    assert deliver(app).sent == 2
