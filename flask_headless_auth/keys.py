"""The application's secrets: given, derived from one another, or development keys.

One strong key suffices. From it every purpose gets a key of its own by HKDF (RFC 5869), labelled with the
purpose. Where a given key is weak, or none is given, the application runs with *development keys*: random
ones from a file in its instance folder, with which it serves only its own machine.
"""

import base64
import contextlib
import os
import secrets
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

SHORTEST = 32
"""Least bytes of a key: 256 bits, as RFC 8725 §3.5 asks for HS256."""

PLACEHOLDERS = (
    "your-", "your_", "secret-key", "secret_key", "changeme", "change-me", "change_me", "change-this",
    "placeholder", "example", "insecure", "my-secret", "mysecret", "supersecret", "super-secret", "xxxx",
)  # fmt: skip


@dataclass(frozen=True)
class Keyring:
    """Root secrets of one application, the current first, then those that are only read with."""

    roots: tuple[bytes, ...]
    token_secrets: tuple[bytes, ...]
    #: The sentence that says which setting is weak, or None where all keys are the operator's own.
    development: str | None = None

    def derive(self, purpose: str) -> tuple[bytes, ...]:
        """Keys of 32 bytes for *purpose*: the first signs or encrypts, all verify or decrypt."""
        return tuple(derive(root, purpose) for root in self.roots)


def derive(root: bytes, purpose: str) -> bytes:
    """A key of 32 bytes for one purpose (HKDF-SHA256, RFC 5869)."""
    label = f"flask-headless-auth/{purpose}".encode()
    return HKDF(algorithm=SHA256(), length=32, salt=None, info=label).derive(root)


def fernet_key(root: bytes, purpose: str) -> bytes:
    """The same as Fernet writes its keys."""
    return base64.urlsafe_b64encode(derive(root, purpose))


def weakness(key: str, value: Any) -> str | None:
    """What is wrong with a secret as a sentence, or None when it is strong."""
    raw = as_bytes(value)
    if not raw:
        return f"{key} is not set."
    if len(raw) < SHORTEST:
        return f"{key} has {len(raw)} bytes; it needs at least {SHORTEST} random ones."
    text = raw.decode("utf-8", "replace").casefold()
    if any(word in text for word in PLACEHOLDERS) or len(set(raw)) < 8:
        return f"{key} is a placeholder; it needs at least {SHORTEST} random bytes."
    return None


def weaknesses(key: str, values: Iterable[Any]) -> list[str]:
    """What is wrong with each secret of a list."""
    return [problem for value in values if (problem := weakness(key, value))]


def as_bytes(value: Any) -> bytes:
    """A configured secret as bytes; anything that is neither text nor bytes is empty."""
    if isinstance(value, str):
        return value.encode()
    return bytes(value) if isinstance(value, bytes | bytearray) else b""


def keyring(
    config: Mapping[str, Any],
    previous: Sequence[str],
    folder: str | None,
    problems: list[str],
    warnings: list[str],
) -> Keyring:
    """The keys of an application: its own, or development keys where one of them is weak or none is given.

    Development keys are kept in *folder*; without one they are this process's own. Whatever a key that
    only verifies lacks in strength is one of the *problems*: anybody could sign with it.
    """
    given = {key: config.get(key) for key in ("SECRET_KEY", "JWT_SECRET_KEY") if config.get(key)}
    weak = [problem for key, value in given.items() if (problem := weakness(key, value))]
    if not given:
        weak = ["SECRET_KEY is not set."]
    older = tuple(as_bytes(one) for one in previous)
    problems.extend(weaknesses("AUTHSVC_TOKENS_PREVIOUS_KEYS", older))
    if weak:
        root = _from_file(Path(folder), warnings) if folder else secrets.token_hex(32).encode()
        return Keyring((root,), (derive(root, "tokens"), *older), " ".join(weak))
    configured = config.get("SECRET_KEY_FALLBACKS") or ()
    if not isinstance(configured, list | tuple):
        problems.append("SECRET_KEY_FALLBACKS: must be a list of secrets.")
        configured = ()
    fallbacks = tuple(as_bytes(one) for one in configured)
    problems.extend(weaknesses("SECRET_KEY_FALLBACKS", fallbacks))
    jwt_key = as_bytes(given.get("JWT_SECRET_KEY"))
    secret = as_bytes(given.get("SECRET_KEY"))
    roots = (secret, *fallbacks) if secret else (jwt_key,)
    tokens = (jwt_key,) if jwt_key else tuple(derive(root, "tokens") for root in roots)
    return Keyring(roots, (*tokens, *older))


def _from_file(folder: Path, warnings: list[str]) -> bytes:
    """The key in the instance folder, made there by whichever process comes first."""
    path = folder / "flask_headless_auth.key"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        fresh = secrets.token_hex(32).encode()
        # Written beside and linked into place, so that no process ever reads half a key.
        beside = folder / f".{path.name}.{os.getpid()}.{secrets.token_hex(4)}"
        descriptor = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        try:
            with os.fdopen(descriptor, "wb") as file:
                file.write(fresh)
            with contextlib.suppress(FileExistsError):
                os.link(beside, path)
        finally:
            beside.unlink()
        kept = path.read_bytes().strip()
        if len(kept) >= SHORTEST:
            return kept
        warnings.append(f"{path.name} in the instance folder holds no key; this process made one of its own.")
        return fresh
    except OSError as problem:
        warnings.append(
            f"The instance folder cannot be written ({type(problem).__name__}), so every process has a "
            "development key of its own and nobody stays signed in across them."
        )
        return secrets.token_hex(32).encode()
