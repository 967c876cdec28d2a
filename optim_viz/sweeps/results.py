"""What the cells of a sweep came to: each is one optimizer, batch size and learning rate, over all seeds."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from statistics import median
from typing import TYPE_CHECKING, Final, Literal

import numpy as np

from optim_viz.run_store.groups import Standing
from optim_viz.sweeps.plan import Point, Sweep
from optim_viz.tables import Column, Table

if TYPE_CHECKING:
    from pandas import DataFrame  # pyright: ignore[reportMissingTypeStubs]

Outcome = Literal["finished", "stopped", "diverged", "failed", "cancelled", "running", "queued", "deleted"]
"""How it stands with one run. "stopped" is one that was given up early, "diverged" one whose loss is not finite."""
WORST: Final[tuple[Outcome, ...]] = (
    "failed", "diverged", "stopped", "deleted", "cancelled", "running", "queued", "finished",
)  # fmt: skip
"""Of several seeds, a cell has the first of these that any of them has."""


@dataclass(frozen=True)
class SeedRun:
    """One run of a cell.

    Attributes:
        point: what it is.
        outcome: how it stands.
        standing: its run and its last test; None where the run was deleted.
    """

    point: Point
    outcome: Outcome
    standing: Standing | None

    @property
    def test_loss(self) -> float | None:
        """The last test loss; None before the first test, or where it is not finite."""
        loss = None if self.standing is None else self.standing.test_loss
        return loss if loss is not None and math.isfinite(loss) else None

    @property
    def done(self) -> bool:
        """Whether it will change no more by itself."""
        return self.outcome not in ("running", "queued")


@dataclass(frozen=True)
class Cell:
    """All seeds of one setting.

    Attributes:
        optimizer: place among the sweep's.
        batch_size: of its runs.
        lr: of its runs.
        runs: one a seed, in the order of the sweep's seeds.
    """

    optimizer: int
    batch_size: int
    lr: float
    runs: tuple[SeedRun, ...]

    @property
    def outcome(self) -> Outcome:
        """The worst of its seeds."""
        found = {run.outcome for run in self.runs}
        return next(outcome for outcome in WORST if outcome in found)

    @property
    def counts(self) -> Mapping[Outcome, int]:
        """How many seeds have which outcome."""
        return Counter(run.outcome for run in self.runs)

    @property
    def losses(self) -> tuple[float, ...]:
        """The last test losses of the seeds that have a finite one."""
        return tuple(run.test_loss for run in self.runs if run.test_loss is not None)

    @property
    def loss(self) -> float | None:
        """The median of `losses`; None without any."""
        return median(self.losses) if self.losses else None

    @property
    def complete(self) -> bool:
        """Whether every seed finished in the ordinary way, so that the cell can be compared with others."""
        return self.outcome == "finished" and len(self.losses) == len(self.runs)


@dataclass(frozen=True)
class SweepResults:
    """All cells of a sweep.

    Attributes:
        cells: by (optimizer, batch size, learning rate).
        best: the complete cell with the lowest median test loss; None as long as there is none.
    """

    cells: Mapping[tuple[int, int, float], Cell]
    best: Cell | None

    @property
    def runs(self) -> list[SeedRun]:
        """All runs."""
        return [run for cell in self.cells.values() for run in cell.runs]

    @property
    def counts(self) -> Mapping[Outcome, int]:
        """How many runs have which outcome."""
        return Counter(run.outcome for run in self.runs)

    @property
    def active(self) -> bool:
        """Whether something is still to change by itself."""
        return any(not run.done for run in self.runs)

    @property
    def left_out(self) -> list[Cell]:
        """Cells that somebody kept from being compared: with a run that was cancelled or deleted."""
        away = ("cancelled", "deleted")
        return [cell for cell in self.cells.values() if any(run.outcome in away for run in cell.runs)]

    def best_of(self, optimizer: int, batch_size: int) -> Cell | None:
        """Return the best of one curve."""
        return _best([cell for key, cell in self.cells.items() if key[:2] == (optimizer, batch_size)])

    def table(self) -> Table:
        """Return every run as a row.

        Returns:
            `optimizer` (its place among the sweep's), `batch_size`, `lr`, `seed`, `run` (its number, -1 where it was
            deleted), `outcome`, and `test_loss`, the last one, NaN where there is none that is finite.
        """
        runs = self.runs
        numbers = [-1 if each.standing is None else each.standing.run.id for each in runs]
        losses = [math.nan if each.test_loss is None else each.test_loss for each in runs]
        columns = [
            Column("optimizer", np.array([each.point.optimizer for each in runs], dtype=np.int64), "", "its place"),
            Column("batch_size", np.array([each.point.batch_size for each in runs], dtype=np.int64), "examples"),
            Column("lr", np.array([each.point.lr for each in runs], dtype=np.float64)),
            Column("seed", np.array([each.point.seed for each in runs], dtype=np.int64)),
            Column("run", np.array(numbers, dtype=np.int64)),
            Column("outcome", np.array([each.outcome for each in runs], dtype=np.str_)),
            Column("test_loss", np.array(losses, dtype=np.float64), "", "the last one"),
        ]
        return Table("sweep", columns)

    def to_dataframe(self) -> DataFrame:
        """Return `table` as a table of pandas.

        Raises:
            ImportError: pandas is not installed.
        """
        return self.table().to_dataframe()

    def seconds_left(self) -> float | None:
        """Return how long the rest takes at the pace so far, one run after the other; None before a run has ended."""
        took = [run.standing.run.seconds_trained() for run in self.runs if run.outcome == "finished" and run.standing]
        if not took or not self.active:
            return None
        started = [run.standing.run.started for run in self.runs if run.standing and run.standing.run.started]
        ended = [run.standing.run.ended for run in self.runs if run.done and run.standing and run.standing.run.ended]
        each = (max(ended) - min(started)) / len(ended) if started and ended else sum(took) / len(took)
        return max(0.0, each) * sum(not run.done for run in self.runs)


def results(plan: Sweep, standings: Mapping[int, Standing]) -> SweepResults:
    """Return the cells of a sweep.

    Args:
        plan: the sweep.
        standings: of its runs by their place in `plan.points()`, as `RunStore.standings` returns them.
    """
    found: dict[tuple[int, int, float], list[SeedRun]] = {
        (optimizer, size, lr): []
        for optimizer in range(len(plan.optimizers))
        for size in plan.batch_sizes
        for lr in plan.lr.values()
    }
    for place, point in enumerate(plan.points()):
        standing = standings.get(place)
        found[point.optimizer, point.batch_size, point.lr].append(SeedRun(point, outcome_of(standing), standing))
    cells = {key: Cell(*key, tuple(runs)) for key, runs in found.items()}
    return SweepResults(cells, _best(list(cells.values())))


def outcome_of(standing: Standing | None) -> Outcome:
    """Return how it stands with one run."""
    if standing is None:
        return "deleted"
    state = standing.run.state
    if state == "queued" or state == "running":
        return state
    if state == "cancelled":
        return "cancelled"
    if state != "finished":
        return "failed"
    if standing.diverged_at is not None or (standing.test_loss is not None and not math.isfinite(standing.test_loss)):
        return "diverged"
    return "stopped" if standing.stopped else "finished"


def _best(cells: list[Cell]) -> Cell | None:
    whole = [(cell.loss, cell) for cell in cells if cell.complete and cell.loss is not None]
    return min(whole, key=lambda pair: pair[0])[1] if whole else None
