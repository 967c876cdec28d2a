# pyright: basic
"""Paths over the quiet contours of a surface, as the paper page's sections show them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any, Final

import numpy as np
import plotly.graph_objects as go

from optim_viz.figures.contour import contour_trace
from optim_viz.figures.loss_grid import Window, loss_grid
from optim_viz.figures.paper.chart import title
from optim_viz.figures.theme import LIGHT
from optim_viz.surfaces import Surface
from optim_viz.trajectory import Array

HEIGHT: Final = 320
"""CSS pixels of a picture of paths."""
_GRID: Final = 61
"""Points along each side: a quadratic is smooth, and a control that moves shall not send a hundred kilobytes."""


@dataclass(frozen=True, eq=False)
class Path:
    """One path.

    Attributes:
        points: (T+1, 2); NaN where a run has diverged.
        name: shown on hover.
        colour: "#rrggbb" of the light theme.
        marker: shape of its head.
        dots: marks every step, not the last alone.
        dotted: for a path that another one is compared with.
    """

    points: Array
    name: str
    colour: str
    marker: str = "circle"
    dots: bool = False
    dotted: bool = False


def paths(surface: Surface, drawn: Sequence[Path], heading: str, window: Window | None = None) -> go.Figure:
    """Draw paths over a surface, its minima and the start.

    Args:
        surface: drawn as contours.
        drawn: from back to front; all start at one point.
        heading: one line above the picture.
        window: the part that is shown; the surface's domain when None. What leaves it is not drawn back into it.
    """
    span = window or surface.domain
    data = [_ground(surface, span)]
    for path in drawn:
        shown = replace(path, points=_until_far_away(path.points, span))
        data += [_trail(shown), _head(shown)]
    data += [_minimum(x, y) for x, y in surface.minima]
    layout = {
        "title": title(heading),
        "xaxis": {"range": list(span[0]), "title": {"text": "x", "standoff": 4}, "showgrid": False},
        "yaxis": {"range": list(span[1]), "title": {"text": "y", "standoff": 4}, "showgrid": False},
        "showlegend": False,
        "hovermode": "closest",
        "margin": {"l": 48, "r": 12, "t": 30, "b": 42},
    }
    return go.Figure({"data": data, "layout": layout})


@lru_cache(maxsize=32)
def _ground(surface: Surface, span: Window) -> dict[str, Any]:
    """Return the contours as plain values, their heights rounded to what one can see."""
    trace = contour_trace(loss_grid(surface, span, _GRID)).to_plotly_json()
    del trace["customdata"], trace["hovertemplate"]
    return trace | {"z": np.round(trace["z"], 4).astype(np.float32), "hoverinfo": "skip"}


def _until_far_away(points: Array, window: Window) -> Array:
    """End a path that diverges where it has left the picture a thousand times over: beyond, pixels have no numbers."""
    (x0, x1), (y0, y1) = window
    far = ~(np.abs(points) < 1000 * np.array([max(abs(x0), abs(x1)), max(abs(y0), abs(y1))])).all(axis=1)
    return points[: int(far.argmax())] if far.any() else points


def _trail(path: Path) -> dict[str, Any]:
    return {
        "type": "scatter",
        "x": path.points[:, 0],
        "y": path.points[:, 1],
        "mode": "lines+markers" if path.dots else "lines",
        "line": {"color": path.colour, "width": 2, "dash": "dot" if path.dotted else "solid"},
        "marker": {"color": path.colour, "size": 5, "symbol": path.marker},
        "customdata": np.arange(len(path.points)),
        "name": path.name,
        "hovertemplate": f"{path.name}, step %{{customdata}}<br>x %{{x:.4~g}}, y %{{y:.4~g}}<extra></extra>",
    }


def _head(path: Path) -> dict[str, Any]:
    outline = {"color": LIGHT.background, "width": 1.5}
    marker = {"color": path.colour, "size": 12, "symbol": path.marker, "line": outline}
    x, y = path.points[-1]
    return {"type": "scatter", "x": [x], "y": [y], "mode": "markers", "marker": marker, "hoverinfo": "skip"}


def _minimum(x: float, y: float) -> dict[str, Any]:
    cross = {"symbol": "x-thin", "size": 9, "line": {"color": LIGHT.text, "width": 1.5}}
    words = "minimum<br>x %{x:g}, y %{y:g}<extra></extra>"
    return {"type": "scatter", "x": [x], "y": [y], "mode": "markers", "marker": cross, "hovertemplate": words}
