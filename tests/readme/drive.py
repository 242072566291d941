"""What runs inside a snippet's own process: `python -m readme.drive CHECK '{"its": "arguments"}'`.

The current folder holds the snippet as `app.py` (and `config.py`); each check imports it as the module `app`,
so that its `if __name__ == '__main__'` stays asleep, and then uses what it made. Exit status 0: it works.
"""

from __future__ import annotations

import importlib
import json
import logging
import sys
from collections.abc import Callable, Mapping
from http.cookies import Morsel, SimpleCookie
from pathlib import Path
from types import ModuleType
from typing import Any

from .visitor import PASSWORD, Visitor, in_process

ELSEWHERE = "203.0.113.7"
"""An address of the documentation range: a client that is not on this machine."""


def the_snippet() -> ModuleType:
    module = importlib.import_module("app")
    assert module.__name__ == "app"
    return module


def account(
    profile: Mapping[str, Any] | None = None,
    shows: Mapping[str, Any] | None = None,
    routes: Mapping[str, Any] | None = None,
) -> None:
    """Sign-up, login, `/user/@me` and logout work; `shows` is in the user; each of `routes` answers so."""
    visitor = Visitor(in_process(the_snippet().app))
    user = visitor.stay_a_while(profile)
    expected = {**(profile or {}), **(shows or {})}
    assert {name: user.get(name, "(absent)") for name in expected} == expected, user
    for path, body in (routes or {}).items():
        assert visitor.get(path).must_be(200) == body


def protected_routes() -> None:
    """The two routes of the section: `user_id` is the key's own type, and only an admin sees the second."""
    module = the_snippet()
    visitor = Visitor(in_process(module.app))
    visitor.get("/api/protected").must_be(401)
    visitor.get("/api/admin-only").must_be(401)

    visitor.sign_up()
    user_id = visitor.get("/api/protected").must_be(200)["user_id"]
    assert type(user_id) is int, repr(user_id)
    assert visitor.get("/api/admin-only").must_be(403) == {"error": "Admin only"}

    if hasattr(module.auth, "grant_role"):
        with module.app.app_context():
            user = module.auth.user_model.query.filter_by(email=visitor.email).one()
            assert user.id == user_id
            module.auth.grant_role(user, "admin")
        assert visitor.get("/api/admin-only").must_be(200) == {"message": "Welcome, admin!"}
    else:
        print("grant_role is not there yet: nobody could be made an admin")

    visitor.log_out()
    visitor.get("/api/protected").must_be(401)
    visitor.get("/api/admin-only").must_be(401)


def protected_route(path: str, body: Mapping[str, Any]) -> None:
    """A route under `@jwt_required()` answers a signed-in user only."""
    visitor = Visitor(in_process(the_snippet().app))
    visitor.get(path).must_be(401)
    visitor.sign_up()
    assert visitor.get(path).must_be(200) == body
    visitor.log_out()
    visitor.get(path).must_be(401)


def login_hook() -> None:
    """`@auth.on_login` is called with the user, inside the request, and may log what it likes of them."""
    lines: list[str] = []

    class Lines(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            lines.append(record.getMessage())

    module = the_snippet()
    module.logger.addHandler(Lines())
    module.logger.setLevel(logging.INFO)
    visitor = Visitor(in_process(module.app, "127.0.0.9"))
    visitor.sign_up()
    lines.clear()
    visitor.forget_token()
    visitor.log_in()
    assert lines == [f"User {visitor.email} logged in from 127.0.0.9"], lines
    _signs_in_with(module, secure=True, same_site="Strict", seconds=900)


def production() -> None:
    """Signing in gives what the file asks for: 15 minutes, and Secure, Strict, httpOnly cookies."""
    module = the_snippet()
    Visitor(in_process(module.app)).stay_a_while()
    _signs_in_with(module, secure=True, same_site="Strict", seconds=900)


def token_lifetime(seconds: int) -> None:
    module = the_snippet()
    _signs_in_with(module, secure=True, same_site="Strict", seconds=seconds)


def insecure_cookies() -> None:
    """Honoured: no cookie is Secure, and none has a name that only a Secure cookie may have."""
    module = the_snippet()
    for morsel in _signs_in_with(module, secure=False, same_site="Strict", seconds=900):
        assert not morsel.key.startswith("__"), morsel.OutputString()


def development_keys() -> None:
    """The app starts, and answers this machine alone."""
    app = the_snippet().app
    Visitor(in_process(app)).stay_a_while()
    stranger = Visitor(in_process(app, ELSEWHERE))
    refusal = stranger.get("/api/auth/user/@me").must_be(503)
    assert refusal["code"] == "insecure_configuration", refusal
    assert "SECRET_KEY" in refusal["detail"], refusal


def no_limits(tries: int) -> None:
    """As many wrong passwords as one likes, and never a 429."""
    ask = in_process(the_snippet().app)
    visitor = Visitor(ask)
    visitor.sign_up()
    statuses = [
        ask("POST", "/api/auth/login", {"email": visitor.email, "password": f"{PASSWORD} {n}"}, {}).status
        for n in range(tries)
    ]
    assert statuses == [401] * tries, statuses


def does_not_start(says: str) -> None:
    """Importing the snippet raises; its message holds `says`, but for white space."""
    try:
        the_snippet()
    except Exception as raised:
        problem = raised
    else:
        raise AssertionError("it started")
    message = " ".join(str(problem).split())
    assert " ".join(says.split()) in message, f"{type(problem).__name__}: {problem}"


def starts_with_driver(drivers: list[str]) -> None:
    """The URI as written is accepted with a driver that is installed; nothing is connected to."""
    module = the_snippet()
    with module.app.app_context():
        driver = module.db.engine.dialect.driver
    assert driver in drivers, driver


def spec(into: str) -> None:
    """Writes the app's own OpenAPI document into a file."""
    answer = Visitor(in_process(the_snippet().app)).get("/api/auth/openapi.json")
    Path(into).write_text(json.dumps(answer.must_be(200)), encoding="utf-8")


def fragments(files: list[str]) -> None:
    """Executes the files in the snippet's own namespace, one after the other, then makes a whole visit."""
    module = the_snippet()
    for name in files:
        exec(compile(Path(name).read_text(encoding="utf-8"), name, "exec"), vars(module))
    Visitor(in_process(module.app)).stay_a_while()


def settings() -> None:
    """`config.py`, its class `Config` or else its own names, configures an app that works."""
    flask = importlib.import_module("flask")
    package = importlib.import_module("flask_headless_auth")
    config = importlib.import_module("config")
    app = flask.Flask("app")
    app.config.setdefault("SQLALCHEMY_DATABASE_URI", "sqlite:///app.db")
    app.config.from_object(getattr(config, "Config", config))
    package.AuthSvc(app)
    Visitor(in_process(app)).stay_a_while()


def _signs_in_with(module: ModuleType, *, secure: bool, same_site: str, seconds: int) -> list[Morsel[str]]:
    visitor = Visitor(in_process(module.app))
    answer = visitor.sign_up()
    assert answer["expires_in"] == seconds, answer
    assert visitor.last is not None
    cookies = [morsel for header in visitor.last.cookies for morsel in SimpleCookie(header).values()]
    # The cookie that knows the device holds no token, and has rules of its own.
    kept = [morsel for morsel in cookies if morsel.value and morsel.key.endswith("_token")]
    assert len(kept) >= 2, visitor.last.cookies
    for morsel in kept:
        assert morsel["httponly"], morsel.OutputString()
        assert bool(morsel["secure"]) is secure, morsel.OutputString()
        assert morsel["samesite"] == same_site, morsel.OutputString()
    return kept


CHECKS: dict[str, Callable[..., None]] = {
    check.__name__: check
    for check in (
        account,
        development_keys,
        does_not_start,
        fragments,
        insecure_cookies,
        login_hook,
        no_limits,
        production,
        protected_route,
        protected_routes,
        settings,
        spec,
        starts_with_driver,
        token_lifetime,
    )
}

if __name__ == "__main__":
    CHECKS[sys.argv[1]](**json.loads(sys.argv[2]))
