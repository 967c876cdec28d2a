# pyright: basic
"""Maps as Plotly figures: one for each optimizer, all on one colour scale.

A cell is a unit square: the axes count the values and are labelled with them, so that cells are even whatever the
spacing.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import plotly.graph_objects as go

from optim_viz.figures.map_colours import GREYS, RAMP, ColourScale, basin_colour, power, special
from optim_viz.maps import DIVERGED, Axis, OutcomeMap, theory
from optim_viz.trajectory import Array

MARGIN: Final = {"l": 52, "r": 10, "t": 8, "b": 44}
"""CSS pixels around the cells; the browser finds the cell under the pointer by them."""

_LINE, _CASING = "#FDFDFD", "#101418"


@dataclass(frozen=True)
class Mark:
    """Where something stands on a map.

    Attributes:
        x: value on the axis across.
        y: value on the axis up.
        words: what it is.
        colour: "#rrggbb" of the light theme.
    """

    x: float
    y: float
    words: str
    colour: str


def map_figure(found: OutcomeMap, scale: ColourScale, marks: Sequence[Mark] = ()) -> go.Figure:
    """Draw a map.

    Args:
        found: the map.
        scale: what its colours mean.
        marks: settings to mark; those beyond the axes are left out.
    """
    data = [*_cells(found, scale), *_lines(found), *_minima(found), *_best(found, scale.metric), *_marks(found, marks)]
    layout = {
        "xaxis": axis_of_cells(found.x),
        "yaxis": axis_of_cells(found.y) | {"title": {"text": found.y.title, "standoff": 4}},
        "margin": MARGIN,
        "showlegend": False,
        "hovermode": False,
        "dragmode": False,
    }
    return go.Figure({"data": data, "layout": layout})


def _cells(found: OutcomeMap, scale: ColourScale) -> list[dict[str, Any]]:
    """Return the heat maps: values, and greys where there is none."""
    heat = {"type": "heatmap", "showscale": False, "hoverinfo": "skip", "zsmooth": False}
    states = special(found, scale.metric).astype(np.float64)
    if scale.metric == "where":
        minima = np.where(found.where >= 0, found.where, np.nan).astype(np.float64)
        count = max(len(found.surface.minima), 1)
        values = heat | _steps(minima, [basin_colour(place) for place in range(count)], 0)
    else:
        z = scale.shown(np.where(states == 0, found.values(scale.metric), np.nan))
        z = np.where((states == 0) & np.isnan(z), scale.low, z)  # 0, which has no logarithm, is below every loss
        ramp = [[place / (len(RAMP) - 1), colour] for place, colour in enumerate(RAMP)]
        values = heat | {"z": z, "zmin": scale.low, "zmax": scale.high, "colorscale": ramp}
    greys = heat | _steps(np.where(states < 0, states, np.nan), [GREYS[each] for each in sorted(GREYS)], DIVERGED)
    return [values, greys]


def _steps(z: Array, colours: Sequence[str], first: int) -> dict[str, Any]:
    """Return a heat map of whole numbers from `first` on, each in its colour."""
    count = len(colours)
    scale = [[edge / count, colour] for place, colour in enumerate(colours) for edge in (place, place + 1)]
    return {"z": z, "zmin": first - 0.5, "zmax": first + count - 0.5, "colorscale": scale}


def index_of(axis: Axis, values: Array) -> Array:
    """Return where values stand, counted in cells; NaN beyond the ends by more than half a cell."""
    places = axis.places()
    at = axis.places(values)
    found = np.interp(at, places, np.arange(len(places)))
    room = (places[-1] - places[0]) / (len(places) - 1) / 2
    return np.where((at >= places[0] - room) & (at <= places[-1] + room), found, np.nan)


def _lines(found: OutcomeMap) -> list[dict[str, Any]]:
    """Return what theory says, white with a dark casing, seen on every colour of the ramp."""
    traces: list[dict[str, Any]] = []
    for line in theory(found):
        x, y = index_of(found.x, line.x), index_of(found.y, line.y)
        base = {"type": "scatter", "x": x, "y": y, "hoverinfo": "skip", "name": line.words}
        if len(x) == 1:
            star = {"symbol": "star", "size": 15, "color": _LINE, "line": {"color": _CASING, "width": 1.5}}
            traces.append(base | {"mode": "markers", "marker": star})
            continue
        dash = {"edge": "solid", "critical": "dot", "critical-flat": "dashdot", "optimum": "dash"}[line.kind]
        traces.append(base | {"mode": "lines", "opacity": 0.6, "line": {"color": _CASING, "width": 4.5}})
        traces.append(base | {"mode": "lines", "line": {"color": _LINE, "width": 2, "dash": dash}})
    return traces


def _minima(found: OutcomeMap) -> list[dict[str, Any]]:
    """Return the minima, where the map is of places."""
    if {found.x.name, found.y.name} != {"x", "y"} or found.x.kind != "start" or not found.surface.minima:
        return []
    points = np.array(found.surface.minima, dtype=np.float64)
    x, y = (points[:, "xy".index(axis.name)] for axis in (found.x, found.y))
    base = {"type": "scatter", "mode": "markers", "x": index_of(found.x, x), "y": index_of(found.y, y)}
    return [
        base
        | {
            "hoverinfo": "skip",
            "marker": {"symbol": "cross-thin", "size": size, "line": {"color": colour, "width": width}},
        }
        for colour, size, width in ((_CASING, 13, 5), (_LINE, 12, 2.2))
    ]


def _best(found: OutcomeMap, metric: str) -> list[dict[str, Any]]:
    """Return a frame around the best cell; none where a whole row or column is equally good, as of an unused axis."""
    best = None if metric == "where" else found.best("steps" if metric == "steps" else "final_loss")
    if best is None or found.runs < found.loss.size or {found.x.kind, found.y.kind} & {"start", "surface"}:
        return []
    row, column = best
    base = {"type": "scatter", "mode": "markers", "x": [column], "y": [row], "hoverinfo": "skip"}
    return [
        base | {"marker": {"symbol": "square-open", "size": size, "color": colour, "line": {"width": width}}}
        for colour, size, width in ((_CASING, 13, 4.5), (_LINE, 13, 2))
    ]


def _marks(found: OutcomeMap, marks: Sequence[Mark]) -> list[dict[str, Any]]:
    if not marks:
        return []
    x = index_of(found.x, np.array([mark.x for mark in marks]))
    y = index_of(found.y, np.array([mark.y for mark in marks]))
    ring = {"symbol": "circle", "size": 13, "line": {"color": _LINE, "width": 2.5}}
    casing = {"symbol": "circle", "size": 18, "color": _CASING}
    base = {"type": "scatter", "mode": "markers", "x": x, "y": y, "hoverinfo": "skip"}
    return [base | {"marker": casing}, base | {"marker": ring | {"color": [mark.colour for mark in marks]}}]


def axis_of_cells(axis: Axis) -> dict[str, Any]:
    """Return an axis of cells with round values written at it."""
    values = round_values(axis)
    return {
        "range": [-0.5, len(axis.values) - 0.5],
        "tickmode": "array",
        "tickvals": index_of(axis, np.array(values)),
        "ticktext": [power(round(math.log10(value))) if _is_power(axis, value) else f"{value:.6g}" for value in values],
        "title": {"text": axis.title, "standoff": 6},
        "fixedrange": True,
        "showgrid": False,
        "ticks": "outside",
        "ticklen": 4,
    }


def round_values(axis: Axis) -> list[float]:
    """Return at most seven round values within an axis."""
    low, high = axis.values[0], axis.values[-1]
    if axis.scale == "linear":
        step = high / 4 - low / 4  # high - low may be beyond the numbers there are
        unit = 10.0 ** math.floor(math.log10(step))
        step = next(unit * factor for factor in (1, 2, 2.5, 5, 10) if unit * factor >= step * 0.999)
        first = math.ceil(low / step - 1e-9)
        return [float(f"{step * place:.12g}") for place in range(first, math.floor(high / step + 1e-9) + 1)]
    if axis.scale == "complement":
        found = [0.0, 0.5, 0.9, 0.99, 0.999, 0.9999, 0.99999]
        inside = [value for value in found if low <= value <= high]
        return [value for value in inside if value != 0.5 or len(inside) < 4]
    first, last = math.ceil(math.log10(low) - 1e-9), math.floor(math.log10(high) + 1e-9)
    powers = [10.0**power for power in range(first, last + 1)]
    if len(powers) > 1:
        return powers[:: max(1, math.ceil(len(powers) / 6))]
    return [low, math.sqrt(low) * math.sqrt(high), high]  # whose product may be beyond the numbers there are


def _is_power(axis: Axis, value: float) -> bool:
    return axis.scale == "log" and not 0.001 <= value <= 1000 and abs(math.log10(value) % 1) < 1e-9
