"""Put mails into the outbox and bring them out of it."""

import contextlib
import logging
import secrets
import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.message import EmailMessage
from typing import Any

from flask_headless_auth import clock, users
from flask_headless_auth.database import emit, once_more, swept, transaction
from flask_headless_auth.errors import MailMissing
from flask_headless_auth.features.mail import backends, message, models, rendering
from flask_headless_auth.features.mail.events import MailQueued
from flask_headless_auth.features.mail.settings import MailSettings, sender_of
from flask_headless_auth.settings import CoreSettings
from flask_headless_auth.state import part, settings, state
from flask_headless_auth.texts import locale_for
from flask_headless_auth.vault import Vault

log = logging.getLogger("flask_headless_auth")

PURPOSE = "mail"

DELAYS = tuple(
    timedelta(**one)
    for one in (
        {"seconds": 10}, {"seconds": 30}, {"minutes": 2}, {"minutes": 10}, {"hours": 1},
        {"hours": 3}, {"hours": 8}, {"hours": 12}, {"hours": 24},
    )
)  # fmt: skip
"""How long a letter waits after each failed attempt, give or take a fifth; then it is dead."""

BATCH = 20
"""Most letters that one claim takes."""

LEASE, RESERVE = timedelta(minutes=15), timedelta(minutes=7)
"""How long a claim holds, and what must be left of it when a letter is begun: longer than the slowest mail
server that still counts as there."""


PATIENCE = (1, 3, 10)
"""Seconds between attempts to note that a letter was sent."""


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
    the same and goes nowhere. Behind *expires_at* it is not sent any more. Where no mail can go out at all
    nothing is queued: it would go out months later, when somebody sets a mail server.
    """
    if not is_on():
        return
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


@dataclass(frozen=True)
class Delivered:
    """What became of the letters of one delivery."""

    sent: int = 0
    dropped: int = 0
    expired: int = 0
    #: To be tried again.
    failed: int = 0
    dead: int = 0
    #: Why no mail can go out now, as a class and a number; None where they can.
    unavailable: str | None = None

    @property
    def total(self) -> int:
        """How many letters that were."""
        return self.sent + self.dropped + self.expired + self.failed + self.dead


def due() -> datetime | None:
    """When the next letter may be tried; None where none waits."""
    return models.next_due()


def deliver(
    most: int,
    *,
    told: Callable[[str], object] = lambda outcome: None,
    is_over: Callable[[], bool] = lambda: False,
) -> Delivered:
    """Deliver at most *most* letters that are due, each of them exactly once however many deliver.

    At worst twice: when the process dies, or the database fails, between the mail server's yes and our note
    of it. *told* hears what became of each. It ends early where *is_over* says so, and where no mail can go
    out: what it has not tried is then due for others, and has lost no attempt.

    Raises:
        MailMissing: no way out is configured.
    """
    need()
    count: Counter[str] = Counter()
    unavailable = None
    hook = state().hooks.get("send_mail")
    with contextlib.closing(backends.chosen(settings(MailSettings), hook)) as backend:
        while unavailable is None and count.total() < most and not is_over() and _is_due():
            claim = _claim(min(BATCH, most - count.total()))
            if not claim.letters:
                break
            for letter in claim.letters:
                if is_over() or clock.now() > claim.until - RESERVE:
                    break
                outcome, unavailable = _carry(backend, claim, letter)
                count[outcome] += 1
                told(outcome)
                if unavailable is not None:
                    log.warning("No mail can go out: %s", unavailable)
                    break
            _hand_back(claim)
    return Delivered(**count, unavailable=unavailable)


@dataclass(frozen=True)
class _Claim:
    """Letters that nobody else has, for a time."""

    id: str
    until: datetime
    letters: Sequence[Any]


def _is_due() -> bool:
    """Whether a claim would find something: where nothing waits, nobody need take SQLite's only lock."""
    next_one = due()
    return next_one is not None and next_one <= clock.now()


def _claim(most: int) -> _Claim:
    now = clock.now()
    claim_id, until = secrets.token_hex(16), now + LEASE

    def take() -> Sequence[Any]:
        with transaction():
            return models.claim(claim_id, now, until, most)

    return _Claim(claim_id, until, once_more(take))


def _hand_back(claim: _Claim) -> None:
    """Make what was not tried due for others. Not where something failed: it may have been sent."""
    with transaction():
        models.hand_back(claim.id, clock.now())


def _carry(backend: backends.Backend, claim: _Claim, letter: Any) -> tuple[str, str | None]:
    """What became of a letter, and why no other can go out now where that is so."""
    if letter.expires_at is not None and letter.expires_at <= clock.now():
        return _finish(claim, letter, "expired"), None
    try:
        payload, finished = _written(letter)
    except Exception as problem:
        # The text of the exception may hold an address or a token.
        log.error("The mail %s could not be written: %s", letter.mail, type(problem).__name__)
        return _finish(claim, letter, "dead", type(problem).__name__), None
    if payload["decoy"]:
        return _finish(claim, letter, "dropped"), None
    try:
        backend.send(finished)
    except backends.Refused as problem:
        log.warning("The mail %s was refused for good: %s", letter.mail, problem)
        return _finish(claim, letter, "dead", str(problem)), None
    except backends.Unavailable as problem:
        return _postpone(claim, letter, str(problem)), str(problem)
    except backends.Postponed as problem:
        return _postpone(claim, letter, str(problem)), None
    except Exception as problem:
        return _postpone(claim, letter, type(problem).__name__), None
    return _finish(claim, letter, "sent"), None


def _written(letter: Any) -> tuple[dict[str, Any], EmailMessage]:
    """A letter's payload, and the message that it makes."""
    payload = part(Vault).open(PURPOSE, letter.payload)
    rendered = rendering.render(letter.mail, payload["locale"], payload["context"])
    finished = message.compose(
        letter_id=letter.id,
        sender=sender_of(state().sections),
        to=payload["to"],
        subject=rendered.subject,
        text=rendered.text,
        html=rendered.html,
        date=letter.created_at,
    )
    return payload, finished


def _finish(claim: _Claim, letter: Any, outcome: str, error: str | None = None) -> str:
    # The dead keep their text, to be tried again by hand; in development everything can be looked at.
    keeps = outcome == "dead" or (outcome == "sent" and has_mailbox())
    values: dict[str, Any] = {
        "outcome": outcome,
        "finished_at": clock.now(),
        "due_at": None,
        "attempts": letter.attempts + (outcome in ("sent", "dead")),
        "last_error": error,
    }
    _note(claim, letter, values if keeps else {**values, "payload": None})
    return outcome


def _postpone(claim: _Claim, letter: Any, error: str) -> str:
    if letter.attempts >= len(DELAYS):
        log.error("The mail %s is given up: %s", letter.mail, error)
        return _finish(claim, letter, "dead", error)
    delay = DELAYS[letter.attempts] * (80 + secrets.randbelow(41)) / 100
    values = {"due_at": clock.now() + delay, "attempts": letter.attempts + 1, "last_error": error}
    _note(claim, letter, values)
    return "failed"


def _note(claim: _Claim, letter: Any, values: Mapping[str, Any]) -> None:
    """Write what became of a letter, and try for a while: what is sent and not noted is sent again."""

    def write() -> bool:
        with transaction():
            return models.finish(letter.id, claim.id, **values)

    for seconds in PATIENCE:
        try:
            is_noted = once_more(write)
            break
        except Exception as problem:
            log.warning("A delivery could not be noted yet: %s", type(problem).__name__)
            time.sleep(seconds)
    else:
        is_noted = write()
    if not is_noted:
        log.warning("A mail %s was taken over, or erased, while it was delivered.", letter.mail)


def counts() -> dict[str, int]:
    """How many letters there are: `waiting`, `sent`, `dropped`, `expired`, `dead`."""
    return models.counts()


def waiting(most: int) -> list[dict[str, Any]]:
    """The oldest letters that wait."""
    return [_told(one) for one in models.oldest(None, most)]


def dead(most: int) -> list[dict[str, Any]]:
    """The oldest letters that were given up or refused."""
    return [_told(one) for one in models.oldest("dead", most)]


def _told(letter: Any) -> dict[str, Any]:
    to = None
    if letter.payload is not None:
        with contextlib.suppress(Exception):
            to = part(Vault).open(PURPOSE, letter.payload)["to"]
    return {
        "id": letter.id,
        "mail": letter.mail,
        "to": to,
        "created_at": letter.created_at,
        "due_at": letter.due_at,
        "attempts": letter.attempts,
        "last_error": letter.last_error,
    }


def retry(letter_id: str | None) -> int:
    """Let a dead letter, or all of them, be tried again from the start; how many that were."""
    with transaction():
        return models.revive(letter_id, clock.now())


def purge() -> dict[str, int]:
    """Delete the letters that were finished longer ago than AUTHSVC_MAIL_KEEP_SENT."""
    before = clock.now() - settings(MailSettings).keep_sent

    def some() -> int:
        with transaction():
            return models.sweep(before, 1000)

    return {"mails": swept(some, 1000)}


def forget_user(user: Any) -> dict[str, int]:
    """Erase the user's letters, those that wait too."""
    return {"mails": models.erase_all_of(users.subject_of(user))}


def has_mailbox() -> bool:
    """Whether mails can be looked at: under development keys, and where it is said that this is development.

    A proxy that sends no headers looks like this machine, so the keys alone are not enough.
    """
    current = state()
    is_development = settings(CoreSettings).env == "development" or current.app.debug
    return current.development_keys is not None and is_development


def mailbox(most: int) -> list[tuple[str, EmailMessage]]:
    """The newest mails with their ids, as they go out; those that cannot be written are left out."""
    found = []
    for letter in models.newest(most):
        with contextlib.suppress(Exception):
            payload, finished = _written(letter)
            if not payload["decoy"]:
                found.append((letter.id, finished))
    return found


def look(letter_id: str) -> EmailMessage | None:
    """The mail of this id as it goes out; None where there is none, or it cannot be written."""
    letter = models.find(letter_id)
    with contextlib.suppress(Exception):
        return _written(letter)[1]
    return None
