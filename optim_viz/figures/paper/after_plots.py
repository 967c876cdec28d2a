# pyright: basic
"""The pictures of the page "After Adam"."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import cast

import numpy as np
import plotly.graph_objects as go

from optim_viz.experiments.fair import RATES, Score
from optim_viz.experiments.muon import LAYOUTS, Layout, exact, newton_schulz, singular_values, unit_ball
from optim_viz.figures.paper.chart import Axis, Chart, ChartCurve, colour_of, title, title_of
from optim_viz.figures.paper.ground import Path, paths
from optim_viz.figures.theme import LIGHT
from optim_viz.scenario import Lane
from optim_viz.surfaces import Surface
from optim_viz.trajectory import Array, Trajectory

_TURNED = ((-9.5, 2.5), (-9.5, 2.5))
_BLUE, _GREEN, _RED, _GREY = (LIGHT.lanes[at] for at in (4, 2, 0, 7))


def turned_paths(runs: Mapping[str, Trajectory], ellipse: Array, heading: str) -> go.Figure:
    """Draw the rules' paths through the turned valley, and L^{-1/2} where full-matrix AdaGrad stands."""
    drawn = [Path(run.theta, title_of(rule), colour_of(rule), Lane(rule).marker) for rule, run in runs.items()]
    ground = cast("Surface", next(iter(runs.values())).surface)
    figure = paths(ground, drawn, heading, _TURNED)
    figure.add_trace(
        {
            "type": "scatter",
            "x": ellipse[:, 0],
            "y": ellipse[:, 1],
            "mode": "lines",
            "line": {"color": _RED, "width": 3},
            "name": "L^(−1/2)",
            "hovertemplate": "L^(−1/2), what a circle of gradients becomes<extra></extra>",
        }
    )
    return figure


def dial(angles: Sequence[float], losses: Mapping[str, Array], degrees: float, steps: int) -> go.Figure:
    """Draw the loss at the end against the valley's angle."""
    lines = [
        # The first word alone, "Full-matrix", has room at a curve's end.
        ChartCurve(np.array(angles), loss, title_of(rule).split()[0], colour_of(rule), points="also")
        for rule, loss in losses.items()
    ]
    x, y = Axis("angle of the valley, degrees"), Axis("", log=True)
    return Chart(f"Loss after {steps} steps", lines, x, y, verticals=[(degrees, "this angle")]).figure()


def ball(layout: Layout, x: float, y: float) -> go.Figure:
    """Draw the unit ball of the spectral norm, the gradient, and Muon's directions, exact and after five steps."""
    matrix = layout.matrix(x, y)
    edge = unit_ball(layout)
    data = [_line(edge, LIGHT.muted, "spectral norm 1", "solid", 1.5)]
    arrows = [
        (np.array([x, y]), _GREY, "gradient", "dot"),
        (layout.point(exact(matrix)), _BLUE, "exact Muon", "solid"),
        (layout.point(newton_schulz(matrix)[-1]), _RED, "five Newton-Schulz steps", "dash"),
    ]
    for point, colour, name, dash in arrows:
        data.append(_line(np.array([[0.0, 0.0], point]), colour, name, dash, 2.5))
        data.append(_head(point, colour, name))
    span = [-1.35, 1.35]
    layout_of = {
        "title": title(f"As {layout.words}: the ball is a {layout.ball}"),
        "xaxis": {"range": span, "title": {"text": "x", "standoff": 4}, "zeroline": True, "scaleanchor": "y"},
        "yaxis": {"range": span, "title": {"text": "y", "standoff": 4}, "zeroline": True},
        "showlegend": False,
        "hovermode": "closest",
        "margin": {"l": 48, "r": 12, "t": 30, "b": 42},
    }
    return go.Figure({"data": data, "layout": layout_of})


def _line(points: Array, colour: str, name: str, dash: str, width: float) -> dict[str, object]:
    return {
        "type": "scatter",
        "x": points[:, 0],
        "y": points[:, 1],
        "mode": "lines",
        "name": name,
        "line": {"color": colour, "width": width, "dash": dash},
        "hovertemplate": f"{name}<br>x %{{x:.4~g}}, y %{{y:.4~g}}<extra></extra>",
    }


def _head(point: Array, colour: str, name: str) -> dict[str, object]:
    return {
        "type": "scatter",
        "x": [point[0]],
        "y": [point[1]],
        "mode": "markers",
        "marker": {"size": 10, "color": colour},
        "hovertemplate": f"{name}<br>x %{{x:.4~g}}, y %{{y:.4~g}}<extra></extra>",
    }


def schulz(x: float, y: float) -> go.Figure:
    """Draw the singular values of each layout during the Newton-Schulz steps."""
    lines: list[ChartCurve] = []
    for layout, colour in zip(LAYOUTS[:3], (_GREEN, _RED, _BLUE), strict=True):
        values = singular_values(newton_schulz(layout.matrix(x, y)))
        for place in range(values.shape[1]):
            name = layout.words if place == 0 else ""
            lines.append(ChartCurve(np.arange(len(values)), values[:, place], name, colour, points="also"))
    heading = "Singular values, step by step"
    return Chart(heading, lines, Axis("step"), Axis("", low=0.0, high=1.3), levels=[(1.0, "exact")]).figure()


def three_points(run: Trajectory, plain: Trajectory, step: int) -> go.Figure:
    """Draw the three points of Schedule-Free SGD up to a step, and gradient descent at the same rate."""
    shown = slice(0, step + 1)
    start = run.theta[:1]
    fast = np.concatenate([start, run.state["z"]])[shown]
    mean = np.concatenate([start, run.state["x"]])[shown]
    drawn = [
        Path(plain.theta[shown], "gradient descent", _GREY, "circle", dotted=True),
        Path(fast, "z, the fast point", _RED, "triangle-up"),
        Path(run.theta[shown], "y, where the gradient is taken", _GREEN, "square"),
        Path(mean, "x, the average to keep", _BLUE, "diamond"),
    ]
    return paths(cast("Surface", run.surface), drawn, f"Three points after {step} steps")


def three_losses(losses: Mapping[str, Array], step: int) -> go.Figure:
    """Draw the loss at each of the three points against steps."""
    colours = {"z": _RED, "y": _GREEN, "x": _BLUE, "SGD": _GREY}
    lines = [ChartCurve(np.arange(len(loss)), loss, name, colours[name]) for name, loss in losses.items()]
    y = Axis("", log=True)
    return Chart("Loss at each point", lines, Axis("step"), y, verticals=[(step, "this step")]).figure()


def decays(left: Mapping[str, Array], predicted: Array, ratio: float) -> go.Figure:
    """Draw what is left of both weights in Adam and AdamW."""
    times = np.arange(len(predicted))
    lines: list[ChartCurve] = [ChartCurve(times, predicted, "", LIGHT.muted, dash="dot")]
    for rule, theta in left.items():
        lines.append(ChartCurve(times, theta[:, 0], f"{title_of(rule)}, ±1", colour_of(rule)))
        lines.append(ChartCurve(times, theta[:, 1], f"{title_of(rule)}, ±{ratio:g}", colour_of(rule), dash="dash"))
    return Chart("What is left of each weight", lines, Axis("step"), Axis("", low=0.0, high=1.05)).figure()


def sweep(scores: Mapping[str, Score]) -> go.Figure:
    """Draw the loss at the end against the learning rate, a curve for each rule."""
    lines = [
        ChartCurve(RATES, np.where(np.isfinite(score.losses), score.losses, np.nan), title_of(rule), colour_of(rule))
        for rule, score in scores.items()
    ]
    x, y = Axis("learning rate", log=True), Axis("", log=True)
    return Chart("Median loss at the end, over the minimum", lines, x, y).figure()
