"""The page of settings, from their sections, the features and their limits."""

import dataclasses
import types
from collections.abc import Mapping
from datetime import timedelta
from typing import Any, Literal, get_args, get_origin, get_type_hints

from flask_headless_auth.features import catalog
from flask_headless_auth.settings import KERNEL, Settings
from writers.markdown import MADE, code, package, prose, sentence, table, title

SETTINGS = """\
# Settings

Keys of `app.config`. Every value is checked at start-up and every problem is reported at once; an
`AUTHSVC_` key that is none of these is a warning that names the nearest. A duration is a number of
seconds or a `timedelta`, a list of strings may also be one string with commas. `flask auth settings`
prints the values of an application.
"""

SWITCHES = """\
## Features

Switches of the features that an application can do without.
"""

LIMITS = """\
## Named limits

In the notation of Flask-Limiter; an empty string switches a limit off. An address is an IPv4 address or
the /64 network of an IPv6 one.
"""

HOST_KEYS = """\
## Keys of Flask and its extensions

They are read too.
"""


def page() -> str:
    parts = [MADE, SETTINGS]
    parts += [_section(one) for one in KERNEL]
    parts += [_section(one) for feature in catalog.ALL for one in feature.settings]
    parts.append(_switches())
    parts.append(_limits())
    parts.append(f"{HOST_KEYS}\n{table(('Key', 'Meaning'), HOSTS)}")
    return "\n".join(parts)


HOSTS = (
    (
        "`SECRET_KEY`",
        "At least 32 random bytes. Every purpose gets a key of its own from it. Short, a placeholder or "
        "missing: development keys, with which only the machine itself is served.",
    ),
    ("`SECRET_KEY_FALLBACKS`", "Keys that were `SECRET_KEY` before; what they signed stays good."),
    ("`JWT_SECRET_KEY`", "Signs tokens with HS256; derived from `SECRET_KEY` when it is missing."),
    (
        "`SQLALCHEMY_DATABASE_URI`",
        "The database; `app.db` in the instance folder when nothing else is said.",
    ),
)


def _section(kind: type[Settings]) -> str:
    hints = get_type_hints(kind)
    rows = [
        (
            code(kind.key(field)),
            _default(field.default),
            _kind(hints[field.name], field),
            field.metadata["doc"],
        )
        for field in dataclasses.fields(kind)
    ]
    return f"## {title(kind)}\n\n{prose(kind)}\n\n{table(('Key', 'Default', 'Type', 'Meaning'), rows)}"


def _default(value: Any) -> str:
    if value is None or value == "" or value == ():
        return "none" if value == () else "unset"
    if isinstance(value, timedelta):
        return f"{code(int(value.total_seconds()))} ({_duration(value)})"
    if isinstance(value, tuple):
        return code(list(value))
    return code(repr(value))


def _duration(value: timedelta) -> str:
    for unit, length in (("day", 86400), ("hour", 3600), ("minute", 60), ("second", 1)):
        number, rest = divmod(int(value.total_seconds()), length)
        if number and not rest:
            return f"{number} {unit}{'' if number == 1 else 's'}"
    return "none"


def _kind(hint: Any, field: "dataclasses.Field[Any]") -> str:
    if get_origin(hint) is types.UnionType:
        (hint,) = [one for one in get_args(hint) if one is not types.NoneType]
    if get_origin(hint) is Literal:
        return " or ".join(code(repr(one)) for one in get_args(hint) if one)
    words = _WORDS[get_origin(hint) or hint]
    least, most = field.metadata["least"], field.metadata["most"]
    words += f", at least {least:g}" if least else ""
    words += f", at most {most:g}" if most else ""
    return words + (", secret" if field.metadata["secret"] else "")


_WORDS: Mapping[Any, str] = {
    bool: "boolean",
    int: "integer",
    str: "string",
    timedelta: "duration",
    tuple: "list of strings",
    dict: "dictionary",
}


def _switches() -> str:
    rows = [
        (code(f"AUTHSVC_ENABLE_{one.name.upper()}"), code(True), sentence(package(one)))
        for one in catalog.ALL
        if one.optional
    ]
    return f"{SWITCHES}\n{table(('Key', 'Default', 'What it switches'), rows)}"


def _limits() -> str:
    rows = [
        (code(f"AUTHSVC_LIMITS_{name.upper()}"), code(limit.allowed), limit.per, limit.doc)
        for feature in catalog.ALL
        for name, limit in feature.limits.items()
    ]
    return f"{LIMITS}\n{table(('Key', 'Default', 'Counted per', 'What is counted'), rows)}"
