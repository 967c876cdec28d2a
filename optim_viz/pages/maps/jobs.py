"""Maps in the background: a thread for each that is asked for, with progress, cancelled by hand or when nobody asks.

Large ones are left to a process of their own: NumPy's many short calls on several threads keep Python's lock so busy
that everybody else's answers took several times as long. What was worked out is kept for all sessions. A page asks for
its job by all that it depends on, and gets the one that is there or begun.
"""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from typing import Final, Literal

from optim_viz.maps.axis import Axis
from optim_viz.pages.maps.apart import Ended, apart
from optim_viz.pages.maps.settings import MapSettings
from optim_viz.pages.maps.work import Result, work
from optim_viz.turns import TURNS

State = Literal["running", "done", "cancelled", "left", "failed", "lost"]
"""`cancelled` by hand, `left` where nobody waited any longer: the next who asks begins it anew. `failed` where the
settings are not possible; `lost` where its process ended, which may go well another time."""

KEPT: Final = 24
LARGE: Final = 10_000_000
"""Steps of all runs above which a process is started: that takes it a second, and them half a second."""
LEFT_ALONE: Final = 20.0
"""Seconds after which a job that nobody asks for any more ends: its page was closed or shows something else."""


class Cancelled(Exception):
    """Nobody wants the result."""


class Job:
    """One page's work.

    Attributes:
        state: how it stands.
        result: once it is done.
        error: what went wrong, "" where nothing did.
    """

    def __init__(self, settings: MapSettings) -> None:
        """Start it."""
        self.state: State = "running"
        self.result: Result | None = None
        self.error = ""
        self._settings = settings
        self._by_hand = False
        self._taken, self._asked = 0, time.monotonic()
        self._stop, self._over, self._lock = threading.Event(), threading.Event(), threading.Lock()
        across, up = settings.axes()
        runs = [_count(across, settings, place) * _count(up, settings, place) for place in range(len(settings.lanes()))]
        self.total = max(1, sum(runs) * settings.scenario.steps)
        threading.Thread(target=self._work, name="map job", daemon=True).start()

    @property
    def progress(self) -> float:
        """The part of the maps' steps that have been taken, 0 to 1."""
        self._asked = time.monotonic()
        return min(1.0, self._taken / self.total)

    def wait(self, seconds: float) -> bool:
        """Wait until it is over, at most so long; tell whether it is."""
        self._asked = time.monotonic()
        return self._over.wait(seconds)

    def cancel(self) -> None:
        """End it soon, by hand."""
        self._by_hand = True
        self._stop.set()

    def leave(self) -> None:
        """End it soon: a page that waited shows something else."""
        self._stop.set()

    def _tick(self, steps: int) -> None:
        TURNS.give_way()
        with self._lock:
            self._taken += steps
        if self._stop.is_set() or time.monotonic() - self._asked > LEFT_ALONE:
            raise Cancelled

    def _work(self) -> None:
        try:
            self.result = apart(self._settings, self._tick) if self.total > LARGE else work(self._settings, self._tick)
            self.state = "done"
        except Cancelled:
            self.state = "cancelled" if self._by_hand else "left"
        except ValueError as error:
            self.state, self.error = "failed", str(error)
        except Ended as error:
            self.state, self.error = "lost", str(error)
        finally:
            self._over.set()


def _count(axis: Axis, settings: MapSettings, place: int) -> int:
    """Return how many values of an axis make a difference to a lane."""
    own = settings.lanes()[place].hyperparameters
    return len(axis.values) if axis.kind != "hyperparameter" or axis.name in own else 1


_jobs: OrderedDict[tuple[object, ...], Job] = OrderedDict()
_lock = threading.Lock()


def job(settings: MapSettings) -> Job:
    """Return the job for these settings: the one there is, unless it was ended, or a new one.

    Raises:
        ValueError: the axes are not possible.
    """
    key = _key(settings)
    with _lock:
        found = _jobs.get(key)
        if found is None or found.state in ("cancelled", "left", "lost"):
            found = _jobs[key] = Job(settings)
        _jobs.move_to_end(key)
        while len(_jobs) > KEPT:
            _, old = _jobs.popitem(last=False)
            old.leave()
        return found


def begun(settings: MapSettings) -> Job | None:
    """Return the job for these settings where there is one, cancelled or not."""
    with _lock:
        return _jobs.get(_key(settings))


def _key(settings: MapSettings) -> tuple[object, ...]:
    """Return all that the work depends on; what colours tell is not among it."""
    scenario = settings.scenario
    lanes = tuple(
        (lane.optimizer, tuple(lane.hyperparameters.items()), str(lane.schedule)) for lane in settings.lanes()
    )
    ground = (scenario.surface, tuple(sorted(scenario.parameters.items())), scenario.formula, scenario.domain)
    run = (scenario.start, scenario.steps, scenario.noise, scenario.seed)
    axes = (settings.across, settings.up, settings.across_range, settings.up_range, settings.cells)
    return (*ground, *run, *axes, lanes, settings.tolerance, settings.attempts, settings.equal)
