r"""MARS-AdamW: AdamW on a gradient that is corrected by how it changed, so that noise common to two steps cancels.

    c_t     = g_t + γ β₁ / (1 - β₁) (g_t - g_{t-1}),   g_0 = g_1
    c̃_t     = c_t / max(1, |c_t|)
    m_t     = β₁ m_{t-1} + (1 - β₁) c̃_t,      m̂_t = m_t / (1 - β₁^t)
    v_t     = β₂ v_{t-1} + (1 - β₂) c̃_t²,     v̂_t = v_t / (1 - β₂^t)
    θ_t     = θ_{t-1} - η (m̂_t / (√v̂_t + ε) + λ θ_{t-1})

η is `lr`, γ `gamma`, β₁ `beta1`, β₂ `beta2`, ε `eps`, λ `weight_decay`, decoupled. |c_t| is the length of the whole
vector, which couples the coordinates: a gradient longer than 1 counts by its direction alone.

Where implementations differ: the paper's exact form takes g_{t-1} of the minibatch of step t at the place of step t -
1, a second gradient; the approximate form, which its experiments and this file use, takes the one that step t - 1 saw.
The authors' code and pytorch_optimizer start from g_0 = 0, the paper (followed here) from g_0 = g_1: with a gradient
shorter than 1 in the first step the two differ. torch.optim has no MARS.

Source: Yuan, Liu, Wu, Zhou, Gu, MARS: Unleashing the Power of Variance Reduction for Training Large Models, ICML 2025,
arXiv 2411.10438, algorithms 1 and 2; defaults are those of the authors' code.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

import numpy as np

from optim_viz.update_rules import means
from optim_viz.update_rules.hyperparameter import EPS, FRACTION, NON_NEGATIVE, POSITIVE, WEIGHT_DECAY_APART
from optim_viz.update_rules.update_rule import Array, Hyperparameter, Line, UpdateRule


class State(NamedTuple):
    """What is remembered, each (2, *B)."""

    c: Array  # corrected gradient, before it is shortened
    m: Array  # running mean of corrected gradients
    v: Array  # running mean of their squares
    m_hat: Array  # m, corrected for its start
    v_hat: Array  # v, corrected for its start
    last_grad: Array


class Settings(NamedTuple):
    """What a step needs besides gradient, state and place."""

    minus_lr: Array
    weight_decay: Array
    weight: Array  # of the change: gamma beta1 / (1 - beta1)
    means: means.Means
    eps: Array
    decays: bool


def prepare(hyperparameters: Mapping[str, Any], steps: int) -> Settings:
    """Work out the bias corrections of all steps."""
    beta1, weight_decay = hyperparameters["beta1"], hyperparameters["weight_decay"]
    return Settings(
        minus_lr=np.asarray(-hyperparameters["lr"]),
        weight_decay=weight_decay,
        weight=np.asarray(hyperparameters["gamma"] * beta1 / (1.0 - beta1)),
        means=means.means(hyperparameters, steps),
        eps=hyperparameters["eps"],
        decays=bool(weight_decay.any()),
    )


def init(params: Array, settings: Settings) -> State:
    """Start everything at 0."""
    del settings
    zeros = np.zeros_like(params)
    return State(zeros, zeros, zeros, zeros, zeros, zeros)


def update(grad: Array, state: State, params: Array, t: int, settings: Settings) -> tuple[Array, State]:
    """Take one step; arrays (2, *B) float64."""
    c = grad + settings.weight * (grad - state.last_grad) if t > 1 else grad.copy()
    squared = c * c
    short = c / np.maximum(1.0, np.sqrt(squared + squared[::-1]))
    m, v = settings.means.after(short, state.m, state.v)
    m_hat, v_hat = settings.means.corrected(m, v, t)
    step = settings.minus_lr * m_hat / (np.sqrt(v_hat) + settings.eps)
    if settings.decays:
        step += settings.minus_lr * settings.weight_decay * params
    return step, State(c, m, v, m_hat, v_hat, grad.copy())


def lines(hyperparameters: Mapping[str, Any]) -> tuple[Line, ...]:
    """Write the step out; min(t - 1, 1) is 0 in the first step, which knows no change."""
    apart = " - lr*weight_decay*theta_prev" if hyperparameters["weight_decay"] else ""
    change = " + min(t - 1, 1)*gamma*beta1/(1 - beta1)*(grad - last_grad_prev)" if hyperparameters["gamma"] else ""
    return (
        Line("c", f"grad{change}"),
        Line("m", "beta1*m_prev + (1 - beta1)*c/max(1, sqrt(c**2 + c_other**2))"),
        Line("v", "beta2*v_prev + (1 - beta2)*(c/max(1, sqrt(c**2 + c_other**2)))**2"),
        Line("m_hat", "m/(1 - beta1**t)"),
        Line("v_hat", "v/(1 - beta2**t)"),
        Line("last_grad", "grad"),
        Line("update", f"-lr*m_hat/(sqrt(v_hat) + eps){apart}"),
        Line("theta", "theta_prev + update"),
    )


def rate(numbers: Mapping[str, Any]) -> Array:
    """Divide lr by what m̂ is divided by, and by how much the gradient was shortened."""
    squared = numbers["c"] * numbers["c"]
    length = np.sqrt(squared + squared[..., ::-1])
    return numbers["lr"] / (np.sqrt(numbers["v_hat"]) + numbers["eps"]) / np.maximum(1.0, length)


RULE = UpdateRule(
    name="mars",
    title="MARS-AdamW",
    rank=19,
    family="mean",
    latex=r"""\begin{aligned}
c_t &= g_t + \gamma\,\tfrac{\beta_1}{1-\beta_1}\,(g_t - g_{t-1}), &
\tilde c_t &= \frac{c_t}{\max(1, \lVert c_t\rVert)}\\
m_t &= \beta_1 m_{t-1} + (1-\beta_1)\,\tilde c_t, & \hat m_t &= \frac{m_t}{1-\beta_1^t}\\
v_t &= \beta_2 v_{t-1} + (1-\beta_2)\,\tilde c_t^{\,2}, & \hat v_t &= \frac{v_t}{1-\beta_2^t}\\
\theta_t &= \theta_{t-1} - \eta\,\Bigl(\frac{\hat m_t}{\sqrt{\hat v_t}+\varepsilon} + \lambda\,\theta_{t-1}\Bigr)
\end{aligned}""",
    source="Yuan et al. (2025), MARS: Unleashing the Power of Variance Reduction for Training Large Models, "
    "arXiv:2411.10438, algorithms 1 and 2",
    hyperparameters=(
        Hyperparameter(
            *("lr", "η", 3e-3, 1e-4, 10.0, "log", "Step size; the first step has exactly this length.", POSITIVE),
            primary=True,
            label="learning rate",
        ),
        Hyperparameter(
            *(
                "gamma",
                "γ",
                0.025,
                0.001,
                1.0,
                "log",
                "Weight of the gradient's change since the last step.",
                NON_NEGATIVE,
            ),
            zero=True,
            primary=True,
        ),
        Hyperparameter(
            *("beta1", "β₁", 0.95, 0.0, 0.999, "log", "Share of m, the mean gradient, kept each step.", FRACTION),
            complement=True,
            primary=True,
            meaning="remembers about {memory} steps",
        ),
        Hyperparameter(
            *("beta2", "β₂", 0.99, 0.0, 0.9999, "log", "Share of v, the mean squared gradient, kept.", FRACTION),
            complement=True,
            primary=True,
            meaning="remembers about {memory} steps",
        ),
        EPS,
        WEIGHT_DECAY_APART,
    ),
    states=State._fields,
    symbols={**means.SYMBOLS, "c": "c", "last_grad": "h"},
    meanings={
        **means.MEANINGS,
        "c": "The gradient, corrected by how it changed.",
        "m": "Running mean of the corrected gradients, shortened to length 1 at most.",
        "v": "Running mean of their squares.",
        "last_grad": "The gradient, kept for the next step.",
    },
    first_moment=("m_hat", "m"),
    second_moment=("v_hat", "v"),
    prepare=prepare,
    init=init,
    update=update,
    lines=lines,
    rate=rate,
    look=(0, "square"),
)
