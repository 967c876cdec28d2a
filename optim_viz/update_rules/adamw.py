r"""AdamW: Adam whose weight decay acts on the weights, not through the gradient.

    m_t     = β₁ m_{t-1} + (1 - β₁) g_t,      m̂_t = m_t / (1 - β₁^t)
    v_t     = β₂ v_{t-1} + (1 - β₂) g_t²,     v̂_t = v_t / (1 - β₂^t)
    θ_t     = θ_{t-1} - η m̂_t / (√v̂_t + ε) - η λ θ_{t-1}

η is `lr`, β₁ `beta1`, β₂ `beta2`, ε `eps`, λ `weight_decay`. The gradient is taken before the decay. Where Adam's L2
term is divided by √v̂ like any gradient, this decay is the same share of every weight: with no gradient at all ten
steps leave (1 - ηλ)^10 of it.

Where implementations differ: the paper's λ is not multiplied by η; torch's (followed here) is. Default λ: torch 0.01,
Keras 0.004, optax 1e-4. Where ε is added differs as for `adam`: `eps_hat` is Keras, `eps_in_root` optax's eps_root.

Source: Loshchilov, Hutter, ICLR 2019, arXiv 1711.05101, algorithm 2; torch.optim.AdamW.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

import numpy as np

from optim_viz.update_rules import eps_places, means
from optim_viz.update_rules.eps_places import EpsPlace
from optim_viz.update_rules.hyperparameter import BETA1, BETA2, EPS, NON_NEGATIVE
from optim_viz.update_rules.update_rule import (
    Array,
    Hyperparameter,
    Line,
    TorchState,
    UpdateRule,
    mean_preconditioner,
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
    decays: bool
    weight_decay: Array


def prepare(hyperparameters: Mapping[str, Any], steps: int) -> Settings:
    """Work out the bias corrections of all steps."""
    weight_decay = hyperparameters["weight_decay"]
    return Settings(
        minus_lr=np.asarray(-hyperparameters["lr"]),
        means=means.means(hyperparameters, steps),
        eps=eps_places.eps_place(hyperparameters),
        decays=bool(weight_decay.any()),
        weight_decay=weight_decay,
    )


def init(params: Array, settings: Settings) -> State:
    """Start both means at 0."""
    del settings
    zeros = np.zeros_like(params)
    return State(zeros, zeros, zeros, zeros)


def update(grad: Array, state: State, params: Array, t: int, settings: Settings) -> tuple[Array, State]:
    """Take one step; arrays (2, *B) float64."""
    m, v = settings.means.after(grad, state.m, state.v)
    m_hat, v_hat = settings.means.corrected(m, v, t)
    divisor = np.empty_like(v_hat)
    settings.eps.divisor(v_hat, settings.means.corrections2[t], divisor)
    step = settings.minus_lr * m_hat
    step /= divisor
    if settings.decays:
        step += settings.minus_lr * settings.weight_decay * params
    return step, State(m, v, m_hat, v_hat)


def lines(hyperparameters: Mapping[str, Any]) -> tuple[Line, ...]:
    """Write the step out."""
    decay = " - lr*weight_decay*theta_prev" if hyperparameters["weight_decay"] else ""
    return (
        Line("m", "beta1*m_prev + (1 - beta1)*grad"),
        Line("v", "beta2*v_prev + (1 - beta2)*grad**2"),
        Line("m_hat", "m/(1 - beta1**t)"),
        Line("v_hat", "v/(1 - beta2**t)"),
        Line("update", f"-lr*m_hat/{eps_places.divisor_line(hyperparameters)}{decay}"),
        Line("theta", "theta_prev + update"),
    )


def rate(numbers: Mapping[str, Any]) -> Array:
    """Divide lr by what m̂ is divided by."""
    return numbers["lr"] / eps_places.divisors(numbers)


def torch_kwargs(hyperparameters: Mapping[str, Any]) -> dict[str, Any]:
    """Arguments of torch.optim.AdamW.

    Raises:
        ValueError: eps is placed as others do, which torch cannot do.
    """
    eps_places.refuse_in_torch("torch.optim.AdamW", hyperparameters)
    return means.torch_arguments(hyperparameters)


def torch_state(hyperparameters: Mapping[str, Any]) -> TorchState:
    """Where torch keeps m and v, both still uncorrected."""
    divides = mean_preconditioner(hyperparameters["beta1"], hyperparameters["eps"])
    return means.torch_means(hyperparameters, coupled_decay=False, preconditioner=divides)


def optax(hyperparameters: Mapping[str, Any]) -> tuple[str, dict[str, Any]]:
    """Arguments of optax.adamw.

    Raises:
        ValueError: eps is added before the correction, which optax does not do.
    """
    given = {"b1": "beta1", "b2": "beta2", "weight_decay": "weight_decay"}
    places = eps_places.optax_arguments("optax.adamw", hyperparameters)
    return "adamw", {theirs: hyperparameters[ours] for theirs, ours in given.items()} | places


RULE = UpdateRule(
    name="adamw",
    title="AdamW",
    rank=6,
    family="mean",
    latex=r"""\begin{aligned}
m_t &= \beta_1 m_{t-1} + (1-\beta_1)\,g_t, & \hat m_t &= \frac{m_t}{1-\beta_1^t}\\
v_t &= \beta_2 v_{t-1} + (1-\beta_2)\,g_t^2, & \hat v_t &= \frac{v_t}{1-\beta_2^t}\\
\theta_t &= \theta_{t-1} - \eta\,\frac{\hat m_t}{\sqrt{\hat v_t}+\varepsilon} - \eta\lambda\,\theta_{t-1}
\end{aligned}""",
    source="Loshchilov, Hutter (2019), Decoupled Weight Decay Regularization, arXiv:1711.05101; "
    "as in torch.optim.AdamW",
    hyperparameters=(
        means.FIRST_STEP,
        BETA1,
        BETA2,
        EPS,
        Hyperparameter(
            "weight_decay",
            "λ",
            0.01,
            1e-5,
            1.0,
            "log",
            "Share lr times this of every weight is taken off each step.",
            NON_NEGATIVE,
            zero=True,
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
    torch_twin="AdamW",
    torch_kwargs=torch_kwargs,
    torch_state=torch_state,
    look=(6, "star"),
)
