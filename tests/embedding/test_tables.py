"""Where tables come from, and what happens while there are none."""

import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import flask
import flask_migrate
import pytest
import sqlalchemy as sa
from flask_sqlalchemy import SQLAlchemy

from flask_headless_auth import AuthSvc
from tests.embedding.hosts import bare, model_of
from tests.embedding.processes import PROGRAMS, ROOT
from tests.support.apps import OUR_TABLES, Person

WAYS = ("flask auth create-tables", "AUTHSVC_CREATE_TABLES", "Flask-Migrate")


def tables_in(app: flask.Flask) -> set[str]:
    """Names of the tables that the application's database has."""
    with app.app_context():
        return set(sa.inspect(app.extensions["sqlalchemy"].engine).get_table_names())


def host(database: str, migrate: str = "", **config: Any) -> flask.Flask:
    """A host that leaves the question of tables open, with Flask-Migrate registered before or after us."""
    app = bare(database, **config)
    if "AUTHSVC_CREATE_TABLES" not in config:
        del app.config["AUTHSVC_CREATE_TABLES"]
    db = SQLAlchemy()
    users = model_of(db)
    if migrate == "before":
        db.init_app(app)
        flask_migrate.Migrate(app, db)
    app.auth = AuthSvc(app, user_model=users)  # type: ignore[attr-defined]
    if migrate == "after":
        flask_migrate.Migrate(app, db)
    return app


def test_on_sqlite_tables_come_at_the_first_request_and_not_before(database_url: str) -> None:
    # given a host on an empty SQLite database that says nothing about tables
    app = host(database_url)
    assert tables_in(app) == set()

    # when the first request comes, even if it is the host's own
    app.test_client().get("/")

    # then all are there, and people sign up
    assert tables_in(app) == {"users", *OUR_TABLES}
    assert Person(app).sign_up().status_code == 201


@pytest.fixture(params=["Flask-Migrate before", "Flask-Migrate after", "switched off"])
def tableless(request: pytest.FixtureRequest, any_database_url: str) -> flask.Flask:
    """A host that gets no tables by itself, for each reason and on each engine."""
    reasons: dict[str, dict[str, Any]] = {
        "Flask-Migrate before": {"migrate": "before"},
        "Flask-Migrate after": {"migrate": "after"},
        "switched off": {"AUTHSVC_CREATE_TABLES": False},
    }
    return host(any_database_url, **reasons[request.param])


def test_missing_tables_are_told_with_the_three_ways_to_get_them(tableless: flask.Flask, kind: str) -> None:
    # given a host on an empty database that gets no tables by itself
    ada = Person(tableless, kind)

    # when somebody signs up and in
    answers = [ada.sign_up(), ada.sign_in()]

    # then the answer is a 503 that names the three ways, and still nothing has been created
    for answer in answers:
        assert (answer.status_code, answer.json["code"]) == (503, "tables_missing")
        assert all(way in answer.json["detail"] for way in WAYS)
        assert "SELECT" not in answer.text
    assert tables_in(tableless) == set()


def test_tables_that_come_later_are_used_without_a_restart(tableless: flask.Flask, kind: str) -> None:
    # given a host that has answered that its tables are missing
    ada = Person(tableless, kind, "ada@example.com")
    assert ada.sign_up().status_code == 503

    # when the command creates them
    created = tableless.test_cli_runner().invoke(args=["auth", "create-tables"])

    # then the very next request works
    assert created.exit_code == 0, created.output
    assert ada.sign_up().status_code == 201
    assert ada.me().status_code == 200


def test_one_table_that_is_missing_is_told_too(any_database_url: str, kind: str) -> None:
    # given somebody who is signed in, and a database that has lost the table of sessions
    app = host(any_database_url, AUTHSVC_CREATE_TABLES=True)
    ada = Person(app, kind, "ada@example.com")
    assert ada.sign_up().status_code == 201
    engine_of = app.extensions["sqlalchemy"]
    with app.app_context():
        engine_of.session.remove()
        with engine_of.engine.begin() as connection:
            connection.exec_driver_sql("DROP TABLE auth_sessions")

    # when they come, and sign in
    answers = [ada.me(), ada.refresh(), Person(app, kind, "ada@example.com").sign_in()]

    # then nobody is admitted, and the answer says what is missing
    assert [answer.status_code for answer in answers] == [503] * 3
    assert {answer.json["code"] for answer in answers} == {"tables_missing"}
    assert answers[0].json["tables"] == ["auth_sessions"]


def test_on_a_server_tables_come_only_where_the_host_says_so(any_database_url: str) -> None:
    # given hosts that say nothing, and that say yes
    silent = host(any_database_url)
    on_sqlite = any_database_url.startswith("sqlite")

    # when somebody signs up at each
    first = Person(silent).sign_up()
    willing = host(any_database_url, AUTHSVC_CREATE_TABLES=True)
    second = Person(willing).sign_up()

    # then only SQLite made its tables unasked
    assert first.status_code == (201 if on_sqlite else 503)
    assert second.status_code == 201


def test_a_command_of_the_host_creates_no_tables(database_url: str) -> None:
    # given a host on an empty SQLite database, and a command of its own that asks the application
    app = host(database_url)

    @app.cli.command("visit")
    def visit() -> None:
        print(app.test_client().get("/api/auth/config").status_code)

    # when the command runs
    ran = app.test_cli_runner().invoke(args=["visit"])

    # then the application has answered, and has made nothing; the first request outside of it does
    assert ran.output.strip() == "200"
    assert tables_in(app) == set()
    assert Person(app).sign_up().status_code == 201


def test_the_hosts_own_tables_are_left_to_the_host(database_url: str) -> None:
    # given a host with a table of its own on the same metadata
    app = bare(database_url)
    db = SQLAlchemy()
    users = model_of(db)
    type("Order", (db.Model,), {"__tablename__": "orders", "id": sa.Column(sa.Integer, primary_key=True)})
    AuthSvc(app, user_model=users)

    # when somebody signs up
    assert Person(app).sign_up().status_code == 201

    # then only the users' table and ours were made
    assert tables_in(app) == {"users", *OUR_TABLES}


@pytest.mark.slow
def test_four_processes_whose_first_request_comes_at_once_get_their_tables_once(
    any_database_url: str, tmp_path: Path
) -> None:
    # given four processes on one empty database, all ready for their first request
    start = tmp_path / "start"
    runners = []
    for number in range(4):
        arguments = [any_database_url, start, tmp_path / f"ready{number}", f"ada{number}@example.com"]
        runners.append(
            subprocess.Popen(
                [sys.executable, str(PROGRAMS / "first_request.py"), *map(str, arguments)],
                cwd=tmp_path,
                env={"PYTHONPATH": str(ROOT), "PATH": "/usr/bin:/bin", "HOME": str(tmp_path)},
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                text=True,
            )
        )
    try:
        end = time.monotonic() + 100
        while len(list(tmp_path.glob("ready*"))) < 4 and time.monotonic() < end:
            assert all(one.poll() is None for one in runners), [
                one.stderr and one.stderr.read() for one in runners
            ]
            time.sleep(0.02)

        # when the request comes to all of them at the same moment
        start.touch()
        said = [one.communicate(timeout=60) for one in runners]
    finally:
        for one in runners:
            if one.poll() is None:
                one.kill()
                one.wait()

    # then each has signed somebody up
    assert [out.split()[0] for out, _ in said] == ["201"] * 4, said
