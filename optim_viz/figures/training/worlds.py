# pyright: basic
"""The figures of one optimizer in two worlds: its path on a surface, and its moments there and inside a network."""

from __future__ import annotations

from typing import Any, Final

import numpy as np
import plotly.graph_objects as go

from optim_viz.experiments.two_worlds import Toy
from optim_viz.figures.contour import contour_trace
from optim_viz.figures.loss_grid import loss_grid
from optim_viz.figures.theme import LIGHT
from optim_viz.figures.training.state import QUANTITIES, SIGNED, bands_figure
from optim_viz.run_store import Bands
from optim_viz.surfaces import Surface

HEIGHT: Final = 208
PATH_HEIGHT: Final = 440
"""Beside two rows of charts; beside one it is as high as they are."""
_GRID: Final = 81
_MARGIN: Final = {"l": 60, "r": 12, "t": 8, "b": 36}
_DOTS: Final = {"width": 1.5, "dash": "dot"}


def path_figure(surface: Surface, toy: Toy, colour: int) -> go.Figure:
    """Draw the landscape and the path of the run, a ring at its start; the view is the surface's own domain."""
    (x0, x1), (y0, y1) = surface.domain
    figure = go.Figure(contour_trace(loss_grid(surface, size=_GRID)))
    path = {"x": toy.theta[:, 0], "y": toy.theta[:, 1], "mode": "lines", "hoverinfo": "skip"}
    figure.add_scatter(**path, line={"color": LIGHT.halo, "width": 4.5}, opacity=0.7)
    figure.add_scatter(**path, line={"color": LIGHT.lanes[colour], "width": 2}, name="path")
    figure.add_scatter(
        x=toy.theta[:1, 0],
        y=toy.theta[:1, 1],
        mode="markers",
        marker={"symbol": "circle-open", "size": 11, "color": LIGHT.text, "line": {"width": 1.5}},
        hoverinfo="skip",
    )
    axis = {"showgrid": False, "zeroline": False}
    figure.update_layout(
        xaxis=axis | {"range": [x0, x1], "title": {"text": "x", "standoff": 2}},
        yaxis=axis | {"range": [y0, y1], "title": {"text": "y", "standoff": 2}},
        showlegend=False,
        hovermode="closest",
        margin=_MARGIN,
    )
    return figure


def toy_figure(
    steps: np.ndarray, values: np.ndarray, plain: np.ndarray | None, *, quantity: str, colour: int, total: int
) -> go.Figure:
    """Draw a moment of both coordinates against steps: x solid, y dashed, and dotted as they are without correction.

    Args:
        steps: (N,).
        values: (N, 2).
        plain: (N, 2), or None.
        quantity: a key of `QUANTITIES`.
        colour: of the lane.
        total: where the axis of steps ends.
    """
    figure = go.Figure()
    log = quantity not in SIGNED
    looks = (("x", LIGHT.lanes[colour], "solid"), ("y", LIGHT.text, "dash"))
    for column, (name, shade, dash) in enumerate(looks):
        if plain is not None:
            figure.add_scatter(
                x=steps, y=_drawn(plain[:, column], log), mode="lines", line=_DOTS | {"color": shade},
                name=f"{name}, uncorrected", hoverinfo="skip",
            )  # fmt: skip
        figure.add_scatter(
            x=steps,
            y=_drawn(values[:, column], log),
            mode="lines",
            line={"width": 2, "color": shade, "dash": dash},
            name=name,
            hovertemplate=f"step %{{x:,}}<br>{QUANTITIES[quantity]} of {name} %{{y:.4g}}<extra></extra>",
        )
    return _on_the_clock(figure, quantity, total)


def network_figure(
    bands: Bands, plain: np.ndarray | None, *, quantity: str, lane: str, layer: str, colour: int, total: int
) -> go.Figure:
    """Draw the quantiles of a moment in a layer against steps, and dotted its median as it is without correction."""
    figure = bands_figure(
        bands, quantity=quantity, lane=lane, layer=layer, colour=colour, total_steps=total, waiting="nothing recorded"
    )
    figure.update_traces(
        mode="lines+markers", marker={"size": 4, "color": LIGHT.text}, selector={"name": "median"}
    )  # dots: what was recorded; between them are lines alone
    if plain is not None and len(bands.steps):
        figure.add_scatter(
            x=bands.steps, y=_drawn(plain, quantity not in SIGNED), mode="lines+markers",
            line=_DOTS | {"color": LIGHT.text}, marker={"size": 3, "color": LIGHT.text}, hoverinfo="skip",
            name="median, uncorrected",
        )  # fmt: skip
    title = figure.to_dict()["layout"]["yaxis"]["title"]  # it says where quantiles that are 0 lie
    return _on_the_clock(figure, quantity, total).update_layout(title=None, yaxis={"title": title})


def _drawn(values: np.ndarray, log: bool) -> np.ndarray:
    """Return what has a place on the axis."""
    return np.where(np.isfinite(values) & ((values > 0) | (not log)), values, np.nan)


def _decades(figure: go.Figure) -> int | str:
    """Return the spacing of a log axis' ticks: decades, or their 1, 2 and 5 where the curves span hardly one."""
    traces: Any = figure.data
    drawn = [np.asarray(trace.y, dtype=np.float64) for trace in traces if trace.y is not None]
    known = np.concatenate([values[np.isfinite(values) & (values > 0)] for values in drawn] or [np.ones(1)])
    span = float(np.log10(known.max() / known.min())) if known.size else 0.0
    return max(1, round(span / 4)) if span > 1.2 else "D2"


def _on_the_clock(figure: go.Figure, quantity: str, total: int) -> go.Figure:
    """Give a figure the axis of steps that all of them share."""
    axis: dict[str, Any] = {"type": "linear", "exponentformat": "power", "nticks": 5}
    if quantity not in SIGNED:
        axis |= {"type": "log", "dtick": _decades(figure)}
    return figure.update_layout(
        xaxis={
            "type": "log",
            "range": [0.0, float(np.log10(max(total, 2)))],
            "dtick": 1,
            "tickformat": ",~r",
            "title": {"text": "step", "standoff": 2},
        },
        yaxis=axis | {"title": {"text": QUANTITIES[quantity], "standoff": 2}},
        showlegend=False,
        hovermode="closest",
        height=HEIGHT,
        margin=_MARGIN,
    )
