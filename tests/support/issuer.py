"""A fake provider on this machine: OpenID Connect, with the documented quirks of the well-known ones.

`Issuer` serves a discovery document, keys, a token endpoint and userinfo over HTTP, and GitHub's endpoints.
A test sends "the browser" there with `sign_in`, which answers what the provider would send back. What it says
of the person is `person`; `spoil` names what is wrong with its answers.
"""

import base64
import hashlib
import json
import secrets
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, ClassVar
from urllib.parse import parse_qs, parse_qsl, urlsplit

import jwt
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa

from flask_headless_auth import clock
from flask_headless_auth.features.oauth.providers import TABLE

CLIENT, SECRET = "client-of-the-host", "secret/of:the+host"
TENANT = "11111111-2222-3333-4444-555555555555"
KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048)
OTHER_KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048)


@dataclass
class Grant:
    """What the browser was sent with."""

    redirect_uri: str
    nonce: str | None
    challenge: str
    scope: str
    max_age: str | None


@dataclass
class Issuer:
    """One provider: who signs in there, and how it answers."""

    url: str = ""
    #: Claims of whoever signs in there.
    person: dict[str, Any] = field(
        default_factory=lambda: {
            "sub": "248289761001",
            "email": "ada@example.com",
            "email_verified": True,
            "given_name": "Ada",
            "family_name": "Lovelace",
        }
    )
    #: Members that replace those of its answers: by path for bodies, `id_token` for claims, `header`.
    spoil: dict[str, Any] = field(default_factory=dict)
    key: Any = KEY
    kid: str = "key-1"
    published: dict[str, Any] = field(default_factory=dict)
    #: Whether the ID token carries the address, or only userinfo.
    slim: bool = False
    client_ids: tuple[str, ...] = (CLIENT,)
    #: What it was asked: path and form.
    asked: list[tuple[str, dict[str, str]]] = field(default_factory=list)
    grants: dict[str, Grant] = field(default_factory=dict)
    #: Answers that stand in for whole paths: status, content type, body.
    instead: dict[str, tuple[int, str, bytes]] = field(default_factory=dict)
    #: Issuer in tokens and documents; the address by default.
    name: str = ""

    @property
    def iss(self) -> str:
        return self.name or self.url

    def sign_in(self, authorization_url: str, **more: str) -> dict[str, str]:
        """What the provider sends the browser back with, once the person has agreed."""
        parts = urlsplit(authorization_url)
        asked = dict(parse_qsl(parts.query))
        assert authorization_url.startswith(self.url)
        assert asked["response_type"] == "code"
        assert asked["client_id"] in self.client_ids
        assert asked["code_challenge_method"] == "S256"
        code = secrets.token_urlsafe(24)
        self.grants[code] = Grant(
            asked["redirect_uri"],
            asked.get("nonce"),
            asked["code_challenge"],
            asked["scope"],
            asked.get("max_age"),
        )
        return {"state": asked["state"], "code": code, **more}

    def id_token(self, **claims: Any) -> str:
        """An ID token of this moment for the host's client."""
        now = clock.timestamp()
        told = dict(self.person)
        if self.slim:
            told = {"sub": told["sub"]}
        content = {
            "iss": self.iss, "aud": CLIENT, "iat": now, "exp": now + 300, **told, **claims,
            **self.spoil.get("id_token", {}),
        }  # fmt: skip
        content = {name: value for name, value in content.items() if value is not None}
        header = {"kid": self.kid, **self.spoil.get("header", {})}
        return signed(content, self.key, header, self.spoil.get("alg", "RS256"))

    def token(self, form: Mapping[str, str]) -> tuple[int, dict[str, Any]]:
        """The token endpoint."""
        if form.get("grant_type") == "refresh_token":
            assert form["refresh_token"] == "refresh-of-ada"
            return 200, {"access_token": "fresh-access", "token_type": "Bearer", "expires_in": 3600}
        grant = self.grants.pop(form.get("code", ""), None)
        if grant is None or grant.redirect_uri != form["redirect_uri"]:
            return 400, {"error": "invalid_grant"}
        made = base64.urlsafe_b64encode(hashlib.sha256(form["code_verifier"].encode()).digest()).rstrip(b"=")
        if made.decode() != grant.challenge:
            return 400, {"error": "invalid_grant", "error_description": "PKCE"}
        answer: dict[str, Any] = {"access_token": "access-of-ada", "token_type": "Bearer", "expires_in": 3600}
        if "offline_access" in grant.scope or "offline" in self.spoil:
            answer["refresh_token"] = "refresh-of-ada"
        if "openid" in grant.scope:
            timed = {"auth_time": clock.timestamp()} if grant.max_age is not None else {}
            answer["id_token"] = self.id_token(nonce=grant.nonce, **timed)
        return 200, answer

    def document(self) -> dict[str, Any]:
        """The discovery document."""
        return {
            "issuer": self.iss,
            "authorization_endpoint": f"{self.url}/authorize",
            "token_endpoint": f"{self.url}/token",
            "userinfo_endpoint": f"{self.url}/userinfo",
            "jwks_uri": f"{self.url}/keys",
            "token_endpoint_auth_methods_supported": ["client_secret_basic", "client_secret_post"],
        }

    def answer(self, path: str, form: dict[str, str]) -> tuple[int, Any]:
        """What stands at a path."""
        if path.endswith("/.well-known/openid-configuration"):
            return 200, self.document()
        if path == "/keys":
            keys = {self.kid: self.key, **self.published}
            return 200, {"keys": [jwk_of(key, kid) for kid, key in keys.items()]}
        if path in ("/token", "/login/oauth/access_token"):
            return self.token(form)
        if path == "/userinfo":
            return 200, dict(self.person)
        if path == "/user":
            return 200, {"id": self.person["sub"], "login": "ada", "name": "Ada Lovelace", "email": None}
        if path == "/user/emails":
            return 200, self.person["emails"]
        return 404, {"error": "not found"}


def signed(claims: dict[str, Any], key: Any, header: dict[str, Any], algorithm: str) -> str:
    """A JWT; with `none` it is not signed, with HS256 the key is the text of the public key."""
    if algorithm == "HS256":
        # PyJWT refuses to sign with a public key; whoever attacks does not.
        return _by_hand(claims, {**header, "alg": algorithm}, pem_of(key))
    # Not `jwt.encode`, which refuses to write claims of the wrong type.
    content = json.dumps(claims).encode()
    return jwt.PyJWS().encode(content, None if algorithm == "none" else key, algorithm, headers=header)


def _by_hand(claims: dict[str, Any], header: dict[str, Any], key: bytes) -> str:
    import hmac

    def part(content: bytes) -> str:
        return base64.urlsafe_b64encode(content).rstrip(b"=").decode()

    text = f"{part(json.dumps(header).encode())}.{part(json.dumps(claims).encode())}"
    return f"{text}.{part(hmac.digest(key, text.encode(), 'sha256'))}"


def pem_of(key: Any) -> bytes:
    """The public half, as PEM."""
    found: bytes = key.public_key().public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    return found


def jwk_of(key: Any, kid: str) -> dict[str, Any]:
    """The public half, as providers publish it."""
    if isinstance(key, ec.EllipticCurvePrivateKey):
        made = jwt.algorithms.ECAlgorithm(jwt.algorithms.ECAlgorithm.SHA256).to_jwk(key.public_key())
        return {**json.loads(made), "kid": kid, "use": "sig", "alg": "ES256"}
    made = jwt.algorithms.RSAAlgorithm.to_jwk(key.public_key())
    return {**json.loads(made), "kid": kid, "use": "sig", "alg": "RS256"}


class _Handler(BaseHTTPRequestHandler):
    issuer: ClassVar[Issuer]
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        self._answer({})

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0))).decode()
        self._answer({name: values[0] for name, values in parse_qs(body).items()})

    def _answer(self, form: dict[str, str]) -> None:
        path = urlsplit(self.path).path
        authorization = self.headers.get("Authorization")
        self.issuer.asked.append((path, {**form, **({"bearer": authorization} if authorization else {})}))
        found = next((one for end, one in self.issuer.instead.items() if path.endswith(end)), None)
        if found is None:
            status, content = self.issuer.answer(path, form)
            if isinstance(content, dict):
                content = {**content, **self.issuer.spoil.get(path.rpartition("/")[2], {})}
            found = (status, "application/json", json.dumps(content).encode())
        status, kind, body = found
        if kind == "hang":
            time.sleep(float(body))
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        if status in (301, 302, 307):
            self.send_header("Location", body.decode())
        self.end_headers()
        try:
            self.wfile.write(body)
        except OSError:
            # Whoever asked has heard enough.
            self.close_connection = True

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


@contextmanager
def running() -> Iterator[Issuer]:
    """An issuer that answers at an address of this machine."""
    issuer = Issuer()
    handler = type("Handler", (_Handler,), {"issuer": issuer})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    issuer.url = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield issuer
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def custom(issuer: Issuer, **more: Any) -> dict[str, Any]:
    """Configuration of an application that signs in at an issuer of its own, called acme."""
    entry = {
        "issuer": issuer.url,
        "client_id": CLIENT,
        "client_secret": SECRET,
        "email_domains": ["example.com"],
    }
    return {"AUTHSVC_OAUTH_PROVIDERS": {"acme": {**entry, **more}}}


def as_google(issuer: Issuer, patch: pytest.MonkeyPatch) -> dict[str, Any]:
    """Google: the real entry of the table, at the fake's address."""
    patch.setitem(TABLE, "google", replace(TABLE["google"], issuer=issuer.url))
    issuer.person = {**issuer.person, "email": "ada@gmail.com", "email_verified": True}
    return {"GOOGLE_CLIENT_ID": CLIENT, "GOOGLE_CLIENT_SECRET": SECRET}


def as_microsoft(issuer: Issuer, patch: pytest.MonkeyPatch) -> dict[str, Any]:
    """Microsoft: tenants with issuers of their own, object IDs, and addresses that prove nothing."""
    template = f"{issuer.url}/{{tenant}}/v2.0"
    patch.setitem(TABLE, "microsoft", replace(TABLE["microsoft"], issuer=template))
    issuer.name = f"{issuer.url}/{{tenantid}}/v2.0"
    issuer.spoil["id_token"] = {"iss": f"{issuer.url}/{TENANT}/v2.0"}
    person = {"sub": "pairwise", "oid": "00000000-0000-0000-66f3-3332eca7ea81", "tid": TENANT}
    issuer.person = {**person, "email": "ada@example.com", "name": "Ada Lovelace"}
    return {"MICROSOFT_CLIENT_ID": CLIENT, "MICROSOFT_CLIENT_SECRET": SECRET}


def as_github(issuer: Issuer, patch: pytest.MonkeyPatch) -> dict[str, Any]:
    """GitHub: OAuth only, a number for a subject, addresses at an endpoint of their own, errors with 200."""
    entry = TABLE["github"]
    moved = {
        name: url.replace("https://github.com", issuer.url).replace("https://api.github.com", issuer.url)
        for name, url in {**entry.endpoints, **entry.resources}.items()
    }
    endpoints = {name: moved[name] for name in entry.endpoints}
    resources = {name: moved[name] for name in entry.resources}
    patch.setitem(TABLE, "github", replace(entry, endpoints=endpoints, resources=resources))
    issuer.person = {
        "sub": 583231,
        "emails": [
            {"email": "old@example.net", "primary": False, "verified": True, "visibility": None},
            {"email": "ada@example.com", "primary": True, "verified": True, "visibility": "private"},
        ],
    }
    return {"GITHUB_CLIENT_ID": CLIENT, "GITHUB_CLIENT_SECRET": SECRET}


def as_apple(issuer: Issuer, patch: pytest.MonkeyPatch) -> dict[str, Any]:
    """Apple: a form, flags as texts, a client secret signed with a key, the name beside the first answer."""
    patch.setitem(TABLE, "apple", replace(TABLE["apple"], issuer=issuer.url))
    issuer.person = {
        "sub": "001814.73d2.0433",
        "email": "ada@example.com",
        "email_verified": "true",
        "is_private_email": "false",
    }
    key = ec.generate_private_key(ec.SECP256R1())
    pem = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    return {
        "APPLE_CLIENT_ID": CLIENT,
        "APPLE_TEAM_ID": "TEAM123456",
        "APPLE_KEY_ID": "KEY1234567",
        "APPLE_PRIVATE_KEY": pem.decode(),
    }


AS: Mapping[str, Callable[[Issuer, pytest.MonkeyPatch], dict[str, Any]]] = {
    "google": as_google,
    "microsoft": as_microsoft,
    "github": as_github,
    "apple": as_apple,
}
"""Configurations of the named providers, at the fake."""
