"""Where an application signs people in: what its settings say, checked at start-up."""

import re
from collections.abc import Mapping
from dataclasses import fields, replace
from typing import Any

from flask_headless_auth.errors import ProviderUnknown
from flask_headless_auth.features.oauth.providers import (
    CUSTOM,
    GUID,
    PERSONAL_TENANT,
    TABLE,
    TENANT,
    WELL_KNOWN,
    Provider,
    Registration,
    is_safe,
)
from flask_headless_auth.features.oauth.settings import OAuthSettings
from flask_headless_auth.settings import CoreSettings, Sections
from flask_headless_auth.state import part

_NAME = re.compile(r"[a-z][a-z0-9_-]{0,31}")
_TEXTS = ("client_id", "client_secret", "issuer", "label", "tenant", "team_id", "key_id", "private_key")
_LISTS = ("scopes", "email_domains", "native_client_ids")


class Registrations(dict[str, Registration]):
    """Where this application signs people in, by name, in the order of their buttons."""


def made_of(read: Sections, problems: list[str]) -> Registrations:
    """The registrations that the settings describe; a named provider without credentials is none."""
    said, found = read.of(OAuthSettings), Registrations()
    is_production = read.of(CoreSettings).env == "production"
    for name in dict.fromkeys((*TABLE, *(said.providers or {}))):
        entry = said.of(name)
        if name in TABLE and not {"client_id", "client_secret"} & set(entry):
            continue
        wrong = _wrong_in(name, entry)
        if wrong is None:
            found[name] = _registration(name, entry)
            wrong = _wrong_with(found[name], is_production=is_production)
        if wrong is not None:
            problems.append(f"The provider {name}: {wrong}")
    return found


def names() -> list[str]:
    """The names of the providers that are on."""
    return list(part(Registrations))


def public() -> dict[str, Any]:
    """The providers, for the buttons of a front end."""
    return {"providers": [{"name": one.name, "label": one.label} for one in part(Registrations).values()]}


def at(provider: str) -> Registration:
    """The registration at a provider.

    Raises:
        ProviderUnknown: there is none.
    """
    found = part(Registrations).get(provider)
    if found is None:
        raise ProviderUnknown
    return found


def label_of(provider: str) -> str:
    """What people call a provider; its name, where it is switched off."""
    found = part(Registrations).get(provider)
    return found.label if found is not None else provider


def _wrong_in(name: str, said: Mapping[str, Any]) -> str | None:
    """What is wrong with what the configuration says about a provider, or None."""
    if not _NAME.fullmatch(name):
        return "a name has small letters, digits, - and _, and at most 32 of them."
    for key, value in said.items():
        if key in _TEXTS and not isinstance(value, str):
            return f"{key} must be a string."
        if key in _LISTS and not (
            isinstance(value, list | tuple) and all(isinstance(one, str) for one in value)
        ):
            return f"{key} must be a list of strings."
        if key not in _TEXTS + _LISTS:
            return f"{key} is not known; there are {', '.join(_TEXTS + _LISTS)}."
    needed = ("client_id", *TABLE.get(name, CUSTOM).needs)
    missing = [one for one in needed if not said.get(one)]
    return f"{' and '.join(missing)} must be set too." if missing else None


def _registration(name: str, said: Mapping[str, Any]) -> Registration:
    """The registration that the configuration describes; nothing is wrong with it."""
    provider = TABLE.get(name) or _custom(name)
    known = {one.name for one in fields(Registration)}
    values: dict[str, Any] = {key: value for key, value in said.items() if key in known}
    values.update({key: tuple(values[key]) for key in _LISTS if key in values})
    values["email_domains"] = tuple(one.lower() for one in values.get("email_domains", ()))
    tenant = str(values.get("tenant", "common")).lower()
    issuer = values.pop("issuer", None) or provider.issuer
    return Registration(
        provider=provider,
        issuer=issuer.replace("{tenant}", _ISSUING_TENANTS.get(tenant, tenant)) if issuer else None,
        discovery=issuer.replace("{tenant}", tenant).rstrip("/") + WELL_KNOWN if issuer else None,
        **{"label": provider.label, "scopes": provider.scopes, **values, "tenant": tenant},
    )


_ISSUING_TENANTS = {"common": TENANT, "organizations": TENANT, "consumers": PERSONAL_TENANT}


def _custom(name: str) -> Provider:
    return replace(CUSTOM, name=name, label=name.replace("_", " ").replace("-", " ").title())


def _wrong_with(ours: Registration, *, is_production: bool) -> str | None:
    """What is wrong with a registration as a whole, or None."""
    if ours.tenant not in _ISSUING_TENANTS and not GUID.fullmatch(ours.tenant):
        return "the tenant is common, organizations, consumers, or the ID of a tenant."
    if ours.issuer is not None and not is_safe(ours.issuer, allows_loopback=not is_production):
        return "the issuer must be an https URL; plain http is only for this machine, outside production."
    return None
