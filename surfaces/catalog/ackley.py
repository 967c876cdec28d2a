"""Ackley's function: a funnel with ripples and a sharp tip.

Near the origin f grows like 2*sqrt(2) times the distance, as a cone does, so it has no gradient at the tip: the
formula gives 0/0 there. The gradient at the origin is defined as (0, 0), a subgradient of the cone and the mean of
the gradients around it, so that an optimizer that lands on the tip stays. The Hessian at the origin is NaN. The
definition covers all points whose squared distance to the origin is 0 in float64 (nearer than about 1e-162).
"""

import numpy as np

from ..formula import catalog_surface
from ..kernels import Array, Kernels


def _with_tip(kernels: Kernels) -> Kernels:
    """Defines the gradient at the tip."""

    def grad(x: Array, y: Array) -> tuple[Array, Array]:
        gx, gy = kernels.grad(x, y)
        tip = x * x + y * y == 0.0
        if np.any(tip):
            return np.where(tip, 0.0, gx)[()], np.where(tip, 0.0, gy)[()]
        return gx, gy

    return kernels._replace(grad=grad)


SURFACE = catalog_surface(
    name="ackley",
    title="Ackley",
    # Grouped so that both brackets are exactly 0 at the minimum; in the usual order the sum rounds to -4e-16 there.
    text="20*(1 - exp(-0.2*sqrt((x**2 + y**2)/2))) + (e - exp((cos(2*pi*x) + cos(2*pi*y))/2))",
    domain=((-5.0, 5.0), (-5.0, 5.0)),
    start=(-3.6, 2.3),
    minima=((0.0, 0.0),),
    minimum=0.0,
    source="Ackley, A Connectionist Machine for Genetic Hillclimbing, Kluwer 1987; a = 20, b = 0.2, c = 2 pi.",
    note="The minimum is the tip of a cone, where the gradient is defined as 0: with a fixed step every rule keeps "
    "jumping around it.",
    rank=100,
    mend=_with_tip,
)
