"""Access and refresh tokens: JSON Web Tokens, signed and read in one pass. Pure: no app, no database.

PyJWT's algorithms sign and verify; what a token of ours looks like is so narrow that it is read here.

One key has one algorithm (RFC 8725 §3.1). The header of a token must be, byte for byte, the header that one
of our keys writes; so `alg: none`, confused algorithms, `jwk`, `jku`, `x5u`, foreign `kid` and every `crit`
(RFC 7515 §4.1.11) fail before a signature is looked at.
"""

import base64
import functools
import hashlib
import hmac
import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

import jwt
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    PublicFormat,
    load_pem_private_key,
    load_pem_public_key,
)

Claims = Mapping[str, Any]
Algorithm = Literal["HS256", "RS256", "ES256", "EdDSA"]

LONGEST = 8192
"""Most characters of a token that are looked at."""


class Unreadable(Exception):
    """The token is not one of ours, or was altered."""


class Expired(Exception):
    """The token was ours, and its time is over. `claims` are those of the token."""

    def __init__(self, header: Claims, claims: Claims) -> None:
        super().__init__("expired")
        self.header = header
        self.claims = claims


@dataclass(frozen=True)
class Key:
    """A key and its one algorithm. Keys that only verify have no `signing` half."""

    kid: str
    algorithm: Algorithm
    verifying: Any
    signing: Any = None

    @property
    def header(self) -> dict[str, str]:
        """The header of every token this key signs."""
        return {"alg": self.algorithm, "kid": self.kid, "typ": "JWT"}

    @functools.cached_property
    def segment(self) -> str:
        """The header as it stands at the beginning of a token."""
        return _encoded(_json(self.header))

    @functools.cached_property
    def _mathematics(self) -> Any:
        return jwt.get_algorithm_by_name(self.algorithm)

    def sign(self, payload: bytes) -> str:
        """A token (JWS compact serialization, RFC 7515 §7.1) of this payload."""
        signed = f"{self.segment}.{_encoded(payload)}"
        return f"{signed}.{_encoded(self._mathematics.sign(signed.encode(), self.signing))}"

    def payload(self, token: str) -> bytes:
        """What this key signed; the token begins with its header.

        Raises:
            ValueError: it did not sign this, or the token is spelled in another way than ours.
        """
        signed, _, signature = token.rpartition(".")
        if not self._mathematics.verify(signed.encode(), self.verifying, _decoded(signature)):
            raise ValueError("another signature")
        return _decoded(signed.removeprefix(f"{self.segment}."))


def hmac_key(secret: bytes) -> Key:
    """A key for HS256 whose `kid` tells nothing about the secret."""
    kid = hashlib.sha256(b"flask-headless-auth/kid" + secret).hexdigest()[:16]
    return Key(kid, "HS256", secret, secret)


def pem_key(pem: str, algorithm: Algorithm) -> Key:
    """A key from PEM: a private one signs and verifies, a public one verifies.

    Raises:
        ValueError: not PEM, not of a type that *algorithm* uses, or RSA shorter than 2048 bits.
    """
    raw = pem.encode()
    private = load_pem_private_key(raw, password=None) if "PRIVATE" in pem else None
    public: Any = private.public_key() if private is not None else load_pem_public_key(raw)
    _check_kind(public, algorithm)
    der = public.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    return Key(hashlib.sha256(der).hexdigest()[:16], algorithm, public, private)


def algorithm_of(pem: str) -> Algorithm:
    """The algorithm that a PEM key is used with here.

    Raises:
        ValueError: not PEM, or of a type that is not used here.
    """
    raw = pem.encode()
    public: Any = (
        load_pem_private_key(raw, password=None).public_key()
        if "PRIVATE" in pem
        else load_pem_public_key(raw)
    )
    for algorithm, kind in _KINDS.items():
        if isinstance(public, kind):
            return algorithm
    raise ValueError("this type of key is not used for tokens.")


_KINDS: dict[Algorithm, type[Any]] = {
    "RS256": rsa.RSAPublicKey,
    "ES256": ec.EllipticCurvePublicKey,
    "EdDSA": ed25519.Ed25519PublicKey,
}


def _check_kind(public: Any, algorithm: Algorithm) -> None:
    if not isinstance(public, _KINDS[algorithm]):
        raise ValueError(f"this is not a key for {algorithm}.")
    if isinstance(public, rsa.RSAPublicKey) and public.key_size < 2048:
        raise ValueError(f"RSA keys need at least 2048 bits, not {public.key_size}.")
    if isinstance(public, ec.EllipticCurvePublicKey) and not isinstance(public.curve, ec.SECP256R1):
        raise ValueError("ES256 needs a key on the curve P-256.")


@dataclass(frozen=True)
class KeySet:
    """The keys that are accepted, the first of which signs, with the issuer and audience they stand for."""

    keys: tuple[Key, ...]
    issuer: str
    audience: str
    leeway: int = 0
    #: Keys the identifiers that two processes must derive alike.
    secret: bytes = field(default=b"", repr=False)
    _by_segment: dict[str, Key] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_by_segment", {key.segment: key for key in reversed(self.keys)})

    def sign(self, claims: Claims) -> str:
        """A token of these claims and our `iss` and `aud`."""
        key = self.keys[0]
        ours = {"iss": self.issuer, "aud": self.audience}
        payload = {**ours, **claims, **ours}
        return key.sign(json.dumps(payload, separators=(",", ":")).encode())

    def read(
        self, token: str, now: float, *, even_expired: bool = False
    ) -> tuple[dict[str, str], dict[str, Any]]:
        """Header and claims of a token that one of our keys signed, in one pass.

        Raises:
            Unreadable: it is not ours, is altered, or lacks a claim or has one of a wrong type.
            Expired: it is ours, and past `exp`, unless *even_expired*.
        """
        key = self._by_segment.get(token.partition(".")[0]) if len(token) <= LONGEST else None
        if key is None:
            raise Unreadable("unknown header")
        try:
            claims = json.loads(key.payload(token))
        except (ValueError, RecursionError) as problem:
            raise Unreadable(type(problem).__name__) from None
        _check_types(claims)
        if claims["iss"] != self.issuer or claims["aud"] != self.audience:
            raise Unreadable("from, or for, somebody else")
        if claims["nbf"] > now + self.leeway:
            raise Unreadable("not yet valid")
        if claims["exp"] <= now - self.leeway and not even_expired:
            raise Expired(key.header, claims)
        return key.header, claims

    def header_of(self, token: str) -> dict[str, str]:
        """The header of a token that `read` has read."""
        return self._by_segment[token.partition(".")[0]].header

    def jwks(self) -> dict[str, list[dict[str, Any]]]:
        """The public keys (RFC 7517); HMAC has none."""
        return {"keys": [_jwk(key) for key in self.keys if key.algorithm != "HS256"]}


_REQUIRED = frozenset(
    ("exp", "nbf", "iat", "auth_time", "amr", "sub", "sid", "jti", "type", "csrf", "iss", "aud")
)

_TYPES: dict[str, type] = {
    "exp": int, "nbf": int, "iat": int, "auth_time": int, "gen": int,
    "sub": str, "sid": str, "jti": str, "type": str, "iss": str, "aud": str, "ch": str, "amr": list,
    "keep": bool, "end": int, "csrf": str,
}  # fmt: skip


def _check_types(claims: Any) -> None:
    if type(claims) is not dict or not claims.keys() >= _REQUIRED:
        raise Unreadable("a claim is missing")
    for name, kind in _TYPES.items():
        if name in claims and type(claims[name]) is not kind:
            raise Unreadable(f"{name} is not of its type")
        if kind is int and not 0 <= claims.get(name, 0) <= _GREATEST.get(name, 2**40):
            raise Unreadable(f"{name} is out of range")
    if not all(type(method) is str for method in claims["amr"]):
        raise Unreadable("amr is not a list of texts")
    if not _SESSION_ID.fullmatch(claims["sid"]) or "\x00" in claims["sub"]:
        raise Unreadable("no session is called so")
    if claims["type"] == "refresh" and not claims.keys() >= {"ch", "gen", "keep", "end"}:
        raise Unreadable("a refresh token says its channel, generation and end")


_GREATEST = {"gen": 2**31 - 2}
_SESSION_ID = re.compile(r"[A-Za-z0-9_-]{1,64}")


def _jwk(key: Key) -> dict[str, Any]:
    made: dict[str, Any] = json.loads(jwt.get_algorithm_by_name(key.algorithm).to_jwk(key.verifying))
    made.pop("key_ops", None)
    return {**made, "kid": key.kid, "alg": key.algorithm, "use": "sig"}


@dataclass(frozen=True)
class Grant:
    """What one channel of a session holds at one generation; tokens follow from it and nothing else.

    `amr` and `auth_time` say how and when the user last proved presence on this channel (OpenID Connect
    Core §2). `rotated_at` is the moment of this generation in whole seconds.
    """

    session_id: str
    subject: str
    channel: Literal["cookie", "body"]
    generation: int
    rotated_at: int
    auth_time: int
    amr: Sequence[str]
    #: Whether the browser keeps the cookies when it closes.
    remember: bool
    #: The session's absolute end in seconds: no token outlives it.
    ends_at: int


@dataclass(frozen=True)
class Issued:
    """A pair of tokens and how many seconds each lives."""

    access: str
    refresh: str
    access_ttl: int
    refresh_ttl: int
    csrf: str


def issue(
    keys: KeySet, grant: Grant, *, access_ttl: int, refresh_ttl: int, extra: Iterable[Claims] = ()
) -> Issued:
    """The tokens of *grant*: the same bytes each time where the algorithm is deterministic.

    *extra* claims of the access token never replace ours.
    """
    left = max(1, grant.ends_at - grant.rotated_at)
    access_ttl, refresh_ttl = min(access_ttl, left), min(refresh_ttl, left)
    csrf = _derived(keys, grant, "csrf")
    base = {
        "sub": grant.subject,
        "sid": grant.session_id,
        "iat": grant.rotated_at,
        "nbf": grant.rotated_at,
        "auth_time": grant.auth_time,
        "amr": list(grant.amr),
        "csrf": csrf,
    }
    access: dict[str, Any] = {}
    for claims in extra:
        access.update(claims)
    access.update(base, type="access", jti=_derived(keys, grant, "access"), exp=grant.rotated_at + access_ttl)
    refresh = {
        **base,
        "type": "refresh",
        "jti": _derived(keys, grant, "refresh"),
        "exp": grant.rotated_at + refresh_ttl,
        "ch": grant.channel,
        "gen": grant.generation,
        "keep": grant.remember,
        "end": grant.ends_at,
    }
    return Issued(keys.sign(access), keys.sign(refresh), access_ttl, refresh_ttl, csrf)


def _derived(keys: KeySet, grant: Grant, purpose: str) -> str:
    """An identifier that two processes derive alike from the same generation."""
    parts = [keys.issuer, grant.session_id, grant.channel, grant.generation, grant.rotated_at, purpose]
    digest = hmac.digest(keys.secret, _json(parts), "sha256")
    return base64.urlsafe_b64encode(digest[:18]).decode()


def _encoded(raw: bytes) -> str:
    """Base64url without padding (RFC 7515 §2)."""
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def _decoded(text: str) -> bytes:
    """The octets of base64url in its one canonical spelling, so that no token has a second one.

    Raises:
        ValueError: padding, other characters, or stray bits at the end.
    """
    raw = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    if _encoded(raw) != text:
        raise ValueError("not canonical")
    return raw


def _json(value: Any) -> bytes:
    return json.dumps(value, separators=(",", ":"), sort_keys=True).encode()


def seconds(moment: datetime) -> int:
    """A moment as a JWT NumericDate (RFC 7519 §2)."""
    return int(moment.timestamp())
