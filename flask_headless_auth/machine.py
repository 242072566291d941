"""Development keys serve only this machine: a guard against forgotten configuration."""

import ipaddress
import re

from flask import request

from flask_headless_auth.errors import InsecureConfiguration
from flask_headless_auth.state import state

FORWARDING = (
    "Forwarded", "X-Forwarded-For", "X-Forwarded-Host", "X-Forwarded-Server", "X-Real-IP", "X-Client-IP",
    "X-Cluster-Client-IP", "CF-Connecting-IP", "True-Client-IP", "Fly-Client-IP", "X-Original-Host",
)  # fmt: skip
"""Headers by which proxies say for whom they ask."""


def check() -> None:
    """Refuse everybody but this machine while the application runs with development keys.

    A request is this machine's when its address and its Host are loopback, and every address and host in
    forwarding headers is too (a development server's proxy sends those).

    Raises:
        InsecureConfiguration: with the setting that has to be set.
    """
    weak = state().development_keys
    if weak is not None and not is_local():
        raise InsecureConfiguration(f"{InsecureConfiguration.detail} {weak}")


def is_local() -> bool:
    """Whether the request comes from, and is addressed to, this machine."""
    if not _is_loopback(request.remote_addr or "") or not _is_loopback(request.host):
        return False
    return all(_is_loopback(name) for header in FORWARDING for name in _names(header))


def _names(header: str) -> list[str]:
    values = request.headers.getlist(header)
    if header != "Forwarded":
        return [name.strip() for value in values for name in value.split(",")]
    pairs = [pair.partition("=") for value in values for pair in re.split(r"[;,]", value)]
    named = [
        value.strip().strip('"') for key, _, value in pairs if key.strip().lower() in ("for", "host", "by")
    ]
    # A header that names nobody hides somebody.
    return named or [""] * len(values)


_HOST = re.compile(
    r"\[(?P<bracketed>[0-9a-f:.]+)\](?::[0-9]+)?|(?P<bare_six>[0-9a-f.]*:[0-9a-f:.]*:[0-9a-f:.]*)"
    r"|(?P<name>[^\[\]:]+)(?::[0-9]+)?"
)
"""A host or address as headers spell it: `[::1]:5000`, `::1`, `127.0.0.1:5000`, `localhost`."""


def _is_loopback(name: str) -> bool:
    """Whether a host or address, with or without a port, is this machine's. An empty one is not."""
    spelled = _HOST.fullmatch(name.strip().lower())
    if spelled is None:
        return False
    bare = (spelled["bracketed"] or spelled["bare_six"] or spelled["name"]).removesuffix(".")
    if bare == "localhost" or bare.endswith(".localhost"):
        return True
    try:
        address = ipaddress.ip_address(bare)
    except ValueError:
        return False
    mapped = getattr(address, "ipv4_mapped", None)
    return (mapped or address).is_loopback
