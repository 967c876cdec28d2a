"""2D objectives for optimizers: a catalog, finite sums, a person's own formula, function or table of data.

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

from .fit import MODELS, from_csv, from_rows
from .formula import parse
from .function import from_function
from .graph import pause_with
from .handed_on import register_csv, register_handed_on
from .kernels import Kernels
from .naming import UnknownName, close_names, hint, shown
from .parameter import SurfaceParameter
from .registry import find_with, get, known, left_out, names, register
from .scan import MAX_LENGTH, ExpressionError
from .surface import Surface, SurfacePath

__all__ = [
    "MAX_LENGTH",
    "MODELS",
    "ExpressionError",
    "Kernels",
    "Surface",
    "SurfaceParameter",
    "SurfacePath",
    "UnknownName",
    "close_names",
    "find_with",
    "from_csv",
    "from_function",
    "from_rows",
    "get",
    "hint",
    "known",
    "left_out",
    "names",
    "parse",
    "pause_with",
    "register",
    "register_csv",
    "register_handed_on",
    "shown",
]
