"""A link leads where the configuration says, and nobody who asks for one can change that."""

import json
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qs, urlsplit

import flask
import pytest

from tests.password.asking import NEW, ask, can_sign_in, link_to, named, reset
from tests.support.apps import API, WITH_MAIL, Person
from tests.support.mails import empty, mails

FRONT = "https://app.example.com"


@pytest.fixture
def app(build: Callable[..., flask.Flask]) -> flask.Flask:
    """An application with a browser front end and a native app, and somebody who has an account."""
    made = build(
        **WITH_MAIL, AUTHSVC_CORS_ORIGINS=[FRONT], AUTHSVC_REDIRECT_URLS=["com.example.app:/new-password"]
    )
    assert Person(made, "bearer", "ada@example.com").sign_up().status_code == 201
    empty(made)
    return made


@pytest.mark.parametrize(
    "target",
    [f"{FRONT}/new", f"{FRONT}/new?lang=de", f"{FRONT}/#/new", FRONT, "com.example.app:/new-password"],
)
def test_a_link_may_lead_to_a_page_of_the_front_end_or_the_app(app: flask.Flask, target: str) -> None:
    # given a link to a page on the list
    link = link_to(app, "ada@example.com", redirect_url=target)

    # then it is that page, with the token in its query, and what was there stays
    base, _, fragment = target.partition("#")
    assert link.startswith(base.partition("?")[0])
    assert urlsplit(link).fragment == fragment
    query = parse_qs(urlsplit(link).query)
    assert {**parse_qs(urlsplit(target).query), "token": query["token"]} == query

    # and the token works
    assert reset(app, query["token"][0]).status_code == 200


def test_a_token_that_a_stranger_wrote_into_the_page_is_not_the_one_that_is_read(app: flask.Flask) -> None:
    # given a page whose query has a token already, in several spellings
    target = f"{FRONT}/new?token=strangers&%74oken=strangers&lang=de"

    # when a link to it is asked for
    link = link_to(app, "ada@example.com", redirect_url=target)

    # then the only token is the account's own
    query = parse_qs(urlsplit(link).query)
    assert len(query["token"]) == 1
    assert reset(app, query["token"][0]).status_code == 200


HOSTILE = (
    "https://evil.example", "//evil.example", "///evil.example", "/////evil.example", "\\\\evil.example",
    "/\\evil.example", "/new", "new", "", " ", "https:\\\\app.example.com", "https:/app.example.com",
    "https:app.example.com", "https:///app.example.com", "https://app.example.com.evil.example",
    "https://app.example.com@evil.example", "https://app.example.com:443@evil.example",
    "https://evil.example#https://app.example.com", "https://evil.example?https://app.example.com",
    "https://evil.example/https://app.example.com", "https://app.example.com\\@evil.example",
    "https://app.example.com%2eevil.example", "https://app.example.com%00.evil.example",
    "https://app.example.com:8443", "http://app.example.com", "https://sub.app.example.com",
    "https://app.example.com.", "https://app。example.com", "https://ａpp.example.com",
    "https://app.example.com/\t", "https://app.example.com/\r\nX: y", " https://app.example.com",
    "https://app.example.com /", "javascript:alert(1)", "java\nscript:alert(1)",
    "javascript://app.example.com/%0aalert(1)", "data:text/html,x", "file:///etc/passwd",
    "blob:https://app.example.com/x", "com.example.app:/new-password?x=1", "com.example.app:/new-password/x",
    "com.example.app:", "other.app:/x", "https://[::1]", "https://app.example.com:99999", "null", "*", "https://*",
    f"{FRONT}/{'x' * 3000}",
)  # fmt: skip


@pytest.mark.parametrize("target", HOSTILE)
def test_a_link_may_lead_nowhere_else(app: flask.Flask, target: str) -> None:
    # given a page that is not on the list
    answers = [ask(app, f"{name}@example.com", redirect_url=target) for name in ("ada", "nobody")]

    # then the field is refused, alike for everybody, and no mail goes out
    assert [one.status_code for one in answers] == [422, 422]
    assert list(answers[0].json["errors"]) == ["redirect_url"]
    assert answers[0].data == answers[1].data
    assert mails(app) == []


@pytest.mark.parametrize("target", [None, 7, True, [FRONT], {"url": FRONT}, "\ud800"])
def test_a_target_that_is_no_text_is_refused(app: flask.Flask, target: Any) -> None:
    answer = app.test_client().post(
        f"{API}/request-password-reset",
        data=json.dumps({"email": "ada@example.com", "redirect_url": target}),
        content_type="application/json",
    )

    assert (answer.status_code, list(answer.json["errors"])) == (422, ["redirect_url"])
    assert mails(app) == []


POISONED = (
    {"Host": "evil.example"},
    {"X-Forwarded-Host": "evil.example", "X-Forwarded-Proto": "https"},
    {"Forwarded": "host=evil.example;proto=https"},
    {
        "X-Forwarded-Server": "evil.example",
        "X-Host": "evil.example",
        "X-Original-URL": "https://evil.example",
    },
    {"X-Forwarded-Prefix": "/evil.example", "X-Rewrite-URL": "/evil.example"},
    {"Origin": FRONT, "Referer": "https://evil.example/"},
    {"Host": "localhost:80@evil.example"},
)


@pytest.mark.parametrize("headers", POISONED)
def test_no_header_reaches_a_link(app: flask.Flask, headers: dict[str, str]) -> None:
    # given a request with a poisoned header
    answer = ask(app, "ada@example.com", headers=headers)

    # then it is refused, or the link is as without it
    for mail in mails(app):
        assert mail["context"]["link"].startswith("http://localhost/api/auth/reset-password/")
        assert "evil" not in str(mail)
    assert answer.status_code in (200, 400, 403)
    assert "evil" not in answer.text


def test_a_page_of_another_site_cannot_ask(app: flask.Flask) -> None:
    answers = [
        ask(app, "ada@example.com", headers={"Origin": origin}) for origin in ("https://evil.example", "null")
    ]

    assert [one.json["code"] for one in answers] == ["cross_site_request"] * 2
    assert mails(app) == []


SEVERAL: tuple[Any, ...] = (
    "ada@example.com,eve@example.com", "ada@example.com, eve@example.com", "ada@example.com;eve@example.com",
    "ada@example.com eve@example.com", "ada@example.com\neve@example.com",
    "ada@example.com\r\nBcc: eve@example.com", "ada@example.com\x00eve@example.com",
    "Ada <ada@example.com>", "<ada@example.com>", "ada@example.com%0aeve@example.com",
    "ada@example.com|eve@example.com", '"ada@example.com,"@eve.example', "ada@[127.0.0.1]",
    "ada@example.com@eve.example", ["ada@example.com", "eve@example.com"], ["ada@example.com"],
    {"0": "ada@example.com"}, None, 7, True, "", "ada",
)  # fmt: skip


@pytest.mark.parametrize("address", SEVERAL)
def test_several_addresses_in_one_field_are_refused_and_nobody_gets_a_mail(
    app: flask.Flask, address: Any
) -> None:
    # given a field that is not one address
    answer = app.test_client().post(f"{API}/request-password-reset", json={"email": address})

    # then it is refused by name
    assert (answer.status_code, list(answer.json["errors"])) == (422, ["email"])
    assert mails(app) == []


@pytest.mark.parametrize(
    "body",
    [
        '{"email": "ada@example.com", "email": "eve@example.com"}',
        '{"email": "ada@example.com", "email[]": "eve@example.com"}',
        '{"email": "ada@example.com", "user_id": 1}',
        '[{"email": "ada@example.com"}]',
        '"ada@example.com"',
        "email=ada@example.com&email=eve@example.com",
    ],
)
def test_bodies_of_other_shapes_send_nothing(app: flask.Flask, body: str) -> None:
    answer = app.test_client().post(
        f"{API}/request-password-reset", data=body, content_type="application/json"
    )

    assert answer.status_code in (400, 422)
    assert mails(app) == []


def test_every_spelling_of_an_address_is_mailed_at_the_stored_one(app: flask.Flask) -> None:
    # given an address with capitals and spaces around
    link_to(app, "  ADA@EXAMPLE.com ")

    # then the mail goes to the one that is stored
    assert {mail["to"] for mail in named(app, "reset_password")} == {"ada@example.com"}
    assert not can_sign_in(Person(app, "bearer", "ada@example.com"), NEW)


def test_a_form_of_another_encoding_sends_nothing(app: flask.Flask) -> None:
    # given an HTML form of another site, which needs no permission to send text
    answers = [
        app.test_client().post(
            f"{API}/request-password-reset", data='{"email": "ada@example.com"}', content_type=kind
        )
        for kind in ("text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x")
    ]

    # then it is not read
    assert {one.status_code for one in answers} == {415}
    assert mails(app) == []
