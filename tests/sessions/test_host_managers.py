"""A host that brings its own JWTManager gets the same checks, whenever and however it was made."""

import flask
import pytest
from flask_jwt_extended import (
    JWTManager,
    create_access_token,
    create_refresh_token,
)

from flask_headless_auth import AuthSvc
from flask_headless_auth.state import part
from flask_headless_auth.tokens import KeySet
from tests.sessions.at_the_wire import access_token_of, claims_of, cookies_set_by, copy_of, refresh_token_of
from tests.sessions.hosts import (
    OwnManager,
    Step,
    admitted,
    everywhere,
    host,
    hosted,
    late,
    nothing,
    with_refresh_token,
)
from tests.support.apps import PASSWORD, STRONG, Person, plain_user


def careless(app: flask.Flask) -> None:
    """Make a manager whose blocklist knows nobody."""
    JWTManager(app).token_in_blocklist_loader(lambda header, claims: False)


def trusting(app: flask.Flask) -> None:
    """Make a manager that vouches for everything it is asked about."""
    manager = OwnManager(app)
    manager.token_in_blocklist_loader(lambda header, claims: False)
    manager.token_verification_loader(lambda header, claims: True)
    manager.user_lookup_loader(lambda header, claims: {"id": claims["sub"]})
    manager.decode_key_loader(lambda header, claims: "k" * 64)


def adopting(app: flask.Flask) -> None:
    """Take whichever manager the application has and tell it that nothing is blocked."""
    manager = app.extensions.get("flask-jwt-extended") or JWTManager(app)
    manager.token_in_blocklist_loader(lambda header, claims: False)


MANAGERS: dict[str, Step] = {
    "none": nothing,
    "a plain one": JWTManager,
    "a derived one": OwnManager,
    "one initialised later": late(JWTManager),
    "a derived one initialised later": late(OwnManager),
    "one with a careless blocklist": careless,
    "one that trusts everything": trusting,
    "a loader on whichever is there": adopting,
}


@pytest.mark.parametrize("make", MANAGERS.values(), ids=MANAGERS)
def test_no_manager_of_the_host_admits_an_ended_session(
    database_url: str, kind: str, moment: str, make: Step
) -> None:
    # given a host with this manager, where somebody is admitted everywhere
    app = hosted(database_url, moment, make)
    ada = Person(app, kind, "ada@example.com")
    assert ada.sign_up().status_code == 201
    stolen, refresh = copy_of(ada), refresh_token_of(ada)
    assert admitted(stolen) == everywhere(200)

    # when they sign out
    assert ada.sign_out().status_code == 200

    # then nobody is
    assert admitted(stolen) == everywhere(401)
    assert stolen.me().json["code"] == "session_ended"
    assert with_refresh_token(app, kind, refresh, "/host/refresh") == 401


@pytest.mark.parametrize("make", MANAGERS.values(), ids=MANAGERS)
def test_a_manager_made_before_us_decides_nothing_that_the_host_did_not(
    database_url: str, moment: str, make: Step
) -> None:
    # given a host that has said nothing about cookies and where tokens travel
    app = flask.Flask("host")
    app.config.update({**STRONG, "SQLALCHEMY_DATABASE_URI": database_url})
    del app.config["JWT_COOKIE_SECURE"]
    steps = [make, lambda app: AuthSvc(app, user_model=plain_user())]
    for step in steps if moment == "before us" else reversed(steps):
        step(app)

    # when somebody signs up
    answer = app.test_client().post(
        "/api/auth/signup", json={"email": "ada@example.com", "password": PASSWORD}
    )

    # then the tokens travel both ways, and the cookies are as safe as without that manager
    assert answer.status_code == 201
    assert "access_token" in answer.json
    lines = cookies_set_by(answer)
    assert set(lines) == {"__Host-access_token", "__Secure-refresh_token", "__Host-device"}
    assert all("Secure" in line for line in lines.values())
    assert all("SameSite=Strict" in line for name, line in lines.items() if name.endswith("_token"))


def test_what_the_host_says_after_making_its_manager_is_heard(database_url: str) -> None:
    # given a host that makes a manager first and says afterwards where tokens travel
    def make_and_say(app: flask.Flask) -> None:
        JWTManager(app)
        app.config["JWT_TOKEN_LOCATION"] = ["cookies"]
        app.config["JWT_COOKIE_SAMESITE"] = "Lax"
        app.config["JWT_ACCESS_TOKEN_EXPIRES"] = 60

    app = host(database_url, before=make_and_say)

    # when somebody signs up
    answer = app.test_client().post(
        "/api/auth/signup", json={"email": "ada@example.com", "password": PASSWORD}
    )

    # then that is where they travel
    assert "access_token" not in answer.json
    assert answer.json["expires_in"] == 60
    lines = cookies_set_by(answer)
    assert set(lines) == {"access_token", "refresh_token", "device"}
    assert all("SameSite=Lax" in line for line in lines.values())


@pytest.mark.parametrize("make", MANAGERS.values(), ids=MANAGERS)
def test_the_very_first_request_of_a_worker_is_checked_too(
    database_url: str, moment: str, make: Step
) -> None:
    # given a session that ended before this worker served anything
    first = host(database_url)
    ada = Person(first, "bearer", "ada@example.com")
    ada.sign_up()
    stolen = copy_of(ada)
    ada.sign_out()

    # when its token is the first thing that the worker sees
    app = hosted(database_url, moment, make)
    answer = app.test_client().get("/host/plain", headers={"Authorization": f"Bearer {stolen.access}"})

    # then it is refused
    assert answer.status_code == 401


@pytest.mark.parametrize("make", MANAGERS.values(), ids=MANAGERS)
def test_tokens_that_the_host_makes_itself_are_no_sessions(
    database_url: str, moment: str, make: Step
) -> None:
    # given tokens from the host's own create_access_token, one of which borrows a living session's claims
    app = hosted(database_url, moment, make, JWT_SECRET_KEY="a strong secret of the host, 0123456789")
    ada = Person(app, "bearer", "ada@example.com")
    ada.sign_up()
    living = claims_of(access_token_of(ada))
    with app.test_request_context():
        made = [
            create_access_token(identity="1"),
            create_access_token(identity="1", fresh=True),
            create_refresh_token(identity="1"),
            create_access_token(identity="1", additional_claims={**living, "sub": "1"}),
        ]

    # when they come
    for token in made:
        stranger = Person(app, "bearer")
        stranger.access = token

        # then nobody is signed in
        assert admitted(stranger) == everywhere(401)
        assert stranger.me().json["code"] == "token_invalid"
        assert with_refresh_token(app, "bearer", token, "/host/refresh") == 401


def test_a_token_of_ours_that_names_no_session_is_refused(database_url: str, kind: str) -> None:
    # given tokens signed with our key, one without a session, one of a session that never was
    app = host(database_url)
    ada = Person(app, kind, "ada@example.com")
    ada.sign_up()
    claims = claims_of(access_token_of(ada))
    with app.app_context():
        nameless = part(KeySet).sign({name: claims[name] for name in claims if name != "sid"})
        unknown = part(KeySet).sign({**claims, "sid": "0" * 43})
        others = part(KeySet).sign({**claims, "sub": "2"})

    # when they come
    for token in (nameless, unknown, others):
        thief = Person(app, "bearer")
        thief.access = token

        # then nobody is signed in
        assert admitted(thief) == everywhere(401)
    assert ada.me().status_code == 200


def test_pages_of_the_host_that_ask_for_no_token_stay_as_they_are(database_url: str, moment: str) -> None:
    # given a host with its own manager
    app = hosted(database_url, moment, OwnManager)

    # when somebody with a worthless token opens a page that asks for none
    answer = app.test_client().get("/host/open", headers={"Authorization": "Bearer x.y.z"})

    # then the page is served, and the manager is still the host's
    assert answer.status_code == 200
    assert isinstance(app.extensions["flask-jwt-extended"], OwnManager)
