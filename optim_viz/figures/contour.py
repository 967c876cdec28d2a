# pyright: basic
"""A loss surface as a Plotly contour."""

from __future__ import annotations

import plotly.graph_objects as go

from optim_viz.figures.loss_grid import LossGrid
from optim_viz.figures.theme import LIGHT, Theme


def contour_trace(grid: LossGrid, theme: Theme = LIGHT) -> go.Contour:
    """Return filled contours in the colours of the landscape, whose hover shows the true loss."""
    return go.Contour(
        x=grid.x,
        y=grid.y,
        z=grid.z,
        customdata=grid.loss,
        hovertemplate="x %{x:.4g}<br>y %{y:.4g}<br>loss %{customdata:.4g}<extra></extra>",
        colorscale=[list(stop) for stop in theme.contour],
        line={"width": 0.6, "color": theme.contour_line},
        ncontours=14,
        showscale=False,
        name="loss",
    )
