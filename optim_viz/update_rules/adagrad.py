r"""AdaGrad: a step for each coordinate that shrinks with all the gradient it has ever seen.

    g_t     = ∇f(θ_{t-1}) + λ θ_{t-1}
    G_t     = G_{t-1} + g_t²,    G_0 = `initial_accumulator_value`
    θ_t     = θ_{t-1} - η / (1 + (t - 1) `lr_decay`) · g_t / (√G_t + ε)

η is `lr`, ε `eps`, λ `weight_decay`; G is torch's `sum`. Under a constant gradient step t is η/√t.

Where implementations differ: torch (followed here) starts at 0 with ε = 1e-10 outside the root; Keras and optax start
at 0.1 with 1e-7 inside it, √(G_t + ε): that is `eps_in_root`.

Source: Duchi, Hazan, Singer, JMLR 12 (2011), 2121-2159 (the diagonal form of figure 1); torch.optim.Adagrad.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np

from optim_viz.update_rules.hyperparameter import EPS_IN_ROOT, NON_NEGATIVE, POSITIVE, WEIGHT_DECAY
from optim_viz.update_rules.update_rule import (
    Array,
    Convention,
    Hyperparameter,
    Line,
    Preconditioner,
    TorchMoment,
    TorchState,
    UpdateRule,
    refuse,
    table,
)


class State(NamedTuple):
    """What each coordinate has seen."""

    sum: Array  # (2, *B), G: sum of squared gradients


class Settings(NamedTuple):
    """What a step needs besides gradient, state and place."""

    minus_lr: Array
    falls: Sequence[Array]  # 1 + (t - 1) lr_decay, by t; empty where lr_decay is 0
    initial: Array
    eps: Array
    weight_decay: Array
    decays: bool
    eps_in_root: bool


def fall(t: Array, lr_decay: Array) -> Array:
    """What lr is divided by at step t."""
    return 1.0 + (t - 1.0) * lr_decay


def prepare(hyperparameters: Mapping[str, Any], steps: int) -> Settings:
    """Work out how far lr has fallen by each step."""
    minus_lr, lr_decay = np.asarray(-hyperparameters["lr"]), hyperparameters["lr_decay"]
    falls: Sequence[Array] = ()
    if lr_decay.any():
        falls = table(fall, steps, lr_decay)
    weight_decay = hyperparameters["weight_decay"]
    initial, eps = hyperparameters["initial_accumulator_value"], hyperparameters["eps"]
    inside = hyperparameters["eps_in_root"]
    return Settings(minus_lr, falls, initial, eps, weight_decay, bool(weight_decay.any()), inside)


def init(params: Array, settings: Settings) -> State:
    """Start every sum at initial_accumulator_value."""
    return State(np.zeros_like(params) + settings.initial)


def update(grad: Array, state: State, params: Array, t: int, settings: Settings) -> tuple[Array, State]:
    """Take one step; arrays (2, *B) float64."""
    if settings.decays:
        grad = grad + settings.weight_decay * params
    total = state.sum + grad * grad
    step = (settings.minus_lr / settings.falls[t] if settings.falls else settings.minus_lr) * grad
    step /= np.sqrt(total + settings.eps) if settings.eps_in_root else np.sqrt(total) + settings.eps
    return step, State(total)


def lines(hyperparameters: Mapping[str, Any]) -> tuple[Line, ...]:
    """Write the step out."""
    grad = "(grad + weight_decay*theta_prev)" if hyperparameters["weight_decay"] else "grad"
    rate = "-lr/(1 + (t - 1)*lr_decay)" if hyperparameters["lr_decay"] else "-lr"
    root = "sqrt(sum + eps)" if hyperparameters["eps_in_root"] else "(sqrt(sum) + eps)"
    return (
        Line("sum", f"sum_prev + {grad}**2"),
        Line("update", f"{rate}*{grad}/{root}"),
        Line("theta", "theta_prev + update"),
    )


def rate(numbers: Mapping[str, Any]) -> Array:
    """Divide the falling lr by the root of G."""
    inside = numbers["eps_in_root"]
    root = np.sqrt(numbers["sum"] + numbers["eps"] * inside) + numbers["eps"] * np.logical_not(inside)
    return numbers["lr"] / (1 + (numbers["t"] - 1) * numbers["lr_decay"]) / root


def torch_kwargs(hyperparameters: Mapping[str, Any]) -> dict[str, Any]:
    """Arguments of torch.optim.Adagrad.

    Raises:
        ValueError: eps_in_root is True, which torch cannot do.
    """
    if hyperparameters["eps_in_root"]:
        raise ValueError("torch.optim.Adagrad has no eps_in_root = True")
    return {name: value for name, value in hyperparameters.items() if name != "eps_in_root"}


def torch_state(hyperparameters: Mapping[str, Any]) -> TorchState:
    """Where torch keeps the sum."""
    eps, decay = hyperparameters["eps"], hyperparameters["lr_decay"]
    divides = Preconditioner(eps, 2.0, "2", lr_divisor=lambda step: 1 + (step - 1) * decay)
    return TorchState(second=TorchMoment("sum"), coupled_decay=True, preconditioner=divides)


def optax(hyperparameters: Mapping[str, Any]) -> tuple[str, dict[str, Any]]:
    """Arguments of optax.adagrad.

    Raises:
        ValueError: an option that optax has not.
    """
    refuse("optax.adagrad", hyperparameters, eps_in_root=False)
    if hyperparameters["lr_decay"]:
        raise ValueError("optax.adagrad has no lr_decay")
    return "adagrad", {name: hyperparameters[name] for name in ("initial_accumulator_value", "eps")}


RULE = UpdateRule(
    name="adagrad",
    title="AdaGrad",
    rank=3,
    family="sum",
    latex=r"""\begin{aligned}
G_t &= G_{t-1} + g_t^2\\
\theta_t &= \theta_{t-1} - \frac{\eta}{1+(t-1)\,\mathrm{lr\_decay}}\,\frac{g_t}{\sqrt{G_t}+\varepsilon}
\end{aligned}""",
    source="Duchi, Hazan, Singer (2011), Adaptive Subgradient Methods for Online Learning and Stochastic Optimization; "
    "as in torch.optim.Adagrad",
    hyperparameters=(
        Hyperparameter(
            "lr",
            "η",
            1e-2,
            1e-4,
            10.0,
            "log",
            "Length of the first step in each coordinate.",
            POSITIVE,
            primary=True,
            label="learning rate",
            section="sparse",
        ),
        Hyperparameter(
            "lr_decay", "lr_decay", 0.0, 1e-4, 1.0, "log", "How fast lr itself falls with t.", NON_NEGATIVE, zero=True
        ),
        WEIGHT_DECAY,
        Hyperparameter(
            "initial_accumulator_value",
            "G₀",
            0.0,
            1e-3,
            1e3,
            "log",
            "What the sum starts from.",
            NON_NEGATIVE,
            zero=True,
        ),
        Hyperparameter(
            "eps",
            "ε",
            1e-10,
            1e-12,
            1.0,
            "log",
            "Added to the root, against division by 0.",
            NON_NEGATIVE,
            label="epsilon",
        ),
        EPS_IN_ROOT,
    ),
    conventions=(
        Convention("torch", "torch", "The sum starts at 0, and eps is added after the root."),
        Convention(
            "Keras",
            "Keras, optax",
            "The sum starts at 0.1, and eps is added inside the root: small gradients begin with small steps.",
            {"initial_accumulator_value": 0.1, "eps_in_root": True},
        ),
    ),
    states=State._fields,
    symbols={"sum": "G"},
    meanings={
        "sum": "Sum of all squared gradients so far; it never shrinks.",
    },
    first_moment=(),
    second_moment=("sum",),
    prepare=prepare,
    optax=optax,
    init=init,
    update=update,
    lines=lines,
    rate=rate,
    torch_twin="Adagrad",
    torch_kwargs=torch_kwargs,
    torch_state=torch_state,
    look=(2, "diamond"),
)
