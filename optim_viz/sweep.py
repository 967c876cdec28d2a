"""Many runs at once, each boiled down to one number: sensitivity maps and basins of attraction."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from optim_viz import surfaces, update_rules
from optim_viz.diagnostics.minima import distances
from optim_viz.outside import OutsideRule
from optim_viz.rollout import rollout
from optim_viz.rollout.arguments import MAX_STEPS, coordinates, noise_levels, seeds, whole
from optim_viz.surfaces import hint, shown
from optim_viz.tables import Column, Table
from optim_viz.trajectory import Trajectory
from optim_viz.update_rules import UpdateRule

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
    optimizer: str | UpdateRule | type,
    axes: Mapping[str, ArrayLike],
    *,
    steps: int = 200,
    metric: str | Metric = "final_loss",
    start: ArrayLike | None = None,
    noise: float = 0.0,
    seed: int = 0,
    schedule: object = None,
    **hyperparameters: object,
) -> NDArray[Any]:
    """Run every combination of the axes' values.

    Args:
        surface: a name of `surfaces.names()`, or a Surface.
        optimizer: a name of `optim_viz.optimizers()`, an UpdateRule, or a torch.optim.Optimizer class.
        axes: 1-d arrays by name: a hyperparameter, "x" or "y" for a coordinate of the start, "noise" or "seed".
        steps: T.
        metric: a name in METRICS, or a function from a Trajectory of shape (*B) to an array of that shape.
        start: one point (x, y), for the coordinates that are no axis; the surface's own start where None.
        noise: as in `rollout`, one value.
        seed: as in `rollout`, one value.
        schedule: as in `rollout`, one for all runs.
        **hyperparameters: single values of those that are no axis.

    Returns:
        An array with one dimension for each axis, in the order given.

    Raises:
        ValueError: as `rollout`; also an unknown metric, an axis that is not 1-d, empty or also given as a value, an
            array that is no axis, or too many runs.

    Example:
        >>> optim_viz.sweep("booth", "sgd", {"lr": [0.01, 0.1], "seed": [1, 2, 3]}, noise=0.5, steps=50).shape
        (2, 3)
    """
    ground = surface if isinstance(surface, surfaces.Surface) else surfaces.get(surface)
    rule, measure = update_rules.get(optimizer), _metric(metric)
    if isinstance(rule, OutsideRule):
        rule, hyperparameters = rule.with_options(hyperparameters)
    steps = whole("steps", steps, 1, MAX_STEPS)
    x, y = coordinates("start", ground.start if start is None else start)
    single = {"x": x, "y": y, "noise": noise_levels(noise), "seed": seeds(seed)}
    columns = _columns(axes, rule, hyperparameters, single)
    shape = tuple(len(column) for column in columns.values())
    runs = int(np.prod(shape, dtype=np.int64))
    if runs > MAX_RUNS:
        raise ValueError(f"{runs} runs are outside [1, {MAX_RUNS}]")
    size = max(1, _CHUNK // (steps + 1))
    results: list[NDArray[Any]] = []
    for first in range(0, runs, size):
        places = np.unravel_index(np.arange(first, min(first + size, runs)), shape)
        lanes = {name: column[place] for (name, column), place in zip(columns.items(), places, strict=True)}
        given: dict[str, Any] = {**hyperparameters, **single, **lanes}
        begin = (given.pop("x"), given.pop("y"))
        results.append(measure(rollout(ground, rule, start=begin, steps=steps, schedule=schedule, **given)))
    return np.concatenate(results).reshape(shape)


def sweep_table(values: ArrayLike, axes: Mapping[str, ArrayLike], name: str = "value") -> Table:
    """Return what `sweep` found as a table: a row for each combination of the axes' values, in C order.

    Args:
        values: what `sweep` returned.
        axes: as `sweep` was given them.
        name: of the column of values: the metric's.

    Returns:
        A column for each axis, and one of the values.

    Raises:
        ValueError: the values have another shape than the axes.

    Example:
        >>> axes = {"lr": [0.01, 0.1], "seed": [1, 2, 3]}
        >>> found = optim_viz.sweep("booth", "sgd", axes, noise=0.5, steps=50)
        >>> len(optim_viz.sweep_table(found, axes, "final_loss"))
        6
    """
    columns = {key: np.asarray(each) for key, each in axes.items()}
    grid = np.asarray(values)
    shape = tuple(len(column) for column in columns.values())
    if grid.shape != shape:
        raise ValueError(f"values have the shape {grid.shape}, the axes {shape}")
    wide = np.meshgrid(*columns.values(), indexing="ij")
    cells = [Column(key, each.ravel()) for key, each in zip(columns, wide, strict=True)]
    return Table("sweep", [*cells, Column(name, grid.ravel())])


def _metric(metric: str | Metric) -> Metric:
    """Look a metric up."""
    return metric if callable(metric) else _named(metric)


def _named(metric: object) -> Metric:
    if not isinstance(metric, str) or metric not in METRICS:
        raise ValueError(f"unknown metric {shown(metric)}{hint(metric, METRICS)}")
    return METRICS[metric]


def _columns(
    axes: Mapping[str, ArrayLike], rule: UpdateRule, hyperparameters: Mapping[str, object], single: Mapping[str, Any]
) -> dict[str, NDArray[Any]]:
    """Check the axes, every value on them, and that nothing beside them is an array, before the first run."""
    if not isinstance(axes, Mapping) or not axes:  # pyright: ignore[reportUnnecessaryIsInstance] - a list is a slip
        raise ValueError(f"axes = {shown(axes)} names nothing to sweep; write axes={{'lr': array}}, for example")
    columns = {name: np.asarray(values) for name, values in axes.items()}
    for name, column in columns.items():
        if column.ndim != 1 or not column.size:
            raise ValueError(f"axis {name} has shape {column.shape}, not (K,) with K >= 1")
        if name in hyperparameters or (name in ("noise", "seed") and np.any(single[name])):
            raise ValueError(f"{name} is given both as an axis and as a value")
    complete = rule.complete(
        {**hyperparameters, **{key: columns[key] for key in columns if key not in single}}, (*single, "schedule")
    )
    for name, value in {**complete, **single}.items():
        if name not in columns and np.ndim(value):
            raise ValueError(
                f"{name} is an array of shape {np.shape(value)} beside the axes; to run every value of it, make it an "
                f"axis: axes={{..., {name!r}: array}}"
            )
    return columns
