# pyright: basic
"""A loss surface as a Plotly contour: the quiet background of every picture of the lab."""

from __future__ import annotations

from typing import Any

import plotly.graph_objects as go

from optim_viz.figures.loss_grid import LossGrid, Window, loss_grid
from optim_viz.figures.theme import LIGHT, Theme
from optim_viz.surfaces import Surface


def contour_trace(grid: LossGrid, theme: Theme = LIGHT) -> go.Contour:
    """Return the quiet background of every lab picture: filled contours whose hover shows the true loss."""
    return go.Contour(
        x=grid.x,
        y=grid.y,
        z=grid.z,
        customdata=grid.loss,
        hovertemplate="x %{x:.4g}<br>y %{y:.4g}<br>loss %{customdata:.4g}<extra></extra>",
        colorscale=[list(stop) for stop in theme.contour],
        line={"width": 0.6, "color": theme.contour_line},
        ncontours=22,
        showscale=False,
        name="loss",
    )


def contour_figure(surface: Surface, window: Window | None = None, theme: Theme = LIGHT) -> go.Figure:
    """Return one surface as a figure: contours, its known minima and its start point."""
    figure = go.Figure(contour_trace(loss_grid(surface, window), theme))
    if surface.minima:
        x, y = zip(*surface.minima, strict=True)
        figure.add_scatter(
            x=x, y=y, mode="markers", name="minimum", marker={"symbol": "x-thin", "size": 10, "line": _pen(theme)}
        )
    figure.add_scatter(
        x=[surface.start[0]],
        y=[surface.start[1]],
        mode="markers",
        name="start",
        marker={"symbol": "circle-open", "size": 10, "line": _pen(theme)},
    )
    span = window or surface.domain
    return figure.update_layout(
        title=surface.title,
        xaxis={"title": "x", "range": list(span[0])},
        yaxis={"title": "y", "range": list(span[1])},
        showlegend=False,
        **page_layout(theme),
    )


def page_layout(theme: Theme) -> dict[str, Any]:
    """Return the layout entries that every figure of this theme shares."""
    return {
        "paper_bgcolor": theme.background,
        "plot_bgcolor": theme.background,
        "font": {"color": theme.text, "size": 12},
        "margin": {"l": 48, "r": 16, "t": 40, "b": 40},
    }


def _pen(theme: Theme) -> dict[str, object]:
    return {"color": theme.text, "width": 2}
