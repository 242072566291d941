"""A mail as it is sent (RFC 5322): to one address, and with no header that somebody smuggled in. Pure."""

import re
import unicodedata
from datetime import datetime
from email import policy
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime, parseaddr

_HEADERS = frozenset(
    ("From", "To", "Subject", "Date", "Message-ID", "Auto-Submitted", "MIME-Version", "Content-Type")
)
_LOCAL = re.compile(r"[^\x00-\x20\x7f()<>\[\]:;@\\,\"\s]{1,64}")
_DOMAIN = re.compile(r"[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)*")


def compose(
    *,
    letter_id: str,
    sender: Address,
    to: str,
    subject: str,
    text: str,
    html: str,
    date: datetime,
) -> EmailMessage:
    """The finished mail: text, and the same as HTML.

    Its Message-ID follows from the letter's, so that one sent twice is known as one; automatic answers are
    told not to answer (RFC 3834).

    Raises:
        ValueError: *to* is not exactly one address, or something would add to the headers.
    """
    if not is_one_line(subject) or not is_one_line(sender.display_name):
        raise ValueError("A header has one line.")
    recipient = address_of(to)
    if recipient.display_name or recipient.addr_spec != to:
        raise ValueError("A mail goes to one plain address.")
    is_international = not to.isascii() or not sender.addr_spec.isascii()
    message = EmailMessage(policy.SMTPUTF8 if is_international else policy.SMTP)
    message["From"] = sender
    message["To"] = recipient
    message["Subject"] = subject
    message["Date"] = format_datetime(date)
    message["Message-ID"] = f"<{letter_id}@{sender.domain}>"
    message["Auto-Submitted"] = "auto-generated"
    # Every server takes ASCII lines of this length, whatever it says that it can do.
    message.set_content(text, cte="quoted-printable")
    message.add_alternative(html, subtype="html", cte="quoted-printable")
    _check_headers(message)
    return message


def address_of(said: str) -> Address:
    """The one address that a text is, with the name before it.

    Raises:
        ValueError: it is none, or more than one.
    """
    name, spec = parseaddr(said) if "<" in said else ("", said)
    local, at, domain = spec.strip().rpartition("@")
    is_address = bool(at) and _LOCAL.fullmatch(local) and is_domain(domain)
    if not is_address or not is_one_line(said) or ("<" in said and said.count("@") != 1 + name.count("@")):
        raise ValueError("not an address")
    return Address(name, local, domain)


def is_domain(text: str) -> bool:
    """Whether a text is the domain of an address, in ASCII."""
    return _DOMAIN.fullmatch(text) is not None


def is_one_line(text: str) -> bool:
    """Whether a text has no line break of any alphabet and no control character."""
    return not any(unicodedata.category(one) in ("Cc", "Cs", "Zl", "Zp") for one in text)


def _check_headers(message: EmailMessage) -> None:
    """Look at the bytes that will be sent.

    Python's `email` decodes an encoded word (RFC 2047) that stands in a text and writes the line breaks in it
    as they are (CVE-2024-6923; releases of 2024 and before): `=?utf-8?q?=0D=0ABcc:...?=` is another header.

    Raises:
        ValueError: there is a header that nobody wrote.
    """
    head = message.as_bytes().partition(b"\r\n\r\n")[0]
    lines = head.replace(b"\r\n", b"\n").replace(b"\r", b"\n").split(b"\n")
    names = [line.partition(b":")[0].decode("ascii", "replace") for line in lines if line[:1] not in b" \t"]
    if sorted(names) != sorted(_HEADERS):
        raise ValueError("The headers are not those that were written.")
