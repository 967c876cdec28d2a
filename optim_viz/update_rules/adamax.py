r"""Adamax: Adam with the largest gradient seen, slowly forgotten, in the place of the root of v̂.

    g_t     = ∇f(θ_{t-1}) + λ θ_{t-1}
    m_t     = β₁ m_{t-1} + (1 - β₁) g_t,      m̂_t = m_t / (1 - β₁^t)
    u_t     = max(β₂ u_{t-1}, |g_t| + ε)
    θ_t     = θ_{t-1} - η m̂_t / u_t

η is `lr`, β₁ `beta1`, β₂ `beta2`, ε `eps`, λ `weight_decay`; u is torch's exp_inf. A maximum needs no correction for
its start at 0, and no step is longer than η in any coordinate.

Where implementations differ: torch (followed here) adds ε inside the maximum; Keras adds it to u, which is then
max(β₂ u_{t-1}, |g_t|) + ε in the step (`eps_outside`); the paper has none.

Source: Kingma, Ba, ICLR 2015, arXiv 1412.6980, algorithm 2; torch.optim.Adamax.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np

from optim_viz.update_rules import means
from optim_viz.update_rules.hyperparameter import BETA1, BETA2, EPS, POSITIVE, UNIT, WEIGHT_DECAY
from optim_viz.update_rules.update_rule import (
    Array,
    Convention,
    Hyperparameter,
    Line,
    TorchMoment,
    TorchState,
    UpdateRule,
    corrections,
    refuse,
)


class State(NamedTuple):
    """What each coordinate remembers, (2, *B)."""

    m: Array  # running mean of gradients
    u: Array  # largest gradient, slowly forgotten
    m_hat: Array  # m, corrected


class Settings(NamedTuple):
    """What a step needs besides gradient, state and place."""

    minus_lr: Array
    beta1: Array
    one_minus_beta1: Array
    beta2: Array
    corrections1: Sequence[Array]  # 1 - beta1**t, by t
    eps: Array
    weight_decay: Array
    decays: bool
    eps_outside: bool


def prepare(hyperparameters: Mapping[str, Any], steps: int) -> Settings:
    """Work out the bias corrections of all steps."""
    beta1, weight_decay = hyperparameters["beta1"], hyperparameters["weight_decay"]
    return Settings(
        minus_lr=np.asarray(-hyperparameters["lr"]),
        beta1=beta1,
        one_minus_beta1=np.asarray(1.0 - beta1),
        beta2=hyperparameters["beta2"],
        corrections1=corrections(beta1, steps),
        eps=hyperparameters["eps"],
        weight_decay=weight_decay,
        decays=bool(weight_decay.any()),
        eps_outside=hyperparameters["eps_outside"],
    )


def init(params: Array, settings: Settings) -> State:
    """Start mean and maximum at 0."""
    del settings
    zeros = np.zeros_like(params)
    return State(zeros, zeros, zeros)


def update(grad: Array, state: State, params: Array, t: int, settings: Settings) -> tuple[Array, State]:
    """Take one step; arrays (2, *B) float64."""
    if settings.decays:
        grad = grad + settings.weight_decay * params
    m = settings.beta1 * state.m + settings.one_minus_beta1 * grad
    m_hat = m / settings.corrections1[t]
    if settings.eps_outside:
        u = np.maximum(settings.beta2 * state.u, np.abs(grad))
        return settings.minus_lr * m_hat / (u + settings.eps), State(m, u, m_hat)
    u = np.maximum(settings.beta2 * state.u, np.abs(grad) + settings.eps)
    return settings.minus_lr * m_hat / u, State(m, u, m_hat)


def lines(hyperparameters: Mapping[str, Any]) -> tuple[Line, ...]:
    """Write the step out."""
    grad = "grad + weight_decay*theta_prev" if hyperparameters["weight_decay"] else "grad"
    inside, divisor = ("", "(u + eps)") if hyperparameters["eps_outside"] else (" + eps", "u")
    return (
        Line("m", f"beta1*m_prev + (1 - beta1)*({grad})"),
        Line("u", f"max(beta2*u_prev, abs({grad}){inside})"),
        Line("m_hat", "m/(1 - beta1**t)"),
        Line("update", f"-lr*m_hat/{divisor}"),
        Line("theta", "theta_prev + update"),
    )


def rate(numbers: Mapping[str, Any]) -> Array:
    """Divide lr by u."""
    return numbers["lr"] / (numbers["u"] + numbers["eps"] * numbers["eps_outside"])


def torch_kwargs(hyperparameters: Mapping[str, Any]) -> dict[str, Any]:
    """Arguments of torch.optim.Adamax.

    Raises:
        ValueError: eps_outside is True, which torch cannot do.
    """
    refuse("torch.optim.Adamax", hyperparameters, eps_outside=True)
    return means.torch_arguments(hyperparameters)


def torch_state(hyperparameters: Mapping[str, Any]) -> TorchState:
    """Where torch keeps m, still uncorrected, and u, which is no square."""
    beta1 = hyperparameters["beta1"]
    first = TorchMoment("exp_avg", lambda step: 1 - beta1**step)
    return TorchState(first, TorchMoment("exp_inf", rooted=True), coupled_decay=True)


def optax(hyperparameters: Mapping[str, Any]) -> tuple[str, dict[str, Any]]:
    """Arguments of optax.adamax.

    Raises:
        ValueError: an option that optax has not.
    """
    refuse("optax.adamax", hyperparameters, eps_outside=True)
    return "adamax", means.optax_arguments(hyperparameters)


RULE = UpdateRule(
    name="adamax",
    title="Adamax",
    rank=10,
    family="mean",
    latex=r"""\begin{aligned}
m_t &= \beta_1 m_{t-1} + (1-\beta_1)\,g_t, & \hat m_t &= \frac{m_t}{1-\beta_1^t}\\
u_t &= \max(\beta_2 u_{t-1},\; |g_t| + \varepsilon)\\
\theta_t &= \theta_{t-1} - \eta\,\frac{\hat m_t}{u_t}
\end{aligned}""",
    source="Kingma, Ba (2015), Adam: A Method for Stochastic Optimization, arXiv:1412.6980, algorithm 2; "
    "as in torch.optim.Adamax",
    hyperparameters=(
        Hyperparameter(
            *("lr", "η", 2e-3, 1e-4, 10.0, "log", "The longest step in each coordinate.", POSITIVE),
            primary=True,
            label="learning rate",
            section="relatives",
        ),
        BETA1,
        BETA2,
        EPS,
        WEIGHT_DECAY,
        Hyperparameter(
            *("eps_outside", "u+ε", False, 0, 1, "choice", "Add eps to u in the step, not in the maximum.", UNIT)
        ),
    ),
    conventions=(
        Convention("torch", "torch", "eps is added to the gradient's size, inside the maximum."),
        Convention("Keras", "Keras", "eps is added to the maximum.", {"eps_outside": True}),
    ),
    states=State._fields,
    symbols={"m": "m", "u": "u", "m_hat": "m̂"},
    meanings={
        "m": "Running mean of the gradients.",
        "u": "The largest gradient, slowly forgotten.",
        "m_hat": "m, corrected for its start at 0.",
    },
    first_moment=("m_hat", "m"),
    second_moment=("u",),
    prepare=prepare,
    optax=optax,
    init=init,
    update=update,
    lines=lines,
    rate=rate,
    torch_twin="Adamax",
    torch_kwargs=torch_kwargs,
    torch_state=torch_state,
    look=(2, "star"),
)
