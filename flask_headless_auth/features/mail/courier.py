"""The courier: a thread of each process that delivers what waits, and is there only while something does."""

import atexit
import logging
import os
import secrets
import threading
import weakref
from collections.abc import Callable

import flask
import sqlalchemy as sa

from flask_headless_auth import clock, database
from flask_headless_auth.features.mail import logic
from flask_headless_auth.features.mail.settings import MailSettings
from flask_headless_auth.state import State, settings, state

log = logging.getLogger("flask_headless_auth")

ROUND = 500
"""Most letters of one round."""

PAUSES = (5, 10, 30, 60, 120, 300)
"""Seconds of rest after each round in a row in which no mail could go out, give or take a fifth."""

GOODBYE = 5.0
"""Seconds that a process which ends or forks may wait for the letter in hand."""


class Rounds:
    """One round of delivery after the other, and how long to rest between them."""

    def __init__(self) -> None:
        self._failures = 0

    def go(
        self,
        told: Callable[[str], object] = lambda outcome: None,
        is_over: Callable[[], bool] = lambda: False,
    ) -> tuple[logic.Delivered, float | None]:
        """What a round has delivered, and in how many seconds the next is due: None where nothing waits.

        In an application context. A failure of anything but mail is raised, and counts.
        """
        try:
            delivered = logic.deliver(ROUND, told=told, is_over=is_over)
            due = logic.due()
        except Exception:
            self._failures += 1
            raise
        if delivered.unavailable is not None:
            self._failures += 1
            return delivered, self.pause()
        self._failures = 0
        if due is None:
            return delivered, None
        return delivered, max((due - clock.now()).total_seconds(), 0.0)

    def pause(self) -> float:
        """How long to rest after a failure."""
        seconds = PAUSES[min(self._failures, len(PAUSES)) - 1]
        return seconds * (80 + secrets.randbelow(41)) / 100


class Courier:
    """The delivering thread of one application in one process.

    It is a daemon: it keeps no process alive. A process that ends, or forks, waits some seconds for the
    letter in hand.
    """

    def __init__(self, app: flask.Flask, engine: sa.Engine) -> None:
        self._app, self._engine = app, engine
        self._be_new()
        ours = weakref.ref(self)
        os.register_at_fork(
            before=lambda: _tell(ours(), Courier.end),
            after_in_parent=lambda: _tell(ours(), Courier.go_on),
            after_in_child=lambda: _tell(ours(), Courier.begin_anew),
        )
        atexit.register(lambda: _tell(ours(), Courier.end))

    def _be_new(self) -> None:
        self._lock = threading.Lock()
        self._called = threading.Event()
        self._is_ending = self._was_at_work = False
        self._thread: threading.Thread | None = None

    def call(self) -> None:
        """Have the letters that are due delivered, soon and elsewhere."""
        with self._lock:
            self._called.set()
            if self._thread is None and not self._is_ending:
                thread = threading.Thread(target=self._work, name="authsvc-courier", daemon=True)
                try:
                    thread.start()
                except RuntimeError:
                    # The interpreter is ending; the next process finds the letters.
                    return
                self._thread = thread

    def end(self) -> None:
        """Begin no letter any more, and wait some seconds for the one in hand.

        Before a fork too: a child that is made while a thread writes to SQLite takes the lock for its own,
        and nobody there ever gives it back.
        """
        with self._lock:
            self._is_ending, thread = True, self._thread
            self._called.set()
        self._was_at_work = thread is not None
        if thread is not None and thread is not threading.current_thread():
            thread.join(GOODBYE)

    def go_on(self) -> None:
        """Go on in a process that has a new child."""
        self._is_ending = False
        if self._was_at_work:
            self.call()

    def begin_anew(self) -> None:
        """Begin anew in a child process: the thread is not there, and its connections are the parent's."""
        self._be_new()
        self._engine.dispose(close=False)

    def _work(self) -> None:
        rounds = Rounds()
        while True:
            self._called.clear()
            rest = self._round(rounds)
            with self._lock:
                if self._is_ending or (rest is None and not self._called.is_set()):
                    self._thread = None
                    return
            self._called.wait(rest)

    def _round(self, rounds: Rounds) -> float | None:
        try:
            with self._app.app_context():
                return rounds.go(is_over=lambda: self._is_ending)[1]
        except Exception as problem:
            log.warning("A round of delivery failed: %s", type(problem).__name__)
            return rounds.pause()


def _tell(courier: Courier | None, what: Callable[[Courier], None]) -> None:
    if courier is not None:
        what(courier)


def call(event: object = None) -> None:
    """Have the letters that wait delivered: behind the commit of each mail (its *event*), and as a process
    wakes, for those that an earlier process has left.

    A database that lives in one connection cannot be shared with a thread: there it is done in place.
    """
    current = state()
    if settings(MailSettings).delivery != "thread" or not logic.is_on():
        return
    if not database.lives_in_one_connection():
        _courier_of(current).call()
    elif event is not None:
        try:
            logic.deliver(ROUND)
        except Exception as problem:
            current.db.session.rollback()
            log.warning("A delivery failed: %s", type(problem).__name__)


def _courier_of(current: State) -> Courier:
    # Two threads that come here at once make two: each letter still has one of them.
    kept = current.parts.get(Courier)
    if kept is None:
        engine = database.engine_of(current.db, current.user_model.__table__)
        kept = current.parts[Courier] = Courier(current.app, engine)
    made: Courier = kept
    return made
