"""A host with routes of its own, each behind another way of asking for a token."""

from collections.abc import Callable
from typing import Any

import flask
from flask_jwt_extended import JWTManager, get_jwt, get_jwt_identity, jwt_required, verify_jwt_in_request

from flask_headless_auth import AuthSvc, login_required
from tests.support.apps import STRONG, Person, plain_user

Step = Callable[[flask.Flask], Any]


class OwnManager(JWTManager):
    """A manager that a host has derived, with a way of its own to decode."""

    def _decode_jwt_from_config(self, *args: Any, **kwargs: Any) -> dict[str, Any]:
        return super()._decode_jwt_from_config(*args, **kwargs)


def late(kind: type[JWTManager]) -> Step:
    """Make a manager and give it the application afterwards, as factories do."""

    def make(app: flask.Flask) -> None:
        kind().init_app(app)

    return make


def nothing(app: flask.Flask) -> None:
    """What a host does that does nothing."""


def host(database: str, *, before: Step = nothing, after: Step = nothing, **config: Any) -> flask.Flask:
    """A host with AuthSvc and guarded routes, which does something before or after `AuthSvc(app)`."""
    app = flask.Flask("host")
    app.config.update({**STRONG, "SQLALCHEMY_DATABASE_URI": database, **config})
    before(app)
    app.auth = AuthSvc(app, user_model=plain_user())  # type: ignore[attr-defined]
    after(app)
    return with_routes(app)


def hosted(database: str, moment: str, step: Step, **config: Any) -> flask.Flask:
    """A host that does this before or after `AuthSvc(app)`."""
    return (
        host(database, before=step, **config)
        if moment == "before us"
        else host(database, after=step, **config)
    )


def with_routes(app: flask.Flask) -> flask.Flask:
    """The application with a route for each way of asking."""
    for name, guard in GUARDS.items():
        app.add_url_rule(f"/host/{name}", name, guard(_who))
    app.add_url_rule("/host/refresh", "refresh", jwt_required(refresh=True)(_who))
    app.add_url_rule("/host/open", "open", lambda: {"who": None})
    return app


def _who() -> dict[str, Any]:
    return {"who": get_jwt_identity(), "sid": get_jwt().get("sid")}


def _inside(view: Callable[[], Any]) -> Callable[[], Any]:
    def asking() -> Any:
        verify_jwt_in_request()
        return view()

    return asking


GUARDS: dict[str, Callable[[Callable[[], Any]], Callable[[], Any]]] = {
    "ours": login_required,
    "plain": jwt_required(),
    "fresh": jwt_required(fresh=True),
    "optional": jwt_required(optional=True),
    "any-type": jwt_required(verify_type=False),
    "unchecked": jwt_required(skip_revocation_check=True),
    "all-off": jwt_required(verify_type=False, skip_revocation_check=True, optional=True),
    "by-location": jwt_required(locations=["headers", "cookies"]),
    "inside": _inside,
}
"""Ways to ask for an access token."""


def admitted(person: Person, path: str = "/host") -> dict[str, int]:
    """The status that this person's access token gets behind each guard."""
    found = {}
    for name in GUARDS:
        headers = {"Authorization": f"Bearer {person.access}"} if person.kind == "bearer" else {}
        found[name] = person.http.get(f"{path}/{name}", headers=headers).status_code
    return found


def everywhere(status: int) -> dict[str, int]:
    """This status behind each guard."""
    return dict.fromkeys(GUARDS, status)


def with_refresh_token(app: flask.Flask, kind: str, token: str, path: str) -> int:
    """The status that a refresh token gets at a route of the host."""
    client = app.test_client()
    if kind == "cookie":
        client.set_cookie("refresh_token", token, path="/")
        return client.get(path).status_code
    return client.get(path, headers={"Authorization": f"Bearer {token}"}).status_code
