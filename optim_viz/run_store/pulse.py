"""The worker's second thread: it writes what was logged, beats the heart, and hears a cancel, whatever the first does.

Logging an event is appending to a list; five times a second the list goes to the store in one transaction. So at most
the last fifth of a second is in memory only, and a store that is slow or briefly locked never holds up training.
"""

from __future__ import annotations

import contextlib
import threading
import time
from collections import deque
from collections.abc import Callable
from typing import Any, Final

from optim_viz.run_store import errors
from optim_viz.run_store.ownership import beat, cancel_is_asked
from optim_viz.run_store.queue import Claim
from optim_viz.run_store.store_file import StoreFile

TICK_SECONDS: Final = 0.2
BEAT_SECONDS: Final = 1.0
STOP_SECONDS: Final = 0.4  # after which a stop that the training loop has not answered is made by force
PATIENCE_SECONDS: Final = 30.0  # with a store that others hold


class Pulse:
    """Writes the events of one claimed run while it trains.

    Attributes:
        stop: set when training should end: a cancel, or `failure`.
        cancelled: somebody asked for the run to be cancelled.
        failure: why the store cannot be written any more, if so.
        saving: set while a checkpoint is being written, which a forced stop waits for.
    """

    def __init__(self, file: StoreFile, claim: Claim, force: Callable[[], None]) -> None:
        """Watch over `claim`; `force` ends the process when a stop is not answered, and is called from our thread."""
        self.stop = threading.Event()
        self.saving = threading.Event()
        self.cancelled = False
        self.failure: errors.StoreError | None = None
        self._file, self._claim, self._force = file, claim, force
        self._events: deque[Any] = deque()
        self._writing = threading.Lock()  # one flush at a time, so that batches reach the store in order
        self._last_beat = self._last_success = time.monotonic()
        self._done = threading.Event()
        self._thread = threading.Thread(target=self._run, name="pulse", daemon=True)

    def start(self) -> None:
        """Begin to beat."""
        self._thread.start()

    def put(self, event: Any) -> None:
        """Log an event; returns at once."""
        self._events.append(event)

    def say(self, message: str) -> None:
        """Tell what the run is doing before its first step; left out where others hold the store just then."""
        with contextlib.suppress(errors.StoreBusy):
            beat(self._file, self._claim, message=message)

    def cancel(self) -> None:
        """Stop as if somebody had asked for it in the store."""
        self.cancelled = True
        self.stop.set()

    def flush(self) -> None:
        """Write everything logged so far; StoreError where that fails, and then it stays in memory."""
        with self._writing:
            events = self._taken()
            try:
                beat(self._file, self._claim, events)
            except errors.StoreError:
                self._events.extendleft(reversed(events))
                raise
            self._last_beat = self._last_success = time.monotonic()

    def close(self) -> list[Any]:
        """Stop beating; return what was not written."""
        self._done.set()
        if self._thread.is_alive() and threading.current_thread() is not self._thread:
            self._thread.join()
        return self._taken()

    def _taken(self) -> list[Any]:
        """Take out what is there now; the training thread may add meanwhile, and what it adds stays."""
        return [self._events.popleft() for _ in range(len(self._events))]

    def _run(self) -> None:
        stopped_at: float | None = None
        while not self._done.wait(TICK_SECONDS):
            try:
                if cancel_is_asked(self._file, self._claim):
                    self.cancel()
                if self._events or time.monotonic() - self._last_beat >= BEAT_SECONDS:
                    self.flush()
            except errors.StoreBusy as error:
                if time.monotonic() - self._last_success > PATIENCE_SECONDS:
                    self._fail(error)
            except errors.StoreError as error:
                self._fail(error)
            if self.stop.is_set():
                now = time.monotonic()
                stopped_at = now if stopped_at is None else stopped_at
                if now - stopped_at > STOP_SECONDS and not self.saving.is_set() and not self._done.is_set():
                    self._force()
                    return

    def _fail(self, error: errors.StoreError) -> None:
        if self.failure is None:
            self.failure = error
        self.stop.set()
