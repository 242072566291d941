"""What a password is worth at the wire: old hashes, long passwords, peppers, and accounts without one."""

from collections.abc import Callable, Sequence
from typing import Any

import bcrypt
import flask
import pytest

from tests.sessions.at_the_wire import access_token_of, claims_of, session_rows, update_user, user_row
from tests.sessions.hosts import host
from tests.support.apps import PASSWORD, Clock, Person

Build = Callable[..., flask.Flask]
EMAIL = "ada@example.com"
NEW = "a different battery staple"
P72 = "päss" * 14 + "ab"  # 72 bytes in UTF-8, all of them bcrypt's
OLD_PEPPER, NEW_PEPPER = "an old pepper: 0123456789 abcdefgh", "a new pepper: 9876543210 hgfedcba"


def plain_bcrypt(password: str, prefix: str = "2b") -> str:
    """A hash as other software has stored it for years."""
    made = bcrypt.hashpw(password.encode(), bcrypt.gensalt(4, b"2b")).decode()
    return made.replace("$2b$", f"${prefix}$")


def stored(app: flask.Flask) -> str:
    """The hash that Ada's row holds."""
    return str(user_row(app, EMAIL).password_hash)


def somebody(app: flask.Flask, kind: str, password: str = PASSWORD) -> Person:
    """Ada, with this password."""
    ada = Person(app, kind, EMAIL)
    ada.password = password
    assert ada.sign_up().status_code == 201
    return ada


def sign_in(app: flask.Flask, password: str, kind: str = "bearer") -> int:
    """The status that signing in with this password gets."""
    person = Person(app, kind, EMAIL)
    person.password = password
    return person.sign_in().status_code


@pytest.mark.parametrize("prefix", ["2a", "2b", "2y"])
def test_a_plain_bcrypt_hash_signs_in_and_is_made_anew(app: flask.Flask, kind: str, prefix: str) -> None:
    # given an account whose hash comes from other software
    somebody(app, kind)
    update_user(app, EMAIL, password_hash=plain_bcrypt("an older password", prefix))

    # when a wrong password is tried, and then the right one
    assert sign_in(app, "another password", kind) == 401
    assert stored(app).startswith(f"${prefix}$")
    assert sign_in(app, "an older password", kind) == 200

    # then the hash is of the present form, opens the door as before, and is not made anew each time
    renewed = stored(app)
    assert renewed.startswith("$bcrypt-sha256$v=2,t=2b,r=4$")
    assert sign_in(app, "an older password", kind) == 200
    assert sign_in(app, "an older passwor", kind) == 401
    assert stored(app) == renewed


def test_a_hash_of_another_cost_is_made_anew_at_sign_in(build: Build, kind: str) -> None:
    # given an account made when hashes were cheaper
    somebody(build(), kind)
    app = build(AUTHSVC_PASSWORD_BCRYPT_COST=5)

    # when its owner signs in
    assert sign_in(app, PASSWORD, kind) == 200

    # then the hash has the present cost
    assert "r=5$" in stored(app)


@pytest.mark.parametrize("scheme", ["bcrypt", "argon2id"])
@pytest.mark.parametrize(
    ("chosen", "others"),
    [
        (P72 + "tail-one", [P72 + "tail-two", P72, P72 + "tail-on", P72 + "tail-one "]),
        (P72, [P72 + "x", P72[:-1]]),
        ("a" * 1024, ["a" * 1023]),
        (" spaces at both ends ", ["spaces at both ends", " spaces at both ends"]),
        ("Größe und Gewicht", ["Größe und Gewicht".upper(), "Gro\u0308ße und Gewicht"]),
    ],
    ids=["72 bytes and a tail", "72 bytes", "1024 characters", "spaces", "umlauts"],
)
def test_every_byte_of_a_password_counts(
    build: Build, kind: str, scheme: str, chosen: str, others: Sequence[str]
) -> None:
    # given an account with this password
    app = build(AUTHSVC_PASSWORD_SCHEME=scheme)
    somebody(app, kind, chosen)

    # when it and its neighbours are tried
    answers = [sign_in(app, other, kind) for other in others]

    # then only it signs in
    assert answers == [401] * len(others)
    assert sign_in(app, chosen, kind) == 200


def test_argon2id_takes_over_at_the_next_sign_in_and_bcrypt_can_come_back(build: Build, kind: str) -> None:
    # given an account hashed with bcrypt
    somebody(build(), kind)

    # when the server changes to argon2id, and back
    forms = []
    for scheme in ("argon2id", "bcrypt"):
        app = build(AUTHSVC_PASSWORD_SCHEME=scheme)
        assert sign_in(app, "not the password", kind) == 401
        assert sign_in(app, PASSWORD, kind) == 200
        forms.append(stored(app).split("$")[1])

    # then each sign-in left the present form
    assert forms == ["argon2id", "bcrypt-sha256"]


def test_argon2id_is_used_from_the_first_day(build: Build, kind: str) -> None:
    # given a server that hashes with argon2id
    app = build(AUTHSVC_PASSWORD_SCHEME="argon2id")

    # when somebody signs up and changes the password
    ada = somebody(app, kind)
    first = stored(app)
    answer = ada.post("/password/update", {"current_password": PASSWORD, "new_password": NEW})

    # then both hashes are argon2id's, at what OWASP asks for
    assert answer.status_code == 200
    assert first.startswith("$argon2id$v=19$m=19456,t=2,p=1$")
    assert stored(app).startswith("$argon2id$v=19$m=19456,t=2,p=1$")
    assert (sign_in(app, PASSWORD), sign_in(app, NEW)) == (401, 200)


@pytest.mark.parametrize("scheme", ["bcrypt", "argon2id"])
def test_a_pepper_comes_is_changed_and_its_predecessor_goes(build: Build, kind: str, scheme: str) -> None:
    # given an account from before any pepper
    somebody(build(AUTHSVC_PASSWORD_SCHEME=scheme), kind)
    forms = []

    # when a pepper is introduced, a new one put in front, and the old one removed
    for peppers in ([OLD_PEPPER], [NEW_PEPPER, OLD_PEPPER], [NEW_PEPPER]):
        app = build(AUTHSVC_PASSWORD_SCHEME=scheme, AUTHSVC_PASSWORD_PEPPERS=peppers)
        assert sign_in(app, "not the password", kind) == 401
        assert sign_in(app, PASSWORD, kind) == 200
        forms.append(stored(app))

    # then each sign-in moved the hash on, and the last change needed none
    assert "-pepper$" in forms[0]
    assert len(set(forms[:2])) == 2
    assert forms[2] == forms[1]
    assert PASSWORD not in "".join(forms)
    assert OLD_PEPPER not in "".join(forms)


@pytest.mark.parametrize("scheme", ["bcrypt", "argon2id"])
@pytest.mark.parametrize("peppers", [[], [NEW_PEPPER]], ids=["none left", "another one"])
def test_without_its_pepper_a_hash_opens_nothing_and_breaks_nothing(
    build: Build, kind: str, scheme: str, peppers: list[str]
) -> None:
    # given an account hashed with a pepper that the server has lost
    somebody(build(AUTHSVC_PASSWORD_SCHEME=scheme, AUTHSVC_PASSWORD_PEPPERS=[OLD_PEPPER]), kind)
    app = build(AUTHSVC_PASSWORD_SCHEME=scheme, AUTHSVC_PASSWORD_PEPPERS=peppers)
    before = stored(app)

    # when the right password is given
    answer = Person(app, kind, EMAIL).sign_in()

    # then it is refused like a wrong one, and nothing is written
    assert (answer.status_code, answer.json["code"]) == (401, "invalid_credentials")
    assert stored(app) == before


@pytest.mark.parametrize(
    "broken",
    ["", "!", "x", "$2b$04$", "$argon2id$v=19$m=99999999,t=2,p=1$c2FsdHNhbHQ$aGFzaA", "$2b$31$" + "a" * 53],
    ids=["empty", "a mark", "a letter", "half a hash", "an absurd argon2", "an absurd bcrypt"],
)
def test_a_hash_that_is_none_refuses_and_never_breaks(app: flask.Flask, kind: str, broken: str) -> None:
    # given an account whose row holds something that is no hash
    ada = somebody(app, kind)
    update_user(app, EMAIL, password_hash=broken)

    # when somebody signs in, or proves presence
    answers = [Person(app, kind, EMAIL).sign_in(), ada.post("/reauthenticate", {"password": PASSWORD})]

    # then that is refused
    assert {answer.status_code for answer in answers} <= {401, 422}
    assert answers[0].json["code"] == "invalid_credentials"
    assert stored(app) == broken


def test_a_new_password_ends_the_old_one_and_every_other_session(
    clock: Clock, app: flask.Flask, kind: str
) -> None:
    # given somebody on two devices
    ada = somebody(app, kind)
    phone = Person(app, kind, EMAIL)
    phone.sign_in()

    # when the password is changed on one, after a wrong try
    wrong = ada.post("/password/update", {"current_password": "not the password", "new_password": NEW})
    lacking = ada.post("/password/update", {"new_password": NEW})
    answer = ada.post("/password/update", {"current_password": PASSWORD, "new_password": NEW})

    # then only the new one signs in, and the other device is out
    assert (wrong.status_code, wrong.json["code"]) == (401, "invalid_credentials")
    assert (lacking.status_code, set(lacking.json["errors"])) == (422, {"current_password"})
    assert answer.status_code == 200
    assert (sign_in(app, PASSWORD), sign_in(app, NEW)) == (401, 200)
    assert (ada.me().status_code, phone.me().status_code) == (200, 401)


@pytest.mark.parametrize("weak", ["short", "password", "Password1!", "ada@example.com", "x" * 1025])
def test_a_weak_new_password_changes_nothing(app: flask.Flask, kind: str, weak: str) -> None:
    # given somebody signed in on two devices
    ada = somebody(app, kind)
    phone = Person(app, kind, EMAIL)
    phone.sign_in()

    # when they choose a password that is guessed first
    answer = ada.post("/password/update", {"current_password": PASSWORD, "new_password": weak})

    # then the field is named, and all stays as it was
    assert (answer.status_code, set(answer.json["errors"])) == (422, {"new_password"})
    assert sign_in(app, PASSWORD) == 200
    assert phone.me().status_code == 200


def with_own_way_in(database: str, **config: Any) -> flask.Flask:
    """A host with a way in of its own: whoever knows the door signs in as Ada."""
    app = host(database, **config)

    @app.post("/api/auth/own-door")
    def own_door() -> Any:
        auth = app.auth  # type: ignore[attr-defined]
        answer = auth.sign_in(auth.user_model.query.filter_by(email=EMAIL).one(), method="face")
        return {**answer, "user": answer["user"].email}

    return app


def without_password(app: flask.Flask, kind: str) -> Person:
    """Ada, whose account has no password, signed in through the host's own door."""
    ada = somebody(app, kind)
    update_user(app, EMAIL, password_hash=None)
    ada.http, ada.access = app.test_client(), None
    answer = ada._keep(ada.post("/own-door"))
    assert (answer.status_code, answer.json["status"], answer.json["user"]) == (200, "signed_in", EMAIL)
    return ada


def test_a_hosts_own_way_in_goes_through_the_one_door(clock: Clock, database_url: str, kind: str) -> None:
    # given somebody without a password who came in through the host's own door
    app = with_own_way_in(database_url)
    ada = without_password(app, kind)

    # when the session is looked at
    claims = claims_of(access_token_of(ada))

    # then it is one like any other, and says how they came in
    assert (claims["amr"], claims["auth_time"]) == (["face"], int(clock.moment.timestamp()))
    assert ada.refresh().status_code == 200
    assert ada.get("/check-auth").json["session"]["methods"] == ["face"]
    assert ada.sign_out().status_code == 200
    assert ada.me().status_code == 401


def test_an_account_without_a_password_chooses_one_while_its_sign_in_is_fresh(
    clock: Clock, database_url: str, kind: str
) -> None:
    # given somebody without a password, just signed in, and another device
    app = with_own_way_in(database_url)
    ada = without_password(app, kind)
    for guess in ("", "None", PASSWORD):
        assert sign_in(app, guess) in (401, 422)
    clock.forward(minutes=10)

    # when they choose one
    answer = ada.post("/password/update", {"new_password": NEW})

    # then it signs in, and from now on it has to be given to change it
    assert answer.status_code == 200
    assert sign_in(app, NEW) == 200
    again = ada.post("/password/update", {"new_password": "yet another battery staple"})
    assert (again.status_code, set(again.json["errors"])) == (422, {"current_password"})


def test_an_account_without_a_password_is_asked_for_a_fresh_sign_in(
    clock: Clock, database_url: str, kind: str
) -> None:
    # given somebody without a password who signed in a while ago and has refreshed since
    app = with_own_way_in(database_url)
    ada = without_password(app, kind)
    clock.forward(minutes=10, seconds=1)
    ada.refresh()

    # when they choose a password, with and without guessing at a current one
    refused = [
        ada.post("/password/update", {"new_password": NEW}),
        ada.post("/password/update", {"new_password": NEW, "current_password": ""}),
    ]

    # then they have to prove presence first, and are told how old a sign-in may be
    assert [answer.status_code for answer in refused] == [401, 401]
    assert refused[0].json["code"] == "step_up_required"
    assert refused[0].json["max_age"] == 600
    assert "pwd" not in refused[0].json["methods"]
    assert 'error="insufficient_user_authentication"' in refused[0].headers["WWW-Authenticate"]
    assert not refused[0].json["detail"].startswith("401 ")
    assert user_row(app, EMAIL).password_hash is None

    # and after a new sign-in they may
    ada.http, ada.access = app.test_client(), None
    ada._keep(ada.post("/own-door"))
    assert ada.post("/password/update", {"new_password": NEW}).status_code == 200


def test_an_inactive_account_does_not_come_in_through_the_hosts_door(database_url: str, kind: str) -> None:
    # given an account that is switched off
    app = with_own_way_in(database_url)
    somebody(app, kind)
    before = len(session_rows(app))
    update_user(app, EMAIL, is_active=False)

    # when the host signs it in
    answer = Person(app, kind, EMAIL).post("/own-door")

    # then no session begins
    assert (answer.status_code, answer.json["code"]) == (401, "invalid_credentials")
    assert answer.headers.getlist("Set-Cookie") == []
    assert len(session_rows(app)) == before
