# pyright: basic
"""A sweep as figures: the loss each setting ends at against its learning rate, and the curves of a range test.

A point that has a run names it in `customdata`, as the address of the page that shows it: a click opens it.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from html import escape
from typing import Any, Final

import numpy as np
import plotly.graph_objects as go

from optim_viz.figures.theme import LIGHT
from optim_viz.run_store import run_link
from optim_viz.sweeps.plan import Sweep
from optim_viz.sweeps.rate_finder import RateCurve
from optim_viz.sweeps.results import Cell, SweepResults

HEIGHT: Final = 400
_MARGIN: Final = {"l": 60, "r": 16, "t": 16, "b": 64}
_DASHES: Final = ("solid", "dash", "dot", "dashdot", "longdash")
_OPENS: Final = "<br>click to open<extra></extra>"
_BAND: Final = 0.18
_BROKEN: Final = {
    "failed": "x-thin-open",
    "diverged": "x-thin-open",
    "stopped": "line-ew-open",
    "cancelled": "line-ns-open",
}
"""What marks a run that did not get to its end; it stands at the top of the picture where it has no loss."""


def robustness_figure(plan: Sweep, found: SweepResults) -> go.Figure:
    """Draw the last test loss against the learning rate.

    A line is an optimizer (at one batch size, where there are several): the median over seeds, with a band from the
    lowest to the highest and a dot a seed. Runs that were stopped or cancelled, or diverged, are marked, at the top
    where they have no loss. A ring is around the best; a dotted line is the loss of guessing, ln(classes).
    """
    guessing = plan.guessing
    top, bottom = _span(found, guessing)
    figure = go.Figure()
    lanes, titles = plan.lanes(), plan.titles()
    for index, (lane, title) in enumerate(zip(lanes, titles, strict=True)):
        for place, size in enumerate(plan.batch_sizes):
            cells = [found.cells[index, size, lr] for lr in plan.lr.values()]
            name = title if len(plan.batch_sizes) == 1 else f"{title}, batch {size}"
            colour, dash = LIGHT.lanes[lane.colour], _DASHES[place % len(_DASHES)]
            for trace in _curve(cells, escape(name), colour, dash, lane.marker):
                figure.add_trace(trace)
            figure.add_trace(_broken(cells, escape(name), colour, top))
    if found.best is not None:
        figure.add_trace(_ring(found.best, escape(titles[found.best.optimizer])))
    x = _axis("learning rate", plan.lr.first, plan.lr.last)
    y = _axis("test loss at the end", bottom, top, ends=False)
    figure.add_hline(y=guessing, line={"color": LIGHT.muted, "width": 1, "dash": "dot"})
    words = {"text": f"guessing: {guessing:.3g}", "font": {"size": 11, "color": LIGHT.muted}, "showarrow": False}
    figure.add_annotation(  # where a log axis has it: by its exponent
        xref="x domain", x=1, xanchor="right", y=math.log10(guessing), yanchor="bottom", **words
    )
    return figure.update_layout(xaxis=x, yaxis=y, **_layout())


def range_figure(plan: Sweep, curves: Sequence[RateCurve | None]) -> go.Figure:
    """Draw the smoothed training loss against the growing learning rate.

    A triangle marks where it falls steepest, a dotted line up where it breaks away.
    """
    figure = go.Figure()
    known = [curve for curve in curves if curve is not None and np.isfinite(curve.smoothed).any()]
    lowest = min((float(np.nanmin(curve.smoothed)) for curve in known), default=0.1)
    highest = max((float(curve.smoothed[0]) for curve in known), default=1.0) * 1.6
    for lane, title, curve in zip(plan.lanes(), plan.titles(), curves, strict=True):
        if curve is None or not len(curve.rates):
            continue
        colour, name = LIGHT.lanes[lane.colour], escape(title)
        hover = f"{name}<br>lr %{{x:.3~g}}: loss %{{y:.4~g}}<extra></extra>"
        figure.add_scatter(
            x=curve.rates, y=curve.smoothed, mode="lines", name=name, line={"color": colour, "width": 2},
            hovertemplate=hover,
        )  # fmt: skip
        if curve.steepest is not None:
            at = float(np.interp(math.log(curve.steepest), np.log(curve.rates), curve.smoothed))
            marker = {
                "symbol": "triangle-down",
                "size": 13,
                "color": colour,
                "line": {"width": 1.5, "color": LIGHT.text},
            }
            hover = f"{name}<br>steepest at lr {curve.steepest:.3g}<extra></extra>"
            figure.add_scatter(
                x=[curve.steepest], y=[at], mode="markers", marker=marker, showlegend=False, hovertemplate=hover
            )
        if curve.breaks_at is not None:
            place = math.log10(curve.breaks_at)
            line = {"width": 1.5, "dash": "dot", "color": colour}
            figure.add_shape(
                type="line", xref="x", x0=curve.breaks_at, x1=curve.breaks_at, yref="y domain", y0=0, y1=1, line=line
            )
            words = {"text": "breaks away", "textangle": -90, "font": {"size": 11, "color": colour}}
            figure.add_annotation(
                x=place, xanchor="left", y=0.02, yref="y domain", yanchor="bottom", showarrow=False, **words
            )
    ends = [float(curve.rates[place]) for curve in known for place in (0, -1)]
    x = _axis("learning rate", min(ends, default=1e-6), max(ends, default=10.0))
    return figure.update_layout(
        xaxis=x, yaxis=_axis("training loss, smoothed", lowest / 1.15, highest, ends=False), **_layout()
    )


def _layout() -> dict[str, Any]:
    legend = {"orientation": "h", "x": 0, "y": -0.2, "yanchor": "top", "itemclick": "toggle", "font": {"size": 12}}
    return {"showlegend": True, "legend": legend, "hovermode": "closest", "margin": _MARGIN}


def _axis(title: str, low: float, high: float, *, ends: bool = True) -> dict[str, Any]:
    """Return a logarithmic axis with some room at its ends."""
    first, last = math.log10(low), math.log10(high)
    room = 0.04 * (last - first) or 0.5
    span = [first - room, last + room] if ends else [first, last]
    narrow = last - first < 2.2
    ticks = {"dtick": "D2", "tickformat": "~g"} if narrow else {"dtick": max(1, round((last - first) / 7))}
    if last - first < 1.0:  # 1, 2 and 5 alone may all lie outside
        ticks = {"tickvals": _round_values(low, high), "tickformat": "~g"}
    power = {} if narrow else {"exponentformat": "power", "tickfont": {"size": 11}}
    title_ = {"text": title, "standoff": 6}
    return {"type": "log", "range": span, "title": title_, "minor": {"showgrid": False}, **ticks, **power}


def _round_values(low: float, high: float) -> list[float]:
    """Return three to seven round values at equal distances within a range."""
    step = 10.0 ** math.floor(math.log10((high - low) / 2))
    step = next(step * factor for factor in (1, 2, 5, 10) if (high - low) / (step * factor) < 7)
    return [float(f"{step * place:.12g}") for place in range(math.ceil(low / step), math.floor(high / step) + 1)]


def _span(found: SweepResults, guessing: float) -> tuple[float, float]:
    """Return the top and the bottom of the picture; losses that would make the rest flat are cut off."""
    losses = sorted(loss for cell in found.cells.values() for loss in cell.losses if loss > 0)
    if not losses:
        return 10.0, 0.1
    losses = sorted([*losses, guessing])
    low, high = losses[0], min(losses[-1], max(losses[0] * 1e4, 10.0))
    room = max(high / low, 1.5) ** 0.08
    return high * room * room, low / room


def _curve(cells: Sequence[Cell], name: str, colour: str, dash: str, symbol: str) -> list[dict[str, Any]]:
    """Return a line with its band and its dots."""
    lrs = [cell.lr for cell in cells]
    traces: list[dict[str, Any]] = []
    if any(len(cell.losses) > 1 for cell in cells):
        for end, fill in ((min, None), (max, "tonexty")):
            edge = [end(cell.losses) if cell.losses else None for cell in cells]
            traces.append(
                {
                    **{"type": "scatter", "x": lrs, "y": edge, "mode": "lines", "line": {"width": 0, "color": colour}},
                    **{"hoverinfo": "skip", "showlegend": False, "legendgroup": name},
                    **({"fill": fill, "fillcolor": _faint(colour)} if fill else {}),
                }
            )
    traces.append(
        {
            **{"type": "scatter", "x": lrs, "y": [cell.loss for cell in cells], "mode": "lines", "name": name},
            **{"line": {"color": colour, "width": 2, "dash": dash}, "hoverinfo": "skip", "legendgroup": name},
        }
    )
    runs = [run for cell in cells for run in cell.runs if run.test_loss is not None and run.standing is not None]
    traces.append(
        {
            **{"type": "scatter", "mode": "markers", "showlegend": False, "legendgroup": name, "name": name},
            **{"x": [run.point.lr for run in runs], "y": [run.test_loss for run in runs]},
            **{"marker": {"symbol": symbol, "size": 8, "color": colour}},
            **{"customdata": [run_link([run.standing.run]) for run in runs if run.standing]},
            "text": [f"seed {run.point.seed}: {run.outcome}" for run in runs],
            "hovertemplate": f"{name}, %{{text}}<br>lr %{{x:.4~g}}: test loss %{{y:.4~g}}{_OPENS}",
        }
    )
    return traces


def _broken(cells: Sequence[Cell], name: str, colour: str, top: float) -> dict[str, Any]:
    """Return the marks of runs that did not get to their end."""
    runs = [run for cell in cells for run in cell.runs if run.outcome in _BROKEN and run.standing is not None]
    heights = [min(top, run.test_loss) if run.test_loss else top for run in runs]
    return {
        **{"type": "scatter", "mode": "markers", "showlegend": False, "legendgroup": name, "name": name},
        **{"x": [run.point.lr for run in runs], "y": heights, "cliponaxis": False},
        "marker": {
            "symbol": [_BROKEN[run.outcome] for run in runs],
            **{"size": 14, "color": colour, "line": {"width": 2.5, "color": colour}},
        },
        "customdata": [run_link([run.standing.run]) for run in runs if run.standing],
        "text": [f"seed {run.point.seed}: {run.outcome}" for run in runs],
        "hovertemplate": f"{name}, %{{text}}<br>lr %{{x:.4~g}}{_OPENS}",
    }


def _ring(best: Cell, title: str) -> dict[str, Any]:
    """Return the mark of the best setting."""
    return {
        **{"type": "scatter", "mode": "markers+text", "x": [best.lr], "y": [best.loss], "name": "best"},
        **{"text": ["best"], "textposition": "middle right", "textfont": {"color": LIGHT.text, "size": 12}},
        "marker": {"symbol": "circle-open", "size": 20, "color": LIGHT.text, "line": {"width": 2, "color": LIGHT.text}},
        "showlegend": False,
        "cliponaxis": False,
        "hoverinfo": "skip",
        "meta": title,
    }


def _faint(colour: str) -> str:
    """Return a lane's colour as a band has it: on a dark page it is that of the light theme, thinned as much."""
    red, green, blue = (int(colour[start : start + 2], 16) for start in (1, 3, 5))
    return f"rgba({red},{green},{blue},{_BAND})"
