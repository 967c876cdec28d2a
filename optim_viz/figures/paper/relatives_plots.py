# pyright: basic
"""The pictures of section 9: rates by a sum and by a mean, a spike, and Nesterov's two points."""

from __future__ import annotations

from collections.abc import Mapping
from typing import cast

import numpy as np
import plotly.graph_objects as go

from optim_viz.experiments.look_ahead import LookAhead
from optim_viz.experiments.relatives import SPIKE_AT
from optim_viz.figures.paper.chart import Axis, Chart, ChartCurve, colour_of, title_of
from optim_viz.figures.paper.ground import Path, paths
from optim_viz.figures.theme import LIGHT
from optim_viz.surfaces import Surface
from optim_viz.trajectory import Array

_BEFORE = 10
_GREY = LIGHT.lanes[7]


def rates(found: Mapping[str, tuple[Array, Array]], change: int | None) -> go.Figure:
    """Draw each rule's rate, step over gradient, against steps, both axes logarithmic; the change is marked."""
    lines = [
        ChartCurve(np.arange(1, len(rate) + 1), rate, title_of(rule), colour_of(rule))
        for rule, (rate, _) in found.items()
    ]
    marks = [] if change is None else [(float(change), "change")]
    axes = Axis("step t", log=True), Axis("", log=True)
    return Chart("Rate: step over gradient, η = 1", lines, *axes, verticals=marks).figure()


def step_sizes(found: Mapping[str, tuple[Array, Array]], change: int | None) -> go.Figure:
    """Draw the size of each step against steps, both axes logarithmic."""
    lines = [
        ChartCurve(np.arange(1, len(size) + 1), size, title_of(rule), colour_of(rule))
        for rule, (_, size) in found.items()
    ]
    marks = [] if change is None else [(float(change), "")]
    axes = Axis("step t", log=True), Axis("", log=True)
    return Chart("Size of the step, η = 1", lines, *axes, verticals=marks).figure()


def spike(found: Mapping[str, Array]) -> go.Figure:
    """Draw the steps around the spike."""
    first = SPIKE_AT - _BEFORE
    lines = [
        ChartCurve(
            np.arange(first + 1, len(steps) + 1) - SPIKE_AT,
            steps[first:],
            title_of(rule),
            colour_of(rule),
            points="also",
        )
        for rule, steps in found.items()
    ]
    marks = [(0.0, "spike")]
    return Chart(
        "Step, where 1 is the usual one", lines, Axis("steps after the spike"), Axis(""), verticals=marks
    ).figure()


def two_points(run: LookAhead, step: int) -> go.Figure:
    """Draw what torch stores, the textbook's θ, and the look-ahead that leads from one to the other at `step`."""
    surface = cast("Surface", run.stored.surface)
    arrow = np.stack([run.theta[step], run.ahead[step]])
    drawn = [
        Path(run.theta[: step + 1], "textbook θ", _GREY, "square", dots=True, dotted=True),
        Path(run.stored.theta[: step + 1], "stored by torch", colour_of("nesterov"), dots=True),
        Path(arrow, "look-ahead μv", LIGHT.lanes[0], "circle-open"),
    ]
    x = np.concatenate([run.theta[:, 0], run.ahead[:, 0]])
    window = ((float(x.min()) - 0.3, float(x.max()) + 0.3), (-1.2, 1.2))
    return paths(surface, drawn, "Stored point, and the textbook's θ (grey)", window)
