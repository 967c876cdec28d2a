# pyright: basic
"""Plots of several quantities over the same steps, one under the other, as the paper page's sections show them.

The reader sees what happens at one step in all of them: they share the axis, and a chosen step is marked in each.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import plotly.graph_objects as go

from optim_viz.figures.theme import LIGHT
from optim_viz.trajectory import Array

ORANGE, PURPLE, GREEN, BLUE, GREY = (LIGHT.lanes[place] for place in (0, 1, 2, 4, 7))
"""Colours by name. All but grey look the same on a light and a dark page, so titles may use them too."""

ROW_HEIGHT: Final = 112
"""CSS pixels that a plot with its title takes; the axis takes `EXTRA` more."""
EXTRA: Final = 72
_GAP: Final = 34  # between two plots, for the lower one's title


@dataclass(frozen=True, eq=False)
class Trace:
    """One curve.

    Attributes:
        name: symbol, shown on hover.
        values: (T,); NaN leaves a gap.
        colour: one of the five above.
        dotted: for a curve beside a solid one of the same colour.
        points: marks each value; for sequences whose values do not hang together.
    """

    name: str
    values: Array
    colour: str
    dotted: bool = False
    points: bool = False


@dataclass(frozen=True, eq=False)
class Row:
    """One plot.

    Attributes:
        title: what is drawn, with `coloured` names in place of a legend.
        curves: from back to front.
        levels: dashed lines across, height -> label.
        log: logarithmic height.
        share: height in units of a usual plot's.
    """

    title: str
    curves: tuple[Trace, ...]
    levels: tuple[tuple[float, str], ...] = ()
    log: bool = False
    share: float = 1.0


def coloured(text: str, colour: str) -> str:
    """Return markup for a name in a row's title, in its curve's colour."""
    return f'<b><span style="color:{colour}">{text}</span></b>'


def height(rows: Sequence[Row]) -> int:
    """Return the height of a stack of these plots, in CSS pixels."""
    return round(sum(row.share for row in rows) * ROW_HEIGHT) + EXTRA


def stack(
    x: Array,
    rows: Sequence[Row],
    *,
    x_title: str,
    mark: int | None = None,
    log_x: bool = False,
    verticals: Sequence[tuple[float, str]] = (),
) -> go.Figure:
    """Draw a stack of plots.

    Args:
        x: (T,), shared by all.
        rows: from top to bottom.
        x_title: under the last.
        mark: index into x of the step that is marked in every plot.
        log_x: logarithmic x axis.
        verticals: dotted lines down through all plots, x -> label in the lowest.
    """
    # Plain dicts, handed over at once: built call by call, the same figure takes five times as long.
    total = height(rows)
    traces: list[dict[str, Any]] = []
    notes: list[dict[str, Any]] = []
    shapes: list[dict[str, Any]] = []
    layout: dict[str, Any] = {}
    top = 1.0
    for number, row in enumerate(rows, start=1):
        own = "" if number == 1 else str(number)
        axes = {"xaxis": f"x{own}", "yaxis": f"y{own}"}
        bottom = top - (row.share * ROW_HEIGHT - _GAP * (number < len(rows))) / (total - EXTRA)
        last = number == len(rows)
        layout[f"xaxis{own}"] = _x_axis(own, len(rows), log=log_x, title=x_title if last else "")
        layout[f"yaxis{own}"] = _y_axis(own, (max(bottom, 0.0), top), log=row.log)
        top = bottom - _GAP / (total - EXTRA)
        for curve in row.curves:
            traces.append(_line(x, curve) | axes)
            if mark is not None:
                traces.append(_dot(x, curve, mark) | axes)
        for level, label in row.levels:
            shapes.append(_across(level, own))
            notes.append(_level(level, label, own, log=row.log))
        notes.append(_title(row.title, own))
        shapes += [_down(place, own) for place, _ in verticals]
        shapes += [] if mark is None else [_down(float(x[mark]), own)]
    own = "" if len(rows) == 1 else str(len(rows))
    notes += [_vertical(place, label, own, line, log=log_x) for line, (place, label) in enumerate(verticals)]
    look = {"showlegend": False, "hovermode": "x unified", "height": total, "annotations": notes, "shapes": shapes}
    margin = {"margin": {"l": 56, "r": 16, "t": 30, "b": 42}}
    return go.Figure({"data": traces, "layout": layout | look | margin})


def _x_axis(own: str, last: int, *, log: bool, title: str) -> dict[str, Any]:
    """Return an x axis that moves with the lowest, which alone has numbers and a title."""
    lowest = "" if last == 1 else str(last)
    axis = {"anchor": f"y{own}", "type": "log" if log else "linear", "showgrid": False}
    if log:
        axis["dtick"] = 1
    if own != lowest:
        return axis | {"matches": f"x{lowest}", "showticklabels": False}
    return axis | {"title": {"text": title, "standoff": 6}}


def _y_axis(own: str, domain: tuple[float, float], *, log: bool) -> dict[str, Any]:
    axis = {"anchor": f"x{own}", "domain": domain, "nticks": 4, "tickformat": "~g", "type": "log" if log else "linear"}
    return axis | ({"dtick": 1} if log else {})


def _line(x: Array, curve: Trace) -> dict[str, Any]:
    dash = "dot" if curve.dotted else "solid"
    return {
        "type": "scatter",
        "x": x,
        "y": curve.values,
        "name": curve.name,
        "mode": "lines+markers" if curve.points else "lines",
        "line": {"color": curve.colour, "width": 1 if curve.points else 2, "dash": dash},
        "marker": {"size": 4, "color": curve.colour},
        "hovertemplate": "%{y:.6~g}",
    }


def _dot(x: Array, curve: Trace, mark: int) -> dict[str, Any]:
    symbol = "circle-open" if curve.dotted else "circle"
    return {
        "type": "scatter",
        "x": x[mark : mark + 1],
        "y": curve.values[mark : mark + 1],
        "name": f"{curve.name} now",
        "mode": "markers",
        "marker": {"size": 10, "color": curve.colour, "symbol": symbol},
        "hoverinfo": "skip",
    }


def _title(text: str, own: str) -> dict[str, Any]:
    place = {"x": 0, "y": 1, "xref": f"x{own} domain", "yref": f"y{own} domain", "yshift": 4}
    return _note(text, 12) | place | {"xanchor": "left", "yanchor": "bottom"}


def _across(level: float, own: str) -> dict[str, Any]:
    ends = {"x0": 0, "x1": 1, "y0": level, "y1": level, "xref": f"x{own} domain", "yref": f"y{own}"}
    return ends | {"type": "line", "line": {"width": 1, "dash": "dash", "color": LIGHT.muted}, "layer": "below"}


def _level(level: float, label: str, own: str, *, log: bool) -> dict[str, Any]:
    place = {"x": 1, "y": float(np.log10(level)) if log else level, "xref": f"x{own} domain", "yref": f"y{own}"}
    return _note(label, 11) | place | {"xanchor": "right", "yanchor": "bottom"}


def _down(place: float, own: str) -> dict[str, Any]:
    ends = {"x0": place, "x1": place, "y0": 0, "y1": 1, "xref": f"x{own}", "yref": f"y{own} domain"}
    return ends | {"type": "line", "line": {"width": 1, "dash": "dot", "color": LIGHT.muted}, "layer": "below"}


def _vertical(place: float, label: str, own: str, line: int, *, log: bool) -> dict[str, Any]:
    at = {"x": float(np.log10(place)) if log else place, "y": 1, "xref": f"x{own}", "yref": f"y{own} domain"}
    # Each label a line lower than the one before, because the verticals may stand close to each other.
    return _note(label, 11) | at | {"xanchor": "right", "yanchor": "top", "xshift": -3, "yshift": -14 * line}


def _note(text: str, size: int) -> dict[str, Any]:
    return {"text": text, "showarrow": False, "font": {"size": size}}
