# pyright: basic
"""Maps as Plotly figures: one for each optimizer, all on one colour scale; bands of many seeds; the cost of attempts.

A cell is a unit square: the axes count the values and are labelled with them, so that cells are even whatever the
spacing. Colours of the cells are those of viridis, which keep their order for any colour vision and in print, and do
not change with the page's theme; greys, which no value has, stand for runs without one.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray

from optim_viz.figures.paper.chart import Axis as ChartAxis
from optim_viz.figures.theme import LIGHT
from optim_viz.maps import DIVERGED, ELSEWHERE, LEFT, Axis, OutcomeMap, theory
from optim_viz.maps.ensemble import Ensemble
from optim_viz.trajectory import Array

MARGIN: Final = {"l": 52, "r": 10, "t": 8, "b": 44}
"""CSS pixels around the cells; the browser finds the cell under the pointer by them."""

RAMP: Final = (
    "#440154", "#482878", "#3E4A89", "#31688E", "#26828E", "#1F9E89", "#35B779", "#6DCD59", "#B4DE2C", "#FDE725",
)  # fmt: skip
"""Viridis (Smith, van der Walt, 2015), from low to high."""

GREYS: Final = {DIVERGED: "#8B9299", LEFT: "#B08D57", ELSEWHERE: "#C9CED3"}
"""Colours of what has no value: diverged, left the domain, not there."""
STATES: Final = {DIVERGED: "diverged", LEFT: "left the picture", ELSEWHERE: "not there yet"}
BASINS: Final = tuple(LIGHT.lanes[place] for place in (4, 3, 2, 1, 5, 0, 6))
"""Colours of the minima, in their order; an eighth has the first again."""

_LINE, _CASING = "#FDFDFD", "#101418"
_WIDEST: Final = 12.0
"""Decades of loss that colours tell apart; all below are as dark as the lowest."""


@dataclass(frozen=True)
class ColourScale:
    """What colours mean, the same for all maps side by side.

    Attributes:
        metric: "final_loss", "steps" or "where".
        low: what the darkest colour stands for: log₁₀ of a loss above the minimum (a loss where `log` is off), or
            steps.
        high: what the brightest stands for.
        log: the numbers are log₁₀ of losses.
        below: some values are below `low`, and drawn in its colour.
        above: some are above `high`.
    """

    metric: str
    low: float = 0.0
    high: float = 1.0
    log: bool = False
    below: bool = False
    above: bool = False

    def shown(self, values: NDArray[Any]) -> Array:
        """Return values in the scale's own terms."""
        with np.errstate(all="ignore"):
            found = np.log10(values) if self.log else np.asarray(values, dtype=np.float64)
        return np.where(np.isnan(found), np.nan, np.clip(found, self.low, self.high))

    def ticks(self) -> list[tuple[float, str]]:
        """Return places, 0 to 1, and words along the colour bar."""
        if self.log:
            first, last = math.ceil(self.low - 1e-9), math.floor(self.high + 1e-9)
            every = max(1, math.ceil((last - first) / 6))
            at = [float(each) for each in range(last - (last - first) // every * every, last + 1, every)]
            words = [_power(int(each)) for each in at]
        else:
            at = np.linspace(self.low, self.high, 5).tolist()
            words = [f"{each:.0f}" if self.metric == "steps" else f"{each:.3g}" for each in at]
        return [((each - self.low) / (self.high - self.low or 1.0), text) for each, text in zip(at, words, strict=True)]


def colour_scale(maps: Sequence[OutcomeMap], metric: str) -> ColourScale:
    """Return the scale that all maps share.

    The brightest colour is where the runs began, or the worst of the finite ends if that is lower: whatever is brighter
    than the rest got nowhere.
    """
    if metric == "where":
        return ColourScale("where")
    values = np.concatenate([np.asarray(found.values(metric)).ravel() for found in maps])
    known = values[np.isfinite(values)]
    if not known.size:
        return ColourScale(metric)
    if metric == "steps":
        return ColourScale(metric, float(known.min()), float(max(known.max(), known.min() + 1)))
    if all(np.isnan(found.minimum).all() for found in maps):
        low, high = np.quantile(known, (0.02, 0.98)).tolist()
        high = high if high > low else low + 1.0
        return ColourScale(metric, low, high, False, bool((known < low).any()), bool((known > high).any()))
    with np.errstate(all="ignore"):
        logs = np.log10(known[known > 0])
        begins = np.log10(np.concatenate([(found.begin - found.minimum).ravel() for found in maps]))
    worst = float(logs.max()) if logs.size else 0.0
    begins = begins[np.isfinite(begins)]
    high = min(worst, float(begins.max())) if begins.size else worst
    low = max(float(logs.min()) if logs.size else high - 1, high - _WIDEST)
    low = low if low < high else high - 1.0
    return ColourScale(
        metric, low, high, True, bool((known <= 0).any() or (logs < low).any()), bool((logs > high).any())
    )


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
        "xaxis": _axis(found.x),
        "yaxis": _axis(found.y) | {"title": {"text": found.y.title, "standoff": 4}},
        "margin": MARGIN,
        "showlegend": False,
        "hovermode": False,
        "dragmode": False,
    }
    return go.Figure({"data": data, "layout": layout})


def special(found: OutcomeMap, metric: str) -> NDArray[np.int64]:
    """Return for each cell the state that stands for a value it does not have, 0 where it has one."""
    if metric == "where":
        return np.where(found.where >= 0, 0, found.where)
    lost = found.diverged_at >= 0
    if metric == "steps":
        return np.where(lost, DIVERGED, np.where(found.arrived < 0, ELSEWHERE, 0))
    return np.where(lost, DIVERGED, 0)


def basin_colour(index: int) -> str:
    """Return the colour of the index-th minimum."""
    return BASINS[index % len(BASINS)]


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
        dash = {"edge": "solid", "critical": "dot", "optimum": "dash"}[line.kind]
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


def _axis(axis: Axis) -> dict[str, Any]:
    """Return an axis of cells with round values written at it."""
    values = round_values(axis)
    return {
        "range": [-0.5, len(axis.values) - 0.5],
        "tickmode": "array",
        "tickvals": index_of(axis, np.array(values)),
        "ticktext": [
            _power(round(math.log10(value))) if _is_power(axis, value) else f"{value:.6g}" for value in values
        ],
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
        step = (high - low) / 4
        unit = 10.0 ** math.floor(math.log10(step))
        step = next(unit * factor for factor in (1, 2, 2.5, 5, 10) if unit * factor >= step * 0.999)
        first = math.ceil(low / step - 1e-9)
        return [round(step * place, 12) for place in range(first, math.floor(high / step + 1e-9) + 1)]
    if axis.scale == "complement":
        found = [0.0, 0.5, 0.9, 0.99, 0.999, 0.9999, 0.99999]
        inside = [value for value in found if low <= value <= high]
        return [value for value in inside if value != 0.5 or len(inside) < 4]
    first, last = math.ceil(math.log10(low) - 1e-9), math.floor(math.log10(high) + 1e-9)
    powers = [10.0**power for power in range(first, last + 1)]
    if len(powers) > 1:
        return powers[:: max(1, math.ceil(len(powers) / 6))]
    return [low, (low * high) ** 0.5, high]


def _is_power(axis: Axis, value: float) -> bool:
    return axis.scale == "log" and not 0.001 <= value <= 1000 and abs(math.log10(value) % 1) < 1e-9


def _power(exponent: int) -> str:
    return f"10{str(exponent).translate(str.maketrans('-0123456789', '⁻⁰¹²³⁴⁵⁶⁷⁸⁹'))}"


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
    axis = ChartAxis("loss above the minimum" if log else "loss", log=log)
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
    axis = ChartAxis(words, log=log)
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
