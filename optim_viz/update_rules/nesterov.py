r"""Nesterov's accelerated gradient: momentum that looks where it is about to be.

    g_t     = ∇f(θ_{t-1}) + λ θ_{t-1}
    b_t     = μ b_{t-1} + g_t
    θ_t     = θ_{t-1} - η (g_t + μ b_t)

η is `lr`, μ `momentum`, λ `weight_decay`; b is torch's momentum_buffer, recorded as `velocity`.

Where implementations differ: torch (followed here) and optax keep lr outside the velocity; with `lr_inside` it is
inside, b_t = μ b_{t-1} + η g_t and θ_t = θ_{t-1} - (η g_t + μ b_t), as in Keras, the same while lr stays. All of them
store the *look-ahead* point θ + μv of the textbook form, so the path shown is that of the points where gradients are
taken. torch takes no dampening here, and refuses
momentum = 0, with which this formula is plain `sgd`; here it is allowed. The default momentum is 0.9 where torch's
is 0, for the same reason: with 0 there is nothing of Nesterov's to see. On a quadratic it converges if and only if
η L < (2 + 2μ)/(1 + 2μ), which for μ = 0.9 is 1.357: a *smaller* limit than gradient descent's 2.

Source: Nesterov, Soviet Math. Dokl. 27 (1983), 372-376; Sutskever et al., ICML 2013; torch.optim.SGD(nesterov=True).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

import numpy as np

from optim_viz.update_rules.hyperparameter import LR_INSIDE, NON_NEGATIVE, POSITIVE, WEIGHT_DECAY
from optim_viz.update_rules.update_rule import (
    Array,
    Convention,
    Hyperparameter,
    Line,
    Optimum,
    StabilityLimit,
    TorchMoment,
    TorchState,
    UpdateRule,
    refuse,
)


class State(NamedTuple):
    """What the ball remembers."""

    velocity: Array  # (2, *B), torch's momentum_buffer


class Settings(NamedTuple):
    """What a step needs besides gradient, state and place."""

    minus_lr: Array
    momentum: Array
    weight_decay: Array
    decays: bool
    lr_inside: bool


def prepare(hyperparameters: Mapping[str, Any], steps: int) -> Settings:
    """Negate lr once for all steps."""
    del steps
    weight_decay = hyperparameters["weight_decay"]
    minus_lr = np.asarray(-hyperparameters["lr"])
    momentum, inside = hyperparameters["momentum"], hyperparameters["lr_inside"]
    return Settings(minus_lr, momentum, weight_decay, bool(weight_decay.any()), inside)


def init(params: Array, settings: Settings) -> State:
    """Start at rest."""
    del settings
    return State(np.zeros_like(params))


def update(grad: Array, state: State, params: Array, t: int, settings: Settings) -> tuple[Array, State]:
    """Take one step; arrays (2, *B) float64."""
    del t
    if settings.decays:
        grad = grad + settings.weight_decay * params
    if settings.lr_inside:
        scaled = -settings.minus_lr * grad
        velocity = settings.momentum * state.velocity + scaled
        return -(scaled + settings.momentum * velocity), State(velocity)
    velocity = settings.momentum * state.velocity + grad
    return settings.minus_lr * (grad + settings.momentum * velocity), State(velocity)


def lines(hyperparameters: Mapping[str, Any]) -> tuple[Line, ...]:
    """Write the step out."""
    grad = "(grad + weight_decay*theta_prev)" if hyperparameters["weight_decay"] else "grad"
    inner = grad.strip("()")
    if hyperparameters["lr_inside"]:
        return (
            Line("velocity", f"momentum*velocity_prev + lr*{grad}"),
            Line("update", f"-(lr*{grad} + momentum*velocity)"),
            Line("theta", "theta_prev + update"),
        )
    return (
        Line("velocity", f"momentum*velocity_prev + {grad}"),
        Line("update", f"-lr*({inner} + momentum*velocity)"),
        Line("theta", "theta_prev + update"),
    )


def rate(numbers: Mapping[str, Any]) -> Array:
    """Give every coordinate lr itself."""
    return numbers["lr"]


def torch_kwargs(hyperparameters: Mapping[str, Any]) -> dict[str, Any]:
    """Arguments of torch.optim.SGD, which refuses nesterov=True without a momentum.

    Raises:
        ValueError: lr_inside is True, which torch cannot do.
    """
    if hyperparameters["lr_inside"]:
        raise ValueError("torch.optim.SGD has no lr_inside = True")
    arguments = {name: hyperparameters[name] for name in ("lr", "momentum", "weight_decay")}
    return arguments | {"nesterov": bool(hyperparameters["momentum"] > 0)}


def torch_state(hyperparameters: Mapping[str, Any]) -> TorchState:
    """Where torch keeps the velocity; without momentum it keeps none."""
    first = TorchMoment("momentum_buffer") if hyperparameters["momentum"] else None
    return TorchState(first, coupled_decay=True)


def stability(hyperparameters: Mapping[str, Any]) -> StabilityLimit | None:
    """The limit (2 + 2μ)/(1 + 2μ): Schur-Cohn conditions on z² - (1 + μ)(1 - lr L) z + μ(1 - lr L)."""
    decay = hyperparameters["weight_decay"]
    curvature = "(L + weight_decay)" if decay else "L"
    momentum = hyperparameters["momentum"]
    if momentum >= 1:
        return None
    words = "(2 + 2·momentum)/(1 + 2·momentum)" if momentum else "2"
    return StabilityLimit((2 + 2 * momentum) / (1 + 2 * momentum), words, decay, curvature)


def optax(hyperparameters: Mapping[str, Any]) -> tuple[str, dict[str, Any]]:
    """Arguments of optax.sgd.

    Raises:
        ValueError: an option that optax has not.
    """
    refuse("optax.sgd", hyperparameters, lr_inside=True)
    return "sgd", {"momentum": hyperparameters["momentum"], "nesterov": True}


def critical(hyperparameters: Mapping[str, Any]) -> StabilityLimit | None:
    """Where z² - (1 + μ)(1 - lr h) z + μ(1 - lr h) has a double root: lr h = ((1 - μ)/(1 + μ))²."""
    momentum = hyperparameters["momentum"]
    if momentum >= 1:
        return None
    words = "((1 − momentum)/(1 + momentum))²" if momentum else "1"
    return StabilityLimit(((1 - momentum) / (1 + momentum)) ** 2, words, hyperparameters["weight_decay"])


def optimum(hyperparameters: Mapping[str, Any], smallest: float, largest: float) -> Optimum:
    """The best setting on quadratics; the rate is 1 - 2/√(3κ + 1)."""
    low, high = smallest + hyperparameters["weight_decay"], largest + hyperparameters["weight_decay"]
    root = (3 * high / low + 1) ** 0.5
    values = {"lr": 4 / (3 * high + low), "momentum": (root - 2) / (root + 2)}
    words = "lr = 4/(3L + ℓ), momentum = (√(3κ + 1) − 2)/(√(3κ + 1) + 2)"
    return Optimum(values, words, "Lessard, Recht, Packard, SIAM J. Optim. 26 (2016), proposition 1")


RULE = UpdateRule(
    name="nesterov",
    title="Nesterov",
    rank=2,
    family="momentum",
    latex=r"""\begin{aligned}
b_t &= \mu\, b_{t-1} + g_t\\
\theta_t &= \theta_{t-1} - \eta\,(g_t + \mu\, b_t)
\end{aligned}""",
    source="Nesterov (1983), A method for solving the convex programming problem with convergence rate O(1/k²); "
    "as in torch.optim.SGD(nesterov=True)",
    hyperparameters=(
        Hyperparameter(
            "lr",
            "η",
            1e-3,
            1e-5,
            1.0,
            "log",
            "Step size: what gradient and velocity are multiplied by.",
            POSITIVE,
            primary=True,
            label="learning rate",
            section="valley",
        ),
        Hyperparameter(
            "momentum",
            "μ",
            0.9,
            0.0,
            0.999,
            "log",
            "Share of the velocity kept each step.",
            NON_NEGATIVE,
            complement=True,
            meaning="a steady gradient adds up to {memory} times itself",
            section="particle",
            primary=True,
        ),
        WEIGHT_DECAY,
        LR_INSIDE,
    ),
    conventions=(
        Convention("torch", "torch, optax", "The velocity is a sum of gradients, and lr multiplies it on the way out."),
        Convention("Keras", "Keras", "lr multiplies each gradient on its way into the velocity.", {"lr_inside": True}),
    ),
    states=State._fields,
    symbols={"velocity": "b"},
    meanings={
        "velocity": "Velocity: the sum of all past gradients, each older one counted for less.",
    },
    first_moment=("velocity",),
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
    look=(5, "cross"),
)
