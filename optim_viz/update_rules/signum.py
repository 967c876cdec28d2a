r"""Signum: steps of one length against the sign of a running mean of gradients.

    m_t     = μ m_{t-1} + (1 - μ) g_t
    θ_t     = θ_{t-1} - η (sign(m_t) + λ θ_{t-1})

η is `lr`, μ `momentum`, λ `weight_decay`, decoupled. Every step has length η in each coordinate, as Lion's do, but one
mean serves both as memory and as direction. With μ = 0 it is signSGD.

Where implementations differ: a sum of gradients in place of the mean has the same sign. torch.optim has no Signum; the
defaults are those of pytorch_optimizer's SignSGD, which steps alike.

Source: Bernstein, Wang, Azizzadenesheli, Anandkumar, signSGD: Compressed Optimisation for Non-Convex Problems, ICML
2018, arXiv 1802.04434, algorithm 2; weight decay: Bernstein, Zhao, Azizzadenesheli, Anandkumar, ICLR 2019, arXiv
1810.05291.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

import numpy as np

from optim_viz.update_rules.hyperparameter import FRACTION, POSITIVE, WEIGHT_DECAY_APART
from optim_viz.update_rules.update_rule import Array, Hyperparameter, Line, UpdateRule


class State(NamedTuple):
    """What each coordinate remembers, (2, *B)."""

    m: Array  # running mean of gradients


class Settings(NamedTuple):
    """What a step needs besides gradient, state and place."""

    minus_lr: Array
    weight_decay: Array
    momentum: Array
    one_minus_momentum: Array
    decays: bool


def prepare(hyperparameters: Mapping[str, Any], steps: int) -> Settings:
    """Work out the factors once for all steps."""
    del steps
    momentum, weight_decay = hyperparameters["momentum"], hyperparameters["weight_decay"]
    return Settings(
        minus_lr=np.asarray(-hyperparameters["lr"]),
        weight_decay=weight_decay,
        momentum=momentum,
        one_minus_momentum=np.asarray(1.0 - momentum),
        decays=bool(weight_decay.any()),
    )


def init(params: Array, settings: Settings) -> State:
    """Start the mean at 0."""
    del settings
    return State(np.zeros_like(params))


def update(grad: Array, state: State, params: Array, t: int, settings: Settings) -> tuple[Array, State]:
    """Take one step; arrays (2, *B) float64."""
    del t
    m = settings.momentum * state.m + settings.one_minus_momentum * grad
    step = settings.minus_lr * np.sign(m)
    if settings.decays:
        step += settings.minus_lr * settings.weight_decay * params
    return step, State(m)


def lines(hyperparameters: Mapping[str, Any]) -> tuple[Line, ...]:
    """Write the step out."""
    step = "(sign(m) + weight_decay*theta_prev)" if hyperparameters["weight_decay"] else "sign(m)"
    return (
        Line("m", "momentum*m_prev + (1 - momentum)*grad"),
        Line("update", f"-lr*{step}"),
        Line("theta", "theta_prev + update"),
    )


RULE = UpdateRule(
    name="signum",
    title="Signum",
    rank=20,
    family="sign",
    latex=r"""\begin{aligned}
m_t &= \mu\, m_{t-1} + (1-\mu)\,g_t\\
\theta_t &= \theta_{t-1} - \eta\,\bigl(\operatorname{sign}(m_t) + \lambda\,\theta_{t-1}\bigr)
\end{aligned}""",
    source="Bernstein et al. (2018), signSGD: Compressed Optimisation for Non-Convex Problems, arXiv:1802.04434, "
    "algorithm 2",
    hyperparameters=(
        Hyperparameter(
            *("lr", "η", 1e-3, 1e-5, 1.0, "log", "Length of every step in each coordinate.", POSITIVE),
            primary=True,
            label="learning rate",
        ),
        Hyperparameter(
            *("momentum", "μ", 0.9, 0.0, 0.999, "log", "Share of m, the mean gradient, kept each step.", FRACTION),
            complement=True,
            primary=True,
            meaning="remembers about {memory} steps",
        ),
        WEIGHT_DECAY_APART,
    ),
    states=State._fields,
    symbols={"m": "m"},
    meanings={"m": "Running mean of the gradients; its sign is the step."},
    first_moment=("m",),
    second_moment=(),
    prepare=prepare,
    init=init,
    update=update,
    lines=lines,
    look=(7, "diamond"),
)
