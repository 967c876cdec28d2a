r"""Adam: momentum divided by the root of a running mean of squared gradients, both corrected for their start at 0.

    g_t     = ∇f(θ_{t-1}) + λ θ_{t-1}
    m_t     = β₁ m_{t-1} + (1 - β₁) g_t,      m̂_t = m_t / (1 - β₁^t)
    v_t     = β₂ v_{t-1} + (1 - β₂) g_t²,     v̂_t = v_t / (1 - β₂^t)
    θ_t     = θ_{t-1} - η m̂_t / (√v̂_t + ε)

η is `lr`, β₁ `beta1`, β₂ `beta2`, ε `eps`, λ `weight_decay` (an L2 term in the gradient; `adamw` decouples it). With
`bias_correction` off m̂ = m and v̂ = v: the first step is then 3.16 lr instead of lr.

Where implementations differ: torch (followed here) is the paper's algorithm 1. Keras takes the paper's "efficient" form
(end of section 2), η √(1 - β₂^t) / (1 - β₁^t) · m_t / (√v_t + ε̂): that is `eps_hat`, and in these terms ε is
ε̂/√(1 - β₂^t), so that the first steps along a small gradient are much shorter. With `eps_in_root` it is √(v̂_t + ε), as
optax's eps_root. torch has no switch for the bias correction.

Source: Kingma, Ba, ICLR 2015, arXiv 1412.6980, algorithm 1; torch.optim.Adam.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

import numpy as np

from optim_viz.update_rules import eps_places, means
from optim_viz.update_rules.eps_places import EpsPlace
from optim_viz.update_rules.hyperparameter import BETA1, BETA2, EPS, UNIT, WEIGHT_DECAY
from optim_viz.update_rules.update_rule import (
    Array,
    Hyperparameter,
    Line,
    TorchState,
    UpdateRule,
    mean_preconditioner,
    refuse,
)


class State(NamedTuple):
    """Running means, each (2, *B)."""

    m: Array  # of gradients
    v: Array  # of squared gradients
    m_hat: Array  # m, corrected
    v_hat: Array  # v, corrected


class Settings(NamedTuple):
    """What a step needs besides gradient, state and place."""

    minus_lr: Array
    means: means.Means
    eps: EpsPlace
    weight_decay: Array
    decays: bool


def prepare(hyperparameters: Mapping[str, Any], steps: int) -> Settings:
    """Work out the bias corrections of all steps."""
    weight_decay = hyperparameters["weight_decay"]
    return Settings(
        minus_lr=np.asarray(-hyperparameters["lr"]),
        means=means.means(hyperparameters, steps, corrected=hyperparameters["bias_correction"]),
        eps=eps_places.eps_place(hyperparameters),
        weight_decay=weight_decay,
        decays=bool(weight_decay.any()),
    )


def init(params: Array, settings: Settings) -> State:
    """Start both means at 0."""
    del settings
    zeros = np.zeros_like(params)
    return State(zeros, zeros, zeros, zeros)


def update(grad: Array, state: State, params: Array, t: int, settings: Settings) -> tuple[Array, State]:
    """Take one step; arrays (2, *B) float64."""
    if settings.decays:
        grad = grad + settings.weight_decay * params
    m, v = settings.means.after(grad, state.m, state.v)
    m_hat, v_hat = settings.means.corrected(m, v, t)
    divisor = np.empty_like(v_hat)
    settings.eps.divisor(v_hat, settings.means.corrections2[t], divisor)
    step = settings.minus_lr * m_hat
    step /= divisor
    return step, State(m, v, m_hat, v_hat)


def lines(hyperparameters: Mapping[str, Any]) -> tuple[Line, ...]:
    """Write the step out."""
    grad = "(grad + weight_decay*theta_prev)" if hyperparameters["weight_decay"] else "grad"
    corrected = hyperparameters["bias_correction"]
    return (
        Line("m", f"beta1*m_prev + (1 - beta1)*{grad}"),
        Line("v", f"beta2*v_prev + (1 - beta2)*{grad}**2"),
        Line("m_hat", "m/(1 - beta1**t)" if corrected else "m"),
        Line("v_hat", "v/(1 - beta2**t)" if corrected else "v"),
        Line("update", f"-lr*m_hat/{eps_places.divisor_line(hyperparameters, corrected=corrected)}"),
        Line("theta", "theta_prev + update"),
    )


def rate(numbers: Mapping[str, Any]) -> Array:
    """Divide lr by what m̂ is divided by."""
    return numbers["lr"] / eps_places.divisors(numbers, corrected=numbers["bias_correction"])


def torch_kwargs(hyperparameters: Mapping[str, Any]) -> dict[str, Any]:
    """Arguments of torch.optim.Adam.

    Raises:
        ValueError: bias_correction is False, or eps is placed as others do, which torch cannot do.
    """
    refuse("torch.optim.Adam", hyperparameters, bias_correction=False)
    eps_places.refuse_in_torch("torch.optim.Adam", hyperparameters)
    return means.torch_arguments(hyperparameters)


def torch_state(hyperparameters: Mapping[str, Any]) -> TorchState:
    """Where torch keeps m and v, both still uncorrected."""
    divides = mean_preconditioner(hyperparameters["beta1"], hyperparameters["eps"])
    return means.torch_means(hyperparameters, coupled_decay=True, preconditioner=divides)


def optax(hyperparameters: Mapping[str, Any]) -> tuple[str, dict[str, Any]]:
    """Arguments of optax.adam.

    Raises:
        ValueError: an option that optax has not.
    """
    refuse("optax.adam", hyperparameters, bias_correction=False)
    places = eps_places.optax_arguments("optax.adam", hyperparameters)
    return "adam", {"b1": hyperparameters["beta1"], "b2": hyperparameters["beta2"], **places}


RULE = UpdateRule(
    name="adam",
    title="Adam",
    rank=5,
    family="mean",
    latex=r"""\begin{aligned}
m_t &= \beta_1 m_{t-1} + (1-\beta_1)\,g_t, & \hat m_t &= \frac{m_t}{1-\beta_1^t}\\
v_t &= \beta_2 v_{t-1} + (1-\beta_2)\,g_t^2, & \hat v_t &= \frac{v_t}{1-\beta_2^t}\\
\theta_t &= \theta_{t-1} - \eta\,\frac{\hat m_t}{\sqrt{\hat v_t}+\varepsilon}
\end{aligned}""",
    source="Kingma, Ba (2015), Adam: A Method for Stochastic Optimization, arXiv:1412.6980; as in torch.optim.Adam",
    hyperparameters=(
        means.FIRST_STEP,
        BETA1,
        BETA2,
        EPS,
        WEIGHT_DECAY,
        Hyperparameter(
            "bias_correction",
            "bias correction",
            True,
            0,
            1,
            "choice",
            "Undo the pull of m and v towards their start at 0.",
            UNIT,
            section="bias_correction",
        ),
        *eps_places.CHOICES,
    ),
    conventions=eps_places.CONVENTIONS,
    states=State._fields,
    symbols=means.SYMBOLS,
    meanings=means.MEANINGS,
    first_moment=("m_hat", "m"),
    second_moment=("v_hat", "v"),
    prepare=prepare,
    optax=optax,
    init=init,
    update=update,
    lines=lines,
    rate=rate,
    torch_twin="Adam",
    torch_kwargs=torch_kwargs,
    torch_state=torch_state,
    look=(4, "triangle-down"),
)
