"""How many runs train at once on one machine.

On the CPU as many as have cores of their own: a run takes as many as it makes use of (`comparison.cores`), so small
runs of one lane train side by side, and one that fills the machine trains alone. On a GPU one: `GPU_RUNS`. The variable
OPTIM_VIZ_RUNS_AT_ONCE says otherwise, and shares the cores out evenly; each process goes by its own, and hands it on to
those that it starts.
"""

from __future__ import annotations

import os
import platform
import shutil
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

import psutil

from optim_viz.comparison.cores import cores_wanted
from optim_viz.comparison.spec import TrainingSpec
from optim_viz.run_store.errors import StoreError
from optim_viz.run_store.runs import Run

VARIABLE: Final = "OPTIM_VIZ_RUNS_AT_ONCE"
MOST: Final = 1024
GPU_RUNS: Final = 1
"""On one GPU: processes take turns on it rather than share it, unless the system was set up for that."""
_GPU_DEVICES: Final = ("/dev/nvidiactl", "/dev/kfd")


@dataclass(frozen=True)
class Pool:
    """What a machine has to train with.

    Attributes:
        cores: threads that may compute at once.
        at_once: runs at once, where that was set; None leaves it to the cores.
        gpu: whether runs that leave the device to us, or ask for it, train on a GPU.
    """

    cores: int
    at_once: int | None = None
    gpu: bool = False

    def cores_for(self, run: Run) -> int:
        """Return how many cores a run is to train with; one that has begun keeps what it began with."""
        if run.cores is not None:
            return max(1, min(run.cores, self.cores))
        most = self.cores if self.at_once is None else max(1, self.cores // self.at_once)
        try:
            return cores_wanted(TrainingSpec.from_dict(run.spec), most)
        except ValueError:  # its process says what is wrong, or knows classes that we do not
            return max(1, min(len(run.lanes), most))

    def has_room(self, running: Sequence[Run], run: Run) -> bool:
        """Whether a run may start beside those that train."""
        if not running:
            return True
        if self.at_once is not None:
            return len(running) < self.at_once
        if self._on_gpu(run) and sum(map(self._on_gpu, running)) >= GPU_RUNS:
            return False
        # a process of an earlier version has noted no cores, and takes all
        return sum(each.cores or self.cores for each in running) + self.cores_for(run) <= self.cores

    def _on_gpu(self, run: Run) -> bool:
        return self.gpu and run.spec.get("device", "auto") != "cpu"


def pool() -> Pool:
    """Return this machine's pool.

    Raises:
        StoreError: OPTIM_VIZ_RUNS_AT_ONCE is no number of runs.
    """
    text = os.environ.get(VARIABLE, "").strip()
    if text and not (text.isdecimal() and 1 <= int(text[:5]) <= MOST and len(text) < 5):
        raise StoreError(f"{VARIABLE} must be a whole number from 1 to {MOST}, not {text!r}")
    return Pool(cores(), int(text) if text else None, _has_gpu())


def set_at_once(runs: int | None) -> None:
    """Let so many runs train at once, as far as this process and those that it starts decide; None changes nothing."""
    if runs is not None:
        os.environ[VARIABLE] = str(runs)


def cores() -> int:
    """Return how many threads are to compute at once: the machine's cores that this process may use.

    As torch does, hyperthreads count once, and OMP_NUM_THREADS sets a limit.
    """
    allowed = len(os.sched_getaffinity(0)) if sys.platform == "linux" else os.cpu_count() or 1
    text = os.environ.get("OMP_NUM_THREADS", "")
    limits = [int(text)] if text.isdecimal() and int(text) > 0 else []
    return min([allowed, _physical_cores() or allowed, *limits])


@cache
def _physical_cores() -> int | None:
    return psutil.cpu_count(logical=False)


@cache
def _has_gpu() -> bool:
    """Whether torch finds a GPU here, as far as that shows without loading it."""
    if sys.platform == "darwin":
        return platform.machine() == "arm64"
    if os.environ.get("CUDA_VISIBLE_DEVICES", "all") in ("", "-1"):
        return False
    return any(Path(each).exists() for each in _GPU_DEVICES) or shutil.which("nvidia-smi") is not None
