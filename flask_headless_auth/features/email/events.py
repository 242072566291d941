"""What happens to e-mail addresses."""

from dataclasses import dataclass

from flask_headless_auth.events import Event


@dataclass(frozen=True, kw_only=True)
class EmailConfirmed(Event):
    """The address of an account was shown to be its user's own."""


@dataclass(frozen=True, kw_only=True)
class SignUpDenied(Event):
    """The owner of an address said that they did not sign up: the unconfirmed account is being erased."""


@dataclass(frozen=True, kw_only=True)
class EmailChangeRequested(Event):
    """A user asked for another address; `email` is the one they have, `new_address` the other, masked."""

    email: str
    new_address: str


@dataclass(frozen=True, kw_only=True)
class EmailChanged(Event):
    """A user has another address; `email` is the one they had, `new_address` the other, masked.

    `was_verified` says whether the old one was confirmed: if not, it comes back unconfirmed.
    """

    email: str
    new_address: str
    was_verified: bool
