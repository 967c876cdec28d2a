# pyright: basic
"""What an optimizer's state looks like inside a network: quantile bands over a layer, and how m̂/√v̂ is spread."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import numpy as np
import plotly.graph_objects as go

from optim_viz.figures.theme import LIGHT
from optim_viz.run_store import Bands, Histogram

QUANTITIES: Final = {
    "ratio": "m̂/√v̂",
    "m_hat": "m̂",
    "sqrt_v_hat": "√v̂",
    "m": "m",
    "sqrt_v": "√v",
    "step": "|Δθ|",
    "step_over_lr": "|Δθ|/lr",
}
"""Recorded quantity -> how the chart writes it."""
HEIGHT: Final = 320
SIGNED: Final = ("ratio", "m_hat", "m")
"""Those on a linear axis; the others are magnitudes, on a log one."""
_BANDS: Final = ((0, 4, "1 to 99 %"), (1, 3, "10 to 90 %"))  # columns of the quantiles
_MARGIN: Final = {"l": 64, "r": 24, "t": 32, "b": 44}


def bands_figure(
    bands: Bands, *, quantity: str, lane: str, layer: str, colour: int, total_steps: int | None, waiting: str = ""
) -> go.Figure:
    """Draw the 1 to 99 % and 10 to 90 % bands and the median of one quantity in one layer against steps.

    Signed quantities stand on a linear axis, magnitudes on a log axis, where quantiles that are 0 (weights from pixels
    that are always black) lie on its lower edge, which the axis then says. Without any, the chart says `waiting`.
    """
    figure = go.Figure()
    log = quantity not in SIGNED
    values, zeros = _on_axis(bands.values, log=log)
    shade = LIGHT.lanes[colour]
    for low, high, name in _BANDS:
        for column, fill in ((low, None), (high, "tonexty")):
            figure.add_scatter(
                x=bands.steps,
                y=values[:, column],
                mode="lines",
                line={"width": 0, "color": shade},
                fill=fill,  # in the line's colour, half transparent: the bands add up towards the median
                name=name,
                hoverinfo="skip",
            )
    figure.add_scatter(
        x=bands.steps,
        y=values[:, 2],
        customdata=bands.values,
        mode="lines",
        line={"width": 1.5, "color": LIGHT.text},
        name="median",
        hovertemplate="step %{x:,}<br>99 % %{customdata[4]:.3g}<br>90 % %{customdata[3]:.3g}<br>median "
        "%{customdata[2]:.3g}<br>10 % %{customdata[1]:.3g}<br>1 % %{customdata[0]:.3g}<extra></extra>",
    )
    axis: dict[str, Any] = {"type": "log" if log else "linear", "exponentformat": "power"}
    figure.update_layout(
        xaxis={"title": {"text": "step"}, "range": (0, max(total_steps or 1, 1)), "tickformat": ",d"},
        yaxis=axis | {"title": {"text": QUANTITIES[quantity] + (", 0 on the lower edge" if zeros else "")}},
        uirevision=f"{lane} {layer} {quantity}",
    )
    if len(bands.steps) == 0:
        _say(figure, waiting)
    return _framed(figure, f"{QUANTITIES[quantity]} of {lane}, {layer}: median, 10–90 % and 1–99 %", _MARGIN)


def histogram_figure(histogram: Histogram | None, *, lane: str, colour: int) -> go.Figure:
    """Draw which share of a lane's parameters has which m̂/√v̂; values beyond the edges count in the outermost bins."""
    figure = go.Figure()
    title = f"m̂/√v̂ of {lane}, all layers"
    if histogram is not None and histogram.counts.sum() > 0:
        title += f", step {histogram.step:,}"
        figure.add_bar(
            x=(histogram.edges[1:] + histogram.edges[:-1]) / 2,
            y=histogram.counts / histogram.counts.sum(),
            width=np.diff(histogram.edges),
            marker={"color": LIGHT.lanes[colour], "line": {"width": 0}},
            hovertemplate="%{x:.3g}: %{y:.2%} of the parameters<extra></extra>",
        )
        figure.update_layout(xaxis={"range": (float(histogram.edges[0]), float(histogram.edges[-1]))})
    figure.update_layout(
        xaxis={"title": {"text": "m̂/√v̂"}},
        yaxis={"title": {"text": "share of parameters"}, "tickformat": ".0~%", "rangemode": "tozero"},
        bargap=0,
        uirevision=f"{lane} histogram",
    )
    return _framed(figure, title, _MARGIN)


def _framed(figure: go.Figure, title: str, margin: Mapping[str, int]) -> go.Figure:
    place = {"x": 0, "xref": "paper", "xanchor": "left", "y": 1, "yref": "container", "yanchor": "top", "pad": {"t": 6}}
    return figure.update_layout(
        title={"text": title, **place, "font": {"size": 13, "color": LIGHT.text}},
        margin=dict(margin),
        height=HEIGHT,
        showlegend=False,
        hovermode="closest",
    )


def _say(figure: go.Figure, text: str) -> None:
    place = {"x": 0.5, "y": 0.5, "xref": "paper", "yref": "paper", "showarrow": False}
    figure.add_annotation(text=text, font={"color": LIGHT.muted, "size": 13}, **place)
    figure.update_yaxes(visible=False)


def _on_axis(values: np.ndarray, *, log: bool) -> tuple[np.ndarray, bool]:
    """Return quantiles as drawn, and whether some that are 0 lie below all others on a log axis, at its lower edge."""
    shown = np.where(np.isfinite(values), values, np.nan)
    known = shown[shown > 0]
    zeros = shown <= 0
    if not log or known.size == 0 or not zeros.any():
        return shown, False
    low, high = float(np.log10(known.min())), float(np.log10(known.max()))
    return np.where(zeros, 10 ** (low - 0.05 * (high - low or 1.0)), shown), True
