"""What of a run wants looking after: lanes that diverged, a process that is gone or stands still, a full disk.

Nothing is kept of it: alerts follow from what the store holds, and from how long this process has seen a run stand
still.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Literal

import numpy as np

from optim_viz.comparison.lanes import titles_of_texts
from optim_viz.run_store import points
from optim_viz.run_store.errors import FULL
from optim_viz.run_store.queue import SILENT_SECONDS, Watch
from optim_viz.run_store.runs import Run

Kind = Literal["diverged", "stalled", "slow", "lost", "full"]

STILL_SECONDS: Final = 30.0
STILL_STEPS: Final = 30.0
"""Steps stand still after `STILL_SECONDS` and as long as so many steps have taken on average, tests included."""
SLOW: Final = 0.25
"""A rate below this share of the run's own median is slow."""
_LEAST: Final = 20  # intervals between clocks, from which on there is a median to speak of
_RECENT: Final = 5


@dataclass(frozen=True)
class Alert:
    """Something to look after.

    Attributes:
        kind: "diverged": lanes whose loss is not finite. "stalled": its process does not write, or makes no steps.
            "slow": it makes far fewer steps a second than it did. "lost": its process is gone. "full": no room on disk.
        text: a sentence or two that say what was seen, and what to do.
    """

    kind: Kind
    text: str


def find(connection: sqlite3.Connection, watch: Watch, runs: Sequence[Run]) -> dict[int, tuple[Alert, ...]]:
    """Return the alerts of runs, by the number of the run; those without any are left out."""
    diverged: dict[int, list[tuple[int, int]]] = {}
    for run_id, lane, step in connection.execute("SELECT run, lane, step FROM divergences ORDER BY run, lane"):
        diverged.setdefault(run_id, []).append((lane, step))
    found: dict[int, tuple[Alert, ...]] = {}
    for run in runs:
        alerts = [*_ended(run), *_diverged(run, diverged)]
        if run.state == "running":
            alerts += _standing(watch, run) or _slow(connection, run)
        if alerts:
            found[run.id] = tuple(alerts)
    return found


def _ended(run: Run) -> list[Alert]:
    if run.imported is not None:
        return []
    if run.state == "lost":
        return [Alert("lost", "Its process ended without a word. Resume goes on from the last checkpoint.")]
    if run.state == "failed" and FULL in run.message:
        return [Alert("full", "The disk had no room left. Free some space, and it goes on by itself.")]
    return []


def _diverged(run: Run, lanes: Mapping[int, Sequence[tuple[int, int]]]) -> list[Alert]:
    own = [(lane, step) for lane, step in lanes.get(run.id, ()) if lane < len(run.lanes)]
    if not own:
        return []
    lane, step = own[0]
    rest = "" if len(own) == 1 else f", and {len(own) - 1} more {'lane' if len(own) == 2 else 'lanes'} diverged"
    title = titles_of_texts(run.lanes)[lane]
    return [
        Alert(
            "diverged", f"The loss of {title} is not finite from step {step:,} on{rest}. Try again with a smaller lr."
        )
    ]


def _standing(watch: Watch, run: Run) -> list[Alert]:
    silent = watch.unchanged(run.id, run.heartbeat)
    if silent > SILENT_SECONDS:
        return [
            Alert("stalled", f"Its process is there but has written nothing for {silent:.0f} s. Cancel, then resume.")
        ]
    if run.trained_since is None or run.cancel:
        return []
    still = watch.unchanged(("step", run.id), run.step)
    made = run.step - (run.trained_from or 0)
    usual = max(run.trained - still, 0.0) / made if made > 0 else 0.0
    if still > max(STILL_SECONDS, STILL_STEPS * usual):
        return [
            Alert(
                "stalled",
                f"No step for {still:.0f} s. Cancel, then resume: it goes on from the last checkpoint.",
            )
        ]
    return []


def _slow(connection: sqlite3.Connection, run: Run) -> list[Alert]:
    """Compare the first lane's rate between its last clocks with the median of all of them."""
    clock = points.series(connection, run.id, 0, "seconds", 400)
    seconds = np.diff(clock.values)
    steps = np.diff(clock.steps)
    known = np.isfinite(seconds) & (seconds > 0)
    rates = steps[known] / seconds[known]
    if len(rates) < _LEAST:
        return []
    recent = float(steps[known][-_RECENT:].sum() / seconds[known][-_RECENT:].sum())
    usual = float(np.median(rates))
    if recent >= SLOW * usual:
        return []
    return [
        Alert("slow", f"{recent:.3g} steps a second, where {usual:.3g} were usual. See what else uses the machine.")
    ]
