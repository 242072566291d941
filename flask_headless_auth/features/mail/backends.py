"""Ways out for mail: an SMTP server, Brevo's API, the host's own function, the console.

A backend takes finished messages one by one over one connection, which it opens at the first. Whatever goes
wrong is told by class and number, never in words: words of mail servers repeat addresses.
"""

import contextlib
import http.client
import json
import smtplib
import ssl
import sys
import uuid
from collections.abc import Callable
from email import policy
from email.headerregistry import Address
from email.message import EmailMessage
from typing import Protocol
from urllib.parse import urlsplit

from flask_headless_auth.features.mail.settings import MailSettings


class Undelivered(Exception):
    """A mail was not taken. Its text is a class and a number, fit for logs."""


class Refused(Undelivered):
    """This mail will never be taken."""


class Postponed(Undelivered):
    """This mail may be taken later."""


class Unavailable(Undelivered):
    """No mail can go out now: nobody answers, or nobody lets us in."""


class Backend(Protocol):
    """A way out."""

    def send(self, message: EmailMessage) -> None:
        """Hand one mail over; it is somebody else's when this returns.

        Raises:
            Undelivered: it is not.
        """

    def close(self) -> None:
        """End what `send` opened."""


def chosen(settings: MailSettings, hook: Callable[[EmailMessage], object] | None) -> Backend:
    """The way out that an application has: the host's own function, else what EMAIL_SERVICE says."""
    if hook is not None:
        return Hook(hook)
    if settings.service in ("smtp", "gmail"):
        return Smtp(settings)
    if settings.service == "brevo":
        return Brevo(settings)
    return Console()


class Hook:
    """The host's own function. What it raises is temporary."""

    def __init__(self, hook: Callable[[EmailMessage], object]) -> None:
        self._hook = hook

    def send(self, message: EmailMessage) -> None:
        """Call it."""
        try:
            self._hook(message)
        except Undelivered:
            raise
        except Exception as problem:
            raise Postponed(type(problem).__name__) from None

    def close(self) -> None:
        """There is nothing to end."""


class Console:
    """Standard output, for development."""

    def send(self, message: EmailMessage) -> None:
        """Print what a person would read."""
        body = message.get_body(("plain",))
        text = body.get_content() if body is not None else ""
        head = "".join(f"{name}: {message[name]}\n" for name in ("From", "To", "Subject"))
        line = "-" * 72
        sys.stdout.write(f"{line}\n{head}\n{text.strip()}\n{line}\n")
        sys.stdout.flush()

    def close(self) -> None:
        """There is nothing to end."""


class Smtp:
    """A mail server (RFC 5321). Encrypted unless the settings say otherwise, and never without a check."""

    #: What only a change of the settings mends, whatever command it answers (RFC 4954, RFC 3207), and
    #: "closing the connection".
    NOT_THE_MAIL = frozenset((421, 454, 530, 534, 535, 538))

    def __init__(self, settings: MailSettings) -> None:
        self._settings = settings
        self._open: smtplib.SMTP | None = None

    def send(self, message: EmailMessage) -> None:
        """Hand one mail over."""
        try:
            self._hand_over(self._connected(), message)
        except smtplib.SMTPNotSupportedError:
            raise Refused("SMTPUTF8 is not spoken there") from None
        except (smtplib.SMTPException, OSError) as problem:
            self.close()
            raise Unavailable(_number(problem)) from None

    def close(self) -> None:
        """Say goodbye."""
        connection, self._open = self._open, None
        if connection is not None:
            with contextlib.suppress(smtplib.SMTPException, OSError):
                connection.quit()

    def _hand_over(self, connection: smtplib.SMTP, message: EmailMessage) -> None:
        sender, to = _one(message, "From").addr_spec, _one(message, "To").addr_spec
        is_ascii = sender.isascii() and to.isascii()
        raw = message.as_bytes(policy=policy.SMTP if is_ascii else policy.SMTPUTF8)
        # Who may send is the same for every mail, so a refusal here says nothing about this one.
        self._expect(connection.mail(sender, [] if is_ascii else ["SMTPUTF8"])[0], "MAIL", Unavailable)
        self._expect(connection.rcpt(to)[0], "RCPT", Refused)
        try:
            code = connection.data(raw)[0]
        except smtplib.SMTPDataError as problem:
            code = problem.smtp_code
        self._expect(code, "DATA", Refused)

    def _expect(self, code: int, command: str, lasting: type[Undelivered]) -> None:
        if 200 <= code < 300:
            return
        kind = Unavailable if code in self.NOT_THE_MAIL else lasting if code >= 500 else Postponed
        if kind is Unavailable:
            self.close()
        raise kind(f"SMTP {code} at {command}")

    def _connected(self) -> smtplib.SMTP:
        """The open connection if it still is, with nothing begun; else a new one."""
        if self._open is not None:
            with contextlib.suppress(smtplib.SMTPException, OSError):
                if self._open.rset()[0] == 250:
                    return self._open
            self.close()
        ours = self._settings
        context = ssl.create_default_context(cafile=ours.ca_file) if ours.is_encrypted else None
        seconds = ours.timeout.total_seconds()
        try:
            if ours.use_ssl:
                self._open = smtplib.SMTP_SSL(ours.host, ours.port_used, timeout=seconds, context=context)
            else:
                self._open = smtplib.SMTP(ours.host, ours.port_used, timeout=seconds)
                if context is not None:
                    self._open.starttls(context=context)
            self._open.ehlo_or_helo_if_needed()
            if ours.username and ours.password:
                self._open.login(ours.username, ours.password)
        except (smtplib.SMTPException, OSError, UnicodeError) as problem:
            self.close()
            raise Unavailable(_number(problem)) from None
        return self._open


def _number(problem: Exception) -> str:
    code = getattr(problem, "smtp_code", None)
    return f"{type(problem).__name__}{f' {code}' if isinstance(code, int) and code > 0 else ''}"


class Brevo:
    """Brevo's HTTP API for single mails."""

    #: What is wrong with the mail itself; every other refusal is about the account, its key or its pace.
    OF_THE_MAIL = frozenset((400, 413, 422))

    def __init__(self, settings: MailSettings) -> None:
        self._settings = settings
        self._open: http.client.HTTPConnection | None = None

    def send(self, message: EmailMessage) -> None:
        """Hand one mail over."""
        sender = _one(message, "From")
        # Brevo drops a second request with the same key for half an hour.
        key = str(uuid.UUID(hex=str(message["Message-ID"]).strip("<>").partition("@")[0]))
        body = {
            "sender": {
                "email": sender.addr_spec,
                **({"name": sender.display_name} if sender.display_name else {}),
            },
            "to": [{"email": _one(message, "To").addr_spec}],
            "subject": str(message["Subject"]),
            "textContent": _content(message, "plain"),
            "htmlContent": _content(message, "html"),
            "headers": {"idempotencyKey": key, "Auto-Submitted": "auto-generated"},
        }
        status, answer = self._post(json.dumps(body).encode())
        if status < 300 or (status in self.OF_THE_MAIL and b"duplicate" in answer):
            return
        raise (Refused if status in self.OF_THE_MAIL else Unavailable)(f"HTTP {status}")

    def close(self) -> None:
        """End the connection."""
        connection, self._open = self._open, None
        if connection is not None:
            connection.close()

    def _post(self, body: bytes) -> tuple[int, bytes]:
        headers = {
            "api-key": self._settings.brevo_key or "",
            "Content-Type": "application/json",
            "Accept": "application/json",
        }
        base = urlsplit(self._settings.brevo_url)
        try:
            connection = self._open or self._connect(base.scheme, base.netloc)
            self._open = connection
            connection.request("POST", f"{base.path.rstrip('/')}/v3/smtp/email", body, headers)
            response = connection.getresponse()
            answer = response.read(65_536)
        except (http.client.HTTPException, OSError, ValueError) as problem:
            self.close()
            raise Unavailable(type(problem).__name__) from None
        if response.will_close or not response.isclosed():
            self.close()
        return response.status, answer

    def _connect(self, scheme: str, place: str) -> http.client.HTTPConnection:
        seconds = self._settings.timeout.total_seconds()
        if scheme == "http":
            return http.client.HTTPConnection(place, timeout=seconds)
        context = ssl.create_default_context(cafile=self._settings.ca_file)
        return http.client.HTTPSConnection(place, timeout=seconds, context=context)


def _one(message: EmailMessage, header: str) -> Address:
    (address,) = message[header].addresses
    return address  # type: ignore[no-any-return]


def _content(message: EmailMessage, kind: str) -> str:
    body = message.get_body((kind,))
    return str(body.get_content()) if body is not None else ""
