r"""Gradient descent: step against the gradient.

    g_t     = ∇f(θ_{t-1}) + λ θ_{t-1}
    θ_t     = θ_{t-1} - η g_t

η is `lr`, λ `weight_decay` (an L2 term in the gradient, as torch has it). On a quadratic with largest curvature L it
converges if and only if η < 2/(L + λ).

Source: Cauchy, Comptes rendus 25 (1847), 536-538; torch.optim.SGD without momentum.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

import numpy as np

from optim_viz.update_rules.hyperparameter import POSITIVE, WEIGHT_DECAY
from optim_viz.update_rules.update_rule import (
    Array,
    Hyperparameter,
    Line,
    Optimum,
    StabilityLimit,
    TorchState,
    UpdateRule,
)


class State(NamedTuple):
    """Nothing: the next step depends on the place alone."""


class Settings(NamedTuple):
    """What a step needs besides gradient and place."""

    minus_lr: Array
    weight_decay: Array
    decays: bool  # some lane has a weight_decay; else the term is left out


def prepare(hyperparameters: Mapping[str, Any], steps: int) -> Settings:
    """Negate lr once for all steps."""
    del steps
    weight_decay = hyperparameters["weight_decay"]
    return Settings(np.asarray(-hyperparameters["lr"]), weight_decay, bool(weight_decay.any()))


def init(params: Array, settings: Settings) -> State:
    """Start with nothing to remember."""
    del params, settings
    return State()


def update(grad: Array, state: State, params: Array, t: int, settings: Settings) -> tuple[Array, State]:
    """Take one step; arrays (2, *B) float64."""
    del t
    if settings.decays:
        grad = grad + settings.weight_decay * params
    return settings.minus_lr * grad, state


def lines(hyperparameters: Mapping[str, Any]) -> tuple[Line, ...]:
    """Write the step out."""
    grad = "(grad + weight_decay*theta_prev)" if hyperparameters["weight_decay"] else "grad"
    return (Line("update", f"-lr*{grad}"), Line("theta", "theta_prev + update"))


def rate(numbers: Mapping[str, Any]) -> Array:
    """Give every coordinate lr itself."""
    return numbers["lr"]


def torch_kwargs(hyperparameters: Mapping[str, Any]) -> dict[str, Any]:
    """Arguments of torch.optim.SGD."""
    return {"lr": hyperparameters["lr"], "weight_decay": hyperparameters["weight_decay"]}


def torch_state(hyperparameters: Mapping[str, Any]) -> TorchState:
    """Torch remembers nothing either."""
    del hyperparameters
    return TorchState(coupled_decay=True)


def stability(hyperparameters: Mapping[str, Any]) -> StabilityLimit:
    """The step is a contraction where |1 - lr (L + λ)| < 1."""
    decay = hyperparameters["weight_decay"]
    curvature = "(L + weight_decay)" if decay else "L"
    return StabilityLimit(2.0, "2", decay, curvature)


def optax(hyperparameters: Mapping[str, Any]) -> tuple[str, dict[str, Any]]:
    """SGD of optax."""
    del hyperparameters
    return "sgd", {}


def critical(hyperparameters: Mapping[str, Any]) -> StabilityLimit:
    """A direction is multiplied by 1 - lr (h + λ) a step: beyond lr = 1/(h + λ) it changes its side each time."""
    return StabilityLimit(1.0, "1", hyperparameters["weight_decay"])


def optimum(hyperparameters: Mapping[str, Any], smallest: float, largest: float) -> Optimum:
    """The rate at which both ends of the spectrum shrink alike; the rate of convergence is then (κ - 1)/(κ + 1)."""
    lr = 2.0 / (smallest + largest + 2.0 * hyperparameters["weight_decay"])
    return Optimum({"lr": lr}, "lr = 2/(L + ℓ)", "Lessard, Recht, Packard, SIAM J. Optim. 26 (2016), proposition 1")


RULE = UpdateRule(
    name="sgd",
    title="SGD",
    rank=0,
    family="gradient",
    latex=r"\theta_t = \theta_{t-1} - \eta\,\bigl(g_t + \lambda\theta_{t-1}\bigr)",
    source="Cauchy (1847), Méthode générale pour la résolution des systèmes d'équations simultanées; "
    "as in torch.optim.SGD",
    hyperparameters=(
        Hyperparameter(
            "lr",
            "η",
            1e-3,
            1e-5,
            1.0,
            "log",
            "Step size: what the gradient is multiplied by.",
            POSITIVE,
            primary=True,
            label="learning rate",
            section="valley",
        ),
        WEIGHT_DECAY,
    ),
    states=State._fields,
    symbols={},
    first_moment=(),
    second_moment=(),
    prepare=prepare,
    optax=optax,
    init=init,
    update=update,
    lines=lines,
    rate=rate,
    torch_twin="SGD",
    torch_kwargs=torch_kwargs,
    torch_state=torch_state,
    stability=stability,
    critical=critical,
    optimum=optimum,
    look=(0, "circle"),
)
