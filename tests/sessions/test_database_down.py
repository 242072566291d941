"""The database does not answer: nothing is admitted, everything says so, and it goes on by itself."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import flask
import pytest
import sqlalchemy as sa
from werkzeug.test import TestResponse

from tests.sessions.at_the_wire import copy_of, refresh_token_of
from tests.sessions.hosts import GUARDS, admitted, everywhere, host, with_refresh_token
from tests.support import services
from tests.support.apps import API, PASSWORD, Person

OPERATIONS: dict[str, tuple[str, str, Any]] = {
    "sign up": ("POST", "/signup", {"email": "new@example.com", "password": PASSWORD}),
    "sign in": ("POST", "/login", {"email": "ada@example.com", "password": PASSWORD}),
    "sign in as nobody": ("POST", "/login", {"email": "nobody@example.com", "password": PASSWORD}),
    "refresh": ("POST", "/token/refresh", {}),
    "check": ("GET", "/check-auth", None),
    "me": ("GET", "/user/@me", None),
    "change me": ("PUT", "/user/@me", {"first_name": "Ada"}),
    "change me in part": ("PATCH", "/user/@me", {"first_name": "Ada"}),
    "sessions": ("GET", "/sessions", None),
    "end others": ("DELETE", "/sessions", None),
    "end one": ("DELETE", f"/sessions/{'x' * 43}", None),
    "password": (
        "POST", "/password/update", {"current_password": PASSWORD, "new_password": "a different staple"},
    ),
    "reauthenticate": ("POST", "/reauthenticate", {"password": PASSWORD}),
    "reauthenticate options": ("POST", "/reauthenticate/options", {}),
    "sign out of all": ("POST", "/logout", {"scope": "all"}),
    "sign out of others": ("POST", "/logout", {"scope": "others"}),
    "sign out": ("POST", "/logout", {}),
}  # fmt: skip
"""Every operation that needs the database."""

WITHOUT_DATABASE = ("/config", "/.well-known/jwks.json", "/openapi.json", "/errors/service_unavailable")


@dataclass
class Engine:
    """A database that can be taken away and given back."""

    url: str
    name: str

    @contextmanager
    def down(self) -> Iterator[None]:
        """Within the block, the database answers nobody."""
        if self.name == "postgresql":
            with _refusing_postgresql(self.url):
                yield
        else:
            with _locked_sqlite(self.url):
                yield


@contextmanager
def _refusing_postgresql(url: str) -> Iterator[None]:
    name = sa.make_url(url).database
    server = sa.create_engine(services.SERVERS["postgresql"], isolation_level="AUTOCOMMIT")
    with server.connect() as connection:
        connection.exec_driver_sql(f"ALTER DATABASE {name} ALLOW_CONNECTIONS false")
        connection.exec_driver_sql(
            f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}'"
        )
        try:
            yield
        finally:
            connection.exec_driver_sql(f"ALTER DATABASE {name} ALLOW_CONNECTIONS true")
    server.dispose()


@contextmanager
def _locked_sqlite(url: str) -> Iterator[None]:
    connection = sqlite3.connect(str(sa.make_url(url).database), isolation_level=None)
    connection.execute("BEGIN EXCLUSIVE")
    try:
        yield
    finally:
        connection.execute("ROLLBACK")
        connection.close()


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.services)])
def engine(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Engine]:
    """A database that can be taken away, on two engines."""
    with services.database(request.param, tmp_path) as url:
        yield Engine(url, request.param)


def worker_on(engine: Engine) -> flask.Flask:
    """A host that waits for its database for no longer than a test should."""
    patience = {"timeout": 0.05} if engine.name == "sqlite" else {"connect_timeout": 3}
    return host(engine.url, SQLALCHEMY_ENGINE_OPTIONS={"connect_args": patience})


def signed_up(app: flask.Flask, kind: str) -> Person:
    """Ada, whose account was made a moment ago."""
    ada = Person(app, kind, "ada@example.com")
    assert ada.sign_up().status_code == 201
    return ada


def ask(person: Person, operation: str) -> TestResponse:
    """One operation as this person, with the token that it takes."""
    method, path, body = OPERATIONS[operation]
    options = {} if body is None else {"json": body}
    token = refresh_token_of(person) if path == "/token/refresh" and person.kind == "bearer" else None
    return person.call(method, path, token=token, **options)


def says_that_it_is_down(answer: TestResponse) -> bool:
    """Whether this is the refusal of a server without its database, and nothing else."""
    return (
        answer.status_code == 503
        and answer.content_type == "application/problem+json"
        and answer.json["code"] == "service_unavailable"
        and answer.headers["Retry-After"] == str(answer.json["retry_after"])
        and not {"access_token", "refresh_token", "user"} & set(answer.json)
    )


@pytest.mark.parametrize("kind", ["cookie", "bearer"])
def test_every_operation_says_so_and_works_again_without_a_restart(engine: Engine, kind: str) -> None:
    # given somebody signed in
    app = worker_on(engine)
    ada = signed_up(app, kind)
    copies = {name: copy_of(ada) for name in OPERATIONS}
    assert ada.me().status_code == 200

    # when the database is gone
    with engine.down():
        answers = {name: ask(copy, name) for name, copy in copies.items()}
        still_served = [ada.get(path).status_code for path in WITHOUT_DATABASE]

    # then every operation that needs it says so, and what does not need it goes on
    assert [name for name, answer in answers.items() if not says_that_it_is_down(answer)] == []
    for name, answer in answers.items():
        lines = answer.headers.getlist("Set-Cookie")
        assert all("Max-Age=0" in line for line in lines), f"{name} gives a token without a database"
    assert still_served == [200] * len(WITHOUT_DATABASE)

    # and when it is back, so is everything, and nothing has been half done
    assert ada.me().status_code == 200
    assert ada.refresh().status_code == 200
    assert len(ada.get("/sessions").json["items"]) == 1
    assert Person(app, kind, ada.email).sign_in().status_code == 200
    assert Person(app, kind, "new@example.com").sign_up().status_code == 201


@pytest.mark.parametrize("kind", ["cookie", "bearer"])
def test_no_guard_admits_anybody_whose_session_cannot_be_looked_up(engine: Engine, kind: str) -> None:
    # given somebody signed in, somebody signed out, and a page that asks for no token
    app = worker_on(engine)
    ada = signed_up(app, kind)
    gone = Person(app, kind, ada.email)
    gone.sign_in()
    stolen = copy_of(gone)
    gone.sign_out()
    refresh = refresh_token_of(ada)
    assert (admitted(ada), admitted(stolen)) == (everywhere(200), everywhere(401))

    # when the database is gone
    with engine.down():
        found = [admitted(ada), admitted(stolen)]
        refreshing = with_refresh_token(app, kind, refresh, "/host/refresh")
        open_page = app.test_client().get("/host/open").status_code
        anybody = {name: app.test_client().get(f"/host/{name}").status_code for name in GUARDS}

    # then neither passes, by any guard; whoever has no token and needs none is served
    assert found == [everywhere(503), everywhere(503)]
    assert refreshing == 503
    assert open_page == 200
    assert {anybody[name] for name in GUARDS if name not in ("optional", "all-off")} == {401}

    # and when it is back, each gets what they got before
    assert (admitted(ada), admitted(stolen)) == (everywhere(200), everywhere(401))


@pytest.mark.parametrize("kind", ["cookie", "bearer"])
def test_the_hosts_routes_say_so_in_a_problem_document(engine: Engine, kind: str) -> None:
    # given a route of the host behind a plain guard
    app = worker_on(engine)
    ada = signed_up(app, kind)
    headers = {"Authorization": f"Bearer {ada.access}"} if kind == "bearer" else {}

    # when the database is gone
    with engine.down():
        answer = ada.http.get("/host/plain", headers=headers)

    # then the answer is ours
    assert says_that_it_is_down(answer)


def test_a_worker_that_starts_without_its_database_serves_once_it_is_there(engine: Engine) -> None:
    # given a session, and a second worker that starts while the database is gone
    first = worker_on(engine)
    ada = signed_up(first, "bearer")
    with engine.down():
        second = worker_on(engine)
        early = copy_of(ada, app=second)
        assert says_that_it_is_down(early.me())
        assert says_that_it_is_down(Person(second, "bearer", ada.email).sign_in())
        assert second.test_client().get("/host/open").status_code == 200

    # when the database is back
    answer = early.me()

    # then it serves
    assert answer.status_code == 200
    assert admitted(early) == everywhere(200)


def test_a_lost_reply_of_the_database_spends_no_refresh_token(engine: Engine) -> None:
    # given a refresh that met a database that was gone
    ada = signed_up(worker_on(engine), "bearer")
    used = refresh_token_of(ada)
    with engine.down():
        assert says_that_it_is_down(ada.refresh())

    # when it is tried again
    again = ada.refresh(used)

    # then it is answered
    assert again.status_code == 200
    assert ada.me().status_code == 200


@pytest.mark.services
def test_connections_that_were_cut_are_made_anew(tmp_path: Path) -> None:
    # given a worker with connections in its pool, which the server then cuts
    with services.database("postgresql", tmp_path) as url:
        app = worker_on(Engine(url, "postgresql"))
        ada = signed_up(app, "bearer")
        assert ada.me().status_code == 200
        with _refusing_postgresql(url):
            pass

        # when requests come
        answers = [ada.me(), ada.me(), ada.refresh()]

        # then at most the first one is told to come back
        assert [answer.status_code for answer in answers[1:]] == [200, 200]
        assert answers[0].status_code == 200 or says_that_it_is_down(answers[0])


@pytest.mark.services
def test_a_database_that_only_reads_refuses_changes_and_goes_on_checking(tmp_path: Path) -> None:
    # given a worker whose database has become a stand-by that only reads
    with services.database("postgresql", tmp_path) as url:
        ada = signed_up(worker_on(Engine(url, "postgresql")), "bearer")
        reading_only = {"connect_args": {"options": "-c default_transaction_read_only=on"}}
        standby = host(url, SQLALCHEMY_ENGINE_OPTIONS=reading_only)
        visitor = copy_of(ada, app=standby)

        # when somebody is checked, refreshes and signs in
        checked = visitor.me()
        changes = [visitor.refresh(), Person(standby, "bearer", ada.email).sign_in(), visitor.sign_out()]

        # then checks go on, changes are told to come back, and the token is good where writing is possible
        assert checked.status_code == 200
        assert [says_that_it_is_down(answer) for answer in changes] == [True, True, True]
        assert ada.refresh().status_code == 200


def test_a_sqlite_database_that_cannot_be_opened_refuses(tmp_path: Path) -> None:
    # given somebody signed in at a worker whose database file then goes away with its folder
    folder, elsewhere = tmp_path / "data", tmp_path / "moved"
    folder.mkdir()
    app = host(f"sqlite:///{folder / 'app.db'}")
    ada = signed_up(app, "bearer")
    with app.app_context():
        app.extensions["sqlalchemy"].engine.dispose()

    # when it is gone, and comes back
    folder.rename(elsewhere)
    gone = [ada.me(), ada.refresh(), Person(app, "bearer", ada.email).sign_in()]
    found = admitted(ada)
    elsewhere.rename(folder)

    # then nothing was admitted, nothing was made in its place, and all works again
    assert [says_that_it_is_down(answer) for answer in gone] == [True, True, True]
    assert found == everywhere(503)
    assert ada.me().status_code == 200
    assert app.test_client().get(f"{API}/config").status_code == 200
