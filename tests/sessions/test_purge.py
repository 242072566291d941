"""What is over long enough goes, and what stands stays."""

import flask

from tests.support.apps import Clock, Person


def test_purge_deletes_what_ended_long_ago_and_nothing_else(clock: Clock, app: flask.Flask) -> None:
    # given one session that ended long ago, one that ended just now, and one that stands
    ada = Person(app, "bearer")
    ada.sign_up()
    ada.sign_out()
    clock.forward(days=31)
    ada.sign_in()
    ada.sign_out()
    ada.sign_in()

    # when the operator purges, twice
    first = app.test_cli_runner().invoke(args=["auth", "purge"])
    second = app.test_cli_runner().invoke(args=["auth", "purge"])

    # then the old one is gone, and who is signed in stays so
    assert first.exit_code == 0
    assert "1 sessions deleted" in first.output
    assert "0 sessions deleted" in second.output
    assert ada.me().status_code == 200
