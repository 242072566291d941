"""HTTP: how operations are declared, bodies are read, and refusals become problem documents."""

import functools
import logging
import os
from collections.abc import Callable
from copy import deepcopy
from typing import Any, TypeVar

import click
import flask
import flask_smorest
from flask import current_app, request
from flask.cli import ScriptInfo
from flask.views import MethodView
from sqlalchemy.exc import DataError
from werkzeug.exceptions import HTTPException, InternalServerError, default_exceptions
from werkzeug.routing import RequestRedirect

from flask_headless_auth import bodies, cookies, database, machine, manager, operations
from flask_headless_auth.errors import (
    AuthError,
    BadRequest,
    BodyTooLarge,
    InternalError,
    MethodNotAllowed,
    NotFound,
    UnsupportedMediaType,
    ValidationFailed,
)
from flask_headless_auth.events import Event
from flask_headless_auth.settings import CoreSettings
from flask_headless_auth.state import State, settings, state

log = logging.getLogger("flask_headless_auth")

LINK = [{"in": "path", "name": "token", "description": "The end of the link in the mail."}]
"""The parameter of operations that take the token of a link."""

F = TypeVar("F", bound=Callable[..., Any])


class Blueprint(flask_smorest.Blueprint):
    """A feature's endpoints: each class is one operation, and its class name is the `operationId`."""

    ARGUMENTS_PARSER = bodies.BodyParser()

    def __init__(self, feature: str, import_name: str, **options: Any) -> None:
        # Hosts have blueprints of their own, and names are one per application.
        super().__init__(f"authsvc_{feature}", import_name, **options)
        self.feature = feature
        answer_all_errors(self)
        self._prepare_doc_cbks.append(self._prepare_operation_doc)

    def arguments(self, schema: Any, **options: Any) -> Callable[[F], F]:
        """What the operation reads; see `flask_smorest.Blueprint.arguments`."""
        decorate = super().arguments(schema, **options)

        def wrap(view: F) -> F:
            wrapper = decorate(view)
            # smorest documents 422 by a name that differs between Python versions; `raises` says it for all.
            wrapper._apidoc["arguments"].pop("responses", None)
            return wrapper  # type: ignore[no-any-return]

        return wrap

    @staticmethod
    def raises(*refusals: type[AuthError]) -> Callable[[F], F]:
        """The refusals of this operation besides those that its guard, its limit and its body bring."""
        return _fact("raises", list(refusals))

    @staticmethod
    def emits(*events: type[Event]) -> Callable[[F], F]:
        """The events of this operation: its `x-audit`."""
        return _fact("emits", list(events))

    @staticmethod
    def counts(*limits: str) -> Callable[[F], F]:
        """The named limits that the operation's logic counts, besides the one of its address."""
        return _fact("counts", list(limits))

    @staticmethod
    def delivers(view: F) -> F:
        """The operation answers tokens, and `X-Auth-Delivery` says how."""
        return _fact("delivers", True)(view)

    @staticmethod
    def any_origin(view: F) -> F:
        """Pages of other sites may send it: something that they cannot have guards it instead."""
        return _fact("any_origin", True)(view)

    @staticmethod
    def finds(view: F) -> F:
        """The operation answers 404 for what does not exist or belongs to somebody else."""
        return _fact("finds", True)(view)

    @staticmethod
    def shows_page(view: F) -> F:
        """The operation answers people who open a link with a page."""
        return _fact("shows_page", True)(view)

    @staticmethod
    def never_head(view: F) -> F:
        """HEAD is answered 405: Flask would run the GET, and that uses something up (RFC 9110 §9.2.1)."""

        @functools.wraps(view)
        def wrapper(*args: Any, **kwargs: Any) -> Any:
            if request.method == "HEAD":
                adapter = current_app.create_url_adapter(request)
                allowed = sorted({*(adapter.allowed_methods() if adapter else ())} - {"HEAD"})
                raise MethodNotAllowed(headers={"Allow": ", ".join(allowed)})
            return view(*args, **kwargs)

        return wrapper  # type: ignore[return-value]

    @staticmethod
    def reads_token(kind: str) -> Callable[[F], F]:
        """The operation reads its token itself: `refresh`, `either`, or `optional` (an access token)."""
        return _fact("guarded", kind)

    @staticmethod
    def _prepare_operation_doc(doc: Any, doc_info: Any, *, method: str, **_: Any) -> Any:
        return operations.describe(doc, doc_info, method)

    def _store_endpoint_docs(
        self, endpoint: str, obj: Any, parameters: Any, tags: Any, **options: Any
    ) -> None:
        super()._store_endpoint_docs(endpoint, obj, parameters, tags, **options)
        methods = [key for key in self._docs[endpoint] if key != "parameters"]
        if not isinstance(obj, type) or not issubclass(obj, MethodView) or len(methods) != 1:
            raise TypeError(f"{obj!r}: one operation is one MethodView with one method.")
        self._docs[endpoint][methods[0]].update(operation=obj.__name__, tags=[self.feature])


def _fact(name: str, value: Any) -> Callable[[F], F]:
    def decorate(view: F) -> F:
        view._apidoc = {**deepcopy(getattr(view, "_apidoc", {})), name: value}  # type: ignore[attr-defined]
        return view

    return decorate


def problem_document(error: AuthError) -> dict[str, Any]:
    """A refusal as RFC 9457 describes it; `error` repeats `detail` for clients of the first version."""
    document: dict[str, Any] = {
        "type": f"{settings(CoreSettings).url_prefix}/errors/{error.code}",
        "title": error.title(),
        "status": error.status,
        "detail": error.detail,
        "code": error.code,
        "error": error.detail,
    }
    if error.errors is not None:
        document["errors"] = error.errors
    return {**error.facts, **document}


def problem(error: AuthError) -> flask.Response:
    """A refusal as an answer."""
    response = flask.jsonify(problem_document(error))
    response.status_code = error.status
    response.content_type = "application/problem+json"
    response.headers.update(error.headers)
    return response


def answer_error(error: Exception) -> flask.Response:
    """What any failure below our prefix looks like; the log has what the answer does not say."""
    if isinstance(error, AuthError):
        return problem(error)
    original = error.original_exception if isinstance(error, InternalServerError) else error
    if original is not None and not isinstance(original, HTTPException):
        return problem(_from_exception(original))
    return problem(_from_http(error))


def _from_exception(error: BaseException) -> AuthError:
    if isinstance(error, Exception) and database.is_failure(error):
        return database.refusal(error)
    if isinstance(error, DataError):
        state().db.session.rollback()
        return ValidationFailed("A value does not fit its column.")
    log.error("%s %s failed.", request.method, request.path, exc_info=error)
    state().db.session.rollback()
    return InternalError()


def _from_http(error: Exception) -> AuthError:
    status = getattr(error, "code", None) or 500
    headers = dict(getattr(error, "get_headers", list)())
    headers.pop("Content-Type", None)
    kind = _BY_STATUS.get(status)
    if kind is None:
        kind = BadRequest if status < 500 else InternalError
    return kind(headers=headers)


_BY_STATUS: dict[int, type[AuthError]] = {
    404: NotFound,
    405: MethodNotAllowed,
    413: BodyTooLarge,
    415: UnsupportedMediaType,
}


def answer_all_errors(blueprint: flask.Blueprint) -> None:
    """Let every failure in a blueprint of ours be answered by us.

    Each HTTP error by itself too: Flask asks an application's handler of a status before a blueprint's
    handler of a base class.
    """
    for kind in (AuthError, Exception, HTTPException, *default_exceptions.values()):
        blueprint.register_error_handler(kind, answer_error)


def is_ours(path: str, prefix: str) -> bool:
    """Whether a path lies below our prefix."""
    return path == prefix or path.startswith(f"{prefix}/")


def install(app: flask.Flask) -> None:
    """Put our checks before, and our headers behind, every request; the host's answers stay as they are."""
    app.register_error_handler(AuthError, problem)
    # In front of the host's own functions: nothing may decode a token before its manager is guarded.
    app.before_request_funcs.setdefault(None, []).insert(0, _before)
    app.after_request(_after)


def _before() -> flask.Response | None:
    ours = state()
    core = ours.sections.of(CoreSettings)
    try:
        manager.guard(ours.app)
        _create_tables(ours, core)
        _wake(ours)
    except Exception as failure:
        if not is_ours(request.path, core.url_prefix):
            # The host's page may need neither tokens nor tables; whatever needs them refuses by itself.
            log.warning("Start-up work failed and is tried again: %s", type(failure).__name__)
            return None
        return answer_error(failure)
    if is_ours(request.path, core.url_prefix):
        return _before_ours(core)
    return None


def _before_ours(core: CoreSettings) -> flask.Response | None:
    try:
        machine.check()
        asked: flask.Request = request._get_current_object()  # type: ignore[attr-defined]
        limit = asked.max_content_length
        asked.max_content_length = min(limit or core.max_body_bytes, core.max_body_bytes)
        if "\x00" in asked.path:
            # No database takes NUL in text, and nothing of ours is called so.
            raise NotFound
        failure = asked.routing_exception
        if failure is not None and not isinstance(failure, RequestRedirect):
            return answer_error(failure)
        if asked.headers.get("Authorization") is None and not _takes_any_origin(asked):
            cookies.check_origin()
    except AuthError as refusal:
        return problem(refusal)
    return None


def _takes_any_origin(asked: flask.Request) -> bool:
    """Whether the operation that is asked for says `any_origin`."""
    view = getattr(current_app.view_functions.get(asked.endpoint or ""), "view_class", None)
    handler = getattr(view, asked.method.lower(), None)
    return bool(getattr(handler, "_apidoc", {}).get("any_origin"))


class TablesReady:
    """Marks that this process has seen all tables."""


def _create_tables(ours: State, core: CoreSettings) -> None:
    """Create missing tables at the first request, where that is the application's way."""
    if TablesReady in ours.parts:
        return
    engine = database.engine_of(ours.db, ours.user_model.__table__)
    wanted = core.create_tables
    if wanted is None and _in_another_command():
        return
    if wanted is None:
        wanted = engine.dialect.name == "sqlite" and "migrate" not in current_app.extensions
    if wanted:
        database.create_tables(ours)
    ours.parts[TablesReady] = True


class Awake:
    """Marks that the features have done what they do once in each process: its number."""

    def __init__(self, process: int) -> None:
        self.process = process


def _wake(ours: State) -> None:
    awake = ours.parts.get(Awake)
    if awake is not None and awake.process == os.getpid():
        return
    ours.parts[Awake] = Awake(os.getpid())
    for feature in ours.features:
        if feature.wakes is not None:
            feature.wakes()


def _in_another_command() -> bool:
    """Whether this request is made inside a `flask` command that is not `run`, such as a migration."""
    context = click.get_current_context(silent=True)
    if context is None or context.find_object(ScriptInfo) is None:
        return False
    return context.command.name != "run"


def _after(response: flask.Response) -> flask.Response:
    if is_ours(request.path, settings(CoreSettings).url_prefix):
        present = {name.lower() for name, _ in response.headers}
        response.headers.extend(HEADERS if present <= _ORDINARY else _absent(present))
        if "vary" in present:
            response.vary.update(("Cookie", "Authorization"))
        else:
            response.headers.add("Vary", "Cookie, Authorization")
        if request.is_secure:
            response.headers.setdefault("Strict-Transport-Security", "max-age=63072000; includeSubDomains")
    return response


def _absent(present: set[str]) -> list[tuple[str, str]]:
    return [(name, value) for name, value in HEADERS if name.lower() not in present]


_ORDINARY = frozenset(("content-type", "content-length", "vary", "set-cookie"))

HEADERS = (
    ("Cache-Control", "no-store"),
    ("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'"),
    ("Cross-Origin-Resource-Policy", "same-origin"),
    ("Referrer-Policy", "no-referrer"),
    ("X-Content-Type-Options", "nosniff"),
    ("X-Frame-Options", "DENY"),
)
"""Headers of every answer of ours (ASVS 3.4); a page that needs more says so itself."""
