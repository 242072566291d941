"""Many at once with one link, each on a connection of its own: one wins."""

from collections import Counter
from functools import partial
from typing import Any

import flask
import pytest

from tests.password.asking import NEW, ask, can_sign_in, named, reset, token_to
from tests.sessions.at_the_wire import update_user
from tests.sessions.test_races import at_once, is_dead, signed_up
from tests.support import services
from tests.support.apps import PASSWORD, WITH_MAIL, Person, make_app

MANY = 8


def test_of_parallel_uses_of_one_link_one_counts(any_database_url: str) -> None:
    # given one link in many hands, round after round
    app = make_app(any_database_url, **WITH_MAIL)
    for number in range(4):
        ada = signed_up(app, ("cookie", "bearer")[number % 2])
        update_user(app, ada.email, is_verified=number < 2)
        token = token_to(app, ada.email)
        passwords = [f"a battery staple, number {one}" for one in range(MANY)]

        # when all choose another password at once
        answers = at_once([partial(reset, app, token, word) for word in passwords])

        # then one of them is the account's
        assert Counter(one.status_code for one in answers) == {200: 1, 400: MANY - 1}
        assert {one.json["code"] for one in answers if one.status_code == 400} == {"reset_link_expired"}
        opening = [can_sign_in(ada, word) for word in passwords]
        assert opening == [one.status_code == 200 for one in answers]
        assert len([one for one in named(app, "password_reset") if one["to"] == ada.email]) == 1
        assert is_dead(ada)


def test_of_two_links_at_once_one_counts(any_database_url: str) -> None:
    # given two links that both work, as two requests at the same moment may leave them
    app = make_app(any_database_url, **WITH_MAIL)
    for _ in range(4):
        ada = signed_up(app, "bearer")
        asked = at_once([lambda email=ada.email: ask(app, email) for _ in range(4)])
        assert Counter(one.status_code for one in asked) == {200: 4}
        tokens = [
            mail["context"]["link"].rpartition("/")[2]
            for mail in named(app, "reset_password")
            if mail["to"] == ada.email
        ]

        # when all are used at once
        answers = at_once([lambda token=token: reset(app, token) for token in tokens])

        # then one counts, and nothing breaks
        assert Counter(one.status_code for one in answers) == {200: 1, 400: 3}
        assert can_sign_in(ada, NEW)


def test_a_request_beside_a_reset_breaks_nothing(any_database_url: str) -> None:
    # given a link
    app = make_app(any_database_url, **WITH_MAIL)
    for _ in range(5):
        ada = signed_up(app, "bearer")
        token = token_to(app, ada.email)

        # when it is used while others are asked for, and while its owner signs in with the old password
        def sign_in(ada: Person = ada) -> Any:
            return Person(app, "bearer", ada.email).sign_in()

        calls: list[Any] = [lambda token=token: reset(app, token), sign_in]
        calls += [lambda email=ada.email: ask(app, email)] * 2
        used, signed_in, *asked = at_once(calls)

        # then each is answered as if it came before or behind the others
        assert used.status_code in (200, 400), used.text
        assert [one.status_code for one in asked] == [200, 200]
        assert signed_in.status_code in (200, 401)
        assert can_sign_in(ada, NEW) is (used.status_code == 200)
        assert can_sign_in(ada, PASSWORD) is (used.status_code == 400)
        if used.status_code == 200:
            assert is_dead(ada)


def test_a_sign_in_with_the_old_password_leaves_no_session_behind_a_reset(any_database_url: str) -> None:
    # given a thief who knows the old password
    app = make_app(any_database_url, **WITH_MAIL)
    for _ in range(5):
        ada = signed_up(app, "bearer")
        token = token_to(app, ada.email)
        thieves = [Person(app, "bearer", ada.email) for _ in range(4)]

        # when they sign in while the owner resets it
        used, *_ = at_once([lambda token=token: reset(app, token), *(one.sign_in for one in thieves)])

        # then nobody is left inside
        assert used.status_code == 200
        assert all(one.me().status_code == 401 for one in thieves)


@pytest.mark.services
@pytest.mark.parametrize("level", ["REPEATABLE READ", "SERIALIZABLE"])
def test_a_stricter_isolation_of_the_hosts_engine_changes_nothing(tmp_path: Any, level: str) -> None:
    # given a host that runs PostgreSQL with a stricter isolation
    with services.database("postgresql", tmp_path) as url:
        app: flask.Flask = make_app(url, SQLALCHEMY_ENGINE_OPTIONS={"isolation_level": level}, **WITH_MAIL)
        for _ in range(3):
            ada = signed_up(app, "bearer")
            token = token_to(app, ada.email)

            # when a link is used twice at once
            answers = at_once([lambda token=token: reset(app, token)] * 2)

            # then one counts
            assert Counter(one.status_code for one in answers) == {200: 1, 400: 1}
