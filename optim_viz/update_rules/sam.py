r"""SAM: gradient descent on the gradient of a point uphill, so that sharp valleys are left for flat ones.

    w_t     = θ_{t-1} + ρ g_t / (|g_t| + 1e-12),      g_t = ∇f(θ_{t-1})
    q_t     = ∇f(w_t)
    θ_t     = θ_{t-1} - η q_t

η is `lr`, ρ `rho`. Within the distance ρ the loss is, to first order, highest at w_t; a step against the gradient there
lowers the worst loss nearby, not that of θ itself. A step costs two gradients. A minibatch or noise is drawn once a
step: both gradients see the same. Near a minimum w_t lies on the other side of it, so that SAM swings instead of
arriving, within about ρ η times the curvature.

Where implementations differ: the paper's experiments take SGD with momentum, or another optimizer, for the step from
q_t; here it is plain gradient descent, as in its algorithm 1. Adaptive SAM, which scales the climb by |θ|, is another
method. 1e-12, as in davda54/sam and pytorch_optimizer, lets a point without gradient stay where it is. torch.optim has
none, so it does not train here; pytorch_optimizer's SAM takes the same path.

Source: Foret, Kleiner, Mobahi, Neyshabur, Sharpness-Aware Minimization for Efficiently Improving Generalization, ICLR
2021, arXiv 2010.01412, equation (2) and algorithm 1.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

import numpy as np

from optim_viz.update_rules.hyperparameter import NON_NEGATIVE, POSITIVE
from optim_viz.update_rules.marks import Point
from optim_viz.update_rules.update_rule import Array, Hyperparameter, Line, UpdateRule

_LEAST = 1e-12  # added to the gradient's length


class State(NamedTuple):
    """What is recorded of a step, each (2, *B); the next one needs none of it."""

    climbed: Array  # the point uphill
    climbed_grad: Array  # the gradient there


class Settings(NamedTuple):
    """What a step needs besides gradient, state and place."""

    minus_lr: Array
    rho: Array


def prepare(hyperparameters: Mapping[str, Any], steps: int) -> Settings:
    """Nothing depends on the step."""
    del steps
    return Settings(np.asarray(-hyperparameters["lr"]), hyperparameters["rho"])


def init(params: Array, settings: Settings) -> State:
    """Start where it starts, with nothing climbed."""
    del settings
    return State(params.copy(), np.zeros_like(params))


def probe(grad: Array, state: State, params: Array, t: int, settings: Settings) -> tuple[Array, State]:
    """Climb by rho along the gradient; arrays (2, *B) float64."""
    del t
    squared = grad * grad
    climbed = params + settings.rho * grad / (np.sqrt(squared + squared[::-1]) + _LEAST)
    return climbed, State(climbed, state.climbed_grad)


def update(grad: Array, state: State, params: Array, t: int, settings: Settings) -> tuple[Array, State]:
    """Take one step against the gradient of the climbed point; arrays (2, *B) float64."""
    del params, t
    return settings.minus_lr * grad, State(state.climbed, grad.copy())


def lines(hyperparameters: Mapping[str, Any]) -> tuple[Line, ...]:
    """Write the step out; the gradient of the climbed point comes from the surface."""
    climb = f" + rho*grad/(sqrt(grad**2 + grad_other**2) + {_LEAST})" if hyperparameters["rho"] else ""
    return (
        Line("climbed", f"theta_prev{climb}"),
        Line("update", "-lr*climbed_grad"),
        Line("theta", "theta_prev + update"),
    )


def rate(numbers: Mapping[str, Any]) -> Array:
    """Multiply the gradient of the climbed point by lr."""
    return numbers["lr"]


RULE = UpdateRule(
    name="sam",
    title="SAM",
    rank=25,
    family="gradient",
    latex=r"""\begin{aligned}
w_t &= \theta_{t-1} + \rho\,\frac{g_t}{\lVert g_t\rVert}, \qquad g_t = \nabla f(\theta_{t-1})\\
\theta_t &= \theta_{t-1} - \eta\,\nabla f(w_t)
\end{aligned}""",
    source="Foret, Kleiner, Mobahi, Neyshabur (2021), Sharpness-Aware Minimization for Efficiently Improving "
    "Generalization, arXiv:2010.01412, algorithm 1 with plain gradient descent",
    hyperparameters=(
        Hyperparameter(
            *("lr", "η", 1e-3, 1e-5, 1.0, "log", "Step size: what the climbed point's gradient is multiplied by."),
            POSITIVE,
            primary=True,
            label="learning rate",
        ),
        Hyperparameter(
            *("rho", "ρ", 0.05, 1e-3, 10.0, "log", "How far it climbs before the gradient of the step is taken."),
            NON_NEGATIVE,
            zero=True,
            primary=True,
            meaning="the step's gradient is taken {value} uphill",
        ),
    ),
    states=State._fields,
    symbols={"climbed": "w", "climbed_grad": "q"},
    meanings={
        "climbed": "The point that it climbs to, where the gradient of the step is taken.",
        "climbed_grad": "The gradient at the climbed point.",
    },
    first_moment=(),
    second_moment=(),
    prepare=prepare,
    init=init,
    probe=probe,
    measured=("climbed_grad",),
    points=(Point("climbed", "triangle-up", joined="before"),),
    update=update,
    lines=lines,
    rate=rate,
    look=(2, "circle"),
)
