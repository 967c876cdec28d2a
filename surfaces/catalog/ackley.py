"""Ackley's function: a funnel with ripples and a sharp tip.

Near the origin f grows like 2*sqrt(2) times the distance, as a cone does, so it has no gradient at the tip. There the
gradient is (0, 0), a subgradient of the cone and the mean of the gradients around it, so an optimizer that lands on
the tip stays. The Hessian at the origin is NaN.
"""

from ..formula import catalog_surface

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
    group="Several minima",
    learning_rates={
        "gradient": 0.1,
        "momentum": 0.02,
        "sum": 1.0,
        "mean": 0.1,
        "rectified": 0.3,
        "ratio": 0.7,
        "sign": 0.03,
    },
)
