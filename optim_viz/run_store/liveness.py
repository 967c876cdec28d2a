"""Is the process that trains a run still there?

On the machine that asks, the process number and its start time decide: a dead process is known at once, and one whose
computer slept is not taken for dead. Where they cannot be seen (another computer or container on the same store), a
heartbeat that stands still decides, timed by our own clock, for two computers' clocks differ.
"""

from __future__ import annotations

import threading
import time
from typing import Final

from optim_viz.run_store import processes
from optim_viz.run_store.run import Run

SILENT_SECONDS: Final = 8.0  # the worker's heart beats every second
HUNG_SECONDS: Final = 60.0  # a process that is there, but says nothing: stopped, or stuck in a driver
ABANDONED_SECONDS: Final = 120.0  # between two computers' clocks: silent before we began to watch


class Watch:
    """Remembers when each run's heartbeat was last seen to move."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._seen: dict[int, tuple[float | None, float]] = {}
        self._machine = processes.machine()

    def is_lost(self, run: Run) -> bool:
        """Whether a run that the store calls running has no process any more."""
        silent = self._silence(run)
        if run.machine != self._machine or run.pid is None:
            return silent > SILENT_SECONDS or time.time() - (run.heartbeat or 0.0) > ABANDONED_SECONDS
        alive = processes.is_alive(run.pid, run.process or "")
        if alive is None:
            return silent > SILENT_SECONDS
        return not alive or silent > HUNG_SECONDS

    def end_hung(self, run: Run) -> None:
        """End the process of a lost run if it is on this machine and still there, so that nothing is left behind."""
        if run.machine == self._machine and run.pid is not None:
            processes.kill(run.pid, run.process or "")

    def _silence(self, run: Run) -> float:
        now = time.monotonic()
        with self._lock:
            beat, since = self._seen.get(run.id, (None, now))
            if run.id not in self._seen or beat != run.heartbeat:
                since = now
                self._seen[run.id] = (run.heartbeat, now)
        return now - since
