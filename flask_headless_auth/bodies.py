"""Request bodies: JSON read strictly."""

import json
import math
from typing import Any, NoReturn

import flask
from marshmallow import Schema
from webargs import core
from webargs.flaskparser import FlaskParser

from flask_headless_auth.errors import BodyTooLarge, MalformedBody, UnsupportedMediaType, ValidationFailed

DEEPEST = 32
"""Most levels of nesting in a JSON body."""


class BodyParser(FlaskParser):
    """Reads JSON strictly (RFC 8259, I-JSON RFC 7493): UTF-8, unique keys, finite numbers, bounded depth."""

    DEFAULT_UNKNOWN_BY_LOCATION = {"json": None, "query": None, "path": None}

    def load_json(self, req: flask.Request, schema: Schema) -> Any:
        """The body as an object; an empty body is an empty object whatever its type.

        Raises:
            MalformedBody: not JSON.
            UnsupportedMediaType: something else than JSON.
        """
        raw = req.get_data(cache=True)
        if req.content_length is None and len(raw) >= (req.max_content_length or len(raw) + 1):
            # Werkzeug cuts a body of unsaid length at the limit and tells nobody.
            raise BodyTooLarge
        if not raw.strip():
            return {}
        if not core.is_json(req.mimetype):
            raise UnsupportedMediaType
        return read_json(raw)

    def handle_error(self, error: Any, req: Any, schema: Any, **kwargs: Any) -> NoReturn:
        messages = error.messages
        inner = next(iter(messages.values())) if len(messages) == 1 else messages
        raise ValidationFailed(errors=flat(inner))


def flat(messages: Any, path: str = "") -> dict[str, list[str]]:
    """Marshmallow's messages as one level: field, with dots for what is inside, to its messages."""
    if not isinstance(messages, dict):
        return {path or "_schema": [str(one) for one in messages]}
    found: dict[str, list[str]] = {}
    for name, inner in messages.items():
        found.update(flat(inner, f"{path}.{name}" if path else str(name)))
    return found


def read_json(raw: bytes) -> Any:
    """What a JSON body says.

    Raises:
        MalformedBody: broken syntax or encoding, a key twice, NaN or infinity, or nested too deep.
    """
    try:
        value = json.loads(
            raw.decode("utf-8"), object_pairs_hook=_unique, parse_constant=_no_constant, parse_float=_finite
        )
    except (ValueError, RecursionError) as problem:
        raise MalformedBody from problem
    if _depth(value) > DEEPEST:
        raise MalformedBody
    return value


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a key twice")
    return found


def _no_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not JSON")


def _finite(text: str) -> float:
    value = float(text)
    if not math.isfinite(value):
        raise ValueError("out of range")
    return value


def _depth(value: Any) -> int:
    deepest, waiting = 0, [(value, 1)]
    while waiting:
        one, level = waiting.pop()
        deepest = max(deepest, level)
        if level > DEEPEST:
            break
        inner = one.values() if isinstance(one, dict) else one if isinstance(one, list) else ()
        waiting.extend((child, level + 1) for child in inner)
    return deepest
