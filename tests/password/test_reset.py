"""Somebody has forgotten the password, and chooses a new one with a link from a mail."""

from collections.abc import Callable
from datetime import timedelta

import flask

from flask_headless_auth import PasswordReset, SessionRevoked, users
from flask_headless_auth.database import transaction
from flask_headless_auth.features.email.logic import prove
from tests.password.asking import NEW, ask, can_sign_in, link_to, named, reset, token_to
from tests.sessions.at_the_wire import update_user, user_row
from tests.support.apps import PASSWORD, WITH_MAIL, Clock, Person, make_app, uuid_user

MESSAGE = "If an account has this address, a mail with a link is on its way."


def test_a_link_comes_by_mail_and_takes_a_new_password(ada: Person, app: flask.Flask) -> None:
    # given somebody who asks for a link
    answer = ask(app, "ada@example.com")
    assert (answer.status_code, answer.json) == (200, {"message": MESSAGE})
    [mail] = named(app, "reset_password")
    assert (mail["to"], mail["decoy"]) == ("ada@example.com", False)
    assert mail["context"]["minutes"] == "60"
    link = mail["context"]["link"]
    assert link.startswith("http://localhost/api/auth/reset-password/")

    # when they choose a new password with its token
    chosen = reset(app, link.rpartition("/")[2])

    # then it opens the account, and the old one does not
    assert chosen.status_code == 200
    assert can_sign_in(ada, NEW)
    assert not can_sign_in(ada, PASSWORD)


def test_a_reset_ends_every_session_at_once(ada: Person, app: flask.Flask) -> None:
    # given somebody signed in on devices of both kinds
    devices = [ada, *(Person(app, kind, ada.email) for kind in ("cookie", "bearer"))]
    assert [one.sign_in().status_code for one in devices[1:]] == [200, 200]
    heard: list[object] = []
    app.auth.on(PasswordReset)(heard.append)  # type: ignore[attr-defined]
    app.auth.on(SessionRevoked)(heard.append)  # type: ignore[attr-defined]

    # when the password is reset
    assert reset(app, token_to(app, ada.email)).status_code == 200

    # then none of them passes any more, neither by access token nor by refresh
    assert [(one.me().status_code, one.refresh().status_code) for one in devices] == [(401, 401)] * 3
    assert [type(one) for one in heard] == [SessionRevoked, PasswordReset]


def test_a_reset_signs_nobody_in(ada: Person, app: flask.Flask) -> None:
    # given somebody with a link, at a browser with no session
    token = token_to(app, ada.email)
    visitor = Person(app, ada.kind, ada.email)

    # when they choose a new password there
    answer = visitor.post(f"/reset-password/{token}", {"password": NEW})

    # then they have neither token nor cookie
    assert set(answer.json) == {"message"}
    assert answer.headers.getlist("Set-Cookie") == []
    assert visitor.me().status_code == 401


def test_a_session_that_is_present_does_not_matter(ada: Person, app: flask.Flask) -> None:
    # given somebody who is signed in as somebody else
    bob = Person(app, ada.kind, "bob@example.com")
    bob.sign_up()
    token = token_to(app, ada.email)

    # when the link is used there
    answer = bob.post(f"/reset-password/{token}", {"password": NEW})

    # then the link's account has the password, and the session is as it was
    assert answer.status_code == 200
    assert can_sign_in(ada, NEW)
    assert bob.me().json["user"]["email"] == "bob@example.com"
    assert can_sign_in(bob, PASSWORD)


def test_a_weak_password_is_refused_with_its_reasons_and_the_link_stays_good(
    ada: Person, app: flask.Flask
) -> None:
    # given a link
    token = token_to(app, ada.email)

    # when passwords are chosen that are short, common, or the address
    weak = [reset(app, token, word) for word in ("", "short", "password1", "ada@example.com")]

    # then each is refused by name, nothing has changed, and the link takes a good one
    assert [(one.status_code, one.json["code"]) for one in weak] == [(422, "weak_password")] * 4
    assert all(one.json["errors"]["password"] for one in weak)
    assert can_sign_in(ada, PASSWORD)
    assert ada.me().status_code == 200
    assert reset(app, token).status_code == 200


def test_the_password_is_taken_as_it_was_typed(ada: Person, app: flask.Flask) -> None:
    # given a password with spaces at its ends, NUL and more than 72 bytes
    password = " " + "ä" * 40 + "\x00" + "tail-one "

    # when it is chosen
    assert reset(app, token_to(app, ada.email), password).status_code == 200

    # then only it opens the account
    assert can_sign_in(ada, password)
    assert not can_sign_in(ada, password.strip())
    assert not can_sign_in(ada, password.replace("one", "two"))


def test_an_account_without_a_password_gets_one(ada: Person, app: flask.Flask) -> None:
    # given an account that a provider made
    update_user(app, ada.email, password_hash=None)

    # when its owner asks for a link and uses it
    assert reset(app, token_to(app, ada.email)).status_code == 200

    # then it has a password
    assert can_sign_in(ada, NEW)


def test_whoever_made_the_account_with_a_strangers_address_keeps_no_way_in(
    app: flask.Flask, kind: str
) -> None:
    # given somebody who signed up with an address that is not theirs and is still signed in
    squatter = Person(app, kind, "owner@example.com")
    assert squatter.sign_up().status_code == 201
    assert user_row(app, "owner@example.com").is_verified is False

    # when the owner of the address resets the password
    assert reset(app, token_to(app, "owner@example.com")).status_code == 200

    # then the account is the owner's alone, and its address is confirmed
    assert (squatter.me().status_code, squatter.refresh().status_code) == (401, 401)
    assert not can_sign_in(squatter, PASSWORD)
    assert can_sign_in(squatter, NEW)
    assert user_row(app, "owner@example.com").is_verified is True


def test_the_owner_is_told_of_the_reset(ada: Person, app: flask.Flask) -> None:
    # given a reset
    reset(app, token_to(app, ada.email))

    # then a notice is on its way
    [notice] = named(app, "password_reset")
    assert notice["to"] == ada.email
    assert set(notice["context"]) == {"when", "undo_link"}


def test_how_long_a_link_works_is_a_setting(build: Callable[..., flask.Flask], clock: Clock) -> None:
    # given links that work for two minutes
    app = build(**WITH_MAIL, AUTHSVC_PASSWORD_RESET_TTL=timedelta(minutes=2))
    Person(app, "bearer", "ada@example.com").sign_up()
    first, second = token_to(app, "ada@example.com"), None
    assert named(app, "reset_password")[-1]["context"]["minutes"] == "2"

    # when it is used after three minutes, and the next one after one
    clock.forward(minutes=3)
    late = reset(app, first)
    second = token_to(app, "ada@example.com")
    clock.forward(minutes=1)
    in_time = reset(app, second)

    # then the first is over
    assert (late.status_code, late.json["code"]) == (400, "reset_link_expired")
    assert in_time.status_code == 200


def test_the_link_leads_to_the_front_end_where_there_is_one(build: Callable[..., flask.Flask]) -> None:
    # given an application with a front end, and one whose page has another address
    app = build(**WITH_MAIL, FRONTEND_URL="https://app.example.com")
    other = build(
        **WITH_MAIL,
        FRONTEND_URL="https://app.example.com",
        AUTHSVC_PASSWORD_RESET_PATH="/account/new-password?token={token}",
    )
    own = build(**WITH_MAIL, FRONTEND_URL="https://app.example.com", AUTHSVC_PASSWORD_RESET_PATH="")
    Person(app, "bearer", "ada@example.com").sign_up()

    # then links lead there
    assert link_to(app, "ada@example.com").startswith("https://app.example.com/reset-password/")
    assert link_to(other, "ada@example.com").startswith("https://app.example.com/account/new-password?token=")
    assert link_to(own, "ada@example.com").startswith("http://localhost/api/auth/reset-password/")


def test_users_with_other_keys_reset_their_passwords_too(any_database_url: str, kind: str) -> None:
    # given a model whose key is a UUID, on each engine
    app = make_app(any_database_url, user_model=uuid_user(), **WITH_MAIL)
    ada = Person(app, kind, "ada@example.com")
    assert ada.sign_up(username="ada").status_code == 201

    # when the password is reset
    assert reset(app, token_to(app, ada.email)).status_code == 200

    # then the new one opens the account, and the session is over
    assert ada.me().status_code == 401
    assert can_sign_in(ada, NEW)


def test_whoever_shows_to_own_the_address_otherwise_leaves_no_password_behind(
    app: flask.Flask, kind: str
) -> None:
    # given a squatter, and the owner of the address who appears by another way than a reset
    squatter = Person(app, kind, "owner@example.com")
    squatter.sign_up()
    with app.app_context(), transaction():
        prove(users.by_email(squatter.email))

    # then the squatter's password opens nothing
    assert not can_sign_in(squatter, PASSWORD)
    assert user_row(app, squatter.email).password_hash is None


def test_a_host_that_listens_for_changes_of_passwords_hears_of_resets(ada: Person, app: flask.Flask) -> None:
    # given such a host
    heard: list[str] = []
    app.auth.on_password_change(lambda user: heard.append(user.email))  # type: ignore[attr-defined]

    # when a password is reset
    assert reset(app, token_to(app, ada.email)).status_code == 200

    # then it hears of it
    assert heard == [ada.email]
