"""What one application knows of its authentication. There are no facts of an application at module level."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar, cast

import flask
from flask import current_app
from flask_sqlalchemy import SQLAlchemy

from flask_headless_auth.events import EventBus
from flask_headless_auth.feature import Feature
from flask_headless_auth.settings import Sections, Settings

EXTENSION = "flask_headless_auth"

S = TypeVar("S", bound=Settings)
R = TypeVar("R")
P = TypeVar("P")


@dataclass
class State:
    """One application's authentication: what was decided at start-up and the parts built from it."""

    app: flask.Flask
    features: tuple[Feature, ...]
    sections: Sections
    bus: EventBus
    db: SQLAlchemy
    user_model: type[Any]
    tables: Mapping[type, type]
    warnings: tuple[str, ...] = ()
    #: Why only this machine is served, or None: the sentence that names the weak setting.
    development_keys: str | None = None
    parts: dict[type, Any] = field(default_factory=dict)
    #: Statements that were built once; see `database.prepared`.
    statements: dict[Any, Any] = field(default_factory=dict)
    hooks: dict[str, Callable[..., Any]] = field(default_factory=dict)


def state_of(app: flask.Flask) -> State:
    """The state of *app*."""
    return cast(State, app.extensions[EXTENSION])


def state() -> State:
    """The state of the current application.

    Raises:
        RuntimeError: the application has no AuthSvc.
    """
    try:
        # The object itself: this is asked a dozen times a request, and the proxy looks it up each time.
        ours: State = current_app._get_current_object().extensions[EXTENSION]  # type: ignore[attr-defined]
    except KeyError:
        raise RuntimeError("This application has no AuthSvc. Call AuthSvc(app) first.") from None
    return ours


def settings(section: type[S]) -> S:
    """The current application's settings of *section*."""
    return state().sections.of(section)


def table(template: type[R]) -> type[R]:
    """The class that maps *template* in the current application's database."""
    return state().tables[template]


def part(kind: type[P]) -> P:
    """The current application's only object of *kind*, such as its key set."""
    made: P = state().parts[kind]
    return made
