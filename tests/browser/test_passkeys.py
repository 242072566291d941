"""Passkeys in Chromium, with its virtual authenticators, and a page as anybody would write it."""

from pathlib import Path
from typing import Any

import pytest

from tests.browser import node_programs, servers

PERSON = {"email": "ada@example.com", "password": "correct horse battery staple"}


@pytest.fixture(scope="module")
def visit(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """What came of somebody with a phone, a copy of it, a key without a PIN, and somebody new."""
    node_programs.chromium()

    def look(folder: Path) -> dict[str, Any]:
        with servers.gunicorn(folder, application="with_passkeys") as url:
            return node_programs.tell("passkeys.mjs", url=url, **PERSON)

    return node_programs.once(tmp_path_factory, "passkeys", look)


def code_of(answer: dict[str, Any]) -> Any:
    """The status of an answer and, where it is a refusal, its code."""
    return (answer["status"], answer["body"].get("code")) if "status" in answer else answer


def test_somebody_registers_a_passkey_and_signs_in_with_it(visit: dict[str, Any]) -> None:
    # given somebody who signed up with a password, and added a passkey
    assert visit["signed_up"]["status"] == 201
    assert code_of(visit["registered"]) == (201, None)
    assert visit["registered"]["body"]["passkey"]["name"] == "My phone"
    assert visit["resident"] == [[True, "localhost", True]]

    # then the same device makes no second one
    assert visit["again"]["failed"].startswith("InvalidStateError")

    # and the passkey signs them in, as two factors, with cookies alone
    assert code_of(visit["login"]) == (200, None)
    assert "access_token" not in visit["login"]["body"]
    assert visit["me"]["body"]["user"]["email"] == PERSON["email"]
    assert visit["me"]["body"]["session"]["methods"] == ["passkey", "mfa"]
    assert visit["cookies"] == ["__Host-access_token", "__Secure-refresh_token"]


def test_the_suggestions_of_a_form_sign_somebody_in(visit: dict[str, Any]) -> None:
    # given a form whose field says `autocomplete="username webauthn"`
    assert visit["conditional_is_there"] is True

    # then the same operations serve it
    assert code_of(visit["conditional"]) == (200, None)
    assert visit["conditional"]["body"]["user"]["email"] == PERSON["email"]


def test_presence_is_shown_with_a_passkey_that_verifies_its_user(visit: dict[str, Any]) -> None:
    # given somebody signed in
    # then their passkey shows presence, and the list knows it
    assert code_of(visit["proved"]) == (200, None)
    (listed,) = visit["list"]["body"]["items"]
    assert (listed["is_backed_up"], listed["verifies_user"]) == (True, True)

    # and the browser does not let one do so that cannot verify its user
    assert visit["not_verified"]["failed"].startswith("NotAllowedError")


def test_a_copy_of_a_passkey_is_refused(visit: dict[str, Any]) -> None:
    # given a passkey whose counter has grown, and a copy of an older day
    assert visit["counter"] > 1

    # then the copy opens nothing
    assert code_of(visit["copied"]) == (400, "passkey_refused")


def test_a_key_without_a_pin_is_kept_and_opens_nothing_alone(visit: dict[str, Any]) -> None:
    # given a key that asks for presence only
    assert code_of(visit["key_registered"]) == (201, None)
    assert visit["key_registered"]["body"]["passkey"]["verifies_user"] is False

    # then the browser does not suggest it, and it signs nobody in who asks for it by name
    assert visit["key_suggested"]["failed"].startswith("NotAllowedError")
    assert (visit["key_login"]["verified"], visit["key_login"]["says_whose"]) == (False, True)
    assert code_of(visit["key_login"]) == (400, "passkey_refused")


def test_an_account_begins_with_a_passkey(visit: dict[str, Any]) -> None:
    # given somebody new, who has no password
    assert code_of(visit["passkey_signed_up"]) == (201, None)

    # then their passkey signs them in, and stays, being the last way in
    assert visit["passkey_login"]["body"]["user"]["email"] == "grace@example.com"
    assert code_of(visit["last_removed"]) == (409, "last_login_method")
