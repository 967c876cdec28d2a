"""What a worker writes of its run, and only for as long as the run is its own.

Every write names the owner. A worker that was taken for dead (its computer slept, say) finds that its run has gone to
another one, and stops; so two processes never write one run.

`Heartbeat` is the worker's second thread: it writes what was logged, shows that the worker is alive, and sees a cancel,
whatever the first thread does. Logging an event is appending to a list; five times a second the list goes to the store
in one transaction. So at most the last fifth of a second is in memory only, and a store that is slow or briefly locked
never holds up training.
"""

from __future__ import annotations

import contextlib
import sqlite3
import threading
import time
from collections import deque
from collections.abc import Callable, Sequence
from typing import Any, Final

from optim_viz.run_store import errors, points
from optim_viz.run_store.queue import Claim
from optim_viz.run_store.runs import RELEASE, State
from optim_viz.run_store.store_file import StoreFile

TICK_SECONDS: Final = 0.2
BEAT_SECONDS: Final = 1.0
STOP_SECONDS: Final = 0.4  # after which a stop that the training loop has not answered is made by force
PATIENCE_SECONDS: Final = 600.0  # with a store that others hold; points gather in memory meanwhile


class NotOurs(errors.StoreError):
    """The run was taken for lost, deleted, or given to another process."""


def beat(
    file: StoreFile, claim: Claim, events: Sequence[Any] = (), message: str | None = None, trained: float = 0.0
) -> None:
    """Write events and a heartbeat in one transaction.

    Args:
        file: the store's.
        claim: the worker's right to the run.
        events: what was logged since.
        message: what the run is doing; None leaves what was said.
        trained: seconds that this process has trained.

    Raises:
        NotOurs: the run is no longer this worker's.
        StoreError: the store cannot be written.
    """
    with file.writing() as connection:
        _require(connection, claim)
        change = "UPDATE runs SET heartbeat = ?, message = coalesce(?, message), trained = ? WHERE id = ?"
        connection.execute(change, (time.time(), message, trained, claim.run.id))
        points.append(connection, claim.run.id, events)


def finish(
    file: StoreFile, claim: Claim, state: State, message: str, events: Sequence[Any] = (), trained: float = 0.0
) -> None:
    """Write the last events and how the run ended; arguments and errors as for `beat`."""
    with file.writing() as connection:
        _require(connection, claim)
        now = time.time()
        connection.execute("UPDATE runs SET heartbeat = ?, trained = ? WHERE id = ?", (now, trained, claim.run.id))
        points.append(connection, claim.run.id, events)
        connection.execute(
            f"UPDATE runs SET state = ?, message = ?, {RELEASE} WHERE id = ?",  # noqa: S608 - a constant
            (state, message, now, claim.run.id),
        )


def note_data(file: StoreFile, claim: Claim, folder: str) -> None:
    """Write down where the data files lie, for the script that reproduces the run; errors as for `beat`."""
    with file.writing() as connection:
        _require(connection, claim)
        connection.execute("UPDATE runs SET data = ? WHERE id = ?", (folder, claim.run.id))


def cancel_is_asked(file: StoreFile, claim: Claim) -> bool:
    """Return whether this run was asked to stop."""
    with file.reading() as connection:
        row = connection.execute("SELECT cancel FROM runs WHERE id = ?", (claim.run.id,)).fetchone()
    return bool(row and row[0])


def _require(connection: sqlite3.Connection, claim: Claim) -> None:
    row = connection.execute("SELECT owner FROM runs WHERE id = ?", (claim.run.id,)).fetchone()
    if row is None or row[0] != claim.owner:
        raise NotOurs(f"run {claim.run.id} no longer belongs to this process")


class Heartbeat:
    """Writes the events of one claimed run while it trains.

    Attributes:
        stop: set when training should end: a cancel, or `failure`.
        cancelled: the run was asked to stop.
        failure: why the store cannot be written any more, if so.
        step: updates made, as far as was logged.
        saving: set while a checkpoint is being written, which a forced stop waits for.
    """

    def __init__(self, file: StoreFile, claim: Claim, force: Callable[[], None]) -> None:
        """Watch over `claim`; `force` ends the process when a stop is not answered, and is called from our thread."""
        self.stop = threading.Event()
        self.saving = threading.Event()
        self.cancelled = False
        self.step = 0
        self.failure: errors.StoreError | None = None
        self._file, self._claim, self._force = file, claim, force
        self._events: deque[Any] = deque()
        self._writing = threading.Lock()  # one flush at a time, so that batches reach the store in order
        self._last_beat = self._last_success = time.monotonic()
        self._began: float | None = None
        self._done = threading.Event()
        self._thread = threading.Thread(target=self._run, name="heartbeat", daemon=True)

    def start(self) -> None:
        """Begin to beat."""
        self._thread.start()

    def put(self, event: Any) -> None:
        """Log an event; returns at once."""
        if event.event == "start":
            self._began = time.monotonic()
        self.step = max(self.step, getattr(event, "step", 0))
        self._events.append(event)

    def trained(self) -> float:
        """Return for how many seconds this process has trained, by a clock that is never set."""
        return 0.0 if self._began is None else time.monotonic() - self._began

    def say(self, message: str) -> None:
        """Write what the run is doing before its first step; left out where others hold the store just then."""
        with contextlib.suppress(errors.StoreBusy):
            beat(self._file, self._claim, message=message)

    def cancel(self) -> None:
        """Stop as if that had been asked for in the store."""
        self.cancelled = True
        self.stop.set()

    def flush(self) -> None:
        """Write everything logged so far; StoreError where that fails, and then it stays in memory."""
        with self._writing:
            events = self._taken()
            try:
                beat(self._file, self._claim, events, trained=self.trained())
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
            except errors.StoreBusy:
                if time.monotonic() - self._last_success > PATIENCE_SECONDS:
                    self._fail(
                        errors.StoreBusy(
                            f"other processes held the run store {self._file.path} for {PATIENCE_SECONDS / 60:.0f} "
                            "minutes: resume goes on from the last checkpoint"
                        )
                    )
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
