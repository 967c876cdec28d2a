# pyright: basic
"""A loss plane as figures: the landscape with the paths of a network seen from above, and the loss along a line."""

from __future__ import annotations

from html import escape
from typing import Any, Final

import numpy as np
import plotly.graph_objects as go

from optim_viz.figures.contour import colour_bar, contour_trace
from optim_viz.figures.loss_grid import loss_grid
from optim_viz.figures.theme import LIGHT
from optim_viz.figures.training.end_names import EndName, end_names
from optim_viz.planes.result import PlanePath, PlaneResult

HEIGHT: Final = 440
LINE_HEIGHT: Final = 280
_GRID: Final = 101
_LINE_POINTS: Final = 401
_MARGIN: Final = {"l": 56, "r": 16, "t": 16, "b": 44}


def plane_figure(result: PlaneResult) -> go.Figure:
    """Draw the landscape with a bar of its colours, and the paths.

    A path is its kept points, with a ring at the start, and the lane's marker and name at the end.
    """
    grid = loss_grid(result.surface(), size=_GRID)
    figure = go.Figure(contour_trace(grid).update(colour_bar(grid)))
    ends = [(path.x[-1], path.y[-1]) for path in result.paths]
    titles = [escape(path.title) for path in result.paths]
    tall = HEIGHT - _MARGIN["t"] - _MARGIN["b"]
    for path, name in zip(result.paths, end_names(ends, titles, result.window, tall), strict=True):
        for trace in _traces(path, name):
            figure.add_trace(trace)
    across, up = _axis_titles(result)
    (x0, x1), (y0, y1) = result.window
    axis = {"showgrid": False, "zeroline": False}
    figure.update_layout(
        xaxis=axis | {"range": [x0, x1], "title": {"text": across, "standoff": 4}},
        yaxis=axis | {"range": [y0, y1], "title": {"text": up, "standoff": 4}},
        showlegend=False,
        hovermode="closest",
        margin=_MARGIN | {"r": 72},
    )
    return figure


def line_figure(result: PlaneResult) -> go.Figure:
    """Draw the loss along the line: what was evaluated as dots, the surface between them, and the two ends."""
    (x0, x1), _ = result.window
    fine, dots = np.linspace(x0, x1, _LINE_POINTS), result.axis[0]
    middle = result.grid[result.grid.shape[0] // 2]
    ink = {"color": LIGHT.text, "width": 1.5}
    figure = go.Figure()
    figure.add_scatter(
        x=fine,
        y=result.spline.loss(fine, np.zeros_like(fine)),
        mode="lines",
        line=ink,
        name="surface",
        hoverinfo="skip",
    )
    figure.add_scatter(
        x=dots,
        y=middle,
        mode="markers",
        marker={"size": 4, "color": LIGHT.muted},
        name="evaluated",
        hovertemplate="x %{x:.4g}<br>loss %{y:.4g}<extra></extra>",
    )
    for path in result.paths:
        ends = [i for i, away in enumerate(path.distance) if away <= 1e-6 * result.scale]
        figure.add_scatter(
            x=[path.x[i] for i in ends],
            y=[path.loss[i] for i in ends],
            mode="markers",
            marker=_end_marker(path),
            name=path.title,
            customdata=[path.steps[i] for i in ends],
            hovertemplate=f"{escape(path.title)}, step %{{customdata:,}}<br>loss %{{y:.4g}}<extra></extra>",
        )
    figure.update_layout(
        xaxis={"range": [x0, x1], "title": {"text": _axis_titles(result)[0], "standoff": 4}},
        yaxis={"title": {"text": "loss", "standoff": 4}, "rangemode": "tozero"},
        showlegend=False,
        hovermode="closest",
        margin=_MARGIN,
    )
    return figure


def _axis_titles(result: PlaneResult) -> tuple[str, str]:
    if result.explained is not None:
        first, second = result.explained
        return f"x: {first:.0%} of the spread", f"y: {second:.0%} of the spread"
    if result.settings.kind == "line":
        return f"x: 0 is one end, {result.scale:.3g} the other", "y: a random direction"
    return "x: a random direction", "y: another"


def _traces(path: PlanePath, name: EndName) -> list[dict[str, Any]]:
    base = {"type": "scatter", "x": path.x, "y": path.y, "hoverinfo": "skip"}
    colour = LIGHT.lanes[path.colour]
    ring = {"symbol": "circle-open", "size": 12, "color": LIGHT.text, "line": {"width": 1.5}}
    return [
        base | {"mode": "lines", "line": {"color": LIGHT.halo, "width": 4.5}, "opacity": 0.7},
        base
        | {
            "mode": "lines+markers",
            "line": {"color": colour, "width": 2},
            "marker": {"size": 5, "color": colour},
            "name": path.title,
            "customdata": np.column_stack([path.steps, path.distance, path.loss]),
            "hovertemplate": f"{escape(path.title)}, step %{{customdata[0]:,}}"
            "<br>loss of the network %{customdata[2]:.4g}"
            "<br>distance from the plane %{customdata[1]:.3g}<extra></extra>",
            "hoverinfo": "all",
        },
        base | {"x": path.x[:1], "y": path.y[:1], "mode": "markers", "marker": ring},
        base
        | {
            "x": path.x[-1:],
            "y": path.y[-1:],
            "mode": "markers+text",
            "marker": _end_marker(path),
            "text": [name.text],
            "textposition": name.position,
            "textfont": {"color": LIGHT.text, "size": 12},
        },
    ]


def _end_marker(path: PlanePath) -> dict[str, Any]:
    outline = {"color": LIGHT.halo, "width": 1.5}
    return {"size": 12, "symbol": path.marker, "color": LIGHT.lanes[path.colour], "line": outline}
