"""Settings of mail, and what must not be among them."""

from dataclasses import dataclass
from datetime import timedelta
from email.headerregistry import Address
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit

from flask_headless_auth.features.mail.message import address_of, is_domain, is_one_line
from flask_headless_auth.settings import CoreSettings, Sections, Settings, setting


@dataclass(frozen=True)
class MailSettings(Settings):
    """How mails go out and what they look like."""

    section = "mail"
    service: Literal["", "smtp", "gmail", "brevo", "console"] = setting(
        "",
        "How mails are sent; unset: not at all, or to the console under development keys.",
        key="EMAIL_SERVICE",
    )
    server: str | None = setting(
        None, "Host of the mail server; smtp.gmail.com with `gmail`.", key="MAIL_SERVER"
    )
    port: int | None = setting(
        None,
        "Its port; unset: 587, or 465 with MAIL_USE_SSL, or 25 without either.",
        key="MAIL_PORT",
        least=1,
    )
    use_tls: bool | None = setting(
        None,
        "Encrypt by STARTTLS and send nothing without; unset: yes, unless MAIL_USE_SSL.",
        key="MAIL_USE_TLS",
    )
    use_ssl: bool = setting(False, "Encrypt from the first byte.", key="MAIL_USE_SSL")
    username: str | None = setting(None, "Name at the mail server.", key="MAIL_USERNAME")
    password: str | None = setting(None, "Password at the mail server.", key="MAIL_PASSWORD", secret=True)
    sender: str | None = setting(
        None,
        "Who mails are from, `Name <address>` or an address; MAIL_USERNAME by default.",
        key="MAIL_DEFAULT_SENDER",
    )
    brevo_key: str | None = setting(None, "Key for Brevo's API.", key="BREVO_API_KEY", secret=True)
    brevo_url: str = setting("https://api.brevo.com", "Origin of Brevo's API.")
    ca_file: str | None = setting(
        None, "PEM file of the authorities that mail servers are trusted by; the system's by default."
    )
    timeout: timedelta = setting(
        timedelta(seconds=20), "How long a mail server may be silent before it counts as gone.", least=1
    )
    delivery: Literal["thread", "command"] = setting(
        "thread", "Who delivers: a thread of each process, or only `flask auth deliver`."
    )
    brand_url: str | None = setting(
        None, "Where the product's name in a mail leads; FRONTEND_URL by default."
    )
    logo_url: str | None = setting(None, "A picture above each mail, by https.")
    keep_sent: timedelta = setting(
        timedelta(days=7),
        "How long the row of a finished mail is kept; the text of a sent one is erased at once.",
        least=0,
    )

    @property
    def is_encrypted(self) -> bool:
        """Whether the mail server is spoken to in private."""
        return self.use_ssl or self.use_tls is not False

    @property
    def host(self) -> str:
        """The mail server."""
        return self.server or ("smtp.gmail.com" if self.service == "gmail" else "")

    @property
    def port_used(self) -> int:
        """Its port: that of submission (RFC 6409, RFC 8314) unless another is said."""
        return self.port or (465 if self.use_ssl else 587 if self.is_encrypted else 25)


def sender_of(read: Sections) -> Address:
    """Who mails are from, with the name of the product where the setting has none.

    Without MAIL_DEFAULT_SENDER and an address in MAIL_USERNAME it is `noreply` at the host of
    AUTHSVC_PUBLIC_URL.

    Raises:
        ValueError: the setting is no address.
    """
    core, mail = read.of(CoreSettings), read.of(MailSettings)
    said = mail.sender or (mail.username if "@" in (mail.username or "") else None)
    if said is None:
        host = urlsplit(core.public_url or "").hostname or ""
        said = f"noreply@{host if is_domain(host) else 'localhost'}"
    found = address_of(said)
    return Address(found.display_name or core.app_name or "", found.username, found.domain)


def check(read: Sections, problems: list[str], warnings: list[str]) -> None:
    """What cannot work, and what is dangerous."""
    mail, core = read.of(MailSettings), read.of(CoreSettings)
    speaks_smtp = mail.service in ("smtp", "gmail")
    name = core.app_name or ""
    if not is_one_line(name) or "=?" in name:
        problems.append("AUTHSVC_APP_NAME: must be one line without control characters and encoded words.")
    else:
        try:
            sender_of(read)
        except ValueError:
            problems.append("MAIL_DEFAULT_SENDER: must be an address or `Name <address>`.")
    wrong = {
        "MAIL_SERVER: EMAIL_SERVICE = 'smtp' needs one.": mail.service == "smtp" and not mail.server,
        "MAIL_USERNAME, MAIL_PASSWORD: Gmail takes no mail without both.": (
            mail.service == "gmail" and not (mail.username and mail.password)
        ),
        "MAIL_USERNAME, MAIL_PASSWORD: one is worth nothing without the other.": (
            mail.service == "smtp" and bool(mail.username) != bool(mail.password)
        ),
        "MAIL_USE_TLS, MAIL_USE_SSL: a connection is encrypted in one of the two ways.": (
            speaks_smtp and mail.use_ssl and mail.use_tls is True
        ),
        "MAIL_DEFAULT_SENDER: mail servers ask who mails are from.": (
            mail.service in ("smtp", "brevo") and not mail.sender and "@" not in (mail.username or "")
        ),
        "BREVO_API_KEY: EMAIL_SERVICE = 'brevo' needs one.": mail.service == "brevo" and not mail.brevo_key,
        "AUTHSVC_MAIL_BREVO_URL: must be an http or https address.": (
            not mail.brevo_url.startswith(("https://", "http://"))
        ),
        "AUTHSVC_MAIL_CA_FILE: there is no such file.": (
            mail.ca_file is not None and not Path(mail.ca_file).is_file()
        ),
    }
    problems.extend(sentence for sentence, is_so in wrong.items() if is_so)
    if speaks_smtp and not mail.is_encrypted and mail.host not in ("localhost", "127.0.0.1", "::1"):
        warnings.append(
            "MAIL_USE_TLS is False: links that open accounts travel to the mail server for all to read."
        )
    if mail.server and not mail.service:
        warnings.append("MAIL_SERVER is set and EMAIL_SERVICE is not: it is not used.")
