# pyright: basic
"""The pictures of section 10: training losses and test accuracies of a finished comparison."""

from __future__ import annotations

import numpy as np
import plotly.graph_objects as go

from optim_viz.experiments.mnist_runs import FinishedRun
from optim_viz.figures.paper.chart import Axis, Chart, ChartCurve, colour_of, title_of


def losses(run: FinishedRun) -> go.Figure:
    """Draw the smoothed training losses against steps, both axes logarithmic."""
    at = np.array(run.steps)
    lines = [
        ChartCurve(at, np.array(each.loss), title_of(each.optimizer), colour_of(each.optimizer)) for each in run.results
    ]
    return Chart("Training loss, smoothed", lines, Axis("step", log=True), Axis("", log=True)).figure()


def accuracies(run: FinishedRun) -> go.Figure:
    """Draw the test accuracy of every seed in per cent, one row a rule."""
    lines = [
        ChartCurve(
            100 * np.array(each.test_accuracy),
            np.full(len(each.test_accuracy), -float(row)),
            "",
            colour_of(each.optimizer),
            points="only",
        )
        for row, each in enumerate(run.results)
    ]
    shares = np.concatenate([line.x for line in lines])
    room = 0.05 * float(np.ptp(shares))
    x = Axis("", low=float(shares.min()) - room, high=float(shares.max()) + room)
    y = Axis("", low=0.5 - len(run.results), high=0.5)
    figure = Chart("Test accuracy after one epoch, %: one dot a seed", lines, x, y).figure()
    names = [title_of(each.optimizer) for each in run.results]
    ticks = {"tickmode": "array", "tickvals": -np.arange(len(names)), "ticktext": names}
    return figure.update_layout(xaxis={"showgrid": True}, yaxis=ticks, margin={"l": 84, "r": 16})
