"""Every answer of a test client is held against the contract of the application that gave it.

`CheckedClient` is the client of test applications. Whatever comes back from below the prefix must be what the
application's own spec says of that operation: a listed status, the listed content type, a body that fits, and
for refusals a `code` that the operation lists (`x-codes`). Requests that match no operation must be answered
with a problem document where they are refused. A refusal of the host's own making is announced with `allow`.
"""

import json
import re
from functools import lru_cache
from typing import Any, NamedTuple
from weakref import WeakKeyDictionary

import flask
from flask.testing import FlaskClient
from openapi_core import Config, OpenAPI
from openapi_core.exceptions import OpenAPIError
from openapi_core.testing import MockRequest, MockResponse
from werkzeug.test import TestResponse

from flask_headless_auth import contract
from flask_headless_auth.settings import CoreSettings
from flask_headless_auth.state import EXTENSION, part, settings

PROBLEM = "application/problem+json"
NO_BODY = ("HEAD", "OPTIONS")
HEADERS = {401: "WWW-Authenticate", 405: "Allow", 429: "Retry-After"}


class Broken(AssertionError):
    """An answer that the contract does not promise."""


class Operation(NamedTuple):
    """An operation of a spec, with the template of its path."""

    method: str
    template: str
    facts: dict[str, Any]

    def codes(self, status: int) -> list[str]:
        """The refusals that the operation lists under *status*."""
        found: list[str] = self.facts["responses"].get(str(status), {}).get("x-codes", [])
        return found


class Spec:
    """One spec, ready to be held against answers."""

    def __init__(self, document: dict[str, Any]) -> None:
        self.document = document
        # The spec's own validity is a test of its own; here it would cost seconds for each application.
        self._openapi = OpenAPI.from_dict(
            document,
            config=Config(spec_validator_cls=None, extra_media_type_deserializers={PROBLEM: json.loads}),
        )
        # A path without parameters comes before one that its text would also match.
        templates = sorted(document["paths"], key=lambda one: (one.count("{"), one))
        self._patterns = [(re.compile(_pattern(one)), one) for one in templates]

    def find(self, method: str, path: str) -> Operation | None:
        """The operation that a request is for, if it is for one."""
        for pattern, template in self._patterns:
            if pattern.fullmatch(path) and method.lower() in self.document["paths"][template]:
                facts = self.document["paths"][template][method.lower()]
                return Operation(method.lower(), template, facts)
        return None

    def check(self, operation: Operation, status: int, body: bytes, content_type: str) -> None:
        """Hold one answer against its operation.

        Raises:
            Broken: with what is wrong.
        """
        # The template matches itself; parameters of the path say nothing about the answer.
        request = MockRequest("http://localhost", operation.method, operation.template)
        answer = MockResponse(body, status_code=status, content_type=content_type)
        try:
            self._openapi.validate_response(request, answer)
        except OpenAPIError as problem:
            raise Broken(_reasons(problem)) from None


def _pattern(template: str) -> str:
    return "".join(
        "[^/]+" if piece.startswith("{") else re.escape(piece) for piece in re.split(r"(\{\w+})", template)
    )


def _reasons(problem: BaseException) -> str:
    """What openapi-core found, with the messages that it hides in causes."""
    said = [str(problem)]
    cause = problem.__cause__
    while cause is not None:
        said.append(str(cause))
        said.extend(f"{list(one.path)}: {one.message}" for one in getattr(cause, "schema_errors", ()))
        cause = cause.__cause__
    return "; ".join(said)


@lru_cache(maxsize=32)
def _spec(text: str) -> Spec:
    return Spec(json.loads(text))


_specs: WeakKeyDictionary[flask.Flask, Spec] = WeakKeyDictionary()
_allowed: WeakKeyDictionary[flask.Flask, set[str]] = WeakKeyDictionary()


def spec_of(app: flask.Flask) -> Spec:
    """The contract of *app*; applications that promise the same share it."""
    if app not in _specs:
        with app.app_context():
            _specs[app] = _spec(json.dumps(part(contract.Api).document()))
    return _specs[app]


def allow(app: flask.Flask, *codes: str) -> None:
    """Let *app* answer refusals that the host of a test makes itself, in a hook for instance."""
    _allowed.setdefault(app, set()).update(codes)


def check(app: flask.Flask, response: TestResponse) -> None:
    """Hold an answer of *app* against its contract; answers from outside of our prefix are the host's own.

    Raises:
        Broken: with the request, the answer, and what is wrong.
    """
    if EXTENSION not in app.extensions:
        return
    with app.app_context():
        prefix = settings(CoreSettings).url_prefix
    request = response.request
    if not request.path.startswith(f"{prefix}/") or request.method in NO_BODY:
        return
    try:
        _check(app, response, prefix)
    except Broken as broken:
        shown = response.get_data(as_text=True)[:500]
        raise Broken(
            f"{request.method} {request.path} answered {response.status} {response.content_type}: "
            f"{broken}\n{shown}"
        ) from None


def _check(app: flask.Flask, response: TestResponse, prefix: str) -> None:
    spec, status = spec_of(app), response.status_code
    operation = spec.find(response.request.method, response.request.path)
    body = response.get_data()
    if operation is None and response.mimetype == "text/html":
        # A page for people, not an operation.
        return
    code = _problem_code(response, prefix) if status >= 400 else None
    if operation is None or (code is not None and code in _allowed.get(app, ())):
        return
    spec.check(operation, status, body, response.content_type or "")
    if code is not None and code not in operation.codes(status):
        raise Broken(f"{code} is not among the refusals of {status}: {operation.codes(status)}")


def _problem_code(response: TestResponse, prefix: str) -> str:
    """The code of a refusal, which must be a problem document with the headers that its status asks for."""
    if response.mimetype != PROBLEM:
        raise Broken(f"a refusal must be {PROBLEM}")
    document = response.get_json(force=True, silent=True)
    if not isinstance(document, dict):
        raise Broken("a problem document must be a JSON object")
    code, detail = document.get("code"), document.get("detail")
    expected = {
        "status": response.status_code,
        "type": f"{prefix}/errors/{code}",
        "error": detail,
    }
    for member, value in expected.items():
        if document.get(member) != value:
            raise Broken(f"its {member} is {document.get(member)!r}, not {value!r}")
    if not (isinstance(code, str) and isinstance(detail, str) and document.get("title")):
        raise Broken("a problem has code, title and detail")
    needed = HEADERS.get(response.status_code)
    if needed and needed not in response.headers:
        raise Broken(f"a {response.status_code} needs the header {needed}")
    if code.startswith("token_") and not detail.startswith("401 "):
        raise Broken("the detail of a refused token begins with '401 '")
    return code


class CheckedClient(FlaskClient):
    """A test client that lets no answer pass that the contract does not promise."""

    def open(self, *args: Any, **options: Any) -> TestResponse:
        response = super().open(*args, **options)
        for answer in (*response.history, response):
            check(self.application, answer)
        return response
