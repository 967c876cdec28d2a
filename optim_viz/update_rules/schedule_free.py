r"""Schedule-Free SGD: three points in place of a schedule; the gradient is taken between a fast one and its average.

    z_t     = z_{t-1} - η ∇f(y_{t-1})
    x_t     = x_{t-1} + (z_t - x_{t-1}) / t
    y_t     = z_t + μ (x_t - z_t)

η is `lr`, μ `momentum`, the paper's β. The point that this file moves is y, where gradients are taken, as torch holds
it while it trains; x, the average of all z, is the one to keep at the end. At μ = 0 the gradients are taken at z, and x
is Polyak and Ruppert's average; at μ = 1 at x itself.

Where implementations differ: with a learning rate that changes, the authors' code weighs z_t by its square; here, as in
the paper's equations, each z counts the same. torch.optim has none; pytorch_optimizer's ScheduleFreeSGD steps alike.

Source: Defazio, Yang, Mehta, Mishchenko, Khaled, Cutkosky, The Road Less Scheduled, NeurIPS 2024, arXiv 2405.15682,
equations (2) to (4).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

import numpy as np

from optim_viz.update_rules.hyperparameter import POSITIVE, UNIT
from optim_viz.update_rules.marks import Point
from optim_viz.update_rules.update_rule import Array, Hyperparameter, Line, UpdateRule


class State(NamedTuple):
    """What is remembered, each (2, *B)."""

    z: Array  # takes gradient descent's steps
    x: Array  # average of all z


class Settings(NamedTuple):
    """What a step needs besides gradient, state and place."""

    minus_lr: Array
    momentum: Array


def prepare(hyperparameters: Mapping[str, Any], steps: int) -> Settings:
    """Nothing depends on the step."""
    del steps
    return Settings(np.asarray(-hyperparameters["lr"]), hyperparameters["momentum"])


def init(params: Array, settings: Settings) -> State:
    """Start all three points at one place."""
    del settings
    return State(params.copy(), params.copy())


def update(grad: Array, state: State, params: Array, t: int, settings: Settings) -> tuple[Array, State]:
    """Take one step; arrays (2, *B) float64."""
    z = state.z + settings.minus_lr * grad
    x = state.x + (z - state.x) / t
    return z + settings.momentum * (x - z) - params, State(z, x)


def lines(hyperparameters: Mapping[str, Any]) -> tuple[Line, ...]:
    """Write the step out."""
    del hyperparameters
    return (
        Line("z", "z_prev - lr*grad"),
        Line("x", "x_prev + (z - x_prev)/t"),
        Line("update", "z + momentum*(x - z) - theta_prev"),
        Line("theta", "theta_prev + update"),
    )


def rate(numbers: Mapping[str, Any]) -> Array:
    """Multiply the gradient by lr, in the step of z."""
    return numbers["lr"]


RULE = UpdateRule(
    name="schedule_free",
    title="Schedule-Free SGD",
    rank=24,
    family="gradient",
    latex=r"""\begin{aligned}
z_t &= z_{t-1} - \eta\,\nabla f(\theta_{t-1})\\
x_t &= x_{t-1} + \tfrac1t\,(z_t - x_{t-1})\\
\theta_t &= z_t + \mu\,(x_t - z_t)
\end{aligned}""",
    source="Defazio et al. (2024), The Road Less Scheduled, arXiv:2405.15682, equations (2) to (4); "
    "the point shown is y, where gradients are taken",
    hyperparameters=(
        Hyperparameter(
            *("lr", "η", 1.0, 1e-4, 10.0, "log", "Learning rate of z, the fast point.", POSITIVE),
            primary=True,
            label="learning rate",
        ),
        Hyperparameter(
            *("momentum", "μ", 0.9, 0.0, 0.999, "log", "How far from z towards x the gradient is taken.", UNIT),
            complement=True,
            primary=True,
        ),
    ),
    states=State._fields,
    symbols={"z": "z", "x": "x̄"},
    meanings={
        "z": "The fast point, which takes gradient descent's steps.",
        "x": "Average of all z so far; the point to keep at the end.",
    },
    first_moment=(),
    second_moment=(),
    prepare=prepare,
    init=init,
    update=update,
    lines=lines,
    rate=rate,
    points=(Point("z", "triangle-up"), Point("x", "square")),
    look=(1, "diamond"),
)
