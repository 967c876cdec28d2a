"""One map in chunks of lanes: which runs a chunk has, what it finds, and how chunks make a map."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from itertools import groupby, pairwise
from typing import Any, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from optim_viz.maps.axis import Axis
from optim_viz.maps.outcome_map import OutcomeMap, where_to
from optim_viz.rollout.outcomes import Outcomes, outcomes
from optim_viz.schedules import Schedule
from optim_viz.surfaces import Surface
from optim_viz.trajectory import Array
from optim_viz.update_rules import UpdateRule

LANES: Final = 4096
"""Lanes of a chunk: few enough to stay in the cache of a processor, many enough for NumPy's calls to be cheap."""
_TABLE: Final = 4_000_000
"""Limit to lanes * steps of a chunk: what a rule works out for every step and lane in advance takes 8 bytes each."""


class Plan(NamedTuple):
    """One map, before it is worked out."""

    surface: Surface
    rule: UpdateRule
    given: dict[str, float | bool]
    x: Axis
    y: Axis
    steps: int
    start: tuple[float, float]
    tolerance: float
    noise: float
    seed: int
    schedule: Schedule | None

    def varies(self, axis: Axis) -> bool:
        """Tell whether an axis makes a difference to this optimizer."""
        return axis.kind != "hyperparameter" or axis.name in self.given

    @property
    def shape(self) -> tuple[int, int]:
        """Rows and columns that differ; 1 where an axis makes no difference."""
        rows, columns = (len(axis.values) if self.varies(axis) else 1 for axis in (self.y, self.x))
        return rows, columns

    @property
    def runs(self) -> int:
        """Runs that differ."""
        return self.shape[0] * self.shape[1]

    def chunks(self) -> list[tuple[int, int]]:
        """Return first and last lane of each chunk."""
        size = max(1, min(LANES, _TABLE // self.steps))
        count = -(-self.runs // size)
        ends = [self.runs * number // count for number in range(count + 1)]
        return list(pairwise(ends))

    def lanes(self, chunk: tuple[int, int]) -> list[tuple[Axis, Array]]:
        """Return the values of both axes for the lanes of a chunk, those of the surface in long rows if they vary."""
        rows, columns = np.unravel_index(np.arange(*chunk), self.shape, order=self._order())
        return [
            (axis, np.asarray(axis.values)[place])
            for axis, place in ((self.y, rows), (self.x, columns))
            if self.varies(axis)
        ]

    def _order(self) -> Any:
        # Lanes of one surface stand side by side, so that each surface is asked once a step.
        return "F" if self.x.kind == "surface" and self.y.kind != "surface" else "C"

    def grid(self, parts: Sequence[NDArray[Any]]) -> NDArray[Any]:
        """Join what the chunks found, (..., N), to (..., Ny, Nx); a row or column that stands for all is repeated."""
        flat = np.concatenate(parts, axis=-1)
        lead = flat.shape[:-1]
        if self._order() == "F":
            found = np.swapaxes(flat.reshape(*lead, *self.shape[::-1]), -1, -2)
        else:
            found = flat.reshape(*lead, *self.shape)
        whole = np.array(np.broadcast_to(found, (*lead, len(self.y.values), len(self.x.values))))
        whole.flags.writeable = False
        return whole


class Part(NamedTuple):
    """What a chunk found."""

    outcomes: Outcomes
    where: NDArray[np.int64]
    minimum: Array
    begin: Array


def work(plan: Plan, chunk: tuple[int, int], tick: Callable[[int], None] | None) -> Part:
    """Run the lanes of one chunk."""
    values = plan.lanes(chunk)
    count = chunk[1] - chunk[0]
    given: dict[str, Any] = dict(plan.given)
    start: dict[str, Any] = dict(zip("xy", plan.start, strict=True))
    parameters: dict[str, Array] = {}
    for axis, column in values:
        {"hyperparameter": given, "start": start, "surface": parameters}[axis.kind][axis.name] = column
    grounds = _grounds(plan.surface, parameters, count)
    taken = 0

    def told(step: int) -> None:
        nonlocal taken
        if tick:
            tick((step - taken) * count)
        taken = step

    found = outcomes(
        grounds,
        plan.rule,
        given,
        (start["x"], start["y"]),
        steps=plan.steps,
        near=plan.tolerance,
        noise=plan.noise,
        seed=plan.seed,
        schedule=plan.schedule,
        tick=told,
    )
    told(plan.steps)
    where, minimum, begin, first = np.empty(count, dtype=np.int64), np.empty(count), np.empty(count), 0
    x, y = (np.broadcast_to(start[axis], count) for axis in "xy")
    for ground, lanes in grounds:
        part = slice(first, first + lanes)
        begin[part] = ground.loss(x[part], y[part])
        where[part] = where_to(ground, found.end[:, part], found.loss[part], plan.tolerance)
        minimum[part] = np.nan if ground.minimum is None else ground.minimum
        first += lanes
    return Part(found, where, minimum, begin)


def _grounds(surface: Surface, parameters: Mapping[str, Array], count: int) -> list[tuple[Surface, int]]:
    """Return the surface of each run of lanes with the same parameters."""
    if not parameters:
        return [(surface, count)]
    rows = zip(*(column.tolist() for column in parameters.values()), strict=True)
    return [(_rebuilt(surface, (*parameters,), row), len(list(same))) for row, same in groupby(rows)]


@lru_cache(maxsize=512)
def _rebuilt(surface: Surface, names: tuple[str, ...], values: tuple[float, ...]) -> Surface:
    """Return a surface with other parameters; the optimizers of a map share it, for it has to be compiled."""
    whole = {each.name for each in surface.parameters if each.integer}
    given = {name: int(value) if name in whole else value for name, value in zip(names, values, strict=True)}
    return surface.rebuild(**given)


def joined(plan: Plan, parts: Sequence[Part]) -> OutcomeMap:
    """Put together what the chunks of a map found."""
    grid = plan.grid
    return OutcomeMap(
        surface=plan.surface,
        rule=plan.rule,
        hyperparameters=plan.given,
        x=plan.x,
        y=plan.y,
        steps=plan.steps,
        start=plan.start,
        tolerance=plan.tolerance,
        noise=plan.noise,
        seed=plan.seed,
        schedule=plan.schedule,
        end=grid([part.outcomes.end for part in parts]),
        loss=grid([part.outcomes.loss for part in parts]),
        arrived=grid([part.outcomes.arrived for part in parts]),
        diverged_at=grid([part.outcomes.diverged_at for part in parts]),
        where=grid([part.where for part in parts]),
        minimum=grid([part.minimum for part in parts]),
        begin=grid([part.begin for part in parts]),
        runs=plan.runs,
    )
