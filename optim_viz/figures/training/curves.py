# pyright: basic
"""The curves of a training run: loss, test accuracy, speed, gradient norm; each in its colour, named at its end."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import plotly.graph_objects as go

from optim_viz.figures.theme import LIGHT
from optim_viz.figures.training.labels import End, end_labels
from optim_viz.figures.training.points import Points, drawable, last_point, value_range

HEIGHT: Final = 320
MARGIN: Final = {"l": 56, "r": 128, "t": 32, "b": 44}
_DASHES: Final = ("solid", "dash", "dot", "dashdot", "longdash", "longdashdot")


@dataclass(frozen=True, eq=False)
class LaneCurve:
    """One lane's curve.

    Attributes:
        title: the lane's name.
        colour: index into the palette, 0 to 7.
        line: the curve itself.
        raw: what it was smoothed from, drawn thin behind it.
        dash: which of the line styles; further runs in one chart take further ones.
    """

    title: str
    colour: int
    line: Points
    raw: Points | None = None
    dash: int = 0

    @property
    def shade(self) -> str:
        """The lane's "#rrggbb"."""
        return LIGHT.lanes[self.colour]


@dataclass(frozen=True)
class Quantity:
    """How one quantity is drawn.

    Attributes:
        title: its name.
        text: writes a value beside a curve's end.
        tickformat: of its axis, in d3's words.
        log: on a log axis; what is not positive has no place there.
        dots: few points, each with a dot.
        axis: further words to Plotly about its axis.
        waiting: what an empty chart says.
    """

    title: str
    text: Callable[[float], str]
    tickformat: str = "~g"
    log: bool = False
    dots: bool = False
    axis: Mapping[str, Any] = field(default_factory=dict)
    waiting: str = "nothing yet"


LOSS: Final = Quantity("Training loss", "{:.4g}".format, log=True)
ACCURACY: Final = Quantity(
    "Test accuracy",
    "{:.2%}".format,
    ".1~%",
    dots=True,
    axis={"autorangeoptions": {"clipmin": 0, "clipmax": 1}},
    waiting="measured at the end of each epoch",
)
SPEED: Final = Quantity(
    "Examples per second",
    "{:,.0f}".format,
    "~s",
    dots=True,
    axis={"rangemode": "tozero"},
    waiting="measured at the end of each epoch",
)
GRADIENT: Final = Quantity("Gradient norm", "{:.3g}".format, log=True)


def curves_figure(quantity: Quantity, curves: Sequence[LaneCurve], *, x_title: str, x_end: float | None) -> go.Figure:
    """Draw one quantity of every lane.

    Args:
        quantity: which.
        curves: one a lane.
        x_title: "step" or "epoch".
        x_end: where the run ends, so that the axis stands still while the curves grow; None where that is unknown.
    """
    figure = go.Figure()
    for curve in curves:
        if curve.raw is not None:
            _draw_raw(figure, curve, curve.raw, log=quantity.log)
    for curve in curves:
        draw(figure, curve, quantity)
    lines = [curve.line for curve in curves] + [curve.raw for curve in curves if curve.raw is not None]
    last = max((float(line.x[-1]) for line in lines if len(line.x)), default=1.0)
    labels = named_ends(curves, quantity, lines, HEIGHT - MARGIN["t"] - MARGIN["b"])
    if not labels:
        labels = [_waiting(quantity.waiting)]
        figure.update_layout(yaxis={"visible": False})
    figure.update_layout(
        xaxis={"title": {"text": x_title}, "range": (0, max(x_end or last, 1)), "tickformat": ",~r"},
        yaxis=value_axis(quantity, lines),
        annotations=labels,
    )
    return framed(figure, quantity.title, MARGIN)


def named_ends(
    curves: Sequence[LaneCurve], quantity: Quantity, lines: Sequence[Points], height: float, *, axis: str = ""
) -> list[dict[str, Any]]:
    """Return the labels at the curves' ends, "Adam 0.1343"; `lines` is all that the axis has to show."""
    ends: list[End] = []
    for curve in curves:
        x, y = last_point(curve.line)
        if math.isfinite(y):
            ends.append(End(x, y, f"{curve.title} {quantity.text(y)}", curve.shade))
    low, high = value_range(lines, log=quantity.log)
    low = min(low, 0.0) if quantity.axis.get("rangemode") == "tozero" else low
    return end_labels(ends, (low, high), height, log=quantity.log, axis=axis)


def value_axis(quantity: Quantity, lines: Sequence[Points]) -> dict[str, Any]:
    """Return a quantity's axis; a log axis of less than three decades has ticks at 1, 2 and 5.

    Its range is Plotly's to find: one that is given anew with new data would take the place of a person's zoom.
    """
    axis: dict[str, Any] = {"type": "log" if quantity.log else "linear", "tickformat": quantity.tickformat}
    low, high = value_range(lines, log=quantity.log)
    if quantity.log and high - low < 3:  # left to itself Plotly puts all nine of a decade there
        axis["dtick"] = "D2"
    return axis | dict(quantity.axis)


def draw(figure: go.Figure, curve: LaneCurve, quantity: Quantity, *, axis: str = "") -> None:
    """Add a curve, strong."""
    figure.add_scatter(
        x=curve.line.x,
        y=drawable(curve.line.y, log=quantity.log),
        name=curve.title,
        mode="lines+markers" if quantity.dots else "lines",
        line={"color": curve.shade, "width": 2, "dash": _DASHES[curve.dash % len(_DASHES)]},
        marker={"color": curve.shade, "size": 7},
        cliponaxis=not quantity.dots,
        hovertemplate=f"{curve.title}<br>%{{x:,~r}}: %{{y:.4~g}}<extra></extra>",
        xaxis=f"x{axis}",
        yaxis=f"y{axis}",
    )


def framed(figure: go.Figure, title: str, margin: Mapping[str, int], height: int = HEIGHT) -> go.Figure:
    """Give a figure its title and margins."""
    place = {"x": 0, "xref": "paper", "xanchor": "left", "y": 1, "yref": "container", "yanchor": "top", "pad": {"t": 6}}
    return figure.update_layout(
        title={"text": title, **place, "font": {"size": 13, "color": LIGHT.text}},
        margin=dict(margin),
        height=height,
        showlegend=False,
        hovermode="closest",
    )


def _waiting(text: str) -> dict[str, Any]:
    place = {"x": 0.5, "y": 0.5, "xref": "paper", "yref": "paper", "showarrow": False}
    return {"text": text, **place, "font": {"color": LIGHT.muted, "size": 13}}


def _draw_raw(figure: go.Figure, curve: LaneCurve, raw: Points, *, log: bool) -> None:
    figure.add_scatter(
        x=raw.x,
        y=drawable(raw.y, log=log),
        name=f"{curve.title}, every batch",
        mode="lines",
        line={"color": curve.shade, "width": 0.75},
        opacity=0.3,
        hoverinfo="skip",
    )
