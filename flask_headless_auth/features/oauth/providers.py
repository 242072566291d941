"""The providers, as a table: where each one is, how it is asked, and what of its answers is to be believed.

What the world says of a provider is a `Provider`; what this application is there is a `Registration`.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

Claims = Mapping[str, Any]

PERSONAL_TENANT = "9188040d-6c67-4c5b-b112-36a304b66dad"
"""The tenant of all personal Microsoft accounts."""

TENANT = "{tenantid}"
"""Stands in Microsoft's issuer where any tenant may sign in; the `tid` of a token takes its place."""

WELL_KNOWN = "/.well-known/openid-configuration"

GUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")


@dataclass(frozen=True)
class Registration:
    """This application at a provider."""

    provider: "Provider"
    client_id: str
    label: str
    #: Its issuer, with TENANT where tenants have issuers of their own.
    issuer: str | None = None
    #: Where its discovery document is.
    discovery: str | None = None
    client_secret: str | None = field(default=None, repr=False)
    scopes: tuple[str, ...] = ()
    #: Domains whose addresses an issuer of the host's own may vouch for.
    email_domains: tuple[str, ...] = ()
    #: Client IDs of native apps, whose ID tokens are taken too.
    native_client_ids: tuple[str, ...] = ()
    tenant: str = "common"
    team_id: str = ""
    key_id: str = ""
    private_key: str = field(default="", repr=False)

    @property
    def name(self) -> str:
        """The provider's name in URLs and rows."""
        return self.provider.name

    def is_issuer(self, told: object) -> bool:
        """Whether *told* is the provider's issuer (RFC 9207 §2.4, OpenID Connect §3.1.3.7)."""
        if not isinstance(told, str) or self.issuer is None:
            return False
        if TENANT not in self.issuer:
            return told == self.issuer or told in self.provider.also_issuer
        before, _, behind = self.issuer.partition(TENANT)
        middle = told.removeprefix(before).removesuffix(behind)
        return bool(GUID.fullmatch(middle)) and told == before + middle + behind


def _sub(claims: Claims, ours: Registration) -> Any:
    return claims["sub"]


def _email(claims: Claims) -> Any:
    return claims.get("email")


def _names(claims: Claims) -> tuple[Any, Any]:
    return claims.get("given_name"), claims.get("family_name")


def _nobody(claims: Claims, ours: Registration) -> bool:
    return False


@dataclass(frozen=True)
class Provider:
    """What the world says of a provider. Without an issuer it speaks OAuth 2.0 only, at *endpoints*."""

    name: str
    label: str
    issuer: str | None = None
    also_issuer: tuple[str, ...] = ()
    scopes: tuple[str, ...] = ("openid", "email", "profile")
    #: `authorization_endpoint` and `token_endpoint` where there is no discovery document.
    endpoints: Mapping[str, str] = field(default_factory=dict)
    #: What is asked with the access token where there is no ID token: a claim for each address.
    resources: Mapping[str, str] = field(default_factory=dict)
    #: The subject: stable and never given to somebody else.
    subject: Callable[[Claims, Registration], Any] = _sub
    email: Callable[[Claims], Any] = _email
    #: Whether the address is the person's: the provider says so, and is the one to say so.
    trusts_email: Callable[[Claims, Registration], bool] = _nobody
    names: Callable[[Claims], tuple[Any, Any]] = _names
    #: More members of the authorization request: always, to prove presence, to get a refresh token.
    parameters: Mapping[str, str] = field(default_factory=dict)
    presence: Mapping[str, str] = field(default_factory=dict)
    offline: Mapping[str, str] = field(default_factory=dict)
    offline_scopes: tuple[str, ...] = ()
    #: The answer comes as a form that another site's page posts.
    answers_by_form: bool = False
    #: Signs a client secret for each request, with a key instead of a secret.
    signs_secret: bool = False
    #: What a registration needs besides the client ID.
    needs: tuple[str, ...] = ("client_secret",)


def _google_trusts(claims: Claims, ours: Registration) -> bool:
    """Google vouches for its own mailboxes and for the domain that it hosts (`hd`), for no other address."""
    domain = domain_of(claims.get("email"))
    return claims.get("email_verified") is True and domain in ("gmail.com", claims.get("hd"))


def _microsoft_subject(claims: Claims, ours: Registration) -> Any:
    """Object and tenant: `sub` differs for each application, and an address is whatever a tenant writes."""
    tenant = claims["tid"]
    is_theirs = isinstance(tenant, str) and GUID.fullmatch(tenant)
    if not is_theirs or str(claims["iss"]) != (ours.issuer or "").replace(TENANT, tenant):
        raise ValueError("the token is another tenant's")
    if ours.tenant == "organizations" and tenant == PERSONAL_TENANT:
        raise ValueError("personal accounts may not sign in")
    return f"{tenant}/{claims['oid']}" if claims["oid"] else None


def _microsoft_trusts(claims: Claims, ours: Registration) -> bool:
    """Only where the domain's owner has verified it (`xms_edov`); else any tenant could claim any address."""
    is_verified = claims.get("xms_edov") in (True, "1", "true")
    return is_verified or domain_of(claims.get("email")) in _own_tenants_domains(ours)


def _own_tenants_domains(ours: Registration) -> tuple[str, ...]:
    """The domains that the host vouches for count in the host's own tenant only."""
    return ours.email_domains if GUID.fullmatch(ours.tenant) else ()


def _github_subject(claims: Claims, ours: Registration) -> Any:
    # GitHub's login names change hands; the number never does.
    number = claims["user"]["id"]
    return str(number) if isinstance(number, int) and not isinstance(number, bool) else None


def _github_primary(claims: Claims) -> Mapping[str, Any]:
    return next((one for one in claims["emails"] if one.get("primary") is True), {})


def _github_names(claims: Claims) -> tuple[Any, Any]:
    first, _, last = str(claims["user"].get("name") or "").strip().partition(" ")
    return first, last


def _apple_trusts(claims: Claims, ours: Registration) -> bool:
    """Apple verifies what it tells; its flags come as texts too."""
    return claims.get("email_verified") in (True, "true")


def _custom_trusts(claims: Claims, ours: Registration) -> bool:
    """The host's own issuer vouches for the domains that the host names."""
    return claims.get("email_verified") is True and domain_of(claims.get("email")) in ours.email_domains


def domain_of(address: object) -> str | None:
    """The domain of an address, in lower case."""
    return address.rpartition("@")[2].lower() if isinstance(address, str) and "@" in address else None


TABLE: dict[str, Provider] = {
    # https://developers.google.com/identity/openid-connect/openid-connect
    "google": Provider(
        name="google",
        label="Google",
        issuer="https://accounts.google.com",
        also_issuer=("accounts.google.com",),
        trusts_email=_google_trusts,
        presence={"prompt": "select_account"},
        offline={"access_type": "offline", "prompt": "consent"},
    ),
    # https://learn.microsoft.com/entra/identity-platform/v2-protocols-oidc
    "microsoft": Provider(
        name="microsoft",
        label="Microsoft",
        issuer="https://login.microsoftonline.com/{tenant}/v2.0",
        subject=_microsoft_subject,
        trusts_email=_microsoft_trusts,
        presence={"prompt": "login"},
        offline_scopes=("offline_access",),
    ),
    # https://docs.github.com/apps/oauth-apps/building-oauth-apps/authorizing-oauth-apps
    "github": Provider(
        name="github",
        label="GitHub",
        scopes=("read:user", "user:email"),
        endpoints={
            "authorization_endpoint": "https://github.com/login/oauth/authorize",
            "token_endpoint": "https://github.com/login/oauth/access_token",
        },
        resources={"user": "https://api.github.com/user", "emails": "https://api.github.com/user/emails"},
        subject=_github_subject,
        email=lambda claims: _github_primary(claims).get("email"),
        trusts_email=lambda claims, ours: _github_primary(claims).get("verified") is True,
        names=_github_names,
        presence={"prompt": "select_account"},
    ),
    # https://developer.apple.com/documentation/signinwithapplerestapi
    "apple": Provider(
        name="apple",
        label="Apple",
        issuer="https://appleid.apple.com",
        scopes=("openid", "email", "name"),
        trusts_email=_apple_trusts,
        parameters={"response_mode": "form_post"},
        answers_by_form=True,
        signs_secret=True,
        needs=("team_id", "key_id", "private_key"),
    ),
}
"""The providers that have a name here. Another one is another entry."""

CUSTOM = Provider(
    name="",
    label="",
    trusts_email=_custom_trusts,
    presence={"prompt": "login", "max_age": "0"},
    offline={"prompt": "consent"},
    offline_scopes=("offline_access",),
    needs=("issuer",),
)
"""Any OpenID Connect issuer, of `AUTHSVC_OAUTH_PROVIDERS`."""


def is_safe(url: object, *, allows_loopback: bool) -> bool:
    """Whether secrets may be sent to *url*: by https, or to this machine where that is allowed."""
    if not isinstance(url, str):
        return False
    try:
        parts = urlsplit(url)
        parts.port  # noqa: B018 - raises where it is none
    except ValueError:
        return False
    if not parts.hostname or "@" in parts.netloc or parts.fragment:
        return False
    is_loopback = parts.hostname in ("localhost", "127.0.0.1", "::1")
    return parts.scheme == "https" or (parts.scheme == "http" and is_loopback and allows_loopback)
