"""Every operation that takes a one-time token, against every other kind of token: none passes.

Rows R15, R19 and R30. That each takes its own kind once is told by the stories of its feature.
"""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any, NamedTuple

import flask
import pytest

from flask_headless_auth import users
from flask_headless_auth.database import transaction
from flask_headless_auth.features.vouchers import logic as vouchers
from tests.contract.applications import OPERATIONS
from tests.support.apps import API, Person, make_app

NEW = "a different battery staple"


class Acceptor(NamedTuple):
    """An operation and how it is sent a token: in its path, or in its body."""

    purposes: tuple[str, ...]
    method: str
    path: str
    body: Mapping[str, Any] = {}
    headers: Mapping[str, str] = {}

    def send(self, person: Person, token: str) -> Any:
        """The answer of the operation to this token."""
        body = {name: value.replace("TOKEN", token) for name, value in self.body.items()}
        sent = {"json": body} if self.method == "POST" else {}
        path = self.path.replace("{token}", token)
        return person.call(self.method, path, headers={"Accept": "application/json", **self.headers}, **sent)


ACCEPTORS: Mapping[str, Acceptor] = {
    "link": Acceptor(("magic_link",), "POST", "/magic-link/verify", {"token": "TOKEN"}),
    "code": Acceptor(("magic_link",), "POST", "/magic-link/verify", {"challenge": "TOKEN", "code": "123456"}),
    "reset": Acceptor(("reset",), "POST", "/reset-password/{token}", {"password": NEW}),
    "confirm": Acceptor(("confirm", "again"), "POST", "/confirm/{token}"),
    "confirm by GET": Acceptor(("confirm", "again"), "GET", "/confirm/{token}"),
    "not me": Acceptor(("confirm", "again"), "POST", "/confirm/{token}/not-me"),
    "change": Acceptor(("change",), "POST", "/email/change/{token}"),
    "revert": Acceptor(("revert",), "POST", "/security/revert/{token}"),
    "second factor": Acceptor(
        ("challenge",), "POST", "/mfa/verify", {"challenge": "TOKEN", "method": "totp", "code": "123456"}
    ),
}
"""Each with the purposes of the vouchers that it takes."""

THERE = {(one.method.upper(), one.path.removeprefix(API)) for one in OPERATIONS}
PRESENT = {name: one for name, one in ACCEPTORS.items() if (one.method, one.path) in THERE}

PURPOSES = ("magic_link", "reset", "confirm", "again", "change", "revert", "challenge")


@pytest.fixture
def app(database_url: str) -> flask.Flask:
    """An application that sends mails."""
    return make_app(database_url, EMAIL_SERVICE="console", AUTHSVC_MAIL_DELIVERY="command")


@pytest.fixture
def ada(app: flask.Flask) -> Person:
    """Somebody with an account."""
    person = Person(app, "bearer", "ada@example.com")
    assert person.sign_up().status_code == 201
    return person


def _issue(ada: Person, purpose: str) -> vouchers.Issued:
    with ada.app.app_context(), transaction():
        user = users.by_email(ada.email)
        content = {"email": ada.email}
        life = timedelta(minutes=10)
        return vouchers.issue(purpose, life, content, user=user, address=ada.email, with_code=True)


def _is_good(ada: Person, purpose: str, token: str) -> bool:
    with ada.app.app_context():
        seen = vouchers.look(purpose, token)
        return seen is not None and not seen.is_used


def test_every_operation_that_takes_a_token_in_its_path_is_in_the_table() -> None:
    in_table = {(one.method, one.path) for one in ACCEPTORS.values()}

    assert sorted({one for one in THERE if "{token}" in one[1]} - in_table) == []


@pytest.mark.parametrize(
    ("name", "purpose"),
    [(name, one) for name in PRESENT for one in PURPOSES if one not in PRESENT[name].purposes],
)
def test_R30_a_voucher_is_taken_by_nothing_but_its_own_operation(
    app: flask.Flask, ada: Person, name: str, purpose: str
) -> None:
    # given an operation, and a good voucher for something else
    acceptor = PRESENT[name]
    issued = _issue(ada, purpose)

    # when its token and its challenge are sent there, by somebody who is signed in and by nobody
    people = [ada, Person(app, "bearer")]
    answers = [acceptor.send(one, sent) for one in people for sent in (issued.token, issued.challenge)]

    # then each is refused as any forged one, and the voucher is as good as before
    forged = acceptor.send(Person(app, "bearer"), "A" * 43)
    assert 400 <= forged.status_code < 500
    assert {(one.status_code, one.data) for one in answers} == {(forged.status_code, forged.data)}
    assert _is_good(ada, purpose, issued.token)
    assert ada.me().status_code == 200


@pytest.mark.parametrize("name", PRESENT)
def test_R30_an_access_or_refresh_token_is_no_voucher(app: flask.Flask, ada: Person, name: str) -> None:
    # given an operation, and the tokens of a session
    acceptor = PRESENT[name]

    # when they are sent as what the operation takes
    answers = [acceptor.send(Person(app, "bearer"), str(one)) for one in (ada.access, ada.refresh_token)]

    # then they are refused, and the session stands
    assert all(400 <= one.status_code < 500 for one in answers)
    assert ada.me().status_code == 200


@pytest.mark.parametrize("purpose", PURPOSES)
def test_R15_a_voucher_is_no_access_and_no_refresh_token(ada: Person, purpose: str) -> None:
    # given a good voucher
    issued = _issue(ada, purpose)

    # when it is sent as a bearer token
    nobody = Person(ada.app, "bearer")
    answers = [
        nobody.call(method, path, token=secret)
        for secret in (issued.token, issued.challenge)
        for method, path in (
            ("GET", "/user/@me"),
            ("GET", "/check-auth"),
            ("POST", "/token/refresh"),
            ("POST", "/logout"),
            ("POST", "/password/update"),
        )
    ]

    # then it is none
    assert {(one.status_code, one.json["code"]) for one in answers} == {(401, "token_invalid")}
    assert _is_good(ada, purpose, issued.token)


def test_R19_every_secret_in_a_voucher_is_long_and_never_twice_the_same(ada: Person) -> None:
    # given many vouchers
    made = [_issue(ada, "magic_link") for _ in range(200)]

    # then tokens and challenges have at least 128 bits (22 characters of base64url) and do not repeat
    secrets = [secret for one in made for secret in (one.token, one.challenge)]
    assert len(set(secrets)) == 400
    assert min(map(len, secrets)) >= 22
