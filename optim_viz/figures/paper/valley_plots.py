# pyright: basic
"""The pictures of section 2: one rate on a valley, rates for each coordinate, and the valley turned."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import cast

import numpy as np
import plotly.graph_objects as go

from optim_viz.experiments.valley import START, Turned, valley
from optim_viz.figures.loss_grid import Window
from optim_viz.figures.paper.chart import Axis, Chart, ChartCurve, colour_of, title_of
from optim_viz.figures.paper.ground import Path, paths
from optim_viz.scenario import Lane
from optim_viz.surfaces import Surface
from optim_viz.trajectory import Array, Trajectory

_TURNED_WINDOW: Window = ((-9.0, 2.5), (-9.0, 2.5))
"""Holds all starts from 0 to 90 degrees, and what swings beyond the minimum."""


def zigzag(run: Trajectory, kappa: float) -> go.Figure:
    """Draw gradient descent's path down the straight valley."""
    path = Path(run.theta, "SGD", colour_of("sgd"), dots=True)
    return paths(valley(kappa), [path], f"Gradient descent, κ = {kappa:g}")


def across(run: Trajectory) -> go.Figure:
    """Draw where gradient descent is across the valley, against steps."""
    y = run.theta[:, 1]
    # A run that diverges would flatten the rest of the curve; the axis shows three times the start, the curve goes on.
    line = ChartCurve(np.arange(len(y)), y, "y", colour_of("sgd"), points="also")
    return Chart("Across the valley", [line], Axis("step"), Axis("y", low=-3 * START[1], high=3 * START[1])).figure()


def left_over(kappas: Sequence[float], shares: Mapping[str, Array], kappa: float, steps: int) -> go.Figure:
    """Draw which share of the distance is left, against κ."""
    lines = [
        ChartCurve(np.array(kappas), share, title_of(rule), colour_of(rule), points="also")
        for rule, share in shares.items()
    ]
    heading = f"Straight valleys: share of the distance left after {steps} steps"
    x, y = Axis("κ", log=True), Axis("", log=True, low=1e-4, high=4.0)
    return Chart(heading, lines, x, y, verticals=[(kappa, "this κ")]).figure()


def turned_paths(kappa: float, degrees: float, runs: Mapping[str, Turned]) -> go.Figure:
    """Draw every rule's path through the turned valley; dotted, the straight valley's path, turned with it."""
    drawn: list[Path] = []
    for rule, each in reversed(list(runs.items())):
        drawn.append(
            Path(each.expected, f"{title_of(rule)}, straight", colour_of(rule), Lane(rule).marker, dotted=True)
        )
        drawn.append(Path(each.turned.theta, title_of(rule), colour_of(rule), Lane(rule).marker))
    ground = cast("Surface", next(iter(runs.values())).turned.surface)
    return paths(ground, drawn, f"The valley turned by {degrees:g}°, κ = {kappa:g}", _TURNED_WINDOW)


def turned_losses(runs: Mapping[str, Turned]) -> go.Figure:
    """Draw the loss against steps: solid in the turned valley, dotted in the straight one."""
    lines: list[ChartCurve] = []
    for rule, each in runs.items():
        times = np.arange(each.turned.steps + 1)
        lines.append(ChartCurve(times, each.straight.loss, "", colour_of(rule), dash="dot"))
        lines.append(ChartCurve(times, each.turned.loss, title_of(rule), colour_of(rule)))
    y = Axis("", log=True, low=1e-6, high=200.0)
    return Chart("Loss: turned (solid), straight (dotted)", lines, Axis("step"), y).figure()
