"""What the database keeps and nobody should read there: sealed, or marked. Pure: no app, no database.

Sealing is Fernet (AES-128-CBC with HMAC-SHA256, the tokens of `cryptography.fernet`) under a key for each
purpose. A mark is a keyed digest: it finds again what must not be written down.
"""

import hmac
import json
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from cryptography.fernet import Fernet, InvalidToken, MultiFernet

from flask_headless_auth.keys import derive, fernet_key


class Unsealable(Exception):
    """It was sealed for another purpose or under a key that is not known any more, or was altered."""


@dataclass(frozen=True)
class Vault:
    """Seals and marks under *roots*: the first of them seals, all open."""

    roots: tuple[bytes, ...] = field(repr=False)

    def seal(self, purpose: str, content: Any) -> str:
        """Content fit for JSON, sealed for *purpose*."""
        return self._cipher(purpose).encrypt(json.dumps(content, separators=(",", ":")).encode()).decode()

    def open(self, purpose: str, sealed: str) -> Any:
        """What was sealed for *purpose*.

        Raises:
            Unsealable: it cannot be opened.
        """
        try:
            return json.loads(self._cipher(purpose).decrypt(sealed.encode()))
        except (InvalidToken, ValueError) as problem:
            raise Unsealable(purpose) from problem

    def reseal(self, purpose: str, sealed: str) -> str:
        """The same content, sealed under the first root.

        Raises:
            Unsealable: it cannot be opened.
        """
        try:
            return self._cipher(purpose).rotate(sealed.encode()).decode()
        except InvalidToken as problem:
            raise Unsealable(purpose) from problem

    def mark(self, purpose: str, text: str) -> str:
        """The digest of a text for *purpose*, 64 hexadecimal digits: what is written."""
        return self.marks(purpose, text)[0]

    def marks(self, purpose: str, text: str) -> tuple[str, ...]:
        """The digests of a text under each root: what is looked for."""
        keys = (derive(root, f"mark/{purpose}") for root in self.roots)
        return tuple(hmac.digest(key, text.encode("utf-8", "surrogatepass"), "sha256").hex() for key in keys)

    def _cipher(self, purpose: str) -> MultiFernet:
        if purpose not in self._ciphers:
            self._ciphers[purpose] = MultiFernet(
                [Fernet(fernet_key(root, f"seal/{purpose}")) for root in self.roots]
            )
        return self._ciphers[purpose]

    @cached_property
    def _ciphers(self) -> dict[str, MultiFernet]:
        return {}
