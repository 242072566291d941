"""Somebody asks for a mail and signs in with its link or its code."""

from collections.abc import Callable

import flask
import pytest

from flask_headless_auth import SignedIn, SignInFailed
from flask_headless_auth.errors import ConfigurationError
from tests.magic_link.asking import (
    MAIL,
    Asked,
    ask,
    change_user,
    confirm,
    count,
    newest_mail,
    other_than,
    statuses,
    with_code,
    with_token,
)
from tests.support.apps import Clock, Person, uuid_user
from tests.support.mails import mails

WAYS: dict[str, Callable[..., object]] = {
    "link": lambda person, asked, **fields: with_token(person, asked.token, **fields),
    "code": lambda person, asked, **fields: with_code(person, asked.challenge, asked.code, **fields),
}
"""The two halves of one mail."""


@pytest.fixture(params=WAYS)
def enter(request: pytest.FixtureRequest) -> Callable[..., object]:
    """Signing in with the link, and with the code."""
    return WAYS[request.param]


def test_the_mail_has_a_link_and_a_code_and_the_answer_has_neither(ada: Person) -> None:
    # when somebody asks
    answer = ada.post("/magic-link", {"email": " ADA@Example.com "})

    # then the answer has a challenge and says how long it works
    assert answer.status_code == 200
    assert set(answer.json) == {"challenge", "expires_in", "message"}
    assert (len(answer.json["challenge"]) >= 22, answer.json["expires_in"]) == (True, 600)

    # and the mail, to the stored address, has what signs in
    mail = newest_mail(ada.app)
    assert (mail["to"], mail["decoy"], set(mail["context"])) == (
        "ada@example.com",
        False,
        {"link", "code", "minutes"},
    )
    assert mail["context"]["link"].startswith("http://localhost/api/auth/magic-link/")
    assert len(mail["context"]["code"]) == 6
    assert mail["context"]["minutes"] == "10"
    assert mail["context"]["code"] not in answer.text


def test_either_half_of_the_mail_signs_in(ada: Person, enter: Callable[..., object]) -> None:
    # given a mail, and a host that listens
    heard: list[SignedIn] = []
    ada.app.auth.on(SignedIn)(heard.append)  # type: ignore[attr-defined]
    asked = ask(ada)

    # when somebody uses it
    answer = enter(ada, asked)

    # then they are signed in by a proof of the method `email`, which is not the password's
    assert answer.status_code == 200
    assert (answer.json["status"], answer.json["user"]["email"]) == ("signed_in", "ada@example.com")
    assert bool(answer.headers.getlist("Set-Cookie")) == (ada.kind == "cookie")
    assert ("access_token" in answer.json) == (ada.kind == "bearer")
    assert ada.get("/check-auth").json["session"]["methods"] == ["email"]
    assert [proof.method for proof in heard[0].proofs] == ["email"]
    assert ada.refresh().status_code == 200


@pytest.mark.parametrize("first", WAYS)
@pytest.mark.parametrize("second", WAYS)
def test_whichever_half_is_used_ends_both(ada: Person, first: str, second: str) -> None:
    # given somebody who is signed in by one half
    asked = ask(ada)
    assert WAYS[first](ada, asked).status_code == 200

    # when a half is used again
    again = WAYS[second](Person(ada.app, ada.kind), asked)

    # then it is worth nothing, and they stay signed in
    assert (again.status_code, again.json["code"]) == (400, "magic_link_expired")
    assert again.headers.getlist("Set-Cookie") == []
    assert ada.me().status_code == 200


def test_a_newer_request_ends_the_older_ones(ada: Person, enter: Callable[..., object]) -> None:
    # given somebody who asked three times
    older, old, new = ask(ada), ask(ada), ask(ada)

    # then only the newest mail works
    assert statuses([enter(ada, older), enter(ada, old)]) == [400, 400]
    assert enter(ada, new).status_code == 200


def test_it_works_for_ten_minutes_and_not_a_second_longer(
    ada: Person, enter: Callable[..., object], clock: Clock
) -> None:
    # given a mail that is nearly, and one that is just too old
    asked = ask(ada)
    clock.forward(minutes=9, seconds=59)
    assert enter(ada, asked).status_code == 200
    asked = ask(ada)

    # when its time is over
    clock.forward(minutes=10)

    # then it is worth nothing
    assert enter(ada, asked).json["code"] == "magic_link_expired"


def test_the_mail_is_not_sent_any_more_when_its_time_is_over(ada: Person, clock: Clock) -> None:
    # when somebody asks
    ask(ada)

    # then the outbox knows until when the mail is of use
    until = clock.moment.replace(tzinfo=None).strftime("%Y-%m-%d %H:%M")
    assert count(
        ada.app,
        f"SELECT count(*) FROM auth_outbox WHERE mail = 'magic_link' AND expires_at > '{until}'",
    )


@pytest.mark.parametrize(("ttl", "said"), [(601, "at most 600"), (59, "at least 60"), (86400, "at most 600")])
def test_a_life_beyond_ten_minutes_stops_start_up(
    build: Callable[..., flask.Flask], ttl: int, said: str
) -> None:
    with pytest.raises(ConfigurationError, match=f"AUTHSVC_MAGIC_LINK_TTL: must be {said}"):
        build(**MAIL, AUTHSVC_MAGIC_LINK_TTL=ttl)


def test_a_shorter_life_is_kept(build: Callable[..., flask.Flask], clock: Clock) -> None:
    # given a server with links of two minutes
    app = build(**MAIL, AUTHSVC_MAGIC_LINK_TTL=120)
    ada = Person(app, "bearer", "ada@example.com")
    assert ada.sign_up().status_code == 201

    # when somebody asks
    asked = ask(ada)

    # then all of it says so
    assert newest_mail(app)["context"]["minutes"] == "2"
    clock.forward(seconds=121)
    assert with_token(ada, asked.token).status_code == 400


def test_not_to_be_remembered_is_honoured(ada: Person, enter: Callable[..., object]) -> None:
    # when somebody signs in at a borrowed machine
    answer = enter(ada, ask(ada), remember=False)

    # then the cookies go with the browser, and the session knows
    assert answer.status_code == 200
    for cookie in answer.headers.getlist("Set-Cookie"):
        assert "Max-Age" not in cookie
        assert "Expires" not in cookie
    assert count(ada.app, "SELECT count(*) FROM auth_sessions WHERE remember AND revoked_at IS NULL") == 0


def test_no_account_is_made(ada: Person) -> None:
    # given a stranger's request, and the decoy that went nowhere
    asked = ask(ada, "eve@example.com")
    mail = newest_mail(ada.app)
    assert (mail["to"], mail["decoy"]) == ("eve@example.com", True)

    # when both halves of the decoy are used
    answers = [with_token(ada, asked.token), with_code(ada, ask(ada, "eve@example.com").challenge, "000000")]

    # then nobody is signed in and nobody new is there
    assert statuses(answers) == [400, 400]
    assert count(ada.app, "SELECT count(*) FROM users") == 1


def test_a_decoys_right_code_opens_nothing(ada: Person) -> None:
    # given a stranger's request
    asked = ask(ada, "eve@example.com")

    # when somebody guesses the code right
    answer = with_code(ada, asked.challenge, asked.code)

    # then it is as wrong as any
    assert (answer.status_code, answer.json["code"]) == (400, "magic_link_expired")


def test_a_suspended_account_is_as_good_as_none(ada: Person, enter: Callable[..., object]) -> None:
    # given an account that is suspended after the mail, and asks once more
    before = ask(ada)
    change_user(ada.app, ada.email, is_active=False)
    refused = enter(ada, before)
    after = ask(ada)

    # then neither mail signs in, and the second is a decoy
    assert (refused.status_code, refused.json["code"]) == (400, "magic_link_expired")
    assert newest_mail(ada.app)["decoy"] is True
    assert enter(ada, after).status_code == 400


def test_a_mail_to_an_address_that_is_not_the_accounts_any_more_is_worth_nothing(
    ada: Person, enter: Callable[..., object]
) -> None:
    # given a mail to an address that the account leaves, and that somebody else takes
    asked = ask(ada)
    change_user(ada.app, ada.email, email="ada@elsewhere.example")
    gone = enter(Person(ada.app, ada.kind), asked)
    change_user(ada.app, "ada@elsewhere.example", email="ada@example.com")
    asked = ask(ada)
    change_user(ada.app, ada.email, email="ada@elsewhere.example")
    assert Person(ada.app, ada.kind, "ada@example.com").sign_up().status_code == 201

    # when it is used
    taken = enter(Person(ada.app, ada.kind), asked)

    # then it opens neither account
    assert statuses([gone, taken]) == [400, 400]


def test_the_link_leads_to_the_front_end_where_there_is_one(build: Callable[..., flask.Flask]) -> None:
    # given a front end, with its own page and without one
    front = {"FRONTEND_URL": "https://app.example.com"}
    pages = {
        "https://app.example.com/magic-link/": build(**MAIL, **front),
        "https://app.example.com/in?t=": build(**MAIL, **front, AUTHSVC_MAGIC_LINK_PATH="/in?t={token}"),
        "http://localhost/api/auth/magic-link/": build(**MAIL, **front, AUTHSVC_MAGIC_LINK_PATH=""),
    }

    # then the link leads where it should
    for start, app in pages.items():
        answer = Person(app).post("/magic-link", {"email": "ada@example.com"})
        link = newest_mail(app)["context"]["link"]
        assert answer.status_code == 200
        assert link.startswith(start)
        assert len(link) == len(start) + 43


POISON = {
    "Host": "evil.example",
    "X-Forwarded-Host": "evil.example",
    "X-Forwarded-Proto": "https",
    "X-Forwarded-Prefix": "/evil",
    "Forwarded": "host=evil.example;proto=https",
    "X-Original-URL": "https://evil.example/",
    "X-Real-Host": "evil.example",
    "Referer": "https://evil.example/",
}


@pytest.mark.parametrize("header", POISON)
def test_R41_no_header_of_a_request_reaches_the_link(ada: Person, header: str) -> None:
    # when somebody asks with a poisoned header
    answer = ada.post("/magic-link", {"email": ada.email}, headers={header: POISON[header]})

    # then the link is as configured
    assert answer.status_code == 200
    assert newest_mail(ada.app)["context"]["link"].startswith("http://localhost/api/auth/magic-link/")
    assert "evil" not in str(mails(ada.app))


def test_an_unconfirmed_account_is_its_owners_from_then_on(
    app: flask.Flask, kind: str, enter: Callable[..., object]
) -> None:
    # given a squatter who made an account at somebody's address and is signed in
    squatter = Person(app, kind, "ada@example.com")
    assert squatter.sign_up().status_code == 201
    ada = Person(app, kind, "ada@example.com")

    # when the owner of the address appears
    answer = enter(ada, ask(ada))

    # then the account is theirs and confirmed, and the squatter has no way in
    assert (answer.status_code, answer.json["user"]["is_verified"]) == (200, True)
    assert squatter.me().status_code == 401
    assert squatter.refresh().status_code == 401
    assert squatter.sign_in().status_code == 401
    assert ada.me().status_code == 200


def test_a_confirmed_account_keeps_its_password_and_its_other_sessions(
    ada: Person, enter: Callable[..., object]
) -> None:
    # given somebody who is signed in on another device
    other = Person(ada.app, ada.kind, ada.email)
    assert other.sign_in().status_code == 200

    # when they sign in by mail
    assert enter(ada, ask(ada)).status_code == 200

    # then nothing else has changed
    assert other.me().status_code == 200
    assert Person(ada.app, ada.kind, ada.email).sign_in().status_code == 200


def test_users_of_any_key_sign_in(any_database_url: str, build: Callable[..., flask.Flask]) -> None:
    # given users with a UUID as key
    app = build(database=any_database_url, user_model=uuid_user(), **MAIL)
    ada = Person(app, "bearer", "ada@example.com")
    assert ada.sign_up().status_code == 201

    # then link and code sign in, and wrong ones do not
    asked = ask(ada)
    assert with_code(ada, asked.challenge, other_than(asked.code)).status_code == 400
    assert with_code(ada, asked.challenge, asked.code).status_code == 200
    assert with_token(ada, ask(ada).token).status_code == 200
    assert with_token(ada, asked.token).status_code == 400


def test_a_failure_is_told_to_whoever_listens(ada: Person) -> None:
    # given a host that listens
    heard: list[tuple[str, str | None]] = []

    @ada.app.auth.during(SignInFailed)  # type: ignore[attr-defined]
    def hear(event: SignInFailed) -> None:
        heard.append((event.method, event.user.email if event.user else None))

    # when a wrong code, a decoy's code and a forged token are tried
    asked = ask(ada)
    with_code(ada, asked.challenge, other_than(asked.code))
    with_code(ada, ask(ada, "eve@example.com").challenge, "000000")
    with_token(ada, "forged" * 8)

    # then each is heard of, with the account where there is one
    assert heard == [("email", "ada@example.com"), ("email", None), ("email", None)]


def test_without_a_way_to_send_mail_everybody_is_told_so(build: Callable[..., flask.Flask]) -> None:
    # given a server that sends no mail
    app = build()
    confirmed = Person(app, "bearer", "ada@example.com")
    confirmed.sign_up()
    confirm(app, confirmed.email)

    # when known and unknown addresses ask
    answers = [confirmed.post("/magic-link", {"email": one}) for one in ("ada@example.com", "e@example.com")]

    # then both hear the same, and nothing is written
    assert [(one.status_code, one.json["code"]) for one in answers] == [(503, "mail_missing")] * 2
    assert count(app, "SELECT count(*) FROM auth_vouchers") == 0


def test_without_an_address_of_this_server_everybody_is_told_so(build: Callable[..., flask.Flask]) -> None:
    # given a server that does not know where it is
    app = build(**MAIL, AUTHSVC_PUBLIC_URL=None)
    ada = Person(app, "bearer", "ada@example.com")
    ada.sign_up()
    before = count(app, "SELECT count(*) FROM auth_vouchers")

    # when known and unknown addresses ask
    answers = [ada.post("/magic-link", {"email": one}) for one in ("ada@example.com", "e@example.com")]

    # then both hear the same, and no mail and no voucher is left
    assert [(one.status_code, one.json["code"]) for one in answers] == [(503, "public_url_missing")] * 2
    assert [one for one in mails(app) if one["mail"] == "magic_link"] == []
    assert count(app, "SELECT count(*) FROM auth_vouchers") == before


def test_it_can_be_switched_off(build: Callable[..., flask.Flask]) -> None:
    # given a server without magic links
    app = build(**MAIL, AUTHSVC_ENABLE_MAGIC_LINK=False)

    # then nothing of them is there
    nobody = Person(app)
    assert nobody.post("/magic-link", {"email": "ada@example.com"}).status_code == 404
    assert nobody.post("/magic-link/verify", {"token": "x" * 43}).status_code == 404
    assert nobody.get("/magic-link/" + "x" * 43).status_code == 404


def test_a_pending_mail_is_not_in_the_clear_in_the_database(ada: Person) -> None:
    # given a mail
    asked: Asked = ask(ada)

    # when the tables are read
    with ada.app.app_context():
        connection = ada.app.extensions["sqlalchemy"].engine.raw_connection()
        dump = "\n".join(connection.iterdump())  # type: ignore[attr-defined]
        connection.close()

    # then neither token, challenge nor code stand there
    assert "auth_vouchers" in dump
    for secret in (asked.token, asked.challenge):
        assert secret not in dump
    assert f"'{asked.code}'" not in dump
