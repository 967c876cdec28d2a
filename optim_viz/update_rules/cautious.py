r"""Cautious AdamW: AdamW that leaves out the coordinates in which its step and the gradient disagree.

    m̂_t, v̂_t as in AdamW
    u_t     = m̂_t / (√v̂_t + ε)
    φ_t     = 1 where u_t g_t > 0, else 0
    θ_t     = θ_{t-1} - η (2 / (1 + Σ φ_t) φ_t u_t + λ θ_{t-1})

η is `lr`, β₁ `beta1`, β₂ `beta2`, ε `eps`, λ `weight_decay`, decoupled; 2 is the number of coordinates. A step that
momentum carries up the slope is not taken: no coordinate goes against its own gradient. What is left is scaled up by
how many were left out, which couples the coordinates: with both in agreement the step is 2/3 of AdamW's, with one it is
AdamW's.

Where implementations differ: the scale is the paper's, d / (1 + number of those that agree), as in pytorch_optimizer;
the authors' code divides by the mean of φ, and so takes all of AdamW's step where both agree. torch.optim has none.

Source: Liang, Chen, Liu, Liu, Cautious Optimizers: Improving Training with One Line of Code, 2024, arXiv 2411.16085,
algorithm 1.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

import numpy as np

from optim_viz.update_rules import means
from optim_viz.update_rules.hyperparameter import BETA1, BETA2, EPS, POSITIVE, WEIGHT_DECAY_APART
from optim_viz.update_rules.update_rule import Array, Hyperparameter, Line, UpdateRule


class State(NamedTuple):
    """What is remembered, each (2, *B)."""

    m: Array  # running mean of gradients
    v: Array  # running mean of squared gradients
    m_hat: Array  # m, corrected
    v_hat: Array  # v, corrected
    agrees: Array  # 1 where the step goes against the gradient, else 0


class Settings(NamedTuple):
    """What a step needs besides gradient, state and place."""

    minus_lr: Array
    weight_decay: Array
    means: means.Means
    eps: Array
    decays: bool


def prepare(hyperparameters: Mapping[str, Any], steps: int) -> Settings:
    """Work out the bias corrections of all steps."""
    weight_decay = hyperparameters["weight_decay"]
    return Settings(
        minus_lr=np.asarray(-hyperparameters["lr"]),
        weight_decay=weight_decay,
        means=means.means(hyperparameters, steps),
        eps=hyperparameters["eps"],
        decays=bool(weight_decay.any()),
    )


def init(params: Array, settings: Settings) -> State:
    """Start both means at 0."""
    del settings
    zeros = np.zeros_like(params)
    return State(zeros, zeros, zeros, zeros, zeros)


def update(grad: Array, state: State, params: Array, t: int, settings: Settings) -> tuple[Array, State]:
    """Take one step; arrays (2, *B) float64."""
    m, v = settings.means.after(grad, state.m, state.v)
    m_hat, v_hat = settings.means.corrected(m, v, t)
    agrees = (m_hat * grad > 0).astype(np.float64)
    scale = 2.0 / (1.0 + agrees + agrees[::-1])
    step = settings.minus_lr * scale * agrees * m_hat / (np.sqrt(v_hat) + settings.eps)
    if settings.decays:
        step += settings.minus_lr * settings.weight_decay * params
    return step, State(m, v, m_hat, v_hat, agrees)


def lines(hyperparameters: Mapping[str, Any]) -> tuple[Line, ...]:
    """Write the step out."""
    apart = " - lr*weight_decay*theta_prev" if hyperparameters["weight_decay"] else ""
    return (
        Line("m", "beta1*m_prev + (1 - beta1)*grad"),
        Line("v", "beta2*v_prev + (1 - beta2)*grad**2"),
        Line("m_hat", "m/(1 - beta1**t)"),
        Line("v_hat", "v/(1 - beta2**t)"),
        Line("agrees", "max(sign(m_hat*grad), 0)"),
        Line("update", f"-lr*2/(1 + agrees + agrees_other)*agrees*m_hat/(sqrt(v_hat) + eps){apart}"),
        Line("theta", "theta_prev + update"),
    )


def rate(numbers: Mapping[str, Any]) -> Array:
    """Divide the lr that is left by what m̂ is divided by."""
    agrees = numbers["agrees"]
    scale = 2.0 / (1.0 + agrees + agrees[..., ::-1])
    return numbers["lr"] * scale * agrees / (np.sqrt(numbers["v_hat"]) + numbers["eps"])


RULE = UpdateRule(
    name="cautious",
    title="Cautious AdamW",
    rank=18,
    family="mean",
    latex=r"""\begin{aligned}
m_t &= \beta_1 m_{t-1} + (1-\beta_1)\,g_t, & \hat m_t &= \frac{m_t}{1-\beta_1^t}\\
v_t &= \beta_2 v_{t-1} + (1-\beta_2)\,g_t^2, & \hat v_t &= \frac{v_t}{1-\beta_2^t}\\
u_t &= \frac{\hat m_t}{\sqrt{\hat v_t}+\varepsilon}, & \varphi_t &= [\,u_t\, g_t > 0\,]\\
\theta_t &= \theta_{t-1} - \eta\,\Bigl(\frac{2}{1+\sum\varphi_t}\,\varphi_t\,u_t + \lambda\,\theta_{t-1}\Bigr)
\end{aligned}""",
    source="Liang et al. (2024), Cautious Optimizers: Improving Training with One Line of Code, arXiv:2411.16085, "
    "algorithm 1",
    hyperparameters=(
        Hyperparameter(
            *("lr", "η", 1e-3, 1e-4, 10.0, "log", "Step size; the first step has 2/3 of this length.", POSITIVE),
            primary=True,
            label="learning rate",
        ),
        BETA1,
        BETA2,
        EPS,
        WEIGHT_DECAY_APART,
    ),
    states=State._fields,
    symbols={**means.SYMBOLS, "agrees": "φ"},
    meanings={
        **means.MEANINGS,
        "agrees": "1 where the step goes against the gradient, 0 where it is left out.",
    },
    first_moment=("m_hat", "m"),
    second_moment=("v_hat", "v"),
    prepare=prepare,
    init=init,
    update=update,
    lines=lines,
    rate=rate,
    look=(5, "triangle-up"),
)
