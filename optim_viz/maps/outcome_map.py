"""What comes back: of one optimizer, how the run of every cell ended."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final, Literal

import numpy as np
from numpy.typing import NDArray

from optim_viz.maps.axis import Axis
from optim_viz.schedules import Schedule
from optim_viz.surfaces import Surface, hint, shown
from optim_viz.tables import Column, Table
from optim_viz.trajectory import Array
from optim_viz.update_rules import UpdateRule

if TYPE_CHECKING:
    from pandas import DataFrame  # pyright: ignore[reportMissingTypeStubs]

Metric = Literal["final_loss", "steps", "where"]
METRICS: Final[Mapping[Metric, str]] = {
    "final_loss": "Final loss",
    "steps": "Steps to tolerance",
    "where": "Where it went",
}
"""What a map can show, with its title."""

ELSEWHERE, LEFT, DIVERGED = -1, -2, -3
"""Where a run went when it did not come to a minimum."""
_WENT: Final = {ELSEWHERE: "elsewhere", LEFT: "left the domain", DIVERGED: "diverged"}


@dataclass(frozen=True, eq=False)
class OutcomeMap:
    """How an optimizer's runs end over two axes.

    Attributes:
        surface: where they run; a parameter that is an axis has its own value in each cell.
        rule: the optimizer.
        hyperparameters: every hyperparameter; those that are an axis vary instead.
        x: the axis across, Nx values.
        y: the axis up, Ny values.
        steps: T.
        start: of every run, but for the coordinates that are an axis.
        tolerance: loss - minimum at which a run has arrived.
        noise: standard deviation of the gradient noise.
        seed: of noise and minibatches, the same in every cell.
        schedule: what lr is multiplied by over the run; None for nothing.
        end: (2, Ny, Nx) float64, the last place; NaN where the run diverged.
        loss: (Ny, Nx) float64, the loss there; NaN where the run diverged.
        arrived: (Ny, Nx) int, the first step within the tolerance; -1 where there is none or no minimum is known.
        diverged_at: (Ny, Nx) int, the first step that belongs to no finite run; -1 where the run stays finite.
        where: (Ny, Nx) int, the index of the minimum that the run came to (its loss is within the tolerance, and this
            one is the nearest), or `ELSEWHERE` (in the domain), `LEFT` (finite, but outside of it) or `DIVERGED`.
        minimum: (Ny, Nx) float64, the surface's minimum; NaN where it is not known.
        begin: (Ny, Nx) float64, the loss at the start.
        runs: how many runs it took: an axis that this optimizer does not have costs nothing.
    """

    surface: Surface
    rule: UpdateRule
    hyperparameters: Mapping[str, float | bool]
    x: Axis
    y: Axis
    steps: int
    start: tuple[float, float]
    tolerance: float
    noise: float
    seed: int
    schedule: Schedule | None
    end: Array
    loss: Array
    arrived: NDArray[np.int64]
    diverged_at: NDArray[np.int64]
    where: NDArray[np.int64]
    minimum: Array
    begin: Array
    runs: int

    @property
    def nbytes(self) -> int:
        """Return the bytes that the arrays take."""
        arrays = (self.end, self.loss, self.arrived, self.diverged_at, self.where, self.minimum, self.begin)
        return sum(array.nbytes for array in arrays)

    @cached_property
    def gap(self) -> Array:
        """Loss above the minimum, the loss itself where none is known; NaN where the run diverged."""
        return self.loss - np.where(np.isnan(self.minimum), 0.0, self.minimum)

    def uses(self, axis: Axis) -> bool:
        """Tell whether an axis makes a difference: a hyperparameter that the rule has, or what concerns every rule."""
        return axis.kind != "hyperparameter" or axis.name in self.hyperparameters

    def values(self, metric: str) -> NDArray[Any]:
        """Return what a metric says of each cell, (Ny, Nx).

        Args:
            metric: "final_loss" (above the minimum, where one is known), "steps" or "where".

        Raises:
            ValueError: an unknown metric, or steps to a minimum that is not known.
        """
        if metric not in METRICS:
            raise ValueError(f"unknown metric {shown(metric)}{hint(metric, METRICS)}")
        if metric == "steps":
            if np.isnan(self.minimum).all():
                raise ValueError(f"the minimum of {self.surface.name} is not known: there is nothing to arrive at")
            return np.where(self.arrived >= 0, self.arrived.astype(np.float64), np.nan)
        return self.gap if metric == "final_loss" else self.where

    def setting(self, row: int, column: int) -> dict[str, Any]:
        """Return how a cell's run is set: its hyperparameters, and what of surface and start the axes decide.

        Args:
            row: index into y.values.
            column: index into x.values.

        Returns:
            {"hyperparameters": {...}, "surface": {...}, "start": (x, y)}.
        """
        found: dict[str, Any] = {"hyperparameters": dict(self.hyperparameters), "surface": {}, "start": self.start}
        for axis, place in ((self.y, row), (self.x, column)):
            value = axis.values[place]
            if axis.kind == "start":
                x, y = found["start"]
                found["start"] = (value, y) if axis.name == "x" else (x, value)
            elif axis.kind == "surface":
                found["surface"][axis.name] = value
            elif self.uses(axis):
                found["hyperparameters"][axis.name] = value
        return found

    def table(self) -> Table:
        """Return the map as a table: a row a cell, row after row of the map.

        Returns:
            The value of both axes under their names ("start_x" for a coordinate of the start); `end_x`, `end_y`, `loss`
            and `gap` at the end, NaN where the run diverged; `arrived` and `diverged_at`, -1 for never; and `where` it
            went: "minimum 0" and so on, "elsewhere", "left the domain" or "diverged".
        """
        rows, columns = self.loss.shape
        went = [_WENT.get(int(each), f"minimum {each}") for each in self.where.ravel()]
        across, up = (f"start_{axis.name}" if axis.kind == "start" else axis.name for axis in (self.x, self.y))
        cells = [
            Column(across, np.tile(self.x.values, rows), "", "the axis across"),
            Column(up, np.repeat(self.y.values, columns), "", "the axis up"),
            Column("end_x", self.end[0].ravel(), "", "the last place"),
            Column("end_y", self.end[1].ravel(), "", "the last place"),
            Column("loss", self.loss.ravel(), "", "the loss there"),
            Column("gap", self.gap.ravel(), "", "loss above the minimum, or itself where none is known"),
            Column("arrived", self.arrived.ravel(), "", "first step within the tolerance; -1: never"),
            Column("diverged_at", self.diverged_at.ravel(), "", "-1: the run stays finite"),
            Column("where", np.array(went, dtype=np.str_), "", "where the run went"),
        ]
        about = {
            "surface": self.surface.name,
            "formula": self.surface.text,
            "steps": self.steps,
            "start": list(self.start),
            "tolerance": self.tolerance,
            "noise": self.noise,
            "seed": self.seed,
            "minima": [list(point) for point in self.surface.minima],
        }
        return Table(f"map of {self.rule.name}", cells, about)

    def to_dataframe(self) -> DataFrame:
        """Return `table` as a table of pandas.

        Raises:
            ImportError: pandas is not installed.
        """
        return self.table().to_dataframe()

    def best(self, metric: Literal["final_loss", "steps"] = "final_loss") -> tuple[int, int] | None:
        """Return row and column of the best cell.

        Args:
            metric: "final_loss": the cell that ends lowest; "steps": the first to arrive, of equal ones the lower.

        Returns:
            The cell; None where all runs diverged, or none arrives.
        """
        gap = np.where(np.isnan(self.gap), np.inf, self.gap).ravel()
        late = np.where(self.arrived >= 0, self.arrived, np.inf).ravel()
        first = int(np.lexsort((gap, late))[0] if metric == "steps" else np.argmin(gap))
        if not np.isfinite((late if metric == "steps" else gap)[first]):
            return None
        return divmod(first, self.loss.shape[1])


def where_to(surface: Surface, end: Array, loss: Array, tolerance: float) -> NDArray[np.int64]:
    """Say where runs went, (N), from their last places (2, N) and losses (N); see `OutcomeMap.where`."""
    (x0, x1), (y0, y1) = surface.domain
    with np.errstate(all="ignore"):
        inside = (end[0] >= x0) & (end[0] <= x1) & (end[1] >= y0) & (end[1] <= y1)
        found = np.where(inside, ELSEWHERE, LEFT)
        if surface.minimum is not None and surface.minima:
            distance = np.stack([np.hypot(end[0] - x, end[1] - y) for x, y in surface.minima])
            arrived = loss - surface.minimum <= tolerance
            found = np.where(arrived, np.where(np.isnan(distance), np.inf, distance).argmin(axis=0), found)
    return np.where(np.isfinite(loss), found, DIVERGED).astype(np.int64)
