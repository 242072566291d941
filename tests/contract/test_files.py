"""The files and pages beside the operations: the document, its schemas, and a page for each refusal."""

import json
from collections.abc import Callable
from typing import Any

import flask
import pytest
import yaml
from flask.testing import FlaskClient
from jsonschema import Draft202012Validator
from referencing import Registry, Resource

from flask_headless_auth import errors
from tests.contract.applications import APPLICATIONS, document_of
from tests.support.apps import Person

CODES = [kind.code for kind in errors.every()]
PAGE = {"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"}


def registry_of(client: FlaskClient) -> Registry[Any]:
    """Schemas are fetched from the server, where their references lead."""

    def retrieve(uri: str) -> Resource[Any]:
        answer = client.get(uri)
        assert answer.status_code == 200, uri
        return Resource.from_contents(json.loads(answer.text))

    return Registry(retrieve=retrieve)  # type: ignore[call-arg]


def test_the_server_answers_its_document_as_json_and_as_yaml(app: flask.Flask) -> None:
    # given a server
    client = app.test_client()

    # when its document is fetched in both forms
    as_json, as_yaml = client.get("/api/auth/openapi.json"), client.get("/api/auth/openapi.yaml")

    # then both say the same, which is what the command prints
    printed = app.test_cli_runner().invoke(args=["auth", "spec"]).stdout
    assert as_json.text == printed
    assert json.loads(as_json.text) == yaml.safe_load(as_yaml.text)
    assert (as_json.mimetype, as_yaml.mimetype) == ("application/json", "application/yaml")


@pytest.mark.parametrize("name", ["default", "own user model", "another prefix"])
def test_each_component_is_a_json_schema_whose_references_lead_somewhere(name: str) -> None:
    # given a server
    app = APPLICATIONS[name]()
    prefix = app.config.get("AUTHSVC_URL_PREFIX", "/api/auth")
    client, names = app.test_client(), list(document_of(app)["components"]["schemas"])
    registry = registry_of(client)

    for component in names:
        # when the file of a component is fetched
        answer = client.get(f"{prefix}/schemas/{component}.json")
        schema = json.loads(answer.text)

        # then it is a JSON Schema that says where it is, and each reference is a file of this server
        assert answer.status_code == 200
        assert schema["$schema"] == "https://json-schema.org/draft/2020-12/schema"
        assert schema["$id"] == f"{prefix}/schemas/{component}.json"
        Draft202012Validator.check_schema(schema)
        resolver = registry.resolver_with_root(Resource.from_contents(schema))
        for reference in references(schema):
            resolver.lookup(reference)


def references(node: Any) -> list[str]:
    """Every `$ref` in a schema."""
    if isinstance(node, dict):
        own = [node["$ref"]] if isinstance(node.get("$ref"), str) else []
        return own + [one for value in node.values() for one in references(value)]
    return [one for value in node for one in references(value)] if isinstance(node, list) else []


def test_an_answer_fits_the_schema_that_the_server_publishes(ada: Person) -> None:
    # given somebody who has signed up, and the published schema of what GET /user/@me answers
    schema = json.loads(ada.get("/schemas/UserEnvelope.json").text)
    fits = Draft202012Validator(schema, registry=registry_of(ada.http))

    # when they ask who they are
    me = ada.me().json

    # then the answer fits, and what is not such an answer does not
    assert list(fits.iter_errors(me)) == []
    me["user"]["email"] = 7
    assert not fits.is_valid(me)


def test_a_schema_that_does_not_exist_is_not_found(app: flask.Flask) -> None:
    # given a server
    # when a schema is asked for that it does not have
    answer = app.test_client().get("/api/auth/schemas/Nothing.json")

    # then it says so
    assert (answer.status_code, answer.json["code"]) == (404, "not_found")


def test_the_list_of_refusals_names_each_code(app: flask.Flask) -> None:
    # given a server
    client = app.test_client()

    # when a program and a person ask for its refusals
    for_programs, for_people = client.get("/api/auth/errors"), client.get("/api/auth/errors", headers=PAGE)

    # then both see every code; the page loads nothing from elsewhere
    items = for_programs.json["items"]
    assert [one["code"] for one in items] == CODES
    assert all(one["meaning"] and one["mend"] and 400 <= one["status"] < 600 for one in items)
    assert for_people.mimetype == "text/html"
    assert all(f"errors/{code}'" in for_people.text for code in CODES)
    assert for_people.headers["Content-Security-Policy"].startswith("default-src 'none'")


@pytest.mark.parametrize("code", CODES)
def test_each_refusal_has_a_page_that_says_what_happened_and_what_to_do(
    code: str, build: Callable[..., flask.Flask]
) -> None:
    # given a server
    client = build().test_client()

    # when a program and a person open the page of a refusal
    for_programs = client.get(f"/api/auth/errors/{code}")
    for_people = client.get(f"/api/auth/errors/{code}", headers=PAGE)

    # then both learn what it means and what to do
    assert for_programs.json["code"] == code
    assert set(for_programs.json) == {"code", "status", "title", "meaning", "mend"}
    assert for_people.mimetype == "text/html"
    assert "What to do" in for_people.text
    assert for_programs.json["title"] in for_people.text


def test_the_type_of_a_refusal_is_the_address_of_its_page(app: flask.Flask) -> None:
    # given somebody who is refused
    client = app.test_client()
    refused = client.get("/api/auth/user/@me").json

    # when they follow its type
    page = client.get(refused["type"])

    # then they find that refusal
    assert page.json["code"] == refused["code"] == "token_missing"


def test_a_refusal_that_does_not_exist_has_no_page(app: flask.Flask) -> None:
    # given a server
    # when the page of an unknown code is opened
    answer = app.test_client().get("/api/auth/errors/nothing_such")

    # then it is not found
    assert (answer.status_code, answer.json["code"]) == (404, "not_found")
