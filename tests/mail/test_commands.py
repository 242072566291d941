"""`flask auth deliver` and `flask auth outbox`, as an operator reads them."""

import json

from tests.mail.posts import deliver, letters, posting, queue, run
from tests.support.apps import Clock, make_app
from tests.support.smtp import Sink


def test_deliver_says_what_became_of_everything(clock: Clock, database_url: str, server: Sink) -> None:
    # given mails of each kind
    app = posting(database_url, server)
    queue(app, "late@example.com", life=60)
    clock.forward(minutes=2)
    queue(app, "a@example.com", "b@example.com", "c@example.com", "d@example.com")
    queue(app, "nobody@example.com", is_decoy=True)
    server.replies["RCPT"] = ["550 unknown", "450 later"]

    # when they are delivered
    said = run(app, "deliver")

    # then each is counted
    assert said == "2 sent, 1 dropped, 1 expired, 1 failed, 1 dead\n"
    assert run(app, "outbox").splitlines()[0] == "1 waiting, 2 sent, 1 dropped, 1 expired, 1 dead"


def test_deliver_stops_at_the_number_it_is_given(database_url: str, server: Sink) -> None:
    # given thirty mails
    app = posting(database_url, server)
    queue(app, *(f"{number}@example.com" for number in range(30)))

    # then so many go as are asked for
    assert run(app, "deliver", "--most", "25") == "25 sent\n"
    assert run(app, "deliver", "--most", "25") == "5 sent\n"
    assert "exclude each other" in run(app, "deliver", "--watch", "--most", "1", code=2)


def test_deliver_fails_where_no_mail_can_go_out(database_url: str, server: Sink) -> None:
    # given a mail server that is gone
    app = posting(database_url, server)
    queue(app, "a@example.com", "b@example.com")
    server.stop()

    # when mails are delivered
    said = run(app, "deliver", code=1)

    # then the command fails, and says why and what waits
    assert "Error: No mail can go out: ConnectionRefusedError. 2 wait." in said


def test_outbox_lists_what_waits_without_addresses(clock: Clock, database_url: str, server: Sink) -> None:
    # given a mail that failed an hour ago, and one from just now
    app = posting(database_url, server)
    queue(app, "ada@example.com", life=86_400)
    server.replies["RCPT"] = ["450 later"]
    deliver(app)
    clock.forward(hours=2)
    queue(app, "bob@example.com", mail="other")

    # when they are listed
    said = run(app, "outbox")

    # then an operator sees how it stands, and no address
    first, head, *rows = said.splitlines()
    assert first == "2 waiting, 0 sent, 0 dropped, 0 expired, 0 dead"
    assert head.split() == ["id", "mail", "age", "attempts", "due_in", "last_error"]
    assert rows[0].split()[1:] == ["test", "2", "h", "1", "now", "SMTP", "450", "at", "RCPT"]
    assert rows[1].split()[1:] == ["other", "0", "s", "0", "now"]
    assert "@" not in said

    # and addresses where they are asked for
    assert "ada@example.com" in run(app, "outbox", "--show-addresses")


def test_dead_mails_are_listed_and_tried_again_one_or_all(database_url: str, server: Sink) -> None:
    # given three dead mails
    app = posting(database_url, server)
    queue(app, *(f"{number}@example.com" for number in range(3)))
    server.replies["RCPT"] = ["550 unknown"] * 3
    assert deliver(app).dead == 3

    # when they are listed
    told = json.loads(run(app, "outbox", "--dead", "--json"))
    assert told["counts"] == {"dead": 3}
    assert {one["last_error"] for one in told["mails"]} == {"SMTP 550 at RCPT"}
    assert "to" not in told["mails"][0]
    assert run(app, "outbox", "--dead").count("SMTP 550 at RCPT") == 3

    # then one of them can be tried again, or all, and what is not dead cannot
    one = told["mails"][0]["id"]
    assert run(app, "outbox", "--retry", one).startswith("1 mails are due again.")
    assert deliver(app).sent == 1
    assert "There is no dead mail of this id." in run(app, "outbox", "--retry", one, code=1)
    assert run(app, "outbox", "--retry", "all").startswith("2 mails are due again.")
    assert deliver(app).sent == 2
    assert {(one.outcome, one.attempts) for one in letters(app)} == {("sent", 1)}


def test_the_command_says_that_mail_is_off(database_url: str) -> None:
    # given an application without a way out
    app = make_app(database_url)

    # then deliver fails rather than print mails somewhere, once or watching
    for words in (("deliver",), ("deliver", "--watch")):
        assert run(app, *words, code=1).splitlines()[-1].startswith("Error: ")
