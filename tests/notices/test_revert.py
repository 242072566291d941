""" "This was not me": the owner of an address takes the account back."""

from collections.abc import Callable
from datetime import timedelta

import flask
import pytest
import sqlalchemy as sa

from flask_headless_auth import AccountReverted, users
from flask_headless_auth.database import transaction
from flask_headless_auth.features.vouchers import logic as vouchers
from tests.notices.happenings import NEW, change_password, move, revert, told, undo_token
from tests.password.asking import can_sign_in, reset, token_to
from tests.sessions.at_the_wire import update_user, user_row
from tests.support.apps import API, PASSWORD, WITH_MAIL, Clock, Person, make_app, uuid_user
from tests.support.mails import mails

OLD, THIEFS = "ada@example.com", "thief@example.com"
OWNERS = "the owners battery staple"
REFUSED = (400, "revert_link_expired")


def refusal(app: flask.Flask, token: str) -> tuple[int, str]:
    """What a link is refused with."""
    answer = revert(app, token)
    return answer.status_code, (answer.json or {}).get("code", "")


def reset_token(app: flask.Flask) -> tuple[str, str]:
    """Where the newest reset link went, and its token."""
    mail = told(app, "reset_password")[-1]
    return mail["to"], mail["context"]["link"].rpartition("/")[2]


def test_the_owner_takes_an_account_back_whose_password_somebody_changed(
    ada: Person, app: flask.Flask
) -> None:
    # given a thief who changed the password, and is signed in with both kinds of client
    token = change_password(ada)
    thieves = [Person(app, kind, OLD) for kind in ("cookie", "bearer")]
    for thief in thieves:
        thief.password = NEW
        assert thief.sign_in().status_code == 200
    heard: list[AccountReverted] = []
    app.auth.on(AccountReverted)(heard.append)  # type: ignore[attr-defined]

    # when the owner says that this was not them
    answer = revert(app, token)

    # then everybody is out, neither password works, and nobody is signed in by it
    assert answer.status_code == 200
    assert set(answer.json) == {"message"}
    assert answer.headers.getlist("Set-Cookie") == []
    assert [(one.me().status_code, one.refresh().status_code) for one in [ada, *thieves]] == [(401, 401)] * 3
    assert not can_sign_in(ada, PASSWORD)
    assert not can_sign_in(ada, NEW)
    assert user_row(app, OLD).password_hash is None
    assert [one.mail for one in heard] == ["password_changed"]

    # and a link for a new password is on its way to the owner
    to, link = reset_token(app)
    assert to == OLD
    assert reset(app, link, OWNERS).status_code == 200
    assert can_sign_in(ada, OWNERS)


def test_the_owner_gets_the_old_address_back(ada: Person, app: flask.Flask, clock: Clock) -> None:
    # given a thief who moved the account to another address, and asked for a reset there
    token = move(app, OLD, THIEFS)
    clock.forward(minutes=1)
    thiefs_reset = token_to(app, THIEFS)

    # when the owner takes it back
    assert revert(app, token).status_code == 200

    # then the account has its address again, and the thief's link is void
    assert user_row(app, OLD).is_verified is True
    assert reset(app, thiefs_reset).json["code"] == "reset_link_expired"
    to, link = reset_token(app)
    assert to == OLD
    assert reset(app, link, OWNERS).status_code == 200
    assert can_sign_in(ada, OWNERS)


def test_any_notice_to_the_old_address_brings_it_back(ada: Person, app: flask.Flask, clock: Clock) -> None:
    # given a thief who changed first the password and then the address
    earlier = change_password(ada)
    clock.forward(minutes=1)
    move(app, OLD, THIEFS)

    # when the owner opens the first of the two notices
    assert revert(app, earlier).status_code == 200

    # then the account is theirs again, and the reset goes to them and not to the thief
    assert user_row(app, OLD).email == OLD
    assert reset_token(app)[0] == OLD


def test_a_thief_cannot_take_back_what_the_owner_took_back(
    ada: Person, app: flask.Flask, clock: Clock
) -> None:
    # given a thief who changed the address, and then again, so that a notice came to the thief
    owners = move(app, OLD, THIEFS)
    clock.forward(minutes=1)
    thiefs = move(app, THIEFS, "other@example.com")
    clock.forward(minutes=1)

    # when the owner takes the account back, and the thief tries the same behind that
    assert revert(app, owners).status_code == 200
    clock.forward(minutes=1)

    # then the thief's link is void, and the account stays the owner's
    assert refusal(app, thiefs) == REFUSED
    assert user_row(app, OLD).email == OLD


def test_a_thief_who_comes_first_does_not_end_the_owners_link(
    ada: Person, app: flask.Flask, clock: Clock
) -> None:
    # given a thief who changed the address twice and uses the link of the second notice
    owners = move(app, OLD, THIEFS)
    clock.forward(minutes=1)
    thiefs = move(app, THIEFS, "other@example.com")
    clock.forward(minutes=1)
    assert revert(app, thiefs).status_code == 200
    assert reset_token(app)[0] == THIEFS

    # when the owner uses theirs
    clock.forward(minutes=1)
    assert revert(app, owners).status_code == 200

    # then the account is the owner's
    assert user_row(app, OLD).email == OLD
    assert reset_token(app)[0] == OLD


def test_an_address_that_was_never_confirmed_comes_back_unconfirmed(
    app: flask.Flask, kind: str, clock: Clock
) -> None:
    # given a squatter who signed up with somebody's address and moved on to one of their own
    squatter = Person(app, kind, OLD)
    assert squatter.sign_up().status_code == 201
    token = move(app, OLD, THIEFS)

    # when the owner of the address says that this was not them
    assert revert(app, token).status_code == 200

    # then the account has the address unconfirmed, so that the reset drops what the squatter keeps
    assert user_row(app, OLD).is_verified is False
    assert reset(app, reset_token(app)[1], OWNERS).status_code == 200
    assert user_row(app, OLD).is_verified is True


def test_a_change_of_an_address_that_was_never_confirmed_is_undone_to_an_unconfirmed_one(
    app: flask.Flask, kind: str
) -> None:
    # given a squatter who moved the account by the link that their own address got
    squatter = Person(app, kind, OLD)
    assert squatter.sign_up().status_code == 201
    assert squatter.post("/email/change", {"email": THIEFS}).status_code == 200
    link = told(app, "confirm_change")[-1]["context"]["link"]
    assert app.test_client().post(f"{API}/email/change/{link.rpartition('/')[2]}").status_code == 200
    assert user_row(app, THIEFS).is_verified is True

    # when the owner of the address undoes it
    assert revert(app, undo_token(app, "email_changed")).status_code == 200

    # then the account has the address unconfirmed, and nothing that the squatter knows opens it
    assert user_row(app, OLD).is_verified is False
    assert not can_sign_in(squatter, squatter.password)


def test_an_address_that_somebody_has_by_now_is_not_taken_from_them(
    ada: Person, app: flask.Flask, clock: Clock
) -> None:
    # given an account that was moved, and somebody who got the old address meanwhile
    token = move(app, OLD, THIEFS)
    with app.app_context(), transaction() as session:
        other = app.auth.user_model(email=OLD, password_hash="x", is_verified=True)  # type: ignore[attr-defined]
        session.add(other)

    # when the link is used
    assert revert(app, token).status_code == 200

    # then the thief is out and the password void, and no link goes to the thief's address
    assert user_row(app, THIEFS).password_hash is None
    assert user_row(app, OLD).password_hash == "x"
    assert told(app, "reset_password") == []
    assert ada.me().status_code == 401


def test_everything_that_is_on_its_way_is_void(ada: Person, app: flask.Flask, clock: Clock) -> None:
    # given pending things of the account, and of another one
    bob = Person(app, "bearer", "bob@example.com")
    bob.sign_up()
    purposes = ("reset", "magic_link", "change_email", "challenge")
    with app.app_context(), transaction():
        mine = [
            vouchers.issue(one, timedelta(hours=1), {}, user=users.by_email(OLD)).token for one in purposes
        ]
        theirs = vouchers.issue("reset", timedelta(hours=1), {}, user=users.by_email(bob.email)).token
    token = change_password(ada)

    # when the change is taken back
    assert revert(app, token).status_code == 200

    # then the account's are used up
    with app.app_context():
        seen = [vouchers.look(one, secret) for one, secret in zip(purposes, mine, strict=True)]
        other = vouchers.look("reset", theirs)
    assert [one.is_used for one in seen if one] == [True] * 4
    assert other is not None
    assert not other.is_used


def test_other_users_notice_nothing(ada: Person, app: flask.Flask) -> None:
    # given somebody else
    bob = Person(app, ada.kind, "bob@example.com")
    bob.sign_up()

    # when an account is taken back
    assert revert(app, change_password(ada)).status_code == 200

    # then they are signed in with the password they had
    assert bob.me().status_code == 200
    assert can_sign_in(bob, PASSWORD)


def test_a_link_works_once_and_for_three_days(ada: Person, app: flask.Flask, clock: Clock) -> None:
    # given two notices
    first = change_password(ada)
    clock.forward(minutes=1)
    second = change_password(ada, OWNERS)
    clock.forward(days=3, minutes=-1)

    # then the first is over behind three days, the second works to the end, and once
    assert refusal(app, first) == REFUSED
    assert revert(app, second).status_code == 200
    assert refusal(app, second) == REFUSED


def test_how_long_it_works_is_a_setting(build: Callable[..., flask.Flask], clock: Clock, kind: str) -> None:
    # given a link that works for a day
    app = build(**WITH_MAIL, AUTHSVC_NOTICES_REVERT_TTL=86400)
    ada = Person(app, kind, OLD)
    ada.sign_up()
    token = change_password(ada)
    clock.forward(days=1)

    # then it is over after a day
    assert refusal(app, token) == REFUSED


def test_the_address_is_kept_while_the_link_works(ada: Person, app: flask.Flask, clock: Clock) -> None:
    # given an account that was moved
    move(app, OLD, THIEFS)

    def is_kept() -> list[bool]:
        with app.app_context():
            owner = users.by_email(THIEFS)
            return [vouchers.keeps("revert", OLD), vouchers.keeps("revert", OLD, except_for=owner)]

    # then its old address is kept from others for three days
    assert is_kept() == [True, False]
    clock.forward(days=3)
    assert is_kept() == [False, False]


def test_a_suspended_account_stays_so(ada: Person, app: flask.Flask) -> None:
    # given an account that was suspended behind the notice
    token = change_password(ada)
    update_user(app, OLD, is_active=False)

    # when its owner takes the change back
    assert revert(app, token).status_code == 200

    # then it is taken back, and no link goes out
    row = user_row(app, OLD)
    assert (row.is_active, row.password_hash) == (False, None)
    assert told(app, "reset_password") == []


def test_an_account_is_taken_back_where_no_mail_can_go_out_any_more(
    build: Callable[..., flask.Flask], kind: str
) -> None:
    # given a notice, and a server that has lost its mail since
    app = build(**WITH_MAIL)
    ada = Person(app, kind, OLD)
    ada.sign_up()
    token = change_password(ada)
    mute = build()

    # when its link is used
    assert revert(mute, token).status_code == 200

    # then the thief is out
    assert ada.me().status_code == 401
    assert not can_sign_in(ada, NEW)


@pytest.mark.parametrize("token", ["x", "%20", "null", "A" * 43, "A" * 8192, "%F0%9F%98%80", "..%252f"])
def test_what_is_no_token_is_refused_alike(ada: Person, app: flask.Flask, token: str) -> None:
    change_password(ada)

    assert refusal(app, token) == REFUSED
    assert app.test_client().post("/api/auth/security/revert/%00").status_code == 404
    assert ada.me().status_code == 200
    assert [one["mail"] for one in mails(app)] == ["password_changed"]


def test_parts_of_a_token_are_no_token(ada: Person, app: flask.Flask) -> None:
    token = change_password(ada)

    for wrong in (token[:-1], token[1:], f"{token}A", token.swapcase()):
        assert refusal(app, wrong) == REFUSED
    assert revert(app, token).status_code == 200


def test_a_link_of_a_reset_is_taken_back_too(ada: Person, app: flask.Flask) -> None:
    # given somebody who read the owner's mail and reset the password
    assert reset(app, token_to(app, OLD)).status_code == 200

    # when the owner takes it back
    assert revert(app, undo_token(app, "password_reset")).status_code == 200

    # then the thief's password is void
    assert not can_sign_in(ada, NEW)


def test_a_listener_hears_of_it_in_the_same_transaction(ada: Person, app: flask.Flask, clock: Clock) -> None:
    # given a feature that keeps more than password and sessions
    heard: list[tuple[object, ...]] = []

    def freeze(event: AccountReverted) -> None:
        heard.append((event.mail, event.since, event.user.email))
        event.user.mfa_enabled = True

    app.auth.during(AccountReverted)(freeze)  # type: ignore[attr-defined]
    token = change_password(ada)
    noticed = clock.moment
    clock.forward(hours=5)

    # when an account is taken back
    assert revert(app, token).status_code == 200

    # then it hears which notice that was and from when on things are not the user's, and its change is kept
    assert heard == [("password_changed", noticed, OLD)]
    assert user_row(app, OLD).mfa_enabled is True


def test_a_custom_user_takes_the_account_back_on_every_engine(any_database_url: str, kind: str) -> None:
    # given a model with a UUID key
    app = make_app(any_database_url, user_model=uuid_user(), **WITH_MAIL)
    ada = Person(app, kind, OLD)
    assert ada.sign_up(username="ada").status_code == 201
    token = move(app, OLD, THIEFS)

    # when the owner takes it back
    assert revert(app, token).status_code == 200

    # then it is theirs
    with app.app_context():
        count = sa.text("SELECT count(*) FROM accounts WHERE email = 'ada@example.com'")
        assert app.extensions["sqlalchemy"].session.scalar(count) == 1
    assert ada.me().status_code == 401
