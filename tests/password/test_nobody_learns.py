"""Nobody learns from a request for a reset link whether an account exists: the same answer, the same work."""

import re
from collections.abc import Callable

import flask
import pytest
from werkzeug.test import TestResponse

from tests.password.asking import ask, named, statements
from tests.sessions.at_the_wire import update_user
from tests.support.apps import WITH_MAIL, Person

App = Callable[..., flask.Flask]

KINDS = {
    "known": "known@example.com",
    "another": "another@example.com",
    "known, spelled otherwise": " KNOWN@Example.COM ",
    "unknown": "unknown@example.com",
    "suspended": "suspended@example.com",
    "without a password": "nopassword@example.com",
    "not confirmed": "unconfirmed@example.com",
}


def with_accounts(app: flask.Flask) -> flask.Flask:
    """Accounts of every kind."""
    for name in ("known", "another", "suspended", "nopassword", "unconfirmed"):
        assert Person(app, "bearer", f"{name}@example.com").sign_up().status_code == 201
        update_user(app, f"{name}@example.com", is_verified=name != "unconfirmed")
    update_user(app, "suspended@example.com", is_active=False)
    update_user(app, "nopassword@example.com", password_hash=None)
    return app


def as_seen(answer: TestResponse) -> tuple[int, bytes, dict[str, str]]:
    """Everything of an answer that its reader sees."""
    return answer.status_code, answer.data, dict(answer.headers)


def test_every_address_gets_the_same_answer(app: flask.Flask) -> None:
    # given accounts of every kind
    with_accounts(app)

    # when a link is asked for to each
    answers = {kind: as_seen(ask(app, address)) for kind, address in KINDS.items()}

    # then status, body and headers are the same
    assert answers["known"][0] == 200
    assert all(answer == answers["known"] for answer in answers.values())


def test_every_address_costs_the_same_statements(app: flask.Flask) -> None:
    # given accounts of every kind, asked for once so that all statements are known
    with_accounts(app)
    ask(app, "known@example.com")

    # when each is asked for
    ran = {}
    for kind, address in KINDS.items():
        with statements(app) as seen:
            ask(app, address)
        # One request in a hundred sweeps old vouchers.
        ran[kind] = [one for one in seen if not re.search(r"auth_vouchers\.expires_at <", one)]

    # then the database is told the same, word for word and in the same order
    assert [one.split()[0] for one in ran["known"]] == ["BEGIN", "SELECT", "UPDATE", "INSERT", "INSERT"]
    assert all(seen == ran["known"] for seen in ran.values()), ran


def test_every_address_leaves_the_same_rows(app: flask.Flask) -> None:
    # given accounts of every kind, each asked for
    with_accounts(app)
    for address in KINDS.values():
        ask(app, address)

    # then there is a mail for each, filled alike, and only those nobody may read are decoys
    sent = named(app, "reset_password")
    assert len(sent) == len(KINDS)
    assert {frozenset(one) for one in sent} == {frozenset(sent[0])}
    assert {frozenset(one["context"]) for one in sent} == {frozenset(("link", "minutes"))}
    assert {len(one["context"]["link"]) for one in sent} == {len(sent[0]["context"]["link"])}
    decoys = {one["to"] for one in sent if one["decoy"]}
    assert decoys == {"unknown@example.com", "suspended@example.com"}


@pytest.mark.parametrize(
    ("config", "code"),
    [
        ({}, "mail_missing"),
        ({**WITH_MAIL, "AUTHSVC_PUBLIC_URL": None}, "public_url_missing"),
    ],
    ids=["no mail", "no address"],
)
def test_where_no_mail_can_go_out_everybody_is_told_so(
    build: App, config: dict[str, object], code: str
) -> None:
    # given an application that cannot send links
    app = with_accounts(build(**config))

    # when a link is asked for to each
    with statements(app) as seen:
        answers = {kind: as_seen(ask(app, address)) for kind, address in KINDS.items()}

    # then all are told, and nothing was asked of the database, let alone written
    assert answers["known"][0] == 503
    assert code.encode() in answers["known"][1]
    assert all(answer == answers["known"] for answer in answers.values())
    assert seen == []


def test_a_page_to_lead_to_stands_in_for_an_address_of_the_server(build: App) -> None:
    # given a server that does not know its address, and a page of the front end
    app = with_accounts(
        build(**WITH_MAIL, AUTHSVC_PUBLIC_URL=None, AUTHSVC_CORS_ORIGINS=["https://app.example.com"])
    )

    # when a link to that page is asked for
    answer = ask(app, "known@example.com", redirect_url="https://app.example.com/new")

    # then it is sent
    assert answer.status_code == 200
    assert named(app, "reset_password")[-1]["context"]["link"].startswith(
        "https://app.example.com/new?token="
    )


def test_the_limit_says_nothing_either(build: App) -> None:
    # given an application that counts
    app = with_accounts(build(**WITH_MAIL, RATELIMIT_ENABLED=True, AUTHSVC_LIMITS_RESET=""))

    # when an unknown and a known address are asked for until there is no more
    known = [ask(app, "known@example.com").status_code for _ in range(7)]
    unknown = [ask(app, "unknown@example.com").status_code for _ in range(7)]

    # then both end alike
    assert known == unknown == [200] * 5 + [429] * 2
