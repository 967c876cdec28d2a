"""Many runs at once, each boiled down to one number: sensitivity maps and basins of attraction."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from optim_viz import surfaces, update_rules
from optim_viz.diagnostics.minima import distances
from optim_viz.rollout import rollout
from optim_viz.rollout.lanes import MAX_STEPS, whole
from optim_viz.surfaces import hint, shown
from optim_viz.trajectory import Trajectory

Metric = Callable[[Trajectory], NDArray[Any]]

MAX_RUNS = 1_000_000
_CHUNK = 1_000_000
"""Places held at once, lanes * (steps + 1): some hundred megabytes of records."""


def final_loss(trajectory: Trajectory) -> NDArray[Any]:
    """Loss after the last step; NaN where the run diverged."""
    return trajectory.loss[..., -1]


def best_loss(trajectory: Trajectory) -> NDArray[Any]:
    """Lowest loss on the way, start included; NaN where nothing on the way was finite."""
    return np.fmin.reduce(trajectory.loss, axis=-1)


def final_distance(trajectory: Trajectory) -> NDArray[Any]:
    """Distance from the last place to the nearest minimum; NaN where the run diverged."""
    return distances(trajectory)[..., -1, :].min(axis=-1)


def nearest_minimum(trajectory: Trajectory) -> NDArray[Any]:
    """Index into the surface's minima of the one nearest to the last place; -1 where the run diverged."""
    last = distances(trajectory)[..., -1, :]
    return np.where(np.isfinite(last).all(axis=-1), last.argmin(axis=-1), -1)


def diverged_at(trajectory: Trajectory) -> NDArray[Any]:
    """Step at which the run left the finite numbers; -1 where it did not."""
    return trajectory.diverged_at


METRICS: Mapping[str, Metric] = {
    metric.__name__: metric for metric in (final_loss, best_loss, final_distance, nearest_minimum, diverged_at)
}


def sweep(
    surface: str | surfaces.Surface,
    optimizer: str,
    axes: Mapping[str, ArrayLike],
    *,
    steps: int = 200,
    metric: str | Metric = "final_loss",
    start: Sequence[float] | None = None,
    noise: float = 0.0,
    seed: int = 0,
    **hyperparameters: object,
) -> NDArray[Any]:
    """Run every combination of the axes' values.

    Args:
        surface: a name of `surfaces.names()`, or a Surface.
        optimizer: a name of `optim_viz.optimizers()`.
        axes: 1-d arrays by name: a hyperparameter, or "x" or "y" for a coordinate of the start.
        steps: T.
        metric: a name in METRICS, or a function from a Trajectory of shape (*B) to an array of that shape.
        start: (x, y) for the coordinates that are no axis; the surface's own start where None.
        noise: as in `rollout`.
        seed: as in `rollout`.
        **hyperparameters: single values of those that are no axis.

    Returns:
        An array with one dimension for each axis, in the order given.

    Raises:
        ValueError: as `rollout`; also an unknown metric, an axis that is not 1-d, empty or also given as a value, or
            too many runs.
    """
    ground = surface if isinstance(surface, surfaces.Surface) else surfaces.get(surface)
    measure = _metric(metric)
    columns = _columns(axes, update_rules.get(optimizer).complete, hyperparameters)
    shape = tuple(len(column) for column in columns.values())
    runs = int(np.prod(shape, dtype=np.int64))
    if runs > MAX_RUNS:
        raise ValueError(f"{runs} runs are outside [1, {MAX_RUNS}]")
    x, y = ground.start if start is None else start
    size = max(1, _CHUNK // (whole("steps", steps, 1, MAX_STEPS) + 1))
    results: list[NDArray[Any]] = []
    for first in range(0, runs, size):
        places = np.unravel_index(np.arange(first, min(first + size, runs)), shape)
        lanes = {name: column[place] for (name, column), place in zip(columns.items(), places, strict=True)}
        begin = (lanes.pop("x", x), lanes.pop("y", y))
        given = {**hyperparameters, **lanes}
        run = rollout(ground, optimizer, start=begin, steps=steps, noise=noise, seed=seed, **given)
        results.append(measure(run))
    return np.concatenate(results).reshape(shape)


def _metric(metric: str | Metric) -> Metric:
    """Look a metric up."""
    if not isinstance(metric, str):
        return metric
    if metric not in METRICS:
        raise ValueError(f"unknown metric {shown(metric)}{hint(metric, METRICS)}")
    return METRICS[metric]


def _columns(
    axes: Mapping[str, ArrayLike], check: Callable[[Mapping[str, object]], object], fixed: Mapping[str, object]
) -> dict[str, NDArray[Any]]:
    """Check the axes, and every value on them before the first run."""
    if not axes:
        raise ValueError("axes = {} names nothing to sweep")
    columns = {name: np.asarray(values) for name, values in axes.items()}
    for name, column in columns.items():
        if column.ndim != 1 or not column.size:
            raise ValueError(f"axis {name} has shape {column.shape}, not (K,) with K >= 1")
        if name in fixed:
            raise ValueError(f"{name} is given both as an axis and as a value")
    check({**fixed, **{name: column for name, column in columns.items() if name not in ("x", "y")}})
    return columns
