r"""ADOPT: Adam that divides each gradient by what came before it, and only then takes the mean.

    c_t     = clip(g_t / max(√v_{t-1}, ε), -(t-1)^¼, (t-1)^¼)
    m_t     = β₁ m_{t-1} + (1 - β₁) c_t
    θ_t     = θ_{t-1} - η m_t
    v_t     = β₂ v_{t-1} + (1 - β₂) g_t²,     v_1 = g_1²

η is `lr`, β₁ `beta1`, β₂ `beta2`, ε `eps`; g holds the L2 term λ θ of `weight_decay`. The first step only measures the
gradient, and nothing moves. v knows nothing of the gradient that it divides, so that the bound on the convergence holds
at every β₂, where Adam's holds only near 1.

Where implementations differ: the clipping came with a later version of the paper and of the authors' code; `clip` off
is the first one. The paper counts steps from 0, so its t is t - 1 here. pytorch_optimizer (4.1.0) clips at t^¼.

Source: Taniguchi, Harada, Minegishi, Oshima, Jeong, Nagahara, Iiyama, Suzuki, Iwasawa, Matsuo, ADOPT: Modified Adam Can
Converge with Any β₂ with the Optimal Rate, NeurIPS 2024, arXiv 2411.02853, algorithm 2; defaults are those of the
authors' code.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np

from optim_viz.update_rules.hyperparameter import BETA1, FRACTION, NON_NEGATIVE, POSITIVE, UNIT, WEIGHT_DECAY
from optim_viz.update_rules.update_rule import Array, Hyperparameter, Line, UpdateRule


class State(NamedTuple):
    """What each coordinate remembers, (2, *B)."""

    c: Array  # the gradient, divided and clipped
    m: Array  # running mean of c
    v: Array  # running mean of squared gradients


class Settings(NamedTuple):
    """What a step needs besides gradient, state and place; the bounds by t."""

    minus_lr: Array
    beta1: Array
    beta2: Array
    one_minus_beta1: Array
    one_minus_beta2: Array
    bounds: Sequence[float]  # (t - 1)**0.25, infinite where nothing is clipped
    eps: Array
    weight_decay: Array
    decays: bool


def prepare(hyperparameters: Mapping[str, Any], steps: int) -> Settings:
    """Work out the bounds of all steps."""
    beta1, beta2, weight_decay = (hyperparameters[name] for name in ("beta1", "beta2", "weight_decay"))
    bounds = [max(t - 1, 0) ** 0.25 if hyperparameters["clip"] else np.inf for t in range(steps + 1)]
    return Settings(
        minus_lr=np.asarray(-hyperparameters["lr"]),
        beta1=beta1,
        beta2=beta2,
        one_minus_beta1=np.asarray(1.0 - beta1),
        one_minus_beta2=np.asarray(1.0 - beta2),
        bounds=bounds,
        eps=hyperparameters["eps"],
        weight_decay=weight_decay,
        decays=bool(weight_decay.any()),
    )


def init(params: Array, settings: Settings) -> State:
    """Start everything at 0; the first step sets v."""
    del settings
    zeros = np.zeros_like(params)
    return State(zeros, zeros, zeros)


def update(grad: Array, state: State, params: Array, t: int, settings: Settings) -> tuple[Array, State]:
    """Take one step; arrays (2, *B) float64."""
    if settings.decays:
        grad = grad + settings.weight_decay * params
    if t == 1:
        zeros = np.zeros_like(params)
        return zeros, State(np.zeros_like(params), np.zeros_like(params), grad * grad)
    bound = settings.bounds[t]
    c = np.clip(grad / np.maximum(np.sqrt(state.v), settings.eps), -bound, bound)
    m = settings.beta1 * state.m + settings.one_minus_beta1 * c
    v = settings.beta2 * state.v + settings.one_minus_beta2 * grad * grad
    return settings.minus_lr * m, State(c, m, v)


def lines(hyperparameters: Mapping[str, Any]) -> tuple[Line, ...]:
    """Write the step out; min(t - 1, 1) is 0 in the first step, which moves nothing and gives v all of g²."""
    grad = "(grad + weight_decay*theta_prev)" if hyperparameters["weight_decay"] else "grad"
    divided = f"{grad}/max(sqrt(v_prev), eps)"
    clipped = f"max(-(t - 1)**0.25, min((t - 1)**0.25, {divided}))"
    return (
        Line("c", clipped if hyperparameters["clip"] else f"min(t - 1, 1)*{divided}"),
        Line("m", "beta1*m_prev + (1 - beta1)*c"),
        Line("v", f"beta2*v_prev + (1 - min(t - 1, 1)*beta2)*{grad}**2"),
        Line("update", "-lr*m"),
        Line("theta", "theta_prev + update"),
    )


def rate(numbers: Mapping[str, Any]) -> Array:
    """Divide lr by what the gradient is divided by, before it is clipped; the first step has none."""
    divided = numbers["lr"] / np.maximum(np.sqrt(numbers["v_prev"]), numbers["eps"])
    return np.where(numbers["t"] > 1, divided, 0.0)


RULE = UpdateRule(
    name="adopt",
    title="ADOPT",
    rank=17,
    family="mean",
    latex=r"""\begin{aligned}
c_t &= \operatorname{clip}\Bigl(\frac{g_t}{\max(\sqrt{v_{t-1}},\,\varepsilon)},\ \pm(t-1)^{1/4}\Bigr)\\
m_t &= \beta_1 m_{t-1} + (1-\beta_1)\,c_t\\
\theta_t &= \theta_{t-1} - \eta\,m_t\\
v_t &= \beta_2 v_{t-1} + (1-\beta_2)\,g_t^2, \qquad v_1 = g_1^2
\end{aligned}""",
    source="Taniguchi et al. (2024), ADOPT: Modified Adam Can Converge with Any β₂ with the Optimal Rate, "
    "arXiv:2411.02853, algorithm 2",
    hyperparameters=(
        Hyperparameter(
            *("lr", "η", 1e-3, 1e-4, 10.0, "log", "Step size.", POSITIVE),
            primary=True,
            label="learning rate",
        ),
        BETA1,
        Hyperparameter(
            *("beta2", "β₂", 0.9999, 0.0, 0.9999, "log", "Share of v, the mean squared gradient, kept.", FRACTION),
            complement=True,
            primary=True,
            meaning="remembers about {memory} steps",
        ),
        Hyperparameter(
            *("eps", "ε", 1e-6, 1e-12, 1.0, "log", "The least that a gradient is divided by.", NON_NEGATIVE),
            label="epsilon",
        ),
        WEIGHT_DECAY,
        Hyperparameter(
            *("clip", "clip", True, 0, 1, "choice", "Bound the divided gradient, by ever more.", UNIT),
            label="clipping",
        ),
    ),
    states=State._fields,
    symbols={"c": "c", "m": "m", "v": "v"},
    meanings={
        "c": "The gradient, divided by the root of the v before it, and clipped.",
        "m": "Running mean of c; the step is lr times this.",
        "v": "Running mean of the squared gradients.",
    },
    first_moment=("m", "c"),
    second_moment=("v",),
    prepare=prepare,
    init=init,
    update=update,
    lines=lines,
    rate=rate,
    look=(2, "triangle-down"),
)
