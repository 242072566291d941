"""What a front-end developer finds in the document, whatever the application is like."""

import json
import re
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from openapi_spec_validator import OpenAPIV31SpecValidator
from referencing import Registry, Resource
from referencing.jsonschema import DRAFT202012

from flask_headless_auth import errors
from flask_headless_auth.contract import Api
from flask_headless_auth.features import catalog
from flask_headless_auth.state import part
from tests.contract.applications import APPLICATIONS, document_of, operations_of
from tests.support.apps import PASSWORD, make_app, uuid_user

SENTENCE = re.compile(r"[A-ZÄÖÜ`].*[.:!?)`]", re.DOTALL)
OPTIONAL_IN_ANSWERS = {
    "access_token": "only in the body channel",
    "refresh_token": "only in the body channel",
    "token_type": "only in the body channel",
    "recovery_codes": "only where an enrolment was finished",
    "trusted_device": "only where it was asked for, in the body channel",
    "challenge": "only for an e-mailed code",
    "options": "only for a passkey",
    "authorization_url": "only for presence at a provider",
    "password": "of GET /config: the feature can be off",
    "sign_up": "of GET /config: the feature can be off",
}
FROM_BROWSERS = {"Credential", "CredentialResponse", "NewCredential", "NewCredentialResponse"}
"""Requests that browsers make, which may add members of their own."""

MADE_FOR_THIS = {"passkey_refused", "oauth_code_invalid"}
"""Refusals of examples that only their own holder could make: of this moment, signed or sent by mail."""

JSON, PROBLEM = "application/json", "application/problem+json"


def everywhere(node: Any) -> Iterator[dict[str, Any]]:
    """Every object of a document, examples left out: they are data."""
    if isinstance(node, dict):
        yield node
        for key, value in node.items():
            if key not in ("example", "examples"):
                yield from everywhere(value)
    elif isinstance(node, list):
        for value in node:
            yield from everywhere(value)


def reached_from(node: Any, document: dict[str, Any]) -> set[str]:
    """Names of the components that *node* is made of."""
    found: set[str] = set()
    waiting = [node]
    while waiting:
        for inner in everywhere(waiting.pop()):
            name = inner.get("$ref", "").rpartition("/")[2]
            if name and name not in found:
                found.add(name)
                waiting.append(document["components"]["schemas"][name])
    return found


def validator(schema: dict[str, Any], document: dict[str, Any]) -> Draft202012Validator:
    """Checks data against a schema of the document, formats included."""
    resource = Resource.from_contents(document, default_specification=DRAFT202012)
    rooted = json.loads(json.dumps(schema).replace('"#/components', '"urn:spec#/components'))
    return Draft202012Validator(
        rooted,
        registry=Registry().with_resource("urn:spec", resource),
        format_checker=Draft202012Validator.FORMAT_CHECKER,
    )


def test_the_document_is_valid_openapi_3_1(document: dict[str, Any]) -> None:
    # given the document of an application
    # when an independent validator reads it
    problems = list(OpenAPIV31SpecValidator(document).iter_errors())

    # then it finds nothing
    assert problems == []
    assert document["openapi"] == "3.1.0"


def test_each_operation_says_what_it_is_called_and_what_it_does(document: dict[str, Any]) -> None:
    # given all operations
    operations = operations_of(document)

    # when their names are collected
    names = [one.name for one in operations]
    tags = {tag["name"] for tag in document["tags"]}

    # then each has a name of its own, one tag that exists, and reads as sentences
    assert len(set(names)) == len(names) > 10
    for one in operations:
        assert re.fullmatch(r"[a-z][A-Za-z]+", one.name)
        assert set(one.facts["tags"]) <= tags
        assert len(one.facts["tags"]) == 1, one.name
        for text in (one.facts.get("summary", ""), one.facts.get("description", "")):
            assert SENTENCE.fullmatch(text), (one.name, text)
        assert len(one.facts["summary"]) < 80, one.name
        for parameter in [
            *one.facts.get("parameters", []),
            *document["paths"][one.path].get("parameters", []),
        ]:
            assert parameter.get("description"), (one.name, parameter["name"])


def test_each_operation_states_its_security_and_its_facts(document: dict[str, Any]) -> None:
    # given the schemes of the application, and the limits and events of its features
    schemes = set(document["components"]["securitySchemes"])
    limits = {name for feature in catalog.ALL for name in feature.limits}
    events = {event.__name__ for feature in catalog.ALL for event in feature.events}

    # when each operation is looked at
    for one in operations_of(document):
        # then what it names exists
        assert isinstance(one.facts["security"], list), one.name
        assert {name for way in one.facts["security"] for name in way} <= schemes, one.name
        assert one.facts["x-rate-limit"], f"{one.name} can be called without limit"
        assert set(one.facts["x-rate-limit"]) <= limits, one.name
        assert set(one.facts["x-audit"]) <= events, one.name
        assert one.facts["x-step-up"] in (None, "default") or one.facts["x-step-up"] > 0, one.name
        assert ("step_up_required" in one.codes()) or one.facts["x-step-up"] is None, one.name
        assert "too_many_requests" in one.codes(), one.name


def test_each_body_has_an_example_that_fits(document: dict[str, Any]) -> None:
    # given all operations
    for one in operations_of(document):
        for body in one.bodies():
            # when the example of a body is read
            problems = list(validator(body["schema"], document).iter_errors(body["example"]))

            # then it is there, and its schema accepts it
            assert problems == [], (one.name, body["example"])


def test_each_refusal_is_listed_by_status_and_code_with_an_example(document: dict[str, Any]) -> None:
    # given every refusal that the code knows
    known = {kind.code: kind for kind in errors.every()}
    names = set(document["components"]["schemas"]["ErrorCode"]["enum"])
    assert names == set(known)

    # when the refusals of each operation are read
    for one in operations_of(document):
        for status, response in one.facts["responses"].items():
            if status[0] in "23":
                continue
            examples = {
                code: example["value"] for code, example in response["content"][PROBLEM]["examples"].items()
            }

            # then each is a problem document with its own code, under its own status, described and shown
            assert set(response["content"]) == {PROBLEM}, one.name
            assert response["x-codes"] == sorted(examples), one.name
            for code, example in examples.items():
                assert known[code].status == int(status) == example["status"]
                assert example["code"] == code
                assert f"`{code}`" in response["description"]
                schema = response["content"][PROBLEM]["schema"]
                assert list(validator(schema, document).iter_errors(example)) == []


def test_operations_with_a_body_list_what_can_be_wrong_with_it(document: dict[str, Any]) -> None:
    # given the operations that read a JSON body
    readers = [one for one in operations_of(document) if "requestBody" in one.facts]
    assert readers

    for one in readers:
        # when its body and its refusals are compared
        schema = next(iter(one.facts["requestBody"]["content"].values()))["schema"]
        component = document["components"]["schemas"][schema["$ref"].rpartition("/")[2]]

        # then each way to get it wrong is listed, and a body is required where a member of it is
        assert {
            "validation_failed",
            "malformed_body",
            "body_too_large",
            "unsupported_media_type",
        } <= one.codes(), one.name
        shapes = [document["components"]["schemas"][name] for name in _variants(component)] or [component]
        is_required = all(shape.get("required") for shape in shapes)
        assert one.facts["requestBody"].get("required", False) == is_required, one.name


def _variants(component: dict[str, Any]) -> list[str]:
    return [one["$ref"].rpartition("/")[2] for one in component.get("oneOf", ())]


def test_answers_may_gain_members_and_requests_are_strict(document: dict[str, Any]) -> None:
    # given the components that are sent and those that are answered
    operations = operations_of(document)
    sent = reached_from([one.facts.get("requestBody", {}) for one in operations], document)
    answered = reached_from([one.facts["responses"] for one in operations], document)
    schemas = document["components"]["schemas"]

    # when they are looked at
    closed = {name for name, one in schemas.items() if one.get("additionalProperties") is False}

    # then no answer forbids members, and all of its members are there but those that are named here
    assert closed & answered == set()
    for name in answered - {"Problem"}:
        members = set(schemas[name].get("properties", {}))
        missing = members - set(schemas[name].get("required", ())) - set(OPTIONAL_IN_ANSWERS)
        assert missing == set(), name
    # and requests forbid what they do not know, unless the application says otherwise
    objects = {name for name in sent if schemas[name].get("type") == "object"}
    lenient = objects - closed
    named = {"SignUpRequest", "PasskeySignUpRequest", "ProfileUpdate"}
    # What a provider's page posts is not ours to say.
    assert lenient - FROM_BROWSERS - {"CallbackForm"} in (set(), named & objects)


def test_each_enumeration_has_a_name_and_no_component_is_unused(document: dict[str, Any]) -> None:
    # given all components
    schemas = document["components"]["schemas"]
    assert reached_from(document["paths"], document) == set(schemas)

    # when enumerations are looked for below them and in the operations
    inline = [
        part
        for root in (document["paths"], *schemas.values())
        for part in everywhere(root)
        if part is not root and len(part.get("enum", ())) > 1
    ]

    # then none is without a name, and nothing is written as it was before OpenAPI 3.1
    assert inline == []
    assert not [part for part in everywhere(document) if "nullable" in part]


def test_components_say_what_they_are(document: dict[str, Any]) -> None:
    # given all components, but the enumerations of the application's own columns
    schemas = document["components"]["schemas"]
    columns = reached_from(schemas["User"], document)

    # when their descriptions are read
    silent = {
        name
        for name, one in schemas.items()
        if name not in columns and not SENTENCE.fullmatch(one.get("description", ""))
    }

    # then each is at least a sentence
    assert silent == set()


@pytest.mark.parametrize("name", list(APPLICATIONS))
def test_the_server_takes_the_examples_of_its_own_document(name: str) -> None:
    # given the operations of an application that read a body
    operations = operations_of(document_of(APPLICATIONS[name]()))
    bodies = [one for one in operations if JSON in one.facts.get("requestBody", {}).get("content", {})]

    for one in bodies:
        # when somebody who has signed up sends the example of one of them
        app = APPLICATIONS[name]()
        prefix = app.config.get("AUTHSVC_URL_PREFIX", "/api/auth")
        client = app.test_client()
        account = {"email": "bob@example.com", "password": PASSWORD}
        signed_up = client.post(f"{prefix}/signup", json=account, headers={"X-Auth-Delivery": "body"})
        token = signed_up.json.get("access_token")
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        body = one.facts["requestBody"]["content"][JSON]["example"]
        answer = client.open(one.path, method=one.method.upper(), json=body, headers=headers)

        # then it is not refused for what it says; a link of the document is no link of this application
        is_read = answer.status_code not in (400, 413, 415, 422)
        code = (answer.json or {}).get("code", "")
        assert is_read or code.endswith("_expired") or code in MADE_FOR_THIS, (one.name, answer.json)


def test_another_prefix_is_in_every_path_and_example() -> None:
    # given an application with another prefix
    document = document_of(APPLICATIONS["another prefix"]())

    # when the whole document is read as text
    text = json.dumps(document)

    # then the usual prefix is nowhere
    assert all(path.startswith("/v2/people/") for path in document["paths"])
    assert "/api/auth" not in text


def test_the_security_schemes_are_the_ways_in_which_tokens_travel() -> None:
    # given applications that deliver tokens in different ways
    # when their schemes are read
    found = {
        name: set(document_of(APPLICATIONS[name]())["components"]["securitySchemes"])
        for name in ("default", "headers only", "cookies only")
    }

    # then they are these
    cookies, headers = {"accessCookie", "refreshCookie"}, {"bearerAuth", "refreshBearer"}
    assert found == {"default": cookies | headers, "headers only": headers, "cookies only": cookies}


def test_a_feature_that_is_off_is_not_in_the_document() -> None:
    # given an application without sign-up
    document = document_of(APPLICATIONS["no sign-up"]())

    # when its paths are read
    # then there is no sign-up, nor what belongs to it alone
    assert "/api/auth/signup" not in document["paths"]
    assert "SignUpRequest" not in document["components"]["schemas"]


def test_two_applications_in_one_process_have_each_their_own_document() -> None:
    # given two applications with different user models
    first, second = make_app("sqlite://"), make_app("sqlite://", user_model=uuid_user())

    # when the documents are asked for in turn, and once more
    documents = [document_of(app) for app in (first, second, first, second)]

    # then each is that of its own model, every time
    members = [set(one["components"]["schemas"]["User"]["properties"]) for one in documents]
    assert "tier" in members[1]
    assert "tier" not in members[0]
    assert documents[:2] == documents[2:]


def test_first_requests_at_the_same_time_get_the_same_document() -> None:
    # given a fresh worker, and four front ends that ask it at once
    app = make_app("sqlite://")
    together = threading.Barrier(4)

    def ask(_: int) -> Any:
        with app.app_context():
            together.wait(10)
            return part(Api).document()

    # when it builds the document for them
    with ThreadPoolExecutor(4) as threads:
        found = list(threads.map(ask, range(4)))

    # then there is one
    assert all(one is found[0] for one in found)
