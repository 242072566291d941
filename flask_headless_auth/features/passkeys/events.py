"""What happens to passkeys."""

from dataclasses import dataclass

from flask_headless_auth.events import Event


@dataclass(frozen=True, kw_only=True)
class PasskeyAdded(Event):
    """A signed-in user added a passkey; `maker` is what keeps it, as far as it says so."""

    passkey_id: str
    maker: str


@dataclass(frozen=True, kw_only=True)
class PasskeyRemoved(Event):
    """A signed-in user removed a passkey."""

    passkey_id: str
    maker: str


@dataclass(frozen=True, kw_only=True)
class PasskeyRefused(Event):
    """A passkey's counter went back, so it may have been copied; nobody was let in (WebAuthn L3 §7.2)."""

    passkey_id: str
    maker: str
