"""Users with keys of every type: integers, UUIDs, text; keys of other names; keys that cannot work."""

import base64
import json
import uuid
from collections.abc import Callable
from typing import Any

import flask
import pytest
import sqlalchemy as sa
from flask_jwt_extended import get_jwt_identity, jwt_required
from flask_sqlalchemy import SQLAlchemy

from flask_headless_auth import AuthSvc, ConfigurationError, UserMixin, current_user, login_required
from tests.embedding.hosts import model
from tests.support.apps import Person, make_app, uuid_user


def text_key() -> type[Any]:
    """A user whose key is a text."""
    return model(id=sa.Column(sa.String(36), primary_key=True, default=lambda: f"u/{uuid.uuid4().hex}"))


def big_key() -> type[Any]:
    """A user whose key is a large integer."""
    numbers = iter(range(9_007_199_254_740_993, 9_007_199_254_741_993))
    return model(
        id=sa.Column(sa.BigInteger, primary_key=True, autoincrement=False, default=lambda: next(numbers))
    )


def key_of_another_name() -> type[Any]:
    """A user whose key is the column `user_no`, as the attribute `number`."""
    db = SQLAlchemy()

    class Member(db.Model):  # type: ignore[name-defined,misc]
        __tablename__ = "members"
        number = db.Column("user_no", db.Integer, primary_key=True)
        email = db.Column(db.String(255), unique=True, nullable=False)
        password_hash = db.Column(db.String(1024))
        is_verified = db.Column(db.Boolean, default=False)
        is_active = db.Column(db.Boolean, default=True)
        mfa_enabled = db.Column(db.Boolean, default=False)
        provider = db.Column(db.String(50), default="local")

    return Member


KEYS: dict[str, tuple[Callable[[], type[Any]], type]] = {
    "uuid": (uuid_user, uuid.UUID),
    "text": (text_key, str),
    "big": (big_key, int),
    "another name": (key_of_another_name, int),
    "integer": (model, int),
}


@pytest.fixture(params=KEYS)
def keyed(request: pytest.FixtureRequest, any_database_url: str) -> tuple[flask.Flask, type]:
    """A host with each type of key on each engine; `/api/host` answers what the host's code sees."""
    made, kind = KEYS[request.param]
    app = make_app(any_database_url, user_model=made())

    @app.get("/api/host")
    @jwt_required()
    def seen() -> Any:
        identity = get_jwt_identity()
        model_ = app.auth.user_model  # type: ignore[attr-defined]
        found = app.extensions["sqlalchemy"].session.get(model_, identity)
        return {"type": type(identity).__name__, "identity": str(identity), "email": found.email}

    return app, kind


def claims_of(token: str) -> dict[str, Any]:
    """What an access token says."""
    body = token.split(".")[1]
    return dict(json.loads(base64.urlsafe_b64decode(body + "=" * (-len(body) % 4))))


def test_a_person_signs_up_in_and_out_whatever_the_key(keyed: tuple[flask.Flask, type]) -> None:
    # given somebody at a host whose users have such keys
    app, _ = keyed
    ada = Person(app, "bearer", "ada@example.com")

    # when they sign up, refresh, change the password and see their devices
    assert ada.sign_up().status_code == 201
    shown = ada.me().json["user"]
    assert ada.refresh().status_code == 200
    changed = ada.post(
        "/password/update", {"current_password": ada.password, "new_password": "another fine long phrase"}
    )
    devices = ada.get("/sessions").json["items"]
    out = ada.sign_out("all")

    # then all of that works and the key is a text for the front end
    assert isinstance(shown["id"], str)
    assert changed.status_code == 200, changed.text
    assert len(devices) == 1
    assert out.json["ended"] == 1
    assert ada.me().status_code == 401


def test_the_hosts_code_gets_the_keys_own_type_and_the_token_a_text(keyed: tuple[flask.Flask, type]) -> None:
    # given somebody who has signed up
    app, kind = keyed
    ada = Person(app, "bearer", "ada@example.com")
    assert ada.sign_up().status_code == 201

    # when a plain route of the host asks who is there
    seen = ada.get("/api/host")

    # then it gets the key in its own type, while the token and the profile say a text
    assert seen.status_code == 200, seen.text
    assert seen.json["type"] == kind.__name__
    assert seen.json["email"] == "ada@example.com"
    assert ada.access is not None
    assert claims_of(ada.access)["sub"] == seen.json["identity"] == ada.me().json["user"]["id"]


def test_our_foreign_keys_have_the_type_of_the_users_key(keyed: tuple[flask.Flask, type]) -> None:
    # given a host whose users have such keys
    app, _ = keyed
    ada = Person(app, "bearer", "ada@example.com")
    assert ada.sign_up().status_code == 201
    users = app.auth.user_model.__table__  # type: ignore[attr-defined]
    (key,) = users.primary_key.columns

    # when the tables are looked at, in the metadata and in the database
    ours = [users.metadata.tables[name] for name in ("auth_sessions", "auth_role_grants", "auth_vouchers")]
    with app.app_context():
        inspector = sa.inspect(app.extensions["sqlalchemy"].engine)
        links = {table.name: inspector.get_foreign_keys(table.name) for table in ours}
        columns = {
            table.name: {one["name"]: one["type"] for one in inspector.get_columns(table.name)}
            for table in (*ours, users)
        }

    # then each is a real foreign key to the user, of the same type, whose rows go with the user
    for table in ours:
        (link,) = table.c.user_id.foreign_keys
        assert link.column is key
        assert type(table.c.user_id.type) is type(key.type)
        (real,) = links[table.name]
        assert (real["referred_table"], real["referred_columns"]) == (users.name, [key.name])
        assert real["options"]["ondelete"] == "CASCADE"
        assert str(columns[table.name]["user_id"]) == str(columns[users.name][key.name])


def test_a_role_is_granted_and_taken_whatever_the_key(keyed: tuple[flask.Flask, type]) -> None:
    # given somebody who has signed up
    app, _ = keyed
    ada = Person(app, "bearer", "ada@example.com")
    assert ada.sign_up().status_code == 201
    auth: AuthSvc = app.auth  # type: ignore[attr-defined]

    def with_user(change: Callable[[Any], None]) -> None:
        with app.app_context():
            change(app.extensions["sqlalchemy"].session.scalars(sa.select(auth.user_model)).one())

    # when a role is granted and taken
    with_user(lambda user: auth.grant_role(user, "editor"))
    granted = ada.me().json["user"]["roles"]
    with_user(lambda user: auth.revoke_role(user, "editor"))

    # then the next request knows
    assert granted == ["editor"]
    assert ada.me().json["user"]["roles"] == ["user"]


@pytest.mark.parametrize("made", [uuid_user, big_key], ids=["uuid", "big"])
@pytest.mark.parametrize("subject", ["", "7.0", " 1", "١", "{7f1c7d1e}", "None", "9" * 400, "' OR 1=1 --"])
def test_a_subject_that_no_key_is_written_as_is_refused(
    database_url: str, made: Callable[[], type[Any]], subject: str
) -> None:
    # given a token that was signed with the right key for a subject that cannot be
    app = make_app(database_url, user_model=made())
    ada = Person(app, "bearer", "ada@example.com")
    assert ada.sign_up().status_code == 201
    assert ada.access is not None
    import jwt as pyjwt

    claims = claims_of(ada.access)
    from flask_headless_auth.state import EXTENSION
    from flask_headless_auth.tokens import KeySet

    key = app.extensions[EXTENSION].parts[KeySet].keys[0]
    forged = pyjwt.encode(
        {**claims, "sub": subject},
        key.signing,
        algorithm=key.algorithm,
        headers={"kid": key.kid, "typ": "JWT"},
    )

    # when it is presented
    answer = ada.call("GET", "/user/@me", token=forged)

    # then it is refused as a token, not with a failure
    assert answer.status_code == 401, answer.text


def test_a_key_of_two_columns_stops_the_start_and_says_why(database_url: str) -> None:
    # given a user model with a composite key
    db = SQLAlchemy()

    class Seat(db.Model, UserMixin):  # type: ignore[name-defined,misc]
        __tablename__ = "seats"
        id = db.Column(db.Integer, primary_key=True)
        tenant = db.Column(db.Integer, primary_key=True)

    # when the application starts
    with pytest.raises(ConfigurationError) as refused:
        make_app(database_url, user_model=Seat)

    # then the message names the model and the problem
    assert refused.value.problems == ("The user model Seat needs a primary key of one column, not 2.",)


def test_the_user_in_a_guarded_route_is_the_hosts_own_object(database_url: str) -> None:
    # given a host that guards a route with ours
    app = make_app(database_url, user_model=uuid_user())

    @app.get("/api/me-too")
    @login_required
    def me_too() -> Any:
        real = current_user._get_current_object()
        attached = real in app.extensions["sqlalchemy"].session
        return {"class": type(real).__name__, "key": type(real.id).__name__, "attached": attached}

    ada = Person(app, "bearer", "ada@example.com")
    assert ada.sign_up().status_code == 201

    # when a signed-in user comes
    seen = ada.get("/api/me-too").json

    # then the host sees its own class, with its own key, in its own session
    assert seen == {"class": "Account", "key": "UUID", "attached": True}


def test_somebody_who_is_deleted_by_the_host_is_signed_out(keyed: tuple[flask.Flask, type]) -> None:
    # given somebody who is signed in
    app, _ = keyed
    ada = Person(app, "bearer", "ada@example.com")
    assert ada.sign_up().status_code == 201

    # when the host deletes the row by plain SQL
    host = app.extensions["sqlalchemy"]
    with app.app_context():
        host.session.execute(sa.delete(app.auth.user_model))  # type: ignore[attr-defined]
        host.session.commit()

    # then the next request is refused, and the sessions went along where the engine enforces foreign keys
    assert ada.me().status_code == 401
    assert ada.refresh().status_code == 401
