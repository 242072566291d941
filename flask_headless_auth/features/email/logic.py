"""What is known of e-mail addresses."""

from typing import Any

from flask_headless_auth.state import state


def prove(user: Any, *, drops: bool = True) -> None:
    """Record that the address is the user's own; whoever made the account before keeps no way in."""
    if user.is_verified is not True and drops:
        for feature in state().features:
            if feature.disown is not None:
                feature.disown(user)
        user.password_hash = None
    user.is_verified = True
