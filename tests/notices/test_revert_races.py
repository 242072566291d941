"""Many at once with one link, or with two, each on a connection of its own."""

from collections import Counter
from functools import partial

import flask

from tests.notices.happenings import change_password, move, revert, told
from tests.password.asking import NEW, can_sign_in, reset, token_to
from tests.sessions.at_the_wire import update_user, user_row
from tests.sessions.test_races import at_once, is_dead, signed_up
from tests.support.apps import WITH_MAIL, make_app


def test_of_parallel_uses_of_one_link_one_counts(any_database_url: str) -> None:
    # given one link in many hands, round after round
    app = make_app(any_database_url, **WITH_MAIL)
    for number in range(4):
        ada = signed_up(app, ("cookie", "bearer")[number % 2])
        token = change_password(ada)

        # when all use it at once
        answers = at_once([partial(revert, app, token)] * 8)

        # then one counts, and one link for a new password goes out
        assert Counter(one.status_code for one in answers) == {200: 1, 400: 7}
        assert len([one for one in told(app, "reset_password") if one["to"] == ada.email]) == 1
        assert is_dead(ada)


def test_the_owner_and_the_thief_at_once_leave_the_account_to_the_owner(any_database_url: str) -> None:
    # given a thief who moved the account twice and has a link too
    app = make_app(any_database_url, **WITH_MAIL)
    for _ in range(5):
        ada = signed_up(app, "bearer")
        update_user(app, ada.email, is_verified=True)
        owners = move(app, ada.email, f"thief-{ada.email}")
        thiefs = move(app, f"thief-{ada.email}", f"other-{ada.email}")

        # when both use their links at once
        first, second = at_once([partial(revert, app, owners), partial(revert, app, thiefs)])

        # then the account is the owner's, whoever was first
        assert first.status_code == 200
        assert second.status_code in (200, 400)
        assert user_row(app, ada.email).email == ada.email


def test_a_reset_beside_a_revert_breaks_nothing(any_database_url: str) -> None:
    # given a thief with a reset link to the thief's address, and the owner's link
    app: flask.Flask = make_app(any_database_url, **WITH_MAIL)
    for _ in range(5):
        ada = signed_up(app, "bearer")
        update_user(app, ada.email, is_verified=True)
        owners = move(app, ada.email, f"thief-{ada.email}")
        thiefs = token_to(app, f"thief-{ada.email}")

        # when both are used at once
        reverted, taken = at_once([partial(revert, app, owners), partial(reset, app, thiefs)])

        # then the account is the owner's and the thief's password opens nothing
        assert reverted.status_code == 200
        assert taken.status_code in (200, 400)
        assert user_row(app, ada.email).password_hash is None
        assert not can_sign_in(ada, NEW)
