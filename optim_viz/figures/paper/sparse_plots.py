# pyright: basic
"""The pictures of section 7: how far the sparse coordinate comes, step by step and against k."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import plotly.graph_objects as go

from optim_viz.figures.paper.chart import Axis, Chart, ChartCurve, colour_of, title_of
from optim_viz.figures.theme import LIGHT
from optim_viz.trajectory import Array

_GREY = LIGHT.lanes[7]


def staircases(positions: Mapping[str, Array], k: int) -> go.Figure:
    """Draw y against steps for every rule, as a share of how far its x comes in all.

    Args:
        positions: (T+1, 2, 1) for each rule.
        k: the spacing.
    """
    lines = [
        ChartCurve(np.arange(len(run)), run[:, 1, 0] / run[-1, 0, 0], title_of(rule), colour_of(rule))
        for rule, run in positions.items()
    ]
    heading = f"y, as a share of x's whole way (gradient in y every {k} steps)"
    return Chart(heading, lines, Axis("step"), Axis("", low=0.0)).figure()


def ratios(ks: Sequence[int], found: Mapping[str, Array], k: int) -> go.Figure:
    """Draw the displacement ratio against k on two logarithmic axes, with 1/k and 1/√k."""
    spacing = np.array(ks, dtype=np.float64)
    guides = [
        ChartCurve(spacing, 1 / spacing, "1/k", _GREY, dash="dot"),
        ChartCurve(spacing, 1 / np.sqrt(spacing), "1/√k", _GREY, dash="dot"),
    ]
    lines = [
        ChartCurve(spacing, share, title_of(rule), colour_of(rule), points="also") for rule, share in found.items()
    ]
    x, y = Axis("k: a gradient in y every k steps", log=True), Axis("", log=True, low=1 / (2 * ks[-1]), high=1.3)
    return Chart("How far y comes, over how far x comes", [*guides, *lines], x, y, verticals=[(k, "this k")]).figure()
