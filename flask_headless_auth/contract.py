"""The contract: OpenAPI 3.1 from the declarations of the operations, for one application's user model."""

import json
import threading
from collections.abc import Collection, Iterable, Mapping
from typing import Any, ClassVar

import flask
import flask_smorest
import marshmallow as ma
import yaml
from apispec.ext.marshmallow import MarshmallowPlugin
from apispec.ext.marshmallow.common import make_schema_key

from flask_headless_auth import errors, http, user_schemas
from flask_headless_auth import operations as operations_of
from flask_headless_auth.cookies import Transport
from flask_headless_auth.samples import sample
from flask_headless_auth.settings import CoreSettings
from flask_headless_auth.state import State, state

TITLE = "Flask-Headless-Auth"
VERSION = "1.0"
DESCRIPTION = """\
Authentication for front ends. Send and receive JSON; every refusal is an RFC 9457 problem whose `code` says
what happened. Tokens travel as httpOnly cookies, in the `Authorization` header, or both: ask with
`X-Auth-Delivery: cookies` or `X-Auth-Delivery: body`.
"""


class OneOfSchema(ma.Schema):
    """An answer that has one of several shapes; the member *discriminator* says which."""

    discriminator: ClassVar[str]
    variants: ClassVar[Mapping[str, type[ma.Schema]]] = {}

    def dump(self, obj: Any, *, many: bool | None = None) -> Any:
        return self.variants[obj[self.discriminator]]().dump(obj)


class OneOfRequestSchema(ma.Schema):
    """A request of several shapes: that of the first of these members which it has, or the other one."""

    variants: ClassVar[Mapping[str, type[ma.Schema]]] = {}
    otherwise: ClassVar[type[ma.Schema]]

    def load(self, data: Any, **options: Any) -> Any:
        """What a body says, read as the shape that it has."""
        members = data if isinstance(data, Mapping) else ()
        named = (kind for member, kind in self.variants.items() if member in members)
        return next(named, self.otherwise)().load(data)


def component_name(schema: Any) -> str:
    """The name of a schema's component: its class name without `Schema`."""
    kind = schema if isinstance(schema, type) else type(schema)
    return kind.__name__.removesuffix("Schema")


class Api(flask_smorest.Api):
    """One application's API. Its spec is built when it is first asked for, once all models are mapped."""

    DEFAULT_ERROR_RESPONSE_NAME = None

    def __init__(self, app: flask.Flask) -> None:
        self._blueprints: list[http.Blueprint] = []
        self._document: dict[str, Any] | None = None
        self._building = threading.Lock()
        super().__init__(
            app,
            config_prefix="AUTHSVC",
            spec_kwargs={
                "title": TITLE,
                "version": VERSION,
                "openapi_version": "3.1.0",
                "marshmallow_plugin": MarshmallowPlugin(schema_name_resolver=component_name),
                "info": {"description": DESCRIPTION, "license": {"name": "MIT", "identifier": "MIT"}},
                "jsonSchemaDialect": "https://spec.openapis.org/oas/3.1/dialect/base",
            },
        )

    def _register_error_handlers(self) -> None:
        """Nothing app-wide: each of our blueprints handles its own errors."""

    def _register_responses(self) -> None:
        """Nothing by HTTP status names, which differ between Python versions."""

    def _register_etag_headers(self) -> None:
        """None: nothing of ours is paged by headers or tagged."""

    _register_pagination_header = _register_etag_headers

    def register_blueprint(self, blueprint: Any, **options: Any) -> None:
        """Register the endpoints now and their documentation when the spec is built."""
        extension = self._app.extensions["flask-smorest"]
        extension["blp_name_to_api"][blueprint.name] = self
        self._app.register_blueprint(blueprint, **options)
        self._blueprints.append(blueprint)

    def document(self) -> dict[str, Any]:
        """The spec as a plain dictionary, the same at every call."""
        if self._document is None:
            # Threads that ask first at the same time build it once: apispec refuses a component twice.
            with self._building:
                if self._document is None:
                    self._document = self._build(state())
        return self._document

    def _build(self, ours: State) -> dict[str, Any]:
        self._init_components(ours)
        for blueprint in self._blueprints:
            blueprint.register_views_in_doc(self, self._app, self.spec, name=blueprint.name, parameters=None)
            self.spec.tag({"name": blueprint.feature, "description": _first_line(blueprint)})
        text = json.dumps(self.spec.to_dict())
        prefix = ours.sections.of(CoreSettings).url_prefix
        document: dict[str, Any] = json.loads(text.replace('"/api/auth/errors/', f'"{prefix}/errors/'))
        document["servers"] = [{"url": "/"}]
        schemas = document["components"]["schemas"]
        _name_enumerations(document, schemas)
        _list_enumerations(ours, schemas)
        self._describe_components(schemas)
        reached = _reached(document["paths"], schemas)
        document["components"]["schemas"] = {name: schemas[name] for name in sorted(reached)}
        for operation in operations(document):
            _need_body_for_fields(operation, schemas)
            _add_examples(operation, schemas)
            _drop_absent_schemes(operation, document)
        return {key: document[key] for key in _ORDER if key in document}

    def _describe_components(self, schemas: dict[str, Any]) -> None:
        for key, name in self.ma_plugin.converter.refs.items():
            if name in schemas and key[0].__doc__:
                schemas[name].setdefault("description", operations_of.first_sentence(key[0]))

    def _init_components(self, ours: State) -> None:
        components, converter = self.spec.components, self.ma_plugin.converter
        components.schema("ErrorCode", component=_error_codes())
        components.schema("Problem", component=PROBLEM_SCHEMA)
        for placeholder in user_schemas.PLACEHOLDERS:
            schema = user_schemas.own(placeholder.part)
            components.schema(placeholder.part, schema=schema)
            converter.refs[make_schema_key(placeholder())] = placeholder.part
        for answer in OneOfSchema.__subclasses__():
            refs = self._refs_to(answer.variants.values())
            mapping = dict(zip(answer.variants, refs, strict=True))
            self._add_union(
                answer, refs, discriminator={"propertyName": answer.discriminator, "mapping": mapping}
            )
        for request in OneOfRequestSchema.__subclasses__():
            self._add_union(request, self._refs_to([*request.variants.values(), request.otherwise]))
        for name, scheme in security_schemes(ours).items():
            components.security_scheme(name, scheme)

    def _refs_to(self, variants: Collection[type[ma.Schema]]) -> list[str]:
        names = [component_name(variant) for variant in variants]
        for name, variant in zip(names, variants, strict=True):
            if make_schema_key(variant()) not in self.ma_plugin.converter.refs:
                self.spec.components.schema(name, schema=variant)
        return [f"#/components/schemas/{name}" for name in names]

    def _add_union(self, union: type[ma.Schema], refs: list[str], **facts: Any) -> None:
        component = {
            "description": (union.__doc__ or "").strip(),
            "oneOf": [{"$ref": ref} for ref in refs],
            **facts,
        }
        self.spec.components.schema(component_name(union), component=component)
        self.ma_plugin.converter.refs[make_schema_key(union())] = component_name(union)


def _reached(node: Any, schemas: dict[str, Any], found: set[str] | None = None) -> set[str]:
    """Names of the components that *node* refers to, directly or through others."""
    found = set() if found is None else found
    if isinstance(node, dict):
        name = str(node.get("$ref", "")).rpartition("#/components/schemas/")[2]
        if name in schemas and name not in found:
            found.add(name)
            _reached(schemas[name], schemas, found)
    for child in node.values() if isinstance(node, dict) else node if isinstance(node, list) else ():
        _reached(child, schemas, found)
    return found


_ORDER = ("openapi", "info", "jsonSchemaDialect", "servers", "tags", "paths", "components")


def _need_body_for_fields(operation: dict[str, Any], schemas: dict[str, Any]) -> None:
    """An empty body is accepted wherever no field is required."""
    for media in operation.get("requestBody", {}).get("content", {}).values():
        name = media["schema"].get("$ref", "").rsplit("/", 1)[-1]
        operation["requestBody"]["required"] = _has_required(schemas.get(name, {}), schemas)


def _has_required(schema: dict[str, Any], schemas: dict[str, Any]) -> bool:
    """Whether no empty object is of this shape."""
    variants = [schemas[one["$ref"].rsplit("/", 1)[-1]] for one in schema.get("oneOf", ())]
    return bool(schema.get("required")) or bool(variants and all(one.get("required") for one in variants))


def _first_line(blueprint: http.Blueprint) -> str:
    return (blueprint.description or blueprint.feature).strip().splitlines()[0]


def operations(document: dict[str, Any]) -> Iterable[dict[str, Any]]:
    """Every operation of a spec, in order of paths."""
    for path in document["paths"].values():
        for method in ("get", "post", "put", "patch", "delete"):
            if method in path:
                yield path[method]


def _name_enumerations(node: Any, schemas: dict[str, Any]) -> None:
    """Give each enumeration that has a name its own component, so that clients have one type for it."""
    for key, value in list(node.items()) if isinstance(node, dict) else list(enumerate(node)):
        if isinstance(value, dict) and "x-component" in value:
            name = value.pop("x-component")
            schemas.setdefault(name, value)
            node[key] = {"$ref": f"#/components/schemas/{name}"}
        elif isinstance(value, dict | list):
            _name_enumerations(value, schemas)


def _list_enumerations(ours: State, schemas: dict[str, Any]) -> None:
    """Say the values that each application has of its own; with none of them any text may be sent in vain."""
    for feature in ours.features:
        for name, values in feature.enumerations.items():
            if name in schemas and (listed := list(values())):
                schemas[name]["enum"] = listed


def _drop_absent_schemes(operation: dict[str, Any], document: dict[str, Any]) -> None:
    known = document["components"].get("securitySchemes", {})
    operation["security"] = [one for one in operation["security"] if set(one) <= set(known)]


def _add_examples(operation: dict[str, Any], schemas: dict[str, Any]) -> None:
    bodies = [operation.get("requestBody", {})]
    bodies += [body for status, body in operation["responses"].items() if status.startswith("2")]
    for body in bodies:
        for media in body.get("content", {}).values():
            if "schema" in media and "example" not in media and "examples" not in media:
                media["example"] = sample(media["schema"], schemas)


def json_schema(name: str, document: dict[str, Any], base: str) -> dict[str, Any]:
    """A component as JSON Schema 2020-12, whose references are its neighbours' files.

    Raises:
        KeyError: there is no such component.
    """
    text = json.dumps(document["components"]["schemas"][name])
    body = json.loads(text.replace("#/components/schemas/", ""), object_hook=_file_references)
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": f"{base}/{name}.json",
        "title": name,
        **body,
    }


def _file_references(node: dict[str, Any]) -> dict[str, Any]:
    if isinstance(node.get("$ref"), str):
        node["$ref"] += ".json"
    return node


def as_json(document: Any) -> str:
    """A document as JSON, the same bytes every time."""
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n"


def as_yaml(document: Any) -> str:
    """A document as YAML, the same bytes every time."""
    return str(yaml.safe_dump(document, sort_keys=False, allow_unicode=True, width=110))


def security_schemes(ours: State) -> dict[str, dict[str, Any]]:
    """Where tokens are looked for, as OpenAPI says it."""
    transport: Transport = ours.parts[Transport]
    schemes: dict[str, dict[str, Any]] = {}
    if "cookie" in transport.channels:
        access, refresh = transport.access, transport.refresh
        schemes["accessCookie"] = {
            "type": "apiKey", "in": "cookie", "name": access,
            "description": "The access token, set by a sign-in; browsers send it by themselves.",
        }  # fmt: skip
        schemes["refreshCookie"] = {
            "type": "apiKey", "in": "cookie", "name": refresh,
            "description": "The refresh token, set by a sign-in; browsers send it by themselves.",
        }  # fmt: skip
    if "body" in transport.channels:
        bearer = {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"}
        schemes["bearerAuth"] = {**bearer, "description": "`Authorization: Bearer <access token>`."}
        schemes["refreshBearer"] = {**bearer, "description": "`Authorization: Bearer <refresh token>`."}
    return schemes


def _error_codes() -> dict[str, Any]:
    codes = [kind.code for kind in errors.every()]
    return {"type": "string", "enum": sorted(codes), "description": "What was refused; stable for ever."}


PROBLEM_SCHEMA: dict[str, Any] = {
    "type": "object",
    "description": "A refusal (RFC 9457).",
    "required": ["type", "title", "status", "detail", "code", "error"],
    "properties": {
        "type": {"type": "string", "format": "uri-reference", "description": "A page that explains it."},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string", "description": "A sentence for a person."},
        "code": {"$ref": "#/components/schemas/ErrorCode"},
        "error": {"type": "string", "description": "The same as `detail`."},
        "errors": {
            "type": "object",
            "description": "Field → what is wrong with it.",
            "additionalProperties": {"type": "array", "items": {"type": "string"}},
        },
        "retry_after": {"type": "integer", "description": "Seconds to wait."},
        "max_age": {"type": "integer", "description": "How fresh the sign-in must be, in seconds."},
        "methods": {
            "type": "array",
            "items": {"type": "string"},
            "description": "Ways to prove presence again.",
        },
    },
}
