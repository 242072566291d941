"""What does not sign in: forged and worn-out tokens, guessed codes, and everything that is no code at all."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import flask
import pytest

from flask_headless_auth import users
from flask_headless_auth.database import transaction
from flask_headless_auth.features.vouchers import logic as vouchers
from tests.magic_link.asking import (
    MAIL,
    Asked,
    ask,
    confirm,
    count,
    enter,
    other_than,
    statuses,
    with_code,
    with_token,
)
from tests.support.apps import Clock, Person

App = Callable[..., flask.Flask]
TRIES = 5


def foreign(app: flask.Flask, email: str, purpose: str) -> vouchers.Issued:
    """A good voucher of the account for another purpose."""
    with app.app_context(), transaction():
        user = users.by_email(email)
        return vouchers.issue(
            purpose, timedelta(minutes=10), {"email": email}, user=user, address=email, with_code=True
        )


SPOILT: dict[str, Callable[[str], str]] = {
    "cut": lambda token: token[:-1],
    "cut to half": lambda token: token[: len(token) // 2],
    "longer": lambda token: token + "A",
    "upper case": lambda token: token.upper(),
    "reversed": lambda token: token[::-1],
    "with a space before": lambda token: " " + token,
    "with a line end": lambda token: token + "\n",
    "twice": lambda token: token + token,
    "blank": lambda token: "",
    "a space": lambda token: " ",
    "null as text": lambda token: "null",
    "a wildcard": lambda token: "%",
    "a quote": lambda token: "' OR '1'='1",
    "another script": lambda token: "ключ" * 10,
}


@pytest.mark.parametrize("name", SPOILT)
def test_a_spoilt_token_does_not_sign_in_and_does_not_use_up_the_good_one(ada: Person, name: str) -> None:
    # given a link
    asked = ask(ada)

    # when it is sent spoilt, as a token and as a challenge
    answers = [
        with_token(ada, SPOILT[name](asked.token)),
        with_code(ada, SPOILT[name](asked.challenge), asked.code),
        with_code(ada, SPOILT[name](asked.token), asked.code),
    ]

    # then it is refused, and the good one works
    assert [(one.status_code, one.json["code"]) for one in answers] == [(400, "magic_link_expired")] * 3
    assert with_token(ada, asked.token).status_code == 200


def test_token_challenge_and_code_do_not_stand_in_for_one_another(ada: Person) -> None:
    # given a mail
    asked = ask(ada)

    # when one is sent in the place of another
    answers = [
        with_token(ada, asked.challenge),
        with_token(ada, asked.code),
        with_code(ada, asked.token, asked.code),
        with_code(ada, asked.code, asked.code),
    ]

    # then none of it signs in
    assert statuses(answers) == [400] * 4


@pytest.mark.parametrize("purpose", ["reset", "confirm", "change", "revert", "challenge", "magic_lin", ""])
def test_a_voucher_for_another_purpose_signs_nobody_in(ada: Person, purpose: str) -> None:
    # given a good link of another kind
    other = foreign(ada.app, ada.email, purpose)

    # when it is sent here
    answers = [with_token(ada, other.token), with_code(ada, other.challenge, other.code)]

    # then it is refused, and still good for its own purpose
    assert [(one.status_code, one.json["code"]) for one in answers] == [(400, "magic_link_expired")] * 2
    with ada.app.app_context(), transaction():
        assert vouchers.redeem(purpose, other.token) is not None


def test_a_magic_link_is_good_for_nothing_else(ada: Person) -> None:
    # given a link
    asked = ask(ada)

    # when its parts are used as tokens of every other kind
    stranger = Person(ada.app, "bearer")
    answers = [
        call
        for secret in (asked.token, asked.challenge)
        for call in (
            stranger.call("GET", "/user/@me", token=secret),
            stranger.call("POST", "/token/refresh", token=secret),
            stranger.call("POST", "/logout", token=secret, json={}),
        )
    ]

    # then they are no tokens
    assert statuses(answers) == [401] * 6
    with ada.app.app_context(), transaction():
        assert vouchers.redeem("reset", asked.token) is None
    assert with_token(ada, asked.token).status_code == 200


def test_a_code_has_five_tries(ada: Person) -> None:
    # given five wrong codes at one challenge
    asked = ask(ada)
    wrong = [with_code(ada, asked.challenge, other_than(asked.code, 1 + n)) for n in range(TRIES)]

    # when the right one comes sixth
    answer = with_code(ada, asked.challenge, asked.code)

    # then it is refused as the others were, and the link still works: a stranger ends nobody's mail
    assert {(one.status_code, one.data) for one in (*wrong, answer)} == {(400, answer.data)}
    assert with_token(ada, asked.token).status_code == 200


def test_the_fifth_try_may_be_the_right_one(ada: Person) -> None:
    # given four wrong codes
    asked = ask(ada)
    for number in range(TRIES - 1):
        with_code(ada, asked.challenge, other_than(asked.code, 1 + number))

    # then the fifth is looked at
    assert with_code(ada, asked.challenge, asked.code).status_code == 200


def test_a_code_is_good_for_its_own_challenge_only(ada: Person) -> None:
    # given two people's mails
    asked = ask(ada)
    bob = Person(ada.app, ada.kind, "bob@example.com")
    bob.sign_up()
    confirm(ada.app, bob.email)
    others = ask(bob)
    while others.code == asked.code:
        others = ask(bob)

    # when the codes are exchanged
    answers = [
        with_code(Person(ada.app), asked.challenge, others.code),
        with_code(Person(ada.app), others.challenge, asked.code),
    ]

    # then nobody is signed in
    assert statuses(answers) == [400, 400]


def _asked_with(ada: Person, code: str) -> Asked:
    """A mail whose code is this one."""
    with ada.app.app_context(), transaction():
        vouchers.void_for(ada.email, "magic_link")
    asked = ask(ada)
    with ada.app.app_context():
        row = vouchers.models.find_challenge("magic_link", vouchers._digest(asked.challenge))
        row.code = vouchers._code(row.challenge, code)
        ada.app.extensions["sqlalchemy"].session.commit()
    return asked._replace(code=code)


def test_leading_zeros_count(ada: Person) -> None:
    # given a code that begins with zeros
    asked = _asked_with(ada, "000042")

    # then only all six digits are it
    assert with_code(ada, asked.challenge, "42").status_code == 422
    assert with_code(ada, asked.challenge, "000420").status_code == 400
    assert with_code(ada, asked.challenge, "000042").status_code == 200


@pytest.mark.parametrize("typed", ["123 456", " 123456", "123456 ", "1 2 3 4 5 6"])
def test_spaces_between_the_digits_do_not_matter(ada: Person, typed: str) -> None:
    # given a code as the mail shows it
    asked = _asked_with(ada, "123456")

    # then it may be typed so
    assert with_code(ada, asked.challenge, typed).status_code == 200


NO_CODES: dict[str, Any] = {
    "arabic digits": "١٢٣٤٥٦",
    "full-width digits": "１２３４５６",
    "one digit of another script": "12345٦",
    "superscripts": "¹²³⁴⁵⁶",
    "five digits": "12345",
    "seven digits": "1234567",
    "letters": "abcdef",
    "a sign": "+12345",
    "a float": "1234.5",
    "exponent": "1e0005",
    "a line end": "123456\n",
    "another space": "123\u00a0456",
    "a NUL": "123456\x00",
    "empty": "",
    "a number": 123456,
    "true": True,
    "null": None,
    "a list": ["123456"],
    "an object": {"code": "123456"},
    "very long": "1" * 5000,
}


@pytest.mark.parametrize("name", NO_CODES)
def test_what_is_no_code_is_named_and_costs_no_try(ada: Person, name: str) -> None:
    # given a mail
    asked = _asked_with(ada, "123456")

    # when something else than six digits is sent
    answer = enter(ada, {"challenge": asked.challenge, "code": NO_CODES[name]})

    # then the field is named and nothing was counted
    assert (answer.status_code, list(answer.json["errors"])) == (422, ["code"])
    assert count(ada.app, "SELECT sum(tries) FROM auth_vouchers") == 0
    assert with_code(ada, asked.challenge, "123456").status_code == 200


_T, _C = "t" * 43, "c" * 43

BODIES: dict[str, Any] = {
    "nothing": {},
    "both forms": {"token": _T, "challenge": _C, "code": "123456"},
    "token and code": {"token": _T, "code": "123456"},
    "token and challenge": {"token": _T, "challenge": _C},
    "only a challenge": {"challenge": _C},
    "only a code": {"code": "123456"},
    "an address instead of a challenge": {"email": "ada@example.com", "code": "123456"},
    "a user besides": {"token": _T, "user_id": 1},
    "a token of another type": {"token": 7},
    "a list of tokens": {"token": [_T, _T]},
    "no token": {"token": None},
    "a token too long": {"token": "t" * 513},
    "a token with NUL": {"token": _T + "\x00"},
    "a token with a lone surrogate": {"token": "\ud800" * 9},
    "a challenge of another type": {"challenge": {"id": _C}, "code": "123456"},
    "remember as text": {"token": _T, "remember": "yes"},
    "no object": [_T],
}


@pytest.mark.parametrize("name", BODIES)
def test_only_the_two_forms_are_read(ada: Person, name: str) -> None:
    answer = ada.post("/magic-link/verify", BODIES[name])

    assert (answer.status_code, answer.json["code"]) == (422, "validation_failed")


ADDRESSES: dict[str, Any] = {
    "nothing": None,
    "a number": 7,
    "a list": ["ada@example.com", "eve@example.com"],
    "two with a comma": "ada@example.com,eve@example.com",
    "two with a semicolon": "ada@example.com;eve@example.com",
    "a line end and a header": "ada@example.com\r\nBcc: eve@example.com",
    "a display name": "Ada <ada@example.com>",
    "an object": {"$ne": ""},
    "empty": "",
    "NUL": "ada@example.com\x00",
    "very long": "a" * 2000 + "@example.com",
}


@pytest.mark.parametrize("name", ADDRESSES)
def test_R55_what_is_not_one_address_is_named_and_sends_nothing(ada: Person, name: str) -> None:
    # when something else than one address asks
    answer = ada.post("/magic-link", {"email": ADDRESSES[name]})

    # then the field is named and no mail is written
    assert (answer.status_code, list(answer.json["errors"])) == (422, ["email"])
    assert count(ada.app, "SELECT count(*) FROM auth_outbox WHERE mail = 'magic_link'") == 0


@pytest.fixture
def limited(build: App) -> flask.Flask:
    """An application that counts, and asks for no more patience than these tests have."""
    return build(
        **MAIL,
        RATELIMIT_ENABLED=True,
        AUTHSVC_LIMITS_MAGIC_LINK="1000/minute",
        AUTHSVC_LIMITS_MAGIC_LINK_ACCOUNT="1000/minute",
        AUTHSVC_LIMITS_LOGIN="1000/minute",
    )


def _account(app: flask.Flask) -> Person:
    ada = Person(app, "bearer", "ada@example.com")
    assert ada.sign_up().status_code == 201
    confirm(app, ada.email)
    return ada


@pytest.mark.parametrize("email", ["ada@example.com", "eve@example.com"])
def test_R14_new_challenges_bring_no_new_guesses_at_an_account(limited: flask.Flask, email: str) -> None:
    # given an account, and a stranger who asks anew for each few guesses, from ever new addresses
    ada = _account(limited)
    answers = []
    for number in range(8):
        spelling = email if number % 2 else f" {email.upper()} "
        asked = ask(Person(limited), spelling)
        for wrong in range(TRIES):
            answers.append(
                Person(limited).post(
                    "/magic-link/verify",
                    {"challenge": asked.challenge, "code": other_than(asked.code, 1 + wrong)},
                    environ_overrides={"REMOTE_ADDR": f"198.51.100.{number * TRIES + wrong}"},
                )
            )

    # then twenty were looked at, whether the account exists or not, and the rest were not
    assert statuses(answers) == [400] * 20 + [429] * 20
    assert 0 < answers[-1].json["retry_after"] <= 86400

    # and the owner's link works all the same
    assert with_token(ada, ask(ada).token).status_code == 200


def test_a_right_code_gives_its_try_back(limited: flask.Flask) -> None:
    # given somebody who signs in by code thirty times, with nineteen mistakes
    ada = _account(limited)
    for number in range(30):
        asked = ask(ada)
        if number < 19:
            assert with_code(ada, asked.challenge, other_than(asked.code)).status_code == 400
        assert with_code(ada, asked.challenge, asked.code).status_code == 200

    # then only the mistakes were counted: one more is had
    asked = ask(ada)
    assert with_code(ada, asked.challenge, other_than(asked.code)).status_code == 400
    assert with_code(ada, asked.challenge, asked.code).status_code == 429


def test_a_challenge_that_is_used_up_or_unknown_costs_the_account_nothing(limited: flask.Flask) -> None:
    # given a used challenge, which a stranger tries again and again
    ada = _account(limited)
    asked = ask(ada)
    assert with_code(ada, asked.challenge, asked.code).status_code == 200
    for _ in range(25):
        assert with_code(Person(limited), asked.challenge, asked.code).status_code == 400
        assert with_code(Person(limited), "unknown" * 6, asked.code).status_code == 400

    # then the owner's next code is looked at
    asked = ask(ada)
    assert with_code(ada, asked.challenge, asked.code).status_code == 200


def test_R52_an_address_gets_a_bounded_number_of_mails_however_it_is_spelled(build: App) -> None:
    # given an account and an address without one
    app = build(**MAIL, RATELIMIT_ENABLED=True)
    _account(app)
    found: dict[str, list[int]] = {}
    for email in ("ada@example.com", "eve@example.com"):
        spellings = [email, email.upper(), f" {email}", email.title()]

        # when forty addresses ask for each
        found[email] = [
            Person(app)
            .post(
                "/magic-link",
                {"email": spellings[number % 4]},
                environ_overrides={"REMOTE_ADDR": f"198.51.100.{number}"},
            )
            .status_code
            for number in range(40)
        ]

    # then five mails each were written in that hour
    assert found["ada@example.com"] == found["eve@example.com"] == [200] * 5 + [429] * 35
    assert count(app, "SELECT count(*) FROM auth_outbox WHERE mail = 'magic_link'") == 10


def test_R52_an_address_of_the_network_asks_a_bounded_number_of_times(build: App) -> None:
    # given an application that counts
    app = build(**MAIL, RATELIMIT_ENABLED=True)

    # when one client asks for many accounts
    answers = [Person(app).post("/magic-link", {"email": f"user{n}@example.com"}) for n in range(30)]

    # then it meets the limit of its address
    assert statuses(answers) == [200] * 20 + [429] * 10


def test_asking_again_gives_a_code_no_longer_life(ada: Person, clock: Clock) -> None:
    # given tries that are used up
    asked = ask(ada)
    for number in range(TRIES):
        with_code(ada, asked.challenge, other_than(asked.code, 1 + number))

    # when a new mail is asked for
    clock.forward(minutes=5)
    new = ask(ada)

    # then the old challenge stays dead and the new one is fresh
    assert with_code(ada, asked.challenge, asked.code).status_code == 400
    assert with_code(ada, new.challenge, new.code).status_code == 200
