"""Named limits: how often an address or an account may try something.

The counters are Flask-Limiter's, in an instance of our own that no route of the host passes through. Each
try is counted first and given back when it succeeds, so that parallel guesses are all counted.
"""

import functools
import ipaddress
import logging
import threading
import time
from collections.abc import Callable, Mapping
from copy import deepcopy
from typing import Any, TypeVar

import flask
from flask import request
from flask_limiter import Limiter
from limits import RateLimitItem, parse_many
from limits.errors import ConfigurationError as LimitsError
from limits.storage import MemoryStorage
from limits.strategies import FixedWindowRateLimiter, RateLimiter

from flask_headless_auth.errors import TooManyRequests
from flask_headless_auth.feature import Feature, Limit
from flask_headless_auth.settings import LimitSettings
from flask_headless_auth.state import part

log = logging.getLogger("flask_headless_auth")

F = TypeVar("F", bound=Callable[..., Any])


class ProcessStorage(MemoryStorage):
    """Counters in the memory of this process, under one lock.

    The stock one starts a thread every ten milliseconds of traffic to drop what has expired; here whoever
    counts does that now and then.
    """

    STORAGE_SCHEME = ["process"]
    SWEEP_EVERY = 1000

    def __init__(self, uri: str | None = None, wrap_exceptions: bool = False, **options: str) -> None:
        super().__init__(uri, wrap_exceptions, **options)
        self.timer.cancel()
        self._lock = threading.Lock()
        self._counted = 0

    def incr(self, key: str, expiry: float, amount: int = 1) -> int:
        """Count *amount* more of *key*, which lives *expiry* seconds from its first; answers how many."""
        now = time.time()
        with self._lock:
            self._counted += 1
            if self._counted % self.SWEEP_EVERY == 0:
                for old in [one for one, end in self.expirations.items() if end <= now]:
                    self._drop(old)
            if self.expirations.get(key, 0) <= now:
                self._drop(key)
                self.expirations[key] = now + expiry
            # Something given back when its window is over already is nobody's credit in the next one.
            self.storage[key] = max(0, self.storage[key] + amount)
            return self.storage[key]

    def _drop(self, key: str) -> None:
        self.storage.pop(key, None)
        self.expirations.pop(key, None)


class Counters:
    """One application's named limits and where they are counted."""

    def __init__(self, settings: LimitSettings, items: dict[str, list[RateLimitItem]]) -> None:
        self.enabled = settings.enabled
        self.uri = settings.storage_uri or settings.storage_url or "memory://"
        self.items = items
        self._shared = _strategy(self.uri)
        self._local = FixedWindowRateLimiter(ProcessStorage())
        self._failures = self._shared.storage.base_exceptions

    def count(self, name: str, key: str, cost: int = 1) -> None:
        """Count one try of *name* for *key*, or give one back with a *cost* of -1.

        Raises:
            TooManyRequests: it is one too many, with the seconds to wait.
        """
        if not self.enabled:
            return
        for item in self.items[name]:
            if not self._hit(item, name, key, cost) and cost > 0:
                raise TooManyRequests(self._wait(item, name, key))

    def tries(self, name: str, key: str) -> int:
        """How many tries of *name* are counted for *key* in the shortest window that is open."""
        for item in self.items[name] if self.enabled else ():
            try:
                left = self._shared.get_window_stats(item, name, key).remaining
            except self._failures:
                left = self._local.get_window_stats(item, name, key).remaining
            return item.amount - left
        return 0

    def _hit(self, item: RateLimitItem, name: str, key: str, cost: int) -> bool:
        try:
            return self._shared.hit(item, name, key, cost=cost)
        except self._failures:
            # A store that is down must not open the door: this process counts for itself meanwhile.
            log.warning("The store of the limits does not answer; this process counts for itself.")
            return self._local.hit(item, name, key, cost=cost)

    def _wait(self, item: RateLimitItem, name: str, key: str) -> int:
        try:
            reset = self._shared.get_window_stats(item, name, key).reset_time
        except self._failures:
            reset = self._local.get_window_stats(item, name, key).reset_time
        return max(1, int(reset - time.time()) + 1)


def _strategy(uri: str) -> RateLimiter:
    # Limiter.init_app would apply the host's RATELIMIT_DEFAULT to its routes; this application has none.
    private = flask.Flask("flask_headless_auth.limits")
    options: dict[str, Any] = {}
    if uri.startswith(("redis", "rediss")):
        options = {"socket_timeout": 1, "socket_connect_timeout": 1}
    limiter = Limiter(
        lambda: "",
        app=private,
        storage_uri="process://" if uri == "memory://" else uri,
        storage_options=options,
        strategy="fixed-window",
    )
    return limiter.limiter


def items_of(
    features: tuple[Feature, ...], config: Mapping[str, Any], problems: list[str]
) -> dict[str, list[RateLimitItem]]:
    """Each named limit as the features declare it or `AUTHSVC_LIMITS_<NAME>` says; "" is none."""
    items: dict[str, list[RateLimitItem]] = {}
    for name, limit in declared(features).items():
        key = f"AUTHSVC_LIMITS_{name.upper()}"
        allowed = config.get(key, limit.allowed)
        try:
            items[name] = parse_many(allowed) if allowed else []
        except (ValueError, TypeError):
            problems.append(f'{key}: must be like "10/minute;100/hour", not {allowed!r}.')
    return items


def counters(
    settings: LimitSettings,
    features: tuple[Feature, ...],
    config: Mapping[str, Any],
    problems: list[str],
) -> Counters | None:
    """The application's counters, or None where *problems* says why there can be none."""
    items = items_of(features, config, problems)
    try:
        return Counters(settings, items)
    except (LimitsError, ImportError) as problem:
        key = "RATELIMIT_STORAGE_URI" if settings.storage_uri else "RATELIMIT_STORAGE_URL"
        problems.append(f"{key}: {problem}")
        return None


def declared(features: tuple[Feature, ...]) -> dict[str, Limit]:
    """Every named limit of the features."""
    return {name: limit for feature in features for name, limit in feature.limits.items()}


def count(name: str, key: str) -> None:
    """Count one try of *name*, such as a guess at the password of the account *key*.

    Raises:
        TooManyRequests: it is one too many.
    """
    part(Counters).count(name, key)


def refund(name: str, key: str) -> None:
    """Give a counted try back: it succeeded."""
    part(Counters).count(name, key, cost=-1)


def tries(name: str, key: str) -> int:
    """How many tries of *name* are counted for *key* now; none where nothing is counted."""
    return part(Counters).tries(name, key)


def address() -> str:
    """Whom to count for an address: IPv4 whole, IPv6 by its /64. Only the host's ProxyFix reads proxies."""
    return canonical_address(request.remote_addr or "")


@functools.lru_cache(maxsize=4096)
def canonical_address(text: str) -> str:
    """One spelling for one client: IPv4-mapped IPv6 is IPv4, IPv6 is its /64 network."""
    try:
        parsed = ipaddress.ip_address(text.partition("%")[0])
    except ValueError:
        return "unknown"
    if isinstance(parsed, ipaddress.IPv6Address):
        if parsed.ipv4_mapped:
            return str(parsed.ipv4_mapped)
        return str(ipaddress.ip_network((int(parsed) >> 64 << 64, 64)))
    return str(parsed)


def limited(name: str) -> Callable[[F], F]:
    """Count each request to this operation under *name* for its address, before anything else is done."""

    def decorate(view: F) -> F:
        @functools.wraps(view)
        def wrapper(*args: Any, **kwargs: Any) -> Any:
            count(name, address())
            return view(*args, **kwargs)

        wrapper._apidoc = {**deepcopy(getattr(view, "_apidoc", {})), "limit": name}  # type: ignore[attr-defined]
        return wrapper  # type: ignore[return-value]

    return decorate
