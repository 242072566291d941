"""Links that work no more, and what never was one."""

import secrets
from collections.abc import Callable
from datetime import timedelta

import flask
import pytest

from flask_headless_auth import users
from flask_headless_auth.database import transaction
from flask_headless_auth.features.vouchers import logic as vouchers
from tests.password.asking import NEW, can_sign_in, named, reset, token_to
from tests.sessions.at_the_wire import delete_user, update_user
from tests.support.apps import PASSWORD, WITH_MAIL, Clock, Person

REFUSED = (400, "reset_link_expired")


def refusal(app: flask.Flask, token: str) -> tuple[int, str]:
    """What a link is refused with."""
    answer = reset(app, token)
    return answer.status_code, (answer.json or {}).get("code", "")


def test_a_link_works_once(ada: Person, app: flask.Flask) -> None:
    # given a link that was used
    token = token_to(app, ada.email)
    assert reset(app, token).status_code == 200

    # when it is used again, with the same password or another
    again = [reset(app, token), reset(app, token, "yet another battery staple")]

    # then it is refused, and the first password stands
    assert {(one.status_code, one.json["code"]) for one in again} == {REFUSED}
    assert can_sign_in(ada, NEW)


def test_a_link_is_over_after_an_hour(ada: Person, app: flask.Flask, clock: Clock) -> None:
    # given two links, asked for one after the other was over
    first = token_to(app, ada.email)
    clock.forward(minutes=60)
    early = token_to(app, ada.email)
    clock.forward(minutes=59, seconds=59)

    # then the first does not work, and the second does to the last second
    assert refusal(app, first) == REFUSED
    assert reset(app, early).status_code == 200


def test_a_newer_link_ends_the_older_one(ada: Person, app: flask.Flask) -> None:
    # given two links
    older, newer = token_to(app, ada.email), token_to(app, ada.email)

    # then only the newer works
    assert refusal(app, older) == REFUSED
    assert reset(app, newer).status_code == 200


def test_a_reset_uses_up_what_else_opens_the_account_by_mail(ada: Person, app: flask.Flask) -> None:
    # given a magic link that waits, and one of somebody else
    bob = Person(app, "bearer", "bob@example.com")
    bob.sign_up()

    def magic(email: str) -> str:
        with app.app_context(), transaction():
            return vouchers.issue("magic_link", timedelta(hours=1), {}, user=users.by_email(email)).token

    mine, theirs = magic(ada.email), magic(bob.email)

    # when the password is reset
    assert reset(app, token_to(app, ada.email)).status_code == 200

    # then the account's own one is used up
    with app.app_context():
        seen = [vouchers.look("magic_link", one) for one in (mine, theirs)]
    assert [one.is_used for one in seen if one is not None] == [True, False]


def test_a_link_dies_with_the_address_it_was_sent_to(ada: Person, app: flask.Flask) -> None:
    # given a link to an address that is not the account's any more
    token = token_to(app, ada.email)
    update_user(app, ada.email, email="new@example.com")

    # then it opens nothing
    assert refusal(app, token) == REFUSED
    assert app.test_client().get(f"/api/auth/reset-password/{token}").status_code == 400
    ada.email = "new@example.com"
    assert can_sign_in(ada, PASSWORD)


@pytest.mark.parametrize("when", ["before it is asked for", "before it is used"])
def test_a_suspended_account_is_as_one_that_does_not_exist(ada: Person, app: flask.Flask, when: str) -> None:
    # given an account that is suspended before the link is asked for, or used
    if when == "before it is asked for":
        update_user(app, ada.email, is_active=False)
    token = token_to(app, ada.email)
    assert named(app, "reset_password")[-1]["decoy"] is (when == "before it is asked for")
    update_user(app, ada.email, is_active=False)

    # then the link does nothing, and the password is the old one once the account is back
    assert refusal(app, token) == REFUSED
    update_user(app, ada.email, is_active=True)
    assert can_sign_in(ada, PASSWORD)


def test_a_link_of_an_account_that_is_gone_does_nothing(ada: Person, app: flask.Flask) -> None:
    # given a link, and an account that was deleted and made anew
    token = token_to(app, ada.email)
    with app.app_context(), transaction():
        vouchers.forget_user(users.by_email(ada.email))
    delete_user(app, ada.email)
    again = Person(app, ada.kind, ada.email)
    assert again.sign_up().status_code == 201

    # then it opens nothing
    assert refusal(app, token) == REFUSED
    assert can_sign_in(again, PASSWORD)


def test_the_token_of_a_decoy_does_nothing(app: flask.Flask) -> None:
    # given the link that would go to an address without an account, which nobody has
    token = token_to(app, "nobody@example.com")
    assert named(app, "reset_password")[-1]["decoy"] is True

    # then it opens nothing
    assert refusal(app, token) == REFUSED


def wrong(token: str) -> list[str]:
    """What is almost a token, and what never was one."""
    return [
        token[:-1],
        token[1:],
        f"{token}A",
        token.swapcase(),
        token[::-1],
        f"{token}%0A",
        f"%20{token}",
        "%20",
        "null",
        "None",
        "0",
        "%F0%9F%98%80",
        "%ff%fe",
        "..%252f..",
        "' OR '1'='1",
        "A" * 8192,
        secrets.token_urlsafe(32),
    ]


def test_what_is_no_token_is_refused_alike(ada: Person, app: flask.Flask) -> None:
    # given a link that works
    token = token_to(app, ada.email)

    # when almost every token but its own is tried
    answers = {one: reset(app, one) for one in wrong(token)}

    # then all are refused with the same words, and the link still works
    for tried, answer in answers.items():
        assert (answer.status_code, answer.json["code"]) == REFUSED, tried
        assert answer.data == answers["null"].data, tried
    assert reset(app, token).status_code == 200


@pytest.mark.parametrize("tail", ["/", "//", "/%00", "/a%00b", "/a/b"])
def test_what_is_not_even_an_address_is_not_found(ada: Person, app: flask.Flask, tail: str) -> None:
    answer = app.test_client().post(f"/api/auth/reset-password{tail}", json={"password": NEW})

    # Werkzeug merges slashes by a redirect.
    assert answer.status_code in (404, 308, 400)
    assert can_sign_in(ada, PASSWORD)


def test_a_token_of_another_purpose_opens_nothing(ada: Person, app: flask.Flask) -> None:
    # given a notice with its link, and tokens of the session
    reset(app, token_to(app, ada.email))
    undo = named(app, "password_reset")[-1]["context"]["undo_link"].rpartition("/")[2]
    other = Person(app, "bearer", ada.email)
    other.password = NEW
    other.sign_in()

    # then none of them resets the password
    for token in (undo, other.access or "", other.refresh_token or ""):
        assert refusal(app, token) == REFUSED
    # and the link of a reset undoes nothing
    fresh = token_to(app, ada.email)
    answer = app.test_client().post(f"/api/auth/security/revert/{fresh}")
    assert (answer.status_code, answer.json["code"]) == (400, "revert_link_expired")
    assert reset(app, fresh, "yet another battery staple").status_code == 200


@pytest.mark.parametrize("value", [None, 7, True, [], ["a long enough password"], {"a": 1}])
def test_a_password_of_another_type_is_refused_by_name(ada: Person, app: flask.Flask, value: object) -> None:
    # given a link
    token = token_to(app, ada.email)

    # when something else than text is chosen
    answer = app.test_client().post(f"/api/auth/reset-password/{token}", json={"password": value})

    # then the field is named and the link still works
    assert answer.status_code == 422
    assert list(answer.json["errors"]) == ["password"]
    assert reset(app, token).status_code == 200


def test_a_thousand_tokens_are_a_thousand_long_texts(build: Callable[..., flask.Flask]) -> None:
    # given a thousand vouchers
    app = build(**WITH_MAIL)
    app.test_client().get("/api/auth/config")
    with app.app_context(), transaction():
        tokens = {vouchers.issue("reset", timedelta(hours=1), {}).token for _ in range(1000)}

    # then each has 256 bits of its own
    assert len(tokens) == 1000
    assert {len(one) for one in tokens} == {43}


def test_a_link_from_before_a_change_of_keys_is_over(build: Callable[..., flask.Flask], kind: str) -> None:
    # given a link, and a server whose secrets have changed since
    app = build(**WITH_MAIL)
    ada = Person(app, kind, "ada@example.com")
    ada.sign_up()
    token = token_to(app, ada.email)
    changed = build(**WITH_MAIL, SECRET_KEY="fedcba9876543210" * 4)

    # then it is refused as every other that is over
    assert refusal(changed, token) == REFUSED
    assert changed.test_client().get(f"/api/auth/reset-password/{token}").status_code == 400
    assert reset(app, token).status_code == 200
