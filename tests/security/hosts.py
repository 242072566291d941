"""Host applications for the tests of safety: with routes of their own, and with keys of their own or none."""

from pathlib import Path
from typing import Any

import flask

from flask_headless_auth import AuthSvc
from tests.support.apps import plain_user

PUBLIC = "https://auth.example.com"
FRONT = "https://app.example.com"


def give_routes(app: flask.Flask) -> flask.Flask:
    """Routes of the host: guarded and not, failing and not, inside and outside /api/."""
    from flask_jwt_extended import get_jwt_identity, jwt_required

    every = ["GET", "POST", "PUT", "PATCH", "DELETE"]

    @app.route("/api/notes", methods=every)
    @jwt_required()
    def notes() -> Any:
        return {"identity": str(get_jwt_identity())}

    @app.route("/api/maybe", methods=every)
    @jwt_required(optional=True)
    def maybe() -> Any:
        return {"identity": get_jwt_identity()}

    @jwt_required()
    def socket() -> Any:
        return "a conversation"

    # As packages for WebSockets declare their routes.
    app.add_url_rule("/api/socket", view_func=socket, websocket=True)

    @app.post("/host/refresh")
    @jwt_required(refresh=True)
    def refresh() -> Any:
        return {"identity": str(get_jwt_identity())}

    @app.route("/api/hello", methods=every)
    def hello() -> Any:
        return {"hello": "world"}

    @app.get("/api/broken")
    def broken() -> Any:
        raise RuntimeError("SELECT secret FROM host")

    @app.route("/page", methods=every)
    def page() -> Any:
        return "<h1>page</h1>"

    @app.get("/api-of-another-kind")
    def other() -> Any:
        return "other"

    return app


def local_app(folder: Path, **config: Any) -> flask.Flask:
    """An application with an instance folder of its own and no keys but those in *config*."""
    app = flask.Flask("host", instance_path=str(folder / "instance"))
    app.config.update(
        {
            "SQLALCHEMY_DATABASE_URI": f"sqlite:///{folder / 'local.db'}",
            "JWT_COOKIE_SECURE": False,
            "AUTHSVC_PASSWORD_BCRYPT_COST": 4,
            "RATELIMIT_ENABLED": False,
            **config,
        }
    )
    app.auth = AuthSvc(app, user_model=plain_user())  # type: ignore[attr-defined]
    return app
