"""Easom's function: a needle's hole in a plain.

At (-10, -10) the gradient is -1.9e-149, and its square is 0 in float64. Shallow local minima ring
the hole.
"""

from ..formula import catalog_surface

SURFACE = catalog_surface(
    name="easom",
    title="Easom",
    text="-cos(x)*cos(y)*exp(-(x - pi)**2 - (y - pi)**2)",
    domain=((-0.5, 6.5), (-0.5, 6.5)),
    start=(1.4, 1.8),
    minima=((3.141592653589793, 3.141592653589793),),
    minimum=-1.0,
    source="Easom, A survey of global optimization techniques, M. Eng. thesis, University of Louisville 1990.",
    note="The gradient vanishes almost everywhere: -1.7e-8 at (0, 0), the size of Adam's eps, so eps itself "
    "decides the step there.",
    rank=130,
    group="Plateaus and saddles",
    learning_rates={
        "gradient": 0.7,
        "momentum": 0.5,
        "sum": 0.1,
        "mean": 0.015,
        "rectified": 0.2,
        "ratio": 5.0,
        "sign": 0.015,
    },
)
