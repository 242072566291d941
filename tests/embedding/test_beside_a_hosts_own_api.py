"""The host has a flask-smorest Api of its own: two contracts, two kinds of errors, one application."""

from collections.abc import Callable
from typing import Any

import flask
import flask_smorest
import marshmallow as ma
import pytest
from flask.views import MethodView
from openapi_spec_validator import validate
from werkzeug.exceptions import HTTPException

from flask_headless_auth import AuthSvc, login_required
from tests.embedding.hosts import bare, model
from tests.support.apps import Person

THEIRS = {
    "API_TITLE": "The host's shop",
    "API_VERSION": "v7",
    "OPENAPI_VERSION": "3.0.3",
    "OPENAPI_URL_PREFIX": "/shop",
    "OPENAPI_JSON_PATH": "openapi.json",
}


class Book(ma.Schema):
    """The host's own book."""

    title = ma.fields.String(required=True)
    pages = ma.fields.Integer()


class User(ma.Schema):
    """The host has a schema called User, too."""

    shoe_size = ma.fields.Integer()


def give_api(app: flask.Flask) -> None:
    """The host's own Api with blueprints named like features of ours."""
    api = flask_smorest.Api(app)
    for name in ("signin", "auth", "sessions"):
        blueprint = flask_smorest.Blueprint(name, name, url_prefix=f"/shop/{name}", description=name)

        @blueprint.route("/books")
        class Books(MethodView):
            @blueprint.response(200, Book(many=True))
            def get(self) -> Any:
                """List the books."""
                return [{"title": "Flatland", "pages": 96}]

            @blueprint.arguments(Book)
            @blueprint.response(201, User)
            def post(self, body: dict[str, Any]) -> Any:
                """Add a book."""
                return {"shoe_size": 38}

        api.register_blueprint(blueprint)


@pytest.fixture(params=["the host's Api first", "AuthSvc first"])
def shop(request: pytest.FixtureRequest, database_url: str) -> flask.Flask:
    """A host with an Api of its own, in both orders of registration."""
    app = bare(database_url, **THEIRS)
    steps: list[Callable[[flask.Flask], Any]] = [give_api, lambda app: AuthSvc(app, user_model=model())]
    for step in steps if request.param == "the host's Api first" else reversed(steps):
        step(app)
    return app


def test_each_api_has_a_spec_of_its_own_with_its_own_paths_and_schemas(shop: flask.Flask) -> None:
    # given a host with an Api of its own
    visitor = shop.test_client()

    # when both specs are asked for, ours before and after theirs
    ours = visitor.get("/api/auth/openapi.json").json
    theirs = visitor.get("/shop/openapi.json").json
    again = visitor.get("/api/auth/openapi.json").json

    # then each says what is its own and nothing of the other's
    assert theirs["info"] == {"title": "The host's shop", "version": "v7"}
    assert theirs["openapi"] == "3.0.3"
    assert set(theirs["paths"]) == {f"/shop/{name}/books" for name in ("signin", "auth", "sessions")}
    assert set(theirs["components"]["schemas"]) == {"Book", "User", "Error", "PaginationMetadata"}
    assert set(theirs["components"]["schemas"]["User"]["properties"]) == {"shoe_size"}
    assert ours["openapi"] == "3.1.0"
    assert all(path.startswith("/api/auth/") for path in ours["paths"])
    assert "Book" not in ours["components"]["schemas"]
    assert "shoe_size" not in ours["components"]["schemas"]["User"]["properties"]
    assert {"email", "roles"} <= set(ours["components"]["schemas"]["User"]["properties"])
    assert ours == again
    validate(theirs)
    validate(ours)


def test_the_hosts_operations_and_ours_work_side_by_side(shop: flask.Flask, kind: str) -> None:
    # given somebody at a host with an Api of its own
    ada = Person(shop, kind, "ada@example.com")

    # when they sign up and use the host's operations
    assert ada.sign_up().status_code == 201
    books = shop.test_client().get("/shop/auth/books")
    wrong = shop.test_client().post("/shop/signin/books", json={"pages": "many"})

    # then both answer, and the host's refusal has the form of flask-smorest
    assert books.json == [{"title": "Flatland", "pages": 96}]
    assert wrong.status_code == 422
    assert wrong.content_type == "application/json"
    assert set(wrong.json["errors"]["json"]) == {"title", "pages"}
    assert ada.me().json["user"]["email"] == "ada@example.com"


@pytest.mark.parametrize("path", ["/shop/nowhere", "/nowhere", "/api/authority", "/api/authors/login"])
def test_the_hosts_not_found_stays_the_hosts(shop: flask.Flask, path: str) -> None:
    # given a host whose Api answers errors as flask-smorest does
    visitor = shop.test_client()

    # when something that does not exist is asked of the host, even where the path begins like ours
    answer = visitor.get(path)

    # then the answer is the host's and carries no header of ours
    assert answer.status_code == 404
    assert answer.content_type == "application/json"
    assert answer.json == {"code": 404, "status": "Not Found"}
    assert "Content-Security-Policy" not in answer.headers


def give_handlers(app: flask.Flask) -> None:
    """Handlers of the host for everything, by status, by class and for the rest."""

    def answer(error: Exception) -> Any:
        return {"host": type(error).__name__}, getattr(error, "code", None) or 500

    for status in (400, 401, 403, 404, 405, 413, 415, 422, 429, 500, 503):
        app.register_error_handler(status, answer)
    for kind in (HTTPException, Exception):
        app.register_error_handler(kind, answer)


def give_routes(app: flask.Flask) -> None:
    """Routes of the host that fail in every way."""

    @app.get("/host/abort/<int:status>")
    def refuse(status: int) -> Any:
        flask.abort(status)

    @app.get("/host/break")
    def break_down() -> Any:
        raise RuntimeError("the host's own trouble")

    @app.get("/host/private")
    @login_required
    def private() -> Any:
        return {"private": True}


@pytest.fixture(params=["handlers first", "AuthSvc first"])
def strict(request: pytest.FixtureRequest, database_url: str) -> flask.Flask:
    """A host with handlers for every error, registered before or after us."""
    app = bare(database_url)
    steps: list[Callable[[flask.Flask], Any]] = [
        give_handlers,
        give_routes,
        lambda app: AuthSvc(app, user_model=model()),
    ]
    for step in steps if request.param == "handlers first" else reversed(steps):
        step(app)
    return app


@pytest.mark.parametrize(
    ("path", "status", "name"),
    [
        ("/host/abort/400", 400, "BadRequest"),
        ("/host/abort/404", 404, "NotFound"),
        ("/host/abort/422", 422, "UnprocessableEntity"),
        ("/host/abort/418", 418, "ImATeapot"),
        ("/host/break", 500, "RuntimeError"),
        ("/host/nowhere", 404, "NotFound"),
    ],
)
def test_the_hosts_handlers_answer_the_hosts_errors(
    strict: flask.Flask, path: str, status: int, name: str
) -> None:
    # given a host with handlers of its own for every error
    visitor = strict.test_client()

    # when one of its routes fails
    answer = visitor.get(path)

    # then its own handler has answered
    assert answer.status_code == status
    assert answer.json is not None
    if name != "RuntimeError":
        # Names of werkzeug's classes differ between versions by a word; the family is what counts.
        assert answer.json.keys() == {"host"}
    else:
        assert answer.json["host"] in ("RuntimeError", "InternalServerError")


OURS: list[tuple[str, str, dict[str, Any], int, str]] = [
    ("GET", "/api/auth/nowhere", {}, 404, "not_found"),
    ("GET", "/api/auth", {}, 404, "not_found"),
    ("GET", "/api/auth/login", {}, 405, "method_not_allowed"),
    ("GET", "/api/auth/user/@me", {}, 401, "token_missing"),
    ("POST", "/api/auth/login", {"json": {"password": 3}}, 422, "validation_failed"),
    ("POST", "/api/auth/login", {"data": "{", "content_type": "application/json"}, 400, "malformed_body"),
    ("POST", "/api/auth/login", {"data": "x", "content_type": "text/plain"}, 415, "unsupported_media_type"),
    (
        "POST",
        "/api/auth/login",
        {"data": b" " * 100_000, "content_type": "application/json"},
        413,
        "body_too_large",
    ),
    (
        "POST",
        "/api/auth/login",
        {"json": {"email": "nobody@example.com", "password": "wrong horse"}},
        401,
        "invalid_credentials",
    ),
    ("GET", "/api/auth/schemas/Nothing.json", {}, 404, "not_found"),
    ("GET", "/api/auth/docs/nothing.js", {}, 404, "not_found"),
]


@pytest.mark.parametrize(("method", "path", "options", "status", "code"), OURS)
def test_the_hosts_handlers_do_not_reach_below_our_prefix(
    strict: flask.Flask, method: str, path: str, options: dict[str, Any], status: int, code: str
) -> None:
    # given a host with handlers of its own for every error
    visitor = strict.test_client()

    # when one of our operations refuses
    answer = visitor.open(path, method=method, **options)

    # then it is a problem document, with the header that belongs to it
    assert answer.status_code == status, answer.text
    assert answer.content_type == "application/problem+json"
    assert answer.json["code"] == code
    assert ("Allow" in answer.headers) == (status == 405)


def test_a_failure_inside_our_operation_is_a_problem_whatever_handlers_the_host_has(
    database_url: str, caplog: pytest.LogCaptureFixture
) -> None:
    # given a host with handlers for everything and a listener that breaks our sign-up
    from flask_headless_auth import SignedUp

    app = bare(database_url)
    give_handlers(app)
    auth = AuthSvc(app, user_model=model())

    @auth.during(SignedUp)
    def break_down(event: SignedUp) -> None:
        raise RuntimeError("psst, a secret")

    # when somebody signs up
    answer = Person(app).sign_up()

    # then the answer is our problem and tells nothing, the log tells all
    assert answer.status_code == 500
    assert answer.json["code"] == "internal_error"
    assert "psst" not in answer.text
    assert "psst" in caplog.text


def test_a_guard_on_the_hosts_route_answers_a_problem_whatever_handlers_the_host_has(
    strict: flask.Flask,
) -> None:
    # given a host with handlers for everything, and our guard on one of its routes
    visitor = strict.test_client()

    # when nobody in particular comes
    answer = visitor.get("/host/private")

    # then it is the problem that front ends know
    assert answer.status_code == 401
    assert answer.json["code"] == "token_missing"
    assert answer.json["detail"].startswith("401 ")


def test_a_host_that_made_no_handlers_keeps_flasks_own_pages(database_url: str) -> None:
    # given a host that leaves its errors to Flask
    app = bare(database_url)
    AuthSvc(app, user_model=model())
    give_routes(app)
    app.config["PROPAGATE_EXCEPTIONS"] = False

    # when something does not exist, and something breaks
    missing, broken = (
        app.test_client().get("/host/nowhere"),
        app.test_client().get("/host/break"),
    )

    # then the pages are Flask's
    assert (missing.status_code, missing.mimetype) == (404, "text/html")
    assert (broken.status_code, broken.mimetype) == (500, "text/html")
