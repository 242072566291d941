"""Examples in the document: a value for each schema that has none of its own."""

from typing import Any

_SAMPLES: dict[str, Any] = {
    "email": "ada@example.com",
    "date-time": "2026-01-31T12:00:00+00:00",
    "date": "1990-12-31",
    "uuid": "7f1c7d1e-5a0f-4e4f-9c1a-0f6f3f1f2d11",
    "uri": "https://app.example.com/",
    "decimal": "9.90",
    "password": "correct horse battery staple",
    "integer": 1,
    "number": 1.5,
    "boolean": True,
    "string": "text",
    "null": None,
}


_NAMED: dict[str, Any] = {
    "id": "42",
    "first_name": "Ada",
    "last_name": "Lovelace",
    "phone_number": "+44 20 7946 0958",
    "locale": "en",
    "timezone": "Europe/London",
    "provider": "local",
    "role": "user",
    "roles": ["user"],
    "permissions": [],
    "methods": ["pwd"],
    "method": "pwd",
    "session_id": "Wy3Qh0c7mZk2l5v8Xr1Tn4Jb6Gd9Sf0Pa3Le7Ui2Yo",
    "access_token": "eyJhbGciOiJIUzI1NiIs…",
    "refresh_token": "eyJhbGciOiJIUzI1NiIs…",
    "expires_in": 900,
    "max_age": 600,
    "min_length": 8,
    "max_length": 1024,
    "limit": 20,
    "address": "127.0.0.1",
    "user_agent": "Mozilla/5.0",
    "message": "Done.",
    "next_cursor": None,
    "features": ["sessions", "signin"],
    "delivery": ["cookies", "body"],
    "providers": [],
    "mfa_methods": [],
}
"""What examples say for members of these names, where their schema accepts it."""


def sample(schema: dict[str, Any], schemas: dict[str, Any], name: str = "") -> Any:
    """A value that *schema* accepts, made of its own examples, enumerations, formats and types."""
    if "$ref" in schema:
        return sample(schemas[schema["$ref"].rsplit("/", 1)[1]], schemas, name)
    for key in ("example", "const", "default"):
        if schema.get(key) is not None:
            return schema[key]
    if schema.get("examples"):
        return schema["examples"][0]
    if "enum" in schema:
        return schema["enum"][0]
    for key in ("oneOf", "anyOf", "allOf"):
        if key in schema:
            return sample(schema[key][0], schemas)
    if name in _NAMED and _fits(_NAMED[name], schema):
        return _NAMED[name]
    kind = schema.get("type", "object")
    kind = kind[0] if isinstance(kind, list) else kind
    if kind == "object":
        return {key: sample(one, schemas, key) for key, one in schema.get("properties", {}).items()}
    if kind == "array":
        return [sample(schema["items"], schemas)] if schema.get("items") else []
    return _SAMPLES.get(schema.get("format", ""), _SAMPLES[kind])


_TYPES: dict[type, str] = {str: "string", int: "integer", list: "array", type(None): "null"}


def _fits(value: Any, schema: dict[str, Any]) -> bool:
    kinds = schema.get("type", [])
    kinds = kinds if isinstance(kinds, list) else [kinds]
    return _TYPES[type(value)] in kinds and "format" not in schema
