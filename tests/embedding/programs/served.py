"""The application that gunicorn serves: `TEST_DATABASE` says where its users are."""

import os
from typing import Any

from flask import Flask, Response
from flask_jwt_extended import get_jwt_identity, jwt_required
from flask_sqlalchemy import SQLAlchemy

from flask_headless_auth import AuthSvc, UserMixin, current_user, login_required

db = SQLAlchemy()


class User(db.Model, UserMixin):  # type: ignore[name-defined,misc]
    """The host's user."""

    __tablename__ = "users"
    first_name = db.Column(db.String(100))


app = Flask(__name__)
app.config.update(
    SECRET_KEY="0123456789abcdef" * 4,
    SQLALCHEMY_DATABASE_URI=os.environ["TEST_DATABASE"],
    AUTHSVC_PUBLIC_URL="http://localhost",
    AUTHSVC_CREATE_TABLES=True,
    AUTHSVC_PASSWORD_BCRYPT_COST=4,
    JWT_COOKIE_SECURE=False,
    # All visitors come from one address, and so does their crowd.
    AUTHSVC_LIMITS_SIGNUP="",
    AUTHSVC_LIMITS_REFRESH="",
    AUTHSVC_LIMITS_REFRESH_SESSION="",
)
auth = AuthSvc(app, user_model=User)


@app.after_request
def sign(response: Response) -> Response:
    """Every answer names the worker that gave it."""
    response.headers["X-Worker"] = str(os.getpid())
    return response


@app.get("/pid")
def pid() -> Any:
    """Something that needs nobody."""
    return {"pid": os.getpid()}


@app.get("/host")
@login_required
def host() -> Any:
    """A route of the host behind our guard."""
    return {"email": current_user.email}


@app.get("/plain")
@jwt_required()
def plain() -> Any:
    """A route of the host behind Flask-JWT-Extended's own guard."""
    return {"identity": get_jwt_identity()}
