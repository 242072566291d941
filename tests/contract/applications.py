"""The applications whose contracts are looked at, and their operations."""

import json
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

import flask

from flask_headless_auth import contract
from flask_headless_auth.state import part
from tests.support.apps import make_app, uuid_user

METHODS = ("get", "post", "put", "patch", "delete")

APPLICATIONS: dict[str, Callable[[], flask.Flask]] = {
    "default": lambda: make_app("sqlite://", JWT_COOKIE_SECURE=True),
    "own user model": lambda: make_app("sqlite://", user_model=uuid_user()),
    "headers only": lambda: make_app("sqlite://", JWT_TOKEN_LOCATION=["headers"]),
    "cookies only": lambda: make_app("sqlite://", JWT_TOKEN_LOCATION=["cookies"]),
    "no sign-up": lambda: make_app("sqlite://", AUTHSVC_ENABLE_SIGNUP=False),
    "unknown fields ignored": lambda: make_app("sqlite://", AUTHSVC_UNKNOWN_FIELDS="ignore"),
    "another prefix": lambda: make_app("sqlite://", AUTHSVC_URL_PREFIX="/v2/people"),
}
"""One for each thing that the contract depends on."""


class Operation(NamedTuple):
    """An operation of a document."""

    method: str
    path: str
    facts: dict[str, Any]

    @property
    def name(self) -> str:
        """Its operationId."""
        return str(self.facts["operationId"])

    @property
    def is_guarded(self) -> bool:
        """Whether it asks for a token where nothing is sent.

        An empty way among others says that it takes one and needs none, or that a member of the body stands
        in for it; then the want of both is a refusal that it lists.
        """
        needs_none = {} in self.facts["security"] and "token_missing" not in self.codes()
        return bool(self.facts["security"]) and not needs_none

    def bodies(self) -> Iterator[dict[str, Any]]:
        """What is sent, and what is answered when all is well."""
        yield from self.facts.get("requestBody", {}).get("content", {}).values()
        for status, response in self.facts["responses"].items():
            if status.startswith("2"):
                yield from response["content"].values()

    def codes(self) -> set[str]:
        """Every refusal that it lists."""
        return {code for response in self.facts["responses"].values() for code in response.get("x-codes", ())}

    def address(self) -> str:
        """Its path with something in the place of each parameter."""
        return self.path.replace("{", "some-").replace("}", "")


def document_of(app: flask.Flask) -> dict[str, Any]:
    """The contract of *app*, as a copy."""
    with app.app_context():
        copy: dict[str, Any] = json.loads(json.dumps(part(contract.Api).document()))
    return copy


def operations_of(document: dict[str, Any]) -> list[Operation]:
    """Each operation, in the order of the document."""
    return [
        Operation(method, path, item[method])
        for path, item in document["paths"].items()
        for method in METHODS
        if method in item
    ]


OPERATIONS = operations_of(document_of(APPLICATIONS["default"]()))
"""Those of the default application, for tests that look at each."""
