"""2D objectives for optimizers: a catalog of test functions, finite sums with a rare feature, a person's own formula.

Example:
    >>> import surfaces
    >>> rosenbrock = surfaces.get("rosenbrock")
    >>> gx, gy = rosenbrock.grad(-1.5, 2.0)
    >>> float(gx), float(gy)
    (-155.0, -50.0)
    >>> float(surfaces.parse("x**2 + 3*y**2").loss(1.0, 2.0))
    13.0
"""

from .formula import parse
from .kernels import Kernels
from .naming import close_names, hint, shown
from .parameter import SurfaceParameter
from .registry import get, names
from .scan import ExpressionError
from .surface import Surface

__all__ = [
    "ExpressionError",
    "Kernels",
    "Surface",
    "SurfaceParameter",
    "close_names",
    "get",
    "hint",
    "names",
    "parse",
    "shown",
]
