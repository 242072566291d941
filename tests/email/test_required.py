"""Where addresses are confirmed first, sign-up tells nobody who has an account, and neither does sign-in."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import bcrypt
import flask
import pytest
import sqlalchemy as sa
from werkzeug.test import TestResponse

from flask_headless_auth.features.signup.events import SignedUp
from flask_headless_auth.state import state_of
from tests.email.letters import (
    ALONE,
    REQUIRED,
    account,
    confirm,
    confirm_last,
    confirmed,
    last,
    letters,
    rows,
    set_columns,
    token_in,
)
from tests.support.apps import API, PASSWORD, Clock, Person
from tests.support.mails import mails

App = Callable[..., flask.Flask]
ADA = "ada@example.com"
OTHER = "a quite different pass phrase"
HELD = {"status": "verification_required", "email": ADA}


def person(app: flask.Flask, password: str = PASSWORD, kind: str = "bearer", email: str = ADA) -> Person:
    """Somebody with this password, who claims this address."""
    made = Person(app, kind, email)
    made.password = password
    return made


def test_nobody_is_signed_in_before_their_address_is_confirmed(strict: flask.Flask, kind: str) -> None:
    # given somebody who signs up
    ada = person(strict, kind=kind)
    answer = ada.sign_up()
    assert (answer.status_code, answer.json) == (201, HELD)
    assert "Set-Cookie" not in answer.headers
    assert rows(strict)["auth_sessions"] == 0

    # when they sign in before and after they open the link
    before = ada.sign_in()
    assert confirm_last(strict, ADA).status_code == 200
    after = ada.sign_in()

    # then they are asked for it first
    assert (before.status_code, before.json) == (200, HELD)
    assert "Set-Cookie" not in before.headers
    assert after.json["status"] == "signed_in"
    assert ada.me().json["user"]["email"] == ADA


def test_a_host_cannot_sign_in_somebody_who_is_held(strict: flask.Flask) -> None:
    # given a host with a way in of its own, and somebody unconfirmed
    @strict.post("/host/enter")
    def enter() -> Any:
        found = strict.auth.user_model.query.filter_by(email=ADA).one()  # type: ignore[attr-defined]
        answer = strict.auth.sign_in(found)  # type: ignore[attr-defined]
        return {"status": answer["status"]}

    person(strict).sign_up()

    # when it signs them in
    answer = strict.test_client().post("/host/enter")

    # then the one door holds them
    assert answer.json == {"status": "verification_required"}


# Three kinds of address, and what is done with them.


def _free(app: flask.Flask) -> None:
    """Nobody has the address."""


def _unconfirmed(app: flask.Flask) -> None:
    """Somebody signed up with it and did not confirm."""
    assert person(app, "the first one's pass phrase").sign_up().status_code == 201


def _confirmed(app: flask.Flask) -> None:
    """Somebody has it."""
    confirmed(app, ADA)


def _suspended(app: flask.Flask) -> None:
    """Somebody had it and was suspended."""
    confirmed(app, ADA)
    set_columns(app, ADA, is_active=False)


ADDRESSES: Mapping[str, Callable[[flask.Flask], None]] = {
    "free": _free,
    "unconfirmed": _unconfirmed,
    "confirmed": _confirmed,
    "suspended": _suspended,
}


@pytest.fixture
def each(tmp_path: Any, build: App, model: Any) -> dict[str, flask.Flask]:
    """An application for each kind of address, which Ada's is there."""
    made = {}
    for name, prepare in ADDRESSES.items():
        database = f"sqlite:///{tmp_path / name}.db"
        made[name] = build(**REQUIRED, database=database, user_model=model() if model else None)
        prepare(made[name])
    return made


@contextmanager
def work_of(app: flask.Flask, monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """What costs time meanwhile: each statement by its verb, and each hash."""
    done: list[str] = []
    with app.app_context():
        engine = app.extensions["sqlalchemy"].engine
    real = bcrypt.hashpw

    def hashpw(*args: Any) -> bytes:
        done.append("hash")
        return real(*args)

    def note(connection: Any, cursor: Any, statement: str, *args: Any) -> None:
        done.append(statement.split(maxsplit=1)[0])

    monkeypatch.setattr(bcrypt, "hashpw", hashpw)
    sa.event.listen(engine, "before_cursor_execute", note)
    try:
        yield done
    finally:
        sa.event.remove(engine, "before_cursor_execute", note)
        monkeypatch.undo()


def test_R06_a_sign_up_is_answered_alike_for_every_address(each: dict[str, flask.Flask], kind: str) -> None:
    # given addresses of every kind
    # when somebody signs up with each
    answers = {name: person(app, OTHER, kind).sign_up() for name, app in each.items()}

    # then status, body and headers are the same
    first = answers["free"]
    assert (first.status_code, first.json) == (201, HELD)
    for name, answer in answers.items():
        assert (answer.status_code, answer.data) == (first.status_code, first.data), name
        assert dict(answer.headers) == dict(first.headers), name


def test_R06_a_sign_up_does_the_same_work_for_every_address(
    each: dict[str, flask.Flask], monkeypatch: pytest.MonkeyPatch
) -> None:
    # given addresses of every kind
    works: dict[str, list[str]] = {}
    for name, app in each.items():
        person(app, email="warm@example.com").sign_up()

        # when somebody signs up with each
        with work_of(app, monkeypatch) as done:
            assert person(app, OTHER).sign_up().status_code == 201
        works[name] = done

    # then there is one hash, and as many statements, in each
    assert {name: done.count("hash") for name, done in works.items()} == dict.fromkeys(works, 1)
    assert {name: len(done) for name, done in works.items()} == dict.fromkeys(works, len(works["free"])), (
        works
    )


def test_R06_a_resend_does_the_same_work_and_says_the_same_for_every_address(
    each: dict[str, flask.Flask], monkeypatch: pytest.MonkeyPatch
) -> None:
    # given addresses of every kind, before and after somebody else signs up with them
    for claim in (False, True):
        works: dict[str, list[str]] = {}
        answers: dict[str, TestResponse] = {}
        for name, app in each.items():
            if claim:
                person(app, OTHER).sign_up()
            client = app.test_client()
            client.post(f"{API}/resend-verification", json={"email": "warm@example.com"})

            # when somebody asks for a link to each
            with work_of(app, monkeypatch) as done:
                answers[name] = client.post(f"{API}/resend-verification", json={"email": ADA})
            works[name] = done

        # then nothing tells them apart
        assert len({tuple(done) for done in works.values()}) == 1, works
        assert len({(one.status_code, one.data, str(one.headers)) for one in answers.values()}) == 1


def test_R06_signing_up_and_then_in_tells_nothing(
    each: dict[str, flask.Flask], monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    # given somebody who signs up with an address of each kind, twice
    answers: dict[str, list[TestResponse]] = {}
    hashes: dict[str, list[int]] = {}
    for name, app in each.items():
        person(app, OTHER, kind).sign_up()
        person(app, OTHER + "!", kind).sign_up()
        answers[name], hashes[name] = [], []

        # when they sign in with each of the two passwords, and with another one
        for password in (OTHER, OTHER + "!", OTHER + "?"):
            with work_of(app, monkeypatch) as done:
                answers[name].append(person(app, password, kind).sign_in())
            hashes[name].append(done.count("hash"))

    # then the answers are the same for all kinds, and so is the number of hashes
    assert [one.status_code for one in answers["free"]] == [200, 200, 401]
    assert answers["free"][0].json == answers["free"][1].json == HELD
    said = {name: [(one.status_code, one.data) for one in all_] for name, all_ in answers.items()}
    assert said == dict.fromkeys(said, said["free"])
    assert {tuple(one) for one in hashes.values()} == {(2, 2, 2)}


def test_the_limit_of_failed_sign_ins_does_not_tell_either(
    each: dict[str, flask.Flask], build: App, tmp_path: Any, model: Any
) -> None:
    # given a server that allows two failed sign-ins
    found = {}
    for name, prepare in ADDRESSES.items():
        app = build(
            **REQUIRED,
            database=f"sqlite:///{tmp_path / name}-limited.db",
            user_model=model() if model else None,
            RATELIMIT_ENABLED=True,
            AUTHSVC_LIMITS_LOGIN_ACCOUNT="2/hour",
        )
        prepare(app)
        person(app, OTHER).sign_up()

        # when somebody who signed up signs in again and again
        found[name] = [person(app, OTHER).sign_in().status_code for _ in range(4)]

    # then each is the right password, and none counts
    assert found == dict.fromkeys(found, [200] * 4)


def test_where_it_is_not_required_a_failed_sign_in_costs_one_hash(
    app: flask.Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    # given an ordinary server, with an account
    person(app).sign_up()

    # when sign-ins fail
    with work_of(app, monkeypatch) as done:
        person(app, OTHER).sign_in()
        person(app, OTHER, email="nobody@example.com").sign_in()

    # then each costs one hash
    assert done.count("hash") == 2


def test_the_owner_of_an_account_is_told_and_nothing_of_it_changes(strict: flask.Flask) -> None:
    # given somebody with an account
    confirmed(strict, ADA)
    before = account(strict, ADA)

    # when somebody else signs up with its address
    person(strict, OTHER).sign_up()

    # then its owner is told where to sign in, no link confirms anything, and the account is as it was
    letter = letters(strict)[-1]
    assert (letter["mail"], letter["to"]) == ("already_registered", ADA)
    assert letter["context"] == {"link": "http://localhost"}
    assert account(strict, ADA) == before
    assert person(strict).sign_in().json["status"] == "signed_in"
    assert person(strict, OTHER).sign_in().json == HELD


def test_each_of_two_sign_ups_has_a_link_that_does_its_own_thing(strict: flask.Flask) -> None:
    # given two people who signed up with one address, and the mail of each
    told: list[str] = []
    strict.auth.on(SignedUp)(lambda happened: told.append(happened.user.email))  # type: ignore[attr-defined]
    person(strict).sign_up()
    person(strict, OTHER).sign_up()
    first, second = (token_in(one) for one in letters(strict, "confirm", ADA))
    assert told == [ADA]

    # when the owner of the address opens the second
    assert confirm(strict, second).status_code == 200

    # then that one's password counts, the first one's does not, and the first link gives nothing back
    assert person(strict, OTHER).sign_in().json["status"] == "signed_in"
    assert person(strict).sign_in().status_code == 401
    assert confirm(strict, first).status_code == 200
    assert person(strict).sign_in().status_code == 401
    assert rows(strict)[state_of(strict).user_model.__tablename__] == 1


def test_the_first_of_two_links_drops_what_waits(strict: flask.Flask) -> None:
    # given two people who signed up with one address
    person(strict).sign_up()
    person(strict, OTHER).sign_up()
    first, second = (token_in(one) for one in letters(strict, "confirm", ADA))

    # when the owner opens the first, and the second afterwards
    assert confirm(strict, first).status_code == 200
    confirm(strict, second)

    # then the first one's password counts
    assert person(strict).sign_in().json["status"] == "signed_in"
    assert person(strict, OTHER).sign_in().status_code == 401


def test_the_same_password_twice_is_kept(strict: flask.Flask) -> None:
    # given somebody who signed up twice, since no mail seemed to come
    person(strict).sign_up()
    person(strict).sign_up()

    # when they open the newest link
    assert confirm_last(strict, ADA).status_code == 200

    # then they can sign in
    assert person(strict).sign_in().json["status"] == "signed_in"


def test_the_second_sign_ups_profile_takes_the_place_of_the_first_ones(build: App) -> None:
    # given two people who signed up with one address
    app = build(**REQUIRED)
    person(app).sign_up(first_name="Squatter", last_name="Was here")
    person(app, OTHER).sign_up(first_name="Ada")

    # when the owner confirms the second
    assert confirm_last(app, ADA).status_code == 200

    # then nothing that the first one wrote is left
    row = account(app, ADA)
    assert (row.first_name, row.last_name) == ("Ada", None)


def test_a_link_that_is_asked_for_while_two_sign_ups_wait_drops_all_credentials(strict: flask.Flask) -> None:
    # given two people who signed up with one address, and its owner, who asks for a link
    person(strict).sign_up()
    person(strict, OTHER).sign_up()
    client = strict.test_client()
    for _ in range(2):
        assert client.post(f"{API}/resend-verification", json={"email": ADA}).status_code == 200

    # when they open it
    *_, older, newest = (token_in(one) for one in letters(strict, "confirm", ADA))
    assert confirm(strict, older).status_code == 400
    assert confirm(strict, newest).status_code == 200

    # then the address is confirmed, and no password opens the account
    assert account(strict, ADA).is_verified
    assert account(strict, ADA).password_hash is None
    assert person(strict).sign_in().status_code == 401
    assert person(strict, OTHER).sign_in().status_code == 401


def test_a_link_that_is_asked_for_while_one_sign_up_waits_keeps_its_password(strict: flask.Flask) -> None:
    # given one sign-up
    person(strict).sign_up()
    strict.test_client().post(f"{API}/resend-verification", json={"email": ADA})

    # when the owner opens the link that was asked for
    assert confirm_last(strict, ADA).status_code == 200

    # then the password works
    assert person(strict).sign_in().json["status"] == "signed_in"


def test_not_me_takes_back_its_own_sign_up_only(strict: flask.Flask) -> None:
    # given two sign-ups with one address
    person(strict).sign_up()
    person(strict, OTHER).sign_up()
    first, second = (token_in(one) for one in letters(strict, "confirm", ADA))

    # when the owner says that the second was not them
    assert strict.test_client().post(f"{API}/confirm/{second}/not-me").status_code == 200

    # then the first goes on, and the second's password waits no more
    assert person(strict, OTHER).sign_in().status_code == 401
    assert confirm(strict, second).status_code == 400
    assert confirm(strict, first).status_code == 200
    assert person(strict).sign_in().json["status"] == "signed_in"


def test_a_sign_up_waits_no_longer_than_its_link_works(strict: flask.Flask, clock: Clock) -> None:
    # given sign-ups with an address that somebody has, and with one that waits
    confirmed(strict, ADA)
    person(strict, OTHER).sign_up()
    assert person(strict, OTHER).sign_in().json == HELD

    # when the link is over
    clock.forward(days=3)

    # then nothing waits
    assert person(strict, OTHER).sign_in().status_code == 401


def test_a_name_that_only_one_can_have_is_given_out_with_the_confirmation(build: App, model: Any) -> None:
    # given a model with user names, and people who want one name, with an address that is free and one that
    # somebody has
    if model is None:
        pytest.skip("this model has no user names")
    app = build(**REQUIRED, user_model=model())
    confirmed(app, "bob@example.com")
    for email in (ADA, "bob@example.com", "carol@example.com"):
        # when they sign up
        assert person(app, OTHER, email=email).sign_up(username="ada").status_code == 201

    # then nobody has it yet, whoever confirms first gets it, and the others get none
    assert person(app, email="dan@example.com").sign_up(username="ada").status_code == 201
    assert confirm_last(app, "carol@example.com").status_code == 200
    assert confirm_last(app, ADA).status_code == 200
    assert account(app, "carol@example.com").username == "ada"
    assert account(app, ADA).username is None
    taken = person(app, email="eve@example.com").sign_up(username="ada")
    assert (taken.status_code, taken.json["code"]) == (409, "username_taken")


def test_a_profile_of_every_type_waits_and_comes_back(build: App, model: Any) -> None:
    # given a model with a column that its owner may write, and a sign-up that waits
    if model is None:
        pytest.skip("the other model has the columns")
    app = build(**REQUIRED, user_model=model())
    person(app).sign_up(nickname="Squat")
    person(app, OTHER).sign_up(nickname="Añil ✓", username="ada")

    # when it is confirmed
    assert confirm_last(app, ADA).status_code == 200

    # then it is there
    row = account(app, ADA)
    assert (row.nickname, row.username, row.tier) == ("Añil ✓", "ada", "free")


def test_without_a_way_to_confirm_nobody_signs_up(build: App) -> None:
    # given servers that ask for a confirmation and cannot send a mail, or a link
    silent = build(REQUIRE_EMAIL_VERIFICATION=True)
    nowhere = build(**REQUIRED, AUTHSVC_PUBLIC_URL=None)
    for app, code in ((silent, "mail_missing"), (nowhere, "public_url_missing")):
        # when somebody signs up
        answer = person(app).sign_up()

        # then the server says what it lacks, and there is nothing
        assert (answer.status_code, answer.json["code"]) == (503, code)
        assert set(rows(app).values()) == {0}


def test_weak_passwords_and_taken_names_are_refused_as_everywhere(each: dict[str, flask.Flask]) -> None:
    # given addresses of every kind
    # when somebody signs up with a weak password
    answers = {name: person(app, "password").sign_up() for name, app in each.items()}

    # then it is refused for all alike
    assert {(one.status_code, one.data) for one in answers.values()} == {(422, answers["free"].data)}
    assert answers["free"].json["code"] == "weak_password"


def test_R52_nobody_is_flooded_with_mails(build: App) -> None:
    # given a server with its limits
    app = build(**REQUIRED, RATELIMIT_ENABLED=True)
    spellings = [ADA, " ADA@example.com ", "Ada@EXAMPLE.com"]

    # when an address is signed up with, and asked for again, in every spelling and from everywhere
    statuses: list[int] = []
    for number in range(30):
        client = app.test_client()
        origin = {"REMOTE_ADDR": f"10.0.0.{number}"}
        email = spellings[number % 3]
        body = {"email": email, "password": f"{OTHER}{number}"}
        statuses.append(client.post(f"{API}/signup", json=body, environ_base=origin).status_code)
        answer = client.post(f"{API}/resend-verification", json={"email": email}, environ_base=origin)
        statuses.append(answer.status_code)

    # then ten mails have gone out at most
    assert 429 in statuses
    assert len(mails(app)) <= 10


def test_an_account_from_before_is_asked_too(build: App, tmp_path: Any) -> None:
    # given an account that was made where nothing was asked
    database = f"sqlite:///{tmp_path / 'moved.db'}"
    person(build(**ALONE, database=database)).sign_up()
    later = build(**REQUIRED, database=database)

    # when its server asks from now on
    held = person(later).sign_in()
    later.test_client().post(f"{API}/resend-verification", json={"email": ADA})
    assert confirm(later, token_in(last(later, "confirm"))).status_code == 200

    # then a link that is asked for lets its owner in
    assert held.json == HELD
    assert person(later).sign_in().json["status"] == "signed_in"
