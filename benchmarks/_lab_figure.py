# pyright: basic
"""The lab as one Plotly figure: contour, trails, loss and moments, animated by frames; what the stage is measured by.

The same picture as the stage, drawn the usual way: a play button and a slider over one frame a step. Every frame holds
the trails up to its step, so the figure grows with the square of the steps; the stage sends each run once instead.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray
from plotly.subplots import make_subplots

from optim_viz.figures.contour import contour_trace
from optim_viz.figures.loss_grid import loss_grid
from optim_viz.figures.theme import LIGHT, Theme
from optim_viz.scenario import MARKERS, numbered
from optim_viz.surfaces import Surface
from optim_viz.trajectory import Trajectory

_PLACES = {"loss": (1, 2), "first x": (2, 2), "first y": (2, 3), "second x": (3, 2), "second y": (3, 3)}
_TITLES = ("", "loss \N{MINUS SIGN} f*", "first moment, x", "first moment, y", "second moment, x", "second moment, y")


def lab_figure(
    runs: Mapping[str, Trajectory] | Sequence[Trajectory],
    *,
    theme: Theme = LIGHT,
    frames: bool = True,
    stride: int = 1,
) -> go.Figure:
    """Return runs on one surface as an animated figure.

    Args:
        runs: single runs (no batch) on the same surface and of the same length; a mapping gives them titles, else each
            takes its optimizer's title.
        theme: colours; the position of a run picks its colour and its marker.
        frames: False draws the finished runs without an animation.
        stride: steps from one frame to the next, 1 or more.

    Raises:
        ValueError: no run, a batch, no surface or different ones, different lengths, or a stride below 1.
    """
    titled = (
        dict(runs)
        if isinstance(runs, Mapping)
        else dict(zip(numbered(run.rule.title for run in runs), runs, strict=True))
    )
    surface, steps = _check(list(titled.values()), stride)
    figure = make_subplots(
        rows=3,
        cols=3,
        specs=[[{"rowspan": 3}, {"colspan": 2}, None], [None, {}, {}], [None, {}, {}]],
        column_widths=[0.5, 0.25, 0.25],
        subplot_titles=_TITLES,
        horizontal_spacing=0.06,
        vertical_spacing=0.1,
    )
    figure.add_trace(contour_trace(loss_grid(surface), theme), row=1, col=1)
    for position, (title, run) in enumerate(titled.items()):
        _add_run(figure, title, run, theme.lanes[position % len(theme.lanes)], MARKERS[position % len(MARKERS)], theme)
    if surface.minimum is not None:
        figure.update_yaxes(type="log", row=1, col=2)
    cursors = _add_cursors(figure, list(titled.values()), theme)
    figure.update_layout(title=surface.title, showlegend=False, height=640, **_page_layout(theme))
    figure.update_xaxes(range=list(surface.domain[0]), title="x", row=1, col=1)
    figure.update_yaxes(range=list(surface.domain[1]), title="y", row=1, col=1)
    if frames:
        _animate(figure, list(titled.values()), cursors, range(0, steps + 1, stride))
    return figure


def _check(runs: Sequence[Trajectory], stride: int) -> tuple[Surface, int]:
    """Return the surface and the number of steps that all runs share."""
    if not runs:
        raise ValueError("a figure needs one run at least")
    if stride < 1:
        raise ValueError(f"stride = {stride} is not 1 or more")
    for run in runs:
        if run.theta.ndim != 2:
            raise ValueError(f"a run must be single, not a batch of shape {run.theta.shape[:-2]}")
        if run.surface is not runs[0].surface or len(run.theta) != len(runs[0].theta):
            raise ValueError("all runs must be on one surface and of one length")
    if runs[0].surface is None:
        raise ValueError("a replay has no surface to draw")
    return runs[0].surface, len(runs[0].theta) - 1


def curves(run: Trajectory) -> dict[str, NDArray[np.float64]]:
    """Return what each small plot draws of a run, each of shape (T + 1,), NaN where a step has no value."""
    rule = run.rule
    minimum = run.surface.minimum if run.surface else None
    found = {"loss": run.loss if minimum is None else run.loss - minimum}
    for moment, states in (("first", rule.first_moment), ("second", rule.second_moment)):
        for axis, name in enumerate("xy"):
            if states:
                found[f"{moment} {name}"] = np.concatenate([[np.nan], run.state[states[0]][:, axis]])
    return found


def _add_run(figure: go.Figure, title: str, run: Trajectory, colour: str, marker: str, theme: Theme) -> None:
    """Add a trail and a head on the surface, then a curve in each small plot."""
    line = {"color": colour, "width": 2}
    head = {"symbol": marker, "size": 11, "color": colour, "line": {"color": theme.background, "width": 1}}
    x, y = run.theta[:, 0], run.theta[:, 1]
    figure.add_scatter(x=x, y=y, mode="lines", line=line, name=title, row=1, col=1)
    figure.add_scatter(x=x[-1:], y=y[-1:], mode="markers", marker=head, name=title, row=1, col=1)
    for name, values in curves(run).items():
        row, column = _PLACES[name]
        steps = np.arange(len(values))
        figure.add_scatter(x=steps, y=values, mode="lines", line=line, name=title, row=row, col=column)


def _add_cursors(figure: Any, runs: Sequence[Trajectory], theme: Theme) -> list[int]:
    """Add the time cursor to each small plot that has a curve; return their trace numbers."""
    numbers: list[int] = []
    last = len(runs[0].theta) - 1
    for name, (row, column) in _PLACES.items():
        known = [values[np.isfinite(values)] for run in runs if (values := curves(run).get(name)) is not None]
        span = np.concatenate(known) if known else np.empty(0)
        if name == "loss" and figure.layout.yaxis2.type == "log":
            span = span[span > 0]
        if not span.size:
            continue
        numbers.append(len(figure.data))
        ends = [float(span.min()), float(span.max())]
        pen = {"color": theme.muted, "width": 1}
        figure.add_scatter(x=[last, last], y=ends, mode="lines", line=pen, hoverinfo="skip", row=row, col=column)
    return numbers


def _animate(figure: Any, runs: Sequence[Trajectory], cursors: Sequence[int], times: range) -> None:
    """Add one frame a time, a slider over them, and the play and pause buttons."""
    trails = [number for number, trace in enumerate(figure.data) if trace.xaxis == "x" and trace.type == "scatter"]
    frames: list[dict[str, Any]] = []
    for time in times:
        data: list[dict[str, Any]] = []
        for run in runs:
            path = run.theta[: time + 1]
            data.append({"type": "scatter", "x": path[:, 0], "y": path[:, 1]})
            data.append({"type": "scatter", "x": path[-1:, 0], "y": path[-1:, 1]})
        data += [{"type": "scatter", "x": [time, time]} for _ in cursors]
        frames.append({"data": data, "traces": [*trails, *cursors], "name": str(time)})
    figure.frames = frames  # plain dicts, so that Plotly checks each once and not three times
    # Without "redraw" Plotly wipes the contour at the first frame that moves a trail in the same subplot.
    at_once = {"frame": {"duration": 0, "redraw": True}, "mode": "immediate", "transition": {"duration": 0}}
    playing = {"frame": {"duration": 16, "redraw": True}, "fromcurrent": True, "transition": {"duration": 0}}
    buttons = [
        {"label": "Play", "method": "animate", "args": [None, playing]},
        {"label": "Pause", "method": "animate", "args": [[None], at_once]},
    ]
    steps = [{"label": frame["name"], "method": "animate", "args": [[frame["name"]], at_once]} for frame in frames]
    figure.update_layout(
        updatemenus=[{"type": "buttons", "direction": "left", "buttons": buttons, "x": 0, "y": -0.08, "pad": {"t": 8}}],
        sliders=[
            {"steps": steps, "active": len(steps) - 1, "x": 0.15, "len": 0.85, "currentvalue": {"prefix": "step "}}
        ],
    )


def _page_layout(theme: Theme) -> dict[str, Any]:
    """Return the layout entries that every figure of this theme shares."""
    return {
        "paper_bgcolor": theme.background,
        "plot_bgcolor": theme.background,
        "font": {"color": theme.text, "size": 12},
        "margin": {"l": 48, "r": 16, "t": 40, "b": 40},
    }
