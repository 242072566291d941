"""What happens to identities at providers."""

from dataclasses import dataclass

from flask_headless_auth.events import Event


@dataclass(frozen=True, kw_only=True)
class ProviderLinked(Event):
    """A user's account was linked to an identity; `provider` is its name, `label` what people call it."""

    provider: str
    label: str


@dataclass(frozen=True, kw_only=True)
class ProviderUnlinked(Event):
    """A user unlinked an identity."""

    provider: str
    label: str
