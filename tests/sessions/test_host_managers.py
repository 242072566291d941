"""A host that brings its own JWTManager, or its own answers, gets the same checks and keeps its answers."""

from collections.abc import Callable
from typing import Any

import flask
import pytest
from flask_jwt_extended import (
    JWTManager,
    create_access_token,
    create_refresh_token,
    current_user,
    jwt_required,
)

from flask_headless_auth import AuthSvc
from flask_headless_auth.state import part
from flask_headless_auth.tokens import KeySet
from tests.sessions.at_the_wire import access_token_of, claims_of, cookies_set_by, copy_of, refresh_token_of
from tests.sessions.hosts import Step, admitted, everywhere, host, nothing, with_refresh_token
from tests.support.apps import PASSWORD, STRONG, Clock, Person, plain_user


class OwnManager(JWTManager):
    """A manager that a host has derived, with a way of its own to decode."""

    def _decode_jwt_from_config(self, *args: Any, **kwargs: Any) -> dict[str, Any]:
        return super()._decode_jwt_from_config(*args, **kwargs)


def late(kind: type[JWTManager]) -> Step:
    """Make a manager and give it the application afterwards, as factories do."""

    def make(app: flask.Flask) -> None:
        kind().init_app(app)

    return make


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


@pytest.fixture(params=["before us", "after us"])
def moment(request: pytest.FixtureRequest) -> str:
    """When the host does what it does."""
    return str(request.param)


def hosted(database: str, moment: str, step: Step, **config: Any) -> flask.Flask:
    """A host that does this before or after `AuthSvc(app)`."""
    return (
        host(database, before=step, **config)
        if moment == "before us"
        else host(database, after=step, **config)
    )


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
    assert set(lines) == {"__Host-access_token", "__Secure-refresh_token"}
    assert all("Secure" in line and "SameSite=Strict" in line for line in lines.values())


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
    assert set(lines) == {"access_token", "refresh_token"}
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


def test_the_hosts_blocklist_is_asked_as_well(database_url: str, kind: str, moment: str) -> None:
    # given a host with a blocklist of its own
    blocked: set[str] = set()

    def with_blocklist(app: flask.Flask) -> None:
        manager = JWTManager(app)
        manager.token_in_blocklist_loader(lambda header, claims: claims["jti"] in blocked)
        manager.revoked_token_loader(lambda header, claims: ({"told": "the host blocked this"}, 418))

    app = hosted(database_url, moment, with_blocklist)
    ada = Person(app, kind, "ada@example.com")
    ada.sign_up()
    assert admitted(ada) == everywhere(200)

    # when it blocks a token of a session that stands
    blocked.add(claims_of(access_token_of(ada))["jti"])

    # then the host's routes answer in its words, ours in ours, and who skips its check skips only that
    found = admitted(ada)
    assert {name: found[name] for name in ("plain", "optional", "any-type", "inside")} == dict.fromkeys(
        ("plain", "optional", "any-type", "inside"), 418
    )
    assert (found["unchecked"], found["ours"]) == (200, 401)
    assert ada.me().json["code"] == "session_ended"


def test_the_hosts_answers_are_given_on_the_hosts_routes_and_ours_on_ours(
    clock: Clock, database_url: str, moment: str
) -> None:
    # given a host with an answer of its own for each refusal
    def with_answers(app: flask.Flask) -> None:
        manager = JWTManager(app)
        manager.unauthorized_loader(lambda why: ({"host": "nobody"}, 401))
        manager.invalid_token_loader(lambda why: ({"host": "invalid"}, 401))
        manager.expired_token_loader(lambda header, claims: ({"host": "expired", "of": claims["sub"]}, 401))
        manager.revoked_token_loader(lambda header, claims: ({"host": "revoked", "of": claims["sub"]}, 401))

    app = hosted(database_url, moment, with_answers)
    ada = Person(app, "bearer", "ada@example.com")
    ada.sign_up()
    phone = Person(app, "bearer", ada.email)
    phone.sign_in()
    phone.sign_out()
    expired = copy_of(ada)

    # when each refusal happens, on both kinds of routes
    tokens = {"nobody": None, "invalid": "nonsense", "revoked": phone.access}
    answers = {name: _both(app, token) for name, token in tokens.items()}
    clock.forward(hours=1)
    answers["expired"] = _both(app, expired.access)

    # then each answers in its own words
    assert {name: host_says["host"] for name, (host_says, _) in answers.items()} == {
        name: name for name in answers
    }
    assert {name: we_say["code"] for name, (_, we_say) in answers.items()} == {
        "nobody": "token_missing",
        "invalid": "token_invalid",
        "revoked": "session_ended",
        "expired": "token_expired",
    }
    assert {str(answers[name][0]["of"]) for name in ("expired", "revoked")} == {"1"}


def _both(app: flask.Flask, token: str | None) -> tuple[dict[str, Any], dict[str, Any]]:
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    client = app.test_client()
    return tuple(client.get(path, headers=headers).json for path in ("/host/plain", "/api/auth/user/@me"))  # type: ignore[return-value]


@pytest.mark.parametrize("make", [nothing, JWTManager, late(OwnManager)], ids=["none", "plain", "derived"])
def test_a_host_without_answers_of_its_own_gives_problem_documents(
    clock: Clock, database_url: str, moment: str, make: Step
) -> None:
    # given a host that has said nothing about refusals
    app = hosted(database_url, moment, make)
    ada = Person(app, "bearer", "ada@example.com")
    ada.sign_up()
    ada.sign_out()

    # when its routes refuse
    headers = {"Authorization": f"Bearer {ada.access}"}
    answers = [
        app.test_client().get("/host/plain"),
        app.test_client().get("/host/plain", headers={"Authorization": "Bearer x.y.z"}),
        app.test_client().get("/host/plain", headers=headers),
    ]

    # then the answers are ours
    assert [answer.json["code"] for answer in answers] == ["token_missing", "token_invalid", "session_ended"]
    assert {answer.status_code for answer in answers} == {401}
    assert {answer.content_type for answer in answers} == {"application/problem+json"}
    assert all(answer.json["detail"].startswith("401 ") for answer in answers)


def test_the_hosts_user_loader_gives_the_hosts_routes_their_user(
    database_url: str, kind: str, moment: str
) -> None:
    # given a host that loads its users itself, by their own type of key
    asked: list[Any] = []
    banned: set[int] = set()

    def with_loader(app: flask.Flask) -> None:
        manager = JWTManager(app)

        @manager.user_lookup_loader
        def load(header: dict[str, Any], claims: dict[str, Any]) -> Any:
            asked.append(claims["sub"])
            model = app.auth.user_model  # type: ignore[attr-defined]
            return None if claims["sub"] in banned else model.query.get(claims["sub"])

        @manager.user_lookup_error_loader
        def refuse(header: dict[str, Any], claims: dict[str, Any]) -> Any:
            return {"host": "no such user"}, 403

    app = hosted(database_url, moment, with_loader)
    app.add_url_rule("/host/me", "me", jwt_required()(lambda: {"email": current_user.email}))
    ada = Person(app, kind, "ada@example.com")
    ada.sign_up()

    # when a route asks for the user, and again once the host finds them no more
    found = _at(ada, "/host/me")
    banned.add(1)
    refused = _at(ada, "/host/me")

    # then the host's loader was asked, with the key and not its text, and its refusal counts
    assert found.json == {"email": "ada@example.com"}
    assert set(asked) == {1}
    assert (refused.status_code, refused.json) == (403, {"host": "no such user"})
    assert ada.me().json["code"] == "session_ended"


def _at(person: Person, path: str) -> Any:
    headers = {"Authorization": f"Bearer {person.access}"} if person.kind == "bearer" else {}
    return person.http.get(path, headers=headers)


def test_claims_that_the_host_demands_are_demanded_on_its_routes(database_url: str, moment: str) -> None:
    # given a host that wants to see a claim
    def with_demand(app: flask.Flask) -> None:
        manager = JWTManager(app)
        manager.token_verification_loader(lambda header, claims: claims.get("tenant") == "blue")
        manager.token_verification_failed_loader(lambda header, claims: ({"host": "wrong tenant"}, 400))

    app = hosted(database_url, moment, with_demand)
    tenants = ["blue", "red"]
    hook: Callable[[Any], dict[str, str]] = lambda user: {"tenant": tenants.pop(0)}  # noqa: E731
    app.auth.claims(hook)  # type: ignore[attr-defined]

    # when tokens with the right and the wrong claim come
    ada, bob = Person(app, "bearer", "ada@example.com"), Person(app, "bearer", "bob@example.com")
    ada.sign_up()
    bob.sign_up()

    # then only the right one passes
    assert _at(ada, "/host/plain").status_code == 200
    assert _at(bob, "/host/plain").json == {"host": "wrong tenant"}
    assert bob.me().status_code == 401


def test_pages_of_the_host_that_ask_for_no_token_stay_as_they_are(database_url: str, moment: str) -> None:
    # given a host with its own manager
    app = hosted(database_url, moment, OwnManager)

    # when somebody with a worthless token opens a page that asks for none
    answer = app.test_client().get("/host/open", headers={"Authorization": "Bearer x.y.z"})

    # then the page is served, and the manager is still the host's
    assert answer.status_code == 200
    assert isinstance(app.extensions["flask-jwt-extended"], OwnManager)
