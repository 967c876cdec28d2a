# pyright: basic
"""One chart of several curves, each named at its end, as the paper page's sections show them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Final, Literal

import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray

from optim_viz import update_rules
from optim_viz.figures.theme import LIGHT
from optim_viz.figures.training.labels import End, end_labels
from optim_viz.scenario import Lane
from optim_viz.trajectory import Array

HEIGHT: Final = 320
"""CSS pixels of a chart."""
MARGIN: Final = {"l": 56, "r": 92, "t": 30, "b": 42}
_ROOM: Final = 0.06
Dash = Literal["solid", "dot", "dash"]


@dataclass(frozen=True, eq=False)
class ChartCurve:
    """One curve.

    Attributes:
        x: (N,).
        y: (N,); NaN, and what is not positive on a log axis, leaves a gap.
        name: written at its end; "" leaves it without one.
        colour: "#rrggbb" of the light theme.
        dash: how it is drawn.
        points: marks each value, with or without lines between.
    """

    x: NDArray[Any]
    y: NDArray[Any]
    name: str
    colour: str
    dash: Dash = "solid"
    points: Literal["none", "also", "only"] = "none"


@dataclass(frozen=True)
class Axis:
    """One axis.

    Attributes:
        title: what is on it.
        log: logarithmic.
        low: its lower end, None for that of the data.
        high: its upper end, None for that of the data.
    """

    title: str
    log: bool = False
    low: float | None = None
    high: float | None = None

    def span(self, values: Array) -> tuple[float, float]:
        """Return the ends in the axis's own terms (log₁₀ where it is logarithmic), with some room around the data."""
        known = values[np.isfinite(values) & ((values > 0) | (not self.log))]
        known = np.log10(known) if self.log else known
        low, high = (float(known.min()), float(known.max())) if known.size else (0.0, 1.0)
        room = _ROOM * (high - low) or 0.5
        low = low - room if self.low is None else self._place(self.low)
        return low, high + room if self.high is None else self._place(self.high)

    def _place(self, value: float) -> float:
        return float(np.log10(value)) if self.log else value

    def layout(self, span: tuple[float, float]) -> dict[str, Any]:
        """Return the axis as Plotly has it."""
        found: dict[str, Any] = {"title": {"text": self.title, "standoff": 6}, "range": list(span), "nticks": 6}
        if not self.log:
            return found | {"tickformat": "~g"}
        # Powers of ten only, unless the axis spans so little that there would be hardly one.
        dtick = "D2" if span[1] - span[0] < 2 else max(1, round((span[1] - span[0]) / 6))
        # Plotly sets powers of ten a quarter larger than other ticks.
        power = {"exponentformat": "power", "tickfont": {"size": 10}} if dtick != "D2" else {"tickformat": "~g"}
        return found | {"type": "log", "dtick": dtick, "minor": {"showgrid": False}} | power


@dataclass(frozen=True, eq=False)
class Chart:
    """A chart.

    Attributes:
        title: one line above it.
        lines: from back to front.
        x: the axis across.
        y: the axis up.
        levels: thin dashed lines across, height -> words at their right end.
        verticals: thin dotted lines up, place -> words at their top.
    """

    title: str
    lines: Sequence[ChartCurve]
    x: Axis
    y: Axis
    levels: Sequence[tuple[float, str]] = field(default_factory=tuple[tuple[float, str], ...])
    verticals: Sequence[tuple[float, str]] = field(default_factory=tuple[tuple[float, str], ...])

    def figure(self) -> go.Figure:
        """Draw it."""
        xs = np.concatenate([line.x for line in self.lines]).astype(np.float64)
        ys = np.concatenate([*(line.y for line in self.lines), [level for level, _ in self.levels]])
        x_span = Axis("", self.x.log, *_tight(xs, self.x)).span(xs)
        y_span = self.y.span(ys)
        ends = [_end(line, self.x.log, self.y.log) for line in self.lines if line.name]
        labels = end_labels(ends, y_span, HEIGHT - MARGIN["t"] - MARGIN["b"], log=self.y.log)
        labels += [_level_words(level, words, self.y.log) for level, words in self.levels]
        labels += [_vertical_words(place, words, self.x.log) for place, words in self.verticals]
        rules = [_rule(level, across=True, dash="dash") for level, _ in self.levels]
        rules += [_rule(place, across=False, dash="dot") for place, _ in self.verticals]
        layout = {
            "title": title(self.title),
            "annotations": labels,
            "shapes": rules,
            "xaxis": {"showgrid": False, **self.x.layout(x_span)},
            "yaxis": self.y.layout(y_span),
            "showlegend": False,
            "hovermode": "closest",
            "margin": MARGIN,
        }
        # All at once: Plotly checks a figure that grows piece by piece anew at every piece, ten times as long.
        return go.Figure({"data": [_trace(line, self.y.log) for line in self.lines], "layout": layout})


def title(text: str) -> dict[str, Any]:
    """Return a small heading at a figure's upper left corner."""
    place = {"x": 0, "xref": "container", "xanchor": "left", "y": 1, "yref": "container", "yanchor": "top"}
    return place | {"text": text, "pad": {"t": 6, "l": 8}, "font": {"size": 13, "color": LIGHT.text}}


def colour_of(optimizer: str) -> str:
    """Return the colour that an optimizer has everywhere in the lab."""
    return LIGHT.lanes[Lane(optimizer).colour]


def title_of(optimizer: str) -> str:
    """Return an optimizer's name on screen."""
    return update_rules.get(optimizer).title


def _tight(xs: Array, axis: Axis) -> tuple[float, float]:
    """Curves fill the chart from edge to edge across: only what the axis itself asks for is left free."""
    low = float(xs.min()) if axis.low is None else axis.low
    return low, float(xs.max()) if axis.high is None else axis.high


def _trace(line: ChartCurve, log: bool) -> dict[str, Any]:
    y = np.where(np.isfinite(line.y) & ((line.y > 0) | (not log)), line.y, np.nan)
    return {
        "type": "scatter",
        "x": line.x,
        "y": y,
        "name": line.name,
        "mode": {"none": "lines", "also": "lines+markers", "only": "markers"}[line.points],
        "line": {"color": line.colour, "width": 2, "dash": line.dash},
        "marker": {"color": line.colour, "size": 8 if line.points == "only" else 5},
        "hovertemplate": f"{line.name}<br>%{{x:.6~g}}: %{{y:.4~g}}<extra></extra>",
    }


def _end(line: ChartCurve, log_x: bool, log_y: bool) -> End:
    (known,) = np.nonzero(np.isfinite(line.y) & ((line.y > 0) | (not log_y)))
    if not known.size:
        return End(float("nan"), float("nan"), line.name, line.colour)
    x, y = float(line.x[known[-1]]), float(line.y[known[-1]])
    return End(float(np.log10(x)) if log_x else x, y, line.name, line.colour)


def _rule(place: float, *, across: bool, dash: str) -> dict[str, Any]:
    """Return a thin line across the whole chart, or up it."""
    ends = {"xref": "x domain", "x0": 0, "x1": 1, "yref": "y", "y0": place, "y1": place}
    if not across:
        ends = {"yref": "y domain", "y0": 0, "y1": 1, "xref": "x", "x0": place, "x1": place}
    return {"type": "line", "layer": "below", "line": {"width": 1, "dash": dash, "color": LIGHT.muted}, **ends}


def _level_words(level: float, words: str, log: bool) -> dict[str, Any]:
    y = float(np.log10(level)) if log else level
    place = {"x": 1, "xref": "x domain", "xanchor": "right", "xshift": -4, "y": y, "yanchor": "bottom"}
    return {"text": words, "showarrow": False, "font": {"size": 11}, **place}


def _vertical_words(place: float, words: str, log: bool) -> dict[str, Any]:
    x = float(np.log10(place)) if log else place
    where = {"x": x, "xanchor": "left", "xshift": 4, "y": 1, "yref": "y domain", "yanchor": "top"}
    return {"text": words, "showarrow": False, "font": {"size": 11}, **where}
