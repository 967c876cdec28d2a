r"""Adadelta: steps in units of earlier steps, so that no learning rate has to be chosen.

    g_t     = ∇f(θ_{t-1}) + λ θ_{t-1}
    v_t     = ρ v_{t-1} + (1 - ρ) g_t²
    δ_t     = √(D_{t-1} + ε) / √(v_t + ε) · g_t
    D_t     = ρ D_{t-1} + (1 - ρ) δ_t²
    θ_t     = θ_{t-1} - η δ_t

η is `lr`, ρ `rho`, ε `eps`, λ `weight_decay`; v is torch's square_avg, D its acc_delta. D starts at 0, so the first
steps have the size √ε: ε is what gets it going, and at 1e-6 that takes hundreds of steps.

Where implementations differ: torch (followed here) and the paper take η = 1; Keras takes 0.001, with ρ = 0.95.

Source: Zeiler, arXiv 1212.5701 (2012), algorithm 1; torch.optim.Adadelta.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

import numpy as np

from optim_viz.update_rules.hyperparameter import FRACTION, NON_NEGATIVE, POSITIVE, WEIGHT_DECAY
from optim_viz.update_rules.update_rule import Array, Hyperparameter, Line, TorchMoment, TorchState, UpdateRule


class State(NamedTuple):
    """What each coordinate remembers, (2, *B)."""

    v: Array  # running mean of squared gradients, torch's square_avg
    delta: Array  # the step before lr
    mean_delta: Array  # running mean of squared steps, torch's acc_delta


class Settings(NamedTuple):
    """What a step needs besides gradient, state and place."""

    minus_lr: Array
    rho: Array
    one_minus_rho: Array
    eps: Array
    weight_decay: Array
    decays: bool


def prepare(hyperparameters: Mapping[str, Any], steps: int) -> Settings:
    """Work out 1 - rho and -lr once for all steps."""
    del steps
    rho, weight_decay = hyperparameters["rho"], hyperparameters["weight_decay"]
    return Settings(
        minus_lr=np.asarray(-hyperparameters["lr"]),
        rho=rho,
        one_minus_rho=np.asarray(1.0 - rho),
        eps=hyperparameters["eps"],
        weight_decay=weight_decay,
        decays=bool(weight_decay.any()),
    )


def init(params: Array, settings: Settings) -> State:
    """Start both means at 0."""
    del settings
    zeros = np.zeros_like(params)
    return State(zeros, zeros, zeros)


def update(grad: Array, state: State, params: Array, t: int, settings: Settings) -> tuple[Array, State]:
    """Take one step; arrays (2, *B) float64."""
    del t
    if settings.decays:
        grad = grad + settings.weight_decay * params
    v = settings.rho * state.v + settings.one_minus_rho * grad * grad
    delta = np.sqrt(state.mean_delta + settings.eps) / np.sqrt(v + settings.eps) * grad
    mean_delta = settings.rho * state.mean_delta + settings.one_minus_rho * delta * delta
    return settings.minus_lr * delta, State(v, delta, mean_delta)


def lines(hyperparameters: Mapping[str, Any]) -> tuple[Line, ...]:
    """Write the step out."""
    grad = "(grad + weight_decay*theta_prev)" if hyperparameters["weight_decay"] else "grad"
    return (
        Line("v", f"rho*v_prev + (1 - rho)*{grad}**2"),
        Line("delta", f"sqrt(mean_delta_prev + eps)/sqrt(v + eps)*{grad}"),
        Line("mean_delta", "rho*mean_delta_prev + (1 - rho)*delta**2"),
        Line("update", "-lr*delta"),
        Line("theta", "theta_prev + update"),
    )


def rate(numbers: Mapping[str, Any]) -> Array:
    """Multiply lr by what the gradient is multiplied by in δ."""
    return numbers["lr"] * np.sqrt(numbers["mean_delta_prev"] + numbers["eps"]) / np.sqrt(numbers["v"] + numbers["eps"])


def torch_kwargs(hyperparameters: Mapping[str, Any]) -> dict[str, Any]:
    """Arguments of torch.optim.Adadelta."""
    return dict(hyperparameters)


def torch_state(hyperparameters: Mapping[str, Any]) -> TorchState:
    """Where torch keeps v."""
    del hyperparameters
    return TorchState(second=TorchMoment("square_avg"), coupled_decay=True)


def optax(hyperparameters: Mapping[str, Any]) -> tuple[str, dict[str, Any]]:
    """Arguments of optax.adadelta."""
    return "adadelta", {name: hyperparameters[name] for name in ("rho", "eps")}


RULE = UpdateRule(
    name="adadelta",
    title="Adadelta",
    rank=11,
    family="ratio",
    latex=r"""\begin{aligned}
v_t &= \rho\, v_{t-1} + (1-\rho)\,g_t^2\\
\delta_t &= \frac{\sqrt{D_{t-1}+\varepsilon}}{\sqrt{v_t+\varepsilon}}\,g_t, &
D_t &= \rho\, D_{t-1} + (1-\rho)\,\delta_t^2\\
\theta_t &= \theta_{t-1} - \eta\,\delta_t
\end{aligned}""",
    source="Zeiler (2012), ADADELTA: An Adaptive Learning Rate Method, arXiv:1212.5701; as in torch.optim.Adadelta",
    hyperparameters=(
        Hyperparameter(
            *("lr", "η", 1.0, 1e-2, 100.0, "log", "What each step is multiplied by; 1 in the paper.", POSITIVE),
            primary=True,
            label="learning rate",
        ),
        Hyperparameter(
            *("rho", "ρ", 0.9, 0.0, 0.9999, "log", "Share of both running means kept each step.", FRACTION),
            complement=True,
            primary=True,
            label="decay",
            meaning="remembers about {memory} steps",
        ),
        Hyperparameter(
            *("eps", "ε", 1e-6, 1e-12, 1.0, "log", "Added under both roots; its root is the first step.", NON_NEGATIVE),
            primary=True,
            label="epsilon",
        ),
        WEIGHT_DECAY,
    ),
    states=State._fields,
    symbols={"v": "v", "delta": "δ", "mean_delta": "D"},
    meanings={
        "v": "Running mean of the squared gradients.",
        "delta": "The step before the learning rate.",
        "mean_delta": "Running mean of the squared steps.",
    },
    first_moment=(),
    second_moment=("v", "mean_delta"),
    prepare=prepare,
    optax=optax,
    init=init,
    update=update,
    lines=lines,
    rate=rate,
    torch_twin="Adadelta",
    torch_kwargs=torch_kwargs,
    torch_state=torch_state,
    look=(3, "hexagon"),
)
