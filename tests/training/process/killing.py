"""Kill a run's process at any moment, again and again, and hold what is left against what was noted."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from optim_viz.launchers import environment
from optim_viz.run_store import RunStore

WITNESS = Path(__file__).with_name("witness.py")
SPEC: dict[str, Any] = {
    "lanes": ["adam,lr=0.001", "momentum,lr=0.01"],
    "widths": [32],
    "epochs": 20,
    "batch_size": 4,
    "examples": 512,
    "device": "cpu",
    "seed": 3,
}


Moment = Callable[[float, Path], bool]
"""Told the seconds since the process was started, and the notes; says whether to kill now."""


@dataclass
class Kills:
    """What a series of kills did.

    Attributes:
        missed: logged steps that a kill took from memory, by kill; each younger than a second.
        oldest: age in seconds of the oldest of them.
        restarts: steps at which the resumed processes began to train.
    """

    missed: list[int] = field(default_factory=list)
    oldest: float = 0.0
    restarts: list[int] = field(default_factory=list)


def start(store: RunStore, notes: Path) -> subprocess.Popen[bytes]:
    """Start a watched worker for the next run of the queue."""
    command = [sys.executable, "-P", str(WITNESS), str(notes), "--store", str(store.path)]
    return subprocess.Popen(command, env=environment(), start_new_session=True)


def kill_and_resume(store: RunStore, run_id: int, notes: Path, moments: list[Moment]) -> Kills:
    """Kill the run at each moment, check what is left, and resume it; then let it train to its end."""
    kills = Kills()
    for due in moments:
        notes.unlink(missing_ok=True)  # what an earlier kill took is logged again in its time
        worker = start(store, notes)
        begun = time.monotonic()
        while worker.poll() is None and not due(time.monotonic() - begun, notes):
            time.sleep(0.002)
        moment = time.time()
        worker.kill()
        worker.wait()
        if store.get(run_id).state == "finished":
            break
        check(store, run_id, notes, moment, kills)
    worker = start(store, notes)
    assert worker.wait(300) == 0
    return kills


def after(seconds: float) -> Moment:
    """So long after the process was started."""
    return lambda passed, notes: passed >= seconds


def at_step(step: int) -> Moment:
    """As soon as this step or a later one was logged."""
    return lambda passed, notes: _last_step(notes) >= step


def _last_step(notes: Path) -> int:
    if not notes.exists():
        return 0
    with notes.open("rb") as file:
        file.seek(max(0, notes.stat().st_size - 200))
        lines = file.read().splitlines()
    return int(lines[-2].split()[2]) if len(lines) > 2 else 0  # the last one may be half written


def check(store: RunStore, run_id: int, notes: Path, moment: float, kills: Kills) -> None:
    """Everything noted more than a second before the kill is in the store; the run is lost at once, and resumable."""
    state = store.get(run_id).state
    assert state in ("lost", "queued"), state  # queued: killed before it took the run
    stored = {(lane, step): loss for lane in (0, 1) for step, loss in losses(store, run_id, lane)}
    noted = [line.split() for line in notes.read_text().splitlines()] if notes.exists() else []
    missing = [moment - float(when) for when, lane, step, _ in noted if (int(lane), int(step)) not in stored]
    kills.missed.append(len(missing))
    kills.oldest = max([kills.oldest, *missing])
    assert kills.oldest < 1.0, f"a step logged {kills.oldest:.2f} s before the kill is gone"
    wrong = [line for line in noted if stored.get((int(line[1]), int(line[2])), float(line[3])) != float(line[3])]
    assert not wrong
    kills.restarts.append(store.get(run_id).trained_from or 0)
    if state == "lost":
        with store.file.writing() as connection:  # as `resume`, without starting an unwatched worker
            connection.execute("UPDATE runs SET state = 'queued' WHERE id = ?", (run_id,))


def losses(store: RunStore, run_id: int, lane: int) -> list[tuple[int, float]]:
    """Return all (step, loss) of a lane."""
    curve = store.series(run_id, lane, "loss", 10**6)
    return list(zip(curve.steps.tolist(), curve.values.tolist(), strict=True))


def assert_equal(store: RunStore, run_id: int, reference: int) -> None:
    """Two runs logged the very same numbers."""
    for lane in (0, 1):
        for quantity in ("loss", "smoothed", "test_loss", "test_accuracy", "penalty", "train_loss"):
            one, other = (store.series(each, lane, quantity, 10**6) for each in (run_id, reference))
            assert np.array_equal(one.steps, other.steps), quantity
            assert np.array_equal(one.values, other.values), quantity
