r"""Adan: Nesterov's look ahead from the change of the gradient, with a mean of gradients, of changes and of squares.

    d_t     = g_t - g_{t-1},                  d_1 = 0
    m_t     = β₁ m_{t-1} + (1 - β₁) g_t,      m̂_t = m_t / (1 - β₁^t)
    u_t     = β₂ u_{t-1} + (1 - β₂) d_t,      û_t = u_t / (1 - β₂^t)
    n_t     = β₃ n_{t-1} + (1 - β₃) (g_t + β₂ d_t)²,   n̂_t = n_t / (1 - β₃^t)
    θ_t     = (θ_{t-1} - η (m̂_t + β₂ û_t) / (√n̂_t + ε)) / (1 + η λ)

η is `lr`, β₁ `beta1`, β₂ `beta2`, β₃ `beta3`, ε `eps`, λ `weight_decay`, a proximal step at the end. A gradient that
shrinks tells that a minimum is near: u then pulls back.

Where implementations differ: the paper writes β for what is replaced (0.02, 0.08, 0.01) and has no bias corrections;
the authors' code (followed here) writes it for what is kept, corrects, and calls the three exp_avg, exp_avg_diff and
exp_avg_sq. torch.optim has no Adan.

Source: Xie, Zhou, Li, Lin, Yan, Adan: Adaptive Nesterov Momentum Algorithm for Faster Optimizing Deep Models, IEEE
TPAMI 2024, arXiv 2208.06677, algorithm 1; defaults are those of the authors' code.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np

from optim_viz.update_rules.hyperparameter import EPS, FRACTION, NON_NEGATIVE, POSITIVE
from optim_viz.update_rules.update_rule import Array, Hyperparameter, Line, UpdateRule, corrections


class State(NamedTuple):
    """What is remembered, each (2, *B)."""

    d: Array  # change of the gradient
    m: Array  # running mean of gradients
    u: Array  # running mean of changes
    n: Array  # running mean of squares
    last_grad: Array


class Settings(NamedTuple):
    """What a step needs besides gradient, state and place; sequences by t."""

    minus_lr: Array
    betas: tuple[Array, Array, Array]
    shares: tuple[Array, Array, Array]  # 1 - beta
    corrections: tuple[Sequence[Array], Sequence[Array], Sequence[Array]]  # 1 - beta**t
    eps: Array
    weight_decay: Array
    decays: bool


def prepare(hyperparameters: Mapping[str, Any], steps: int) -> Settings:
    """Work out the bias corrections of all steps."""
    betas = (hyperparameters["beta1"], hyperparameters["beta2"], hyperparameters["beta3"])
    beta1, beta2, beta3 = betas
    weight_decay = hyperparameters["weight_decay"]
    return Settings(
        minus_lr=np.asarray(-hyperparameters["lr"]),
        betas=betas,
        shares=(np.asarray(1.0 - beta1), np.asarray(1.0 - beta2), np.asarray(1.0 - beta3)),
        corrections=(corrections(beta1, steps), corrections(beta2, steps), corrections(beta3, steps)),
        eps=hyperparameters["eps"],
        weight_decay=weight_decay,
        decays=bool(weight_decay.any()),
    )


def init(params: Array, settings: Settings) -> State:
    """Start everything at 0."""
    del settings
    zeros = np.zeros_like(params)
    return State(zeros, zeros, zeros, zeros, zeros)


def update(grad: Array, state: State, params: Array, t: int, settings: Settings) -> tuple[Array, State]:
    """Take one step; arrays (2, *B) float64."""
    (beta1, beta2, beta3), (share1, share2, share3) = settings.betas, settings.shares
    d = grad - state.last_grad if t > 1 else np.zeros_like(grad)
    ahead = grad + beta2 * d
    m = beta1 * state.m + share1 * grad
    u = beta2 * state.u + share2 * d
    n = beta3 * state.n + share3 * ahead * ahead
    correction1, correction2, correction3 = (each[t] for each in settings.corrections)
    step = settings.minus_lr * (m / correction1 + beta2 * u / correction2) / (np.sqrt(n / correction3) + settings.eps)
    if settings.decays:
        step = (params + step) / (1.0 - settings.minus_lr * settings.weight_decay) - params
    return step, State(d, m, u, n, grad.copy())


def lines(hyperparameters: Mapping[str, Any]) -> tuple[Line, ...]:
    """Write the step out; min(t - 1, 1) is 0 in the first step, which knows no change."""
    step = "-lr*(m/(1 - beta1**t) + beta2*u/(1 - beta2**t))/(sqrt(n/(1 - beta3**t)) + eps)"
    decays = f"(theta_prev {step.replace('-lr', '- lr', 1)})/(1 + lr*weight_decay) - theta_prev"
    return (
        Line("d", "min(t - 1, 1)*(grad - last_grad_prev)"),
        Line("m", "beta1*m_prev + (1 - beta1)*grad"),
        Line("u", "beta2*u_prev + (1 - beta2)*d"),
        Line("n", "beta3*n_prev + (1 - beta3)*(grad + beta2*d)**2"),
        Line("last_grad", "grad"),
        Line("update", decays if hyperparameters["weight_decay"] else step),
        Line("theta", "theta_prev + update"),
    )


def rate(numbers: Mapping[str, Any]) -> Array:
    """Divide lr by what the means are divided by."""
    corrected = numbers["n"] / (1 - np.power(numbers["beta3"], numbers["t"]))
    return numbers["lr"] / (np.sqrt(corrected) + numbers["eps"])


RULE = UpdateRule(
    name="adan",
    title="Adan",
    rank=15,
    family="mean",
    latex=r"""\begin{aligned}
d_t &= g_t - g_{t-1}, \qquad d_1 = 0\\
m_t &= \beta_1 m_{t-1} + (1-\beta_1)\,g_t, & \hat m_t &= \frac{m_t}{1-\beta_1^t}\\
u_t &= \beta_2 u_{t-1} + (1-\beta_2)\,d_t, & \hat u_t &= \frac{u_t}{1-\beta_2^t}\\
n_t &= \beta_3 n_{t-1} + (1-\beta_3)\,(g_t + \beta_2 d_t)^2, & \hat n_t &= \frac{n_t}{1-\beta_3^t}\\
\theta_t &= \frac{1}{1+\eta\lambda}\Bigl(\theta_{t-1}
- \eta\,\frac{\hat m_t + \beta_2\hat u_t}{\sqrt{\hat n_t}+\varepsilon}\Bigr)
\end{aligned}""",
    source="Xie et al. (2024), Adan: Adaptive Nesterov Momentum Algorithm, arXiv:2208.06677, algorithm 1; "
    "as in the authors' code",
    hyperparameters=(
        Hyperparameter(
            *("lr", "η", 1e-3, 1e-4, 10.0, "log", "Step size; the first step has exactly this length.", POSITIVE),
            primary=True,
            label="learning rate",
        ),
        *(
            Hyperparameter(
                *(name, symbol, default, 0.0, 0.999, "log", text, FRACTION),
                complement=True,
                primary=True,
                meaning="remembers about {memory} steps",
            )
            for name, symbol, default, text in (
                ("beta1", "β₁", 0.98, "Share of m, the mean gradient, kept each step."),
                ("beta2", "β₂", 0.92, "Share of u, the mean change of the gradient, kept each step."),
                ("beta3", "β₃", 0.99, "Share of n, the mean square, kept each step."),
            )
        ),
        EPS,
        Hyperparameter(
            *("weight_decay", "λ", 0.0, 1e-5, 1.0, "log", "Pull towards the origin, after the step.", NON_NEGATIVE),
            zero=True,
        ),
    ),
    states=State._fields,
    symbols={"d": "d", "m": "m", "u": "u", "n": "n", "last_grad": "h"},
    meanings={
        "d": "Change of the gradient since the step before.",
        "m": "Running mean of the gradients.",
        "u": "Running mean of the changes.",
        "n": "Running mean of the squares of the gradient, looked ahead.",
        "last_grad": "The gradient, kept for the next step.",
    },
    first_moment=("m", "u"),
    second_moment=("n",),
    prepare=prepare,
    init=init,
    update=update,
    lines=lines,
    rate=rate,
    look=(1, "circle"),
)
