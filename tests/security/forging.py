"""What a forger does with tokens, and what every refusal of one must look like."""

import base64
import hashlib
import hmac
import json
from collections.abc import Mapping
from typing import Any

import flask
import jwt
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat
from werkzeug.test import TestResponse

from flask_headless_auth.tokens import KeySet
from tests.support.apps import Person

ABSENT = object()
"""Leaves a claim out."""


def host_with_routes(app: flask.Flask) -> flask.Flask:
    """Give the application routes of its own behind plain `@jwt_required()` in its common spellings."""
    from flask_jwt_extended import get_jwt_identity, jwt_required

    @app.route("/host/private", methods=["GET", "POST"])
    @jwt_required()
    def private() -> Any:
        return {"identity": str(get_jwt_identity())}

    @app.post("/host/refresh")
    @jwt_required(refresh=True)
    def refresh() -> Any:
        return {"identity": str(get_jwt_identity())}

    return app


def keys_of(app: flask.Flask) -> KeySet:
    """The key set that the application signs with: what a forger never has."""
    keys: KeySet = app.extensions["flask_headless_auth"].parts[KeySet]
    return keys


def claims_of(token: str) -> dict[str, Any]:
    """The claims of a token, unverified."""
    return dict(jwt.decode(token, options={"verify_signature": False}))


def resigned(app: flask.Flask, token: str, **changes: Any) -> str:
    """The token with claims changed, signed with the application's own secret; no claim is checked."""
    claims = {**claims_of(token), **changes}
    kept = {name: value for name, value in claims.items() if value is not ABSENT}
    key = keys_of(app).keys[0]
    signed = f"{key.segment}.{segment(kept)}"
    return f"{signed}.{segment(hmac.digest(key.signing, signed.encode(), 'sha256'))}"


def segment(value: Any) -> str:
    """A part of a token: JSON, or bytes as they are, in base64url."""
    raw = value if isinstance(value, bytes) else json.dumps(value).encode()
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def with_header(token: str, header: Any, key: bytes = b"", *, keep_signature: bool = False) -> str:
    """The token with another header: signed by HMAC with *key*, unsigned, or with its old signature."""
    _, payload, old = token.split(".")
    signed = f"{segment(header)}.{payload}"
    if keep_signature:
        return f"{signed}.{old}"
    signature = segment(hmac.digest(key, signed.encode(), hashlib.sha256)) if key else ""
    return f"{signed}.{signature}"


def header_of(token: str) -> dict[str, Any]:
    """The header of a token."""
    return dict(jwt.get_unverified_header(token))


def pem(algorithm: str) -> tuple[str, bytes]:
    """A new private key in PEM and its public half, as a server publishes it."""
    key: Any = (
        rsa.generate_private_key(65537, 2048)
        if algorithm == "RS256"
        else ec.generate_private_key(ec.SECP256R1())
    )
    private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
    return private, key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)


def own_key_header(token: str) -> tuple[dict[str, Any], Any]:
    """A header that carries the forger's own public key (`jwk`), and the private one to sign with."""
    mine = rsa.generate_private_key(65537, 2048)
    jwk = json.loads(jwt.get_algorithm_by_name("RS256").to_jwk(mine.public_key()))
    return {**header_of(token), "alg": "RS256", "jwk": jwk}, mine


def bearer(app: flask.Flask, method: str, path: str, authorization: str, **options: Any) -> TestResponse:
    """A request with this `Authorization` header and nothing else."""
    headers = {**options.pop("headers", {}), "Authorization": authorization}
    return app.test_client().open(path, method=method, headers=headers, **options)


def assert_refused(response: TestResponse, label: object = "") -> None:
    """The answer is the one 401 problem that clients know, and tells nothing."""
    body = response.get_json(silent=True)
    assert response.status_code == 401, (label, response.status_code, response.text[:300])
    assert response.mimetype == "application/problem+json", label
    assert response.headers["WWW-Authenticate"].startswith("Bearer"), label
    assert isinstance(body, Mapping), label
    assert body["detail"].startswith("401 "), (label, body)
    assert body["status"] == 401, (label, body)
    assert body["code"] in ("token_missing", "token_invalid", "token_expired", "session_ended"), (label, body)


def assert_opens_nothing(app: flask.Flask, token: str, label: object = "") -> None:
    """No acceptor of the application takes this token: ours, the host's, for access or for refresh."""
    for method, path in ACCEPTORS:
        assert_refused(bearer(app, method, path, f"Bearer {token}"), (label, path))


ACCEPTORS = (
    ("GET", "/api/auth/user/@me"),
    ("GET", "/api/auth/check-auth"),
    ("GET", "/host/private"),
    ("POST", "/host/refresh"),
    ("POST", "/api/auth/token/refresh"),
)


def signed_in(app: flask.Flask, kind: str = "bearer", email: str = "ada@example.com") -> Person:
    """Somebody who has signed up."""
    person = Person(app, kind, email)
    assert person.sign_up().status_code == 201
    return person
