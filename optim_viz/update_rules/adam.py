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

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np

from optim_viz.update_rules import eps_places
from optim_viz.update_rules.eps_places import EpsPlace
from optim_viz.update_rules.hyperparameter import BETA1, BETA2, EPS, POSITIVE, UNIT, WEIGHT_DECAY
from optim_viz.update_rules.update_rule import (
    Array,
    Hyperparameter,
    Line,
    TorchMoment,
    TorchState,
    UpdateRule,
    corrections,
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
    beta1: Array
    beta2: Array
    one_minus_beta1: Array
    one_minus_beta2: Array
    corrections1: Sequence[Array]  # 1 - beta1**t, by t
    corrections2: Sequence[Array]  # 1 - beta2**t, by t
    eps: EpsPlace
    weight_decay: Array
    decays: bool


def prepare(hyperparameters: Mapping[str, Any], steps: int) -> Settings:
    """Work out the bias corrections of all steps."""
    beta1, beta2, weight_decay = (hyperparameters[name] for name in ("beta1", "beta2", "weight_decay"))
    enabled = hyperparameters["bias_correction"]
    return Settings(
        minus_lr=np.asarray(-hyperparameters["lr"]),
        beta1=beta1,
        beta2=beta2,
        one_minus_beta1=np.asarray(1.0 - beta1),
        one_minus_beta2=np.asarray(1.0 - beta2),
        corrections1=corrections(beta1, steps, enabled=enabled),
        corrections2=corrections(beta2, steps, enabled=enabled),
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
    """Take one step; arrays (2, *B) float64. In-place operators touch only arrays made here."""
    if settings.decays:
        grad = grad + settings.weight_decay * params
    fresh = settings.one_minus_beta1 * grad
    m = settings.beta1 * state.m
    m += fresh
    np.multiply(settings.one_minus_beta2, grad, fresh)
    fresh *= grad
    v = settings.beta2 * state.v
    v += fresh
    m_hat = m / settings.corrections1[t]
    v_hat = v / settings.corrections2[t]
    settings.eps.divisor(v_hat, settings.corrections2[t], fresh)
    step = settings.minus_lr * m_hat
    step /= fresh
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
    arguments = {name: hyperparameters[name] for name in ("lr", "eps", "weight_decay")}
    return arguments | {"betas": (hyperparameters["beta1"], hyperparameters["beta2"])}


def torch_state(hyperparameters: Mapping[str, Any]) -> TorchState:
    """Where torch keeps m and v, both still uncorrected."""
    beta1, beta2 = hyperparameters["beta1"], hyperparameters["beta2"]
    return TorchState(
        first=TorchMoment("exp_avg", lambda step: 1 - beta1**step),
        second=TorchMoment("exp_avg_sq", lambda step: 1 - beta2**step),
        preconditioner=mean_preconditioner(beta1, hyperparameters["eps"]),
        coupled_decay=True,
    )


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
        Hyperparameter(
            "lr",
            "η",
            1e-3,
            1e-4,
            10.0,
            "log",
            "Step size; the first step has exactly this length.",
            POSITIVE,
            primary=True,
            label="learning rate",
            section="largest_step",
        ),
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
    symbols={"m": "m", "v": "v", "m_hat": "m̂", "v_hat": "v̂"},
    meanings={
        "m": "Running mean of the gradients.",
        "v": "Running mean of the squared gradients.",
        "m_hat": "m, corrected for its start at 0.",
        "v_hat": "v, corrected for its start at 0.",
    },
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
