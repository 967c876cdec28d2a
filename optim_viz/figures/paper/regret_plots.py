# pyright: basic
"""The pictures of section 8: average regret, and where the players of the counterexample go."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray

from optim_viz.experiments.reddi import Game
from optim_viz.figures.paper.chart import Axis, Chart, ChartCurve, colour_of
from optim_viz.trajectory import Array

_LOOKS: Final = {
    "SGD": colour_of("sgd"),
    "AdaGrad": colour_of("adagrad"),
    "Adam": colour_of("adam"),
    "AMSGrad": colour_of("amsgrad"),
    "Adam, constant lr": colour_of("adam"),
    "Adam, usual betas": colour_of("adam"),
}
_DASHED: Final = ("Adam, constant lr", "Adam, usual betas")
_SHORT: Final = {"Adam, constant lr": "const. lr", "Adam, usual betas": "usual betas"}
_POINTS: Final = 200


def average_regret(regrets: Mapping[str, Array], rounds: int, heading: str, level: float | None = None) -> go.Figure:
    """Draw R(T)/T against T, both logarithmic.

    Args:
        regrets: R(1) .. for each player.
        rounds: T, where the curves end.
        heading: above the chart.
        level: what the worst point costs a round, if it shall be marked.
    """
    at = _spread(rounds)
    lines = [_line(at, regret[at - 1] / at, name) for name, regret in regrets.items()]
    levels = [] if level is None else [(level, "what x = +1 costs a round")]
    return Chart(heading, lines, Axis("T", log=True), Axis("R(T)/T", log=True), levels).figure()


def points(games: Mapping[str, Game], rounds: int) -> go.Figure:
    """Draw x_t against t, as it is after each round of slope C and at the other two, thinned to what one can see."""
    at = _spread(rounds)
    lines = [_line(at, game.points[at], name) for name, game in games.items()]
    levels = [(1.0, "worst"), (-1.0, "best")]
    y = Axis("x", low=-1.15, high=1.25)
    return Chart("Where the players are", lines, Axis("t", log=True), y, levels).figure()


def _spread(rounds: int) -> NDArray[np.int64]:
    """Return rounds 1 .. T, evenly spread on a logarithmic axis, the last one included."""
    return np.unique(np.round(np.geomspace(1, rounds, _POINTS)).astype(np.int64))


def _line(at: NDArray[np.int64], values: Array, name: str) -> ChartCurve:
    return ChartCurve(at, values, _SHORT.get(name, name), _LOOKS[name], "dash" if name in _DASHED else "solid")
