"""Values of a custom user model's columns: taken, refused by name, or not its owner's to set."""

import datetime
from typing import Any

import flask
import pytest
import sqlalchemy as sa

from tests.embedding.hosts import model
from tests.embedding.models import WRITABLE, attribute_of_another_name, rich
from tests.support.apps import Person, make_app


@pytest.fixture
def rich_app(database_url: str) -> flask.Flask:
    """A host whose users have a column of every kind."""
    return make_app(database_url, user_model=rich())


GOOD: dict[str, tuple[Any, Any]] = {
    "nickname": ("Ada", "Ada"),
    "age": (36, 36),
    "steps": (2**62, 2**62),
    "height": (1.68, 1.68),
    "price": ("12.30", "12.30"),
    "newsletter": (True, True),
    "date_of_birth": ("1815-12-10", "1815-12-10"),
    "next_visit": ("2030-01-31T12:00:00+02:00", "2030-01-31T10:00:00+00:00"),
    "locale": ("de", "de"),
    "device": ("7f1c7d1e-5a0f-4e4f-9c1a-0f6f3f1f2d11", "7f1c7d1e-5a0f-4e4f-9c1a-0f6f3f1f2d11"),
    "preferences": ({"theme": "dark"}, {"theme": "dark"}),
    "first_name": (None, None),
}


@pytest.mark.parametrize("column", GOOD)
def test_a_good_value_is_taken_at_sign_up_and_at_a_change_and_comes_back(
    rich_app: flask.Flask, kind: str, column: str
) -> None:
    # given a value that the column can have
    sent, expected = GOOD[column]

    # when one person signs up with it and another changes to it
    ada, grace = Person(rich_app, kind), Person(rich_app, kind)
    signed_up = ada.sign_up(**{column: sent})
    assert grace.sign_up().status_code == 201
    changed = grace.call("PUT", "/user/@me", json={column: sent})

    # then both have it, at once and afterwards
    assert signed_up.status_code == 201, signed_up.text
    assert changed.status_code == 200, changed.text
    for answer in (signed_up, changed, ada.me(), grace.me()):
        assert answer.json["user"][column] == expected


BAD: list[tuple[str, Any]] = [
    ("nickname", "x" * 21),
    ("nickname", None),
    ("nickname", 7),
    ("nickname", "a\x00b"),
    ("bio", "x" * 10_001),
    ("age", 2.5),
    ("age", "7"),
    ("age", 2**31),
    ("age", True),
    ("shoe", 2**15),
    ("steps", 2**63),
    ("height", "tall"),
    ("price", "NaN"),
    ("price", "Infinity"),
    ("price", "123456789.00"),
    ("price", "cheap"),
    ("newsletter", 3),
    ("date_of_birth", "yesterday"),
    ("next_visit", "soon"),
    ("locale", "fr"),
    ("level", "nobody"),
    ("device", "not-a-uuid"),
]


@pytest.mark.parametrize(("column", "value"), BAD)
def test_a_bad_value_is_refused_by_name_and_changes_nothing(
    rich_app: flask.Flask, column: str, value: Any
) -> None:
    # given somebody who has signed up
    ada, grace = Person(rich_app), Person(rich_app)
    assert ada.sign_up().status_code == 201
    before = ada.me().json

    # when a value that the column cannot have is sent at a change and at a sign-up
    changed = ada.call("PUT", "/user/@me", json={column: value})
    signed_up = grace.sign_up(**{column: value})

    # then both are refused, naming the field, and nothing has changed
    for answer in (changed, signed_up):
        assert answer.status_code == 422, answer.text
        assert set(answer.json["errors"]) == {column}
    assert ada.me().json == before
    assert grace.sign_in().status_code == 401


PRIVILEGED = [
    "id",
    "role",
    "roles",
    "permissions",
    "is_verified",
    "is_active",
    "mfa_enabled",
    "provider",
    "password_hash",
    "credits",
    "created_at",
    "updated_at",
]


@pytest.mark.parametrize("unknown", ["raise", "ignore"])
@pytest.mark.parametrize("column", PRIVILEGED)
def test_nobody_sets_privileged_columns_of_their_own(database_url: str, unknown: str, column: str) -> None:
    # given a host whose model even marks all its columns, and either way with unknown fields
    users = rich()
    for one in users.__table__.c:
        one.info.setdefault("auth", "writable")
    app = make_app(database_url, user_model=users, AUTHSVC_UNKNOWN_FIELDS=unknown)
    ada, grace = Person(app), Person(app)
    assert ada.sign_up().status_code == 201
    before = ada.me().json

    # when a privileged name is sent at a change and at a sign-up
    changed = ada.call("PUT", "/user/@me", json={column: 1})
    signed_up = grace.sign_up(**{column: 1})

    # then both are refused, and nothing has changed
    for answer in (changed, signed_up):
        assert answer.status_code == 422
        assert column in answer.json["errors"]
    assert ada.me().json == before


@pytest.mark.parametrize("column", ["company", "nothing_of_the_kind", "notes", "recovery_token"])
def test_a_column_that_is_not_writable_is_refused_or_dropped_as_the_host_wishes(
    database_url: str, column: str
) -> None:
    # given one host that refuses unknown fields, and one that drops them
    strict = make_app(database_url, user_model=rich())
    lenient = make_app(database_url, user_model=rich(), AUTHSVC_UNKNOWN_FIELDS="ignore")

    # when a field that nobody may write is sent
    refused = Person(strict).sign_up(**{column: "mine"})
    ada = Person(lenient)
    dropped = ada.sign_up(**{column: "mine"})
    changed = ada.call("PUT", "/user/@me", json={column: "mine", "nickname": "Ada"})

    # then the first names it, and the second goes on without it
    assert refused.status_code == 422
    assert set(refused.json["errors"]) == {column}
    assert (dropped.status_code, changed.status_code) == (201, 200)
    assert changed.json["user"]["nickname"] == "Ada"
    assert changed.json["user"].get(column) != "mine"


def test_a_moment_has_an_offset_on_every_engine(any_database_url: str) -> None:
    # given a host whose database keeps moments without an offset
    app = make_app(any_database_url, user_model=rich())
    ada = Person(app)
    assert ada.sign_up(next_visit="2030-06-30T23:30:00-05:00").status_code == 201

    # when the profile is read
    user = ada.me().json["user"]

    # then each moment says where it is
    assert datetime.datetime.fromisoformat(user["next_visit"]) == datetime.datetime(
        2030, 7, 1, 4, 30, tzinfo=datetime.UTC
    )
    for column in ("next_visit", "last_visit", "created_at", "updated_at"):
        assert datetime.datetime.fromisoformat(user[column]).utcoffset() == datetime.timedelta(0)


def test_an_attribute_whose_column_has_another_name_is_known_by_the_attribute(database_url: str) -> None:
    # given a model whose attribute `nick` is the column `nick_name`
    app = make_app(database_url, user_model=attribute_of_another_name())
    ada = Person(app)

    # when somebody signs up with it and changes it
    signed_up = ada.sign_up(nick="Ada")
    changed = ada.call("PUT", "/user/@me", json={"nick": "Countess"})

    # then it is theirs
    assert signed_up.json["user"]["nick"] == "Ada"
    assert changed.json["user"]["nick"] == "Countess"
    assert "nick_name" not in changed.json["user"]


def test_a_unique_column_of_the_host_is_refused_by_name_when_it_is_taken(database_url: str) -> None:
    # given a model with a unique user name and a unique badge, and somebody who has both
    users = model(
        username=sa.Column(sa.String(30), unique=True),
        badge=sa.Column(sa.Integer, unique=True, info=WRITABLE),
    )
    app = make_app(database_url, user_model=users)
    ada, grace = Person(app), Person(app)
    assert ada.sign_up(username="ada", badge=7).status_code == 201
    assert grace.sign_up().status_code == 201

    # when somebody else wants them
    answers = [
        Person(app).sign_up(username="ada"),
        Person(app).sign_up(badge=7),
        grace.call("PUT", "/user/@me", json={"username": "ada"}),
        grace.call("PUT", "/user/@me", json={"badge": 7}),
    ]

    # then they are refused, and having none is no collision
    assert [answer.status_code for answer in answers] == [409] * 4
    assert [answer.json["code"] for answer in answers] == ["username_taken", "conflict"] * 2
    assert Person(app).sign_up(badge=None).status_code == 201
    assert Person(app).sign_up(badge=None).status_code == 201
