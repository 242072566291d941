"""The relying party: the site that passkeys belong to, from the configuration only."""

from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import urlsplit

from flask_headless_auth import links
from flask_headless_auth.cookies import Transport
from flask_headless_auth.errors import PublicUrlMissing
from flask_headless_auth.features.passkeys.settings import PasskeySettings
from flask_headless_auth.settings import CoreSettings
from flask_headless_auth.state import part, settings


@dataclass(frozen=True)
class RelyingParty:
    """Whom passkeys are made for (WebAuthn L3 §4): a domain, a name for people, and where they are used."""

    id: str
    name: str
    origins: tuple[str, ...]


def relying_party() -> RelyingParty:
    """The application as a relying party.

    Raises:
        PublicUrlMissing: no setting says which domain it is.
    """
    core, ours = settings(CoreSettings), settings(PasskeySettings)
    domain = ours.rp_id or _host(core.frontend_url or links.public_url())
    return RelyingParty(domain, core.app_name or domain, ours.origins or _origins(core, domain))


def is_known() -> bool:
    """Whether there is a relying party."""
    try:
        relying_party()
    except PublicUrlMissing:
        return False
    return True


def _origins(core: CoreSettings, domain: str) -> tuple[str, ...]:
    """The front ends and this server, as far as browsers would let them use passkeys of *domain*."""
    known = [*part(Transport).origins, *([core.frontend_url] if core.frontend_url else []), *_own()]
    found = {origin for one in known if (origin := links.origin_of(one)) is not None}
    return tuple(sorted(one for one in found if _is_within(_host(one), domain)))


def _own() -> Iterable[str]:
    try:
        return [links.public_url()]
    except PublicUrlMissing:
        return []


def _host(url: str) -> str:
    return urlsplit(url).hostname or ""


def _is_within(host: str, domain: str) -> bool:
    return host == domain or host.endswith(f".{domain}")
