r"""RMSProp: divide by the root of a running mean of squared gradients.

    g_t     = ∇f(θ_{t-1}) + λ θ_{t-1}
    v_t     = α v_{t-1} + (1 - α) g_t²
    ḡ_t     = α ḡ_{t-1} + (1 - α) g_t
    b_t     = μ b_{t-1} + g_t / (√v_t + ε)              (centered: √(v_t - ḡ_t²) + ε)
    θ_t     = θ_{t-1} - η b_t

η is `lr`, α `alpha`, ε `eps`, μ `momentum`, λ `weight_decay`. ḡ (`grad_avg`) enters the step only when `centered`; b
(`buffer`) is the normalised gradient itself when momentum = 0. Both are recorded always.

Nothing corrects v's start at 0, so the first step is η/√(1 - α): ten times lr at α = 0.99. Where implementations
differ: torch (followed here) adds ε outside the root and keeps lr outside the buffer. Keras and optax put ε inside,
√(v_t + ε) (`eps_in_root`), and lr too, b_t = μ b_{t-1} + η g_t / √(v_t + ε) and θ_t = θ_{t-1} - b_t (`lr_inside`);
TensorFlow 1 did, and timm's RMSpropTF does, so as well, with v_0 = 1 (`starts_at_one`). Centered, v - ḡ² under a
constant gradient goes to 0 and can turn negative by rounding: then the step is NaN, here as in torch.

Source: Tieleman, Hinton, Coursera lecture 6.5 (2012); centered form: Graves, arXiv 1308.0850; torch.optim.RMSprop.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

import numpy as np

from optim_viz.update_rules.hyperparameter import (
    EPS,
    EPS_IN_ROOT,
    FRACTION,
    LR_INSIDE,
    NON_NEGATIVE,
    POSITIVE,
    UNIT,
    WEIGHT_DECAY,
)
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
)


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
    eps_in_root: bool
    lr_inside: bool
    starts_at_one: bool


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
        eps_in_root=hyperparameters["eps_in_root"],
        lr_inside=hyperparameters["lr_inside"],
        starts_at_one=hyperparameters["starts_at_one"],
    )


def init(params: Array, settings: Settings) -> State:
    """Start every mean at 0, save v where it starts at 1."""
    zeros = np.zeros_like(params)
    return State(np.ones_like(params) if settings.starts_at_one else zeros, zeros, zeros)


def update(grad: Array, state: State, params: Array, t: int, settings: Settings) -> tuple[Array, State]:
    """Take one step; arrays (2, *B) float64."""
    del t
    if settings.decays:
        grad = grad + settings.weight_decay * params
    fresh = settings.one_minus_alpha * grad
    grad_avg = settings.alpha * state.grad_avg + fresh
    fresh *= grad
    v = settings.alpha * state.v + fresh
    square = v - grad_avg * grad_avg if settings.centered else v
    root = np.sqrt(square + settings.eps if settings.eps_in_root else square)
    if not settings.eps_in_root:
        root += settings.eps
    buffer = settings.momentum * state.buffer
    if settings.lr_inside:
        buffer -= settings.minus_lr * (grad / root)
        return -buffer, State(v, grad_avg, buffer)
    buffer += grad / root
    return settings.minus_lr * buffer, State(v, grad_avg, buffer)


def lines(hyperparameters: Mapping[str, Any]) -> tuple[Line, ...]:
    """Write the step out."""
    grad = "(grad + weight_decay*theta_prev)" if hyperparameters["weight_decay"] else "grad"
    square = "v - grad_avg**2" if hyperparameters["centered"] else "v"
    root = f"sqrt({square} + eps)" if hyperparameters["eps_in_root"] else f"(sqrt({square}) + eps)"
    kept = "momentum*buffer_prev + " if hyperparameters["momentum"] else ""
    inside, outside = ("lr*", "-buffer") if hyperparameters["lr_inside"] else ("", "-lr*buffer")
    return (
        Line("v", f"alpha*v_prev + (1 - alpha)*{grad}**2"),
        Line("grad_avg", f"alpha*grad_avg_prev + (1 - alpha)*{grad}"),
        Line("buffer", f"{kept}{inside}{grad}/{root}"),
        Line("update", outside),
        Line("theta", "theta_prev + update"),
    )


def rate(numbers: Mapping[str, Any]) -> Array:
    """Divide lr by what the newest gradient is divided by on its way into b."""
    square = numbers["v"] - numbers["centered"] * numbers["grad_avg"] ** 2
    inside = numbers["eps_in_root"]
    return numbers["lr"] / (np.sqrt(square + numbers["eps"] * inside) + numbers["eps"] * np.logical_not(inside))


def torch_kwargs(hyperparameters: Mapping[str, Any]) -> dict[str, Any]:
    """Arguments of torch.optim.RMSprop.

    Raises:
        ValueError: a convention that torch cannot do is on.
    """
    others = ("eps_in_root", "lr_inside", "starts_at_one")
    for name in others:
        if hyperparameters[name]:
            raise ValueError(f"torch.optim.RMSprop has no {name} = True")
    return {name: value for name, value in hyperparameters.items() if name not in others}


def torch_state(hyperparameters: Mapping[str, Any]) -> TorchState:
    """Where torch keeps the means; that of the gradient only when centered."""
    momentum = hyperparameters["momentum"]  # of the divided gradients: a heavy ball, with its limit
    divides = Preconditioner(hyperparameters["eps"], 2 + 2 * momentum, "(2 + 2·momentum)" if momentum else "2")
    if not hyperparameters["centered"]:
        return TorchState(second=TorchMoment("square_avg"), coupled_decay=True, preconditioner=divides)
    second = TorchMoment("square_avg", minus_square_of="grad_avg")
    return TorchState(TorchMoment("grad_avg"), second, coupled_decay=True, preconditioner=divides)


def optax(hyperparameters: Mapping[str, Any]) -> tuple[str, dict[str, Any]]:
    """Arguments of optax.rmsprop.

    Raises:
        ValueError: an option that optax has not.
    """
    if hyperparameters["momentum"]:
        refuse("optax.rmsprop", hyperparameters, lr_inside=False)
    return "rmsprop", {
        "decay": hyperparameters["alpha"],
        "eps": hyperparameters["eps"],
        "eps_in_sqrt": hyperparameters["eps_in_root"],
        "initial_scale": float(hyperparameters["starts_at_one"]),
        "centered": hyperparameters["centered"],
        "momentum": hyperparameters["momentum"] or None,
    }


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
        EPS_IN_ROOT,
        LR_INSIDE,
        Hyperparameter(
            *(
                "starts_at_one",
                "v₀",
                False,
                0,
                1,
                "choice",
                "Start v at 1, so that the first steps are short.",
                UNIT,
            )
        ),
    ),
    conventions=(
        Convention("torch", "torch", "eps is added after the root, and lr multiplies the velocity on the way out."),
        Convention(
            "Keras",
            "Keras, optax",
            "eps is added inside the root, and lr multiplies each normalised gradient before the velocity takes it.",
            {"eps_in_root": True, "lr_inside": True},
        ),
        Convention(
            "TensorFlow 1",
            "TensorFlow 1, timm",
            "As Keras, and v starts at 1, so that the first steps are short where the others' are long.",
            {"eps_in_root": True, "lr_inside": True, "starts_at_one": True},
        ),
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
    optax=optax,
    init=init,
    update=update,
    lines=lines,
    rate=rate,
    torch_twin="RMSprop",
    torch_kwargs=torch_kwargs,
    torch_state=torch_state,
    look=(3, "triangle-up"),
)
