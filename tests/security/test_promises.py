"""Promises about accounts, each shown over HTTP; a name begins with its row of the requirements.

Rows R09, R19, R26, R27, R41, R55 to R57, R59 and R65. Passwords are in `test_promises_passwords.py`, sessions
in `test_promises_sessions.py`, limits in `test_limits.py`, tokens in `test_token*.py`, browsers in
`test_browser_*.py`.
"""

import logging
import secrets
from collections.abc import Callable
from typing import Any

import flask
import pytest
import sqlalchemy as sa
from werkzeug.test import TestResponse

from flask_headless_auth import roles_required
from flask_headless_auth.features.signin.events import SignedIn, SignInFailed
from flask_headless_auth.features.signup.events import SignedUp
from tests.security.bodies import fingerprint
from tests.security.forging import claims_of, resigned, signed_in
from tests.support.apps import API, PASSWORD, Person

App = Callable[..., flask.Flask]


def change(person: Person, new: str) -> TestResponse:
    """A change to this password."""
    return person.post("/password/update", {"current_password": person.password, "new_password": new})


_DEFAULTS = ["admin", "root", "test", "user", "administrator", "guest", "demo", "password"]


@pytest.mark.parametrize("name", _DEFAULTS)
def test_R09_a_fresh_database_has_no_account(app: flask.Flask, name: str) -> None:
    # given a fresh database
    for password in (name, "admin", "password", "changeme", ""):
        for field in ({"email": name}, {"email": f"{name}@example.com"}, {"username": name}):
            # when a usual pair is tried
            answer = app.test_client().post(f"{API}/login", json={**field, "password": password})

            # then it is nobody
            assert answer.status_code == 401


def test_R19_what_is_secret_is_long_random_and_never_twice_the_same(app: flask.Flask) -> None:
    # given many sign-ins of one person
    ada = signed_in(app)
    answers = [ada.sign_in() for _ in range(40)]

    # when the session ids and the tokens' own ids are looked at
    sids = [one.json["session_id"] for one in answers]
    tokens = [token for one in answers for token in (one.json["access_token"], one.json["refresh_token"])]
    jtis = [claims_of(token)["jti"] for token in tokens]

    # then each is of at least 128 bits (22 characters of base64url) and none repeats
    assert len(set(sids)) == 40
    assert len(set(jtis)) == 80
    assert all(len(one) >= 22 for one in (*sids, *jtis))
    for place in range(8):
        assert len({one[place] for one in sids}) > 10, "a fixed character"


_PRIVILEGED = ["role", "role_id", "roles", "is_verified", "id", "is_active", "password_hash", "mfa_enabled",
               "email", "provider", "created_at", "permissions", "is_admin"]  # fmt: skip


@pytest.mark.parametrize("field", _PRIVILEGED)
def test_R26_nobody_gives_themselves_a_privilege(app: flask.Flask, field: str) -> None:
    # given somebody who is signed in
    ada = signed_in(app)
    before = fingerprint(app)

    # when they set what is not theirs to set, at sign-up and afterwards
    answers = [
        ada.call(method, "/user/@me", json={field: "1", "first_name": "Ada"}) for method in ("PUT", "PATCH")
    ]
    if field != "email":
        answers.append(Person(app).sign_up(**{field: "1"}))

    # then the field is named and nothing changes, not even the allowed one beside it
    for answer in answers:
        assert answer.status_code == 422, answer.text
        assert field in answer.json["errors"]
    assert fingerprint(app) == before


def test_R26_nobody_reads_or_ends_a_session_of_somebody_else(app: flask.Flask) -> None:
    # given two people
    ada, eve = signed_in(app, email="ada@example.com"), signed_in(app, email="eve@example.com")

    # when one asks for the other's session
    answer = eve.call("DELETE", f"/sessions/{ada.session_id}")

    # then there is none, in the same words as for one that never was, and none is listed
    assert answer.status_code == 404
    assert answer.data == eve.call("DELETE", f"/sessions/{secrets.token_urlsafe(32)}").data
    assert ada.session_id not in eve.get("/sessions").text
    assert ada.me().status_code == 200


def test_R27_a_role_counts_from_the_next_request_and_never_from_the_token(app: flask.Flask) -> None:
    # given a route for administrators and somebody who is none
    @app.get("/api/admin-only")
    @roles_required("admin")
    def admin_only() -> Any:
        return {"ok": True}

    ada = signed_in(app)
    auth: Any = app.auth  # type: ignore[attr-defined]

    def user() -> Any:
        return app.extensions["sqlalchemy"].session.scalars(sa.select(auth.user_model)).one()

    assert ada.get("/api/admin-only").status_code == 403

    # when the role is given, taken, and claimed in a token signed with the right key
    with app.app_context():
        auth.grant_role(user(), "admin")
    granted = ada.get("/api/admin-only").status_code
    with app.app_context():
        auth.revoke_role(user(), "admin")
    claimed = resigned(app, str(ada.access), role="admin", roles=["admin"], permissions=["*"])

    # then the store decides at once, the claim never
    assert granted == 200
    assert ada.get("/api/admin-only").status_code == 403
    assert ada.get("/api/admin-only", token=claimed).status_code == 403


_INJECTED = [
    "ada@example.com\r\nBcc: eve@evil.example", "ada@example.com\nBcc: eve@evil.example",
    "ada@example.com,eve@evil.example",
    "ada@example.com;eve@evil.example", "ada@example.com eve@evil.example", "<ada@example.com>",
    '"Ada" <ada@example.com>',
    "ada@example.com%0d%0aBcc: eve", ["ada@example.com", "eve@evil.example"], {"email": "ada@example.com"},
    "ada@example.com\x00", "ada@[127.0.0.1]", "ada@localhost", "a" * 250 + "@example.com",
    "ada@exa_mple.com", "@", "",
    "ada@example.com/../eve", '"ada\\"\r\n"@example.com', "ada@-example.com", "ada..b@example.com",
]  # fmt: skip


@pytest.mark.parametrize("email", _INJECTED, ids=lambda one: repr(one)[:40])
def test_R55_one_field_is_one_address_and_no_line_of_a_header(app: flask.Flask, email: Any) -> None:
    # given a text that is no address, or more than one
    assert app.test_client().get(f"{API}/config").status_code == 200
    before = fingerprint(app)
    answer = app.test_client().post(f"{API}/signup", json={"email": email, "password": PASSWORD})

    # then it is refused by name, and nobody has an account
    assert answer.status_code == 422
    assert "email" in answer.json["errors"]
    assert fingerprint(app) == before


_SECRET = "SELECT password_hash FROM users WHERE secret = 'x'"


def test_R59_no_answer_tells_what_broke(app: flask.Flask, caplog: pytest.LogCaptureFixture) -> None:
    # given a host whose hook breaks, then one whose database breaks
    def broken(happened: Any) -> None:
        raise RuntimeError(_SECRET)

    app.auth.during(SignedUp)(broken)  # type: ignore[attr-defined]
    answers = [Person(app).sign_up()]
    with app.app_context(), app.extensions["sqlalchemy"].engine.begin() as connection:
        connection.exec_driver_sql("DROP TABLE auth_sessions")
    answers.append(Person(app).sign_in())
    with app.app_context(), app.extensions["sqlalchemy"].engine.begin() as connection:
        connection.exec_driver_sql("DROP TABLE users")
    answers += [Person(app).sign_in(), Person(app).get("/sessions", token="x")]

    # then the answers are problems that say nothing of the inside, and the log says it all
    assert answers[0].status_code == 500
    for answer in answers:
        assert answer.mimetype == "application/problem+json"
        for word in (
            "SELECT",
            "secret",
            "Traceback",
            "RuntimeError",
            "sqlalchemy",
            "sqlite",
            'File "',
            "no such table",
        ):
            assert word not in answer.text, word
    assert _SECRET in caplog.text


def test_R57_every_sign_in_and_every_failure_is_told_to_who_listens(app: flask.Flask) -> None:
    # given a host that keeps a journal
    journal: list[tuple[str, str | None, str]] = []
    app.auth.on(SignedIn)(lambda one: journal.append(("in", one.user.email, one.proofs[0].method)))  # type: ignore[attr-defined]
    app.auth.on(SignInFailed)(lambda one: journal.append(("failed", one.user and one.user.email, one.method)))  # type: ignore[attr-defined]

    # when somebody signs in, mistypes, and a stranger tries
    ada = signed_in(app)
    ada.password = "wrong"
    ada.sign_in()
    Person(app, "bearer", "eve@example.com").sign_in()

    # then each is told, with who and how
    assert journal == [
        ("in", "ada@example.com", "pwd"),
        ("failed", "ada@example.com", "pwd"),
        ("failed", None, "pwd"),
    ]


def test_R56_no_password_and_no_token_stands_in_any_log(build: App, caplog: pytest.LogCaptureFixture) -> None:
    # given an application that logs everything
    with caplog.at_level(logging.DEBUG):
        app = build()
        ada = signed_in(app)
        secrets_used = [PASSWORD, ada.access, ada.refresh_token, "a new and long one", "not the password"]

        # when somebody does everything
        ada.refresh(), ada.me()
        ada.post("/login", {"email": ada.email, "password": "not the password"})
        change(ada, "a new and long one")
        ada.get("/user/@me", token="x.y.z")
        ada.sign_out()
        secrets_used += [ada.access, ada.refresh_token, app.config["SECRET_KEY"]]

    # then no secret was logged
    for secret in secrets_used:
        assert str(secret) not in caplog.text


@pytest.mark.parametrize(
    "spelling", ["ADA@EXAMPLE.COM", " ada@example.com ", "Ada@Example.Com", "ada@EXAMPLE.com"]
)
def test_R65_an_address_is_stored_in_one_form_and_found_by_every_spelling(
    app: flask.Flask, spelling: str
) -> None:
    # given an account made with one spelling
    person = Person(app, "bearer", spelling)
    assert person.sign_up().json["user"]["email"] == "ada@example.com"

    # when it is used with others, then it is the same one
    assert Person(app, "bearer", "ada@example.com").sign_in().status_code == 200
    assert Person(app, "bearer", "aDa@example.com").sign_up().status_code == 409


_HOSTILE_HEADERS = {
    "Host": "evil.example",
    "X-Forwarded-Host": "evil.example",
    "X-Forwarded-Server": "evil.example",
    "Forwarded": "host=evil.example",
    "X-Original-URL": "//evil.example/",
    "Referer": "https://evil.example/",
}
_READ = ("/openapi.json", "/config", "/docs", "/errors", "/errors/token_missing", "/nowhere", "/user/@me",
         "/.well-known/jwks.json", "/schemas/Problem.json")  # fmt: skip


@pytest.mark.parametrize("path", _READ)
def test_R41_no_header_of_the_request_becomes_an_address_in_an_answer(app: flask.Flask, path: str) -> None:
    # given headers that name another host
    for accept in ("application/json", "text/html"):
        answer = app.test_client().get(f"{API}{path}", headers={**_HOSTILE_HEADERS, "Accept": accept})

        # then no answer repeats it
        assert "evil" not in answer.text
        assert not any("evil" in value for _, value in answer.headers)


def test_R41_tokens_are_issued_in_the_configured_name_whatever_host_was_asked(app: flask.Flask) -> None:
    # given a sign-up at a poisoned host
    answer = Person(app).post(
        "/signup", {"email": "ada@example.com", "password": PASSWORD}, headers=_HOSTILE_HEADERS
    )

    # then the token names the configured one
    claims = claims_of(answer.json["access_token"])
    assert (claims["iss"], claims["aud"]) == ("http://localhost", "http://localhost")
