"""Works maps out: thousands of runs, a chunk of them at a time, on as many threads as there are processors.

Memory is bounded by the chunks, whatever the size of the map and the number of steps. NumPy lets go of the interpreter
while it calculates, so that other threads go on meanwhile.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from functools import lru_cache
from typing import Final

import numpy as np

from optim_viz import surfaces
from optim_viz.maps.axis import Axis, make_axis
from optim_viz.maps.outcome_map import OutcomeMap
from optim_viz.maps.plan import Part, Plan, joined, work
from optim_viz.maps.setting import Setting, complete_setting, listed
from optim_viz.rollout.arguments import MAX_STEPS, coordinates, noise_levels, seeds, whole
from optim_viz.surfaces import Surface, shown

TOLERANCE: Final = 1e-3
RESOLUTION: Final = 64
MOST_STEPS: Final = 1_000_000_000
"""Limit to runs * steps of one call: about a minute."""
threads = max(1, os.cpu_count() or 1)
"""That work all maps of this process out; a process may have fewer before its first map."""


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
        Plan(
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


@lru_cache(maxsize=1)
def _workers() -> ThreadPoolExecutor:
    """Threads that all maps of this process share, so that many visitors do not start many threads."""
    return ThreadPoolExecutor(threads, thread_name_prefix="maps")


def _worked_out(plans: Sequence[Plan], tick: Callable[[int], None] | None) -> list[OutcomeMap]:
    """Hand all chunks of all maps to the threads, and put together what they find."""
    waiting: list[list[Future[Part]]] = [
        [_workers().submit(work, plan, chunk, tick) for chunk in plan.chunks()] for plan in plans
    ]
    try:
        return [
            joined(plan, [future.result() for future in futures]) for plan, futures in zip(plans, waiting, strict=True)
        ]
    finally:
        for futures in waiting:
            for future in futures:
                future.cancel()
