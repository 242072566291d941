"""The checker that every test client passes through finds what it is there to find."""

from collections.abc import Callable
from typing import Any

import flask
import pytest

from tests.support.apps import Person
from tests.support.contract import Broken, CheckedClient, allow

PROBLEM = {
    "type": "/api/auth/errors/token_missing",
    "title": "Token missing",
    "status": 401,
    "detail": "401 Sign in to continue.",
    "code": "token_missing",
    "error": "401 Sign in to continue.",
}
NEEDED = {"WWW-Authenticate": "Bearer"}


def answering(app: flask.Flask, body: Any, status: int, kind: str, **headers: str) -> CheckedClient:
    """A client of *app*, whose GET /user/@me is replaced by this answer."""
    app.test_client_class = CheckedClient
    endpoint = next(rule.endpoint for rule in app.url_map.iter_rules() if rule.rule == "/api/auth/user/@me")

    def instead(**_: Any) -> flask.Response:
        response = flask.jsonify(body) if not isinstance(body, str) else flask.Response(body)
        response.status_code, response.content_type = status, kind
        response.headers.update(headers)
        return response

    app.view_functions[endpoint] = instead
    client = app.test_client()
    assert isinstance(client, CheckedClient)
    return client


@pytest.mark.parametrize(
    ("body", "status", "kind", "said"),
    [
        pytest.param({"user": {"id": "1"}}, 200, "application/json", "'email' is a required", id="member"),
        pytest.param({"user": 1}, 200, "application/json", "is not of type", id="type"),
        pytest.param({"user": {}}, 201, "application/json", "201", id="status"),
        pytest.param("hello", 200, "text/html", "text/html", id="content type"),
        pytest.param("hello", 200, "application/json", "application/json", id="no JSON"),
        pytest.param("<h1>", 404, "text/html", "problem", id="page of an error"),
        pytest.param({"msg": "no"}, 401, "application/problem+json", "status", id="no problem document"),
        pytest.param(
            {**PROBLEM, "status": 403}, 401, "application/problem+json", "status", id="other status"
        ),
        pytest.param({**PROBLEM, "error": "?"}, 401, "application/problem+json", "error", id="other error"),
        pytest.param({**PROBLEM, "type": "/x"}, 401, "application/problem+json", "type", id="other type"),
        pytest.param({**PROBLEM, "retry_after": "1"}, 401, "application/problem+json", "integer", id="fact"),
        pytest.param(
            {**PROBLEM, "code": "refresh_reused", "type": "/api/auth/errors/refresh_reused"},
            401,
            "application/problem+json",
            "not among the refusals",
            id="code of another operation",
        ),
        pytest.param(
            {**PROBLEM, "detail": "No.", "error": "No."},
            401,
            "application/problem+json",
            "begins with",
            id="detail",
        ),
    ],
)
def test_an_answer_that_breaks_the_contract_fails(
    body: Any, status: int, kind: str, said: str, app: flask.Flask
) -> None:
    # given an application with an operation that answers otherwise than it promised
    client = answering(app, body, status, kind, **NEEDED)

    # when a test calls it
    # then the test fails and is told why
    with pytest.raises(Broken, match=said) as broken:
        client.get("/api/auth/user/@me")
    assert "GET /api/auth/user/@me" in str(broken.value)


def test_a_refusal_without_its_header_fails(app: flask.Flask) -> None:
    # given a 401 that does not say how to authenticate
    client = answering(app, PROBLEM, 401, "application/problem+json")

    # when a test sees it
    # then the test fails
    with pytest.raises(Broken, match="WWW-Authenticate"):
        client.get("/api/auth/user/@me")


def test_an_answer_that_keeps_the_contract_passes(app: flask.Flask) -> None:
    # given a refusal as it should be
    client = answering(app, PROBLEM, 401, "application/problem+json", **NEEDED)

    # when a test sees it
    # then it passes
    assert client.get("/api/auth/user/@me").status_code == 401


def test_a_refusal_of_the_hosts_own_passes_where_the_test_announces_it(app: flask.Flask) -> None:
    # given a host that refuses with a code of its own
    own = {**PROBLEM, "code": "closed_today", "type": "/api/auth/errors/closed_today"}
    client = answering(app, own, 401, "application/problem+json", **NEEDED)
    with pytest.raises(Broken):
        client.get("/api/auth/user/@me")

    # when the test says so
    allow(app, "closed_today")

    # then it passes
    assert client.get("/api/auth/user/@me").json["code"] == "closed_today"


def test_the_hosts_own_answers_are_nobodys_business(build: Callable[..., flask.Flask]) -> None:
    # given a host with pages of its own, one of them broken
    app = build()
    app.test_client_class = CheckedClient
    app.add_url_rule("/api/authors", view_func=lambda: ("<h1>Not here</h1>", 404))

    # when a test opens it
    # then it passes
    assert app.test_client().get("/api/authors").status_code == 404


def test_every_client_of_the_suite_is_checked(ada: Person) -> None:
    # given somebody at a client that make_app gave
    # when the client is looked at
    # then it is one that checks
    assert isinstance(ada.http, CheckedClient)
