"""Settings of mail that cannot work stop the start, and say which they are."""

from pathlib import Path
from typing import Any

import pytest

from flask_headless_auth.errors import ConfigurationError
from flask_headless_auth.features.mail.settings import MailSettings
from flask_headless_auth.state import state_of
from tests.support.apps import make_app

SMTP = {
    "EMAIL_SERVICE": "smtp",
    "MAIL_SERVER": "mail.shop.example",
    "MAIL_DEFAULT_SENDER": "post@shop.example",
}
GMAIL = {"EMAIL_SERVICE": "gmail", "MAIL_USERNAME": "shop@gmail.com", "MAIL_PASSWORD": "an app password"}
BREVO = {"EMAIL_SERVICE": "brevo", "BREVO_API_KEY": "a key", "MAIL_DEFAULT_SENDER": "post@shop.example"}


@pytest.mark.parametrize("config", [SMTP, GMAIL, BREVO, {}, {"EMAIL_SERVICE": "console"}], ids=str)
def test_what_is_complete_starts(database_url: str, config: dict[str, Any]) -> None:
    assert make_app(database_url, **config)


@pytest.mark.parametrize(
    ("config", "named"),
    [
        ({**SMTP, "MAIL_SERVER": None}, "MAIL_SERVER"),
        ({**SMTP, "MAIL_DEFAULT_SENDER": None}, "MAIL_DEFAULT_SENDER"),
        ({**SMTP, "MAIL_DEFAULT_SENDER": None, "MAIL_USERNAME": "post", "MAIL_PASSWORD": "x"},
         "MAIL_DEFAULT_SENDER"),
        ({**SMTP, "MAIL_USERNAME": "post"}, "MAIL_USERNAME, MAIL_PASSWORD"),
        ({**SMTP, "MAIL_USE_TLS": True, "MAIL_USE_SSL": True}, "MAIL_USE_TLS, MAIL_USE_SSL"),
        ({**SMTP, "MAIL_PORT": "smtp"}, "MAIL_PORT"),
        ({**SMTP, "AUTHSVC_MAIL_CA_FILE": "/nowhere/ca.pem"}, "AUTHSVC_MAIL_CA_FILE"),
        ({**GMAIL, "MAIL_PASSWORD": None}, "MAIL_USERNAME, MAIL_PASSWORD"),
        ({**BREVO, "BREVO_API_KEY": None}, "BREVO_API_KEY"),
        ({**BREVO, "MAIL_DEFAULT_SENDER": None}, "MAIL_DEFAULT_SENDER"),
        ({**BREVO, "AUTHSVC_MAIL_BREVO_URL": "ftp://api"}, "AUTHSVC_MAIL_BREVO_URL"),
        ({"EMAIL_SERVICE": "pigeon"}, "EMAIL_SERVICE"),
    ],
    ids=str,
)  # fmt: skip
def test_what_cannot_work_does_not_start(database_url: str, config: dict[str, Any], named: str) -> None:
    with pytest.raises(ConfigurationError) as refused:
        make_app(database_url, **config)
    assert [one for one in refused.value.problems if one.startswith(f"{named}:")], refused.value.problems


@pytest.mark.parametrize(
    ("config", "expected"),
    [
        (SMTP, ("mail.shop.example", 587, True)),
        ({**SMTP, "MAIL_USE_SSL": True}, ("mail.shop.example", 465, True)),
        ({**SMTP, "MAIL_USE_TLS": False}, ("mail.shop.example", 25, False)),
        ({**SMTP, "MAIL_PORT": "2525", "MAIL_USE_TLS": "true"}, ("mail.shop.example", 2525, True)),
        (GMAIL, ("smtp.gmail.com", 587, True)),
        ({**GMAIL, "MAIL_SERVER": "smtp.gmail.com", "MAIL_PORT": 465, "MAIL_USE_SSL": True},
         ("smtp.gmail.com", 465, True)),
    ],
    ids=str,
)  # fmt: skip
def test_a_server_is_spoken_to_in_private_unless_it_is_said_otherwise(
    database_url: str, config: dict[str, Any], expected: tuple[str, int, bool]
) -> None:
    # given a configuration
    app = make_app(database_url, **config)

    # then this is where mails go
    read = state_of(app).sections.of(MailSettings)
    assert (read.host, read.port_used, read.is_encrypted) == expected


@pytest.mark.parametrize(
    ("config", "words"),
    [
        ({**SMTP, "MAIL_USE_TLS": False}, "MAIL_USE_TLS is False"),
        ({"MAIL_SERVER": "mail.shop.example"}, "EMAIL_SERVICE is not"),
    ],
    ids=str,
)
def test_what_is_dangerous_or_forgotten_warns(database_url: str, config: dict[str, Any], words: str) -> None:
    assert any(words in one for one in state_of(make_app(database_url, **config)).warnings)


def test_plain_text_to_this_machine_does_not_warn(database_url: str, tmp_path: Path) -> None:
    app = make_app(database_url, **{**SMTP, "MAIL_SERVER": "localhost", "MAIL_USE_TLS": False})

    assert not any("MAIL_USE_TLS" in one for one in state_of(app).warnings)
