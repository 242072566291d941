"""Settings of providers."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any

from flask_headless_auth.settings import Settings, setting


@dataclass(frozen=True)
class OAuthSettings(Settings):
    """Providers that people sign in with. One without client ID and secret is off.

    The callback to register there is `AUTHSVC_PUBLIC_URL` + `AUTHSVC_URL_PREFIX` + `/callback/<name>`.
    """

    section = "oauth"
    google_client_id: str | None = setting(
        None, "Client ID of a web application at Google.", key="GOOGLE_CLIENT_ID"
    )
    google_client_secret: str | None = setting(
        None, "Its client secret.", key="GOOGLE_CLIENT_SECRET", secret=True
    )
    microsoft_client_id: str | None = setting(
        None, "Application ID at Microsoft Entra.", key="MICROSOFT_CLIENT_ID"
    )
    microsoft_client_secret: str | None = setting(
        None, "Its client secret.", key="MICROSOFT_CLIENT_SECRET", secret=True
    )
    microsoft_tenant: str | None = setting(
        None,
        "`common` (the default), `organizations`, `consumers`, or the ID of the one tenant allowed.",
        key="MICROSOFT_TENANT",
    )
    github_client_id: str | None = setting(
        None, "Client ID of an OAuth app at GitHub.", key="GITHUB_CLIENT_ID"
    )
    github_client_secret: str | None = setting(
        None, "Its client secret.", key="GITHUB_CLIENT_SECRET", secret=True
    )
    apple_client_id: str | None = setting(None, "Services ID at Apple.", key="APPLE_CLIENT_ID")
    apple_team_id: str | None = setting(None, "Team ID at Apple.", key="APPLE_TEAM_ID")
    apple_key_id: str | None = setting(None, "ID of the key for Sign in with Apple.", key="APPLE_KEY_ID")
    apple_private_key: str | None = setting(
        None,
        "Content of that key's .p8 file; it signs the client secret.",
        key="APPLE_PRIVATE_KEY",
        secret=True,
    )
    providers: dict[str, Any] | None = setting(
        None,
        "OpenID Connect issuers by name, `{'acme': {'issuer': …, 'client_id': …, 'client_secret': …, "
        "'label': …, 'scopes': […], 'email_domains': […], 'native_client_ids': […]}}`, and more of the same "
        "for the named ones. A name stands for one issuer for ever.",
        secret=True,
    )
    linked_roles: tuple[str, ...] = setting(
        ("user",),
        "Roles whose holders are linked by a proven e-mail address; whoever has another role, or any "
        "permission, links while signed in.",
    )
    store_tokens: bool = setting(
        False, "Keep the providers' tokens, sealed, for `auth.provider_token(user, name)`."
    )

    def of(self, name: str) -> dict[str, Any]:
        """What is said about one provider: keys that begin with its name, then its entry in `providers`."""
        own = {
            one.name.removeprefix(f"{name}_"): getattr(self, one.name)
            for one in fields(self)
            if one.name.startswith(f"{name}_")
        }
        said = (self.providers or {}).get(name, {})
        more = said if isinstance(said, Mapping) else {"entry": said}
        return {key: value for key, value in {**own, **more}.items() if value is not None}
