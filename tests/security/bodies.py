"""Every operation of an application's own spec that reads JSON, and what a hostile client sends there."""

import hashlib
import io
import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import flask
import sqlalchemy as sa
from werkzeug.test import TestResponse

from tests.support.apps import Person, make_app, uuid_user

JSON = "application/json"


@dataclass(frozen=True)
class Operation:
    """One operation: where it is, what it reads, and a body that it would take."""

    id: str
    method: str
    path: str
    properties: dict[str, Any] = field(repr=False)
    required: tuple[str, ...]
    is_guarded: bool
    valid: dict[str, Any] = field(repr=False)
    #: Whether an empty body is of this shape: where there are several, the last one.
    takes_empty: bool = True

    def __str__(self) -> str:
        return self.id

    def texts(self) -> list[str]:
        """Names of the fields that are free text."""
        return [name for name, schema in self.properties.items() if kinds(schema) & {"string"}]


def kinds(schema: dict[str, Any]) -> set[str]:
    """The JSON types that a schema takes; an enumeration by reference is a string."""
    if "$ref" in schema or "anyOf" in schema or "oneOf" in schema:
        return {"string"}
    kind = schema.get("type", "object")
    return {kind} if isinstance(kind, str) else set(kind)


def operations(document: dict[str, Any]) -> list[Operation]:
    """The operations of a spec that read a JSON body."""
    found = []
    for path, methods in document["paths"].items():
        for method, one in methods.items():
            content = one.get("requestBody", {}).get("content", {}) if isinstance(one, dict) else {}
            if JSON not in content:
                continue
            shapes = list(_shapes(content[JSON]["schema"], document["components"]["schemas"]))
            for name, schema in shapes:
                found.append(
                    Operation(
                        id=f"{one['operationId']}{name}",
                        method=method.upper(),
                        path=path,
                        properties=schema["properties"],
                        required=tuple(schema.get("required", ())),
                        is_guarded=bool(one.get("security")),
                        valid=_valid(schema),
                        takes_empty=schema is shapes[-1][1],
                    )
                )
    return found


def _shapes(schema: dict[str, Any], schemas: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """The shapes that a body may have, each with a name where there is more than one."""
    if "$ref" in schema:
        schema = schemas[schema["$ref"].rsplit("/", 1)[1]]
    names = [one["$ref"].rsplit("/", 1)[1] for one in schema.get("oneOf", ())]
    yield from ((f"-{name}", schemas[name]) for name in names) if names else [("", schema)]


def _valid(schema: dict[str, Any]) -> dict[str, Any]:
    """A body of the required fields; where nothing is required it is empty."""
    samples = {"email": "grace@example.com"}
    return {name: samples.get(name, "correct horse battery staple") for name in schema.get("required", ())}


def spec_of(app: flask.Flask) -> dict[str, Any]:
    """The application's own spec, as it serves it."""
    document: dict[str, Any] = app.test_client().get("/api/auth/openapi.json").get_json()
    return document


def of_default_app() -> list[Operation]:
    """The operations of an application with the plain user."""
    return operations(spec_of(make_app("sqlite://")))


def of_custom_app() -> list[Operation]:
    """The operations whose fields come from a custom user model."""
    return [
        one
        for one in operations(spec_of(make_app("sqlite://", user_model=uuid_user())))
        if one.id in ("signUp", "updateMe", "patchMe")
    ]


_STRINGS: tuple[Any, ...] = (7, 1.5, True, False, [], {}, ["ada@example.com"], {"a": 1}, [None], 10**400)
_WRONG: dict[str, tuple[Any, ...]] = {
    "string": _STRINGS,
    "boolean": ("yes", "true", "", 1, 0, 2, 1.5, [], {}, [True]),
    "integer": ("7", 1.5, True, [], {}, 10**400),
    "number": ("7", True, [], {}),
    "object": ("x", 7, 1.5, True, [], ["x"]),
}


def wrong_values(schema: dict[str, Any]) -> Iterator[Any]:
    """Values of types that the schema does not take."""
    taken = kinds(schema)
    (kind,) = taken - {"null"}
    yield from _WRONG[kind]
    if "null" not in taken:
        yield None


def fingerprint(app: flask.Flask) -> str:
    """A hash of every row of every table."""
    with app.app_context():
        database = app.extensions["sqlalchemy"]
        digest = hashlib.sha256()
        for engine in database.engines.values():
            metadata = sa.MetaData()
            metadata.reflect(engine)
            with engine.connect() as connection:
                for table in sorted(metadata.tables):
                    rows = connection.execute(sa.select(metadata.tables[table])).all()
                    digest.update(repr((table, sorted(map(repr, rows)))).encode())
        database.session.remove()
    return digest.hexdigest()


def send(person: Person, one: Operation, raw: bytes, kind: str | None = JSON) -> TestResponse:
    """The body as it is, with this content type or none."""
    headers = {} if kind is None else {"Content-Type": kind}
    return person.call(one.method, one.path, data=raw, headers=headers)


def send_chunked(person: Person, one: Operation, raw: bytes) -> TestResponse:
    """The body in chunks: no length is said beforehand."""
    headers = {"Transfer-Encoding": "chunked", "Content-Type": JSON}
    environ = {"wsgi.input_terminated": True, "CONTENT_LENGTH": ""}
    return person.call(
        one.method, one.path, input_stream=io.BytesIO(raw), headers=headers, environ_overrides=environ
    )


def as_text(value: Any) -> bytes:
    """JSON in ASCII: lone surrogates travel as escapes."""
    return json.dumps(value).encode()


def assert_problem(response: TestResponse, label: object, *statuses: int) -> dict[str, Any]:
    """A problem document of the 4xx range (or of these statuses), which tells nothing of the inside."""
    assert response.mimetype == "application/problem+json", (label, response.status_code, response.text[:300])
    body: dict[str, Any] = response.get_json()
    assert response.status_code in (statuses or range(400, 500)), (label, response.status_code, body)
    assert {"type", "title", "status", "detail", "code", "error"} <= set(body), label
    assert body["status"] == response.status_code, label
    assert "Traceback" not in response.text, label
    assert len(response.data) < 20_000, label
    return body
