"""Grant, revoke and read roles."""

from typing import Any

from sqlalchemy.exc import IntegrityError

from flask_headless_auth import users
from flask_headless_auth.database import emit, transaction
from flask_headless_auth.features.roles import models
from flask_headless_auth.features.roles.events import RoleGranted, RoleRevoked
from flask_headless_auth.state import state

EVERYBODY = "user"
"""The role of a user who has been given none."""


def names(user: Any) -> list[str]:
    """The roles of a user, first the one in the model's own `role` column where it has one."""
    own = [user.role] if "role" in state().user_model.__table__.c and user.role else []
    granted = user.granted_roles if isinstance(user, users.Seen) else models.names_of(users.key_of(user))
    return [*own, *(name for name in granted if name not in own)] or [EVERYBODY]


def grant(user: Any, role: str) -> None:
    """Give a user a role, from the next request on; granting it twice is once."""
    try:
        with transaction():
            if role not in models.names_of(users.key_of(user)):
                models.add(users.key_of(user), role)
                emit(RoleGranted(user=user, role=role))
    except IntegrityError:
        # Granted by somebody else at the same moment: it is granted.
        return


def revoke(user: Any, role: str) -> None:
    """Take a role from a user, from the next request on."""
    with transaction():
        if models.remove(users.key_of(user), role):
            emit(RoleRevoked(user=user, role=role))


def first(user: Any) -> str | None:
    """What `user.role` answers on models without such a column."""
    return next(iter(users.roles_of(user)), None)


def forget_user(user: Any) -> dict[str, int]:
    """Erase the user's roles."""
    return {"roles": models.erase_all_of(users.key_of(user))}


def export_user(user: Any) -> dict[str, Any]:
    """The user's roles."""
    return {"roles": names(user)}
