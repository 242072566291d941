"""Two applications in one process: each keeps its own users, spec and tokens."""

from pathlib import Path
from typing import Any

import flask
import pytest

from flask_headless_auth import AuthSvc, ConfigurationError, SignedIn, db
from tests.embedding.hosts import bare, model
from tests.support.apps import PASSWORD, Person, make_app, uuid_user

OTHER = {"SECRET_KEY": "fedcba9876543210" * 4}


@pytest.fixture
def pair(tmp_path: Path) -> tuple[flask.Flask, flask.Flask]:
    """Two applications with two user models on two SQLAlchemy objects and two databases."""
    first = make_app(f"sqlite:///{tmp_path / 'first.db'}")
    second = make_app(f"sqlite:///{tmp_path / 'second.db'}", user_model=uuid_user(), **OTHER)
    return first, second


def test_two_applications_with_two_user_models_work_in_turns(
    pair: tuple[flask.Flask, flask.Flask], kind: str
) -> None:
    # given somebody at two applications that live in one process
    people = [Person(app, kind, "ada@example.com") for app in pair]

    # when they sign up, are known, change, refresh and sign out, in turns
    for person in people:
        assert person.sign_up().status_code == 201
    for person in people:
        assert person.me().json["user"]["email"] == "ada@example.com"
    assert people[0].call("PUT", "/user/@me", json={"first_name": "Ada"}).json["user"]["first_name"] == "Ada"
    assert people[1].call("PUT", "/user/@me", json={"nickname": "A."}).json["user"]["nickname"] == "A."
    for person in people:
        assert person.refresh().status_code == 200
    assert people[0].sign_out().status_code == 200

    # then each is the application that it was, and one sign-out leaves the other signed in
    assert people[0].me().status_code == 401
    assert people[1].me().status_code == 200
    assert "nickname" not in people[0].sign_in().json["user"]
    assert "first_name" not in people[1].me().json["user"]


def test_the_specs_of_two_applications_follow_their_own_models(
    pair: tuple[flask.Flask, flask.Flask],
) -> None:
    # given two applications with two user models
    first, second = (app.test_client() for app in pair)

    # when both specs are asked for, in turns
    specs = [client.get("/api/auth/openapi.json").json for client in (first, second, first, second)]

    # then each has its own columns, at every asking
    users = [spec["components"]["schemas"]["User"]["properties"] for spec in specs]
    assert users[0] == users[2]
    assert users[1] == users[3]
    assert {"first_name", "last_name"} <= set(users[0])
    assert not {"first_name", "last_name"} & set(users[1])
    assert {"username", "tier", "balance", "nickname"} <= set(users[1])
    assert not {"username", "tier", "balance", "nickname"} & set(users[0])


def test_tokens_of_one_application_are_refused_by_the_other(pair: tuple[flask.Flask, flask.Flask]) -> None:
    # given somebody with tokens of the first application
    first, second = pair
    ada = Person(first, "bearer", "ada@example.com")
    assert ada.sign_up().status_code == 201

    # when the second one gets them
    stranger = Person(second, "bearer")
    me = stranger.call("GET", "/user/@me", token=ada.access)
    refreshed = stranger.post("/token/refresh", token=ada.refresh_token)

    # then it knows neither
    assert (me.status_code, me.json["code"]) == (401, "token_invalid")
    assert (refreshed.status_code, refreshed.json["code"]) == (401, "token_invalid")


def test_applications_that_share_a_key_share_no_session(tmp_path: Path) -> None:
    # given two applications with one key, one issuer and a database each, and the same person at both
    first = make_app(f"sqlite:///{tmp_path / 'first.db'}")
    second = make_app(f"sqlite:///{tmp_path / 'second.db'}")
    ada, again = Person(first, "bearer", "ada@example.com"), Person(second, "bearer", "ada@example.com")
    assert ada.sign_up().status_code == again.sign_up().status_code == 201

    # when the second one gets the first one's tokens
    me = again.call("GET", "/user/@me", token=ada.access)
    refreshed = again.post("/token/refresh", token=ada.refresh_token)

    # then it has no such session
    assert (me.status_code, me.json["code"]) == (401, "session_ended")
    assert (refreshed.status_code, refreshed.json["code"]) == (401, "session_ended")


def test_one_application_inside_the_context_of_the_other_stays_itself(
    pair: tuple[flask.Flask, flask.Flask],
) -> None:
    # given somebody at each application
    first, second = pair
    ada, grace = Person(first, "bearer", "ada@example.com"), Person(second, "bearer", "grace@example.com")
    assert ada.sign_up().status_code == grace.sign_up().status_code == 201

    # when the second one is asked from within the context of the first
    with first.app_context():
        inside = grace.me()
        outside = ada.me()

    # then each answers for itself
    assert inside.json["user"]["email"] == "grace@example.com"
    assert outside.json["user"]["email"] == "ada@example.com"


def test_one_auth_object_serves_two_applications(tmp_path: Path, kind: str) -> None:
    # given one AuthSvc, with a listener, on two applications with a database each
    auth = AuthSvc(user_model=model())
    heard: list[str] = []
    auth.on(SignedIn)(lambda event: heard.append(event.user.email))
    hosts = [bare(f"sqlite:///{tmp_path / name}") for name in ("first.db", "second.db")]
    for host in hosts:
        auth.init_app(host)

    # when somebody signs up at each
    people = [
        Person(host, kind, f"{name}@example.com") for host, name in zip(hosts, ("ada", "grace"), strict=True)
    ]
    for person in people:
        assert person.sign_up().status_code == 201

    # then both work, each with its own people, and the listener has heard each once
    assert [person.me().json["user"]["email"] for person in people] == [
        "ada@example.com",
        "grace@example.com",
    ]
    assert Person(hosts[1], kind, "ada@example.com").sign_in().status_code == 401
    assert heard == ["ada@example.com", "grace@example.com"]


def test_one_auth_object_is_refused_twice_on_the_same_application(database_url: str) -> None:
    # given an application that has AuthSvc
    app = bare(database_url)
    auth = AuthSvc(app, user_model=model())

    # when it is given a second time
    with pytest.raises(ConfigurationError) as refused:
        auth.init_app(app)

    # then start-up says so
    assert refused.value.problems == ("This application has an AuthSvc already.",)


def test_a_listener_of_a_feature_hears_once_however_many_applications_there_are(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # given a feature that listens, and one AuthSvc on two applications
    from flask_headless_auth.feature import Feature
    from flask_headless_auth.features import catalog

    heard: list[str] = []
    listening = Feature(
        name="listening",
        during={SignedIn: lambda event: heard.append("during")},
        after={SignedIn: lambda event: heard.append("after")},
    )
    monkeypatch.setattr(catalog, "ALL", (*catalog.ALL, listening))
    auth = AuthSvc(user_model=model())
    hosts = [bare(f"sqlite:///{tmp_path / name}") for name in ("first.db", "second.db")]
    for host in hosts:
        auth.init_app(host)

    # when somebody signs up at one of them
    assert Person(hosts[0]).sign_up().status_code == 201

    # then it has heard of it once
    assert heard == ["during", "after"]


def test_a_feature_that_one_application_switches_off_does_not_listen_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # given a feature that listens, on with one application and off with the other, of one AuthSvc
    from flask_headless_auth.feature import Feature
    from flask_headless_auth.features import catalog

    heard: list[str] = []
    listening = Feature(name="listening", after={SignedIn: lambda event: heard.append(event.user.email)})
    monkeypatch.setattr(catalog, "ALL", (*catalog.ALL, listening))
    auth = AuthSvc(user_model=model())
    on = bare(f"sqlite:///{tmp_path / 'on.db'}")
    off = bare(f"sqlite:///{tmp_path / 'off.db'}", AUTHSVC_ENABLE_LISTENING=False)
    auth.init_app(on)
    auth.init_app(off)

    # when somebody signs up at each
    assert Person(on, email="on@example.com").sign_up().status_code == 201
    assert Person(off, email="off@example.com").sign_up().status_code == 201

    # then only the first one's was heard
    assert heard == ["on@example.com"]


def test_two_applications_share_the_exported_db_and_the_default_model(tmp_path: Path, kind: str) -> None:
    # given two applications that bring neither a database object nor a model
    hosts = [bare(f"sqlite:///{tmp_path / name}") for name in ("first.db", "second.db")]
    auths = [AuthSvc(host) for host in hosts]

    # when somebody signs up at each with the same address
    people = [Person(host, kind, "ada@example.com") for host in hosts]
    answers = [person.sign_up() for person in people]

    # then both are served, from one model on the exported db, out of a database each
    assert [answer.status_code for answer in answers] == [201, 201]
    assert auths[0].user_model is auths[1].user_model
    assert all(host.extensions["sqlalchemy"] is db for host in hosts)
    assert people[0].sign_out().status_code == 200
    assert people[1].me().status_code == 200


def test_a_second_table_of_users_on_one_metadata_is_refused_by_name(tmp_path: Path) -> None:
    # given an application whose SQLAlchemy object has two models of users
    from flask_sqlalchemy import SQLAlchemy

    from tests.embedding.hosts import model_of

    shared = SQLAlchemy()
    customers = model_of(shared, "Customer", __tablename__="customers")
    staff = model_of(shared, "Employee", __tablename__="employees")
    AuthSvc(bare(f"sqlite:///{tmp_path / 'first.db'}"), user_model=customers)

    # when a second application wants the other one
    with pytest.raises(ConfigurationError) as refused:
        AuthSvc(bare(f"sqlite:///{tmp_path / 'second.db'}"), user_model=staff)

    # then start-up names both and says what to do
    message = str(refused.value)
    assert "'customers'" in message
    assert "'employees'" in message
    assert "SQLAlchemy() of its own" in message


def test_a_refused_start_leaves_the_application_free_for_a_second_try(database_url: str) -> None:
    # given an application whose first start was refused
    app = bare(database_url, AUTHSVC_URL_PREFIX="no-slash")
    users: Any = model()
    with pytest.raises(ConfigurationError):
        AuthSvc(app, user_model=users)

    # when the mistake is mended
    app.config["AUTHSVC_URL_PREFIX"] = "/api/auth"
    AuthSvc(app, user_model=users)

    # then it works
    ada = Person(app, "bearer", "ada@example.com")
    assert ada.sign_up(password=PASSWORD).status_code == 201
