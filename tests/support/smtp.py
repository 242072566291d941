"""A mail server on loopback that keeps what it is given, and fails when it is told to."""

import datetime
import ipaddress
import json
import logging
import re
import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

logging.getLogger("mail.log").setLevel(logging.CRITICAL)


@dataclass(frozen=True)
class Arrived:
    """A mail as it came: its envelope, its bytes, and how it was brought."""

    sender: str
    to: tuple[str, ...]
    raw: bytes
    is_encrypted: bool
    login: str | None
    options: tuple[str, ...]

    @property
    def message(self) -> EmailMessage:
        """The mail, parsed."""
        parsed = message_from_bytes(self.raw, policy=policy.SMTP)
        assert isinstance(parsed, EmailMessage)
        return parsed

    @property
    def id(self) -> str:
        """Its Message-ID."""
        return str(self.message["Message-ID"])


@dataclass
class Sink:
    """A mail server. What it shall do next is set on it: `replies["RCPT"] = ["450 later"]`."""

    host: str = "127.0.0.1"
    port: int = 0
    #: Where a client finds the certificate's authority.
    ca_file: str = ""
    #: User names and passwords; none: it asks for none.
    logins: dict[str, str] = field(default_factory=dict)
    #: What to answer instead of the usual at MAIL, RCPT and DATA, one after the other.
    replies: dict[str, list[str]] = field(default_factory=dict)
    #: How often to take a mail and hang up instead of answering.
    hang_ups: int = 0
    speaks_utf8: bool = True
    arrived: list[Arrived] = field(default_factory=list)
    connections: int = 0
    #: Cleared: answers to DATA wait until it is set.
    answers: threading.Event = field(default_factory=threading.Event)
    #: Set as soon as a mail has come whose answer waits.
    holds: threading.Event = field(default_factory=threading.Event)
    _controller: Any = None
    _tls: ssl.SSLContext | None = None
    _implicit: bool = False
    _changed: threading.Condition = field(default_factory=threading.Condition)

    def start(self) -> None:
        """Listen, at the same port as before where there was one."""
        self.port = self.port or _free_port()
        self._controller = Controller(
            _Handler(self),
            hostname=self.host,
            port=self.port,
            ssl_context=self._tls if self._implicit else None,
            tls_context=None if self._implicit else self._tls,
            require_starttls=self._tls is not None and not self._implicit,
            authenticator=self._is_login if self.logins else None,
            auth_required=bool(self.logins),
            auth_require_tls=self._tls is not None and not self._implicit,
            enable_SMTPUTF8=self.speaks_utf8,
        )
        self._controller.start()

    def stop(self) -> None:
        """Listen no more."""
        if self._controller is not None:
            self._controller.stop()
            self._controller = None

    def wait_for(self, count: int, *, seconds: float = 30) -> list[Arrived]:
        """The mails, as soon as there are so many; fails where they do not come in time."""
        with self._changed:
            assert self._changed.wait_for(lambda: len(self.arrived) >= count, seconds), (
                f"{len(self.arrived)} of {count} mails arrived."
            )
            return list(self.arrived)

    def _is_login(self, server: Any, session: Any, envelope: Any, mechanism: str, data: Any) -> AuthResult:
        assert isinstance(data, LoginPassword)
        name, password = data.login.decode(), data.password.decode()
        if self.logins.get(name) != password:
            return AuthResult(success=False, handled=False)
        session.login = name
        return AuthResult(success=True)

    def _keep(self, mail: Arrived) -> None:
        with self._changed:
            self.arrived.append(mail)
            self._changed.notify_all()


class _Handler:
    """aiosmtpd's hooks."""

    def __init__(self, sink: Sink) -> None:
        self._sink = sink

    async def handle_EHLO(
        self, server: SMTP, session: Session, envelope: Envelope, hostname: str, responses: list[str]
    ) -> list[str]:
        # Behind STARTTLS a client greets a second time.
        if session.ssl is None or self._sink._implicit:
            self._sink.connections += 1
        session.host_name = hostname
        return responses

    async def handle_MAIL(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        told = self._told("MAIL")
        if told is not None:
            return told
        envelope.mail_from = address
        envelope.mail_options.extend(options)
        return "250 OK"

    async def handle_RCPT(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        told = self._told("RCPT")
        if told is not None:
            return told
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        told = self._told("DATA")
        if told is not None:
            return told
        raw = envelope.content
        assert isinstance(raw, bytes)
        mail = Arrived(
            sender=envelope.mail_from or "",
            to=tuple(envelope.rcpt_tos),
            raw=raw,
            is_encrypted=session.ssl is not None or self._sink._implicit,
            login=getattr(session, "login", None),
            options=tuple(envelope.mail_options),
        )
        self._sink._keep(mail)
        if self._sink.hang_ups:
            self._sink.hang_ups -= 1
            server.transport.abort()
            return "250 OK"
        if not self._sink.answers.is_set():
            self._sink.holds.set()
            await server.loop.run_in_executor(None, self._sink.answers.wait, 60)
        return "250 OK"

    def _told(self, command: str) -> str | None:
        waiting = self._sink.replies.get(command)
        told = waiting.pop(0) if waiting else None
        return None if told is None or told.startswith("2") else told


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def sink(
    *,
    folder: Path | None = None,
    implicit: bool = False,
    host_names: tuple[str, ...] = ("localhost",),
    logins: dict[str, str] | None = None,
) -> Iterator[Sink]:
    """A mail server for as long as the block runs; with a *folder* it speaks STARTTLS, or TLS at once."""
    made = Sink(logins=dict(logins or {}), _implicit=implicit)
    made.answers.set()
    if folder is not None:
        made.ca_file = str(_certificate(folder, host_names))
        made._tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        made._tls.load_cert_chain(made.ca_file, folder / "smtp.key")
    made.start()
    try:
        yield made
    finally:
        made.answers.set()
        made.stop()


def _certificate(folder: Path, names: tuple[str, ...]) -> Path:
    """A throw-away certificate for these names and 127.0.0.1, which signs itself."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, names[0])])
    now = datetime.datetime.now(datetime.UTC)
    others: list[x509.GeneralName] = [x509.DNSName(one) for one in names]
    if "localhost" in names:
        others.append(x509.IPAddress(ipaddress.ip_address("127.0.0.1")))
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName(others), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    path = folder / "smtp.pem"
    path.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    (folder / "smtp.key").write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
    )
    return path


@contextmanager
def laid_out(server: Sink, folder: Path) -> Iterator[None]:
    """Each mail of a mail server as a file in a folder, as soon as it comes."""
    is_over = threading.Event()

    def lay_out() -> None:
        count = 0
        while not is_over.wait(0.02):
            for mail in server.arrived[count:]:
                message = mail.message
                plain = message.get_body(("plain",))
                assert plain is not None
                text = plain.get_content()
                content = {
                    "to": mail.to[0],
                    "subject": str(message["Subject"]),
                    "links": re.findall(r"https?://\S+", text),
                    "codes": re.findall(r"\b\d{3} ?\d{3}\b", text),
                }
                beside = folder / f".{count}"
                beside.write_text(json.dumps(content))
                beside.rename(folder / f"{count:03}.json")
                count += 1

    thread = threading.Thread(target=lay_out, daemon=True)
    thread.start()
    try:
        yield
    finally:
        is_over.set()
        thread.join()
