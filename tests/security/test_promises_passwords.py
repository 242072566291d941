"""Promises about passwords, shown over HTTP; a name begins with its row of the requirements.

Rows R01 to R05: how a password is chosen, compared and changed.
"""

from collections.abc import Callable

import flask
import pytest
from werkzeug.test import TestResponse

from tests.security.bodies import fingerprint
from tests.security.forging import signed_in
from tests.support.apps import API, Person

App = Callable[..., flask.Flask]
SEVENTY_TWO = "p" * 30 + "Äq7" * 10 + "ab"


def sign_up(app: flask.Flask, password: str, email: str | None = None) -> TestResponse:
    """A sign-up with this password."""
    person = Person(app, "bearer", email)
    person.password = password
    return person.sign_up()


def change(person: Person, new: str) -> TestResponse:
    """A change to this password."""
    return person.post("/password/update", {"current_password": person.password, "new_password": new})


@pytest.mark.parametrize("password", ["", "a", "abcd", "seven77", "ÄÖÜßäöü"])
def test_R01_a_short_password_is_refused_wherever_one_is_chosen(app: flask.Flask, password: str) -> None:
    # given somebody who is signed in
    ada = signed_in(app)

    # when a password of less than eight characters is chosen
    answers = {"password": sign_up(app, password), "new_password": change(ada, password)}

    # then it is refused by name, and the old one still works
    for field, answer in answers.items():
        assert answer.status_code == 422
        assert answer.json["code"] == "weak_password"
        assert field in answer.json["errors"]
    assert ada.sign_in().status_code == 200


def test_R01_the_shortest_password_is_a_setting_that_only_goes_up(build: App) -> None:
    # given an application where the password is the only factor
    app = build(AUTHSVC_PASSWORD_MIN_LENGTH=15)

    # then fourteen characters are too few, and GET /config says so
    assert sign_up(app, "kx7 mqp 2vz wl").status_code == 422
    assert sign_up(app, "kx7 mqp 2vz wl3").status_code == 201
    assert app.test_client().get(f"{API}/config").json["password"]["min_length"] == 15


_COMMON = [
    "password",
    "12345678",
    "Password1!",
    "qwertyuiop",
    "iloveyou1",
    "PASSWORD",
    "letmein1",
    "1q2w3e4r",
]


@pytest.mark.parametrize("password", _COMMON)
def test_R02_a_common_password_is_refused_with_the_reason(app: flask.Flask, password: str) -> None:
    # given somebody who is signed in
    ada = signed_in(app)

    # when one of the commonest passwords is chosen
    for field, answer in {"password": sign_up(app, password), "new_password": change(ada, password)}.items():
        # then it is refused and the reason is told
        assert answer.status_code == 422, answer.text
        assert answer.json["errors"][field]


def test_R02_words_about_the_account_and_the_application_are_refused(build: App) -> None:
    # given an application with a name
    app = build(AUTHSVC_APP_NAME="Flowerpot", AUTHSVC_PASSWORD_CONTEXT=["gardening"])

    # when a password says no more than that, or who its owner is
    for password in ("flowerpot", "Flowerpot1", "gardening", "grace.hopper", "grace.hopper@example.com"):
        answer = sign_up(app, password, "grace.hopper@example.com")

        # then it is refused
        assert answer.status_code == 422, password
        assert answer.json["code"] == "weak_password"


def test_R02_a_breached_password_is_refused_where_the_host_looks_it_up(app: flask.Flask) -> None:
    # given a host that knows of breaches
    app.auth.breached_password(lambda password: password == "in every list since 2019")  # type: ignore[attr-defined]

    # then such a password is refused, at sign-up and at a change
    assert sign_up(app, "in every list since 2019").status_code == 422
    assert change(signed_in(app), "in every list since 2019").status_code == 422


_LONG = ["correct horse battery staple lamp", "k" * 3 + "x7Q-" * 15 + "z", "Ἐν ἀρχῇ ἦν ὁ λόγος",
         "正しい馬 電池 ホッチキス", "   spaces   around   ",
         "🐎🔋📎🔦🐎🔋📎🔦", "x7Q-mm" * 170, "lower case only"]  # fmt: skip


@pytest.mark.parametrize("password", _LONG)
def test_R03_any_long_password_of_any_characters_works(app: flask.Flask, password: str) -> None:
    # given an account with such a password
    person = Person(app, "bearer")
    person.password = password
    assert person.sign_up().status_code == 201

    # when it is used, and changed for another such
    assert person.sign_in().status_code == 200
    answer = change(person, password[::-1] + "!")

    # then only the new one works
    assert answer.status_code == 200
    assert person.sign_in().status_code == 401
    person.password = password[::-1] + "!"
    assert person.sign_in().status_code == 200


@pytest.mark.parametrize("scheme", ["bcrypt", "argon2id"])
@pytest.mark.parametrize(
    ("chosen", "tried"),
    [
        (f"{SEVENTY_TWO}tail-one", f"{SEVENTY_TWO}tail-two"),
        (f"{SEVENTY_TWO}tail-one", SEVENTY_TWO),
        (f"{'x7' * 500}a", f"{'x7' * 500}b"),
        ("longer than eight\0b", "longer than eight\0c"),
        ("longer than eight\0b", "longer than eight"),
        (" a space before", "a space before"),
        ("a space behind ", "a space behind"),
        ("A Capital Or Two", "a capital or two"),
        ("caf\u00e9 caf\u00e9 caf\u00e9", "cafe\u0301 cafe\u0301 cafe\u0301"),
        ("stra\u00dfe stra\u00dfe", "strasse strasse"),
    ],
)
def test_R04_a_password_is_what_was_typed_to_the_last_bit(
    build: App, scheme: str, chosen: str, tried: str
) -> None:
    # given an account
    person = Person(build(AUTHSVC_PASSWORD_SCHEME=scheme), "bearer")
    person.password = chosen
    assert person.sign_up().status_code == 201
    assert person.sign_in().status_code == 200

    # when almost the same is typed, then it is not the same
    person.password = tried
    assert person.sign_in().status_code == 401


@pytest.mark.parametrize("given", [{}, {"current_password": "wrong"}, {"current_password": ""}])
def test_R05_a_change_needs_the_current_password(app: flask.Flask, given: dict[str, str]) -> None:
    # given somebody who is signed in
    ada = signed_in(app)
    before = fingerprint(app)

    # when a change comes without the current password or with a wrong one
    answer = ada.post("/password/update", {"new_password": "a new and long one", **given})

    # then nothing changes
    assert answer.status_code in (401, 422)
    assert answer.status_code == 401 or "current_password" in answer.json["errors"]
    assert fingerprint(app) == before
    assert ada.sign_in().status_code == 200
