"""Whose account an identity means: the decisions of linking, in the open transaction of a sign-in."""

from collections.abc import Mapping
from typing import Any

from flask_headless_auth import clock, users
from flask_headless_auth.database import emit
from flask_headless_auth.errors import (
    AccountNotLinked,
    EmailMissing,
    IdentityTaken,
    SignUpClosed,
)
from flask_headless_auth.features.email import logic as email
from flask_headless_auth.features.oauth import models
from flask_headless_auth.features.oauth.events import ProviderLinked
from flask_headless_auth.features.oauth.persons import Told
from flask_headless_auth.features.oauth.providers import Registration
from flask_headless_auth.features.oauth.settings import OAuthSettings
from flask_headless_auth.features.signup import logic as signup
from flask_headless_auth.features.signup.events import SignedUp
from flask_headless_auth.state import part, settings, state
from flask_headless_auth.vault import Vault

SEALED = "provider_tokens"


def user_for(ours: Registration, said: Told) -> tuple[Any, Mapping[str, Any] | None]:
    """The user that an identity signs in, linked or made where that may be; or what answers in their place.

    Raises:
        AccountNotLinked: an account has the address, and the address alone may not open it.
        EmailMissing, SignUpClosed: no account can be made.
    """
    known = models.find(models.id_of(ours.name, said.subject))
    if known is not None:
        known.last_used_at, known.email = clock.now(), said.email or known.email
        known.tokens = sealed(said.tokens, known.tokens)
        return users.by_id(known.user_id), None
    if said.email is None:
        raise EmailMissing
    user = users.by_email(said.email)
    if user is None:
        return _made(ours, said), None
    if not said.is_proven:
        held = _held_of_a_stranger(said.email)
        if held is not None:
            return None, held
    if not said.is_proven or is_privileged(user):
        raise AccountNotLinked
    if user.is_verified is not True:
        email.prove(user)
    link(ours, said, user)
    return user, None


def _held_of_a_stranger(address: str) -> Mapping[str, Any] | None:
    """What a new account at an address would be told, so that a taken one is answered alike."""
    stranger = state().user_model(email=address, is_verified=False, is_active=True)
    holds = [feature.holds for feature in state().features if feature.holds is not None]
    return next((answer for hold in holds if (answer := hold(stranger)) is not None), None)


def _made(ours: Registration, said: Told) -> Any:
    if not any(feature.name == "signup" for feature in state().features):
        raise SignUpClosed
    columns = state().user_model.__table__.c
    names = {"first_name": said.first_name, "last_name": said.last_name}
    user = signup.add(
        email=said.email,
        provider=ours.name,
        **{name: value for name, value in names.items() if value and name in columns},
    )
    # Behind the flush: whoever left this address a moment ago has written that it is kept by now.
    if email.is_kept(user.email):
        raise AccountNotLinked
    _add(ours, said, user)
    emit(SignedUp(user=user))
    if said.is_proven:
        email.prove(user, drops=False)
    else:
        email.ask(user)
    return user


def link(ours: Registration, said: Told, user: Any) -> None:
    """Link an identity to a user, who is told; linking it twice is once.

    Raises:
        IdentityTaken: it is linked to somebody else.
    """
    known = models.find(models.id_of(ours.name, said.subject))
    if known is not None and known.user_id != users.key_of(user):
        raise IdentityTaken
    if known is None:
        _add(ours, said, user)
        emit(ProviderLinked(user=user, provider=ours.name, label=ours.label))


def _add(ours: Registration, said: Told, user: Any) -> None:
    now = clock.now()
    models.add(
        provider=ours.name,
        subject=said.subject,
        email=said.email,
        created_at=now,
        last_used_at=now,
        tokens=sealed(said.tokens, None),
        user_id=users.key_of(user),
    )


def sealed(tokens: Mapping[str, Any], before: str | None) -> str | None:
    """Tokens as they are kept, where they are; a refresh token stays until there is another."""
    if not settings(OAuthSettings).store_tokens:
        return None
    names = ("access_token", "refresh_token", "expires_at")
    kept = {name: tokens[name] for name in names if tokens.get(name) is not None}
    if "access_token" not in kept:
        return before
    older = part(Vault).open(SEALED, before) if before is not None else {}
    refresh = {"refresh_token": older["refresh_token"]} if "refresh_token" in older else {}
    return part(Vault).seal(SEALED, {**refresh, **kept})


def is_privileged(user: Any) -> bool:
    """Whether an account may have power over others: a permission, or a role not listed as harmless."""
    roles = set(users.roles_of(user)) - set(settings(OAuthSettings).linked_roles)
    flags = ("is_admin", "is_superuser", "is_staff")
    return bool(roles or users.permissions_of(user)) or any(getattr(user, one, False) for one in flags)
