"""Our guards on routes of the host."""

from typing import Any

import flask
import pytest
import sqlalchemy as sa
from flask_jwt_extended import get_jwt_identity, jwt_required

from flask_headless_auth import (
    AuthSvc,
    current_user,
    fresh_login_required,
    login_required,
    permissions_required,
    roles_required,
)
from flask_headless_auth.feature import Feature
from flask_headless_auth.features import catalog
from tests.support.apps import Clock, Person, make_app


@pytest.fixture
def guarded(database_url: str) -> flask.Flask:
    """A host with a route behind each guard."""
    app = make_app(database_url)

    @app.route("/api/host", methods=["GET", "POST"])
    @login_required
    def private() -> Any:
        return {"email": current_user.email}

    @app.get("/api/open")
    def everybody() -> Any:
        return {"open": True}

    @app.get("/api/fresh")
    @fresh_login_required()
    def fresh() -> Any:
        return {"email": current_user.email}

    @app.get("/api/very-fresh")
    @fresh_login_required(60)
    def very_fresh() -> Any:
        return {"email": current_user.email}

    @app.get("/api/editors")
    @roles_required("editor", "admin")
    def editors() -> Any:
        return {"email": current_user.email}

    @app.get("/api/publish")
    @permissions_required("publish", "print")
    def publish() -> Any:
        return {"email": current_user.email}

    @app.get("/api/async")
    @login_required
    async def later() -> Any:
        return {"email": current_user.email}

    @app.get("/api/plain")
    @jwt_required()
    def plain() -> Any:
        return {"identity": get_jwt_identity()}

    @app.get("/api/perhaps")
    @jwt_required(optional=True)
    def perhaps() -> Any:
        return {"identity": get_jwt_identity()}

    return app


def change(app: flask.Flask, **values: Any) -> None:
    """The host writes to the only user's row."""
    auth: AuthSvc = app.auth  # type: ignore[attr-defined]
    session = app.extensions["sqlalchemy"].session
    with app.app_context():
        session.execute(sa.update(auth.user_model).values(**values))
        session.commit()


@pytest.mark.parametrize("path", ["/api/host", "/api/fresh", "/api/very-fresh", "/api/async"])
def test_a_guarded_route_knows_who_is_there_and_turns_others_away(
    guarded: flask.Flask, kind: str, path: str
) -> None:
    if path == "/api/async":
        pytest.importorskip("asgiref", reason="async views of a host need flask[async]")

    # given somebody who has signed up
    ada = Person(guarded, kind, "ada@example.com")
    assert ada.sign_up().status_code == 201

    # when they, and somebody else, ask for a guarded route
    seen, stranger = ada.get(path), Person(guarded, kind).get(path)

    # then it knows them and turns the other away with our problem
    assert seen.json == {"email": "ada@example.com"}
    assert stranger.status_code == 401
    assert stranger.json["code"] == "token_missing"
    assert stranger.headers["WWW-Authenticate"].startswith("Bearer")


@pytest.mark.parametrize("path", ["/api/host", "/api/plain", "/api/async", "/api/editors"])
def test_who_signed_out_is_turned_away_from_guarded_routes(
    guarded: flask.Flask, kind: str, path: str
) -> None:
    if path == "/api/async":
        pytest.importorskip("asgiref", reason="async views of a host need flask[async]")

    # given somebody who signed out, and whose tokens somebody kept
    ada = Person(guarded, kind, "ada@example.com")
    assert ada.sign_up().status_code == 201
    kept = {cookie.key: cookie.value for cookie in ada.http._cookies.values()}
    assert ada.sign_out().status_code == 200
    for name, value in kept.items():
        ada.http.set_cookie(name, value)

    # when the kept tokens come
    answer = ada.get(path)

    # then the session has ended
    assert (answer.status_code, answer.json["code"]) == (401, "session_ended")


def test_a_fresh_sign_in_grows_old_and_is_renewed_by_a_proof(
    guarded: flask.Flask, kind: str, clock: Clock
) -> None:
    # given somebody who signed up a moment ago
    ada = Person(guarded, kind, "ada@example.com")
    assert ada.sign_up().status_code == 201
    assert ada.get("/api/very-fresh").status_code == 200

    # when a minute and more, then ten and more, pass
    clock.forward(seconds=61)
    minute = [ada.get(path) for path in ("/api/very-fresh", "/api/fresh", "/api/host")]
    clock.forward(minutes=10)
    ten = [ada.get(path) for path in ("/api/very-fresh", "/api/fresh", "/api/host")]

    # then first the one and then the other wants a new proof, and says which and how old it may be
    assert [answer.status_code for answer in minute] == [401, 200, 200]
    assert [answer.status_code for answer in ten] == [401, 401, 200]
    for answer, max_age in ((ten[0], 60), (ten[1], 600)):
        assert answer.json["code"] == "step_up_required"
        assert (answer.json["max_age"], answer.json["methods"]) == (max_age, ["pwd"])
        assert not answer.json["detail"].startswith("401 ")
        assert "insufficient_user_authentication" in answer.headers["WWW-Authenticate"]
        assert f"max_age={max_age}" in answer.headers["WWW-Authenticate"].replace('"', "")

    # and a refresh does not help, a proof does
    assert ada.refresh().status_code == 200
    assert ada.get("/api/fresh").status_code == 401
    proved = ada.post("/reauthenticate", {"method": "pwd", "password": ada.password})
    assert proved.status_code == 200
    ada.access = proved.json.get("access_token", ada.access)
    assert ada.get("/api/very-fresh").status_code == 200


def test_an_access_token_grows_old_at_the_hosts_routes_too(
    guarded: flask.Flask, kind: str, clock: Clock
) -> None:
    # given somebody who signed up
    ada = Person(guarded, kind, "ada@example.com")
    assert ada.sign_up().status_code == 201

    # when a quarter of an hour passes
    clock.forward(minutes=15, seconds=1)
    answers = [ada.get(path) for path in ("/api/host", "/api/plain")]

    # then every guard says so, and a refresh helps
    assert [(answer.status_code, answer.json["code"]) for answer in answers] == [(401, "token_expired")] * 2
    assert ada.refresh().status_code == 200
    assert ada.get("/api/plain").status_code == 200


def test_roles_open_routes_from_the_next_request(guarded: flask.Flask, kind: str) -> None:
    # given somebody without a role
    ada = Person(guarded, kind, "ada@example.com")
    assert ada.sign_up().status_code == 201
    auth: AuthSvc = guarded.auth  # type: ignore[attr-defined]
    before = ada.get("/api/editors")

    # when they get one of the roles, and lose it
    def with_user(change_role: Any) -> None:
        with guarded.app_context():
            user = guarded.extensions["sqlalchemy"].session.scalars(sa.select(auth.user_model)).one()
            change_role(user, "editor")

    with_user(auth.grant_role)
    within = ada.get("/api/editors")
    with_user(auth.revoke_role)
    after = ada.get("/api/editors")

    # then the route opens and closes
    assert (before.status_code, before.json["code"]) == (403, "permission_denied")
    assert within.json == {"email": "ada@example.com"}
    assert after.status_code == 403
    assert Person(guarded, kind).get("/api/editors").status_code == 401


@pytest.mark.parametrize(
    ("granted", "status"), [((), 403), (("publish",), 403), (("print", "publish", "read"), 200)]
)
def test_permissions_open_routes_when_all_are_there(
    monkeypatch: pytest.MonkeyPatch, database_url: str, granted: tuple[str, ...], status: int
) -> None:
    # given an application where a feature grants permissions
    granting = Feature(name="granting", grants=lambda user: granted)
    monkeypatch.setattr(catalog, "ALL", (*catalog.ALL, granting))
    app = make_app(database_url)

    @app.get("/api/publish")
    @permissions_required("publish", "print")
    def publish() -> Any:
        return {"email": current_user.email}

    ada = Person(app, "bearer", "ada@example.com")
    assert ada.sign_up().json["user"]["permissions"] == sorted(granted)

    # when somebody asks for a route that wants two of them
    answer = ada.get("/api/publish")

    # then it opens only to who has both
    assert answer.status_code == status
    assert Person(app).get("/api/publish").status_code == 401


def test_who_is_switched_off_by_the_host_is_turned_away_at_once(guarded: flask.Flask, kind: str) -> None:
    # given somebody who is signed in
    ada = Person(guarded, kind, "ada@example.com")
    assert ada.sign_up().status_code == 201
    assert ada.get("/api/host").status_code == 200

    # when the host writes is_active, and writes it back
    change(guarded, is_active=False)
    off = [ada.get(path).status_code for path in ("/api/host", "/api/plain", "/api/fresh", "/api/editors")]
    refresh = ada.refresh().status_code
    change(guarded, is_active=True)

    # then they are turned away meanwhile
    assert off == [401] * 4
    assert refresh == 401
    assert ada.get("/api/host").status_code == 200


def test_asking_for_the_user_without_a_guard_is_a_mistake_that_says_so(database_url: str) -> None:
    # given a host that forgot the guard, and one that lets everybody in and then asks
    app = make_app(database_url, TESTING=True)

    @app.get("/api/careless")
    def careless() -> Any:
        return {"email": current_user.email}

    @app.get("/api/optional")
    @jwt_required(optional=True)
    def optional() -> Any:
        return {"email": current_user.email}

    ada = Person(app, "bearer", "ada@example.com")
    assert ada.sign_up().status_code == 201

    # when a stranger and somebody signed in come
    for visitor in (Person(app), ada):
        with pytest.raises(RuntimeError, match="jwt_required"):
            visitor.get("/api/careless")

    # then the first never knows anybody, and the second knows only who is signed in
    assert ada.get("/api/optional").json == {"email": "ada@example.com"}
    assert Person(app).get("/api/optional").json["code"] == "token_missing"


def test_a_route_that_perhaps_knows_somebody(guarded: flask.Flask, kind: str) -> None:
    # given somebody who is signed in
    ada = Person(guarded, kind, "ada@example.com")
    assert ada.sign_up().status_code == 201

    # when they, a stranger, and they after sign-out come to an optional route
    known = ada.get("/api/perhaps")
    stranger = Person(guarded, kind).get("/api/perhaps")
    assert ada.sign_out().status_code == 200

    # then it knows them, knows nobody, and does not take an ended session for nobody in particular
    assert known.json["identity"] == 1
    assert stranger.json["identity"] is None
    if kind == "bearer":
        assert ada.get("/api/perhaps").status_code == 401


@pytest.mark.parametrize("origin", ["https://evil.example", "null"])
def test_another_sites_page_cannot_use_the_cookie_at_the_hosts_route(
    guarded: flask.Flask, kind: str, origin: str
) -> None:
    # given somebody who is signed in
    ada = Person(guarded, kind, "ada@example.com")
    assert ada.sign_up().status_code == 201

    # when a page of another site posts to the host's own route
    answer = ada.post("/api/host", headers={"Origin": origin, "Sec-Fetch-Site": "cross-site"})

    # then the cookie does not count there, a token that the page cannot have does
    if kind == "cookie":
        assert (answer.status_code, answer.json["code"]) == (403, "cross_site_request")
    else:
        assert answer.status_code == 200


def test_an_open_route_asks_for_nothing(guarded: flask.Flask) -> None:
    # given a route of the host without a guard
    visitor = guarded.test_client()

    # when a page of another site posts a broken token to it
    answer = visitor.get("/api/open", headers={"Authorization": "Bearer nonsense", "Origin": "null"})

    # then it is the host's alone
    assert answer.json == {"open": True}
    assert "Content-Security-Policy" not in answer.headers
