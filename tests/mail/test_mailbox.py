"""The development mailbox: where it is, who sees it, and what a mail in it can do."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import flask
import pytest

from flask_headless_auth import AuthSvc
from flask_headless_auth.features.mail import rendering
from tests.mail.posts import deliver, letters, queue, ready
from tests.support.apps import API, STRONG, plain_user
from tests.support.mails import mails

BOX = f"{API}/dev/mailbox"
LINK = "https://shop.example/reset?token=abc&x=1"


def local(folder: Path, **config: Any) -> flask.Flask:
    """An application that nobody gave a key, unless *config* does; its mail goes out by command."""
    app = flask.Flask("host", instance_path=str(folder / "instance"))
    ours = {name: value for name, value in STRONG.items() if name not in ("SECRET_KEY", "AUTHSVC_PUBLIC_URL")}
    app.config.update(
        {
            **ours,
            "SQLALCHEMY_DATABASE_URI": f"sqlite:///{folder / 'local.db'}",
            "AUTHSVC_MAIL_DELIVERY": "command",
            **config,
        }
    )
    app.auth = AuthSvc(app, user_model=plain_user())  # type: ignore[attr-defined]
    return ready(app)


@pytest.fixture
def rendered(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A mail with a link, and with what a mail must not be able to do."""
    html = f'<html><body><a href="{LINK}">Reset</a><script>alert(1)</script></body></html>'
    found = rendering.Rendered("Your <b>link</b>", f"Go to {LINK} <script>", html)
    monkeypatch.setattr(rendering, "render", lambda *_: found)
    return


@pytest.mark.parametrize("sent", [False, True], ids=["waiting", "sent"])
@pytest.mark.usefixtures("rendered")
def test_a_developer_reads_what_was_sent_and_follows_its_links(tmp_path: Path, sent: bool) -> None:
    # given a mail, and a decoy, in development
    app = local(tmp_path, AUTHSVC_ENV="development")
    queue(app, "ada@example.com")
    queue(app, "nobody@example.com", is_decoy=True)
    if sent:
        assert deliver(app).total == 2
    client = app.test_client()

    # when the mailbox is opened
    page = client.get(BOX)

    # then it lists the mail and not the decoy
    listed = page.get_data(as_text=True)
    assert page.status_code == 200
    assert "ada@example.com" in listed
    assert "nobody@example.com" not in listed
    assert "Your &lt;b&gt;link&lt;/b&gt;" in listed

    # and the mail shows its text, with its link and without its tags
    letter_id = next(one.id for one in letters(app) if one.payload)
    shown = client.get(f"{BOX}/{letter_id}")
    assert 'href="https://shop.example/reset?token=abc&amp;x=1"' in shown.get_data(as_text=True)
    assert "<script>" not in shown.get_data(as_text=True)
    assert "frame-src 'self'" in shown.headers["Content-Security-Policy"]
    assert "script-src" not in shown.headers["Content-Security-Policy"]

    # and its HTML in a frame in which nothing runs
    framed = client.get(f"{BOX}/{letter_id}/html")
    policy = framed.headers["Content-Security-Policy"]
    assert LINK in framed.get_data(as_text=True)
    assert framed.get_data(as_text=True).startswith('<base target="_blank">')
    assert "default-src 'none'" in policy
    assert "; sandbox allow-popups allow-popups-to-escape-sandbox" in policy
    assert framed.headers["X-Frame-Options"] == "SAMEORIGIN"
    assert client.get(f"{BOX}/{'0' * 32}").status_code == 404


WHERE = [
    ("development keys, development", {"AUTHSVC_ENV": "development"}, False, 200),
    ("development keys, the debugger", {}, True, 200),
    ("development keys alone", {}, False, 404),
    ("strong keys, development", {**STRONG, "AUTHSVC_ENV": "development"}, True, 404),
    ("strong keys, the debugger", {**STRONG}, True, 404),
    ("strong keys", {**STRONG}, False, 404),
    (
        "a placeholder, development",
        {"SECRET_KEY": "your-secret-key", "AUTHSVC_ENV": "development"},
        False,
        200,
    ),
]


@pytest.mark.parametrize(
    ("config", "debug", "status"), [one[1:] for one in WHERE], ids=[one[0] for one in WHERE]
)
def test_the_mailbox_is_only_where_it_may_be(
    tmp_path: Path, config: dict[str, Any], debug: bool, status: int
) -> None:
    # given an application with a mail
    app = local(tmp_path, **{**config, "EMAIL_SERVICE": "console"})
    app.debug = debug
    queue(app, "ada@example.com")
    letter_id = letters(app)[0].id

    # then each of its pages is there, or none
    for path in (BOX, f"{BOX}/{letter_id}", f"{BOX}/{letter_id}/html"):
        assert app.test_client().get(path).status_code == status, path


@pytest.mark.parametrize(
    "visit",
    [
        {"environ_overrides": {"REMOTE_ADDR": "10.0.0.7"}},
        {"environ_overrides": {"HTTP_HOST": "shop.example"}},
        {"headers": {"X-Forwarded-For": "10.0.0.7"}},
    ],
    ids=["address", "host", "proxy"],
)
def test_nobody_else_than_this_machine_sees_it(tmp_path: Path, visit: dict[str, Any]) -> None:
    # given a mailbox
    app = local(tmp_path, AUTHSVC_ENV="development")

    # then it answers from here only
    assert app.test_client().get(BOX).status_code == 200
    assert app.test_client().get(BOX, **visit).status_code == 503


def test_without_configuration_a_mail_is_printed_and_kept_in_development_only(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    # given applications without keys and without mail settings, one of them in development
    for name, env in (("one", "development"), ("two", "")):
        (tmp_path / name).mkdir()
        app = local(tmp_path / name, AUTHSVC_ENV=env)
        queue(app, "ada@example.com")

        # when its mail is delivered
        assert deliver(app).sent == 1

        # then it is printed, and its text stays only where it can be looked at
        said = capsys.readouterr().out
        assert "To: ada@example.com" in said
        assert "token-for-ada@example.com" in said
        assert len(mails(app)) == (1 if env else 0)
