# pyright: basic
"""The points of a training curve: over steps or epochs, where it ends, and what of it has a place on an axis."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from optim_viz.run_store import Series


@dataclass(frozen=True, eq=False)
class Points:
    """Points (N,) of a curve: x increasing, y NaN where there is no number."""

    x: np.ndarray
    y: np.ndarray


def over(series: Series, unit: float = 1.0) -> Points:
    """Return a series over steps, or over epochs where `unit` is the steps of one."""
    return Points(series.steps / unit, series.values)


def value_range(lines: Sequence[Points], *, log: bool) -> tuple[float, float]:
    """Return about the range that Plotly finds: of every finite number (log₁₀ of the positive ones on a log axis)."""
    found = np.concatenate([each.y for each in lines] or [np.empty(0)])
    found = found[np.isfinite(found) & ((found > 0) | (not log))]
    if found.size == 0:
        return (-1.0, 1.0) if log else (0.0, 1.0)
    if log:
        found = np.log10(found)
    low, high = float(found.min()), float(found.max())
    room = 0.05 * (high - low) or (0.05 if log else 0.05 * abs(high) or 1.0)
    return low - room, high + room


def last_point(line: Points) -> tuple[float, float]:
    """Return the last point that is a number; NaN twice where there is none."""
    (found,) = np.nonzero(np.isfinite(line.y))
    return (float(line.x[found[-1]]), float(line.y[found[-1]])) if found.size else (math.nan, math.nan)


def drawable(values: np.ndarray, *, log: bool) -> np.ndarray:
    """Return what has a place on the axis; NaN, which Plotly leaves out, for the rest."""
    return np.where(np.isfinite(values) & ((values > 0) | (not log)), values, np.nan)
