r"""Lion: the sign of a blend of momentum and gradient; every step has the same length.

    c_t     = β₁ m_{t-1} + (1 - β₁) g_t
    θ_t     = θ_{t-1} - η (sign(c_t) + λ θ_{t-1})
    m_t     = β₂ m_{t-1} + (1 - β₂) g_t

η is `lr`, β₁ `beta1`, β₂ `beta2`, λ `weight_decay`, decoupled as in AdamW. Without weight decay each coordinate moves
by exactly η at every step: it does not settle in a minimum but goes back and forth around it. The blend that steps
weighs the newest gradient more (1 - β₁ = 0.1) than the memory does (1 - β₂ = 0.01).

Where implementations differ: none known; torch.optim has no Lion. Defaults are those of the authors' code.

Source: Chen, Liang, Huang, Real, Wang, Liu, Pham, Dong, Luong, Hsieh, Lu, Le, Symbolic Discovery of Optimization
Algorithms, NeurIPS 2023, arXiv 2302.06675, algorithm 2.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

import numpy as np

from optim_viz.update_rules.hyperparameter import FRACTION, POSITIVE, WEIGHT_DECAY_APART
from optim_viz.update_rules.update_rule import Array, Hyperparameter, Line, UpdateRule


class State(NamedTuple):
    """What each coordinate remembers, (2, *B)."""

    c: Array  # the blend whose sign is the step
    m: Array  # running mean of gradients


class Settings(NamedTuple):
    """What a step needs besides gradient, state and place."""

    minus_lr: Array
    weight_decay: Array
    beta1: Array
    beta2: Array
    one_minus_beta1: Array
    one_minus_beta2: Array
    decays: bool


def prepare(hyperparameters: Mapping[str, Any], steps: int) -> Settings:
    """Work out the factors once for all steps."""
    del steps
    beta1, beta2, weight_decay = (hyperparameters[name] for name in ("beta1", "beta2", "weight_decay"))
    return Settings(
        minus_lr=np.asarray(-hyperparameters["lr"]),
        weight_decay=weight_decay,
        beta1=beta1,
        beta2=beta2,
        one_minus_beta1=np.asarray(1.0 - beta1),
        one_minus_beta2=np.asarray(1.0 - beta2),
        decays=bool(weight_decay.any()),
    )


def init(params: Array, settings: Settings) -> State:
    """Start the mean at 0."""
    del settings
    zeros = np.zeros_like(params)
    return State(zeros, zeros)


def update(grad: Array, state: State, params: Array, t: int, settings: Settings) -> tuple[Array, State]:
    """Take one step; arrays (2, *B) float64."""
    del t
    c = settings.beta1 * state.m + settings.one_minus_beta1 * grad
    m = settings.beta2 * state.m + settings.one_minus_beta2 * grad
    step = settings.minus_lr * np.sign(c)
    if settings.decays:
        step += settings.minus_lr * settings.weight_decay * params
    return step, State(c, m)


def lines(hyperparameters: Mapping[str, Any]) -> tuple[Line, ...]:
    """Write the step out."""
    step = "(sign(c) + weight_decay*theta_prev)" if hyperparameters["weight_decay"] else "sign(c)"
    return (
        Line("c", "beta1*m_prev + (1 - beta1)*grad"),
        Line("m", "beta2*m_prev + (1 - beta2)*grad"),
        Line("update", f"-lr*{step}"),
        Line("theta", "theta_prev + update"),
    )


def optax(hyperparameters: Mapping[str, Any]) -> tuple[str, dict[str, Any]]:
    """Arguments of optax.lion."""
    given = {"b1": "beta1", "b2": "beta2", "weight_decay": "weight_decay"}
    return "lion", {theirs: hyperparameters[ours] for theirs, ours in given.items()}


RULE = UpdateRule(
    name="lion",
    title="Lion",
    rank=13,
    family="sign",
    latex=r"""\begin{aligned}
c_t &= \beta_1 m_{t-1} + (1-\beta_1)\,g_t\\
\theta_t &= \theta_{t-1} - \eta\,\bigl(\operatorname{sign}(c_t) + \lambda\,\theta_{t-1}\bigr)\\
m_t &= \beta_2 m_{t-1} + (1-\beta_2)\,g_t
\end{aligned}""",
    source="Chen et al. (2023), Symbolic Discovery of Optimization Algorithms, arXiv:2302.06675, algorithm 2",
    hyperparameters=(
        Hyperparameter(
            *("lr", "η", 1e-4, 1e-5, 1.0, "log", "Length of every step in each coordinate.", POSITIVE),
            primary=True,
            label="learning rate",
        ),
        Hyperparameter(
            *("beta1", "β₁", 0.9, 0.0, 0.999, "log", "Share of the memory in the blend that steps.", FRACTION),
            complement=True,
            primary=True,
        ),
        Hyperparameter(
            *("beta2", "β₂", 0.99, 0.0, 0.9999, "log", "Share of m, the mean gradient, kept each step.", FRACTION),
            complement=True,
            primary=True,
            meaning="remembers about {memory} steps",
        ),
        WEIGHT_DECAY_APART,
    ),
    states=State._fields,
    symbols={"c": "c", "m": "m"},
    meanings={
        "c": "Blend of gradient and memory; its sign is the step.",
        "m": "Running mean of the gradients.",
    },
    first_moment=("c", "m"),
    second_moment=(),
    prepare=prepare,
    optax=optax,
    init=init,
    update=update,
    lines=lines,
    look=(4, "circle"),
)
