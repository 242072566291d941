"""Hostile bodies at every operation that reads JSON, read from the application's own spec.

Each is answered by a problem document of the 4xx range that names the field where there is one, never by a
5xx, and the database is afterwards what it was before.
"""

from collections.abc import Callable
from typing import Any

import flask
import pytest

from tests.security.bodies import (
    JSON,
    Operation,
    as_text,
    assert_problem,
    fingerprint,
    of_custom_app,
    of_default_app,
    send,
    send_chunked,
    wrong_values,
)
from tests.support.apps import WITH_MAIL, Person, make_app, uuid_user

OPERATIONS = of_default_app()
CUSTOM = of_custom_app()
operation = pytest.mark.parametrize("one", OPERATIONS, ids=str)
custom_operation = pytest.mark.parametrize("one", CUSTOM, ids=str)
TEN_MEGABYTES = 10_000_000
_NOBODYS = (
    "unknown", "__proto__", "constructor", "id", "role", "is_verified", "password_hash", "user_id", "\ud800",
    "\x00", "x" * 5000, "email.x", " ", "0",
)  # fmt: skip


@pytest.fixture
def eve(build: Callable[..., flask.Flask]) -> Person:
    """Somebody who is signed in."""
    person = Person(build(**WITH_MAIL), "bearer", "eve@example.com")
    assert person.sign_up().status_code == 201
    return person


@pytest.fixture
def custom_eve(database_url: str) -> Person:
    """The same at an application with a user model of its own."""
    person = Person(make_app(database_url, user_model=uuid_user(), **WITH_MAIL), "bearer", "eve@example.com")
    assert person.sign_up().status_code == 201
    return person


def test_the_spec_names_every_operation_that_reads_a_body() -> None:
    # given the spec of the default application
    found = {one.id: one for one in OPERATIONS}

    # then these are read from it, each with its fields
    assert {
        "login", "signUp", "logout", "reauthenticate", "startReauthentication", "updateMe", "patchMe",
        "updatePassword",
    } <= set(found)  # fmt: skip
    assert set(found["login"].properties) >= {"email", "password", "remember"}
    assert {"username", "nickname"} <= set(CUSTOM[0].properties)


def _wrong_types(eve: Person, one: Operation) -> None:
    before = fingerprint(eve.app)
    for name, schema in one.properties.items():
        for value in wrong_values(schema):
            # when one field is of a wrong type
            answer = send(eve, one, as_text({**one.valid, name: value}))

            # then it is named
            body = assert_problem(answer, (one.id, name, value), 422)
            assert name in body["errors"], (one.id, name, value, body)
    assert fingerprint(eve.app) == before


@operation
def test_a_field_of_a_wrong_type_is_named(eve: Person, one: Operation) -> None:
    _wrong_types(eve, one)


@custom_operation
def test_a_field_of_a_custom_model_of_a_wrong_type_is_named(custom_eve: Person, one: Operation) -> None:
    _wrong_types(custom_eve, one)


@operation
@pytest.mark.parametrize("name", _NOBODYS)
def test_a_field_that_nobody_knows_is_named(eve: Person, one: Operation, name: str) -> None:
    # given a body with one field too many
    before = fingerprint(eve.app)
    answer = send(eve, one, as_text({**one.valid, name: True}))

    # then it is named, whatever its name is
    body = assert_problem(answer, (one.id, name), 422)
    assert name in body["errors"], body
    assert fingerprint(eve.app) == before


def _nested(levels: int, opening: str = "[", closing: str = "]") -> str:
    return opening * levels + closing * levels


def _malformed(name: str) -> dict[str, bytes]:
    """Bodies that are no JSON object, by what is wrong."""
    opening = '{"a":'
    texts = {
        "10000 levels": _nested(10_000),
        "10000 objects": _nested(10_000, opening, "}").replace(":}", ":1}", 1),
        "40 levels": f'{{"{name}": {_nested(40)}}}',
        "40 levels in nobody's field": f'{{"unknown": {_nested(40, opening, "}").replace(":}", ":1}", 1)}}}',
        "unclosed levels": "[" * 10_000,
        "NaN": f'{{"{name}": NaN}}',
        "Infinity": f'{{"{name}": Infinity}}',
        "-Infinity": f'{{"{name}": -Infinity}}',
        "1e999": f'{{"{name}": 1e999}}',
        "-1e999": f'{{"{name}": -1e999}}',
        "10**5000": f'{{"{name}": 1{"0" * 5000}}}',
        "a key twice": f'{{"{name}": "a", "{name}": "b"}}',
        "a key twice by an escape": f'{{"{name}": "a", "\\u{ord(name[0]):04x}{name[1:]}": "b"}}',
        "a key twice inside": f'{{"{name}": {{"a": 1, "a": 2}}}}',
        "comment": "{} // x",
        "single quotes": f"{{'{name}': 1}}",
        "trailing comma": f'{{"{name}": 1,}}',
        "two documents": "{}{}",
        "cut": f'{{"{name}": "',
        "raw NUL": f'{{"{name}": "\x00"}}',
        "raw control": f'{{"{name}": "\x01"}}',
        "bare word": "undefined",
        "bad escape": f'{{"{name}": "\\x41"}}',
    }
    raw = {label: text.encode() for label, text in texts.items()}
    good = f'{{"{name}": "a"}}'
    raw |= {
        "UTF-16": good.encode("utf-16"),
        "UTF-16 without mark": good.encode("utf-16-le"),
        "UTF-32": good.encode("utf-32"),
        "BOM": b"\xef\xbb\xbf" + good.encode(),
        "Latin-1": f'{{"{name}": "é"}}'.encode("latin-1"),
        "invalid UTF-8": b'{"' + name.encode() + b'": "\xff\xfe"}',
        "overlong UTF-8": b'{"' + name.encode() + b'": "\xc0\x80"}',
        "surrogate in UTF-8": b'{"' + name.encode() + b'": "\xed\xa0\x80"}',
        "binary": bytes(range(256)),
        "gzip": b"\x1f\x8b\x08\x00" + b"\x00" * 30,
    }
    return raw


@operation
def test_a_body_that_is_no_json_is_refused(eve: Person, one: Operation) -> None:
    # given bodies broken in every way
    before = fingerprint(eve.app)
    for label, raw in _malformed(next(iter(one.properties))).items():
        # when one is sent
        answer = send(eve, one, raw)

        # then it is refused as malformed
        assert assert_problem(answer, (one.id, label), 400)["code"] == "malformed_body", label
    assert fingerprint(eve.app) == before


@operation
@pytest.mark.parametrize("value", [[], [{}], ["a"], "text", "", 7, 0, 1.5, True, False, None])
def test_a_body_that_is_no_object_is_refused(eve: Person, one: Operation, value: Any) -> None:
    # given JSON that is not an object
    before = fingerprint(eve.app)
    answer = send(eve, one, as_text(value))

    # then it is refused
    assert_problem(answer, (one.id, value), 400, 422)
    assert fingerprint(eve.app) == before


@operation
def test_a_body_of_ten_megabytes_is_refused_whether_its_length_is_said_or_not(
    eve: Person, one: Operation
) -> None:
    # given huge bodies, well formed and not
    before = fingerprint(eve.app)
    name = next(iter(one.properties))
    huge = f'{{"{name}": "{"x" * TEN_MEGABYTES}"}}'.encode()
    for raw in (huge, b" " * TEN_MEGABYTES, b"[" * TEN_MEGABYTES):
        # when they come with a length, and in chunks
        answers = [send(eve, one, raw), send_chunked(eve, one, raw), send(eve, one, raw, "text/plain")]

        # then they are too large
        for answer in answers:
            assert assert_problem(answer, one.id, 413)["code"] == "body_too_large"
    assert fingerprint(eve.app) == before


@operation
def test_a_small_body_in_chunks_is_read(eve: Person, one: Operation) -> None:
    # given a small body of no said length whose field nobody knows
    answer = send_chunked(eve, one, b'{"unknown": 1}')

    # then it was read
    assert "unknown" in assert_problem(answer, one.id, 422)["errors"]


_OTHER_TYPES = (
    "text/plain", "application/x-www-form-urlencoded", "multipart/form-data", "application/xml", "text/json",
    "multipart/form-data; boundary=x", "json", "application/jsonx", "application/", "/", ";", "*/*",
    "application/octet-stream", "text/html", "application/json-patch", "x" * 5000, "application/javascript",
)  # fmt: skip


@operation
def test_a_body_of_another_content_type_is_refused(eve: Person, one: Operation) -> None:
    # given a good body
    before = fingerprint(eve.app)
    raw = as_text(one.valid or {"unknown": 1})
    for kind in (*_OTHER_TYPES, None):
        # when it is said to be something else than JSON, or nothing is said
        answer = send(eve, one, raw, kind)

        # then it is not read
        assert assert_problem(answer, (one.id, kind), 415)["code"] == "unsupported_media_type"
    assert fingerprint(eve.app) == before


@pytest.mark.parametrize("one", [one for one in OPERATIONS if one.takes_empty], ids=str)
@pytest.mark.parametrize("kind", [None, JSON, "text/plain", "application/json; charset=utf-8"])
@pytest.mark.parametrize("raw", [b"", b" ", b"\r\n"])
def test_an_empty_body_is_an_empty_object(eve: Person, one: Operation, raw: bytes, kind: str | None) -> None:
    # given an empty body, with or without a content type
    answer = send(eve, one, raw, kind)

    # then it counts as no field: the required ones are named, and where there is none it is no mistake
    if one.required:
        body = assert_problem(answer, one.id, 422)
        assert set(one.required) <= set(body["errors"])
    else:
        assert answer.status_code in (200, 401, 404, 422), (one.id, answer.text)
        assert answer.status_code != 422 or {"password", "email", "token"} & set(answer.json["errors"])


def test_a_field_that_a_host_lets_pass_is_dropped_but_never_a_privileged_one(
    build: Callable[..., flask.Flask],
) -> None:
    # given an application that ignores unknown fields
    eve = Person(build(AUTHSVC_UNKNOWN_FIELDS="ignore"), "bearer", "eve@example.com")
    assert eve.sign_up(shoe_size=43).status_code == 201
    before = fingerprint(eve.app)

    # when privileged ones are sent
    for name in ("role", "roles", "is_verified", "is_active", "id", "password_hash", "mfa_enabled",
                 "permissions", "provider", "created_at", "credits", "is_admin"):  # fmt: skip
        for answer in (
            eve.call("PUT", "/user/@me", json={name: "1"}),
            Person(eve.app).sign_up(**{name: "1"}),
        ):
            # then they are named
            assert name in assert_problem(answer, name, 422)["errors"]
    assert fingerprint(eve.app) == before
