"""Time. Every moment the package compares or stores comes from `now`; there is no other seam.

A test that needs time to pass installs a source of its own with `use`; there is no setting for it.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime


def _system() -> datetime:
    return datetime.now(UTC)


_source: Callable[[], datetime] = _system


def now() -> datetime:
    """The current moment, aware, in UTC."""
    return _source()


def timestamp() -> int:
    """The current moment in whole seconds since 1970 (a JWT NumericDate, RFC 7519 §2)."""
    return int(_source().timestamp())


@contextmanager
def use(source: Callable[[], datetime]) -> Iterator[None]:
    """Within the block, `now` answers what *source* answers. For tests; it holds for the whole process."""
    global _source
    before, _source = _source, source
    try:
        yield
    finally:
        _source = before
