"""The thread that delivers: it is there when it is needed, survives what happens, and holds nobody up."""

import itertools
import logging
import threading
from collections.abc import Callable
from typing import Any

import pytest
import sqlalchemy as sa

from flask_headless_auth.features.mail import courier, rendering
from flask_headless_auth.state import part
from tests.mail.posts import letters, outcomes, posting, queue, ready
from tests.support.apps import API, Clock, make_app
from tests.support.smtp import Sink


@pytest.fixture
def ended(monkeypatch: pytest.MonkeyPatch) -> Callable[[], None]:
    """Waits until every thread of a courier that was started in this test has ended."""
    started: list[threading.Thread] = []
    start = threading.Thread.start

    def note(thread: threading.Thread) -> None:
        if thread.name == "authsvc-courier":
            started.append(thread)
        start(thread)

    monkeypatch.setattr(threading.Thread, "start", note)

    def wait() -> None:
        assert started
        for thread in started:
            thread.join(30)
            assert not thread.is_alive()

    return wait


def couriers() -> list[threading.Thread]:
    """The threads of couriers that are alive."""
    return [one for one in threading.enumerate() if one.name == "authsvc-courier"]


def test_a_mail_goes_out_behind_its_commit_and_the_request_does_not_wait(
    any_database_url: str, server: Sink, ended: Callable[[], None]
) -> None:
    # given a mail server that takes its time
    app = posting(any_database_url, server, AUTHSVC_MAIL_DELIVERY="thread")
    server.answers.clear()

    # when a mail is queued
    queue(app, "ada@example.com")

    # then whoever queued it is done, and the mail arrives
    server.wait_for(1)
    assert letters(app)[0].outcome is None
    server.answers.set()

    # and the thread ends when nothing waits any more
    ended()
    assert outcomes(app) == ["sent"]


def test_mails_that_come_while_the_thread_is_at_work_go_out_too(
    database_url: str, server: Sink, ended: Callable[[], None]
) -> None:
    # given many transactions with a mail each, from several threads
    app = posting(database_url, server, AUTHSVC_MAIL_DELIVERY="thread")
    crowd = [
        threading.Thread(target=lambda n=n: [queue(app, f"{n}-{m}@example.com") for m in range(10)])
        for n in range(3)
    ]

    # when all are made side by side
    for one in crowd:
        one.start()
    for one in crowd:
        one.join()

    # then all arrive, once
    ended()
    assert len({one.to for one in server.arrived}) == len(server.arrived) == 30
    assert outcomes(app) == ["sent"] * 30


def test_a_mail_that_comes_as_the_thread_is_about_to_end_goes_out_too(
    database_url: str, server: Sink, ended: Callable[[], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    # given a mail that comes when the thread has just seen that nothing waits
    app = posting(database_url, server, AUTHSVC_MAIL_DELIVERY="thread")
    go, late = courier.Rounds.go, ["late@example.com"]

    def look(rounds: courier.Rounds, **options: Any) -> Any:
        seen = go(rounds, **options)
        if late:
            queue(app, late.pop())
        return seen

    monkeypatch.setattr(courier.Rounds, "go", look)

    # when another one has called it
    queue(app, "ada@example.com")

    # then both arrive
    ended()
    assert outcomes(app) == ["sent", "sent"]


def test_letters_that_an_earlier_process_left_go_out_at_the_first_request(
    database_url: str, server: Sink, ended: Callable[[], None]
) -> None:
    # given letters that nobody has delivered
    queue(posting(database_url, server), "ada@example.com", "bob@example.com")

    # when another process answers its first request
    ready(posting(database_url, server, AUTHSVC_MAIL_DELIVERY="thread"))

    # then they go out
    ended()
    assert len(server.arrived) == 2


def test_a_letter_that_failed_is_tried_again_when_it_is_due(
    clock: Clock, database_url: str, server: Sink, ended: Callable[[], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    # given a server that puts a mail off, and a clock that is forward whenever the thread rests
    app = posting(database_url, server, AUTHSVC_MAIL_DELIVERY="thread")
    server.replies["RCPT"] = ["450 later"]
    rests: list[float | None] = []
    wait = threading.Event.wait

    def rest(event: threading.Event, seconds: float | None = None) -> bool:
        if threading.current_thread().name != "authsvc-courier":
            return wait(event, seconds)
        rests.append(seconds)
        clock.forward(seconds=seconds or 0)
        return False

    monkeypatch.setattr(threading.Event, "wait", rest)

    # when it is queued
    queue(app, "ada@example.com")
    ended()

    # then the thread rested until the letter was due, and sent it
    assert [8 <= one <= 12 for one in rests if one] == [True]
    assert outcomes(app) == ["sent"]


def test_the_thread_survives_whatever_fails_and_says_no_word_of_it(
    database_url: str,
    server: Sink,
    ended: Callable[[], None],
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    # given a database that fails twice when the thread asks it
    app = posting(database_url, server, AUTHSVC_MAIL_DELIVERY="thread")
    monkeypatch.setattr(courier, "PAUSES", (0,))
    failures = [1, 2]

    def fail(connection: object, cursor: object, statement: str, *rest: object) -> None:
        if threading.current_thread().name == "authsvc-courier" and failures:
            failures.pop()
            raise sa.exc.OperationalError(statement, {"to": "ada@example.com"}, Exception("token-for-ada"))

    with app.app_context():
        sa.event.listen(app.extensions["sqlalchemy"].engine, "before_cursor_execute", fail)

    # when a mail is queued
    with caplog.at_level(logging.DEBUG):
        queue(app, "ada@example.com")
        ended()

    # then it arrives all the same
    assert (failures, outcomes(app)) == ([], ["sent"])
    assert "A round of delivery failed: OperationalError" in caplog.text
    assert "ada" not in caplog.text


def test_no_thread_is_there_before_the_first_mail_nor_where_the_command_delivers(
    database_url: str, server: Sink, monkeypatch: pytest.MonkeyPatch
) -> None:
    # given what starts threads
    before = couriers()
    started: list[Any] = []
    monkeypatch.setattr(courier.Courier, "call", lambda self: started.append(self))

    # when applications are made, and one that leaves mail to the command queues some
    make_app(database_url, EMAIL_SERVICE="console")
    app = posting(database_url, server)
    queue(app, "ada@example.com")

    # then nobody was called
    assert started == []
    assert couriers() == before


def test_an_application_without_mail_has_no_courier(database_url: str) -> None:
    # given an application that can send nothing
    app = ready(make_app(database_url))

    # then there is none, whatever it answers
    assert app.test_client().get(f"{API}/config").status_code == 200
    with app.app_context(), pytest.raises(KeyError):
        part(courier.Courier)


def test_pauses_grow_while_no_mail_can_go_out_and_are_short_again_afterwards(
    clock: Clock, database_url: str, server: Sink
) -> None:
    # given a mail server that is gone, and more mails than attempts
    app = posting(database_url, server)
    queue(app, *(f"{number}@example.com" for number in range(20)))
    server.stop()
    rounds = courier.Rounds()

    # when the thread tries again and again
    with app.app_context():
        rests = [rounds.go()[1] or 0 for _ in range(8)]
        server.start()
        delivered, rest = rounds.go()

    # then it rests longer each time, up to some minutes
    assert all(a <= b * 1.5 for a, b in itertools.pairwise(rests))
    assert 4 <= rests[0] <= 6
    assert 240 <= rests[-1] <= 360
    assert delivered.sent == 12
    assert rest is not None


def test_a_template_that_fails_does_not_stop_the_thread(
    database_url: str, server: Sink, ended: Callable[[], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    # given a template that fails for one mail
    app = posting(database_url, server, AUTHSVC_MAIL_DELIVERY="thread")

    def render(name: str, locale: str, context: object) -> rendering.Rendered:
        if name == "broken":
            raise RuntimeError
        return rendering.Rendered(name, "text", "html")

    monkeypatch.setattr(rendering, "render", render)

    # when that one and another are queued
    queue(app, "ada@example.com", mail="broken")
    queue(app, "ada@example.com", mail="whole")

    # then the other arrives
    ended()
    assert [str(one.message["Subject"]) for one in server.arrived] == ["whole"]
    assert outcomes(app) == ["dead", "sent"]
