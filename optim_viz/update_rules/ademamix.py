r"""AdEMAMix: Adam with a second, far longer memory of gradients beside the usual one.

    m_t     = β₁ m_{t-1} + (1 - β₁) g_t,      m̂_t = m_t / (1 - β₁^t)
    s_t     = β₃ s_{t-1} + (1 - β₃) g_t
    v_t     = β₂ v_{t-1} + (1 - β₂) g_t²,     v̂_t = v_t / (1 - β₂^t)
    θ_t     = θ_{t-1} - η ((m̂_t + α s_t) / (√v̂_t + ε) + λ θ_{t-1})

η is `lr`, β₁ `beta1`, β₂ `beta2`, β₃ `beta3`, α `alpha`, ε `eps`, λ `weight_decay`, decoupled. At β₃ = 0.9999 the slow
mean s remembers ten thousand steps. It is not corrected for its start at 0, so that it comes in slowly; on a surface
where the gradient turns around it goes on pushing for a long while.

Where implementations differ: the paper can warm α and β₃ up over the first steps; without a number of steps for that,
the authors' code and this file keep both constant. torch.optim has no AdEMAMix; defaults are those of the authors'
code.

Source: Pagliardini, Ablin, Grangier, The AdEMAMix Optimizer: Better, Faster, Older, ICLR 2025, arXiv 2409.03137,
algorithm 1.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

import numpy as np

from optim_viz.update_rules import means
from optim_viz.update_rules.hyperparameter import (
    BETA1,
    BETA2,
    EPS,
    FRACTION,
    NON_NEGATIVE,
    POSITIVE,
    WEIGHT_DECAY_APART,
)
from optim_viz.update_rules.update_rule import Array, Hyperparameter, Line, UpdateRule


class State(NamedTuple):
    """Running means, each (2, *B)."""

    m: Array  # of gradients
    slow: Array  # of gradients, with the long memory
    v: Array  # of squared gradients
    m_hat: Array  # m, corrected
    v_hat: Array  # v, corrected


class Settings(NamedTuple):
    """What a step needs besides gradient, state and place."""

    minus_lr: Array
    weight_decay: Array
    means: means.Means
    beta3: Array
    one_minus_beta3: Array
    alpha: Array
    eps: Array
    decays: bool


def prepare(hyperparameters: Mapping[str, Any], steps: int) -> Settings:
    """Work out the bias corrections of all steps."""
    beta3, weight_decay = hyperparameters["beta3"], hyperparameters["weight_decay"]
    return Settings(
        minus_lr=np.asarray(-hyperparameters["lr"]),
        weight_decay=weight_decay,
        means=means.means(hyperparameters, steps),
        beta3=beta3,
        one_minus_beta3=np.asarray(1.0 - beta3),
        alpha=hyperparameters["alpha"],
        eps=hyperparameters["eps"],
        decays=bool(weight_decay.any()),
    )


def init(params: Array, settings: Settings) -> State:
    """Start all means at 0."""
    del settings
    zeros = np.zeros_like(params)
    return State(zeros, zeros, zeros, zeros, zeros)


def update(grad: Array, state: State, params: Array, t: int, settings: Settings) -> tuple[Array, State]:
    """Take one step; arrays (2, *B) float64."""
    m, v = settings.means.after(grad, state.m, state.v)
    slow = settings.beta3 * state.slow + settings.one_minus_beta3 * grad
    m_hat, v_hat = settings.means.corrected(m, v, t)
    step = settings.minus_lr * (m_hat + settings.alpha * slow) / (np.sqrt(v_hat) + settings.eps)
    if settings.decays:
        step += settings.minus_lr * settings.weight_decay * params
    return step, State(m, slow, v, m_hat, v_hat)


def lines(hyperparameters: Mapping[str, Any]) -> tuple[Line, ...]:
    """Write the step out."""
    apart = " - lr*weight_decay*theta_prev" if hyperparameters["weight_decay"] else ""
    mixed = "(m_hat + alpha*slow)" if hyperparameters["alpha"] else "m_hat"
    return (
        Line("m", "beta1*m_prev + (1 - beta1)*grad"),
        Line("slow", "beta3*slow_prev + (1 - beta3)*grad"),
        Line("v", "beta2*v_prev + (1 - beta2)*grad**2"),
        Line("m_hat", "m/(1 - beta1**t)"),
        Line("v_hat", "v/(1 - beta2**t)"),
        Line("update", f"-lr*{mixed}/(sqrt(v_hat) + eps){apart}"),
        Line("theta", "theta_prev + update"),
    )


RULE = UpdateRule(
    name="ademamix",
    title="AdEMAMix",
    rank=16,
    family="mean",
    latex=r"""\begin{aligned}
m_t &= \beta_1 m_{t-1} + (1-\beta_1)\,g_t, & \hat m_t &= \frac{m_t}{1-\beta_1^t}\\
s_t &= \beta_3 s_{t-1} + (1-\beta_3)\,g_t\\
v_t &= \beta_2 v_{t-1} + (1-\beta_2)\,g_t^2, & \hat v_t &= \frac{v_t}{1-\beta_2^t}\\
\theta_t &= \theta_{t-1} - \eta\,\Bigl(\frac{\hat m_t + \alpha\,s_t}{\sqrt{\hat v_t}+\varepsilon}
+ \lambda\,\theta_{t-1}\Bigr)
\end{aligned}""",
    source="Pagliardini et al. (2025), The AdEMAMix Optimizer: Better, Faster, Older, arXiv:2409.03137, algorithm 1",
    hyperparameters=(
        Hyperparameter(
            *("lr", "η", 1e-3, 1e-4, 10.0, "log", "Step size; the slow mean adds to it as it fills.", POSITIVE),
            primary=True,
            label="learning rate",
        ),
        BETA1,
        BETA2,
        Hyperparameter(
            *("beta3", "β₃", 0.9999, 0.0, 0.99999, "log", "Share of s, the slow mean, kept each step.", FRACTION),
            complement=True,
            primary=True,
            meaning="remembers about {memory} steps",
        ),
        Hyperparameter(
            *("alpha", "α", 5.0, 0.1, 20.0, "log", "Weight of the slow mean beside the usual one.", NON_NEGATIVE),
            zero=True,
            primary=True,
        ),
        EPS,
        WEIGHT_DECAY_APART,
    ),
    states=State._fields,
    symbols={**means.SYMBOLS, "slow": "s"},
    meanings={
        **means.MEANINGS,
        "slow": "Running mean of the gradients with a long memory.",
    },
    first_moment=("m_hat", "slow"),
    second_moment=("v_hat", "v"),
    prepare=prepare,
    init=init,
    update=update,
    lines=lines,
    rate=means.rate,
    look=(4, "star"),
)
