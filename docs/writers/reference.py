"""The pages of errors, events and features, from what the code declares."""

import dataclasses
import inspect
import re
from collections.abc import Iterable, Sequence
from typing import Any, get_args, get_type_hints

from flask_headless_auth import errors
from flask_headless_auth.events import Event
from flask_headless_auth.feature import Feature
from flask_headless_auth.features import catalog
from writers.endpoints import Operation
from writers.markdown import MADE, anchor, code, listed, package, prose, sentence, table, title

ERRORS = """\
# Errors

Every refusal is an RFC 9457 problem, `application/problem+json`. `code` is for ever: switch on it.
`detail` is a sentence for a person and may change. A running server explains each at
`/api/auth/errors/<code>`.
"""

EVENTS = """\
# Events

An event is a frozen dataclass, named in the past tense. `@auth.on(SignedUp)` listens behind the commit:
what the listener raises is logged, and the answer stays as it is. `@auth.during(SignedUp)` listens
inside the transaction: raising undoes the change, and an `AuthError` becomes the answer. Every event has
`user`: the application's own object, or None where nobody is known. A listener for `Event` hears all.
"""

FEATURES = """\
# Features

One folder each below `flask_headless_auth/features/`, in reading order. `catalog.py` lists them; a
folder's `feature.py` says what it brings along.
"""


def errors_page(found: Sequence[Operation]) -> str:
    kinds = errors.every()
    rows = [(f"[`{one.code}`](#{anchor(one.code)})", str(one.status), sentence(one)) for one in kinds]
    parts = [
        MADE,
        ERRORS,
        table(("Code", "Status", "What happened"), rows),
    ]
    for kind in kinds:
        names = [one.spec["operationId"] for one in found if kind.code in one.codes.get(str(kind.status), ())]
        where = "every operation" if len(names) == len(found) else listed(map(code, names))
        parts.append(
            f"## {kind.code}\n\n{prose(kind)}\n\n- Status: {kind.status}\n- Says: {kind.detail}\n"
            f"- What to do: {kind.mend}\n" + (f"- Answered by: {where}\n" if names else "")
        )
    return "\n".join(parts)


def events_page(found: Sequence[Operation]) -> str:
    parts = [MADE, EVENTS]
    parts += [_event(kind, feature, found) for feature in catalog.ALL for kind in feature.events]
    return "\n".join(parts)


def _event(kind: type[Event], feature: Feature, found: Sequence[Operation]) -> str:
    hints = get_type_hints(kind)
    rows = [(code(one.name), _hint(hints[one.name])) for one in dataclasses.fields(kind)]
    by = [one.spec["operationId"] for one in found if kind.__name__ in one.spec["x-audit"]]
    facts = f"- Feature: [{feature.name}](features.md#{anchor(feature.name)})\n"
    facts += f"- Emitted by: {listed(map(code, by))}\n" if by else ""
    return f"## {kind.__name__}\n\n{prose(kind)}\n\n{facts}\n{table(('Field', 'Type'), rows)}"


def _hint(hint: Any) -> str:
    if hint is Any:
        return "the user model"
    words = hint.__name__ if inspect.isclass(hint) and not get_args(hint) else str(hint)
    return code(re.sub(r"[\w.]*\.(\w+)", r"\1", words))


def features_page() -> str:
    return "\n".join([MADE, FEATURES, *map(_feature, catalog.ALL)])


def _feature(one: Feature) -> str:
    switch = f"`AUTHSVC_ENABLE_{one.name.upper()}`" if one.optional else "always on"
    facts = [("Switch", switch)]
    lists: list[tuple[str, Iterable[str]]] = [
        ("Builds on", (f"[{name}](#{anchor(name)})" for name in one.needs)),
        ("Tables", (code(kind.__tablename__) for kind in one.tables)),  # type: ignore[attr-defined]
        ("Settings", (f"[{title(kind)}](settings.md#{anchor(title(kind))})" for kind in one.settings)),
        ("Limits", map(code, one.limits)),
        ("Events", (f"[`{kind.__name__}`](events.md#{anchor(kind.__name__)})" for kind in one.events)),
        ("Commands", (code(f"flask auth {command.name}") for command in one.commands)),
    ]
    facts += [(name, text) for name, values in lists if (text := listed(values))]
    return f"## {one.name}\n\n{prose(package(one))}\n\n{table(('What', 'Which'), facts)}"
