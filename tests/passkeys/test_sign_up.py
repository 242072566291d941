"""An account with a passkey and no password."""

from collections.abc import Callable
from datetime import date
from typing import Any

import flask
import pytest
import sqlalchemy as sa
from flask_sqlalchemy import SQLAlchemy
from werkzeug.test import TestResponse

from flask_headless_auth import SignedUp, UserMixin
from tests.passkeys.people import options_of, refused, rows, sign_in, to_add
from tests.sessions.at_the_wire import user_row
from tests.support.apps import Clock, Person, make_app, uuid_user
from tests.support.authenticator import UV, Answer, Authenticator, decoded


def begin(person: Person, **fields: Any) -> Answer:
    """Options to make the passkey of a new account."""
    return options_of(person.post("/passkeys/signup/options", {"email": person.email, **fields}))


def finish(person: Person, credential: Answer) -> TestResponse:
    """Bring the passkey, and keep the tokens."""
    return person._keep(person.post("/passkeys/signup", {"credential": credential}))


def test_somebody_makes_an_account_with_a_passkey_alone(app: flask.Flask, kind: str) -> None:
    # given a host that listens, and somebody new
    heard: list[Any] = []
    app.auth.on(SignedUp)(heard.append)  # type: ignore[attr-defined]
    ada, device = Person(app, kind, "Ada@Example.com"), Authenticator()

    # when they fill in the form, and their device makes a passkey
    answer = finish(ada, device.create(begin(ada, first_name="Ada")))

    # then they are signed in, by two factors, to an account without a password
    assert answer.status_code == 201
    assert answer.json["status"] == "signed_in"
    assert (answer.json["user"]["email"], answer.json["user"]["first_name"]) == ("ada@example.com", "Ada")
    assert user_row(app, "ada@example.com").password_hash is None
    assert ada.get("/check-auth").json["session"]["methods"] == ["passkey", "mfa"]
    assert len(heard) == 1

    # and sign in with it from now on, with its handle
    assert sign_in(Person(app, kind), device).json["user"]["id"] == answer.json["user"]["id"]
    assert to_add(ada)["user"]["id"] == device.residents[0].handle


def test_the_options_ask_for_a_passkey_that_verifies_its_user(app: flask.Flask) -> None:
    # given somebody new
    options = begin(Person(app, email="ada@example.com"))

    # then what they make is discoverable, and theirs alone
    assert options["authenticatorSelection"] == {
        "residentKey": "required", "requireResidentKey": True, "userVerification": "required",
    }  # fmt: skip
    assert options["attestation"] == "none"
    assert [one["alg"] for one in options["pubKeyCredParams"]] == [-7, -8, -257]
    assert options["user"]["name"] == "ada@example.com"
    assert len(decoded(options["user"]["id"])) == 64


def test_a_key_that_does_not_verify_its_user_makes_no_account(app: flask.Flask) -> None:
    # given somebody new with a key without a PIN
    ada = Person(app)

    # when they sign up with it
    answer = finish(ada, Authenticator().create(begin(ada), clear=UV))

    # then there is no account
    assert refused(answer)
    assert rows(app) == []
    assert ada.sign_up().status_code == 201


def test_an_address_that_somebody_has_is_taken(ada: Person) -> None:
    # given two people who want the address of an account, one of them since before it was one
    late, early = Person(ada.app, ada.kind, " ADA@example.com"), Person(ada.app, ada.kind, "bob@example.com")
    options = begin(early)
    Person(ada.app, email="bob@example.com").sign_up()

    # when they sign up
    answers = [
        late.post("/passkeys/signup/options", {"email": late.email}),
        finish(early, Authenticator().create(options)),
    ]

    # then they are told so
    assert {(one.status_code, one.json["code"]) for one in answers} == {(409, "email_taken")}
    assert rows(ada.app) == []


def test_a_credential_that_somebody_has_makes_no_account(ada: Person, device: Authenticator) -> None:
    # given the id of somebody's credential
    eve = Person(ada.app, ada.kind, "eve@example.com")
    taken = Authenticator().create(begin(eve), credential_id=device.residents[0].id)

    # when somebody signs up with it
    answer = finish(eve, taken)

    # then there is no account, and the address is free
    assert refused(answer)
    assert len(rows(ada.app)) == 1
    assert eve.sign_up().status_code == 201


def test_a_user_name_that_somebody_has_is_taken(build: Callable[..., flask.Flask]) -> None:
    # given an application with user names, and two people who want the same one
    app = build(user_model=uuid_user())
    ada, bob = Person(app), Person(app)
    waiting = Authenticator().create(begin(bob, username="ada"))
    assert finish(ada, Authenticator().create(begin(ada, username="ada"))).status_code == 201

    # when the slower one brings the passkey, or begins anew
    answers = [
        finish(bob, waiting),
        bob.post("/passkeys/signup/options", {"email": bob.email, "username": "ada"}),
    ]

    # then it is taken
    assert {(one.status_code, one.json["code"]) for one in answers} == {(409, "username_taken")}


@pytest.mark.parametrize(
    "fields",
    [
        {"password": "correct horse battery staple"},
        {"role": "admin"},
        {"is_verified": True},
        {"email": ["a@b.c"]},
    ],
)
def test_the_form_takes_what_sign_up_takes_but_a_password(app: flask.Flask, fields: Answer) -> None:
    # given somebody new
    # when they send something else
    answer = Person(app).post("/passkeys/signup/options", {"email": "ada@example.com", **fields})

    # then the field is named
    assert answer.status_code == 422
    assert set(answer.json["errors"]) == set(fields)


def test_a_form_of_any_columns_waits_in_the_challenge(database_url: str) -> None:
    # given users with dates, decimals and choices
    db = SQLAlchemy()

    class User(db.Model, UserMixin):  # type: ignore[name-defined,misc]
        __tablename__ = "users"
        date_of_birth = db.Column(sa.Date)
        wage = db.Column(sa.Numeric(8, 2), info={"auth": "writable"})
        size = db.Column(sa.Enum("S", "M", name="size"), info={"auth": "writable"})
        seen = db.Column(sa.DateTime, info={"auth": "writable"})

    ada = Person(make_app(database_url, user_model=User))
    form = {"date_of_birth": "1990-12-31", "wage": "9.90", "size": "M", "seen": "2026-01-31T12:00:00+00:00"}

    # when somebody signs up with all of them
    answer = finish(ada, Authenticator().create(begin(ada, **form)))

    # then all are kept
    assert answer.status_code == 201
    assert {name: answer.json["user"][name] for name in form} == form
    assert user_row(ada.app, ada.email).date_of_birth == date(1990, 12, 31)


def test_the_form_is_sealed_in_the_database(app: flask.Flask) -> None:
    # given somebody who has begun
    begin(Person(app, email="ada@example.com"), first_name="Lovelace")

    # when the database is read
    with app.app_context():
        kept = str(app.extensions["sqlalchemy"].session.execute(sa.text("SELECT * FROM auth_vouchers")).all())

    # then nothing personal is in it
    assert "passkey_signup" in kept
    assert "Lovelace" not in kept
    assert "ada@" not in kept


def test_an_account_without_a_password_can_have_one_later(clock: Clock, app: flask.Flask, kind: str) -> None:
    # given somebody who signed up with a passkey
    ada, device = Person(app, kind, "ada@example.com"), Authenticator()
    finish(ada, device.create(begin(ada)))

    # when they choose a password while their sign-in is fresh
    answer = ada.post("/password/update", {"new_password": ada.password})

    # then they can sign in with either, and remove the passkey
    assert answer.status_code == 200
    assert ada.sign_in().status_code == 200
    passkey = ada.get("/passkeys").json["items"][0]
    assert ada.call("DELETE", f"/passkeys/{passkey['id']}").status_code == 200


def test_a_password_is_never_right_for_an_account_without_one(app: flask.Flask) -> None:
    # given an account without a password
    ada = Person(app)
    finish(ada, Authenticator().create(begin(ada)))

    # when somebody guesses
    answers = [
        app.test_client().post("/api/auth/login", json={"email": ada.email, "password": one})
        for one in ("", "None", "x")
    ]

    # then nothing opens
    assert {(one.status_code, one.json["code"]) for one in answers} == {(401, "invalid_credentials")}


def test_where_there_is_no_sign_up_there_is_none_with_a_passkey(build: Callable[..., flask.Flask]) -> None:
    # given applications that switch one of the three off
    paths = ("/passkeys/signup/options", "/passkeys/signup")
    for off in ("SIGNUP", "PASSKEYS", "PASSKEY_SIGNUP"):
        app = build(**{f"AUTHSVC_ENABLE_{off}": False})

        # then neither the operations nor their description are there; the second is a name in the list's path
        assert {Person(app).post(path).status_code for path in paths} <= {404, 405}
        assert not [one for one in Person(app).get("/openapi.json").json["paths"] if one.endswith(paths)]
    assert (
        "/api/auth/passkeys/login"
        in Person(build(AUTHSVC_ENABLE_SIGNUP=False)).get("/openapi.json").json["paths"]
    )
