"""What a custom user model's columns become in the spec, and which never appear."""

from collections.abc import Callable
from typing import Any

import flask
import pytest
from openapi_spec_validator import validate

from tests.embedding.models import attribute_of_another_name, rich
from tests.support.apps import Person, make_app, plain_user, uuid_user

HIDDEN = {"notes", "recovery_token", "api_secret", "Salt", "thumbnail", "password_hash"}


@pytest.fixture
def rich_app(database_url: str) -> flask.Flask:
    """A host whose users have a column of every kind."""
    return make_app(database_url, user_model=rich())


@pytest.fixture
def schemas(rich_app: flask.Flask) -> dict[str, Any]:
    """The components of that host's spec."""
    spec = rich_app.test_client().get("/api/auth/openapi.json").json
    return dict(spec["components"]["schemas"])


def types_of(schema: dict[str, Any]) -> set[str]:
    """The types that a schema allows."""
    kind = schema.get("type", [])
    return {kind} if isinstance(kind, str) else set(kind)


@pytest.mark.parametrize(
    ("column", "types", "facts"),
    [
        ("first_name", {"string", "null"}, {}),
        ("nickname", {"string"}, {"description": "What friends say."}),
        ("age", {"integer", "null"}, {}),
        ("steps", {"integer", "null"}, {}),
        ("height", {"number", "null"}, {}),
        ("price", {"string", "null"}, {"format": "decimal"}),
        ("newsletter", {"boolean", "null"}, {}),
        ("date_of_birth", {"string", "null"}, {"format": "date"}),
        ("next_visit", {"string", "null"}, {"format": "date-time"}),
        ("last_visit", {"string", "null"}, {"format": "date-time"}),
        ("created_at", {"string", "null"}, {"format": "date-time"}),
        ("device", {"string", "null"}, {"format": "uuid"}),
        ("token_count", {"integer", "null"}, {}),
        ("is_active", {"boolean"}, {}),
    ],
)
def test_a_readable_column_is_in_the_spec_with_its_type(
    schemas: dict[str, Any], column: str, types: set[str], facts: dict[str, Any]
) -> None:
    # given the spec of a host whose users have a column of every kind
    user = schemas["User"]

    # when a column is looked up
    described = user["properties"][column]

    # then type, nullability, format and comment are the column's, and clients can rely on its presence
    assert types_of(described) == types
    assert facts.items() <= described.items()
    assert column in user["required"]


@pytest.mark.parametrize("component", ["SignUpRequest", "ProfileUpdate"])
def test_a_writable_column_is_in_the_spec_with_its_bounds(schemas: dict[str, Any], component: str) -> None:
    # given the spec of a host whose users have a column of every kind
    properties = schemas[component]["properties"]

    # when the lengths and ranges of writable columns are looked up
    lengths = {name: properties[name].get("maxLength") for name in ("first_name", "nickname", "bio")}

    # then they are the columns'
    assert lengths == {"first_name": 40, "nickname": 20, "bio": 10_000}
    assert properties["age"]["maximum"] == 2**31 - 1
    assert properties["steps"]["maximum"] == 2**63 - 1
    assert properties["shoe"]["maximum"] == 2**15 - 1
    assert schemas[component].get("required", []) == (
        ["email", "password"] if component == "SignUpRequest" else []
    )


def test_enumerations_are_components_with_their_values(schemas: dict[str, Any]) -> None:
    # given the spec of a host whose users have two enumerations
    user, profile = schemas["User"]["properties"], schemas["ProfileUpdate"]["properties"]

    # when the columns are looked up
    text = str([user["locale"], profile["locale"]]) + str([user["level"], profile["level"]])

    # then each refers to one named component, which lists the values
    assert "#/components/schemas/LocaleName" in text
    assert "#/components/schemas/Level" in text
    assert {"de", "en"} <= set(schemas["LocaleName"]["enum"])
    assert len([name for name in schemas if name.startswith(("LocaleName", "Level"))]) == 2


def test_private_and_secret_looking_columns_are_nowhere(
    rich_app: flask.Flask, schemas: dict[str, Any]
) -> None:
    # given somebody whose row has secrets
    ada = Person(rich_app, "bearer", "ada@example.com")
    answers = [ada.sign_up(), ada.me(), ada.get("/check-auth")]

    # when the spec and the answers are searched
    text = "".join(answer.text for answer in answers)

    # then neither has a name or a value of them
    for component in ("User", "SignUpRequest", "ProfileUpdate"):
        assert not HIDDEN & set(schemas[component]["properties"])
    for answer in answers:
        assert not HIDDEN & set(answer.json["user"])
    for value in ("t-0-k-e-n", "s-3-c-r-e-t", "s-a-l-t", "$2b$"):
        assert value not in text


def test_columns_held_back_for_their_names_are_warned_about_at_the_start(
    database_url: str, caplog: pytest.LogCaptureFixture
) -> None:
    # given a model with columns that look like secrets
    users = rich()

    # when the application starts
    make_app(database_url, user_model=users)

    # then the log names each that the model says nothing about, and no other
    for name in ("recovery_token", "api_secret", "Salt"):
        assert f"The column '{name}' looks like a secret and is not sent." in caplog.text
    for name in ("notes", "token_count", "password_hash", "nickname"):
        assert f"The column '{name}'" not in caplog.text


@pytest.mark.parametrize(
    "made", [plain_user, uuid_user, rich, attribute_of_another_name], ids=lambda made: made.__name__
)
def test_the_spec_of_every_model_is_valid_and_the_same_bytes_twice(
    tmp_path_factory: pytest.TempPathFactory, made: Callable[[], type[Any]]
) -> None:
    # given two applications with the same model
    urls = [f"sqlite:///{tmp_path_factory.mktemp('spec')}/test.db" for _ in range(2)]
    first, second = (make_app(url, user_model=made()).test_client() for url in urls)

    # when their specs are asked for
    spec = first.get("/api/auth/openapi.json")

    # then they are valid and the same, in both formats
    validate(spec.json)
    assert spec.data == first.get("/api/auth/openapi.json").data == second.get("/api/auth/openapi.json").data
    assert first.get("/api/auth/openapi.yaml").data == second.get("/api/auth/openapi.yaml").data
