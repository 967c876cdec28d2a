"""Surfaces made from a person's own Python function of x and y, written with Python, NumPy or torch."""

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any, cast

import numpy as np

from .autograd import autograd_of
from .calls import Caller, Function
from .differences import bends, bends_of_slopes, slopes
from .formula import DOMAIN, start_in
from .kernels import Array, Kernels
from .naming import shown
from .surface import Domain, Method, Point, Surface, check_facts


def from_function(
    loss: Function,
    grad: Callable[[Any, Any], Sequence[Any]] | None = None,
    hessian: Callable[[Any, Any], Sequence[Any]] | None = None,
    domain: Domain = DOMAIN,
    start: Point | None = None,
    *,
    name: str = "function",
    title: str = "",
    minima: Sequence[Point] = (),
    minimum: float | None = None,
    source: str = "A function given in Python.",
    note: str = "",
    learning_rates: Mapping[str, float] | None = None,
) -> Surface:
    """Makes a surface from a function of x and y.

    The function may use Python, NumPy or torch. If it takes whole arrays and works elementwise, it is called with
    arrays, else once a point. Derivatives that are not given come from torch's autograd where torch is imported and the
    function takes its tensors, else from central differences; ``grad_method`` and ``hessian_method`` of the surface say
    which. Before autograd is believed it is held against differences at a few points.

    Where the function raises ArithmeticError or ValueError, as ``math.log(-1)`` does, its value is NaN.

    Args:
        loss: ``(x, y) -> f``.
        grad: ``(x, y) -> (df/dx, df/dy)``.
        hessian: ``(x, y) -> (d2f/dx2, d2f/dxdy, d2f/dy2)``.
        domain: The part to show, ((x0, x1), (y0, y1)); finite, the smaller number first.
        start: Where runs start; left out, a fifth of the way in from the upper left corner.
        name: Its name in code and links, for one that is registered or named by an entry point.
        title: Its name for readers; "" takes the function's own.
        minima: The global minimizers, where they are known; with them the lab shows distances and arrivals.
        minimum: The value there; None takes that of the function at the first of `minima`.
        source: Where it comes from.
        note: One sentence on what is special; where derivatives come from is said after it.
        learning_rates: Suggested learning rates by family of optimizers; see :class:`Surface`.

    Returns:
        A surface, for :func:`optim_viz.rollout`, :func:`register` and all else that takes a surface.

    Raises:
        TypeError: What is given is not callable, or does not return one number (grad: two, hessian: three).
        ValueError: The domain or the start is not usable, or the loss at one of `minima` is not `minimum`.
    """
    for argument, given in (("loss", loss), ("grad", grad), ("hessian", hessian)):
        if not callable(given) and (given is not None or argument == "loss"):
            raise TypeError(
                f"{argument} must be a function of x and y, such as lambda x, y: x**2 + y**2, not {shown(given)}"
            )
    (x0, x1), (y0, y1) = domain
    window = (float(x0), float(x1)), (float(y0), float(y1))
    begin = start_in(window) if start is None else (float(start[0]), float(start[1]))
    check_facts(window, begin)
    kernels, methods = _kernels(loss, grad, hessian, _points(window, begin))
    own = getattr(loss, "__name__", type(loss).__name__)
    known = tuple((float(x), float(y)) for x, y in minima)
    lowest = _lowest(kernels, known, minimum)
    facts = {"name": name, "title": title, "minima": known, "minimum": minimum, "source": source, "note": note}
    rates = dict(learning_rates or {})
    return Surface(
        name=name,
        title=title or ("Your function" if own == "<lambda>" else own),
        domain=window,
        start=begin,
        minima=known,
        minimum=lowest,
        source=source,
        note=_note(note, lowest, methods[0]),
        text="",
        build=lambda: kernels,
        maker=partial(from_function, loss, grad, hessian, window, begin, **facts, learning_rates=rates),
        group="Functions",
        learning_rates=rates,
        grad_method=methods[0],
        hessian_method=methods[1],
    )


def _lowest(kernels: Kernels, minima: Sequence[Point], minimum: float | None) -> float | None:
    """The value at the minima, held against what the function says there."""
    for point in minima:
        with np.errstate(all="ignore"):
            value = float(kernels.loss(np.array([point[0]]), np.array([point[1]]))[0])
        minimum = value if minimum is None else minimum
        if not abs(value - minimum) <= 1e-6 * (1.0 + abs(minimum)):
            raise ValueError(f"minimum = {minimum!r}, but the loss at {point} is {value!r}")
    return minimum


def _note(note: str, minimum: float | None, method: Method) -> str:
    """The note, and where gradients come from."""
    unknown = "" if minimum is not None else "Its lowest value is not known, so its loss is shown as it is."
    gradients = {
        "autograd": "Its gradients are torch's autograd.",
        "differences": "Its gradients are central differences, right to about 10 digits.",
    }
    return " ".join(part for part in (note or unknown, gradients.get(method, "")) if part)


def _kernels(
    loss: Function, grad: Function | None, hessian: Function | None, points: Array
) -> tuple[Kernels, tuple[Method, Method]]:
    """The functions of the surface, and where the derivatives come from."""
    caller = Caller(loss, "loss", 1, points)

    def value(x: Array, y: Array) -> Array:
        return caller(x, y)[0]

    by_torch = autograd_of(loss, caller, points) if grad is None or hessian is None else None
    made: Any = partial(slopes, value)
    method: Method = "differences"
    if grad is not None:
        made, method = Caller(grad, "grad", 2, points), "given"
    elif by_torch is not None:
        made, method = by_torch.grad, "autograd"
    second: Any = partial(bends, value) if method == "differences" else partial(bends_of_slopes, made)
    other: Method = "differences"
    if hessian is not None:
        second, other = Caller(hessian, "hessian", 3, points), "given"
    elif by_torch is not None:
        second, other = by_torch.hessian, "autograd"
    return Kernels(value, made, second, quadratic=False), (method, other)


def _points(domain: Domain, start: Point) -> Array:
    """Where a function is tried: the start, and four points spread over the domain, off axes and diagonals."""
    shares = np.array([[0.31, 0.83], [0.67, 0.59], [0.13, 0.27], [0.89, 0.41]])
    low, high = (np.array([side[end] for side in domain]) for end in (0, 1))
    return cast(Array, np.vstack([np.array(start), low + shares * (high - low)]))
