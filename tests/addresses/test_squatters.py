"""Somebody signs up with an address that is not theirs. Its owner appears, in each way there is."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import flask
import sqlalchemy as sa

from flask_headless_auth.features.email import logic
from flask_headless_auth.features.email.events import EmailConfirmed
from flask_headless_auth.features.vouchers import logic as vouchers
from tests.addresses.letters import account, confirm, last, letters, token_in
from tests.support.apps import API, Person

App = Callable[..., flask.Flask]
ADA = "ada@example.com"


def proved(app: flask.Flask, **options: Any) -> None:
    """The owner shows by other means than a link of ours that the address is theirs."""
    with app.test_request_context():
        user = (
            app.extensions["sqlalchemy"]
            .session.scalars(
                sa.select(app.auth.user_model).filter_by(email=ADA)  # type: ignore[attr-defined]
            )
            .one()
        )
        logic.prove(user, **options)


def test_an_owner_who_proves_the_address_finds_nothing_of_the_squatters(app: flask.Flask, kind: str) -> None:
    # given a squatter, signed in on two devices, with a change of address on the way
    squatter, second = Person(app, kind, ADA), Person(app, kind, ADA)
    squatter.sign_up()
    second.sign_in()
    squatter.post("/email/change", {"email": "squatter@example.com"})
    pending = token_in(last(app, "confirm_change"))
    old_link = token_in(last(app, "confirm"))

    # when the owner of the address proves that it is theirs
    proved(app)

    # then no session, password or link of the squatter's does anything
    assert account(app, ADA).is_verified
    assert (squatter.me().status_code, squatter.refresh().status_code) == (401, 401)
    assert second.me().status_code == 401
    assert squatter.sign_in().status_code == 401
    assert app.test_client().post(f"{API}/email/change/{pending}").status_code == 400
    confirm(app, old_link)
    assert squatter.sign_in().status_code == 401
    assert app.test_client().post(f"{API}/confirm/{old_link}/not-me").status_code == 400


def test_proving_a_confirmed_address_changes_nothing(app: flask.Flask, kind: str) -> None:
    # given somebody with a confirmed address
    ada = Person(app, kind, ADA)
    ada.sign_up()
    confirm(app, token_in(last(app, "confirm")))
    told: list[EmailConfirmed] = []
    app.auth.on(EmailConfirmed)(told.append)  # type: ignore[attr-defined]

    # when they prove it again
    proved(app)

    # then they stay signed in, and can sign in
    assert ada.me().status_code == 200
    assert Person(app, kind, ADA).sign_in().status_code == 200
    assert told == []


def test_proving_joins_the_transaction_that_it_is_part_of(app: flask.Flask) -> None:
    # given an unconfirmed account, and another change of it in the same transaction
    ada = Person(app, "bearer", ADA)
    ada.sign_up()
    with app.test_request_context():
        session = app.extensions["sqlalchemy"].session
        model = app.auth.user_model  # type: ignore[attr-defined]
        user = session.scalars(sa.select(model)).one()

        # when that transaction fails behind it
        try:
            with logic.transaction():
                logic.prove(user)
                user.provider = "elsewhere"
                raise RuntimeError
        except RuntimeError:
            pass

    # then nothing of it happened
    row = account(app, ADA)
    assert not row.is_verified
    assert row.password_hash
    assert ada.me().status_code == 200


def test_what_was_written_before_it_is_not_lost_by_proving(app: flask.Flask) -> None:
    # given an unconfirmed account, changed a moment before in the same transaction
    Person(app, "bearer", ADA).sign_up()
    with app.test_request_context():
        session = app.extensions["sqlalchemy"].session
        user = session.scalars(sa.select(app.auth.user_model)).one()  # type: ignore[attr-defined]
        with logic.transaction():
            user.provider = "elsewhere"

            # when its address is proved
            logic.prove(user)
            user.password_hash = "new"

    # then both are there
    row = account(app, ADA)
    assert (row.provider, row.password_hash, row.is_verified) == ("elsewhere", "new", True)


def test_a_squatter_who_signs_up_first_gains_nothing(strict: flask.Flask, kind: str) -> None:
    # given a squatter, and the owner, who signs up behind them
    squatter, owner = Person(strict, kind, ADA), Person(strict, kind, ADA)
    owner.password = "the owner's own pass phrase"
    squatter.sign_up()
    owner.sign_up()

    # when the owner opens the link of their own sign-up
    assert confirm(strict, token_in(letters(strict, "confirm", ADA)[-1])).status_code == 200

    # then the account is theirs alone
    assert owner.sign_in().json["status"] == "signed_in"
    assert squatter.sign_in().status_code == 401


def test_a_squatter_who_signs_up_second_gains_nothing(strict: flask.Flask, kind: str) -> None:
    # given the owner, and a squatter who signs up behind them
    squatter, owner = Person(strict, kind, ADA), Person(strict, kind, ADA)
    squatter.password = "the squatter's pass phrase"
    owner.sign_up()
    squatter.sign_up()

    # when the owner opens the link of their own sign-up
    assert confirm(strict, token_in(letters(strict, "confirm", ADA)[0])).status_code == 200

    # then the account is theirs alone
    assert owner.sign_in().json["status"] == "signed_in"
    assert squatter.sign_in().status_code == 401


def test_a_squatters_voucher_for_something_else_is_void_once_the_owner_appears(app: flask.Flask) -> None:
    # given a reset link of a squatted account
    Person(app, "bearer", ADA).sign_up()
    with app.app_context():
        session = app.extensions["sqlalchemy"].session
        user = session.scalars(sa.select(app.auth.user_model)).one()  # type: ignore[attr-defined]
        token = vouchers.issue("reset", timedelta(hours=1), {}, user=user).token
        session.commit()

    # when the owner appears
    proved(app)

    # then it is void
    with app.app_context():
        found = vouchers.look("reset", token)
        assert found is not None
        assert found.is_used
