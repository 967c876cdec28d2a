"""The sentences and tables of section 2, the valley."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from optim_viz.experiments.valley import BestRate, Turned
from optim_viz.figures.paper.chart import title_of
from optim_viz.pages.paper.section import number
from optim_viz.pages.paper.words import Prose, Table
from optim_viz.trajectory import Trajectory


def verdict(run: Trajectory, kappa: float, lr: float, limit: float) -> Prose:
    """State whether y shrinks, oscillates or diverges at this learning rate."""
    factor = f"|1 − κη| = {number(abs(1 - kappa * lr))}"
    y = run.theta[:, 1]
    if lr > limit:
        return Prose(
            f"η = {number(lr)} is **above** 2/L = {number(limit)}: {factor} is more than 1, and y **diverges**, from 1 "
            f"to {number(float(abs(y[-1])))} in {run.steps} steps."
        )
    if lr == limit:
        same = np.array_equal(np.abs(y), np.ones_like(y))
        repeats = "for ever: after every second step it is back, to the last bit" if same else "for ever"
        return Prose(
            f"η = {number(lr)} is **exactly** 2/L: {factor}, and y jumps between {number(y[0])} and {number(y[1])} "
            f"{repeats}."
        )
    turns = "and changes its side at every step" if 1 - kappa * lr < 0 else "without changing its side"
    return Prose(f"η = {number(lr)} is **below** 2/L = {number(limit)}: {factor}, so y shrinks {turns}.")


def ends(run: Trajectory, lr: float, limit: float) -> Table:
    """List where gradient descent ends."""
    x, y = map(float, run.theta[-1])
    heads = ("Gradient descent", "η", "2/L", "x after 100 steps", "y after 100 steps")
    return Table(heads, [["from (−8, 1)", lr, limit, x, y]])


def tuned(best: Mapping[str, BestRate]) -> Table:
    """List what the best learning rate of each rule reaches, tuned to this κ."""
    rows = [[title_of(rule), each.lr, each.momentum, each.rate, str(each.steps)] for rule, each in best.items()]
    return Table(("Tuned", "η", "μ", "factor a step", "steps to 10⁻⁶"), rows)


def equivariance(runs: Mapping[str, Turned], degrees: int, steps: int) -> Prose:
    """State which rules take the same path when the valley is turned, only turned with it."""
    if degrees % 90 == 0:
        return Prose(f"At {degrees}° the valley lies along an axis, and no rule is affected by the turn.")
    same = max(each.difference for rule, each in runs.items() if rule in ("sgd", "momentum", "nesterov"))
    least = min(each.difference for rule, each in runs.items() if rule not in ("sgd", "momentum", "nesterov"))
    return Prose(
        f"SGD, momentum and Nesterov take the same path, turned by {degrees}° (to {number(same, 1)} after {steps} "
        f"steps: rounding). The adaptive rules do not: they differ by {number(least)} at least, and lose what they had "
        "gained."
    )


def comparison(runs: Mapping[str, Turned], rates: Mapping[str, float]) -> Table:
    """List each rule's final loss in the turned valley and in the straight one."""
    rows = [
        [
            title_of(rule),
            rates[rule],
            float(each.straight.loss[-1]),
            float(each.turned.loss[-1]),
            each.difference,
        ]
        for rule, each in runs.items()
    ]
    return Table(("Rule", "η", "loss, straight", "loss, turned", "path differs by"), rows)
