r"""SGD with momentum: a heavy ball that remembers where it was rolling.

    g_t     = ∇f(θ_{t-1}) + λ θ_{t-1}
    b_1     = g_1,    b_t = μ b_{t-1} + (1 - d) g_t
    θ_t     = θ_{t-1} - η b_t

η is `lr`, μ `momentum`, d `dampening`, λ `weight_decay`; b is torch's momentum_buffer, recorded as `velocity`.

Where implementations differ: torch (followed here), optax and Goh keep lr outside the buffer. With `lr_inside` it is
inside, b_t = μ b_{t-1} + η g_t and θ_t = θ_{t-1} - b_t, as in Keras (v = -b) and in the papers, Polyak's
θ_t = θ_{t-1} - η g_t + μ (θ_{t-1} - θ_{t-2}) among them: the same while lr stays, but after a change of lr the ball
keeps the speed that it has. With `averaged` the buffer is a mean, b_t = μ b_{t-1} + (1 - μ) g_t from b_0 = 0, as Adam's
m is, and steps are 1 - μ as long. torch's *first* buffer is g, not (1 - d) g; and with momentum = 0 torch keeps no
buffer, so that dampening does nothing. torch's default momentum is 0, which is `sgd`; here it is 0.9, the usual value,
since without it this rule would show nothing of its own.

Source: Polyak, USSR Comput. Math. Math. Phys. 4(5) (1964), 1-17; Sutskever et al., ICML 2013; torch.optim.SGD.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

import numpy as np

from optim_viz.update_rules.hyperparameter import LR_INSIDE, NON_NEGATIVE, POSITIVE, UNIT, WEIGHT_DECAY
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
    gain: Array  # 1 - dampening; 1 where momentum is 0
    share: Array  # of a gradient that enters a mean, 1 - momentum
    weight_decay: Array
    decays: bool
    lr_inside: bool
    averaged: bool


def prepare(hyperparameters: Mapping[str, Any], steps: int) -> Settings:
    """Work out the share of the gradient that enters the buffer."""
    del steps
    momentum, weight_decay = hyperparameters["momentum"], hyperparameters["weight_decay"]
    gain = np.where(momentum == 0.0, 1.0, 1.0 - hyperparameters["dampening"])
    minus_lr = np.asarray(-hyperparameters["lr"])
    return Settings(
        minus_lr,
        momentum,
        gain,
        np.asarray(1.0 - momentum),
        weight_decay,
        bool(weight_decay.any()),
        hyperparameters["lr_inside"],
        hyperparameters["averaged"],
    )


def init(params: Array, settings: Settings) -> State:
    """Start at rest."""
    del settings
    return State(np.zeros_like(params))


def update(grad: Array, state: State, params: Array, t: int, settings: Settings) -> tuple[Array, State]:
    """Take one step; arrays (2, *B) float64."""
    if settings.decays:
        grad = grad + settings.weight_decay * params
    entering = grad if t == 1 else settings.gain * grad
    if settings.averaged:
        entering = settings.share * entering
    if settings.lr_inside:
        entering = -settings.minus_lr * entering
    velocity = entering if t == 1 else settings.momentum * state.velocity + entering
    return -velocity if settings.lr_inside else settings.minus_lr * velocity, State(velocity)


def lines(hyperparameters: Mapping[str, Any]) -> tuple[Line, ...]:
    """Write the step out; sign(t - 1) is 0 at the first step, whose gradient torch does not dampen."""
    grad = "(grad + weight_decay*theta_prev)" if hyperparameters["weight_decay"] else "grad"
    inside, outside = ("lr*", "-velocity") if hyperparameters["lr_inside"] else ("", "-lr*velocity")
    velocity = f"{inside}{grad}"
    if hyperparameters["momentum"]:
        share = "(1 - momentum)*" if hyperparameters["averaged"] else ""
        share += "(1 - dampening*sign(t - 1))*" if hyperparameters["dampening"] else ""
        velocity = f"momentum*velocity_prev + {inside}{share}{grad}"
    return (Line("velocity", velocity), Line("update", outside), Line("theta", "theta_prev + update"))


def rate(numbers: Mapping[str, Any]) -> Array:
    """Give every coordinate lr itself."""
    return numbers["lr"]


def torch_kwargs(hyperparameters: Mapping[str, Any]) -> dict[str, Any]:
    """Arguments of torch.optim.SGD.

    Raises:
        ValueError: lr_inside or averaged is True, which torch cannot do.
    """
    for name in ("lr_inside", "averaged"):
        if hyperparameters[name]:
            raise ValueError(f"torch.optim.SGD has no {name} = True")
    return {name: hyperparameters[name] for name in ("lr", "momentum", "dampening", "weight_decay")}


def torch_state(hyperparameters: Mapping[str, Any]) -> TorchState:
    """Where torch keeps the velocity; without momentum it keeps none."""
    first = TorchMoment("momentum_buffer") if hyperparameters["momentum"] else None
    return TorchState(first, coupled_decay=True)


def stability(hyperparameters: Mapping[str, Any]) -> StabilityLimit | None:
    """Polyak's limit (2 + 2μ)/(1 - d), over 1 - μ where the velocity is a mean; Goh, Distill (2017)."""
    decay = hyperparameters["weight_decay"]
    curvature = "(L + weight_decay)" if decay else "L"
    momentum = hyperparameters["momentum"]
    gain = 1 - hyperparameters["dampening"]
    if not momentum:
        return StabilityLimit(2.0, "2", decay, curvature)
    if momentum >= 1 or not gain:
        return None
    words = "(2 + 2·momentum)" + ("/(1 − dampening)" if gain < 1 else "")
    if hyperparameters["averaged"]:
        gain, words = gain * (1 - momentum), f"{words}/(1 − momentum)"
    return StabilityLimit((2 + 2 * momentum) / gain, words, decay, curvature)


def optax(hyperparameters: Mapping[str, Any]) -> tuple[str, dict[str, Any]]:
    """Arguments of optax.sgd.

    Raises:
        ValueError: an option that optax has not.
    """
    refuse("optax.sgd", hyperparameters, lr_inside=True, averaged=True)
    if hyperparameters["dampening"]:
        raise ValueError("optax.sgd has no dampening")
    return "sgd", {"momentum": hyperparameters["momentum"]}


def critical(hyperparameters: Mapping[str, Any]) -> StabilityLimit | None:
    """Where z² - (1 + μ - lr (1 - d) h) z + μ has a double root: lr = (1 - √μ)²/((1 - d) h); Goh (2017)."""
    momentum, gain = hyperparameters["momentum"], 1 - hyperparameters["dampening"]
    if not momentum:
        return StabilityLimit(1.0, "1", hyperparameters["weight_decay"])
    if momentum >= 1 or not gain:
        return None
    words = "(1 − √momentum)²" + ("/(1 − dampening)" if gain < 1 else "")
    if hyperparameters["averaged"]:
        gain, words = gain * (1 - momentum), f"{words}/(1 − momentum)"
    return StabilityLimit((1 - momentum**0.5) ** 2 / gain, words, hyperparameters["weight_decay"])


def optimum(hyperparameters: Mapping[str, Any], smallest: float, largest: float) -> Optimum | None:
    """Polyak's setting, with which both ends of the spectrum are critically damped; the rate is √μ."""
    gain, decay = 1 - hyperparameters["dampening"], hyperparameters["weight_decay"]
    if not gain:
        return None
    low, high = (smallest + decay) ** 0.5, (largest + decay) ** 0.5
    momentum = ((high - low) / (high + low)) ** 2
    words = "lr = 4/(√L + √ℓ)²" + ("/(1 − dampening)" if gain < 1 else "")
    if hyperparameters["averaged"]:
        gain, words = gain * (1 - momentum), f"{words}/(1 − momentum)"
    values = {"lr": (2 / (low + high)) ** 2 / gain, "momentum": momentum}
    words += ", momentum = ((√κ − 1)/(√κ + 1))²"
    return Optimum(values, words, "Polyak (1964); Lessard, Recht, Packard, SIAM J. Optim. 26 (2016), proposition 1")


RULE = UpdateRule(
    name="momentum",
    title="Momentum",
    rank=1,
    family="momentum",
    latex=r"""\begin{aligned}
b_t &= \mu\, b_{t-1} + (1-d)\,g_t, \qquad b_1 = g_1\\
\theta_t &= \theta_{t-1} - \eta\, b_t
\end{aligned}""",
    source="Polyak (1964), Some methods of speeding up the convergence of iteration methods; as in torch.optim.SGD",
    hyperparameters=(
        Hyperparameter(
            "lr",
            "η",
            1e-3,
            1e-5,
            1.0,
            "log",
            "Step size: what the velocity is multiplied by.",
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
        Hyperparameter(
            "dampening", "d", 0.0, 0.0, 1.0, "linear", "Share of each later gradient kept out of the velocity.", UNIT
        ),
        WEIGHT_DECAY,
        LR_INSIDE,
        Hyperparameter(
            *("averaged", "b̄", False, 0, 1, "choice", "Make the velocity a mean of gradients, not a sum.", UNIT)
        ),
    ),
    conventions=(
        Convention("torch", "torch, optax", "The velocity is a sum of gradients, and lr multiplies it on the way out."),
        Convention(
            "Keras",
            "Keras, the papers",
            "lr multiplies each gradient on its way into the velocity.",
            {"lr_inside": True},
        ),
        Convention("mean", "a mean (EMA)", "The velocity is a mean of gradients, as Adam's m is.", {"averaged": True}),
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
    look=(1, "square"),
)
