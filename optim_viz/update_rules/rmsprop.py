r"""RMSProp: divide by the root of a running mean of squared gradients.

    g_t     = ∇f(θ_{t-1}) + λ θ_{t-1}
    v_t     = α v_{t-1} + (1 - α) g_t²
    ḡ_t     = α ḡ_{t-1} + (1 - α) g_t
    b_t     = μ b_{t-1} + g_t / (√v_t + ε)              (centered: √(v_t - ḡ_t²) + ε)
    θ_t     = θ_{t-1} - η b_t

η is `lr`, α `alpha`, ε `eps`, μ `momentum`, λ `weight_decay`. ḡ (`grad_avg`) enters the step only when `centered`; b
(`buffer`) is the normalised gradient itself when momentum = 0. Both are recorded always.

Nothing corrects v's start at 0, so the first step is η/√(1 - α): ten times lr at α = 0.99. Where implementations
differ: torch (followed here) adds ε outside the root and keeps lr outside the buffer; Keras and optax's default put ε
inside. Centered, v - ḡ² under a constant gradient goes to 0 and can turn negative by rounding: then the step is NaN,
here as in torch.

Source: Tieleman, Hinton, Coursera lecture 6.5 (2012); centered form: Graves, arXiv 1308.0850; torch.optim.RMSprop.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

import numpy as np

from optim_viz.update_rules.hyperparameter import EPS, FRACTION, NON_NEGATIVE, POSITIVE, UNIT, WEIGHT_DECAY
from optim_viz.update_rules.update_rule import Array, Hyperparameter, Line, TorchMoment, TorchState, UpdateRule


class State(NamedTuple):
    """Running means, each (2, *B)."""

    v: Array  # of squared gradients, torch's square_avg
    grad_avg: Array  # of gradients
    buffer: Array  # of normalised gradients, torch's momentum_buffer


class Settings(NamedTuple):
    """What a step needs besides gradient, state and place."""

    minus_lr: Array
    alpha: Array
    one_minus_alpha: Array
    eps: Array
    momentum: Array
    weight_decay: Array
    decays: bool
    centered: bool


def prepare(hyperparameters: Mapping[str, Any], steps: int) -> Settings:
    """Work out 1 - alpha and -lr once for all steps."""
    del steps
    alpha, weight_decay = hyperparameters["alpha"], hyperparameters["weight_decay"]
    return Settings(
        minus_lr=np.asarray(-hyperparameters["lr"]),
        alpha=alpha,
        one_minus_alpha=np.asarray(1.0 - alpha),
        eps=hyperparameters["eps"],
        momentum=hyperparameters["momentum"],
        weight_decay=weight_decay,
        decays=bool(weight_decay.any()),
        centered=hyperparameters["centered"],
    )


def init(params: Array, settings: Settings) -> State:
    """Start every mean at 0."""
    del settings
    zeros = np.zeros_like(params)
    return State(zeros, zeros, zeros)


def update(grad: Array, state: State, params: Array, t: int, settings: Settings) -> tuple[Array, State]:
    """Take one step; arrays (2, *B) float64."""
    del t
    if settings.decays:
        grad = grad + settings.weight_decay * params
    fresh = settings.one_minus_alpha * grad
    grad_avg = settings.alpha * state.grad_avg + fresh
    fresh *= grad
    v = settings.alpha * state.v + fresh
    root = np.sqrt(v - grad_avg * grad_avg) if settings.centered else np.sqrt(v)
    root += settings.eps
    buffer = settings.momentum * state.buffer
    buffer += grad / root
    return settings.minus_lr * buffer, State(v, grad_avg, buffer)


def lines(hyperparameters: Mapping[str, Any]) -> tuple[Line, ...]:
    """Write the step out."""
    grad = "(grad + weight_decay*theta_prev)" if hyperparameters["weight_decay"] else "grad"
    square = "v - grad_avg**2" if hyperparameters["centered"] else "v"
    kept = "momentum*buffer_prev + " if hyperparameters["momentum"] else ""
    return (
        Line("v", f"alpha*v_prev + (1 - alpha)*{grad}**2"),
        Line("grad_avg", f"alpha*grad_avg_prev + (1 - alpha)*{grad}"),
        Line("buffer", f"{kept}{grad}/(sqrt({square}) + eps)"),
        Line("update", "-lr*buffer"),
        Line("theta", "theta_prev + update"),
    )


def rate(numbers: Mapping[str, Any]) -> Array:
    """Divide lr by what the newest gradient is divided by on its way into b."""
    square = numbers["v"] - numbers["centered"] * numbers["grad_avg"] ** 2
    return numbers["lr"] / (np.sqrt(square) + numbers["eps"])


def torch_kwargs(hyperparameters: Mapping[str, Any]) -> dict[str, Any]:
    """Arguments of torch.optim.RMSprop."""
    return dict(hyperparameters)


def torch_state(hyperparameters: Mapping[str, Any]) -> TorchState:
    """Where torch keeps the means; that of the gradient only when centered."""
    if not hyperparameters["centered"]:
        return TorchState(second=TorchMoment("square_avg"), coupled_decay=True)
    second = TorchMoment("square_avg", minus_square_of="grad_avg")
    return TorchState(TorchMoment("grad_avg"), second, coupled_decay=True)


RULE = UpdateRule(
    name="rmsprop",
    title="RMSProp",
    rank=4,
    family="mean",
    latex=r"""\begin{aligned}
v_t &= \alpha v_{t-1} + (1-\alpha)\,g_t^2, \qquad \bar g_t = \alpha \bar g_{t-1} + (1-\alpha)\,g_t\\
b_t &= \mu\, b_{t-1} + \frac{g_t}{\sqrt{v_t\;[-\;\bar g_t^2]}+\varepsilon}\\
\theta_t &= \theta_{t-1} - \eta\, b_t
\end{aligned}""",
    source="Tieleman, Hinton (2012), Coursera Neural Networks for Machine Learning, lecture 6.5; "
    "as in torch.optim.RMSprop",
    hyperparameters=(
        Hyperparameter(
            "lr",
            "η",
            1e-2,
            1e-5,
            1.0,
            "log",
            "Step size in each coordinate, once v has settled.",
            POSITIVE,
            primary=True,
            label="learning rate",
            section="relatives",
        ),
        Hyperparameter(
            "alpha",
            "α",
            0.99,
            0.0,
            0.9999,
            "log",
            "Share of the running means kept each step.",
            FRACTION,
            complement=True,
            primary=True,
            label="decay",
            meaning="remembers about {memory} steps",
            section="relatives",
        ),
        EPS,
        Hyperparameter(
            "momentum",
            "μ",
            0.0,
            0.0,
            0.999,
            "log",
            "Share of the normalised steps kept.",
            NON_NEGATIVE,
            complement=True,
            meaning="a steady step adds up to {memory} times itself",
        ),
        Hyperparameter("centered", "centered", False, 0, 1, "choice", "Divide by the deviation, not the size.", UNIT),
        WEIGHT_DECAY,
    ),
    states=State._fields,
    symbols={"v": "v", "grad_avg": "ḡ", "buffer": "b"},
    meanings={
        "v": "Running mean of the squared gradients.",
        "grad_avg": "Running mean of the gradients, taken off v where centered is on.",
        "buffer": "Velocity: the sum of past normalised gradients, each older one counted for less.",
    },
    first_moment=("grad_avg",),
    second_moment=("v",),
    prepare=prepare,
    init=init,
    update=update,
    lines=lines,
    rate=rate,
    torch_twin="RMSprop",
    torch_kwargs=torch_kwargs,
    torch_state=torch_state,
    look=(3, "triangle-up"),
)
