"""A second factor that is one manifest and one line of the catalogue: sign-in asks it without knowing it."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import flask
import pytest
import sqlalchemy as sa

from flask_headless_auth import AuthSvc, SignedIn
from flask_headless_auth.feature import Challenge, Feature, Presence, Proof
from flask_headless_auth.features import catalog
from tests.support.apps import Person, make_app


class Toy:
    """A factor that asks whoever is on its list for a word that it sent, and can be out of order."""

    def __init__(self) -> None:
        self.enrolled: set[str] = set()
        self.works = True
        self.sent: dict[str, str] = {}

    def applies_to(self, user: Any, proofs: Sequence[Proof] = ()) -> bool:
        """Whoever is on the list."""
        return user.email in self.enrolled

    def send(self, user: Any) -> Mapping[str, Any]:
        """Send a word to the user's phone."""
        self.sent[user.email] = f"word {len(self.sent)}"
        return {}

    def is_right(self, user: Any, answer: Mapping[str, Any]) -> bool:
        """Whether it is that word, which is gone then."""
        return answer.get("code") == self.sent.pop(user.email, "")

    def confirm(self, user: Any, answer: Mapping[str, Any]) -> bool | None:
        """Put the user on the list, who was sent a word."""
        if user.email not in self.sent:
            return None
        if not self.is_right(user, answer):
            return False
        self.enrolled.add(user.email)
        return True

    def remove(self, user: Any) -> None:
        """Take the user from the list."""
        self.enrolled.discard(user.email)

    def feature(self) -> Feature:
        """The manifest."""
        challenge = Challenge(
            "toy",
            applies_to=self.applies_to,
            is_available=lambda: self.works,
            start=self.send,
            answer=self.is_right,
            confirm=self.confirm,
            remove=self.remove,
        )
        presence = Presence("toy", self.applies_to, self.is_right, start=self.send)
        return Feature(name="toy", needs=("signin",), challenges=(challenge,), presences=(presence,))


@pytest.fixture
def toy(monkeypatch: pytest.MonkeyPatch) -> Toy:
    """The toy factor, in the catalogue."""
    factor = Toy()
    monkeypatch.setattr(catalog, "ALL", (*catalog.ALL, factor.feature()))
    return factor


@pytest.fixture
def app(toy: Toy, build: Callable[..., flask.Flask]) -> flask.Flask:
    """An application that knows the toy factor."""
    return build()


@pytest.fixture
def ada(app: flask.Flask, toy: Toy, kind: str) -> Person:
    """Somebody who has signed up, has the factor since, and has signed out."""
    person = Person(app, kind, "ada@example.com")
    assert person.sign_up().status_code == 201
    assert person.sign_out().status_code == 200
    toy.enrolled.add(person.email)
    person.access = person.refresh_token = None
    return person


def sessions_in(app: flask.Flask) -> int:
    """How many sessions stand."""
    with app.app_context():
        count = sa.text("SELECT count(*) FROM auth_sessions WHERE revoked_at IS NULL")
        return app.extensions["sqlalchemy"].session.scalar(count) or 0


def test_sign_in_asks_the_second_question_and_gives_nothing_away(ada: Person, app: flask.Flask) -> None:
    # given somebody with a second factor, and a host that listens
    heard: list[Any] = []
    app.auth.on(SignedIn)(heard.append)  # type: ignore[attr-defined]

    # when they sign in with the right password
    answer = ada.sign_in()

    # then the answer is a challenge and nothing else: no user, token, cookie, session or event
    assert answer.status_code == 200
    assert set(answer.json) == {"status", "challenge", "methods", "expires_in"}
    assert (answer.json["status"], answer.json["methods"]) == ("challenge", ["toy"])
    assert 0 < answer.json["expires_in"] <= 600
    assert answer.headers.getlist("Set-Cookie") == []
    assert sessions_in(app) == 0
    assert heard == []
    assert ada.me().status_code == 401


def test_the_factor_is_asked_answered_and_proved_again(ada: Person, toy: Toy) -> None:
    # given the challenge of somebody with the factor
    challenge = ada.sign_in().json["challenge"]

    # when they ask for the word and answer with it
    asked = ada.post("/mfa/challenge", {"challenge": challenge, "method": "toy"})
    given = {"challenge": challenge, "method": "toy", "code": toy.sent[ada.email]}
    signed_in = ada._keep(ada.post("/mfa/verify", given))

    # then they are in, and step up by it too
    assert (asked.status_code, asked.json) == (200, {"method": "toy"})
    assert signed_in.json["status"] == "signed_in"
    assert ada.get("/check-auth").json["session"]["methods"] == ["pwd", "toy", "mfa"]
    assert ada.post("/reauthenticate/options", {"method": "toy"}).status_code == 200
    proof = {"method": "toy", "code": toy.sent[ada.email]}
    assert ada.post("/reauthenticate", proof).status_code == 200


def test_the_factor_is_enrolled_and_switched_off(
    toy: Toy, build: Callable[..., flask.Flask], kind: str
) -> None:
    # given somebody who must have a second factor, and was sent a word
    app = build(AUTHSVC_MFA_REQUIRED_FOR="all")
    ada = Person(app, kind, "ada@example.com")
    body = ada.sign_up().json
    assert (body["status"], body["methods"]) == ("enrolment_required", ["totp", "toy"])
    toy.sent[ada.email] = "hello"

    # when they enrol with it, and switch it off again
    given = {"enrolment": body["enrolment"], "code": "hello"}
    signed_in = ada._keep(ada.post("/mfa/verify", given))
    was_enrolled = ada.email in toy.enrolled
    off = ada.post("/mfa/disable")

    # then it was on, and is off
    assert signed_in.json["status"] == "signed_in"
    assert was_enrolled
    assert off.json == {"status": "mfa_disabled", "methods": ["pwd"]}
    assert toy.enrolled == set()


def test_a_challenge_opens_nothing(ada: Person, app: flask.Flask) -> None:
    # given the challenge of somebody's sign-in, and a plain route of the host
    challenge = ada.sign_in().json["challenge"]
    cookies = {"access_token": challenge, "refresh_token": challenge}

    # when it is used as every kind of token
    visitor = Person(app, "bearer")
    tried = [
        visitor.call("GET", "/user/@me", token=challenge),
        visitor.call("GET", "/check-auth", token=challenge),
        visitor.call("GET", "/sessions", token=challenge),
        visitor.post("/token/refresh", token=challenge),
        visitor.post("/logout", {}, token=challenge),
        visitor.post("/reauthenticate", {"method": "pwd", "password": ada.password}, token=challenge),
    ]
    browser = Person(app, "cookie")
    for name, value in cookies.items():
        browser.http.set_cookie(name, value)
    tried += [browser.me(), browser.post("/token/refresh"), browser.post("/logout", {})]

    # then it is refused everywhere as no token at all
    assert [answer.status_code for answer in tried] == [401] * len(tried)
    assert {answer.json["code"] for answer in tried} == {"token_invalid"}


def test_a_wrong_password_says_nothing_of_the_second_factor(ada: Person) -> None:
    # given somebody with a second factor
    ada.password = "wrong horse battery staple"

    # when somebody guesses at the password
    answer = ada.sign_in()

    # then the answer is what everybody gets
    assert (answer.status_code, answer.json["code"]) == (401, "invalid_credentials")
    assert "methods" not in answer.json


def test_a_factor_that_is_out_of_order_fails_closed(ada: Person, toy: Toy, app: flask.Flask) -> None:
    # given somebody with a second factor that cannot be asked for now
    toy.works = False

    # when they sign in with the right password
    answer = ada.sign_in()

    # then they are refused by name, and nothing begins
    assert (answer.status_code, answer.json["code"]) == (403, "second_factor_unavailable")
    assert answer.headers.getlist("Set-Cookie") == []
    assert sessions_in(app) == 0


def test_a_factor_that_is_out_of_order_troubles_nobody_who_has_it_not(
    ada: Person, toy: Toy, app: flask.Flask
) -> None:
    # given a factor that cannot be asked for now, and somebody without it
    toy.works = False
    toy.enrolled.clear()

    # when they sign in
    answer = ada.sign_in()

    # then they are signed in
    assert answer.json["status"] == "signed_in"


def test_an_account_that_says_it_has_a_factor_fails_closed_where_there_is_none(
    ada: Person, toy: Toy, app: flask.Flask
) -> None:
    # given an account whose mfa_enabled says yes, and no factor that applies to it
    toy.enrolled.clear()
    auth: AuthSvc = app.auth  # type: ignore[attr-defined]
    session = app.extensions["sqlalchemy"].session
    with app.app_context():
        session.execute(sa.update(auth.user_model).values(mfa_enabled=True))
        session.commit()

    # when they sign in with the right password
    answer = ada.sign_in()

    # then they are refused by name
    assert (answer.status_code, answer.json["code"]) == (403, "second_factor_unavailable")
    assert answer.headers.getlist("Set-Cookie") == []


def test_a_factor_that_the_host_switches_off_fails_closed_for_who_relies_on_it(
    toy: Toy, database_url: str, kind: str
) -> None:
    # given an account that relies on a factor, in an application that has switched it off
    on = make_app(database_url)
    ada = Person(on, kind, "ada@example.com")
    assert ada.sign_up().status_code == 201
    toy.enrolled.add(ada.email)
    with on.app_context():
        session = on.extensions["sqlalchemy"].session
        session.execute(sa.update(on.auth.user_model).values(mfa_enabled=True))  # type: ignore[attr-defined]
        session.commit()
    off = make_app(database_url, AUTHSVC_ENABLE_TOY=False)

    # when they sign in at both
    asked = Person(on, kind, ada.email).sign_in()
    refused = Person(off, kind, ada.email).sign_in()

    # then the one asks and the other refuses
    assert asked.json["status"] == "challenge"
    assert (refused.status_code, refused.json["code"]) == (403, "second_factor_unavailable")


def test_a_host_that_signs_people_in_asks_the_second_question_too(
    toy: Toy, build: Callable[..., flask.Flask], kind: str
) -> None:
    # given a host with a way in of its own, and somebody with a second factor
    app = build()
    auth: AuthSvc = app.auth  # type: ignore[attr-defined]

    @app.post("/api/badge")
    def by_badge() -> Any:
        return auth.sign_in(app.extensions["sqlalchemy"].session.scalars(sa.select(auth.user_model)).one())

    ada = Person(app, kind, "ada@example.com")
    assert ada.sign_up().status_code == 201
    toy.enrolled.add(ada.email)

    # when they come by it
    answer = Person(app, kind).post("/api/badge")

    # then it is a challenge, without a cookie
    assert answer.json["status"] == "challenge"
    assert answer.headers.getlist("Set-Cookie") == []


def test_front_ends_see_the_factor_and_the_contract_stays_the_same(app: flask.Flask, toy: Toy) -> None:
    # given an application that knows the factor
    visitor = app.test_client()

    # when its configuration is read
    config = visitor.get("/api/auth/config").json

    # then the factor is named
    assert config["mfa_methods"] == ["totp", "recovery_code", "toy"]
    assert "toy" in config["features"]


def test_a_factor_whose_need_is_absent_stops_the_start(
    monkeypatch: pytest.MonkeyPatch, database_url: str
) -> None:
    # given a feature that needs another one, which is switched off
    from flask_headless_auth import ConfigurationError

    monkeypatch.setattr(catalog, "ALL", (*catalog.ALL, Feature(name="toy", needs=("signup",))))

    # when the application starts
    with pytest.raises(ConfigurationError) as refused:
        make_app(database_url, AUTHSVC_ENABLE_SIGNUP=False)

    # then the message names both
    assert "toy needs signup, which is switched off." in str(refused.value)
