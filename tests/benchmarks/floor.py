"""The floor: the same promises written by hand on bare Flask, PyJWT, SQLAlchemy Core and bcrypt.

It serves the package's own tables and tokens, so that both sides can be asked the same and must answer the
same. A token is verified with one pinned algorithm, issuer, audience and times; session, user and, where the
answer needs them, roles come by one joined query; a refresh is one conditional UPDATE and two new tokens.
What does not stand in the path of a good request is left out: no grace for a second tab, no counted tries.
"""

import functools
import secrets
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import bcrypt
import flask
import jwt
import sqlalchemy as sa
from flask import abort, g, jsonify, request

ACCESS_LIFE, REFRESH_LIFE, SESSION_LIFE = 15 * 60, 30 * 24 * 3600, timedelta(days=90)
REQUIRED = ["exp", "nbf", "iss", "aud", "sub", "sid", "type"]

MOMENT = sa.DateTime(timezone=True)
users = sa.table(
    "users",
    sa.column("id", sa.Integer),
    sa.column("email", sa.String),
    sa.column("password_hash", sa.String),
    sa.column("is_verified", sa.Boolean),
    sa.column("is_active", sa.Boolean),
    sa.column("mfa_enabled", sa.Boolean),
    sa.column("provider", sa.String),
    sa.column("created_at", MOMENT),
    sa.column("updated_at", MOMENT),
    sa.column("first_name", sa.String),
    sa.column("last_name", sa.String),
    sa.column("phone_number", sa.String),
    sa.column("locale", sa.String),
    sa.column("timezone", sa.String),
)
sessions = sa.table(
    "auth_sessions",
    sa.column("id", sa.String),
    sa.column("user_id", sa.Integer),
    sa.column("created_at", MOMENT),
    sa.column("refreshed_at", MOMENT),
    sa.column("expires_at", MOMENT),
    sa.column("remember", sa.Boolean),
    sa.column("body_generation", sa.Integer),
    sa.column("body_rotated_at", sa.BigInteger),
    sa.column("proofs", sa.JSON),
    sa.column("address", sa.String),
    sa.column("user_agent", sa.String),
    sa.column("revoked_at", MOMENT),
    sa.column("revoked_reason", sa.String),
)
grants = sa.table(
    "auth_role_grants", sa.column("id", sa.Integer), sa.column("user_id", sa.Integer), sa.column("role")
)

_session, _user, _now = sa.bindparam("session"), sa.bindparam("user"), sa.bindparam("now", type_=MOMENT)
_stands = sa.and_(
    sessions.c.id == _session,
    sessions.c.user_id == _user,
    sessions.c.revoked_at.is_(None),
    sessions.c.expires_at > _now,
    users.c.is_active.is_(True),
)
_both = sa.join(sessions, users, users.c.id == sessions.c.user_id)
_roles = sa.join(_both, grants, grants.c.user_id == users.c.id, isouter=True)
STANDING = sa.select(sessions.c.user_id).select_from(_both).where(_stands)
STANDING_USER = sa.select(users, grants.c.role).select_from(_roles).where(_stands).order_by(grants.c.id)
ROTATE = (
    sa.update(sessions)
    .where(
        sessions.c.id == _session,
        sessions.c.body_generation == sa.bindparam("was"),
        sessions.c.revoked_at.is_(None),
        sessions.c.expires_at > _now,
        sa.exists().where(users.c.id == sessions.c.user_id, users.c.is_active.is_(True)).correlate(sessions),
    )
    .values(
        body_generation=sessions.c.body_generation + 1,
        body_rotated_at=sa.bindparam("second"),
        refreshed_at=_now,
        address=sa.bindparam("seen_from"),
    )
)
END = sa.update(sessions).where(sessions.c.id == _session, sessions.c.revoked_at.is_(None))


def floor(url: str, secret: str, issuer: str) -> flask.Flask:
    """An application with GET /hello, GET /me, POST /refresh and POST /login on the database at *url*."""
    app = flask.Flask("floor")
    # Plain `postgresql://` finds psycopg because the package registers it; see database.register_drivers.
    engine = sa.create_engine(url, isolation_level="AUTOCOMMIT")
    app.extensions["engine"] = engine

    def claims_of(kind: str, cookie: str) -> dict[str, Any]:
        header = request.headers.get("Authorization")
        if header is not None:
            scheme, _, token = header.partition(" ")
            if scheme.lower() != "bearer":
                abort(401)
        else:
            token = request.cookies.get(cookie, "")
        try:
            claims = jwt.decode(
                token,
                secret,
                algorithms=["HS256"],
                audience=issuer,
                issuer=issuer,
                options={"require": REQUIRED},
            )
            claims["sub"] = int(claims["sub"])
        except (jwt.PyJWTError, ValueError):
            abort(401)
        if claims["type"] != kind:
            abort(401)
        return claims

    def asked(query: sa.Select[Any]) -> Any:
        claims = claims_of("access", "access_token")
        values = {"session": claims["sid"], "user": claims["sub"], "now": datetime.now(UTC)}
        with engine.connect() as connection:
            rows = connection.execute(query, values).all()
        if not rows:
            abort(401)
        return rows

    def signed_in(view: Callable[..., Any]) -> Callable[..., Any]:
        @functools.wraps(view)
        def wrapper(*args: Any, **kwargs: Any) -> Any:
            g.user_id = asked(STANDING)[0].user_id
            return view(*args, **kwargs)

        return wrapper

    def tokens(subject: str, session_id: str, generation: int) -> dict[str, Any]:
        now = int(time.time())
        base = {"iss": issuer, "aud": issuer, "sub": subject, "sid": session_id, "iat": now, "nbf": now}
        access = {**base, "type": "access", "jti": secrets.token_urlsafe(18), "exp": now + ACCESS_LIFE}
        refresh = {
            **base,
            "type": "refresh",
            "jti": secrets.token_urlsafe(18),
            "exp": now + REFRESH_LIFE,
            "ch": "body",
            "gen": generation,
        }
        return {
            "session_id": session_id,
            "expires_in": ACCESS_LIFE,
            "access_token": jwt.encode(access, secret, algorithm="HS256"),
            "refresh_token": jwt.encode(refresh, secret, algorithm="HS256"),
            "token_type": "Bearer",
        }

    @app.get("/hello")
    @signed_in
    def hello() -> flask.Response:
        return jsonify(message="hello")

    @app.get("/me")
    def me() -> flask.Response:
        rows = asked(STANDING_USER)
        return jsonify(user=shown(rows[0], [row.role for row in rows if row.role] or ["user"]))

    @app.post("/refresh")
    def refresh() -> flask.Response:
        claims, now = claims_of("refresh", "refresh_token"), datetime.now(UTC)
        values = {
            "session": claims["sid"],
            "was": claims["gen"],
            "now": now,
            "second": int(now.timestamp()),
            "seen_from": request.remote_addr,
        }
        with engine.connect() as connection:
            if connection.execute(ROTATE, values).rowcount != 1:
                ended = END.values(revoked_at=now, revoked_reason="reused")
                connection.execute(ended, {"session": claims["sid"]})
                abort(401)
        return jsonify(tokens(str(claims["sub"]), claims["sid"], claims["gen"] + 1))

    @app.post("/login")
    def login() -> flask.Response:
        body = request.get_json()
        with engine.connect() as connection:
            user = connection.execute(sa.select(users).where(users.c.email == body["email"])).first()
            stored = user.password_hash if user is not None else DECOY
            matches = bcrypt.checkpw(body["password"].encode(), stored.encode())
            if user is None or not matches or not user.is_active:
                abort(401)
            now, session_id = datetime.now(UTC), secrets.token_urlsafe(32)
            values = {
                "id": session_id,
                "user_id": user.id,
                "created_at": now,
                "refreshed_at": now,
                "expires_at": now + SESSION_LIFE,
                "remember": True,
                "body_generation": 1,
                "body_rotated_at": int(now.timestamp()),
                "proofs": [["pwd", int(now.timestamp()), None]],
                "address": request.remote_addr,
                "user_agent": request.headers.get("User-Agent", "")[:255],
            }
            connection.execute(sa.insert(sessions), values)
        return jsonify(user=shown(user, ["user"]), **tokens(str(user.id), session_id, 1))

    return app


DECOY = bcrypt.hashpw(secrets.token_bytes(16), bcrypt.gensalt(4)).decode()


def shown(user: Any, roles: list[str]) -> dict[str, Any]:
    """The user as the package's GET /user/@me shows it."""
    return {
        "id": str(user.id),
        "email": user.email,
        "is_verified": user.is_verified,
        "is_active": user.is_active,
        "mfa_enabled": user.mfa_enabled,
        "provider": user.provider,
        "created_at": moment(user.created_at),
        "updated_at": moment(user.updated_at),
        "first_name": user.first_name,
        "last_name": user.last_name,
        "phone_number": user.phone_number,
        "locale": user.locale,
        "timezone": user.timezone,
        "role": roles[0],
        "roles": roles,
        "permissions": [],
    }


def moment(value: datetime | None) -> str | None:
    """A moment in UTC with its offset; SQLite hands it out without one."""
    if value is None:
        return None
    return (value.astimezone(UTC) if value.tzinfo else value.replace(tzinfo=UTC)).isoformat()
