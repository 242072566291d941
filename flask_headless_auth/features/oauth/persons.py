"""Who came back from a provider, as it tells it: asked, verified and read."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flask_headless_auth import users
from flask_headless_auth.errors import ProviderDenied, ProviderFailed
from flask_headless_auth.features.oauth import protocol
from flask_headless_auth.features.oauth.attempts import Attempt
from flask_headless_auth.features.oauth.providers import Claims, Registration


@dataclass(frozen=True)
class Told:
    """What a provider tells of somebody, checked: its subject for ever, the rest for now."""

    subject: str
    email: str | None
    is_proven: bool
    first_name: str | None
    last_name: str | None
    tokens: Mapping[str, Any]


def told(ours: Registration, claims: Claims, tokens: Mapping[str, Any], person: str | None) -> Told:
    """What the claims of a provider tell; *person* is the name that Apple sends beside them.

    Raises:
        ValueError, LookupError, TypeError: they are not what this provider's are.
    """
    subject = ours.provider.subject(claims, ours)
    if not isinstance(subject, str) or not 0 < len(subject) <= 255 or not subject.isprintable():
        raise ValueError("there is no usable subject")
    address = _canonical(ours.provider.email(claims))
    first, last = ours.provider.names(claims)
    if person is not None:
        named = json.loads(person)["name"]
        first, last = named.get("firstName"), named.get("lastName")
    return Told(
        subject=subject,
        email=address,
        is_proven=address is not None and ours.provider.trusts_email(claims, ours),
        first_name=_name(first),
        last_name=_name(last),
        tokens=tokens,
    )


def _canonical(address: object) -> str | None:
    try:
        return users.canonical_email(address) if isinstance(address, str) else None
    except ValueError:
        return None


def _name(text: object) -> str | None:
    """A name in one line: it is a stranger's text."""
    if not isinstance(text, str):
        return None
    line = "".join(one for one in text if one.isprintable()).strip()
    return line[:100] or None


def ask(
    ours: Registration,
    attempt: Attempt,
    callback: str,
    *,
    code: str | None,
    error: str | None,
    iss: str | None,
    person: str | None,
) -> Told:
    """Who came back, as the provider tells it.

    Raises:
        ProviderDenied, ProviderFailed: as they say.
    """
    protocol.check_issuer(ours, iss)
    if error is not None:
        raise (ProviderDenied if error in _DENIALS else ProviderFailed)
    if code is None:
        raise ProviderFailed
    claims, tokens = protocol.redeem(
        ours, code, redirect_uri=callback, nonce=attempt.nonce, verifier=attempt.verifier
    )
    with protocol.translated(ours, ProviderFailed):
        if attempt.goal == "presence":
            protocol.check_freshness(ours, claims, attempt.began_at)
        return told(ours, claims, tokens, person)


_DENIALS = ("access_denied", "user_cancelled_authorize", "consent_required", "interaction_required")
