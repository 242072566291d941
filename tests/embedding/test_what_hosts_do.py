"""What hosts do through AuthSvc: sign people in and out, add claims, refuse passwords, grant roles."""

import base64
import json
from typing import Any

import flask
import sqlalchemy as sa

from flask_headless_auth import AuthSvc, RoleGranted, RoleRevoked, SignedIn
from tests.support.apps import PASSWORD, Person, make_app


def test_a_host_signs_people_in_by_a_way_of_its_own(database_url: str, kind: str) -> None:
    # given a host that knows somebody by a badge
    app = make_app(database_url)
    auth: AuthSvc = app.auth  # type: ignore[attr-defined]
    heard: list[str] = []
    auth.on(SignedIn)(lambda event: heard.append(",".join(proof.method for proof in event.proofs)))

    @app.post("/api/badge")
    def by_badge() -> Any:
        user = app.extensions["sqlalchemy"].session.scalars(sa.select(auth.user_model)).one()
        answer = auth.sign_in(user, method="hwk", remember=False)
        return {**answer, "user": answer["user"].email}

    ada = Person(app, kind, "ada@example.com")
    assert ada.sign_up().status_code == 201
    assert ada.sign_out().status_code == 200

    # when they show it
    ada.access = None
    answer = ada.post("/api/badge")

    # then a session has begun like every other, with that proof
    assert answer.status_code == 200, answer.text
    assert (answer.json["status"], answer.json["user"]) == ("signed_in", "ada@example.com")
    assert ("access_token" in answer.json) == (kind == "bearer")
    ada.access = answer.json.get("access_token")
    assert ada.me().status_code == 200
    assert ada.get("/check-auth").json["session"]["methods"] == ["hwk"]
    assert heard == ["pwd", "hwk"]
    if kind == "cookie":
        assert not any("Max-Age" in cookie for cookie in answer.headers.getlist("Set-Cookie"))


def test_a_host_cannot_sign_in_somebody_who_is_inactive(app: flask.Flask) -> None:
    # given somebody whom the host has switched off
    auth: AuthSvc = app.auth  # type: ignore[attr-defined]
    session = app.extensions["sqlalchemy"].session

    @app.post("/api/badge")
    def by_badge() -> Any:
        return auth.sign_in(session.scalars(sa.select(auth.user_model)).one())

    assert Person(app, email="ada@example.com").sign_up().status_code == 201
    with app.app_context():
        session.execute(sa.update(auth.user_model).values(is_active=False))
        session.commit()

    # when the host signs them in
    answer = Person(app).post("/api/badge")

    # then it is refused as everywhere
    assert (answer.status_code, answer.json["code"]) == (401, "invalid_credentials")


def claims_of(token: str | None) -> dict[str, Any]:
    """What an access token says."""
    assert token is not None
    body = token.split(".")[1]
    return dict(json.loads(base64.urlsafe_b64decode(body + "=" * (-len(body) % 4))))


def test_a_host_adds_claims_and_replaces_none_of_ours(app: flask.Flask) -> None:
    # given a host that adds a claim, and tries to replace every one of ours
    ada = Person(app, "bearer", "ada@example.com")
    assert ada.sign_up().status_code == 201
    ours = claims_of(ada.access)
    wanted: dict[str, Any] = dict.fromkeys(ours, "forged")

    @app.auth.claims  # type: ignore[attr-defined]
    def add(user: Any) -> dict[str, Any]:
        return {**wanted, "plan": "pro", "name": user.email}

    # when somebody signs in and refreshes
    assert ada.sign_in().status_code == 200
    first = claims_of(ada.access)
    assert ada.refresh().status_code == 200
    second = claims_of(ada.access)

    # then both tokens have the host's claims and ours, and work
    for claims in (first, second):
        assert (claims["plan"], claims["name"]) == ("pro", "ada@example.com")
        assert "forged" not in claims.values()
        assert set(claims) == {*ours, "plan", "name"}
    assert ada.me().status_code == 200
    assert "plan" not in claims_of(ada.refresh_token)


def test_a_host_refuses_breached_passwords(app: flask.Flask, kind: str) -> None:
    # given a host that knows one breached password
    asked: list[str] = []

    @app.auth.breached_password  # type: ignore[attr-defined]
    def is_breached(password: str) -> bool:
        asked.append(password)
        return password == "tr0ub4dor and three"

    # when somebody signs up with it, and later changes to it
    ada = Person(app, kind, "ada@example.com")
    ada.password = "tr0ub4dor and three"
    refused = ada.sign_up()
    ada.password = PASSWORD
    assert ada.sign_up().status_code == 201
    changed = ada.post(
        "/password/update", {"current_password": PASSWORD, "new_password": "tr0ub4dor and three"}
    )

    # then both are refused by name
    assert (refused.status_code, refused.json["code"]) == (422, "weak_password")
    assert set(refused.json["errors"]) == {"password"}
    assert (changed.status_code, changed.json["code"]) == (422, "weak_password")
    assert set(changed.json["errors"]) == {"new_password"}
    assert PASSWORD in asked


def test_roles_hold_from_the_next_request_on_another_worker(database_url: str, kind: str) -> None:
    # given two workers of one application, and somebody who is signed in at the first
    workers = [make_app(database_url) for _ in range(2)]
    heard: list[str] = []
    for event in (RoleGranted, RoleRevoked):
        workers[1].auth.on(event)(  # type: ignore[attr-defined]
            lambda event: heard.append(f"{type(event).__name__} {event.role} {event.user.email}")
        )
    ada = Person(workers[0], kind, "ada@example.com")
    assert ada.sign_up().status_code == 201
    assert ada.me().json["user"]["roles"] == ["user"]

    # when the second one grants a role twice and takes it twice
    auth: AuthSvc = workers[1].auth  # type: ignore[attr-defined]
    seen = []
    for change in (auth.grant_role, auth.grant_role, auth.revoke_role, auth.revoke_role):
        with workers[1].app_context():
            user = workers[1].extensions["sqlalchemy"].session.scalars(sa.select(auth.user_model)).one()
            change(user, "admin")
        seen.append(ada.me().json["user"]["roles"])

    # then the first one's next request knows, and each change was heard once
    assert seen == [["admin"], ["admin"], ["user"], ["user"]]
    assert heard == ["RoleGranted admin ada@example.com", "RoleRevoked admin ada@example.com"]


def test_a_host_signs_somebody_out_everywhere(app: flask.Flask) -> None:
    # given somebody with three devices
    auth: AuthSvc = app.auth  # type: ignore[attr-defined]
    devices = [Person(app, kind, "ada@example.com") for kind in ("bearer", "cookie", "bearer")]
    assert devices[0].sign_up().status_code == 201
    assert [device.sign_in().status_code for device in devices[1:]] == [200, 200]

    # when the host signs them out everywhere
    with app.app_context():
        user = app.extensions["sqlalchemy"].session.scalars(sa.select(auth.user_model)).one()
        ended = auth.sign_out_everywhere(user)

    # then each device is signed out
    assert ended == 3
    assert [device.me().status_code for device in devices] == [401, 401, 401]
    assert [device.refresh().status_code for device in devices] == [401, 401, 401]
