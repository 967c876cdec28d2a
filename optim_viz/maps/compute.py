"""Works maps out: thousands of runs, a chunk of them at a time, on as many threads as there are processors.

Memory is bounded by the chunks, whatever the size of the map and the number of steps. NumPy lets go of the interpreter
while it calculates, so that other threads go on meanwhile.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from functools import lru_cache
from itertools import groupby, pairwise
from typing import Any, Final, NamedTuple, cast

import numpy as np
from numpy.typing import NDArray

from optim_viz import surfaces, update_rules
from optim_viz.maps.axis import Axis, make_axis
from optim_viz.maps.outcome_map import OutcomeMap, where_to
from optim_viz.outside import OutsideRule
from optim_viz.rollout.arguments import MAX_STEPS, coordinates, noise_levels, seeds, whole
from optim_viz.rollout.outcomes import Outcomes, outcomes
from optim_viz.scenario import Lane
from optim_viz.schedules import Schedule
from optim_viz.surfaces import Surface, shown
from optim_viz.trajectory import Array
from optim_viz.update_rules import UpdateRule

TOLERANCE: Final = 1e-3
RESOLUTION: Final = 64
MOST_STEPS: Final = 1_000_000_000
"""Limit to runs * steps of one call: about a minute."""

LANES: Final = 2048
"""Lanes of a chunk: few enough to stay in the cache of a processor, many enough for NumPy's calls to be cheap."""
_TABLE: Final = 2_000_000
"""Limit to lanes * steps of a chunk: what a rule works out for every step and lane in advance takes 16 bytes each."""

Setting = str | UpdateRule | Lane | tuple[str | UpdateRule, Mapping[str, float | bool]]
"""An optimizer, one with hyperparameters that are not its defaults, or a lane, which may have a schedule too."""


def outcome_maps(
    surface: str | Surface,
    optimizers: Setting | Sequence[Setting],
    x: str | Axis,
    y: str | Axis,
    *,
    steps: int = 300,
    resolution: int = RESOLUTION,
    tolerance: float = TOLERANCE,
    start: tuple[float, float] | None = None,
    noise: float = 0.0,
    seed: int = 0,
    tick: Callable[[int], None] | None = None,
) -> list[OutcomeMap]:
    """Run every optimizer at every combination of two axes.

    Args:
        surface: a name of `surfaces.names()`, or a Surface.
        optimizers: names, rules, lanes, or pairs of a name or rule with hyperparameters; one of them or several.
        x: the axis across: the name of a hyperparameter, of a parameter of the surface, "x" or "y" for the start's
            coordinate, or an `Axis` with values of its own (`make_axis`).
        y: the axis up.
        steps: T of every run.
        resolution: values along an axis that is given by name.
        tolerance: loss - minimum at which a run has arrived, > 0.
        start: where runs start; the surface's own start where None.
        noise: standard deviation of the gradient noise.
        seed: of noise and minibatches; every run sees the same.
        tick: called, from several threads, with the number of run steps that have been taken since the last call; what
            it raises ends the work and is raised here.

    Returns:
        A map for each optimizer, in their order. A hyperparameter that one of them does not have makes no difference
        to it: its rows or columns are equal.

    Raises:
        ValueError: an unknown name, a value outside its range, one axis twice, or too many steps in all.

    Example:
        >>> plain, heavy = optim_viz.outcome_maps("narrow_valley", ["sgd", "momentum"], "lr", "momentum", resolution=8)
        >>> heavy.loss.shape, heavy.setting(*heavy.best())["hyperparameters"]["lr"]
        ((8, 8), 0.007197)
    """
    ground = surface if isinstance(surface, Surface) else surfaces.get(surface)
    settings = [complete_setting(each) for each in listed(optimizers)]
    rules = [rule for rule, _, _ in settings]
    if not settings:
        raise ValueError("there is no optimizer to map")
    across, up = (each if isinstance(each, Axis) else make_axis(each, ground, rules, resolution) for each in (x, y))
    if across.name == up.name:
        raise ValueError(f"{across.name} cannot stand along both sides")
    where = coordinates("start", ground.start if start is None else start)
    steps = whole("steps", steps, 1, MAX_STEPS)
    if not 0 < tolerance < np.inf:
        raise ValueError(f"tolerance = {shown(tolerance)} is not a number > 0")
    level, number = noise_levels(noise), seeds(seed)
    if not isinstance(level, float) or not isinstance(number, int) or any(each.ndim for each in where):
        raise ValueError("start, noise and seed of a map are single values")
    plans = [
        _Plan(
            ground,
            rule,
            given,
            across,
            up,
            steps,
            (float(where[0]), float(where[1])),
            tolerance,
            level,
            number,
            schedule,
        )
        for rule, given, schedule in settings
    ]
    total = sum(plan.runs for plan in plans) * steps
    if total > MOST_STEPS:
        raise ValueError(f"{total:.3g} steps in all are more than {MOST_STEPS:.0e}: take fewer steps or fewer values")
    return _worked_out(plans, tick)


def listed(optimizers: Setting | Sequence[Setting]) -> list[Setting]:
    """Tell one setting from several: a pair of a rule and a mapping is one."""
    if isinstance(optimizers, str | UpdateRule | Lane):
        return [optimizers]
    if isinstance(optimizers, tuple) and len(optimizers) == 2 and isinstance(optimizers[1], Mapping):
        return [cast("Setting", optimizers)]
    return list(cast("Sequence[Setting]", optimizers))


def complete_setting(given: Setting) -> tuple[UpdateRule, dict[str, float | bool], Schedule | None]:
    """Return a rule, a value for each of its hyperparameters, and the schedule of its learning rate.

    Raises:
        ValueError: an unknown name, a value outside its range, an array, or a class that is not of this package: its
            runs go one by one, which for thousands would take hours.
    """
    if isinstance(given, Lane):
        return *complete_setting((given.optimizer, given.hyperparameters))[:2], given.schedule
    pair: tuple[str | UpdateRule, Mapping[str, float | bool]] = given if isinstance(given, tuple) else (given, {})
    rule = update_rules.get(pair[0])
    if isinstance(rule, OutsideRule):
        raise ValueError(
            f"{rule.title} runs one run at a time, too slowly for a map of thousands: optim_viz.sweep takes it"
        )
    complete = rule.complete(pair[1])
    for name, value in complete.items():
        if np.ndim(value):
            raise ValueError(f"{name} is an array; what varies over a map is an axis")
    return rule, complete, None


class _Plan(NamedTuple):
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
        return axis.kind != "hyperparameter" or axis.name in self.given

    @property
    def shape(self) -> tuple[int, int]:
        """Rows and columns that differ; 1 where an axis makes no difference."""
        rows, columns = (len(axis.values) if self.varies(axis) else 1 for axis in (self.y, self.x))
        return rows, columns

    @property
    def runs(self) -> int:
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


class _Part(NamedTuple):
    """What a chunk found."""

    outcomes: Outcomes
    where: NDArray[np.int64]
    minimum: Array
    begin: Array


def _work(plan: _Plan, chunk: tuple[int, int], tick: Callable[[int], None] | None) -> _Part:
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
    return _Part(found, where, minimum, begin)


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


@lru_cache(maxsize=1)
def _workers() -> ThreadPoolExecutor:
    """Threads that all maps of this process share, so that many visitors do not start many threads."""
    return ThreadPoolExecutor(max(1, os.cpu_count() or 1), thread_name_prefix="maps")


def _worked_out(plans: Sequence[_Plan], tick: Callable[[int], None] | None) -> list[OutcomeMap]:
    """Hand all chunks of all maps to the threads, and put together what they find."""
    waiting: list[list[Future[_Part]]] = [
        [_workers().submit(_work, plan, chunk, tick) for chunk in plan.chunks()] for plan in plans
    ]
    try:
        return [
            _joined(plan, [future.result() for future in futures]) for plan, futures in zip(plans, waiting, strict=True)
        ]
    finally:
        for futures in waiting:
            for future in futures:
                future.cancel()


def _joined(plan: _Plan, parts: Sequence[_Part]) -> OutcomeMap:
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
