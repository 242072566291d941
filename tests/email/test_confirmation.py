"""Ada signs up, a mail asks whether the address is hers, and she says so."""

import logging
from collections.abc import Callable

import flask
import pytest

from flask_headless_auth.features.email.events import EmailConfirmed, SignUpDenied
from tests.email.letters import (
    ALONE,
    account,
    confirm,
    confirm_last,
    last,
    letters,
    rows,
    set_columns,
    token_in,
)
from tests.support.apps import API, PASSWORD, Clock, Person
from tests.support.mails import mails

App = Callable[..., flask.Flask]
ADA = "ada@example.com"
JSON = {"Accept": "application/json"}


def test_a_sign_up_asks_the_owner_of_the_address_and_her_link_confirms_it(ada: Person) -> None:
    # given somebody who has signed up, and the mail that this sent
    [letter] = mails(ada.app)
    assert (letter["mail"], letter["to"], letter["decoy"]) == ("confirm", ADA, False)
    assert set(letter["context"]) == {"link", "not_me_link", "hours"}
    assert letter["context"]["hours"] == "72"
    assert not account(ada.app, ADA).is_verified
    told: list[str] = []
    ada.app.auth.on(EmailConfirmed)(lambda happened: told.append(happened.user.email))  # type: ignore[attr-defined]

    # when she confirms, from any client
    answer = confirm(ada.app, token_in(letter))

    # then the address is confirmed, nobody is signed in by that, and her own session goes on
    assert (answer.status_code, set(answer.json)) == (200, {"message"})
    assert "Set-Cookie" not in answer.headers
    assert account(ada.app, ADA).is_verified
    assert ada.me().json["user"]["is_verified"] is True
    assert told == [ADA]


def test_confirming_twice_is_confirming_once(ada: Person) -> None:
    # given a confirmed address
    token = token_in(last(ada.app, "confirm"))
    told: list[EmailConfirmed] = []
    ada.app.auth.on(EmailConfirmed)(told.append)  # type: ignore[attr-defined]
    first = confirm(ada.app, token)

    # when the link is used again, by button and by program
    again = confirm(ada.app, token)
    by_get = ada.app.test_client().get(f"{API}/confirm/{token}", headers=JSON)

    # then it is still confirmed, and that happened once
    assert (first.status_code, again.status_code, by_get.status_code) == (200, 200, 200)
    assert again.data == first.data == by_get.data
    assert len(told) == 1


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Accept": "*/*"},
        {"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"},
        {"Accept": "text/html", "Sec-Fetch-Mode": "navigate"},
        {"Accept": "application/json", "Sec-Fetch-Mode": "navigate"},
        {"Accept": "image/png"},
    ],
)
def test_opening_a_link_shows_a_page_and_changes_nothing(ada: Person, headers: dict[str, str]) -> None:
    # given the link in the mail
    token = token_in(last(ada.app, "confirm"))

    # when it is opened, as people and mail scanners open links
    answer = ada.app.test_client().get(f"{API}/confirm/{token}", headers=headers)

    # then there is a page with a button, and the address is not confirmed
    assert (answer.status_code, answer.mimetype) == (200, "text/html")
    assert f"{API}/confirm/{token}/form" in answer.text
    assert not account(ada.app, ADA).is_verified


def test_a_program_that_asks_for_json_confirms_by_get(ada: Person) -> None:
    # given the link in the mail
    token = token_in(last(ada.app, "confirm"))

    # when a front end of the first version calls it
    answer = ada.app.test_client().get(
        f"{API}/confirm/{token}",
        headers={"Accept": "application/json, text/plain, */*", "Sec-Fetch-Mode": "cors"},
    )

    # then the address is confirmed
    assert (answer.status_code, answer.mimetype) == (200, "application/json")
    assert account(ada.app, ADA).is_verified


def test_head_is_no_way_to_confirm(ada: Person) -> None:
    # given the link in the mail
    token = token_in(last(ada.app, "confirm"))

    # when a scanner asks for its head only, as a program too
    answers = [
        ada.app.test_client().head(f"{API}/confirm/{token}", headers=headers) for headers in ({}, JSON)
    ]

    # then there is no such method, and the address is not confirmed
    assert [one.status_code for one in answers] == [405, 405]
    assert all("POST" in one.headers["Allow"] and "HEAD" not in one.headers["Allow"] for one in answers)
    assert not account(ada.app, ADA).is_verified


def test_a_link_that_is_not_good_confirms_nothing(ada: Person, clock: Clock) -> None:
    # given the link in the mail, and tokens that look like it
    token = token_in(last(ada.app, "confirm"))
    tokens = [token[:-1], token[1:], token + "A", token.swapcase(), "A" * 43, "%20", "%FF", "a" * 8192]

    # when they are tried, and the right one behind its time
    answers = [confirm(ada.app, one) for one in tokens]
    clock.forward(days=3, seconds=1)
    answers.append(confirm(ada.app, token))

    # then they are refused alike
    assert answers[0].json["code"] == "confirmation_link_expired"
    assert {(one.status_code, one.data) for one in answers} == {(400, answers[0].data)}
    assert not account(ada.app, ADA).is_verified


def test_a_link_for_something_else_confirms_nothing(ada: Person) -> None:
    # given somebody who asked for another address
    assert ada.post("/email/change", {"email": "lovelace@example.com"}).status_code == 200
    token = token_in(last(ada.app, "confirm_change"))

    # when that link is used to confirm the first one, and the reverse
    answers = [
        confirm(ada.app, token),
        ada.app.test_client().post(f"{API}/confirm/{token}/not-me"),
        ada.app.test_client().post(f"{API}/email/change/{token_in(last(ada.app, 'confirm'))}"),
    ]

    # then neither does the other's work
    assert [one.status_code for one in answers] == [400, 400, 400]
    assert not account(ada.app, ADA).is_verified


def test_a_newer_link_ends_the_older_ones(ada: Person) -> None:
    # given a link, and a second one that was asked for by address and a third asked for by token
    assert ada.app.test_client().post(f"{API}/resend-verification", json={"email": ADA}).status_code == 200
    assert ada.post("/resend-verification").status_code == 200
    first, second, third = (token_in(one) for one in letters(ada.app, "confirm", ADA))

    # when they are used
    answers = [confirm(ada.app, one).status_code for one in (first, second, third)]

    # then the newest one works, and nothing of the account is lost
    assert answers == [400, 400, 200]
    assert ada.me().json["user"]["is_verified"] is True
    assert Person(ada.app, ada.kind, ADA).sign_in().status_code == 200


def test_a_resend_needs_an_address_or_a_token(app: flask.Flask) -> None:
    # given nobody
    client = app.test_client()

    # when a resend names nobody, nonsense, or comes with a token that is none
    missing = client.post(f"{API}/resend-verification")
    forged = client.post(f"{API}/resend-verification", headers={"Authorization": "Bearer nonsense"})

    # then that is what it is told
    assert (missing.status_code, list(missing.json["errors"])) == (422, ["email"])
    assert (forged.status_code, forged.json["code"]) == (401, "token_invalid")


def test_a_confirmed_address_gets_no_other_link(ada: Person) -> None:
    # given a confirmed address
    assert confirm_last(ada.app, ADA).status_code == 200
    before = len(letters(ada.app))

    # when its owner asks for another link
    answer = ada.post("/resend-verification")

    # then the answer is the usual one, and there is none
    assert answer.status_code == 200
    assert len(letters(ada.app)) == before


def test_whoever_did_not_sign_up_erases_the_account(ada: Person) -> None:
    # given an account that somebody made with an address that is not theirs, in use on a device
    told: list[tuple[str, bool]] = []
    ada.app.auth.on(SignUpDenied)(  # type: ignore[attr-defined]
        lambda happened: told.append((happened.user.email, happened.user.is_verified))
    )
    not_me = last(ada.app, "confirm")["context"]["not_me_link"]
    assert not_me == f"http://localhost{API}/confirm/{token_in(last(ada.app, 'confirm'))}/not-me"

    # when the owner of the address says that it was not them
    answer = ada.app.test_client().post(not_me.removeprefix("http://localhost"))

    # then nothing of it is left, not even the session, and the address is free
    assert answer.status_code == 200
    assert set(rows(ada.app).values()) == {0}
    assert ada.me().status_code == 401
    assert told == [(ADA, False)]
    assert Person(ada.app, ada.kind, ADA).sign_up().status_code == 201


def test_a_confirmed_account_cannot_be_erased_by_a_link(ada: Person) -> None:
    # given a link that was used to confirm, and one that is good
    token = token_in(last(ada.app, "confirm"))
    ada.post("/resend-verification")
    newer = token_in(last(ada.app, "confirm"))
    assert confirm(ada.app, newer).status_code == 200

    # when somebody says "not me" with them
    answers = [ada.app.test_client().post(f"{API}/confirm/{one}/not-me") for one in (token, newer)]

    # then the account stays
    assert [one.json["code"] for one in answers] == ["confirmation_link_expired"] * 2
    assert ada.me().status_code == 200


def test_an_account_that_the_host_confirmed_cannot_be_erased_by_a_link(ada: Person) -> None:
    # given an account whose host says that its address is confirmed, and the link of its sign-up
    set_columns(ada.app, ADA, is_verified=True)
    token = token_in(last(ada.app, "confirm"))

    # when somebody says "not me" with it
    answer = ada.app.test_client().post(f"{API}/confirm/{token}/not-me")

    # then the account stays
    assert answer.status_code == 400
    assert ada.me().status_code == 200


def test_a_sign_up_without_mail_works_and_says_so_once(
    build: App, kind: str, caplog: pytest.LogCaptureFixture
) -> None:
    # given a server that sends no mail, and one that does not know its address
    silent = build()
    nowhere = build(**ALONE, AUTHSVC_PUBLIC_URL=None)

    for app in (silent, nowhere):
        caplog.clear()
        with caplog.at_level(logging.WARNING, "flask_headless_auth"):
            # when people sign up
            people = [Person(app, kind), Person(app, kind)]
            answers = [one.sign_up().status_code for one in people]

        # then they are signed in, nothing is queued, and the log has one line about it
        assert answers == [201, 201]
        assert people[0].me().status_code == 200
        assert mails(app) == []
        assert len([one for one in caplog.messages if "not confirmed" in one]) == 1


def test_operations_that_are_nothing_without_a_mail_say_that_there_is_none(build: App, kind: str) -> None:
    # given a server that sends no mail, and one that does not know its address
    for app, code in (
        (build(), "mail_missing"),
        (build(**ALONE, AUTHSVC_PUBLIC_URL=None), "public_url_missing"),
    ):
        ada = Person(app, kind)
        ada.sign_up()

        # when somebody asks for one
        answers = [
            ada.post("/resend-verification"),
            ada.post("/resend-verification", {"email": "nobody@example.com"}),
            ada.post("/email/change", {"email": "new@example.com"}),
        ]

        # then the server says what it lacks
        assert [(one.status_code, one.json["code"]) for one in answers] == [(503, code)] * 3


@pytest.mark.parametrize(
    "email",
    [
        ["ada@example.com", "eve@example.com"],
        "ada@example.com,eve@example.com",
        "ada@example.com;eve@example.com",
        "ada@example.com eve@example.com",
        "ada@example.com\r\nBcc: eve@example.com",
        "ada@example.com\nBcc: eve@example.com",
        "Ada <ada@example.com>",
        {"address": "ada@example.com"},
        "ada@example.com\x00",
        "ada@example.com%0d%0abcc:eve@example.com",
        "",
        None,
        7,
    ],
)
def test_R55_one_field_has_one_address(build: App, email: object) -> None:
    # given somebody, and the mails so far
    ada = Person(build(**ALONE))
    ada.sign_up()
    before = len(mails(ada.app))

    # when a field that takes an address has something else
    answers = [
        ada.post("/resend-verification", {"email": email}),
        ada.post("/email/change", {"email": email}),
        ada.post("/signup", {"email": email, "password": PASSWORD}),
    ]

    # then it is named, and nobody gets a mail
    assert [(one.status_code, list(one.json["errors"])) for one in answers] == [(422, ["email"])] * 3
    assert len(mails(ada.app)) == before


@pytest.mark.parametrize(
    "headers",
    [
        {"Host": "evil.example"},
        {"X-Forwarded-Host": "evil.example", "X-Forwarded-Proto": "https"},
        {"Forwarded": "host=evil.example;proto=https"},
        {"X-Original-Host": "evil.example", "X-Host": "evil.example"},
        {"Referer": "https://evil.example/", "X-Forwarded-Prefix": "/evil"},
    ],
)
def test_R41_no_header_of_a_request_reaches_a_link(app: flask.Flask, headers: dict[str, str]) -> None:
    # given requests with poisoned headers
    ada = Person(app, "bearer", ADA)
    ada.access = ada.post("/signup", {"email": ADA, "password": PASSWORD}, headers=headers).json[
        "access_token"
    ]
    ada.post("/resend-verification", {"email": ADA}, headers=headers)
    ada.post("/email/change", {"email": "new@example.com"}, headers=headers)

    # when the mails are read
    found = mails(app)

    # then all links lead where the configuration says
    assert len(found) == 3
    assert "evil" not in str(found)
    links = [value for one in found for name, value in one["context"].items() if name.endswith("link")]
    assert all(one.startswith(f"http://localhost{API}/") for one in links)


def test_links_lead_to_the_front_end_where_there_is_one(build: App) -> None:
    # given a front end with pages of its own, but for one
    app = build(**ALONE, FRONTEND_URL="https://app.example.com", AUTHSVC_EMAIL_NOT_ME_PATH="")
    ada = Person(app, "bearer", ADA)
    ada.sign_up()
    ada.post("/email/change", {"email": "new@example.com"})

    # when the mails are read
    context, change = last(app, "confirm")["context"], last(app, "confirm_change")["context"]

    # then their links lead there, and for that one to us
    token = token_in(last(app, "confirm"))
    assert context["link"] == f"https://app.example.com/confirm/{token}"
    assert context["not_me_link"] == f"http://localhost{API}/confirm/{token}/not-me"
    assert change["link"].startswith("https://app.example.com/email/change/")


HOSTILE = "<script>alert(1)</script>\r\nBcc: eve@example.com {{ 7*7 }} http://evil.example"


def test_no_mail_to_an_unproven_address_holds_what_a_user_wrote(
    app: flask.Flask, strict: flask.Flask
) -> None:
    # given sign-ups whose every field is hostile, at both kinds of server, twice
    for server in (app, strict):
        with server.app_context():
            fields = server.auth.user_model.__table__.c  # type: ignore[attr-defined]
        names = [one for one in ("first_name", "last_name", "username", "nickname") if one in fields]
        for number in range(2):
            hostile = {one: f"{HOSTILE}{number}"[: fields[one].type.length] for one in names}
            Person(server, "bearer", "ada@example.com").sign_up(**hostile)
        Person(server).post("/resend-verification", {"email": "ada@example.com"})

        # when all mails are read
        found = mails(server)

        # then none has a word of them
        assert found
        assert not [word for word in ("script", "Bcc", "7*7", "evil") if word in str(found)]
