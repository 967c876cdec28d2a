"""What a training process takes of its machine, sampled by a thread of its own every few seconds.

Cost: a sample takes 15 microseconds of processor time (2 cores, no GPU), so one in two seconds less than 0.001 % of a
core. The longer a run trains, the rarer the samples: `interval` keeps them to some thousands.
"""

from __future__ import annotations

import contextlib
import sys
import threading
import time
from collections.abc import Generator
from importlib.util import find_spec
from typing import Any, Final, Protocol

import psutil

from optim_viz.comparison.events import System

SECONDS: Final = 2.0  # between samples, at first
MANY: Final = 1000  # samples, from which on they become rarer
_LAST_SECONDS: Final = 0.2  # a run's last sample says something about at least so long


class Log(Protocol):
    """Takes what a run logs, and knows how far it is: the heartbeat of a run, or what stands for it elsewhere."""

    @property
    def step(self) -> int:
        """The step that was logged last."""
        ...

    def trained(self) -> float:
        """Return for how many seconds this process has trained."""
        ...

    def put(self, event: Any) -> None:
        """Log an event."""
        ...


@contextlib.contextmanager
def sampled(log: Log, seconds_before: float) -> Generator[None]:
    """Log samples of this process while the body runs, and one at its end.

    Args:
        log: takes the samples, and says how long the run has trained and at which step it is.
        seconds_before: for which earlier processes have trained the run.
    """
    done = threading.Event()
    sampler = Sampler()

    def take() -> None:
        trained = log.trained()
        if trained > 0:
            log.put(sampler.sample(log.step, seconds_before + trained))

    def run() -> None:
        while not done.wait(interval(log.trained())):
            take()

    thread = threading.Thread(target=run, name="system", daemon=True)
    thread.start()
    try:
        yield
    finally:
        done.set()
        thread.join()
        if sampler.age() > _LAST_SECONDS:
            take()


def interval(trained: float) -> float:
    """Return the seconds to the next sample of a process that has trained for so many."""
    return max(SECONDS, trained / MANY)


class Sampler:
    """Reads what this process takes: between two samples of its processor time, at each of its memory."""

    def __init__(self) -> None:
        self._process = psutil.Process()
        self._at, self._used = time.monotonic(), time.process_time()
        self._utilisation = find_spec("pynvml") is not None

    def age(self) -> float:
        """Return the seconds since the last sample."""
        return time.monotonic() - self._at

    def sample(self, step: int, seconds: float) -> System:
        """Return a sample of now; on a GPU what torch has allocated there, and its utilisation where NVML is there."""
        at, used = time.monotonic(), time.process_time()
        cpu = 100 * (used - self._used) / max(at - self._at, 1e-9)
        self._at, self._used = at, used
        return System(step, seconds, cpu, self._process.memory_info().rss, *self._gpu())

    def _gpu(self) -> tuple[int | None, float | None]:
        torch: Any = sys.modules.get("torch")
        if torch is None or not torch.cuda.is_available() or not torch.cuda.is_initialized():
            return None, None
        allocated = int(torch.cuda.memory_allocated())
        if self._utilisation:
            try:
                return allocated, float(torch.cuda.utilization())
            except Exception:  # NVML raises errors of its own, where its driver is missing or forbids it
                self._utilisation = False
        return allocated, None
