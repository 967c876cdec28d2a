# pyright: basic
"""What a fair comparison shows, as Plotly figures: bands of many seeds, and what each further attempt gains."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import plotly.graph_objects as go

from optim_viz.figures.paper.chart import Axis
from optim_viz.maps.ensemble import Ensemble
from optim_viz.trajectory import Array


def bands_figure(bands: Sequence[tuple[str, str, Ensemble]], log: bool) -> go.Figure:
    """Draw the middle of many seeds, and a band in which four of five of them lie.

    Args:
        bands: name, colour of the light theme, and the losses, of each optimizer.
        log: the losses are above a known minimum, on a log axis.
    """
    data: list[dict[str, Any]] = []
    for name, colour, band in bands:
        red, green, blue = (int(colour[start : start + 2], 16) for start in (1, 3, 5))
        t = np.arange(len(band.median))
        low, high, median = (_drawn(each, log) for each in (band.low, band.high, band.median))
        known = np.isfinite(low) & np.isfinite(high)
        data.append(
            {
                "type": "scatter",
                "x": np.concatenate([t[known], t[known][::-1]]),
                "y": np.concatenate([high[known], low[known][::-1]]),
                "fill": "toself",
                "fillcolor": f"rgba({red},{green},{blue},0.18)",
                "line": {"width": 0},
                "mode": "lines",
                "hoverinfo": "skip",
                "showlegend": False,
            }
        )
        data.append(
            {
                "type": "scatter",
                "x": t,
                "y": median,
                "name": name,
                "mode": "lines",
                "line": {"color": colour, "width": 2},
                "hovertemplate": f"{name}<br>step %{{x}}: median %{{y:.4g}}<extra></extra>",
            }
        )
    every = np.concatenate([np.asarray(trace["y"], dtype=np.float64) for trace in data])
    axis = Axis("loss above the minimum" if log else "loss", log=log)
    return _chart(data, {"title": {"text": "step"}}, axis.layout(axis.span(every)))


def attempts_figure(curves: Sequence[tuple[str, str, str, Array]], words: str, log: bool) -> go.Figure:
    """Draw the median of the best of n attempts.

    Args:
        curves: name, colour of the light theme, dash, and values for n = 1, 2, ..., of each optimizer.
        words: what the values are.
        log: on a log axis.
    """
    data = [
        {
            "type": "scatter",
            "x": np.arange(1, len(values) + 1),
            "y": _drawn(values, log),
            "name": name,
            "mode": "lines",
            "line": {"color": colour, "width": 2, "dash": dash, "shape": "hv"},
            "hovertemplate": f"{name}<br>best of %{{x}}: %{{y:.4g}}<extra></extra>",
        }
        for name, colour, dash, values in curves
    ]
    every = np.concatenate([np.asarray(trace["y"]) for trace in data])
    axis = Axis(words, log=log)
    return _chart(data, {"title": {"text": "attempts"}}, axis.layout(axis.span(every)))


def _drawn(values: Array, log: bool) -> Array:
    return np.where(np.isfinite(values) & ((values > 0) | (not log)), values, np.nan)


def _chart(data: list[dict[str, Any]], x: dict[str, Any], y: dict[str, Any]) -> go.Figure:
    legend = {"orientation": "h", "x": 0, "xanchor": "left", "y": 1.02, "yanchor": "bottom"}
    layout = {
        "xaxis": {"showgrid": False, "nticks": 6} | x,
        "yaxis": y,
        "legend": legend,
        "margin": {"l": 60, "r": 12, "t": 36, "b": 42},
        "hovermode": "closest",
    }
    return go.Figure({"data": data, "layout": layout})
