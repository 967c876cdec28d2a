r"""AMSGrad: Adam whose v̂ is built on the largest v so far, so that a rare large gradient is not forgotten.

    g_t     = ∇f(θ_{t-1}) + λ θ_{t-1}
    m_t     = β₁ m_{t-1} + (1 - β₁) g_t,      m̂_t = m_t / (1 - β₁^t)
    v_t     = β₂ v_{t-1} + (1 - β₂) g_t²
    vmax_t  = max(vmax_{t-1}, v_t),           v̂_t = vmax_t / (1 - β₂^t)
    θ_t     = θ_{t-1} - η m̂_t / (√v̂_t + ε)

η is `lr`, β₁ `beta1`, β₂ `beta2`, ε `eps`, λ `weight_decay`; vmax is recorded as `v_max`.

Where implementations differ, they are three algorithms. torch and Keras (followed here) take the maximum over raw v and
divide by the *current* 1 - β₂^t, so that the effective step can still grow. The paper corrects nothing: that is this
rule with `bias_correction` off. optax takes the maximum over corrected v, v̂_t = max(v̂_{t-1}, v_t / (1 - β₂^t)): that is
`max_of_corrected`.

Source: Reddi, Kale, Kumar, ICLR 2018, arXiv 1904.09237, algorithm 2; torch.optim.Adam(amsgrad=True).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

import numpy as np

from optim_viz.update_rules import means
from optim_viz.update_rules.hyperparameter import BETA1, BETA2, EPS, UNIT, WEIGHT_DECAY
from optim_viz.update_rules.update_rule import (
    Array,
    Convention,
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
    v_max: Array  # largest v so far
    m_hat: Array  # m, corrected
    v_hat: Array  # v_max, corrected


class Settings(NamedTuple):
    """What a step needs besides gradient, state and place."""

    minus_lr: Array
    means: means.Means
    eps: Array
    weight_decay: Array
    decays: bool
    max_of_corrected: bool


def prepare(hyperparameters: Mapping[str, Any], steps: int) -> Settings:
    """Work out the bias corrections of all steps."""
    weight_decay = hyperparameters["weight_decay"]
    return Settings(
        minus_lr=np.asarray(-hyperparameters["lr"]),
        means=means.means(hyperparameters, steps, corrected=hyperparameters["bias_correction"]),
        eps=hyperparameters["eps"],
        weight_decay=weight_decay,
        decays=bool(weight_decay.any()),
        max_of_corrected=hyperparameters["max_of_corrected"],
    )


def init(params: Array, settings: Settings) -> State:
    """Start the means and the maximum at 0."""
    del settings
    zeros = np.zeros_like(params)
    return State(zeros, zeros, zeros, zeros, zeros)


def update(grad: Array, state: State, params: Array, t: int, settings: Settings) -> tuple[Array, State]:
    """Take one step; arrays (2, *B) float64."""
    if settings.decays:
        grad = grad + settings.weight_decay * params
    m, v = settings.means.after(grad, state.m, state.v)
    if settings.max_of_corrected:
        m_hat, corrected = settings.means.corrected(m, v, t)
        v_max = np.maximum(state.v_max, corrected)
        v_hat = v_max.copy()
    else:
        v_max = np.maximum(state.v_max, v)
        m_hat, v_hat = settings.means.corrected(m, v_max, t)
    step = settings.minus_lr * m_hat
    step /= np.sqrt(v_hat) + settings.eps
    return step, State(m, v, v_max, m_hat, v_hat)


def lines(hyperparameters: Mapping[str, Any]) -> tuple[Line, ...]:
    """Write the step out."""
    grad = "(grad + weight_decay*theta_prev)" if hyperparameters["weight_decay"] else "grad"
    corrected = hyperparameters["bias_correction"]
    first = corrected and hyperparameters["max_of_corrected"]
    return (
        Line("m", f"beta1*m_prev + (1 - beta1)*{grad}"),
        Line("v", f"beta2*v_prev + (1 - beta2)*{grad}**2"),
        Line("v_max", "max(v_max_prev, v/(1 - beta2**t))" if first else "max(v_max_prev, v)"),
        Line("m_hat", "m/(1 - beta1**t)" if corrected else "m"),
        Line("v_hat", "v_max/(1 - beta2**t)" if corrected and not first else "v_max"),
        Line("update", "-lr*m_hat/(sqrt(v_hat) + eps)"),
        Line("theta", "theta_prev + update"),
    )


def torch_kwargs(hyperparameters: Mapping[str, Any]) -> dict[str, Any]:
    """Arguments of torch.optim.Adam, which has amsgrad as an option.

    Raises:
        ValueError: bias_correction is False, or max_of_corrected is True, which torch cannot do.
    """
    if not hyperparameters["bias_correction"]:
        raise ValueError("torch.optim.Adam has no bias_correction = False")
    if hyperparameters["max_of_corrected"]:
        raise ValueError("torch.optim.Adam has no max_of_corrected = True")
    return means.torch_arguments(hyperparameters) | {"amsgrad": True}


def torch_state(hyperparameters: Mapping[str, Any]) -> TorchState:
    """Where torch keeps m and the largest v, both still uncorrected."""
    divides = mean_preconditioner(hyperparameters["beta1"], hyperparameters["eps"])
    return means.torch_means(hyperparameters, "max_exp_avg_sq", coupled_decay=True, preconditioner=divides)


def optax(hyperparameters: Mapping[str, Any]) -> tuple[str, dict[str, Any]]:
    """Arguments of optax.amsgrad.

    Raises:
        ValueError: an option that optax has not.
    """
    refuse("optax.amsgrad", hyperparameters, bias_correction=False, max_of_corrected=False)
    return "amsgrad", means.optax_arguments(hyperparameters)


RULE = UpdateRule(
    name="amsgrad",
    title="AMSGrad",
    rank=7,
    family="mean",
    latex=r"""\begin{aligned}
m_t &= \beta_1 m_{t-1} + (1-\beta_1)\,g_t, & \hat m_t &= \frac{m_t}{1-\beta_1^t}\\
v_t &= \beta_2 v_{t-1} + (1-\beta_2)\,g_t^2, & \hat v_t &= \frac{\max(v_1,\dots,v_t)}{1-\beta_2^t}\\
\theta_t &= \theta_{t-1} - \eta\,\frac{\hat m_t}{\sqrt{\hat v_t}+\varepsilon}
\end{aligned}""",
    source="Reddi, Kale, Kumar (2018), On the Convergence of Adam and Beyond, arXiv:1904.09237; "
    "as in torch.optim.Adam(amsgrad=True)",
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
            "Undo the pull of m and v towards 0; off is the paper's form.",
            UNIT,
            section="bias_correction",
        ),
        Hyperparameter(
            *("max_of_corrected", "v̂max", False, 0, 1, "choice", "Correct v first, then take the maximum.", UNIT)
        ),
    ),
    conventions=(
        Convention("torch", "torch, Keras", "The maximum is of v itself, and is divided by today's correction."),
        Convention(
            "paper", "the paper", "Neither m nor v is corrected for its start at 0.", {"bias_correction": False}
        ),
        Convention("optax", "optax", "v is corrected first, and the maximum is of that.", {"max_of_corrected": True}),
    ),
    states=State._fields,
    symbols={**means.SYMBOLS, "v_max": "vmax"},
    meanings={
        **means.MEANINGS,
        "v_max": "The largest v so far; it never shrinks.",
        "v_hat": "The largest v so far, corrected for its start at 0.",
    },
    first_moment=("m_hat", "m"),
    second_moment=("v_hat", "v"),
    prepare=prepare,
    optax=optax,
    init=init,
    update=update,
    lines=lines,
    rate=means.rate,
    torch_twin="Adam",
    torch_kwargs=torch_kwargs,
    torch_state=torch_state,
    look=(7, "hexagon"),
)
