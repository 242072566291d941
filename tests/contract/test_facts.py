"""The facts that the document states beside each operation are true: its guard, its limits, its events."""

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import flask
import pytest
from werkzeug.test import TestResponse

from flask_headless_auth.events import Event
from flask_headless_auth.features import catalog
from tests.contract.applications import OPERATIONS, Operation
from tests.oauth.browsers import FRONT, go_to_providers
from tests.support.apps import Clock, Person
from tests.support.issuer import Issuer, custom, running

WRONG = "not the password at all"
NEW = "a quite different pass phrase"

LIMITS = {name: limit for feature in catalog.ALL for name, limit in feature.limits.items()}

TRIES: Mapping[str, Callable[[Person], TestResponse]] = {
    "login_account": lambda ada: ada.post("/login", {"email": ada.email, "password": WRONG}),
    "password_account": lambda ada: ada.post(
        "/password/update", {"current_password": WRONG, "new_password": NEW}
    ),
    "reauthenticate_account": lambda ada: ada.post("/reauthenticate", {"method": "pwd", "password": WRONG}),
    "refresh_session": lambda ada: ada.refresh(),
}
"""A try that each limit of an account counts."""


def named(operations: list[Operation]) -> Any:
    """Each operation as a parameter of a test."""
    return pytest.mark.parametrize("operation", operations, ids=[one.name for one in operations])


@named(OPERATIONS)
def test_an_operation_asks_for_a_token_exactly_when_it_says_so(
    operation: Operation, app: flask.Flask
) -> None:
    # given somebody without a token
    nobody = app.test_client()

    # when they call the operation
    answer = nobody.open(operation.address(), method=operation.method.upper())

    # then it is refused for want of a token exactly when the document says that one is needed
    is_refused = answer.status_code == 401 and answer.json["code"] == "token_missing"
    assert answer.status_code < 500
    assert is_refused == operation.is_guarded
    assert ("token_missing" in operation.codes()) == operation.is_guarded


def test_only_these_operations_are_open_to_everybody() -> None:
    # given all operations
    # when those are collected that ask for no token
    found = {one.name for one in OPERATIONS if not one.is_guarded}

    # then they are these; an operation is added here on purpose or not at all
    providers = {
        "loginWithProvider",
        "providerCallback",
        "providerFormCallback",
        "exchangeCode",
        "getProviderNonce",
        "loginWithIdToken",
    }
    assert found == {"signUp", "login", "getConfig", "getJwks"} | providers


@named([one for one in OPERATIONS if one.is_guarded])
def test_an_operation_asks_for_a_fresh_sign_in_exactly_when_it_says_so(
    operation: Operation, ada: Person, clock: Clock
) -> None:
    # given somebody who signed in longer ago than a sign-in stays fresh, with a token that still works
    clock.forward(minutes=11)
    assert ada.me().status_code == 200

    # when they call the operation
    answer = ada.call(operation.method.upper(), operation.address(), json={})

    # then it asks for proof of presence exactly when the document says so
    is_refused = (answer.json or {}).get("code") == "step_up_required"
    assert is_refused == (operation.facts["x-step-up"] is not None)


@pytest.mark.parametrize(
    ("operation", "limit"),
    [
        pytest.param(one, name, id=f"{one.name}-{name}")
        for one in OPERATIONS
        for name in one.facts["x-rate-limit"]
    ],
)
def test_an_operation_counts_each_limit_that_it_names(
    operation: Operation, limit: str, build: Callable[..., flask.Flask]
) -> None:
    # given a server where this limit allows one try in an hour
    app = build(RATELIMIT_ENABLED=True, **{f"AUTHSVC_LIMITS_{limit.upper()}": "1/hour"})
    ada = Person(app, "bearer", "ada@example.com")

    def attempt() -> TestResponse:
        if LIMITS[limit].per == "address":
            return ada.call(operation.method.upper(), operation.address())
        return TRIES[limit](ada)

    if LIMITS[limit].per == "account":
        assert ada.sign_up().status_code == 201

    # when somebody tries twice
    first, second = attempt(), attempt()

    # then the second try is refused, and is told how long to wait
    assert first.status_code != 429
    assert second.status_code == 429
    assert 0 < second.json["retry_after"] <= 3600


@pytest.mark.parametrize("limit", sorted({name for name, one in LIMITS.items() if one.per == "account"}))
def test_each_limit_of_an_account_is_tried_here(limit: str) -> None:
    # given the limits that the features declare
    # when one counts an account and not an address
    # then this file knows a try that it counts, and the document names it
    assert limit in TRIES
    assert any(limit in one.facts["x-rate-limit"] for one in OPERATIONS)


def listen(app: flask.Flask) -> dict[str, set[str]]:
    """The names of the events that each operation of *app* emits from now on."""
    names = {(one.method.upper(), one.path): one.name for one in OPERATIONS}
    heard: dict[str, set[str]] = defaultdict(set)

    def note(event: Event) -> None:
        path = str(flask.request.url_rule).replace("<", "{").replace(">", "}")
        heard[names[flask.request.method, path]].add(type(event).__name__)

    app.auth.during(Event)(note)  # type: ignore[attr-defined]
    return heard


@pytest.fixture
def issuer(clock: Clock) -> Iterator[Issuer]:
    """A provider on this machine."""
    with running() as found:
        yield found


def test_the_events_that_an_operation_emits_are_those_that_it_names(
    build: Callable[..., flask.Flask], clock: Clock, issuer: Issuer
) -> None:
    # given somebody at a server, and an ear for every event
    app = build(**custom(issuer), FRONTEND_URL=FRONT)
    heard = listen(app)
    ada, phone, tablet = (Person(app, "bearer", "ada@example.com") for _ in range(3))

    # when they do everything that changes something, rightly and wrongly
    ada.sign_up()
    phone.sign_in()
    tablet.sign_in()
    ada.post("/login", {"email": ada.email, "password": WRONG})
    ada.call("PUT", "/user/@me", json={"first_name": "Ada"})
    ada.call("PATCH", "/user/@me", json={"last_name": "Lovelace"})
    ada.post("/reauthenticate", {"method": "pwd", "password": WRONG})
    assert ada.post("/reauthenticate", {"method": "pwd", "password": ada.password}).status_code == 200
    assert ada.call("DELETE", f"/sessions/{phone.session_id}").status_code == 200
    assert ada.call("DELETE", "/sessions").json["ended"] == 1
    phone.sign_in()
    ada.post("/password/update", {"current_password": WRONG, "new_password": NEW})
    assert (
        ada.post("/password/update", {"current_password": ada.password, "new_password": NEW}).status_code
        == 200
    )
    ada.password = tablet.password = NEW
    tablet.sign_in()
    used = tablet.refresh_token
    assert tablet.refresh().status_code == 200
    clock.forward(minutes=5)
    assert tablet.refresh(used).json["code"] == "refresh_reused"
    assert ada.sign_out().status_code == 200

    go_to_providers(app, issuer)

    # then each operation emitted what the document says of it, and nothing else
    assert {one.name: heard[one.name] for one in OPERATIONS} == {
        one.name: set(one.facts["x-audit"]) for one in OPERATIONS
    }
