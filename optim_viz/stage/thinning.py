"""Thins long curves for drawing: the least and the greatest value of each stretch stay, so that no spike is lost."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from optim_viz.stage.channels import AXES, laid_out, rows_and_curves
from optim_viz.stage.packing import Block
from optim_viz.trajectory import Trajectory
from optim_viz.update_rules import UpdateRule

POINTS = 800
"""Points kept of a curve: about two for each pixel of a chart."""

Points = tuple[NDArray[np.uint16], NDArray[np.float32]]
"""Steps, and the values there: both (*B, K), steps in ascending order."""


@dataclass(frozen=True, eq=False)
class Thinned:
    """A batch of S long runs as points to be joined by lines, and in full at one step.

    Attributes:
        values: float32, shape (S, D, K): K points of each of the D channels that are drawn.
        steps: uint16, shape (S, D, K): the steps that they are of, ascending; the first is 0, the last T.
        exact: float64, shape (S, C, 2): every channel at the step before the one on screen and at that step.
        curves: as `Channels.curves`.
    """

    values: Block
    steps: Block
    exact: Block
    curves: dict[str, list[dict[str, str]]]


def thinned_channels(trajectory: Trajectory, rule: UpdateRule, plots: Sequence[str], time: int) -> Thinned:
    """Thin the channels of `optim_viz.stage.channels`, one after the other.

    Args:
        trajectory: a batch of shape (S), at most 65535 steps.
        rule: its rule.
        plots: diagnostics.
        time: the step on screen, 0 to T.
    """
    rows, curves = rows_and_curves(trajectory, plots)
    lists = [curve["channel"] for found in curves.values() for curve in found]
    wanted = {f"{name}{end}" for name in lists for end in ("", *(f"_{letter}" for letter in AXES))}
    # What only the arithmetic shows, one step at a time, is not drawn.
    shown = {f"{name}_{letter}" for name in ("grad", "update", *rule.states) for letter in AXES} | {"lr"}
    shown -= wanted
    points: dict[str, Points] = {}
    exact = np.empty((*trajectory.batch_shape, len(rows), 2))
    theta_x = None
    for place, (name, values) in enumerate(laid_out(rows, trajectory, rule)):
        exact[..., place, :] = values[..., [max(time - 1, 0), time]]
        if name == "theta_x":
            theta_x = values
        elif name == "theta_y" and theta_x is not None:
            points["theta_x"], points["theta_y"] = thinned_path(theta_x, values, POINTS)
        elif name not in shown:
            points[name] = thinned(values, POINTS)
    names = tuple(points)
    steps, kept = (_stacked([each[part] for each in points.values()]) for part in (0, 1))
    return Thinned(Block(kept, names), Block(steps, names), Block(exact, tuple(rows)), curves)


def _stacked(arrays: Sequence[NDArray[Any]]) -> NDArray[Any]:
    """Stack arrays (S, K) to (S, D, K); the shorter repeat their last point."""
    most = max(array.shape[-1] for array in arrays)
    return np.stack([np.pad(array, [(0, 0), (0, most - array.shape[-1])], mode="edge") for array in arrays], axis=-2)


def thinned(values: NDArray[Any], points: int) -> Points:
    """Keep the extremes of a curve.

    Args:
        values: (*B, T + 1), one value a step; NaN and infinity are allowed. T + 1 is at most 65536.
        points: how many to keep, about.

    Returns:
        The points; the first and the last step are always among them. A stretch that holds nothing but NaN keeps NaN.
    """
    return _picked(values, _extremes(values, points // 2))


def thinned_path(x: NDArray[Any], y: NDArray[Any], points: int) -> tuple[Points, Points]:
    """Keep the extremes of a path in both coordinates: as `thinned`, with the same steps for x and for y."""
    steps = np.sort(np.concatenate([_extremes(each, points // 4) for each in (x, y)], axis=-1), axis=-1)
    return _picked(x, steps), _picked(y, steps)


def _extremes(values: NDArray[Any], stretches: int) -> NDArray[np.intp]:
    """Return the steps of the least and the greatest value of each stretch, and the ends: (*B, 2 stretches + 2)."""
    length = values.shape[-1]
    size = -(-length // max(stretches, 1))
    count = -(-length // size)
    starts = np.arange(0, count * size, size, dtype=np.intp)
    padding = [(0, 0)] * (values.ndim - 1) + [(0, count * size - length)]
    table: NDArray[np.float64] = np.pad(values, padding, constant_values=np.nan).reshape(
        *values.shape[:-1], count, size
    )
    missing = np.isnan(table)
    low: NDArray[np.float64] = np.where(missing, np.inf, table)
    high: NDArray[np.float64] = np.where(missing, -np.inf, table)
    least: NDArray[np.intp] = low.argmin(axis=-1)
    greatest: NDArray[np.intp] = high.argmax(axis=-1)
    ends = np.broadcast_to(np.array([0, length - 1]), (*values.shape[:-1], 2))
    return np.sort(np.concatenate([least + starts, greatest + starts, ends], axis=-1), axis=-1)


def _picked(values: NDArray[Any], steps: NDArray[np.intp]) -> Points:
    with np.errstate(
        over="ignore"
    ):  # beyond float32's range it is infinite, which is drawn as what it is: out of sight
        kept = np.take_along_axis(values, steps, axis=-1).astype(np.float32)
    return steps.astype(np.uint16), kept
