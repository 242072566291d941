"""Keys to sign with, made once for the whole run."""

import functools
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)

ASYMMETRIC = ("RS256", "ES256", "EdDSA")
ALGORITHMS = ("HS256", *ASYMMETRIC)


@functools.cache
def _key(algorithm: str, name: str) -> Any:
    if algorithm == "RS256":
        return rsa.generate_private_key(public_exponent=65537, key_size=2048)
    return (
        ec.generate_private_key(ec.SECP256R1())
        if algorithm == "ES256"
        else ed25519.Ed25519PrivateKey.generate()
    )


def private_pem(algorithm: str, name: str = "") -> str:
    """The private key for this algorithm, the same one each time; another one by another *name*."""
    key = _key(algorithm, name)
    return str(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode())


def public_pem(algorithm: str, name: str = "") -> str:
    """Its public half."""
    key = _key(algorithm, name).public_key()
    return str(key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode())
