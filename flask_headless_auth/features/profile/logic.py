"""Change profiles."""

from typing import Any

from sqlalchemy.exc import IntegrityError

from flask_headless_auth import user_schemas, users
from flask_headless_auth.database import emit, transaction
from flask_headless_auth.errors import Conflict, UsernameTaken
from flask_headless_auth.features.profile.events import ProfileUpdated


def update(user: Any, changes: dict[str, Any]) -> Any:
    """The user with these fields changed.

    Raises:
        UsernameTaken, Conflict: somebody else has this value.
    """
    for column in users.unique_columns():
        if users.is_taken(column, changes.get(column), except_for=user):
            raise _taken(column)
    if not changes:
        return user
    try:
        with transaction():
            for name, value in changes.items():
                setattr(user, name, value)
            emit(ProfileUpdated(user=user, fields=tuple(sorted(changes))))
    except IntegrityError:
        raise _taken("username" if "username" in changes else "value") from None
    return user


def _taken(column: str) -> Conflict:
    return UsernameTaken() if column == "username" else Conflict(f"This {column} is taken.")


def export_user(user: Any) -> dict[str, Any]:
    """The user as the API shows it."""
    return {"profile": user_schemas.UserSchema().dump(user)}
