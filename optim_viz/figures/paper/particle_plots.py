# pyright: basic
"""The pictures of section 1: speeds on a slope and after one push, and the path through a narrow valley."""

from __future__ import annotations

from typing import cast

import numpy as np
import plotly.graph_objects as go

from optim_viz.experiments import particle
from optim_viz.experiments.particle import Particle
from optim_viz.figures.paper.chart import Axis, Chart, ChartCurve, colour_of
from optim_viz.figures.paper.ground import Path, paths
from optim_viz.figures.theme import LIGHT
from optim_viz.surfaces import Surface
from optim_viz.trajectory import Trajectory


def speeds(body: Particle, slope: Trajectory, push: Trajectory) -> go.Figure:
    """Draw the speed at every step on the slope, and after one push, with the terminal speed."""
    times = np.arange(1, slope.steps + 1)
    lines = (
        ChartCurve(times, particle.speed(push), "one push", LIGHT.lanes[7], dash="dot"),
        ChartCurve(times, particle.speed(slope), "slope", colour_of("momentum")),
    )
    level = (body.terminal_speed, "terminal speed η/(1 − μ)")
    high = 1.15 * body.terminal_speed
    return Chart("Speed: how far each step goes", lines, Axis("step"), Axis("", low=0.0, high=high), [level]).figure()


def in_valley(body: Particle, run: Trajectory) -> go.Figure:
    """Draw the path through the valley."""
    del body
    path = Path(run.theta, "Momentum", colour_of("momentum"), dots=True)
    return paths(cast("Surface", run.surface), [path], "In a narrow valley, curvature 1 along and 100 across")
