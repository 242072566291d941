"""Everything that goes by mail, in a browser: real links out of real mails, and pages without JavaScript."""

from pathlib import Path
from typing import Any

import pytest

from tests.browser import node_programs, servers
from tests.support import smtp

pytestmark = [pytest.mark.browser, pytest.mark.slow]


PERSON = {
    "email": "ada@example.com",
    "other_email": "countess@example.com",
    "password": "correct horse battery staple",
    "new_password": "another long and good one",
    "last_password": "a third one, quite long too",
}


@pytest.fixture(scope="module")
def story(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """What was seen when somebody lived through all of it."""
    node_programs.chromium()

    def look(folder: Path) -> dict[str, Any]:
        mails = folder / "mails"
        mails.mkdir()
        with smtp.sink() as sink, smtp.laid_out(sink, mails), servers.mailing(folder, sink) as url:
            return node_programs.tell("mail.mjs", url=url, folder=str(folder), mails=str(mails), **PERSON)

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


def test_everything_that_goes_by_mail_works_with_the_typescript_client(tmp_path: Path) -> None:
    # given the client in Node, and a live server with a mail server
    node_programs.build_client()
    mails = tmp_path / "mails"
    mails.mkdir()

    # when it confirms, resets, moves, takes back, signs in by code and by link, and denies
    with smtp.sink() as sink, smtp.laid_out(sink, mails), servers.mailing(tmp_path, sink) as url:
        seen = node_programs.tell("client_mail.mjs", url=url, mails=str(mails), **PERSON)

    # then everything is what the contract says
    assert seen == {
        "confirmed": None,
        "is_verified": True,
        "forged": "confirmation_link_expired",
        "weak": "weak_password",
        "reset": None,
        "reset_again": "reset_link_expired",
        "session_after_reset": "session_ended",
        "moved": "countess@example.com",
        "session_after_revert": "session_ended",
        "by_code": ["signed_in", "ada@example.com"],
        "by_link": "signed_in",
        "link_again": "magic_link_expired",
        "denied": "invalid_credentials",
    }
