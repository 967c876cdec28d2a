r"""RAdam: Adam that waits with dividing by √v̂ until v has seen enough gradients, and then eases in.

    g_t     = ∇f(θ_{t-1}) + λ θ_{t-1}
    m_t     = β₁ m_{t-1} + (1 - β₁) g_t,      m̂_t = m_t / (1 - β₁^t)
    v_t     = β₂ v_{t-1} + (1 - β₂) g_t²,     v̂_t = v_t / (1 - β₂^t)
    ρ_t     = ρ - 2 t β₂^t / (1 - β₂^t),      ρ = 2 / (1 - β₂) - 1
    r_t     = √((ρ_t - 4)(ρ_t - 2) ρ / ((ρ - 4)(ρ - 2) ρ_t))   where ρ_t > 5, else 0
    θ_t     = θ_{t-1} - η m̂_t r_t √(1 - β₂^t) / (√v_t + ε)      where ρ_t > 5
    θ_t     = θ_{t-1} - η m̂_t                                   before

η is `lr`, β₁ `beta1`, β₂ `beta2`, ε `eps`, λ `weight_decay` (with `decoupled_weight_decay` taken off the weights
instead, as in AdamW). At β₂ = 0.999 the first five steps are those of momentum: on a steep slope
they are as long as SGD's.

Where implementations differ: torch and optax (followed here) ask for ρ_t > 5; the paper says > 4. torch adds ε to √v
before the correction; Keras has no RAdam.

Source: Liu, Jiang, He, Chen, Liu, Gao, Han, ICLR 2020, arXiv 1908.03265, algorithm 2; torch.optim.RAdam.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np

from optim_viz.update_rules import means
from optim_viz.update_rules.hyperparameter import BETA1, BETA2, EPS, POSITIVE, UNIT, WEIGHT_DECAY
from optim_viz.update_rules.update_rule import (
    Array,
    Hyperparameter,
    Line,
    TorchState,
    UpdateRule,
    refuse,
    table,
)

THRESHOLD = 5.0
"""The ρ_t above which the step is divided by √v̂."""


class State(NamedTuple):
    """What is remembered, each (2, *B)."""

    m: Array  # running mean of gradients
    v: Array  # running mean of squared gradients
    m_hat: Array  # m, corrected
    v_hat: Array  # v, corrected
    power: Array  # beta2**t
    rho: Array  # how many gradients v is worth
    r: Array  # the rectification, 0 while there is none


class Settings(NamedTuple):
    """What a step needs besides gradient, state and place; sequences by t."""

    minus_lr: Array
    means: means.Means
    powers: Sequence[Array]
    rho: Sequence[Array]
    r: Sequence[Array]
    eps: Array
    weight_decay: Array
    couples: bool  # some lane has a weight_decay in the gradient
    decouples: bool


def power(t: Array, beta2: Array) -> Array:
    """Return β₂^t."""
    return np.power(beta2, t)


def length(t: Array, beta2: Array) -> Array:
    """Return ρ_t."""
    falling = power(t, beta2)
    return 2.0 / (1.0 - beta2) - 1.0 - 2.0 * t * falling / (1.0 - falling)


def rectification(t: Array, beta2: Array) -> Array:
    """Return r_t."""
    rho, limit = length(t, beta2), 2.0 / (1.0 - beta2) - 1.0
    inside = (rho - 4.0) * (rho - 2.0) * limit / ((limit - 4.0) * (limit - 2.0) * rho)
    return np.where(rho > THRESHOLD, np.sqrt(inside), 0.0)


def prepare(hyperparameters: Mapping[str, Any], steps: int) -> Settings:
    """Work out corrections and rectifications of all steps."""
    beta2, weight_decay = hyperparameters["beta2"], hyperparameters["weight_decay"]
    decays, decoupled = bool(weight_decay.any()), hyperparameters["decoupled_weight_decay"]
    return Settings(
        minus_lr=np.asarray(-hyperparameters["lr"]),
        means=means.means(hyperparameters, steps),
        powers=table(power, steps, beta2),
        rho=table(length, steps, beta2),
        r=table(rectification, steps, beta2),
        eps=hyperparameters["eps"],
        weight_decay=weight_decay,
        couples=decays and not decoupled,
        decouples=decays and decoupled,
    )


def init(params: Array, settings: Settings) -> State:
    """Start both means at 0; β₂^0 is 1."""
    del settings
    zeros = np.zeros_like(params)
    return State(zeros, zeros, zeros, zeros, np.ones_like(params), zeros, zeros)


def update(grad: Array, state: State, params: Array, t: int, settings: Settings) -> tuple[Array, State]:
    """Take one step; arrays (2, *B) float64."""
    if settings.couples:
        grad = grad + settings.weight_decay * params
    m, v = settings.means.after(grad, state.m, state.v)
    m_hat, v_hat = settings.means.corrected(m, v, t)
    correction, r = settings.means.corrections2[t], settings.r[t]
    adaptive = np.sqrt(correction) / (np.sqrt(v) + settings.eps) * r
    step = settings.minus_lr * m_hat * np.where(r > 0, adaptive, 1.0)
    if settings.decouples:
        step += settings.minus_lr * settings.weight_decay * params
    shared = (settings.powers[t], settings.rho[t], r)
    return step, State(m, v, m_hat, v_hat, *(np.broadcast_to(each, params.shape) for each in shared))


def lines(hyperparameters: Mapping[str, Any]) -> tuple[Line, ...]:
    """Write the step out; max(r/..., 1 - sign(r)) is 1 while r is 0."""
    decays, decoupled = hyperparameters["weight_decay"], hyperparameters["decoupled_weight_decay"]
    grad = "(grad + weight_decay*theta_prev)" if decays and not decoupled else "grad"
    apart = " - lr*weight_decay*theta_prev" if decays and decoupled else ""
    limit = 2.0 / (1.0 - hyperparameters["beta2"]) - 1.0
    inside = "max((rho - 4)*(rho - 2), 0)*(2/(1 - beta2) - 1)/((2/(1 - beta2) - 5)*(2/(1 - beta2) - 3)*rho)"
    # With a short memory ρ_t never gets beyond 5, however long the run.
    r = f"max(sign(rho - 5), 0)*sqrt({inside})" if limit > THRESHOLD else "0*rho"
    return (
        Line("m", f"beta1*m_prev + (1 - beta1)*{grad}"),
        Line("v", f"beta2*v_prev + (1 - beta2)*{grad}**2"),
        Line("m_hat", "m/(1 - beta1**t)"),
        Line("v_hat", "v/(1 - beta2**t)"),
        Line("power", "beta2**t"),
        Line("rho", "2/(1 - beta2) - 1 - 2*t*power/(1 - power)"),
        Line("r", r),
        Line("update", f"-lr*m_hat*max(r/(sqrt(v_hat) + eps/sqrt(1 - power)), 1 - sign(r)){apart}"),
        Line("theta", "theta_prev + update"),
    )


def rate(numbers: Mapping[str, Any]) -> Array:
    """Multiply lr by what m̂ is multiplied by: by nothing until v has seen enough gradients."""
    root = np.sqrt(numbers["v_hat"]) + numbers["eps"] / np.sqrt(1 - numbers["power"])
    return numbers["lr"] * np.where(numbers["r"] > 0, numbers["r"] / root, 1.0)


def torch_kwargs(hyperparameters: Mapping[str, Any]) -> dict[str, Any]:
    """Arguments of torch.optim.RAdam."""
    return means.torch_arguments(hyperparameters, "decoupled_weight_decay")


def torch_state(hyperparameters: Mapping[str, Any]) -> TorchState:
    """Where torch keeps m and v, both still uncorrected."""
    return means.torch_means(hyperparameters, coupled_decay=not hyperparameters["decoupled_weight_decay"])


def optax(hyperparameters: Mapping[str, Any]) -> tuple[str, dict[str, Any]]:
    """Arguments of optax.radam.

    Raises:
        ValueError: an option that optax has not.
    """
    refuse("optax.radam", hyperparameters, decoupled_weight_decay=True)
    return "radam", means.optax_arguments(hyperparameters)


RULE = UpdateRule(
    name="radam",
    title="RAdam",
    rank=9,
    family="rectified",
    latex=r"""\begin{aligned}
m_t &= \beta_1 m_{t-1} + (1-\beta_1)\,g_t, & \hat m_t &= \frac{m_t}{1-\beta_1^t}\\
v_t &= \beta_2 v_{t-1} + (1-\beta_2)\,g_t^2, & \rho_t &= \rho - \frac{2t\beta_2^t}{1-\beta_2^t},\quad
\rho = \tfrac{2}{1-\beta_2}-1\\
\theta_t &= \theta_{t-1} - \eta\,\hat m_t\, r_t\,\frac{\sqrt{1-\beta_2^t}}{\sqrt{v_t}+\varepsilon}, &
r_t &= \sqrt{\tfrac{(\rho_t-4)(\rho_t-2)\rho}{(\rho-4)(\rho-2)\rho_t}}\quad(\rho_t > 5)\\
\theta_t &= \theta_{t-1} - \eta\,\hat m_t \quad(\rho_t \le 5)
\end{aligned}""",
    source="Liu et al. (2020), On the Variance of the Adaptive Learning Rate and Beyond, arXiv:1908.03265; "
    "as in torch.optim.RAdam",
    hyperparameters=(
        Hyperparameter(
            *("lr", "η", 1e-3, 1e-4, 10.0, "log", "Step size; the first steps are as long as momentum's.", POSITIVE),
            primary=True,
            label="learning rate",
            section="largest_step",
        ),
        BETA1,
        BETA2,
        EPS,
        WEIGHT_DECAY,
        Hyperparameter(
            *("decoupled_weight_decay", "decoupled", False, 0, 1, "choice"),
            *("Take the decay off the weights, not through the gradient.", UNIT),
            label="decoupled decay",
        ),
    ),
    states=State._fields,
    shared=("power", "rho", "r"),
    symbols={**means.SYMBOLS, "power": "β₂ᵗ", "rho": "ρ", "r": "r"},
    meanings={
        **means.MEANINGS,
        "power": "β₂ to the power of the step.",
        "rho": "How many gradients v is worth by now.",
        "r": "Share of the step that v can be trusted with; 0 while it has seen too few gradients.",
    },
    first_moment=("m_hat", "m"),
    second_moment=("v_hat", "v"),
    prepare=prepare,
    optax=optax,
    init=init,
    update=update,
    lines=lines,
    rate=rate,
    torch_twin="RAdam",
    torch_kwargs=torch_kwargs,
    torch_state=torch_state,
    look=(1, "cross"),
)
