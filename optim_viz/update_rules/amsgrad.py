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

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np

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
    """Running means, each (2, *B)."""

    m: Array  # of gradients
    v: Array  # of squared gradients
    v_max: Array  # largest v so far
    m_hat: Array  # m, corrected
    v_hat: Array  # v_max, corrected


class Settings(NamedTuple):
    """What a step needs besides gradient, state and place."""

    minus_lr: Array
    beta1: Array
    beta2: Array
    one_minus_beta1: Array
    one_minus_beta2: Array
    corrections1: Sequence[Array]  # 1 - beta1**t, by t
    corrections2: Sequence[Array]  # 1 - beta2**t, by t
    eps: Array
    weight_decay: Array
    decays: bool
    max_of_corrected: bool


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
    if settings.max_of_corrected:
        v_max = np.maximum(state.v_max, v / settings.corrections2[t])
        v_hat = v_max.copy()
    else:
        v_max = np.maximum(state.v_max, v)
        v_hat = v_max / settings.corrections2[t]
    np.sqrt(v_hat, fresh)
    fresh += settings.eps
    step = settings.minus_lr * m_hat
    step /= fresh
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


def rate(numbers: Mapping[str, Any]) -> Array:
    """Divide lr by what m̂ is divided by."""
    return numbers["lr"] / (np.sqrt(numbers["v_hat"]) + numbers["eps"])


def torch_kwargs(hyperparameters: Mapping[str, Any]) -> dict[str, Any]:
    """Arguments of torch.optim.Adam, which has amsgrad as an option.

    Raises:
        ValueError: bias_correction is False, or max_of_corrected is True, which torch cannot do.
    """
    if not hyperparameters["bias_correction"]:
        raise ValueError("torch.optim.Adam has no bias_correction = False")
    if hyperparameters["max_of_corrected"]:
        raise ValueError("torch.optim.Adam has no max_of_corrected = True")
    arguments = {name: hyperparameters[name] for name in ("lr", "eps", "weight_decay")}
    return arguments | {"betas": (hyperparameters["beta1"], hyperparameters["beta2"]), "amsgrad": True}


def torch_state(hyperparameters: Mapping[str, Any]) -> TorchState:
    """Where torch keeps m and the largest v, both still uncorrected."""
    beta1, beta2 = hyperparameters["beta1"], hyperparameters["beta2"]
    return TorchState(
        first=TorchMoment("exp_avg", lambda step: 1 - beta1**step),
        second=TorchMoment("max_exp_avg_sq", lambda step: 1 - beta2**step),
        coupled_decay=True,
    )


def optax(hyperparameters: Mapping[str, Any]) -> tuple[str, dict[str, Any]]:
    """Arguments of optax.amsgrad.

    Raises:
        ValueError: an option that optax has not.
    """
    refuse("optax.amsgrad", hyperparameters, bias_correction=False, max_of_corrected=False)
    given = {"b1": "beta1", "b2": "beta2", "eps": "eps"}
    return "amsgrad", {theirs: hyperparameters[ours] for theirs, ours in given.items()}


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
    symbols={"m": "m", "v": "v", "v_max": "vmax", "m_hat": "m̂", "v_hat": "v̂"},
    meanings={
        "m": "Running mean of the gradients.",
        "v": "Running mean of the squared gradients.",
        "v_max": "The largest v so far; it never shrinks.",
        "m_hat": "m, corrected for its start at 0.",
        "v_hat": "The largest v so far, corrected for its start at 0.",
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
    look=(7, "hexagon"),
)
