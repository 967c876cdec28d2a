"""Where a run is out of sight, and what is said of it, as on the stage (draw/exits.js)."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from optim_viz.render.scene import Shown
from optim_viz.render.value_axes import number

if TYPE_CHECKING:
    from optim_viz.render.panel import Panel

Array = NDArray[np.float64]
_NEVER = 2**31


@dataclass(frozen=True, eq=False)
class Exit:
    """A lane that has left.

    Attributes:
        at: where it crossed the edge, or ended, in pixels.
        angle: of the way out, radians, y downwards; None where its numbers ended in sight.
        text: what is said of it.
    """

    at: Array
    angle: float | None
    text: str


def gone(lane: Shown, panel: Panel) -> int:
    """Return the first step of a diverging run that is out of sight, or not finite; a large number for others."""
    if not lane.divergence:
        return _NEVER
    out = ~panel.holds(panel.at(*lane.theta.T))
    return int(out.argmax()) if out.any() else _NEVER


def exit_of(lane: Shown, panel: Panel, time: int, start: tuple[float, float]) -> Exit | None:
    """Return what is said of a run that is out of sight at a step; None while it is in sight."""
    theta = lane.theta
    points = panel.at(*theta.T)
    inside = panel.holds(points)
    first = gone(lane, panel)
    if time < first and inside[time]:
        return None
    last = first - 1 if first <= time else _last(inside, time)
    if not np.isfinite(theta[0]).all():
        at, angle = _to_edge(panel, panel.at(*start))
        return Exit(at, angle, f"{lane.title} cannot start here: {lane.divergence}")
    if last < 0:
        known = _last(np.asarray(np.isfinite(theta).all(axis=-1)), time + 1)
        where = lane.divergence or f"at {number(float(theta[known, 0]))}, {number(float(theta[known, 1]))}"
        at, angle = _to_edge(panel, points[known])
        return Exit(at, angle, f"{lane.title} is out of the view: {where}")
    loss = number(float(lane.values["loss"][last + 1]))
    text = (
        f"{lane.title} left at step {last + 1}: {lane.divergence}"
        if lane.divergence
        else f"{lane.title} left the view at step {last + 1}, loss {loss}"
    )
    if not np.isfinite(points[last + 1]).all():
        return Exit(points[last], None, text)
    at, angle = _crossing(panel, points[last], points[last + 1] - points[last])
    return Exit(at, angle, text)


def _last(holds: NDArray[np.bool_], before: int) -> int:
    """Return the last step before one that holds, -1 where none does."""
    found = np.flatnonzero(holds[:before])
    return int(found[-1]) if found.size else -1


def _crossing(panel: Panel, origin: Array, way: Array) -> tuple[Array, float]:
    """Return where a way from inside meets the edge, or its end where it does not, and its direction."""
    box = panel.box
    low, high = np.array([box.x, box.y]), np.array([box.x + box.width, box.y + box.height])
    shares = [
        float((high[axis] if way[axis] > 0 else low[axis]) - origin[axis]) / float(way[axis])
        for axis in (0, 1)
        if way[axis] != 0
    ]
    return origin + min([*shares, 1.0]) * way, math.atan2(float(way[1]), float(way[0]))


def _to_edge(panel: Panel, point: Array) -> tuple[Array, float | None]:
    """Return a point in sight itself, else the edge on the way to it."""
    if panel.holds(point):
        return point, None
    box = panel.box
    middle = np.array([box.x + box.width / 2, box.y + box.height / 2])
    return _crossing(panel, middle, np.clip(np.nan_to_num(point) - middle, -1e100, 1e100))
