"""Strange texts, paths and values at every operation, on each engine: refused by name or kept, never a 5xx.

Every engine has texts of its own that it cannot store; no client may find out which by a broken answer.
"""

import json
from collections.abc import Callable, Iterator
from typing import Any

import flask
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.security.bodies import (
    Operation,
    as_text,
    assert_problem,
    fingerprint,
    of_custom_app,
    of_default_app,
    send,
)
from tests.support.apps import WITH_MAIL, Person, make_app, uuid_user

OPERATIONS = of_default_app()
CUSTOM = of_custom_app()
operation = pytest.mark.parametrize("one", OPERATIONS, ids=str)
custom_operation = pytest.mark.parametrize("one", CUSTOM, ids=str)


@pytest.fixture
def eve(build: Callable[..., flask.Flask]) -> Person:
    """Somebody who is signed in."""
    person = Person(build(**WITH_MAIL), "bearer", "eve@example.com")
    assert person.sign_up().status_code == 201
    return person


_STRANGE = (
    "\x00", "a\x00b", "\ud800", "a\udfffb", "\udc00\ud800", "\uffff", "\u202e\u2066", "\x1b[31m", "%s%n",
    "{{7*7}}", "' OR '1'='1", "\\", '"', "<script>", "\r\nSet-Cookie: a=b", "٣", "😀" * 200, "é" * 9000,
    "x" * 60_000, " ", "", "\t", "ﬁ", "İ", "ß@example.com", "a@b@c", "a@[127.0.0.1]", "a@example.com\n",
    "null",
)  # fmt: skip


def _strange_texts(eve: Person, operations: list[Operation]) -> Iterator[tuple[Any, ...]]:
    for one in operations:
        for name in one.texts():
            for text in _STRANGE:
                yield one, name, text, send(eve, one, as_text({**one.valid, name: text}))


def test_strange_texts_break_nothing_on_any_engine(any_database_url: str) -> None:
    # given an application on this engine
    eve = Person(make_app(any_database_url, **WITH_MAIL), "bearer", "eve@example.com")
    assert eve.sign_up().status_code == 201

    # when each text field gets each strange text
    for one, name, text, answer in _strange_texts(eve, OPERATIONS):
        label = (one.id, name, text[:20])

        # then what no database stores is refused by name, and nothing breaks on the rest
        assert answer.status_code < 500, (label, answer.text)
        if answer.status_code >= 400:
            assert_problem(answer, label)
        is_password = "password" in name
        if _is_lone(text) or ("\x00" in text and not is_password):
            assert name in assert_problem(answer, label, 422)["errors"], label
        if answer.status_code < 300 and one.id == "logout":
            eve.sign_in()
    assert eve.sign_in().status_code == 200


def test_strange_texts_break_nothing_in_a_custom_model_on_any_engine(any_database_url: str) -> None:
    # given an application with a user model of its own on this engine
    app = make_app(any_database_url, user_model=uuid_user())
    eve = Person(app, "bearer", "eve@example.com")
    assert eve.sign_up().status_code == 201

    # when each text field gets each strange text
    for one, name, text, answer in _strange_texts(eve, CUSTOM):
        # then it is stored, or refused by a problem
        assert answer.status_code < 500, (one.id, name, text[:20], answer.text)
        if _is_lone(text) or ("\x00" in text and "password" not in name):
            assert name in assert_problem(answer, (name, text), 422)["errors"]


def _is_lone(text: str) -> bool:
    return any("\ud800" <= character <= "\udfff" for character in text)


def test_strange_paths_queries_and_headers_break_nothing_on_any_engine(any_database_url: str) -> None:
    # given somebody who is signed in
    eve = Person(make_app(any_database_url, **WITH_MAIL), "bearer", "eve@example.com")
    assert eve.sign_up().status_code == 201
    before = fingerprint(eve.app)

    # when addresses and queries hold what no key and no number is
    for text in (
        "%00",
        "a%00b",
        "%ff",
        "%ed%a0%80",
        "😀",
        "x" * 5000,
        "'",
        "..%2f..",
        "%25",
        "%0d%0aX: y",
        "*",
    ):
        assert_problem(eve.call("DELETE", f"/sessions/{text}"), text, 404)
        assert_problem(eve.get(f"/sessions?cursor={text}"), text, 422)
        assert_problem(eve.get(f"/sessions?limit={text}"), text, 422)
    for limit in ("0", "-1", "101", "1.5", "9" * 5000, "1e2", "", "true", "NaN", "0x10"):
        assert "limit" in assert_problem(eve.get(f"/sessions?limit={limit}"), limit, 422)["errors"]
    assert_problem(eve.get("/sessions?unknown=1"), "unknown", 422)
    assert fingerprint(eve.app) == before

    # then a strange client is still signed in
    for agent in ("a\x00b", "\u00e9" * 600, "", "x" * 5000):
        answer = eve.post(
            "/login", {"email": eve.email, "password": eve.password}, headers={"User-Agent": agent}
        )
        assert answer.status_code == 200, (agent[:10], answer.text)


_json = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=40),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=12), inner, max_size=4),
    max_leaves=8,
)


@operation
@settings(max_examples=60, derandomize=True, deadline=None,
          suppress_health_check=[HealthCheck.function_scoped_fixture])  # fmt: skip
@given(data=st.data())
def test_any_json_is_taken_or_refused_and_never_breaks_anything(
    eve: Person, one: Operation, data: st.DataObject
) -> None:
    # given any value for some of the operation's fields, and perhaps a field more
    names = st.sampled_from(sorted(one.properties))
    values = data.draw(st.dictionaries(names | st.text(max_size=8), _json, max_size=4) | _json)
    body = {**one.valid, **values} if isinstance(values, dict) else values
    before = fingerprint(eve.app)

    # when it is sent
    answer = send(eve, one, json.dumps(body).encode())

    # then it is taken, or refused by a problem that changed nothing
    if answer.status_code >= 300:
        assert_problem(answer, body)
        assert fingerprint(eve.app) == before
    elif one.id == "logout":
        assert eve.sign_in().status_code == 200
