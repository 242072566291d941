"""What the decorators of one operation say, as OpenAPI: its refusals, its security, its facts. Pure."""

from collections.abc import Iterable, Mapping
from typing import Any

from flask_headless_auth.errors import (
    AuthError,
    BadRequest,
    BodyTooLarge,
    CrossSiteRequest,
    InsecureConfiguration,
    InternalError,
    InvalidCredentials,
    MalformedBody,
    NotFound,
    RefreshReused,
    ServiceUnavailable,
    SessionEnded,
    StepUpRequired,
    TablesMissing,
    TokenExpired,
    TokenInvalid,
    TokenMissing,
    TooManyRequests,
    Unauthenticated,
    UnsupportedMediaType,
    ValidationFailed,
)

PROBLEM = "application/problem+json"

SECURITY: Mapping[str | None, tuple[str, ...]] = {
    None: (),
    "access": ("accessCookie", "bearerAuth"),
    "refresh": ("refreshCookie", "refreshBearer"),
    "either": ("accessCookie", "refreshCookie", "bearerAuth", "refreshBearer"),
    "optional": ("", "accessCookie", "bearerAuth"),
}
"""The schemes of the spec by what an operation asks for; an empty one is none at all."""

_TOKENS = (TokenMissing, TokenInvalid, TokenExpired, SessionEnded)
_GUARDS: Mapping[str | None, tuple[type[AuthError], ...]] = {
    None: (),
    "access": _TOKENS,
    "refresh": (*_TOKENS, RefreshReused),
    "either": _TOKENS,
    "optional": (TokenInvalid, TokenExpired, SessionEnded),
}
_EVERYWHERE = (InternalError, ServiceUnavailable, TablesMissing, InsecureConfiguration)
_SAFE = ("get", "head", "options")

DELIVERY_PARAMETER = {
    "in": "header",
    "name": "X-Auth-Delivery",
    "required": False,
    "schema": {
        "type": "string",
        "enum": ["cookies", "body"],
        "description": "How tokens are delivered: as httpOnly cookies, or in the body.",
        "x-component": "Delivery",
    },
    "description": "Deliver tokens only this way; by default every way that is on.",
}


TRUSTED_DEVICE = "X-Trusted-Device"

TRUSTED_DEVICE_PARAMETER = {
    "in": "header",
    "name": TRUSTED_DEVICE,
    "required": False,
    "schema": {"type": "string", "maxLength": 64},
    "description": "`trusted_device` of an earlier sign-in on this device; browsers have it in a cookie.",
}


def describe(doc: dict[str, Any], info: Mapping[str, Any], method: str) -> dict[str, Any]:
    """The operation's documentation, completed from the facts that its decorators left in *info*."""
    guarded = info.get("guarded")
    doc["operationId"] = camel(info["operation"])
    doc["security"] = [{name: []} if name else {} for name in SECURITY[guarded]]
    if info.get("unless"):
        doc["security"].append({})
    if info.get("delivers"):
        doc["parameters"] = [*doc.get("parameters", []), DELIVERY_PARAMETER, TRUSTED_DEVICE_PARAMETER]
    responses = doc.setdefault("responses", {})
    if info.get("shows_page"):
        responses[200]["content"]["text/html"] = {"schema": {"type": "string"}}
    for status, kinds in sorted(_by_status(refusals(doc, info, method)).items()):
        responses[str(status)] = refusal_response(kinds)
    doc["x-rate-limit"] = [*([info["limit"]] if info.get("limit") else []), *info.get("counts", [])]
    doc["x-step-up"] = info.get("step_up")
    doc["x-audit"] = [event.__name__ for event in info.get("emits", [])]
    return doc


def camel(name: str) -> str:
    """`UpdatePassword` as `updatePassword`."""
    return name[0].lower() + name[1:]


def refusals(doc: Mapping[str, Any], info: Mapping[str, Any], method: str) -> set[type[AuthError]]:
    """Every refusal that the operation can answer with."""
    kinds: set[type[AuthError]] = {*info.get("raises", ()), *_EVERYWHERE, *_GUARDS[info.get("guarded")]}
    if "requestBody" in doc:
        kinds |= {ValidationFailed, MalformedBody, BodyTooLarge, UnsupportedMediaType}
    if any(not isinstance(one, dict) or one.get("in") == "query" for one in doc.get("parameters", ())):
        kinds.add(ValidationFailed)
    if method not in _SAFE and not info.get("any_origin"):
        kinds.add(CrossSiteRequest)
    if info.get("delivers"):
        kinds.add(BadRequest)
    if info.get("step_up") is not None:
        kinds.add(StepUpRequired)
    if info.get("limit") or info.get("counts"):
        kinds.add(TooManyRequests)
    if info.get("refuses"):
        kinds.add(info["refuses"])
    if info.get("finds"):
        kinds.add(NotFound)
    return kinds


def _by_status(kinds: Iterable[type[AuthError]]) -> dict[int, list[type[AuthError]]]:
    found: dict[int, list[type[AuthError]]] = {}
    for kind in sorted(kinds, key=lambda one: one.code):
        found.setdefault(kind.status, []).append(kind)
    return found


def refusal_response(kinds: list[type[AuthError]]) -> dict[str, Any]:
    """One status with each of its codes, what they mean, and an example of each."""
    lines = [f"- `{kind.code}`: {first_sentence(kind)}" for kind in kinds]
    headers = {name: HEADERS[name] for kind in kinds for name in _headers_of(kind)}
    return {
        "description": "\n".join(lines),
        **({"headers": headers} if headers else {}),
        "content": {
            PROBLEM: {
                "schema": {"$ref": "#/components/schemas/Problem"},
                "examples": {kind.code: {"value": example(kind)} for kind in kinds},
            }
        },
        "x-codes": [kind.code for kind in kinds],
    }


HEADERS: Mapping[str, dict[str, Any]] = {
    "Retry-After": {"description": "Seconds to wait.", "schema": {"type": "integer"}},
    "WWW-Authenticate": {
        "description": "`Bearer`, with what is wrong with the token.",
        "schema": {"type": "string"},
    },
    "Allow": {"description": "The methods that exist.", "schema": {"type": "string"}},
}


def _headers_of(kind: type[AuthError]) -> tuple[str, ...]:
    if issubclass(kind, TooManyRequests | ServiceUnavailable):
        return ("Retry-After",)
    if issubclass(kind, Unauthenticated | InvalidCredentials | StepUpRequired):
        return ("WWW-Authenticate",)
    return ()


def first_sentence(kind: type[Any]) -> str:
    """The first paragraph of a docstring on one line."""
    return " ".join((kind.__doc__ or "").strip().split("\n\n")[0].split())


def example(kind: type[AuthError]) -> dict[str, Any]:
    """A problem document of this refusal."""
    document: dict[str, Any] = {
        "type": f"/api/auth/errors/{kind.code}",
        "title": kind.title(),
        "status": kind.status,
        "detail": kind.detail,
        "code": kind.code,
        "error": kind.detail,
    }
    if issubclass(kind, ValidationFailed):
        document["errors"] = {"password" if kind.code == "weak_password" else "email": ["…"]}
    return document
