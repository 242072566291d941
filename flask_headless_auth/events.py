"""What happened. An event is a frozen dataclass named in the past tense.

Listeners run at one of two moments. `during` is inside the transaction of the change: a listener that
raises undoes the change, and an `AuthError` becomes the answer. `after` is behind the commit: what it
raises is logged, and the answer stays as it is.
"""

from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, TypeVar


@dataclass(frozen=True, kw_only=True)
class Event:
    """Something that happened to a user. `user` is the host's own object, or None where nobody is known."""

    user: Any = None


E = TypeVar("E", bound=Event)
Listener = Callable[[Any], object]


class EventBus:
    """Listeners by kind of event. A listener for a kind hears its subclasses too; `Event` hears all.

    The listeners of the bus *also* are told behind those of this one.
    """

    def __init__(self, also: "EventBus | None" = None) -> None:
        self._also = also
        self._during: dict[type[Event], list[Listener]] = defaultdict(list)
        self._after: dict[type[Event], list[Listener]] = defaultdict(list)

    def during(self, kind: type[E], listener: Callable[[E], object]) -> None:
        """Call *listener* inside the transaction, before the commit."""
        self._during[kind].append(listener)

    def after(self, kind: type[E], listener: Callable[[E], object]) -> None:
        """Call *listener* once the change is committed."""
        self._after[kind].append(listener)

    def listeners_during(self, event: Event) -> Iterator[Listener]:
        """Who wants to hear of *event* before the commit, in order of registration."""
        yield from _listening(self._during, event)
        if self._also is not None:
            yield from self._also.listeners_during(event)

    def listeners_after(self, event: Event) -> Iterator[Listener]:
        """Who wants to hear of *event* behind the commit, in order of registration."""
        yield from _listening(self._after, event)
        if self._also is not None:
            yield from self._also.listeners_after(event)


def _listening(table: dict[type[Event], list[Listener]], event: Event) -> Iterator[Listener]:
    for kind in type(event).__mro__:
        yield from table.get(kind, ())
