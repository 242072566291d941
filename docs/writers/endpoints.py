"""The page of endpoints, and their table for README.md, from the OpenAPI document."""

import dataclasses
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from flask_headless_auth.features import catalog
from writers.markdown import MADE, anchor, code, listed, table

BEGIN, END = "<!-- endpoints: generated -->", "<!-- endpoints: end -->"
METHODS = ("get", "post", "put", "patch", "delete")

Document = dict[str, Any]

ENDPOINTS = """\
# Endpoints

Every operation of the default application, as its OpenAPI document tells it. The same document of *your*
application, with the columns of your user model, is at `/api/auth/openapi.json`, and a page to try it at
`/api/auth/docs`.
"""


@dataclasses.dataclass(frozen=True)
class Operation:
    """One operation of the spec with the place it stands at."""

    method: str
    path: str
    spec: Document

    @property
    def title(self) -> str:
        return f"{self.method.upper()} {self.path}"

    @property
    def tag(self) -> str:
        return str(self.spec["tags"][0])

    @property
    def codes(self) -> dict[str, list[str]]:
        """The codes of its refusals, by status."""
        return {status: one["x-codes"] for status, one in self.spec["responses"].items() if "x-codes" in one}


READ_FIRST = ("signup", "signin", "sessions")
"""Features that a reader of the API meets first; the others follow in the order of the spec."""


def operations_of(spec: Document) -> list[Operation]:
    """Every operation, feature by feature."""
    found = [
        Operation(method, path, item[method])
        for path, item in spec["paths"].items()
        for method in METHODS
        if method in item
    ]
    return sorted(
        found, key=lambda one: READ_FIRST.index(one.tag) if one.tag in READ_FIRST else len(READ_FIRST)
    )


def with_table(readme: str, found: Sequence[Operation]) -> str:
    """README.md with the table of endpoints between its two markers."""
    before, begin, rest = readme.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not begin or not end:
        raise ValueError(f"README.md has no {BEGIN} … {END}")
    return f"{before}{BEGIN}\n{endpoint_table(found, 'docs/endpoints.md')}{END}{after}"


def endpoint_table(found: Sequence[Operation], page: str = "") -> str:
    rows = [
        (
            f"[`{one.title}`]({page}#{anchor(one.title)})",
            one.spec["summary"],
            WHO[frozenset(scheme for need in one.spec["security"] for scheme in need)],
        )
        for one in found
    ]
    return table(("Endpoint", "What it does", "Who may"), rows)


WHO: Mapping[frozenset[str], str] = {
    frozenset(): "everybody",
    frozenset({"accessCookie", "bearerAuth"}): "signed in",
    frozenset({"refreshCookie", "refreshBearer"}): "with a refresh token",
    frozenset({"accessCookie", "refreshCookie", "bearerAuth", "refreshBearer"}): "with either token",
}


def page(spec: Document, found: Sequence[Operation]) -> str:
    everywhere = set.intersection(
        *({code for codes in one.codes.values() for code in codes} for one in found)
    )
    unsafe = set.intersection(
        *({code for codes in one.codes.values() for code in codes} for one in found if one.method != "get")
    )
    limits = {name: limit for feature in catalog.ALL for name, limit in feature.limits.items()}
    parts = [
        MADE,
        ENDPOINTS,
        endpoint_table(found),
        f"Every operation can also answer {_codes(everywhere)}; every one that changes something can answer "
        f"{_codes(unsafe - everywhere)}. They are not repeated below.\n",
    ]
    parts += [_operation(one, spec, everywhere | unsafe, limits) for one in found]
    parts.append("# Shapes\n\nWhat the bodies above are made of.\n")
    shown = _reachable(found, spec)
    parts += [_shape(name, one) for name, one in spec["components"]["schemas"].items() if name in shown]
    return "\n".join(parts)


def _codes(codes: Iterable[str]) -> str:
    return listed(f"[`{one}`](errors.md#{anchor(one)})" for one in sorted(codes))


def _operation(one: Operation, spec: Document, common: set[str], limits: Mapping[str, Any]) -> str:
    schemes = [scheme for need in one.spec["security"] for scheme in need]
    facts = [
        ("Name", code(one.spec["operationId"])),
        ("Who may", WHO[frozenset(schemes)] + (f" ({listed(map(code, schemes))})" if schemes else "")),
    ]
    if (age := one.spec["x-step-up"]) is not None:
        oldest = "`AUTHSVC_STEP_UP_MAX_AGE`" if age == "default" else f"{age} seconds"
        facts.append(("Fresh sign-in", f"presence proved within {oldest}"))
    if one.spec["x-rate-limit"]:
        facts.append(("Limits", listed(_limit(name, limits[name]) for name in one.spec["x-rate-limit"])))
    if one.spec["x-audit"]:
        facts.append(
            ("Events", listed(f"[`{name}`](events.md#{anchor(name)})" for name in one.spec["x-audit"]))
        )
    parts = [f"## {one.title}\n", f"{one.spec['summary']}\n"]
    if one.spec.get("description"):
        parts.append(f"{one.spec['description'].strip()}\n")
    parts.append("".join(f"- {name}: {fact}\n" for name, fact in facts))
    if one.spec.get("parameters"):
        rows = [_parameter(each) for each in one.spec["parameters"]]
        parts.append(table(("Parameter", "Where", "Type", "Meaning"), rows))
    body = one.spec.get("requestBody")
    if body:
        [(kind, content)] = body["content"].items()
        name = _named(content["schema"])
        needed = "" if body.get("required") else " (may be left out)"
        form = "" if kind == "application/json" else f", as `{kind}`"
        parts.append(f"Body{needed}{form}: [{name}](#{anchor(name)})\n")
        parts.append(_fields(spec["components"]["schemas"][name]))
    parts.append(_answers(one, common))
    return "\n".join(parts)


def _limit(name: str, limit: Any) -> str:
    return f"`{name}` ({limit.allowed} per {limit.per})"


def _parameter(one: Document) -> tuple[str, str, str, str]:
    name = code(one["name"]) + ("" if one.get("required") else " (optional)")
    return name, one["in"], _type(one["schema"]), one.get("description", "")


def _answers(one: Operation, common: set[str]) -> str:
    rows = []
    for status, answer in one.spec["responses"].items():
        content = answer.get("content", {})
        if status.startswith("2"):
            name = _named(content["application/json"]["schema"])
            rows.append((status, f"[{name}](#{anchor(name)})"))
        elif status.startswith("3"):
            rows.append((status, answer["description"]))
        elif own := set(answer.get("x-codes", ())) - common:
            rows.append((status, _codes(own)))
    return table(("Answer", "Body or code"), rows)


def _named(schema: Document) -> str:
    return str(schema["$ref"].rsplit("/", 1)[1])


def _type(schema: Document) -> str:
    """A schema in a few words: `string (date-time) or null`, `list of Session`."""
    if "$ref" in schema:
        name = _named(schema)
        return f"[{name}](#{anchor(name)})"
    if "oneOf" in schema or "anyOf" in schema:
        return " or ".join(_type(one) for one in schema.get("oneOf") or schema["anyOf"])
    if "enum" in schema:
        return " or ".join(code(one) for one in schema["enum"])
    kinds = schema.get("type", "anything")
    words = " or ".join(kinds if isinstance(kinds, list) else [kinds])
    if words.startswith("array"):
        return words.replace("array", f"list of {_type(schema.get('items', {}))}", 1)
    bounds = [schema["format"]] if "format" in schema else []
    if "maxLength" in schema:
        bounds.append(f"at most {schema['maxLength']}")
    if "minimum" in schema and "maximum" in schema:
        bounds.append(f"{schema['minimum']} to {schema['maximum']}")
    if schema.get("default") is not None:
        default = schema["default"]
        bounds.append(f"default {code(str(default).lower() if isinstance(default, bool) else default)}")
    return f"{words} ({listed(bounds)})" if bounds else words


def _fields(schema: Document) -> str:
    needed = schema.get("required", ())
    rows = [
        (code(name) + ("" if name in needed else " (optional)"), _type(one), one.get("description", ""))
        for name, one in schema.get("properties", {}).items()
    ]
    return table(("Field", "Type", "Meaning"), rows)


def _shape(name: str, schema: Document) -> str:
    described = f"{schema['description']}\n\n" if schema.get("description") else ""
    if "oneOf" in schema:
        return f"## {name}\n\n{described}{_type(schema)}\n"
    if "enum" in schema:
        return f"## {name}\n\n{described}One of {listed(map(code, schema['enum']))}.\n"
    return f"## {name}\n\n{described}{_fields(schema)}"


def _reachable(found: Sequence[Operation], spec: Document) -> set[str]:
    """The components that bodies and answers are made of."""
    schemas = spec["components"]["schemas"]
    waiting, seen = [one.spec for one in found], set()
    while waiting:
        for name in _references(waiting.pop()):
            if name not in seen:
                seen.add(name)
                waiting.append(schemas[name])
    return seen


def _references(node: Any) -> Iterator[str]:
    if isinstance(node, dict):
        if isinstance(node.get("$ref"), str):
            yield _named(node)
        for one in node.values():
            yield from _references(one)
    elif isinstance(node, list):
        for one in node:
            yield from _references(one)
