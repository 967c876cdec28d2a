"""Easom's function: a needle's hole in a plain.

At (-10, -10) the gradient is -1.9e-149, and its square is 0 in float64. Shallow local minima ring
the hole.
"""

from ..formula import catalog_surface

SURFACE = catalog_surface(
    name="easom",
    title="Easom",
    text="-cos(x)*cos(y)*exp(-(x - pi)**2 - (y - pi)**2)",
    domain=((-10.0, 10.0), (-10.0, 10.0)),
    start=(1.0, 1.5),
    minima=((3.141592653589793, 3.141592653589793),),
    minimum=-1.0,
    source="Easom, A survey of global optimization techniques, M. Eng. thesis, University of Louisville 1990.",
    note="The gradient vanishes almost everywhere: -1.7e-8 at (0, 0), the size of Adam's eps, so eps itself "
    "decides the step there.",
    rank=130,
    group="Plateaus and saddles",
)
