"""Put mails into the outbox and bring them out of it."""

import secrets
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from flask_headless_auth import clock, users
from flask_headless_auth.database import emit
from flask_headless_auth.errors import MailMissing
from flask_headless_auth.features.mail import models
from flask_headless_auth.features.mail.events import MailQueued
from flask_headless_auth.features.mail.settings import MailSettings
from flask_headless_auth.state import part, settings, state
from flask_headless_auth.texts import locale_for
from flask_headless_auth.vault import Vault

PURPOSE = "mail"


def is_on() -> bool:
    """Whether mails can go out at all: EMAIL_SERVICE, `@auth.send_mail`, or development keys."""
    current = state()
    return bool(
        settings(MailSettings).service or "send_mail" in current.hooks or current.development_keys is not None
    )


def need() -> None:
    """Refuse an operation that is nothing without a mail.

    Raises:
        MailMissing: no mail can go out.
    """
    if not is_on():
        raise MailMissing


def queue(
    name: str,
    address: str,
    context: Mapping[str, Any],
    *,
    user: Any = None,
    expires_at: datetime | None = None,
    is_decoy: bool = False,
) -> None:
    """Put a mail into the outbox, in the open transaction: delivered exactly if that is committed.

    *name* is that of a `Mail` of some feature, *context* fills its text and is fit for JSON. A decoy costs
    the same and goes nowhere. Behind *expires_at* it is not sent any more.
    """
    now = clock.now()
    payload = {"to": address, "locale": locale_for(user), "context": dict(context), "decoy": is_decoy}
    models.add(
        id=secrets.token_hex(16),
        mail=name,
        owner=users.subject_of(user) if user is not None else None,
        payload=part(Vault).seal(PURPOSE, payload),
        created_at=now,
        due_at=now,
        expires_at=expires_at,
        attempts=0,
    )
    emit(MailQueued(user=user, mail=name))
