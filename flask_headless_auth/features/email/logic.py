"""Whose an e-mail address is."""

from typing import Any

from flask_headless_auth.database import transaction
from flask_headless_auth.state import state


def prove(user: Any, *, drops: bool = True) -> None:
    """Record that the address is the user's own; whoever else had a credential of the account loses it."""
    with transaction():
        if user.is_verified is True:
            return
        if drops:
            user.password_hash = None
            for feature in state().features:
                if feature.disown is not None:
                    feature.disown(user)
        user.is_verified = True
