"""What a capability declares. A `Feature` is a literal: every field is data or names a function.

The kernel reads these declarations and knows no feature by name. A new capability is one folder with a
`feature.py` and one line in `features/catalog.py`.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

import click
import flask

from flask_headless_auth.events import Event
from flask_headless_auth.settings import Sections, Settings

Claims = Mapping[str, Any]


@dataclass(frozen=True)
class Limit:
    """How often something may happen: *allowed* in the notation of Flask-Limiter, counted *per* key.

    `AUTHSVC_LIMITS_<NAME>` overrides *allowed*; an empty string there switches the limit off.
    """

    allowed: str
    per: Literal["address", "account"]
    doc: str


MULTIPLE = "mfa"
"""The `amr` value that says: by more than one factor (RFC 8176 §2)."""


@dataclass(frozen=True)
class Proof:
    """How somebody showed who they are: the method (an `amr` value, RFC 8176) and when, in seconds.

    `MULTIPLE` stands beside the methods where they are of more than one factor.
    """

    method: str
    at: int


@dataclass(frozen=True)
class Challenge:
    """A second question at sign-in. Sign-in knows this shape and no factor; a factor knows no sign-in.

    Its `name` is the `amr` value of its proof. `applies_to` says whether the user can be asked for it, with
    no proofs whether they have it at all; `is_available` whether the server can ask for it now. A factor that
    applies and is not available fails the sign-in closed. Whoever has proved by this method already is never
    asked for it again.
    """

    name: str
    applies_to: Callable[[Any, Sequence[Proof]], bool]
    is_available: Callable[[], bool] = lambda: True
    #: Prepares the question: what the front end needs to ask it. Its transaction is open.
    start: Callable[[Any], Mapping[str, Any]] = lambda user: {}
    #: Whether the user's answer is right. Its transaction is open and is committed when it is wrong, so it
    #: never raises for that. Guesses are counted by whoever asks.
    answer: Callable[[Any, Mapping[str, Any]], bool] = lambda user, answer: False
    #: Whether users enrol it. What comes along (recovery codes, an e-mailed code) is asked for only beside
    #: one that is enrolled, or where a second factor is demanded.
    enrols: bool = True
    #: Finishes an enrolment that POST /mfa/verify confirms, if the answer is right; None: none was begun.
    confirm: Callable[[Any, Mapping[str, Any]], bool | None] = lambda user, answer: None
    #: Takes the factor from a user who switches second factors off; what is also a way in stays.
    remove: Callable[[Any], object] = lambda user: None


@dataclass(frozen=True)
class Presence:
    """A way to show again that it is you, for a signed-in user: `method` is also the `amr` value.

    `prove` answers whether the proof holds, and opens a transaction of its own where it writes.
    """

    method: str
    applies_to: Callable[[Any], bool]
    prove: Callable[[Any, Mapping[str, Any]], bool]
    start: Callable[[Any], Mapping[str, Any]] = lambda user: {}


@dataclass(frozen=True)
class Mail:
    """A mail that a feature sends: its text is `emails/<name>.jinja` in the feature's folder.

    With *tells_of* it is a security notice: it goes to the event's user whenever such an event happens, to
    the address in the event's `email` where it has one: the old one after a change, with `was_verified` that
    says whether it was confirmed. With *can_be_undone* it has the link that says "this was not me". *says*
    names the event's attributes that fill the text.
    """

    name: str
    doc: str
    tells_of: type[Event] | None = None
    says: tuple[str, ...] = ()
    can_be_undone: bool = False


@dataclass(frozen=True, kw_only=True)
class Feature:
    """A capability of the API and everything it brings along."""

    name: str
    #: Names of the features it builds on.
    needs: tuple[str, ...] = ()
    #: Names of the optional features without which it is quietly off.
    only_with: tuple[str, ...] = ()
    #: False for the few that no application can do without; the others have `AUTHSVC_ENABLE_<NAME>`.
    optional: bool = True
    #: Its endpoints.
    blueprint: flask.Blueprint | None = None
    #: Its pages for people without a front end; they are no operations.
    pages: flask.Blueprint | None = None
    #: Templates of its tables (`database.Row`).
    tables: tuple[type, ...] = ()
    #: Its sections of the configuration.
    settings: tuple[type[Settings], ...] = ()
    #: What is wrong with the settings together: adds sentences to the problems, which stop the start, and to
    #: the warnings.
    checks: Callable[[Sections, list[str], list[str]], None] | None = None
    #: What it makes of its settings once, at start-up: found again by its type with `part`. It adds what is
    #: wrong to the list of problems.
    makes: Callable[[Sections, list[str]], object] | None = None
    #: Its named limits.
    limits: Mapping[str, Limit] = field(default_factory=dict)
    #: The events it emits.
    events: tuple[type[Event], ...] = ()
    #: The mails it sends.
    mails: tuple[Mail, ...] = ()
    #: Second questions it can ask at sign-in.
    challenges: tuple[Challenge, ...] = ()
    #: Ways to prove presence again at POST /reauthenticate.
    presences: tuple[Presence, ...] = ()
    #: The permissions it checks, with what each allows.
    permissions: Mapping[str, str] = field(default_factory=dict)
    #: Commands below `flask auth`.
    commands: tuple[click.Command, ...] = ()
    #: Whether the bearer of these verified claims may still act; every feature that has one must agree.
    admits: Callable[[Claims], bool] | None = None
    #: Claims it adds to access tokens of a user.
    claims: Callable[[Any], Claims] | None = None
    #: Erases its part of a user, answers what went: `{"sessions": 3}`.
    forget: Callable[[Any], Mapping[str, int]] | None = None
    #: Everything it holds about a user, fit for JSON.
    export: Callable[[Any], Mapping[str, Any]] | None = None
    #: Drops every credential it keeps of a user, answers what went: whoever made an account at an address
    #: that was never confirmed keeps no way in once the owner of the address appears.
    disown: Callable[[Any], Mapping[str, int]] | None = None
    #: How many ways to sign in it keeps for a user.
    ways_in: Callable[[Any], int] | None = None
    #: Whether this user must have a second factor.
    demands: Callable[[Any], bool] | None = None
    #: The device of this request, where the user trusts it: its sign-ins need no second factor, and guesses
    #: from it are counted apart.
    trusts: Callable[[Any], str | None] | None = None
    #: What the bearer of these verified claims has proved, and when.
    proofs: Callable[[Claims], Sequence[Proof]] | None = None
    #: What keeps a user who has proved who they are from being signed in, as the answer that says so.
    holds: Callable[[Any], Mapping[str, Any] | None] | None = None
    #: The answer for an e-mail address and a password that open no account, where something waits for them.
    waits: Callable[[str, str], Mapping[str, Any] | None] | None = None
    #: Deletes its rows that are over, answers how many: `{"sessions": 3}`.
    purge: Callable[[], Mapping[str, int]] | None = None
    #: What it does once in each process, at the first request.
    wakes: Callable[[], None] | None = None
    #: Its part of GET /config.
    public: Callable[[], Mapping[str, Any]] | None = None
    #: Values that differ between applications, by the component of the spec that lists them.
    enumerations: Mapping[str, Callable[[], Sequence[str]]] = field(default_factory=dict)
    #: The roles of a user, highest first.
    roles: Callable[[Any], Sequence[str]] | None = None
    #: Adds the roles of a user to a query on the user's table: a row for each, as `auth_granted_role`.
    roles_beside: Callable[[Any, Any], Any] | None = None
    #: The permissions of a user.
    grants: Callable[[Any], Iterable[str]] | None = None
    #: What it does inside the transaction of others' events, and behind their commit.
    during: Mapping[type[Event], Callable[[Any], object]] = field(default_factory=dict)
    after: Mapping[type[Event], Callable[[Any], object]] = field(default_factory=dict)


def in_order(features: Iterable[Feature]) -> tuple[Feature, ...]:
    """The features with each behind what it needs, otherwise in the order given.

    Raises:
        LookupError: a needed feature is not among them, or two need each other.
    """
    waiting = {feature.name: feature for feature in features}
    names = set(waiting)
    sorted_: dict[str, Feature] = {}
    while waiting:
        ready = [one for one in waiting.values() if all(need in sorted_ for need in one.needs)]
        if not ready:
            for one in waiting.values():
                lacking = [need for need in one.needs if need not in names]
                if lacking:
                    raise LookupError(f"{one.name} needs {', '.join(lacking)}, which is switched off.")
            raise LookupError(f"These features need each other: {', '.join(waiting)}.")
        first = ready[0]
        sorted_[first.name] = waiting.pop(first.name)
    return tuple(sorted_.values())
