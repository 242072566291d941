"""Bodies that are no answers of a browser, logs that say why, limits, and what goes with an account."""

import logging
from collections.abc import Callable
from typing import Any

import flask
import pytest

from flask_headless_auth import users
from flask_headless_auth.database import transaction
from flask_headless_auth.features.passkeys.feature import PASSKEYS
from flask_headless_auth.state import state
from tests.passkeys.people import add, refused, rows, sign_in, to_add, to_sign_in
from tests.support.apps import Person
from tests.support.authenticator import Authenticator

STRANGE: list[Any] = [None, True, 7, 1.5, "text", [], ["x"], {"x": 1}]
MEMBERS = ["id", "rawId", "type", "response", "clientDataJSON", "authenticatorData", "signature"]


@pytest.mark.parametrize("value", [one for one in STRANGE if one != "text"], ids=repr)
@pytest.mark.parametrize("member", [*MEMBERS, "userHandle"])
def test_a_member_of_another_type_is_named(app: flask.Flask, member: str, value: Any) -> None:
    # given an answer with a member of another type
    answer = Authenticator().create(to_new(app))
    answer["response"] |= {"authenticatorData": "x", "signature": "x", "userHandle": "x"}
    (answer if member in answer else answer["response"])[member] = value

    # when somebody signs in with it
    refusal = Person(app).post("/passkeys/login", {"credential": answer})

    # then the member is named; a handle may be absent, and is no matter of form
    if (member, value) == ("userHandle", None):
        assert refused(refusal)
    else:
        assert refusal.status_code == 422
        assert any(member in one for one in refusal.json["errors"])


def to_new(app: flask.Flask) -> dict[str, Any]:
    """Options for somebody new."""
    answer = Person(app).post("/passkeys/signup/options", {"email": "new@example.com"})
    options: dict[str, Any] = answer.json["options"]
    return options


@pytest.mark.parametrize("path", ["/passkeys/login", "/passkeys/signup", "/passkeys/register"])
@pytest.mark.parametrize(
    "body", [{}, {"credential": {}}, {"credential": "x"}, {"credential": None}, {"x": 1}]
)
def test_a_body_without_an_answer_is_refused(app: flask.Flask, path: str, body: Any) -> None:
    # given somebody signed in
    ada = Person(app)
    ada.sign_up()

    # when they send nothing that could be an answer
    answer = ada.post(path, body)

    # then the fields are named
    assert (answer.status_code, answer.json["code"]) == (422, "validation_failed")


def test_members_that_browsers_add_are_not_read(app: flask.Flask) -> None:
    # given an answer with members of a later browser
    ada, device = Person(app), Authenticator()
    ada.sign_up()
    made = device.create(to_add(ada))
    made["later"] = made["response"]["later"] = {"x": 1}

    # when it is sent
    # then they do not matter, but beside the answer they do
    assert ada.post("/passkeys/register", {"credential": made}).status_code == 201
    signing = {"credential": device.get(to_sign_in(ada)), "later": 1}
    assert list(ada.post("/passkeys/login", signing).json["errors"]) == ["later"]


@pytest.mark.parametrize("size", [16_385, 60_000])
def test_huge_members_are_refused(app: flask.Flask, size: int) -> None:
    # given an answer with a huge member
    answer = Authenticator().create(to_new(app))
    answer["response"]["attestationObject"] = "A" * size

    # when it is sent
    refusal = Person(app).post("/passkeys/signup", {"credential": answer})

    # then it is refused before anything is taken apart
    assert refusal.status_code == 422
    assert list(refusal.json["errors"]) == ["credential.response.attestationObject"]


def test_transports_that_nobody_knows_are_not_kept(app: flask.Flask) -> None:
    # given an answer that names strange transports
    ada = Person(app)
    ada.sign_up()
    answer = Authenticator().create(to_add(ada))
    answer["response"]["transports"] = ["usb", "telepathy", "usb", "<script>"]

    # when it is added
    assert ada.post("/passkeys/register", {"credential": answer}).status_code == 201

    # then the known ones are kept
    assert rows(app)[0].transports == ["usb"]


def test_the_log_says_why_and_nothing_secret(app: flask.Flask, caplog: pytest.LogCaptureFixture) -> None:
    # given somebody with a passkey, and an attacker who writes to the log
    ada, device = Person(app), Authenticator()
    ada.sign_up()
    add(ada, device)
    options = to_sign_in(ada)
    caplog.set_level(logging.INFO, "flask_headless_auth")

    # when an answer comes from an origin with a line of its own
    answer = device.get(options, origin="https://evil.example\r\nINFO everything is fine")
    assert refused(ada.post("/passkeys/login", {"credential": answer}))

    # then the operator sees the origin, on one line, and no challenge
    (said,) = [one.getMessage() for one in caplog.records if "passkey" in one.getMessage()]
    assert "https://evil.example" in said
    assert "\n" not in said
    assert "\r" not in said
    assert options["challenge"] not in said


@pytest.mark.parametrize(
    ("path", "limit"),
    [
        ("/passkeys/login/options", "PASSKEY_OPTIONS"),
        ("/passkeys/login", "LOGIN"),
        ("/passkeys/signup/options", "SIGNUP"),
        ("/passkeys/signup", "SIGNUP"),
    ],
)
def test_tries_of_an_address_are_counted(build: Callable[..., flask.Flask], path: str, limit: str) -> None:
    # given a server that counts three an hour
    somebody = Person(build(RATELIMIT_ENABLED=True, **{f"AUTHSVC_LIMITS_{limit}": "3/hour"}))

    # when somebody tries five times
    statuses = [somebody.post(path).status_code for _ in range(5)]

    # then two are too many
    assert [one == 429 for one in statuses] == [False] * 3 + [True] * 2


def test_a_passkey_gets_in_where_passwords_are_locked(build: Callable[..., flask.Flask]) -> None:
    # given somebody at whose password others have guessed too often
    app = build(RATELIMIT_ENABLED=True)
    ada, device = Person(app), Authenticator()
    ada.sign_up()
    add(ada, device)
    for _ in range(11):
        Person(app).post("/login", {"email": ada.email, "password": "wrong"})
    assert ada.sign_in().status_code == 429

    # when they sign in with a passkey
    answer = sign_in(ada, device)

    # then they are in (R07)
    assert answer.status_code == 200


def test_an_export_has_passkeys_and_no_key(ada: Person, device: Authenticator) -> None:
    # given somebody with a passkey
    with ada.app.test_request_context():
        assert PASSKEYS.export is not None
        exported = PASSKEYS.export(users.by_email(ada.email))

    # then what they get of it is what the list says
    (kept,) = exported["passkeys"]
    assert set(kept) == {"name", "maker", "created_at", "last_used_at", "is_backed_up"}
    assert kept["name"] == "Passkey"


@pytest.mark.parametrize("what", ["forget", "disown"])
def test_passkeys_go_with_their_owner(ada: Person, device: Authenticator, what: str) -> None:
    # given somebody with a passkey, and somebody else with one
    bob, other = Person(ada.app, ada.kind, "bob@example.com"), Authenticator()
    bob.sign_up()
    add(bob, other)
    handle = device.residents[0].handle

    # when the one's are dropped
    with ada.app.test_request_context(), transaction():
        report = getattr(PASSKEYS, what)(users.by_email(ada.email))

    # then they open nothing, the other's does, and the next passkey has another handle
    assert report == {"passkeys": 1}
    assert refused(sign_in(Person(ada.app, ada.kind), device))
    assert sign_in(bob, other).status_code == 200
    assert to_add(ada)["user"]["id"] != handle


def test_passkeys_go_with_the_row_of_their_owner(ada: Person, device: Authenticator) -> None:
    # given somebody with a passkey, on a database that keeps foreign keys
    with ada.app.test_request_context():
        session = state().db.session
        session.execute(state().db.text("PRAGMA foreign_keys = ON"))

        # when the host deletes the account
        session.delete(users.by_email(ada.email))
        session.commit()

    # then the passkey is gone
    assert rows(ada.app) == []
