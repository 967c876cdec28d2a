"""The contract of a surface: facts for the reader, and loss, gradient and Hessian in float64."""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from functools import cached_property, partial
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

import numpy as np
import numpy.typing as npt

from .kernels import Array, Draws, Kernels, Sampler
from .naming import hint
from .parameter import SurfaceParameter

if TYPE_CHECKING:
    from .python_source import GradientSource

Point = tuple[float, float]
Method = Literal["exact", "given", "autograd", "differences"]
Domain = tuple[Point, Point]


class SurfacePath(NamedTuple):
    """A path that is known on a surface, drawn beside runs at the same step: that of a network which a plane cuts.

    Attributes:
        title: Whose path it is.
        colour: Index into the palette of lanes.
        marker: Shape of its head.
        steps: Steps at which it is known, growing; it goes straight in between and ends at the last.
        x: First coordinates, one a step.
        y: Second coordinates.
    """

    title: str
    colour: int
    marker: str
    steps: tuple[int, ...]
    x: tuple[float, ...]
    y: tuple[float, ...]


@dataclass(frozen=True, eq=False)
class Surface:
    """A 2D objective.

    Inputs x and y of all methods are anything that NumPy reads as float64, and broadcast against each other; outputs
    are float64 of the broadcast shape (a ``np.float64`` where that is ``()``). Nothing warns: outside the reals the
    value is NaN, beyond float64 it is infinite. Formulas are compiled at the first evaluation.

    Attributes:
        name: Its name in code and links; "formula" for a person's own.
        title: Its name for readers.
        domain: The part that is shown, ((x0, x1), (y0, y1)); the functions are defined beyond it too.
        start: Where runs start unless told otherwise.
        minima: The global minimizers, as far as they are known and exist.
        minimum: The value there, or None where it is unknown or the surface is unbounded below.
        source: Where formula and facts come from.
        note: One sentence on what is special here.
        text: The formula in the grammar of :mod:`surfaces.expression`, as it was read; empty for a function.
        build: Makes the functions; called once, at the first evaluation.
        sampler: How a step's gradient is drawn, or None where each step sees the full gradient.
        parameters: The adjustable numbers, with their values.
        maker: Makes the surface from values of its parameters, given by name; None where there are none.
        rank: Place in lists; equal ranks are sorted by name.
        group: The heading that lists show it under.
        learning_rates: Suggested learning rates from `start`, by family of optimizers (what their step is measured
            in, such as "gradient" or "mean"); found by ``benchmarks/learning_rates.py``.
        grad_method: Where gradients come from: "exact" (of the formula), "given" with a function, its "autograd" by
            torch, or central "differences", right to about 10 digits.
        hessian_method: The same for second derivatives; differences are right to 5 to 8 digits.
        paths: Paths that are known on it.
        listed: Whether lists show it; one that is not is found by its name alone.
    """

    name: str
    title: str
    domain: Domain
    start: Point
    minima: tuple[Point, ...]
    minimum: float | None
    source: str
    note: str
    text: str
    build: Callable[[], Kernels]
    sampler: Sampler | None = None
    parameters: tuple[SurfaceParameter, ...] = ()
    maker: "Callable[..., Surface] | None" = None
    rank: int = 1000
    group: str = "Other"
    learning_rates: Mapping[str, float] = field(default_factory=dict[str, float])
    grad_method: Method = "exact"
    hessian_method: Method = "exact"
    paths: tuple[SurfacePath, ...] = ()
    listed: bool = True

    @cached_property
    def kernels(self) -> Kernels:
        """The compiled functions, without checks; see :mod:`surfaces.kernels`."""
        return self.build()

    @cached_property
    def latex(self) -> str:
        """The formula as LaTeX for mathematics mode; of a function, its name."""
        from .expression import read
        from .latex import latex

        if not self.text:
            words = self.title.replace("_", r"\_").replace(" ", r"\ ")
            return rf"\operatorname{{{words}}}\left(x, y\right)"
        return latex(read(self.text))

    def grad_source(self) -> "GradientSource | None":
        """The gradient as lines of Python that need NumPy alone, the same to the last bit.

        Returns:
            The source; None where the surface is more than a formula: a function, or one whose steps draw examples.
        """
        from .python_source import gradient_source  # what compiles formulas is not needed to list surfaces

        if not self.text or self.sampler is not None or self.grad_method != "exact":
            return None
        return gradient_source(self.text)

    def rebuild(self, **parameters: float) -> "Surface":
        """Makes the same surface with other parameters.

        Args:
            **parameters: Values by name; those left out stay as they are.

        Returns:
            The surface.

        Raises:
            ValueError: A parameter is unknown or out of range; the message says what is allowed.
        """
        values = self.complete(parameters)
        return self.maker(**values) if self.maker and values else self

    def complete(self, parameters: Mapping[str, float]) -> dict[str, float]:
        """Checks values of parameters and fills in the others.

        Args:
            parameters: Values by name.

        Returns:
            A value for each parameter, those left out as they are.

        Raises:
            ValueError: As :meth:`rebuild`.
        """
        known = {parameter.name: parameter for parameter in self.parameters}
        for given in parameters:
            if given not in known:
                raise ValueError(
                    f"surface {self.name!r} has no parameter {given!r}{hint(given, known, 'its parameters:')}"
                )
        values = {name: parameter.value for name, parameter in known.items()}
        return values | {name: known[name].check(value) for name, value in parameters.items()}

    @property
    def quadratic(self) -> bool:
        """Whether the Hessian is the same everywhere, so that 2/L is a true limit for gradient descent."""
        return self.kernels.quadratic

    @property
    def stochastic(self) -> bool:
        """Whether the gradient that a step sees is not the full one but depends on the step's draw."""
        return self.sampler is not None

    def loss(self, x: npt.ArrayLike, y: npt.ArrayLike) -> Array:
        """The full loss f(x, y).

        Args:
            x: First coordinates.
            y: Second coordinates.

        Returns:
            Loss in the broadcast shape.
        """
        with np.errstate(all="ignore"):
            return self.kernels.loss(*_same_shape(x, y))

    def grad(self, x: npt.ArrayLike, y: npt.ArrayLike) -> tuple[Array, Array]:
        """The full gradient (df/dx, df/dy).

        Args:
            x: First coordinates.
            y: Second coordinates.

        Returns:
            Both partial derivatives, each in the broadcast shape.
        """
        with np.errstate(all="ignore"):
            return self.kernels.grad(*_same_shape(x, y))

    def hessian(self, x: npt.ArrayLike, y: npt.ArrayLike) -> tuple[Array, Array, Array]:
        """The second derivatives (d2f/dx2, d2f/dxdy, d2f/dy2) of the full loss.

        Args:
            x: First coordinates.
            y: Second coordinates.

        Returns:
            The three second derivatives, each in the broadcast shape.
        """
        with np.errstate(all="ignore"):
            return self.kernels.hessian(*_same_shape(x, y))

    def draws(self, steps: int, seed: int) -> Draws | None:
        """What each step of a run draws.

        Args:
            steps: Number of steps, at least 0.
            seed: A whole number of at least 0. The same seed gives the same draws, fewer steps a prefix of them.

        Returns:
            One row a step: (steps,) or (steps, batch) int64. None where each step sees the full gradient.
        """
        return None if self.sampler is None else self.sampler.draws(steps, seed)

    def sampled_grad(self, x: npt.ArrayLike, y: npt.ArrayLike, draw: npt.ArrayLike) -> tuple[Array, Array]:
        """The gradient that a step with this draw sees; the full gradient where nothing is drawn.

        Args:
            x: First coordinates.
            y: Second coordinates.
            draw: One row of :meth:`draws`; every point of the batch sees the same examples.

        Returns:
            Both partial derivatives, each in the broadcast shape of x and y.
        """
        with np.errstate(all="ignore"):
            if self.sampler is None:
                return self.kernels.grad(*_same_shape(x, y))
            return self.sampler.grad(*_same_shape(x, y), np.asarray(draw, dtype=np.int64))

    @property
    def grad_unchecked(self) -> Callable[[Array, Array], tuple[Array, Array]]:
        """The bare gradient function, for a loop that calls it once a step.

        Fetch it once, then call it with x and y of one shape, both float64 arrays or both ``np.float64`` scalars,
        inside the loop's own ``np.errstate(all="ignore")``. Same values as :meth:`grad`.
        """
        return self.kernels.grad

    @property
    def sampled_grad_unchecked(self) -> Callable[[Array, Array, Draws], tuple[Array, Array]]:
        """The bare function behind :meth:`sampled_grad`, on the terms of :attr:`grad_unchecked`; draw: a row of ints.

        Raises:
            ValueError: The surface draws nothing; use :attr:`grad_unchecked`.
        """
        if self.sampler is None:
            raise ValueError(f"surface {self.name!r} draws nothing: every step sees its full gradient")
        return self.sampler.grad

    def __copy__(self) -> "Surface":
        """A surface never changes, so a copy is the surface itself."""
        return self

    def __deepcopy__(self, memo: dict[int, Any]) -> "Surface":
        """A surface never changes, so a copy is the surface itself."""
        return self

    def __reduce__(self) -> tuple[Any, ...]:
        """Lets the surface travel between processes, without its compiled functions."""
        if self.maker is not None:
            return partial(self.maker, **{parameter.name: parameter.value for parameter in self.parameters}), ()
        return type(self), tuple(getattr(self, field.name) for field in fields(self))

    def __post_init__(self) -> None:
        """Checks the facts, so that a slip in one never reaches a plot."""
        check_facts(self.domain, self.start)


def check_facts(domain: Domain, start: Point) -> None:
    """Checks what is said about a surface.

    Args:
        domain: The part that is shown.
        start: Where runs start.

    Raises:
        ValueError: The domain is empty or not finite, or the start is not finite.
    """
    for axis, (low, high) in zip("xy", domain, strict=True):
        if not (math.isfinite(low) and math.isfinite(high) and low < high):
            raise ValueError(f"domain of {axis} = {(low, high)}: must be two finite numbers, the smaller first")
    if not all(math.isfinite(coordinate) for coordinate in start):
        raise ValueError(f"start = {start!r}: must be two finite numbers")


def _same_shape(x: npt.ArrayLike, y: npt.ArrayLike) -> tuple[Array, Array]:
    """Reads both as float64 of one shape; 0-d arrays become scalars, on which NumPy is several times faster."""
    first, second = np.asarray(x, dtype=np.float64), np.asarray(y, dtype=np.float64)
    if first.shape != second.shape:
        first, second = np.broadcast_arrays(first, second)
    return first[()], second[()]
