"""Nobody gets a mail that was not meant for them, and nobody writes a header."""

import itertools
from datetime import UTC, datetime
from email.headerregistry import Address
from typing import Any

import pytest

from flask_headless_auth.errors import ConfigurationError
from flask_headless_auth.features.mail import rendering
from flask_headless_auth.features.mail.message import address_of, compose
from tests.mail.posts import deliver, letters, posting, queue
from tests.support.apps import make_app
from tests.support.smtp import Sink

BREAKS = ("\r\n", "\n", "\r", "\x0b", "\x0c", "\x1c", "\x1d", "\x1e", "\x85", "\u2028", "\u2029", "\x00")
EVIL = "Bcc: eve@evil.example"
SHOP = Address("Shop", "post", "shop.example")


def composed(**changes: Any) -> bytes:
    """A mail as it goes over the wire, with these things in it."""
    plain = {"to": "ada@example.com", "subject": "Hello", "sender": SHOP, "text": "text", "html": "<p>html"}
    values: dict[str, Any] = {**plain, **changes}
    return compose(letter_id="0" * 32, date=datetime.now(UTC), **values).as_bytes()


@pytest.mark.parametrize("line_break", BREAKS, ids=[ascii(one) for one in BREAKS])
def test_no_line_break_gets_into_a_header(line_break: str) -> None:
    # given a line break of any kind, and a header behind it
    hostile = f"Hello{line_break}{EVIL}"

    # then nothing that stands in a header takes it
    for field in ("to", "subject"):
        with pytest.raises(ValueError, match=r"one line|address"):
            composed(**{field: hostile})
    # ("Address" refuses two of them by itself.)
    with pytest.raises(ValueError, match=r"one line|CR or LF"):
        composed(sender=Address(hostile, "post", "shop.example"))
    with pytest.raises(ValueError, match="address"):
        address_of(f"ada{line_break}@example.com")


ENCODED = (
    "=?utf-8?q?Hello=0D=0ABcc:_eve@evil.example?=",
    "=?utf-8?b?SGVsbG8NCkJjYzogZXZlQGV2aWwuZXhhbXBsZQ==?=",
    "=?utf-8?q?Hello=0A_Bcc:_eve@evil.example?= =?utf-8?q?=0ABcc:?=",
    'Hello" <eve@evil.example>, "',
    "eve@evil.example, ",
    "x" * 300 + " " + EVIL,
    "é" * 200 + EVIL,
    "Hello <eve@evil.example>",
    "group: eve@evil.example;",
    "(comment\\",
    '\\" <eve@evil.example>',
)


@pytest.mark.parametrize("text", ENCODED)
def test_no_encoded_word_becomes_a_header_or_a_recipient(text: str) -> None:
    # when a product or a subject is called so
    results = []
    for changes in ({"subject": text}, {"sender": Address(text, "post", "shop.example")}):
        try:
            results.append(composed(**changes))
        except ValueError:
            results.append(b"")

    # then no mail is made, or one that has our headers and no other
    for raw in filter(None, results):
        names = [
            line.partition(b":")[0]
            for line in raw.partition(b"\r\n\r\n")[0].split(b"\r\n")
            if not line.startswith((b" ", b"\t"))
        ]
        assert sorted(names) == sorted(
            [b"From", b"To", b"Subject", b"Date", b"Message-ID", b"Auto-Submitted", b"MIME-Version",
             b"Content-Type"]
        )  # fmt: skip
        assert b"\r\nTo: ada@example.com\r\n" in raw
        assert b"\n" not in raw.replace(b"\r\n", b"")


@pytest.mark.parametrize(
    "to",
    [
        "ada@example.com, eve@evil.example",
        "ada@example.com,eve@evil.example",
        "ada@example.com eve@evil.example",
        "ada@example.com;eve@evil.example",
        "<ada@example.com>",
        "Ada <ada@example.com>",
        "ada@example.com <eve@evil.example>",
        '"ada@example.com" <eve@evil.example>',
        "ada",
        "",
        "@example.com",
        "ada@",
        "ada@@example.com",
        "ada@example.com>",
        "ada@[127.0.0.1]",
        "a b@example.com",
        "ada@exa mple.com",
        "ada@example.com (eve)",
        "friends: ada@example.com;",
        " ada@example.com",
        "ada@example.com ",
        "ada@münchen.example",
        "eve@evil.example@example.com",
        "\ud800@example.com",
        "ada@example.com\x00",
    ],
)
def test_a_mail_goes_to_exactly_one_plain_address(to: str) -> None:
    with pytest.raises(ValueError, match="address"):
        composed(to=to)


@pytest.mark.parametrize(
    "to", ["ada+tag@example.com", "o'brien@example.com", "{a|b}@x.example", "josé@example.com"]
)
def test_unusual_addresses_are_addresses(to: str) -> None:
    assert f"\r\nTo: {to}\r\n".encode() in composed(to=to)


def test_a_mail_for_two_reaches_nobody(database_url: str, server: Sink) -> None:
    # given an address that is two, and one that brings a header
    app = posting(database_url, server)
    queue(app, "ada@example.com,eve@evil.example", f"ada@example.com\r\n{EVIL}", "bob@example.com")

    # when they are delivered
    delivered = deliver(app)

    # then both are dead, and the third arrived
    assert (delivered.dead, delivered.sent) == (2, 1)
    assert [one.to for one in server.arrived] == [("bob@example.com",)]


@pytest.mark.parametrize("line_break", ["\r\n", "\n", "\u2028"])
def test_a_subject_with_a_line_break_kills_its_mail(
    database_url: str, server: Sink, monkeypatch: pytest.MonkeyPatch, line_break: str
) -> None:
    # given a template whose subject repeats what somebody wrote
    app = posting(database_url, server)
    subject = f"Welcome{line_break}{EVIL}"
    monkeypatch.setattr(rendering, "render", lambda *_: rendering.Rendered(subject, "text", "html"))
    queue(app, "ada@example.com")

    # when it is delivered
    deliver(app)

    # then nobody gets it
    assert server.arrived == []
    assert [(one.outcome, one.last_error) for one in letters(app)] == [("dead", "ValueError")]


@pytest.mark.parametrize(
    ("setting", "value"),
    [
        *(("AUTHSVC_APP_NAME", f"Shop{one}{EVIL}") for one in BREAKS),
        ("AUTHSVC_APP_NAME", ENCODED[0]),
        *(("MAIL_DEFAULT_SENDER", f"post@shop.example{one}{EVIL}") for one in BREAKS),
        ("MAIL_DEFAULT_SENDER", "post@shop.example, eve@evil.example"),
        ("MAIL_DEFAULT_SENDER", "Shop <post@shop.example>, <eve@evil.example>"),
        ("MAIL_DEFAULT_SENDER", "Shop"),
    ],
    ids=ascii,
)
def test_a_name_or_a_sender_that_would_break_headers_stops_the_start(
    database_url: str, setting: str, value: str
) -> None:
    with pytest.raises(ConfigurationError, match=setting):
        make_app(database_url, **{setting: value})


@pytest.mark.parametrize(
    ("sender", "name", "expected"),
    [
        ("post@shop.example", "Shop", "Shop <post@shop.example>"),
        ("Post <post@shop.example>", "Shop", "Post <post@shop.example>"),
        ('"Shop, Inc." <post@shop.example>', None, '"Shop, Inc." <post@shop.example>'),
        ("post@shop.example", 'A "shop" <x@y>', '"A \\"shop\\" <x@y>" <post@shop.example>'),
        ("post@shop.example", "Café", "=?utf-8?q?Caf=C3=A9?= <post@shop.example>"),
        ("post@shop.example", None, "post@shop.example"),
    ],
)
def test_a_mail_is_from_the_sender_with_the_name_of_the_product(
    database_url: str, server: Sink, sender: str, name: str | None, expected: str
) -> None:
    # given a sender and a product
    app = posting(database_url, server, MAIL_DEFAULT_SENDER=sender, AUTHSVC_APP_NAME=name)
    queue(app, "ada@example.com")

    # when a mail is delivered
    deliver(app)

    # then it says so
    assert f"From: {expected}\r\n".encode() in server.arrived[0].raw
    assert server.arrived[0].sender == "post@shop.example"


def test_ids_of_mails_are_their_own(database_url: str, server: Sink) -> None:
    # given three mails
    app = posting(database_url, server)
    queue(app, *(f"{number}@example.com" for number in range(3)))
    deliver(app)

    # then no two have the same id
    assert all(a.id != b.id for a, b in itertools.combinations(server.arrived, 2))
