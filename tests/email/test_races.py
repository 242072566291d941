"""Many at once on each engine, each on a connection of its own: one wins, and nothing is half done."""

from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import flask
import pytest

from flask_headless_auth.features.email.events import EmailChanged, EmailConfirmed
from flask_headless_auth.features.vouchers import logic as vouchers
from tests.email.letters import ALONE, REQUIRED, account, confirm, confirmed, last, letters, rows, token_in
from tests.sessions.test_races import at_once
from tests.support.apps import API, PASSWORD, Person, make_app
from tests.support.mails import mails

ADA, NEW = "ada@example.com", "new@example.com"
OTHER = "a quite different pass phrase"
MANY = 8


def posting(app: flask.Flask, path: str) -> Callable[[], int]:
    """One press of a button."""
    return lambda: app.test_client().post(f"{API}{path}").status_code


def user_rows(app: flask.Flask) -> int:
    """How many accounts there are."""
    return rows(app)["users"]


def test_of_parallel_uses_of_a_confirmation_link_all_say_confirmed_and_one_does_it(
    any_database_url: str,
) -> None:
    # given a link, round after round
    app = make_app(any_database_url, **ALONE)
    told: list[str] = []
    app.auth.on(EmailConfirmed)(lambda one: told.append(one.user.email))  # type: ignore[attr-defined]
    for number in range(3):
        email = f"ada{number}@example.com"
        Person(app, "bearer", email).sign_up()
        token = token_in(last(app, "confirm", email))

        # when it is used many times at once
        answers = at_once([posting(app, f"/confirm/{token}")] * MANY)

        # then all say the same, and it happened once
        assert Counter(answers) == {200: MANY}
        assert told.count(email) == 1


def test_confirming_beside_not_me_does_one_of_them(any_database_url: str) -> None:
    # given a link and its other button
    app = make_app(any_database_url, **ALONE)
    for number in range(4):
        email = f"ada{number}@example.com"
        Person(app, "bearer", email).sign_up()
        token = token_in(last(app, "confirm", email))

        # when both are pressed at once
        calls = [posting(app, f"/confirm/{token}"), posting(app, f"/confirm/{token}/not-me")] * 3
        answers = at_once(calls)

        # then there is a confirmed account, or none
        row = account(app, email)
        assert set(answers) <= {200, 400}
        if row is None:
            assert Counter(answers[1::2])[200] == 1
            assert Counter(answers[0::2]) == {400: 3}
        else:
            assert row.is_verified
            assert Counter(answers[1::2]) == {400: 3}


def test_of_two_sign_ups_links_opened_at_once_one_counts(any_database_url: str) -> None:
    # given two sign-ups with one address, and the link of each
    app = make_app(any_database_url, **REQUIRED)
    for number in range(3):
        email = f"ada{number}@example.com"
        passwords = (PASSWORD, OTHER)
        for password in passwords:
            somebody = Person(app, "bearer", email)
            somebody.password = password
            somebody.sign_up()
        tokens = [token_in(one) for one in letters(app, "confirm", email)]

        # when both are opened at once
        answers = at_once([posting(app, f"/confirm/{one}") for one in tokens] * 3)

        # then both say that it is confirmed, and one password opens the account
        assert Counter(answers) == {200: 6}
        opened = []
        for password in passwords:
            somebody = Person(app, "bearer", email)
            somebody.password = password
            opened.append(somebody.sign_in().status_code)
        assert sorted(opened) == [200, 401]


def test_parallel_sign_ups_where_addresses_are_confirmed_first_make_one_account(
    any_database_url: str,
) -> None:
    # given ten people who claim one address
    app = make_app(any_database_url, **REQUIRED)
    app.test_client().get(f"{API}/config")
    people = [Person(app, ("cookie", "bearer")[one % 2], ADA) for one in range(MANY)]
    for number, one in enumerate(people):
        one.password = f"{OTHER}{number}"

    # when they sign up at once
    answers = at_once(one.sign_up for one in people)

    # then all are answered alike, one account is there, and each has a link of their own
    assert {(one.status_code, one.data) for one in answers} == {(201, answers[0].data)}
    assert answers[0].status_code == 201
    assert user_rows(app) == 1
    assert len({token_in(one) for one in letters(app, "confirm", ADA)}) == MANY
    # and each link does its own thing
    assert confirm(app, token_in(letters(app, "confirm", ADA)[3])).status_code == 200
    statuses = [one.sign_in().status_code for one in people]
    assert Counter(statuses) == {200: 1, 401: MANY - 1}


def test_of_parallel_uses_of_a_link_to_a_new_address_one_changes_it(any_database_url: str) -> None:
    # given a link to a new address, round after round
    app = make_app(any_database_url, **ALONE)
    told: list[str] = []
    app.auth.on(EmailChanged)(lambda one: told.append(one.email))  # type: ignore[attr-defined]
    for number in range(3):
        ada = confirmed(app, f"ada{number}@example.com")
        ada.post("/email/change", {"email": f"new{number}@example.com"})
        token = token_in(last(app, "confirm_change"))

        # when it is used many times at once
        answers = at_once([posting(app, f"/email/change/{token}")] * MANY)

        # then one changes it
        assert Counter(answers) == {200: 1, 400: MANY - 1}
        assert account(app, f"new{number}@example.com").is_verified
    assert told == [f"ada{number}@example.com" for number in range(3)]


def test_of_people_who_move_to_one_address_at_once_one_gets_it(any_database_url: str) -> None:
    # given people with a link each to one address
    app = make_app(any_database_url, **ALONE)
    tokens = []
    for number in range(4):
        confirmed(app, f"ada{number}@example.com").post("/email/change", {"email": NEW})
        tokens.append(token_in(last(app, "confirm_change")))

    # when all are opened at once, beside a sign-up
    newcomer = Person(app, "bearer", NEW)
    calls = [posting(app, f"/email/change/{one}") for one in tokens]
    *answers, signed_up = at_once([*calls, lambda: newcomer.sign_up().status_code])

    # then one account has it
    assert Counter([*answers, {201: 200}.get(signed_up, signed_up)]) == {200: 1, 409: 4}
    assert account(app, NEW) is not None
    assert user_rows(app) == 4 + (signed_up == 201)


def test_an_address_that_is_left_at_this_moment_is_kept(any_database_url: str) -> None:
    # given changes that can be undone
    app = make_app(any_database_url, **ALONE)

    @app.auth.during(EmailChanged)  # type: ignore[attr-defined]
    def keep(one: EmailChanged) -> None:
        vouchers.issue("revert", timedelta(hours=72), {}, user=one.user, address=one.email)

    for number in range(4):
        old = f"ada{number}@example.com"
        confirmed(app, old).post("/email/change", {"email": f"new{number}@example.com"})
        token = token_in(last(app, "confirm_change"))

        # when others sign up with the old address at the moment of the change
        others = [Person(app, "bearer", old) for _ in range(4)]
        calls: list[Callable[[], Any]] = [lambda one=one: one.sign_up().status_code for one in others]  # type: ignore[misc]
        changed, *answers = at_once([posting(app, f"/email/change/{token}"), *calls])

        # then nobody gets it
        assert changed == 200
        assert Counter(answers) == {409: 4}
        assert account(app, old) is None


def test_resends_beside_sign_ups_lose_no_mail(any_database_url: str) -> None:
    # given an address that waits
    app = make_app(any_database_url, **REQUIRED)
    Person(app, "bearer", ADA).sign_up()

    # when links are asked for, and others sign up, all at once
    people = [Person(app, "bearer", ADA) for _ in range(4)]
    client = app.test_client
    asks = [lambda: client().post(f"{API}/resend-verification", json={"email": ADA}).status_code] * 4
    answers = at_once([*(lambda one=one: one.sign_up().status_code for one in people), *asks])  # type: ignore[misc]

    # then each has its mail, and the newest link confirms
    assert Counter(answers) == {201: 4, 200: 4}
    assert len([one for one in mails(app) if one["mail"] == "confirm"]) == 9
    assert confirm(app, token_in(letters(app, "confirm", ADA)[-1])).status_code in (200, 400)


@pytest.mark.parametrize("required", [False, True])
def test_a_whole_life_works_on_each_engine(any_database_url: str, required: bool) -> None:
    # given somebody who signs up
    app = make_app(any_database_url, **(REQUIRED if required else ALONE))
    ada = Person(app, "bearer", ADA)
    assert ada.sign_up().status_code == 201
    assert app.test_client().post(f"{API}/resend-verification", json={"email": ADA}).status_code == 200

    # when they confirm, sign in, and move
    newest = max(letters(app, "confirm", ADA), key=lambda one: confirm(app, token_in(one)).status_code == 200)
    assert confirm(app, token_in(newest)).status_code == 200
    assert ada.sign_in().json["status"] == "signed_in"
    assert ada.post("/email/change", {"email": NEW}).status_code == 200
    token = token_in(last(app, "confirm_change"))

    # then the account has the other address, and somebody else's goes without a trace
    assert app.test_client().post(f"{API}/email/change/{token}").status_code == 200
    assert ada.me().json["user"]["email"] == NEW
    Person(app, "bearer", ADA).sign_up()
    not_me = token_in(last(app, "confirm", ADA))
    assert app.test_client().post(f"{API}/confirm/{not_me}/not-me").status_code == 200
    assert user_rows(app) == 1
