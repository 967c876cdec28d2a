# pyright: basic
"""A loss surface as a Plotly contour."""

from __future__ import annotations

from typing import Any, Final

import numpy as np
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


_TICKS: Final = 5


def colour_bar(grid: LossGrid) -> dict[str, Any]:
    """Return what gives a contour trace a bar of its colours, whose ticks are losses at equal steps of height."""
    known = grid.z[np.isfinite(grid.z)]
    if not known.size:
        return {}
    heights = np.unique(np.linspace(known.min(), known.max(), _TICKS))
    losses = np.sinh(heights) * grid.scale + grid.floor
    bar = {
        "title": {"text": "loss", "font": {"size": 12}},
        "thickness": 12,
        "outlinewidth": 0,
        "tickvals": heights.tolist(),
        "ticktext": [f"{loss:.3g}" for loss in losses],
        "tickfont": {"size": 11},
    }
    return {"showscale": True, "colorbar": bar}
