"""Gradients and Hessians that are right also at kinks and where a formula gives 0 times infinity.

The bare function is called first. It is NaN at a kink and where 0 meets infinity; there, and only there, the careful
one is asked what it finds on leaving the point along directions (see :mod:`surfaces.derivatives`).

The gradient is the mean of two opposite limits. For abs(x) at 0 that is 0, for max(x, y) on the diagonal (1/2, 1/2),
for the tip of a cone (0, 0): each an element of Clarke's generalized gradient, and a subgradient where f is convex.
The Hessian is NaN where the limits differ, for then there is none.
"""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from .kernels import Array

# Leaves kinks on neither axis nor diagonal, so that ties are broken wherever the pieces differ.
DIRECTION = (1.0, 0.6180339887498949)
SMALL = 4096  # beyond, the fastest sum of products starts threads
# Makes the best of what is found, (outputs, points), on leaving the points along (dx, dy).
Choice = Callable[[Callable[[float, float], Array]], Array]


def mended(
    bare: Callable[[Array, Array], Any],
    careful: Callable[[], Callable[..., Any]],
    loss: Callable[[Array, Array], Array],
    choose: Choice,
) -> Callable[[Array, Array], Any]:
    """Joins a bare and a careful function.

    Args:
        bare: ``(x, y) -> outputs``, two or three.
        careful: Makes ``(x, y, dx, dy) -> outputs``; called when it is first needed, which for many runs is never.
        loss: ``(x, y) -> f``; where it is not finite the bare outputs stay.
        choose: :func:`mean_gradient` or :func:`common_hessian`.

    Returns:
        ``(x, y) -> outputs``.
    """
    made: list[Callable[..., Any]] = []

    def outputs(x: Array, y: Array) -> Any:
        found = bare(x, y)
        if not _may_be_nan(found):
            return found
        if not made:
            made.append(careful())
        return _mend(found, loss, made[0], choose, x, y)

    return outputs


def _may_be_nan(found: Sequence[Array]) -> bool:
    """Whether something may be NaN; to look at each value would cost as much as the gradient itself."""
    total, last = found[0] if len(found) == 2 else found[0] + found[1], found[-1]
    return bool(np.isnan(np.vdot(total, last) if last.size <= SMALL else (total * last).sum()))


def _mend(
    found: Sequence[Array],
    loss: Callable[[Array, Array], Array],
    careful: Callable[..., Any],
    choose: Choice,
    x: Array,
    y: Array,
) -> tuple[Array, ...]:
    """Works out again what is NaN at finite points with a finite loss."""
    shape = np.shape(x)
    stacked = np.array(found).reshape(len(found), -1)
    flat_x, flat_y = np.ravel(x), np.ravel(y)
    broken = np.flatnonzero(np.isnan(stacked).any(axis=0) & np.isfinite(flat_x) & np.isfinite(flat_y))
    if broken.size:
        broken = broken[np.isfinite(loss(flat_x[broken], flat_y[broken]))]
    if not broken.size:
        return tuple(found)
    x, y = flat_x[broken], flat_y[broken]
    stacked[:, broken] = choose(lambda dx, dy: np.array(careful(x, y, dx, dy)))
    return tuple(row.reshape(shape)[()] for row in stacked)


def mean_gradient(leaving: Callable[[float, float], Array]) -> Array:
    """The mean of the gradients met along two opposite directions; where one is infinite, the other alone."""
    dx, dy = DIRECTION
    sides = leaving(dx, dy), leaving(-dx, -dy)
    best = 0.5 * sides[0] + 0.5 * sides[1]
    for other in (*sides, leaving(0.0, 0.0)):
        best = np.where(np.isfinite(best).all(axis=0), best, other)
    return best


def common_hessian(leaving: Callable[[float, float], Array]) -> Array:
    """The Hessian where four directions agree on it, else NaN."""
    dx, dy = DIRECTION
    first = leaving(dx, dy)
    found = np.where(np.isfinite(first), first, np.nan)
    for along in ((-dx, -dy), (-dy, dx), (dy, -dx)):
        other = leaving(*along)
        found = np.where(np.abs(first - other) <= 1e-9 * np.abs(first), found, np.nan)
    return found
