"""Processes that are killed, end, fork and deliver side by side: every mail arrives."""

import shutil
import signal
from collections import Counter
from pathlib import Path

import httpx
import pytest

from tests.embedding.servers import gunicorn
from tests.mail.posts import deliver, letters, outcomes, posting, queue
from tests.mail.processes import PROGRAM, Program, flask
from tests.support.apps import Clock
from tests.support.smtp import Sink

PEOPLE = ("ada@example.com", "bob@example.com", "eve@example.com")


def test_a_process_that_is_killed_behind_a_commit_loses_no_mail(any_database_url: str, server: Sink) -> None:
    # given a process that dies by kill -9 as soon as three mails are committed
    program = Program(any_database_url, server, "request", "doomed", f"queue:{','.join(PEOPLE)}")
    assert program.end() == -signal.SIGKILL, program.errors
    assert server.arrived == []

    # when another process answers its first request
    successor = Program(any_database_url, server, "request", "wait")

    # then all three arrive, once
    server.wait_for(3)
    successor.go_on()
    assert successor.end() == 0, successor.errors
    assert sorted(one.to[0] for one in server.arrived) == sorted(PEOPLE)
    assert outcomes(posting(any_database_url, server)) == ["sent"] * 3


def test_a_process_that_is_killed_with_letters_in_hand_gives_them_back_when_its_claim_is_over(
    clock: Clock, any_database_url: str, server: Sink
) -> None:
    # given a process that is killed while the mail server has the first of three letters
    app = posting(any_database_url, server)
    server.answers.clear()
    program = Program(any_database_url, server, "request", f"queue:{','.join(PEOPLE)}", "wait")
    assert server.holds.wait(30)
    program.process.kill()
    program.end()
    server.answers.set()

    # when others deliver soon, and when its claim is over
    clock.forward(minutes=2)
    at_once = deliver(app)
    clock.forward(minutes=16)
    later = deliver(app)

    # then nobody took what it might have sent, and then all arrive: at worst one of them twice, with one id
    assert (at_once.total, later.sent) == (0, 3)
    count = Counter(one.id for one in server.arrived)
    assert sorted(count.values()) == [1, 1, 2]
    assert outcomes(app) == ["sent"] * 3


def test_a_process_that_ends_waits_for_the_letter_in_hand_and_no_mail_comes_twice(
    database_url: str, server: Sink
) -> None:
    # given a process that is told to end while the mail server has its letter
    app = posting(database_url, server)
    server.answers.clear()
    program = Program(database_url, server, "request", f"queue:{','.join(PEOPLE)}", "wait")
    assert server.holds.wait(30)
    program.until_it_waits()
    program.go_on()

    # when the server says yes
    server.answers.set()
    assert program.end() == 0, program.errors

    # then the letter is noted as sent, what was not begun is due for others, and nothing comes twice
    assert "sent" in outcomes(app)
    assert {one.claimed_by for one in letters(app)} == {None}
    deliver(app)
    assert Counter(one.to[0] for one in server.arrived) == Counter(PEOPLE)


def test_a_mail_server_that_hangs_keeps_no_process_alive(database_url: str, server: Sink) -> None:
    # given a process whose letter the mail server never answers
    server.answers.clear()
    program = Program(database_url, server, "request", "queue:ada@example.com", "wait")
    assert server.holds.wait(30)
    program.until_it_waits()

    # when it ends
    program.go_on()

    # then it does, after some seconds, long before the mail server counts as gone
    program.process.wait(15)
    assert program.end() == 0


def test_a_child_of_a_process_whose_thread_is_at_work_delivers_its_own_mails(
    any_database_url: str, server: Sink
) -> None:
    # given a process whose thread is with the mail server, and its child
    server.answers.clear()
    words = ("request", "queue:ada@example.com", "wait", "fork", "queue:eve@example.com", "wait")
    program = Program(any_database_url, server, *words)
    program.until_it_waits()
    assert server.holds.wait(30)
    program.go_on()

    # when the child queues a mail
    program.until_it_waits()

    # then it arrives, from a thread of the child, while the parent's has no answer yet
    arrived = server.wait_for(2, seconds=12)
    assert [one.to[0] for one in arrived] == ["ada@example.com", "eve@example.com"]

    # and both come to an end
    server.answers.set()
    program.go_on()
    assert program.end() == 0, program.errors
    assert outcomes(posting(any_database_url, server)) == ["sent", "sent"]


@pytest.mark.slow
def test_workers_of_a_preloaded_server_deliver(any_database_url: str, server: Sink, tmp_path: Path) -> None:
    # given a server whose master has sent a mail before it made its workers
    shutil.copy(PROGRAM, tmp_path / "posted.py")
    where = {"TEST_DATABASE": any_database_url, "TEST_SMTP_PORT": str(server.port)}
    first = {"TEST_MAIL_AT_IMPORT": "master@example.com"}
    with gunicorn("posted:app", "--preload", "-w", "2", folder=tmp_path, **where, **first) as address:
        # when each worker queues mails
        pids = set()
        for number in range(20):
            answer = httpx.post(f"{address}/mail/{number}@example.com", trust_env=False, timeout=30)
            pids.add(answer.json()["pid"])

        # then all arrive, once
        arrived = server.wait_for(21, seconds=60)
    assert len({one.to[0] for one in arrived}) == len(server.arrived) == 21


def test_two_deliveries_side_by_side_send_every_letter_once(any_database_url: str, server: Sink) -> None:
    # given two hundred letters, some of them decoys
    app = posting(any_database_url, server)
    for start in range(0, 200, 50):
        queue(app, *(f"{number}@example.com" for number in range(start, start + 50)))
    queue(app, *(f"nobody{number}@example.com" for number in range(10)), is_decoy=True)

    # when two processes deliver them side by side
    running = [flask(any_database_url, server, "deliver", TEST_DELIVERY="command") for _ in range(2)]
    said = [one.communicate(timeout=120) for one in running]

    # then both worked, and each letter was sent by one of them
    assert [one.returncode for one in running] == [0, 0], said
    assert Counter(one.to[0] for one in server.arrived) == Counter(f"{n}@example.com" for n in range(200))
    sent = [int(text.split(" sent")[0]) for text, _ in said]
    assert sum(sent) == 200
    assert outcomes(app) == ["dropped"] * 10 + ["sent"] * 200
    assert {one.attempts for one in letters(app) if one.outcome == "sent"} == {1}


def test_watching_delivers_what_comes_and_ends_when_it_is_told(database_url: str, server: Sink) -> None:
    # given somebody who watches
    app = posting(database_url, server)
    queue(app, "ada@example.com")
    watching = flask(database_url, server, "deliver", "--watch", TEST_DELIVERY="command")
    server.wait_for(1)

    # when another mail comes, and then the end
    queue(app, "bob@example.com")
    server.wait_for(2)
    watching.terminate()
    said, errors = watching.communicate(timeout=30)

    # then both arrived, and it ended in peace
    assert watching.returncode == 0, errors
    first, *rounds = said.splitlines()
    assert first == "Watching the outbox."
    assert sum(int(one.removesuffix(" sent")) for one in rounds) == 2
    assert outcomes(app) == ["sent", "sent"]
