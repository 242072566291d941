"""The facts that the document states beside each operation are true: its guard, its limits, its events."""

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from datetime import timedelta
from typing import Any

import flask
import pytest
from werkzeug.test import TestResponse

from flask_headless_auth import users
from flask_headless_auth.events import Event
from flask_headless_auth.features import catalog
from flask_headless_auth.features.vouchers import logic as vouchers
from flask_headless_auth.state import state
from tests.contract.applications import OPERATIONS, Operation
from tests.mfa.people import go_through_second_factors, try_a_second_factor, try_from_a_trusted_device
from tests.oauth.browsers import FRONT, go_to_providers
from tests.passkeys import people as passkeys
from tests.support.apps import API, WITH_MAIL, Clock, Person
from tests.support.authenticator import Authenticator
from tests.support.issuer import Issuer, custom, running
from tests.support.mails import mails

WRONG = "not the password at all"
NEW = "a quite different pass phrase"
WRONG_CODE = "000000"

LIMITS = {
    name: limit for feature in catalog.ALL for name, limit in feature.limits.items() if name != "notice"
}
"""Every limit but that of notices, which refuses nobody: one too many is not sent."""

TRIES: Mapping[str, Callable[[Person], TestResponse]] = {
    "login_account": lambda ada: ada.post("/login", {"email": ada.email, "password": WRONG}),
    "password_account": lambda ada: ada.post(
        "/password/update", {"current_password": WRONG, "new_password": NEW}
    ),
    "reauthenticate_account": lambda ada: ada.post("/reauthenticate", {"method": "pwd", "password": WRONG}),
    "refresh_session": lambda ada: ada.refresh(),
    "signup_account": lambda ada: Person(ada.app, "bearer", "eve@example.com").sign_up(),
    "reset_account": lambda ada: ada.post("/request-password-reset", {"email": ada.email}),
    "resend_account": lambda ada: ada.post("/resend-verification"),
    "email_change_account": lambda ada: ada.post("/email/change", {"email": "new@example.com"}),
    "magic_link_account": lambda ada: ada.post("/magic-link", {"email": ada.email}),
    "magic_code_account": lambda ada: ada.post(
        "/magic-link/verify",
        {
            "challenge": ada.post("/magic-link", {"email": ada.email}).json["challenge"],
            "code": WRONG_CODE,
        },
    ),
    "second_factor_account": try_a_second_factor,
    "login_device": try_from_a_trusted_device,
}
"""A try that each limit of an account counts."""

OF_ACCOUNTS = {name for name, one in LIMITS.items() if one.per == "account"}
OF_NO_OPERATION = {"notice"}
"""Limits that refuse nobody: what is beyond them is left out."""

WHERE: Mapping[str, Mapping[str, Any]] = {
    "signup_account": {**WITH_MAIL, "REQUIRE_EMAIL_VERIFICATION": True},
}
"""The configuration in which a limit is counted, where it is not the usual one."""


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
    assert found == {
        "signUp", "login", "getConfig", "getJwks", "openConfirmation", "confirmEmail", "denySignUp",
        "resendVerification", "changeEmail", "requestPasswordReset", "resetPassword", "revertAccount",
        "sendMagicLink", "verifyMagicLink", "startMfaChallenge", "startPasskeyLogin", "passkeyLogin",
        "startPasskeySignUp", "passkeySignUp", "loginWithProvider", "providerCallback",
        "providerFormCallback", "exchangeCode", "getProviderNonce", "loginWithIdToken",
    }  # fmt: skip


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
    settings = {**WITH_MAIL, **WHERE.get(limit, {}), f"AUTHSVC_LIMITS_{limit.upper()}": "1/hour"}
    app = build(RATELIMIT_ENABLED=True, **settings)
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


@pytest.mark.parametrize(
    "limit", sorted({name for name, one in LIMITS.items() if one.per == "account"} - OF_NO_OPERATION)
)
def test_each_limit_of_an_account_is_tried_here(limit: str) -> None:
    # given the limits that the features declare
    # when one counts an account and not an address
    # then this file knows a try that it counts, and the document names it
    assert limit in TRIES
    assert any(limit in one.facts["x-rate-limit"] for one in OPERATIONS)


CONSEQUENCES = {"MailQueued", "NewDeviceSignedIn"}
"""What other features make of an event: that depends on which are on, and no operation names it."""


def listen(app: flask.Flask) -> dict[str, set[str]]:
    """The names of the events that each operation of *app* emits from now on."""
    names = {(one.method.upper(), one.path): one.name for one in OPERATIONS}
    heard: dict[str, set[str]] = defaultdict(set)

    def note(event: Event) -> None:
        if not flask.has_request_context():
            return
        path = str(flask.request.url_rule).replace("<", "{").replace(">", "}")
        if type(event).__name__ not in CONSEQUENCES:
            heard[names[flask.request.method, path]].add(type(event).__name__)

    app.auth.during(Event)(note)  # type: ignore[attr-defined]
    return heard


def token_mailed(app: flask.Flask, name: str, link: str = "link") -> str:
    """The token of a link in the newest mail of this name."""
    newest = [one for one in mails(app) if one["mail"] == name][-1]
    return str(newest["context"][link].rpartition("/")[2])


def forget_a_password_and_take_it_back(app: flask.Flask) -> None:
    """Reset a password by mail, and say that this was not me."""
    owner = Person(app, "bearer")
    owner.sign_up()
    assert owner.post("/request-password-reset", {"email": owner.email}).status_code == 200
    body = {"password": NEW}
    assert owner.post(f"/reset-password/{token_mailed(app, 'reset_password')}", body).status_code == 200
    owner.password = NEW
    assert owner.sign_in().status_code == 200
    token = token_mailed(app, "password_reset", "undo_link")
    assert owner.post(f"/security/revert/{token}").status_code == 200


def confirm_and_change_addresses(app: flask.Flask) -> None:
    """Confirm an account that loses its sessions by it, in both ways; deny one; move one."""

    def signed_up() -> Person:
        made = Person(app, "bearer")
        assert made.sign_up().status_code == 201
        return made

    def token_of(name: str) -> str:
        return token_mailed(app, name)

    for method in ("GET", "POST"):
        squatted = signed_up()
        with app.app_context():
            # As when a link is asked for while several sign-ups wait.
            user = users.by_email(squatted.email)
            content = {"email": squatted.email, "drops": True, "profile": {}}
            token = vouchers.issue("confirm", timedelta(days=1), content, user=user).token
            state().db.session.commit()
        headers = {"Accept": "application/json"}
        answer = app.test_client().open(f"{API}/confirm/{token}", method=method, headers=headers)
        assert answer.status_code == 200
        assert squatted.me().status_code == 401
    forgetful = signed_up()
    assert forgetful.post("/request-password-reset", {"email": forgetful.email}).status_code == 200
    reset = app.test_client().post(
        f"{API}/reset-password/{token_of('reset_password')}", json={"password": NEW}
    )
    assert reset.status_code == 200
    forgetful.password = NEW
    assert forgetful.sign_in().status_code == 200
    undo = [one["context"]["undo_link"] for one in mails(app) if one["mail"] == "password_reset"][-1]
    assert app.test_client().post(f"{API}/security/revert/{undo.rpartition('/')[2]}").status_code == 200
    signed_up()
    assert app.test_client().post(f"{API}/confirm/{token_of('confirm')}/not-me").status_code == 200
    mover = signed_up()
    assert mover.post("/resend-verification").status_code == 200
    assert mover.post("/email/change", {"email": "moved@example.com"}).status_code == 200
    assert app.test_client().post(f"{API}/email/change/{token_of('confirm_change')}").status_code == 200


def use_passkeys(ada: Person, phone: Person) -> None:
    """Everything that can be done with passkeys: on two devices, to sign up, and where one is demanded."""
    device = Authenticator(FRONT, counts=True)
    passkey = passkeys.add(ada, device)
    assert passkeys.sign_in(phone, device).status_code == 200
    assert passkeys.sign_in(Person(ada.app), device, count=0).status_code == 400
    assert ada.call("DELETE", f"/passkeys/{passkey['id']}").status_code == 200
    form = {"email": "grace@example.com"}
    made = device.create(ada.post("/passkeys/signup/options", form).json["options"])
    assert Person(ada.app).post("/passkeys/signup", {"credential": made}).status_code == 201
    guard, key = Person(ada.app, "bearer", "guard@example.com"), Authenticator(FRONT)
    guard.sign_up()
    with ada.app.app_context():
        ada.app.auth.grant_role(users.by_email(guard.email), "guard")  # type: ignore[attr-defined]
    enrolled = passkeys.enrol(guard, key, guard.sign_in().json["enrolment"])
    assert enrolled.json["status"] == "signed_in"
    [passkey] = guard.get("/passkeys").json["items"]
    assert guard.call("DELETE", f"/passkeys/{passkey['id']}").status_code == 200


@pytest.fixture
def issuer(clock: Clock) -> Iterator[Issuer]:
    """A provider on this machine."""
    with running() as found:
        yield found


def test_the_events_that_an_operation_emits_are_those_that_it_names(
    build: Callable[..., flask.Flask], clock: Clock, issuer: Issuer
) -> None:
    # given somebody at a server that sends mail, and an ear for every event
    factors = {"AUTHSVC_EMAIL_CODE_IS_FACTOR": True, "AUTHSVC_MFA_REQUIRED_FOR": ["guard"]}
    app = build(**WITH_MAIL, **factors, **custom(issuer), FRONTEND_URL=FRONT, RATELIMIT_ENABLED=True)
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
    ada.password = phone.password = tablet.password = NEW
    phone.sign_in()
    use_passkeys(ada, phone)
    tablet.sign_in()
    used = tablet.refresh_token
    assert tablet.refresh().status_code == 200
    clock.forward(minutes=5)
    assert tablet.refresh(used).json["code"] == "refresh_reused"
    assert ada.sign_out().status_code == 200
    phone.password = NEW
    assert phone.sign_in().status_code == 200
    for wrong in (False, True):
        ada.post("/magic-link", {"email": ada.email})
        links = [one["context"]["link"] for one in mails(app) if one["mail"] == "magic_link"]
        token = links[-1].rpartition("/")[2]
        tablet.post("/magic-link/verify", {"token": token[:-1] if wrong else token})
    confirm_and_change_addresses(app)
    go_through_second_factors(app, clock)
    forget_a_password_and_take_it_back(app)

    go_to_providers(app, issuer)

    # then each operation emitted what the document says of it, and nothing else
    assert {one.name: heard[one.name] for one in OPERATIONS} == {
        one.name: set(one.facts["x-audit"]) for one in OPERATIONS
    }
