"""2D objectives for optimizers: a catalog, finite sums with a rare feature, a person's own formula or function.

Example:
    >>> import surfaces
    >>> rosenbrock = surfaces.get("rosenbrock")
    >>> gx, gy = rosenbrock.grad(-1.5, 2.0)
    >>> float(gx), float(gy)
    (-155.0, -50.0)
    >>> float(surfaces.parse("x**2 + 3*y**2").loss(1.0, 2.0))
    13.0
    >>> surfaces.parse("2x² + |y|").text
    '2*x**2 + abs(y)'
    >>> bowl = surfaces.from_function(lambda x, y: x**2 + 3 * y**2)
    >>> [round(float(slope), 6) for slope in bowl.grad(1.0, 2.0)]
    [2.0, 12.0]
"""

from .formula import parse
from .function import from_function
from .kernels import Kernels
from .naming import close_names, hint, shown
from .parameter import SurfaceParameter
from .registry import get, names
from .scan import MAX_LENGTH, ExpressionError
from .surface import Surface

__all__ = [
    "MAX_LENGTH",
    "ExpressionError",
    "Kernels",
    "Surface",
    "SurfaceParameter",
    "close_names",
    "from_function",
    "get",
    "hint",
    "names",
    "parse",
    "shown",
]
