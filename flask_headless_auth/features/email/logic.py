"""Addresses and whose they are."""

from typing import Any

from flask_headless_auth.database import transaction
from flask_headless_auth.state import state


def prove(user: Any, *, drops: bool = True) -> None:
    """Record that the account's address is its user's own. Joins an open transaction.

    On an account whose address was never confirmed, every other credential is dropped first.
    """
    if user.is_verified is True:
        return
    with transaction():
        for feature in state().features:
            if drops and feature.disown is not None:
                feature.disown(user)
        user.is_verified = True
