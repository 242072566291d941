"""Where the host's own machinery meets ours: factories, contexts, before_request, managers, proxies."""

from collections.abc import Callable
from typing import Any

import flask
import pytest
import sqlalchemy as sa
from flask_jwt_extended import JWTManager, get_jwt_identity, jwt_required, verify_jwt_in_request
from flask_sqlalchemy import SQLAlchemy
from werkzeug.middleware.proxy_fix import ProxyFix

from flask_headless_auth import AuthSvc, current_user, login_required
from tests.embedding.hosts import bare, model, model_of
from tests.support.apps import Person, make_app


def test_a_factory_makes_applications_from_module_level_objects(tmp_path_factory: Any, kind: str) -> None:
    # given the usual factory: objects at module level, init_app for each application
    db = SQLAlchemy()
    users = model_of(db)
    auth = AuthSvc()

    def create_app(name: str) -> flask.Flask:
        app = bare(f"sqlite:///{tmp_path_factory.mktemp(name)}/app.db")
        db.init_app(app)
        auth.init_app(app, user_model=users)

        @app.get("/api/host")
        @jwt_required()
        def host() -> Any:
            return {"email": db.session.get(auth.user_model, get_jwt_identity()).email}

        return app

    # when it is called as often as a test-suite calls it
    apps = [create_app(f"run{number}") for number in range(3)]
    people = [Person(app, kind, f"ada{number}@example.com") for number, app in enumerate(apps)]

    # then each application stands for itself
    for person in people:
        assert person.sign_up().status_code == 201
    assert [person.get("/api/host").json["email"] for person in people] == [one.email for one in people]


def test_the_hosts_database_object_may_be_initialised_before_or_not_at_all(database_url: str) -> None:
    # given hosts that call init_app of their database object, and that leave it to us
    for called in (True, False):
        db = SQLAlchemy()
        app = bare(database_url)
        if called:
            db.init_app(app)

        # when the application starts
        auth = AuthSvc(app, user_model=model_of(db))

        # then the object is the application's
        assert app.extensions["sqlalchemy"] is db
        assert auth.user_model.__fsa__ is db
        assert Person(app).sign_up().status_code == 201


@pytest.mark.parametrize("outer", ["app_context", "test_request_context"])
def test_a_context_around_several_requests_leaks_no_user_into_the_next(
    app: flask.Flask, kind: str, outer: str
) -> None:
    # given two people, and a test-suite that keeps a context open around all its requests
    with getattr(app, outer)():
        ada, grace = Person(app, kind, "ada@example.com"), Person(app, kind, "grace@example.com")
        assert ada.sign_up().status_code == grace.sign_up().status_code == 201

        # when they and a stranger come in turns, and one signs out
        seen = [person.me().json["user"]["email"] for person in (ada, grace, ada, grace)]
        stranger = Person(app, kind).me()
        assert ada.sign_out().status_code == 200

        # then each is who they are
        assert seen == ["ada@example.com", "grace@example.com"] * 2
        assert stranger.status_code == 401
        assert ada.me().status_code == 401
        assert grace.me().json["user"]["email"] == "grace@example.com"


def test_a_context_around_several_requests_hides_no_change_of_the_row(app: flask.Flask, kind: str) -> None:
    # given somebody who is signed in, inside a context that a test-suite keeps open
    auth: AuthSvc = app.auth  # type: ignore[attr-defined]
    with app.app_context():
        ada = Person(app, kind, "ada@example.com")
        assert ada.sign_up().status_code == 201
        assert ada.me().status_code == 200

        # when another connection switches the account off
        with app.extensions["sqlalchemy"].engine.begin() as connection:
            connection.execute(sa.update(auth.user_model.__table__).values(is_active=False))

        # then the next request knows
        assert ada.me().status_code == 401


def test_a_client_kept_open_by_with_leaks_nobody(app: flask.Flask) -> None:
    # given a test client that keeps its contexts, as `with app.test_client()` does
    ada = Person(app, "bearer", "ada@example.com")
    assert ada.sign_up().status_code == 201

    # when somebody signed in is followed by a stranger in it
    with app.test_client() as http:
        known = http.get("/api/auth/user/@me", headers={"Authorization": f"Bearer {ada.access}"})
        stranger = http.get("/api/auth/user/@me")
        again = http.get("/api/auth/user/@me", headers={"Authorization": f"Bearer {ada.access}"})

    # then the stranger is a stranger
    assert [known.status_code, stranger.status_code, again.status_code] == [200, 401, 200]


@pytest.mark.parametrize("before", [True, False], ids=["before AuthSvc", "after AuthSvc"])
@pytest.mark.parametrize("optional", [True, False], ids=["optional", "strict"])
def test_a_host_that_verifies_tokens_before_every_request_gets_checked_ones(
    database_url: str, kind: str, before: bool, optional: bool
) -> None:
    # given a host that calls verify_jwt_in_request() before every request of its own
    app = bare(database_url)
    auth = AuthSvc(user_model=model())
    if not before:
        auth.init_app(app)

    @app.before_request
    def verify() -> None:
        if not flask.request.path.startswith("/api/auth"):
            verify_jwt_in_request(optional=optional)

    if before:
        auth.init_app(app)

    @app.get("/api/host")
    def host() -> Any:
        return {"identity": get_jwt_identity()}

    # when somebody signs up, comes, signs out, and comes with what they kept
    ada = Person(app, kind, "ada@example.com")
    assert ada.sign_up().status_code == 201
    known = ada.get("/api/host")
    kept = {cookie.key: cookie.value for cookie in ada.http._cookies.values()}
    assert ada.sign_out().status_code == 200
    for name, value in kept.items():
        ada.http.set_cookie(name, value)
    ended = ada.get("/api/host")

    # then the host knew them, and the ended session is refused
    assert known.json == {"identity": 1}
    assert ended.status_code == 401
    assert ended.json["code"] == "session_ended"


def test_a_before_request_of_the_host_that_answers_by_itself_still_wins(database_url: str) -> None:
    # given a host in maintenance, whose before_request answers everything
    app = bare(database_url)

    @app.before_request
    def maintenance() -> Any:
        return {"maintenance": True}, 503

    AuthSvc(app, user_model=model())

    # when somebody asks for our and for the host's pages
    answers = [app.test_client().get(path) for path in ("/api/auth/config", "/host")]

    # then the host's answer is given, ours with our headers
    assert [answer.json for answer in answers] == [{"maintenance": True}] * 2
    assert answers[0].headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize("late", [True, False], ids=["made after AuthSvc", "made before AuthSvc"])
def test_a_manager_that_the_host_made_is_guarded_and_keeps_its_answers(
    database_url: str, kind: str, late: bool
) -> None:
    # given a host with a JWTManager of its own and a loader that admits everything
    app = bare(database_url)
    auth = AuthSvc(user_model=model())
    if late:
        auth.init_app(app)
    manager = JWTManager(app)

    @manager.token_in_blocklist_loader
    def nobody_is_blocked(header: Any, claims: Any) -> bool:
        return False

    @manager.unauthorized_loader
    def in_the_hosts_words(reason: str) -> Any:
        return {"host": "who are you?"}, 401

    if not late:
        auth.init_app(app)

    @app.get("/api/host")
    @jwt_required()
    def host() -> Any:
        return {"identity": get_jwt_identity()}

    # when somebody comes, signs out, and comes again
    ada = Person(app, kind, "ada@example.com")
    assert ada.sign_up().status_code == 201
    assert ada.get("/api/host").json == {"identity": 1}
    kept = {cookie.key: cookie.value for cookie in ada.http._cookies.values()}
    assert ada.sign_out().status_code == 200
    for name, value in kept.items():
        ada.http.set_cookie(name, value)

    # then the ended session is refused, and strangers hear the host's words at the host's route only
    assert ada.get("/api/host").status_code == 401
    assert Person(app, kind).get("/api/host").json == {"host": "who are you?"}
    assert Person(app, kind).me().json["code"] == "token_missing"


def test_a_manager_that_the_host_made_first_does_not_weaken_the_defaults(database_url: str) -> None:
    # given a host that makes its JWTManager first, whose defaults are in the configuration from then on
    app = bare(database_url)
    del app.config["JWT_COOKIE_SECURE"]
    JWTManager(app)
    AuthSvc(app, user_model=model())

    # when somebody signs up
    answer = app.test_client().post(
        "/api/auth/signup", json={"email": "ada@example.com", "password": Person(app).password}
    )

    # then tokens are delivered both ways, in cookies that are as safe as ours always are, and only those
    assert answer.status_code == 201, answer.text
    cookies = [one for one in answer.headers.getlist("Set-Cookie") if "device" not in one.partition("=")[0]]
    assert [cookie.partition("=")[0] for cookie in cookies] == [
        "__Host-access_token",
        "__Secure-refresh_token",
    ]
    for cookie in cookies:
        assert {"Secure", "HttpOnly", "SameSite=Strict"} <= set(cookie.split("; "))
    assert "access_token" in answer.json


def test_what_the_host_configured_for_its_manager_counts_in_either_order(database_url: str) -> None:
    # given hosts that chose headers only, and made their manager before or after us
    for first in (True, False):
        app = bare(database_url, JWT_TOKEN_LOCATION=["headers"], JWT_ACCESS_TOKEN_EXPIRES=120)
        if first:
            JWTManager(app)
        AuthSvc(app, user_model=model())
        if not first:
            JWTManager(app)

        # when somebody signs up
        answer = app.test_client().post(
            "/api/auth/signup", json={"email": f"ada{first}@example.com", "password": Person(app).password}
        )

        # then there is no cookie, and the token lives as long as the host said
        assert answer.headers.getlist("Set-Cookie") == []
        assert answer.json["expires_in"] == 120


def test_behind_a_proxy_the_host_says_whom_to_believe(database_url: str) -> None:
    # given a host behind one proxy, with ProxyFix, and the same without
    behind, bare_ = make_app(database_url), make_app(database_url)
    behind.wsgi_app = ProxyFix(behind.wsgi_app, x_for=1, x_proto=1, x_host=1)  # type: ignore[method-assign]
    forwarded = {
        "X-Forwarded-For": "6.6.6.6, 203.0.113.9",
        "X-Forwarded-Proto": "https",
        "X-Forwarded-Host": "app.example.com",
        "Origin": "https://app.example.com",
    }

    # when a browser's request comes through
    ada = Person(behind, "bearer", "ada@example.com")
    fixed = ada.http.post(
        "/api/auth/signup", json={"email": ada.email, "password": ada.password}, headers=forwarded
    )
    believed = bare_.test_client().post(
        "/api/auth/signup", json={"email": "b@example.com", "password": ada.password}, headers=forwarded
    )
    ada.access = fixed.json["access_token"]

    # then ProxyFix's word counts: origin, address, TLS; without it, none of the headers is believed
    assert fixed.status_code == 201, fixed.text
    assert "Strict-Transport-Security" in fixed.headers
    assert ada.get("/sessions").json["items"][0]["address"] == "203.0.113.9"
    assert (believed.status_code, believed.json["code"]) == (403, "cross_site_request")
    assert "Strict-Transport-Security" not in believed.headers


def test_a_guarded_route_in_a_blueprint_with_error_handlers_of_its_own(database_url: str) -> None:
    # given a host's blueprint that answers every exception by itself
    app = make_app(database_url)
    shop = flask.Blueprint("shop", __name__, url_prefix="/api/shop")

    @shop.errorhandler(ValueError)
    def wrong(error: Exception) -> Any:
        return {"shop": str(error)}, 400

    @shop.get("/cart")
    @login_required
    def cart() -> Any:
        if flask.request.args:
            raise ValueError("no such item")
        return {"owner": current_user.email}

    app.register_blueprint(shop)
    ada = Person(app, "bearer", "ada@example.com")
    assert ada.sign_up().status_code == 201

    # when it is asked by a stranger, by somebody, and with a mistake
    answers: list[Callable[[], Any]] = [
        lambda: Person(app).get("/api/shop/cart"),
        lambda: ada.get("/api/shop/cart"),
        lambda: ada.get("/api/shop/cart?item=7"),
    ]
    stranger, known, mistaken = (answer() for answer in answers)

    # then our refusal and the host's stand side by side
    assert (stranger.status_code, stranger.json["code"]) == (401, "token_missing")
    assert known.json == {"owner": "ada@example.com"}
    assert (mistaken.status_code, mistaken.json) == (400, {"shop": "no such item"})
