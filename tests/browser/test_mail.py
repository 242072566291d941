"""Everything that goes by mail, in a browser: real links out of real mails, and pages without JavaScript."""

import contextlib
import json
import re
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.browser import node_programs, servers
from tests.support import smtp

pytestmark = [pytest.mark.browser, pytest.mark.slow]


@contextlib.contextmanager
def laid_out(sink: smtp.Sink, folder: Path) -> Iterator[None]:
    """Each mail of a mail server as a file in a folder, as soon as it comes."""
    is_over = threading.Event()

    def lay_out() -> None:
        count = 0
        while not is_over.wait(0.02):
            for mail in sink.arrived[count:]:
                message = mail.message
                plain = message.get_body(("plain",))
                assert plain is not None
                text = plain.get_content()
                content = {
                    "to": mail.to[0],
                    "subject": str(message["Subject"]),
                    "links": re.findall(r"https?://\S+", text),
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


@pytest.fixture(scope="module")
def story(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """What was seen when somebody lived through all of it."""
    node_programs.chromium()

    def look(folder: Path) -> dict[str, Any]:
        mails = folder / "mails"
        mails.mkdir()
        with smtp.sink() as sink, laid_out(sink, mails):
            settings = {"EMAIL_SERVICE": "smtp", "MAIL_SERVER": sink.host, "MAIL_PORT": str(sink.port)}
            with servers.gunicorn(folder, application="mailing", **settings) as url:
                return node_programs.tell(
                    "mail.mjs",
                    url=url,
                    folder=str(folder),
                    mails=str(mails),
                    email="ada@example.com",
                    other_email="countess@example.com",
                    password="correct horse battery staple",
                    new_password="another long and good one",
                    last_password="a third one, quite long too",
                )

    return node_programs.once(tmp_path_factory, "mail", look)


def test_a_page_confirms_an_address_when_its_button_is_pressed(story: dict[str, Any]) -> None:
    # given an account, and the link of its confirmation
    assert story["signed_up"] == 201

    # when the link is opened, and then the button pressed
    # then only the button has confirmed the address
    assert story["verified_by_looking"] is False
    assert story["verified_by_pressing"] is True


def test_a_page_sets_a_new_password(story: dict[str, Any]) -> None:
    # given the link of a reset, at which a common password was tried first
    assert story["reset_asked"] == 200
    assert "common" in story["weak"]

    # when a good one was chosen
    # then it is the one that signs in
    assert (story["old_password"], story["new_password"]) == (401, 200)


def test_the_owner_of_the_old_address_undoes_a_change(story: dict[str, Any]) -> None:
    # given an address that was changed by the link that the new one got
    assert story["change_asked"] == 200
    assert story["after_change"] == "countess@example.com"

    # when the owner of the old one presses "this was not me"
    # then sessions and password are gone, and the old address is back with a new password
    assert story["session_after_revert"] == 401
    assert story["password_after_revert"] == 401
    assert story["at_the_old_address"] == 200


def test_a_page_signs_in_without_a_password(story: dict[str, Any]) -> None:
    # given a magic link
    assert story["magic_asked"] == 200

    # when it is opened, and then the button pressed
    # then only the button has signed somebody in
    assert story["signed_in_by_looking"] is False
    assert story["signed_in_by_pressing"] == "ada@example.com"


def test_the_pages_keep_nobody_out_and_nothing_from_elsewhere_in(story: dict[str, Any]) -> None:
    # given all pages that were seen, in light and dark, large and small
    assert len(story["titles"]) == 13

    # then nothing hinders people, nothing was asked of another server, and the policies held
    assert story["barriers"] == []
    assert story["outside"] == []
    assert story["violations"] == []
