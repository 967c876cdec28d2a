# pyright: basic
"""Several training runs over one clock, the epoch: test accuracy above, smoothed training loss below."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

import plotly.graph_objects as go

from optim_viz.figures.training.curves import ACCURACY, LaneCurve, Quantity, draw, framed, named_ends, value_axis

COMPARISON_HEIGHT: Final = 640
_MARGIN: Final = {"l": 64, "r": 220, "t": 12, "b": 44}
_SMOOTHED: Final = Quantity("Smoothed training loss", "{:.4g}".format, log=True)
_SHARE: Final = 0.45  # of the height, for each of the two


def comparison_figure(accuracies: Sequence[LaneCurve], losses: Sequence[LaneCurve]) -> go.Figure:
    """Draw the curves of all lanes of all runs; `dash` sets the runs apart, colour the optimizers."""
    figure = go.Figure()
    height = (COMPARISON_HEIGHT - _MARGIN["t"] - _MARGIN["b"]) * _SHARE
    annotations: list[Any] = []
    ends = [float(curve.line.x[-1]) for curve in (*accuracies, *losses) if len(curve.line.x)]
    # Not a range: one that grows with the runs would take the place of a person's zoom.
    span = {"autorangeoptions": {"minallowed": 0, "maxallowed": max([1.0, *ends])}, "tickformat": ",~r"}
    for axis, quantity, curves, domain in (
        ("", ACCURACY, accuracies, (1 - _SHARE, 1.0)),
        ("2", _SMOOTHED, losses, (0.0, _SHARE)),
    ):
        lines = [curve.line for curve in curves]
        for curve in curves:
            draw(figure, curve, quantity, axis=axis)
        annotations += named_ends(curves, quantity, lines, height, axis=axis)
        x_axis = {"anchor": f"y{axis}", **span}
        y_axis = {"domain": domain, "title": {"text": quantity.title}, "anchor": f"x{axis}"}
        figure.update_layout({f"xaxis{axis}": x_axis, f"yaxis{axis}": y_axis | value_axis(quantity, lines)})
    figure.update_layout(
        xaxis={"matches": "x2", "showticklabels": False}, xaxis2={"title": {"text": "epoch"}}, annotations=annotations
    )
    return framed(figure, "", _MARGIN, COMPARISON_HEIGHT)
