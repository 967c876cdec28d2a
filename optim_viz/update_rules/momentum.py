r"""SGD with momentum: a heavy ball that remembers where it was rolling.

    g_t     = ∇f(θ_{t-1}) + λ θ_{t-1}
    b_1     = g_1,    b_t = μ b_{t-1} + (1 - d) g_t
    θ_t     = θ_{t-1} - η b_t

η is `lr`, μ `momentum`, d `dampening`, λ `weight_decay`; b is torch's momentum_buffer, recorded as `velocity`.

Where implementations differ: torch (followed here), optax and Goh keep lr outside the buffer; Keras and Sutskever keep
it inside (v = μv - ηg), which is the same while lr is constant. torch's *first* buffer is g, not (1 - d) g; and with
momentum = 0 torch keeps no buffer, so that dampening does nothing. torch's default momentum is 0, which is `sgd`; here
it is 0.9, the usual value, since without it this rule would show nothing of its own.

Source: Polyak, USSR Comput. Math. Math. Phys. 4(5) (1964), 1-17; Sutskever et al., ICML 2013; torch.optim.SGD.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

import numpy as np

from optim_viz.update_rules.hyperparameter import NON_NEGATIVE, POSITIVE, UNIT, WEIGHT_DECAY
from optim_viz.update_rules.update_rule import (
    Array,
    Hyperparameter,
    Line,
    StabilityLimit,
    TorchMoment,
    TorchState,
    UpdateRule,
)


class State(NamedTuple):
    """What the ball remembers."""

    velocity: Array  # (2, *B), torch's momentum_buffer


class Settings(NamedTuple):
    """What a step needs besides gradient, state and place."""

    minus_lr: Array
    momentum: Array
    gain: Array  # 1 - dampening; 1 where momentum is 0
    weight_decay: Array
    decays: bool


def prepare(hyperparameters: Mapping[str, Any], steps: int) -> Settings:
    """Work out the share of the gradient that enters the buffer."""
    del steps
    momentum, weight_decay = hyperparameters["momentum"], hyperparameters["weight_decay"]
    gain = np.where(momentum == 0.0, 1.0, 1.0 - hyperparameters["dampening"])
    minus_lr = np.asarray(-hyperparameters["lr"])
    return Settings(minus_lr, momentum, gain, weight_decay, bool(weight_decay.any()))


def init(params: Array, settings: Settings) -> State:
    """Start at rest."""
    del settings
    return State(np.zeros_like(params))


def update(grad: Array, state: State, params: Array, t: int, settings: Settings) -> tuple[Array, State]:
    """Take one step; arrays (2, *B) float64."""
    if settings.decays:
        grad = grad + settings.weight_decay * params
    velocity = grad if t == 1 else settings.momentum * state.velocity + settings.gain * grad
    return settings.minus_lr * velocity, State(velocity)


def lines(hyperparameters: Mapping[str, Any]) -> tuple[Line, ...]:
    """Write the step out; sign(t - 1) is 0 at the first step, whose gradient torch does not dampen."""
    grad = "(grad + weight_decay*theta_prev)" if hyperparameters["weight_decay"] else "grad"
    velocity = grad
    if hyperparameters["momentum"]:
        share = "(1 - dampening*sign(t - 1))*" if hyperparameters["dampening"] else ""
        velocity = f"momentum*velocity_prev + {share}{grad}"
    return (Line("velocity", velocity), Line("update", "-lr*velocity"), Line("theta", "theta_prev + update"))


def rate(numbers: Mapping[str, Any]) -> Array:
    """Give every coordinate lr itself."""
    return numbers["lr"]


def torch_kwargs(hyperparameters: Mapping[str, Any]) -> dict[str, Any]:
    """Arguments of torch.optim.SGD."""
    return {name: hyperparameters[name] for name in ("lr", "momentum", "dampening", "weight_decay")}


def torch_state(hyperparameters: Mapping[str, Any]) -> TorchState:
    """Where torch keeps the velocity; without momentum it keeps none."""
    first = TorchMoment("momentum_buffer") if hyperparameters["momentum"] else None
    return TorchState(first, coupled_decay=True)


def stability(hyperparameters: Mapping[str, Any]) -> StabilityLimit | None:
    """Polyak's limit (2 + 2μ)/(1 - d); Goh, Why Momentum Really Works, Distill (2017)."""
    decay = hyperparameters["weight_decay"]
    curvature = "(L + weight_decay)" if decay else "L"
    momentum = hyperparameters["momentum"]
    gain = 1 - hyperparameters["dampening"]
    if not momentum:
        return StabilityLimit(2.0, "2", decay, curvature)
    if momentum >= 1 or not gain:
        return None
    words = "(2 + 2·momentum)" + ("/(1 − dampening)" if gain < 1 else "")
    return StabilityLimit((2 + 2 * momentum) / gain, words, decay, curvature)


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
    ),
    states=State._fields,
    symbols={"velocity": "b"},
    meanings={
        "velocity": "Velocity: the sum of all past gradients, each older one counted for less.",
    },
    first_moment=("velocity",),
    second_moment=(),
    prepare=prepare,
    init=init,
    update=update,
    lines=lines,
    rate=rate,
    torch_twin="SGD",
    torch_kwargs=torch_kwargs,
    torch_state=torch_state,
    stability=stability,
    look=(1, "square"),
)
