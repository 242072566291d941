"""Settings of passkeys."""

from dataclasses import dataclass

from flask_headless_auth.settings import Settings, setting


@dataclass(frozen=True)
class PasskeySettings(Settings):
    """Which site passkeys belong to."""

    section = "passkeys"
    rp_id: str | None = setting(
        None,
        "Domain that passkeys are bound to, for good; the host of FRONTEND_URL, else of AUTHSVC_PUBLIC_URL.",
    )
    origins: tuple[str, ...] = setting(
        (),
        "Where passkeys may be used, exactly; by default those of the front ends and of this server that are "
        "the domain or below it.",
    )
    max_per_user: int = setting(20, "Most passkeys of one account.", least=1)
