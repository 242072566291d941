"""A software authenticator with the browser around it: keys, counters, flags, and every one can be wrong.

`create` and `get` answer as `toJSON()` of what a browser gives for the same options. What it would do
otherwise than it should is said by keyword: `get(options, origin="https://evil.example")`.
"""

import base64
import hashlib
import json
import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import cbor2
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa

UP, UV, BE, BS, AT, ED = 0x01, 0x04, 0x08, 0x10, 0x40, 0x80

Answer = dict[str, Any]


def encoded(raw: bytes) -> str:
    """Bytes as base64url without padding."""
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def decoded(text: str) -> bytes:
    """The bytes of base64url."""
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


class Key:
    """A key pair of one algorithm, as COSE writes it."""

    def __init__(self, algorithm: str = "ES256") -> None:
        self.algorithm = algorithm
        self._private: Any = {
            "ES256": lambda: ec.generate_private_key(ec.SECP256R1()),
            "ES256 on P-384": lambda: ec.generate_private_key(ec.SECP384R1()),
            "ES384": lambda: ec.generate_private_key(ec.SECP384R1()),
            "EdDSA": ed25519.Ed25519PrivateKey.generate,
            "RS256": lambda: rsa.generate_private_key(65537, 2048),
            "RS256 of 1024 bits": lambda: rsa.generate_private_key(65537, 1024),
        }[algorithm]()

    def cose(self) -> dict[int, Any]:
        """The public key (RFC 9053)."""
        if self.algorithm == "EdDSA":
            return {1: 1, 3: -8, -1: 6, -2: self._private.public_key().public_bytes_raw()}
        numbers = self._private.public_key().public_numbers()
        if self.algorithm.startswith("RS256"):
            size = (numbers.n.bit_length() + 7) // 8
            return {1: 3, 3: -257, -1: numbers.n.to_bytes(size, "big"), -2: numbers.e.to_bytes(3, "big")}
        size = 32 if self.algorithm == "ES256" else 48
        x, y = numbers.x.to_bytes(size, "big"), numbers.y.to_bytes(size, "big")
        algorithm = -35 if self.algorithm == "ES384" else -7
        return {1: 2, 3: algorithm, -1: 1 if size == 32 else 2, -2: x, -3: y}

    def sign(self, data: bytes) -> bytes:
        """A signature as WebAuthn wants it."""
        if self.algorithm == "EdDSA":
            return bytes(self._private.sign(data))
        if self.algorithm.startswith("RS256"):
            return bytes(self._private.sign(data, padding.PKCS1v15(), hashes.SHA256()))
        return bytes(self._private.sign(data, ec.ECDSA(hashes.SHA256())))


@dataclass
class Resident:
    """A discoverable credential as its authenticator keeps it."""

    id: bytes
    rp_id: str
    handle: str
    key: Key
    count: int = 0


@dataclass
class Authenticator:
    """An authenticator and its browser, at a page of *origin*."""

    origin: str = "http://localhost"
    algorithm: str = "ES256"
    #: Whether it verifies its user, and whether it counts.
    verifies: bool = True
    counts: bool = False
    is_backup_eligible: bool = True
    is_backed_up: bool = True
    aaguid: bytes = bytes(16)
    residents: list[Resident] = field(default_factory=list)

    def create(
        self,
        options: Answer,
        *,
        credential_id: bytes | None = None,
        key: Key | None = None,
        attestation: Answer | None = None,
        spoil_attestation: Callable[[bytes], bytes] = lambda raw: raw,
        **wrong: Any,
    ) -> Answer:
        """What `navigator.credentials.create` gives for these options."""
        known = {decoded(one["id"]) for one in options["excludeCredentials"]}
        if known & {one.id for one in self.residents}:
            raise PermissionError("InvalidStateError: it has one already")
        made = Resident(
            id=credential_id or secrets.token_bytes(32),
            rp_id=options["rp"]["id"],
            handle=options["user"]["id"],
            key=key or Key(self.algorithm),
        )
        self.residents.append(made)
        public = cbor2.dumps(made.key.cose())
        attested = wrong.pop("aaguid", self.aaguid) + len(made.id).to_bytes(2, "big") + made.id + public
        client = self._client_data("webauthn.create", options, wrong)
        data = self._data(made, AT, wrong) + wrong.pop("attested", attested) + wrong.pop("extensions", b"")
        statement = attestation or {"fmt": "none", "attStmt": {}}
        response = {
            "clientDataJSON": encoded(client),
            "attestationObject": encoded(spoil_attestation(cbor2.dumps({**statement, "authData": data}))),
            "transports": ["internal", "hybrid"],
        }
        assert not wrong, f"nobody reads {wrong}"
        return self._credential(made, response)

    def get(
        self,
        options: Answer,
        *,
        resident: Resident | None = None,
        sign: Callable[[bytes], bytes] | None = None,
        handle: str | None = "its own",
        **wrong: Any,
    ) -> Answer:
        """What `navigator.credentials.get` gives for these options."""
        allowed = [decoded(one["id"]) for one in options["allowCredentials"]]
        resident = resident or next(
            one
            for one in self.residents
            if one.rp_id == options["rpId"] and (not allowed or one.id in allowed)
        )
        resident.count += int(self.counts)
        client = self._client_data("webauthn.get", options, wrong)
        data = self._data(resident, 0, wrong)
        assert not wrong, f"nobody reads {wrong}"
        response = {
            "clientDataJSON": encoded(client),
            "authenticatorData": encoded(data),
            "signature": encoded((sign or resident.key.sign)(data + hashlib.sha256(client).digest())),
            "userHandle": resident.handle if handle == "its own" else handle,
        }
        return self._credential(resident, response)

    def _client_data(self, kind: str, options: Answer, wrong: Answer) -> bytes:
        said = {
            "type": wrong.pop("type", kind),
            "challenge": wrong.pop("challenge", options["challenge"]),
            "origin": wrong.pop("origin", self.origin),
            "crossOrigin": wrong.pop("cross_origin", False),
            **wrong.pop("besides", {}),
        }
        return json.dumps({name: value for name, value in said.items() if value != "left out"}).encode()

    def _data(self, resident: Resident, more: int, wrong: Answer) -> bytes:
        backup = BE * self.is_backup_eligible | BS * self.is_backed_up
        flags = wrong.pop("flags", UP | UV * self.verifies | backup | more)
        flags = (flags | wrong.pop("set", 0)) & ~wrong.pop("clear", 0)
        count = wrong.pop("count", resident.count)
        domain = hashlib.sha256(wrong.pop("rp_id", resident.rp_id).encode()).digest()
        return domain + bytes([flags]) + int(count).to_bytes(4, "big")

    @staticmethod
    def _credential(resident: Resident, response: Answer) -> Answer:
        return {
            "id": encoded(resident.id),
            "rawId": encoded(resident.id),
            "type": "public-key",
            "authenticatorAttachment": "platform",
            "clientExtensionResults": {"credProps": {"rk": True}},
            "response": response,
        }
