"""Fixtures of the stories about passkeys."""

import pytest

from tests.passkeys.people import add
from tests.support.apps import Person
from tests.support.authenticator import Authenticator


@pytest.fixture
def device(ada: Person) -> Authenticator:
    """A device that verifies its user, with a passkey of Ada's on it."""
    made = Authenticator()
    add(ada, made)
    return made
