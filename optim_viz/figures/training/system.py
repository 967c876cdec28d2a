# pyright: basic
"""What a training process takes of its machine, against the seconds it has trained."""

from __future__ import annotations

from typing import Final

import numpy as np
import plotly.graph_objects as go

from optim_viz.figures.theme import LIGHT

QUANTITIES: Final = {
    "cpu": ("CPU, % of one core", 1.0),
    "memory": ("Memory, MB", 1e-6),
    "gpu_memory": ("GPU memory of torch, MB", 1e-6),
    "gpu_utilisation": ("GPU utilisation, %", 1.0),
}
"""Sampled quantity -> its title, and what its values are multiplied with."""
HEIGHT: Final = 180


def system_figure(name: str, seconds: np.ndarray, values: np.ndarray) -> go.Figure:
    """Draw one sampled quantity.

    Args:
        name: a key of `QUANTITIES`.
        seconds: (N,) trained at each sample.
        values: (N,) as sampled; NaN where there was none.
    """
    title, factor = QUANTITIES[name]
    shown = values * factor
    figure = go.Figure()
    figure.add_scatter(
        x=seconds,
        y=shown,
        mode="lines" if len(seconds) > 1 else "markers",
        line={"width": 1.5, "color": LIGHT.lanes[4]},
        marker={"color": LIGHT.lanes[4]},
        hovertemplate="%{x:.0f} s: %{y:.4g}<extra></extra>",
    )
    place = {"x": 0, "xref": "paper", "xanchor": "left", "y": 1, "yref": "container", "yanchor": "top", "pad": {"t": 6}}
    return figure.update_layout(
        title={"text": title, **place, "font": {"size": 13, "color": LIGHT.text}},
        xaxis={"title": {"text": "seconds trained"}, "rangemode": "tozero"},
        yaxis={"rangemode": "tozero"},
        margin={"l": 48, "r": 16, "t": 28, "b": 40},
        height=HEIGHT,
        showlegend=False,
        uirevision=name,
    )
