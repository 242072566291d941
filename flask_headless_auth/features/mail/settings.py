"""Settings of mail."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Literal

from flask_headless_auth.settings import Settings, setting


@dataclass(frozen=True)
class MailSettings(Settings):
    """How mails go out and what they look like."""

    section = "mail"
    service: Literal["", "smtp", "gmail", "brevo", "console"] = setting(
        "",
        "How mails are sent; unset: not at all, or to the console under development keys.",
        key="EMAIL_SERVICE",
    )
    delivery: Literal["thread", "command"] = setting(
        "thread", "Who delivers: a thread of each process, or only `flask auth deliver`."
    )
    brand_url: str | None = setting(
        None, "Where the product's name in a mail leads; FRONTEND_URL by default."
    )
    logo_url: str | None = setting(None, "A picture above each mail, by https.")
    keep_sent: timedelta = setting(
        timedelta(days=7), "How long it is known that a mail was sent; its text is erased at once.", least=0
    )
