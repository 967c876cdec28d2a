"""The rows of a fit as they are computed with: the matrix, its curvature, the loss, and minibatches of the rows."""

import math
from typing import NamedTuple

import numpy as np

from .finite_sum import minibatches
from .kernels import Array, Draws, Sampler
from .logistic import Logistic
from .surface import Point

_SINGULAR = 1e-12


class Data(NamedTuple):
    """What a fit is made from; plain values, so that a surface can travel between processes.

    Attributes:
        rows: (n, 2) or (n, 3); the last column is what is fitted.
        names: of the columns.
        model: one of `MODELS`.
        name: of the surface.
        title: of the surface; "" says the model.
        source: where the rows come from.
        rank: place in lists.
    """

    rows: Array
    names: tuple[str, ...]
    model: str
    name: str
    title: str
    source: str
    rank: int


class Problem(NamedTuple):
    """The rows as they are computed with.

    Attributes:
        features: A, (n, 2).
        target: t of least squares, s of a logistic regression; (n,).
        least_squares: which of the two it is.
    """

    features: Array
    target: Array
    least_squares: bool


def lay_out(data: Data, *, scaled: bool) -> Problem:
    """Lays out A and the target; a column that never changes leaves nothing to fit."""
    columns, target = data.rows[:, :-1].copy(), data.rows[:, -1].copy()
    for name, column in zip(data.names, data.rows.T, strict=True):
        if np.ptp(column) == 0:
            raise ValueError(f"{name} is {column[0]:g} in every row: there is nothing to fit")
    if scaled:
        columns = (columns - columns.mean(axis=0)) / columns.std(axis=0)
    least_squares = data.model == "least_squares"
    if not least_squares:
        labels = np.unique(target)
        if len(labels) != 2:
            raise ValueError(f"{data.names[-1]} has {len(labels)} different values; a logistic regression needs two")
        target = np.where(target == labels[1], 1.0, -1.0)
    elif scaled and columns.shape[1] == 2:
        target -= target.mean()
    features = columns if columns.shape[1] == 2 else np.column_stack([columns, np.ones(len(columns))])
    problem = Problem(features, target, least_squares)
    if not math.isfinite(condition(problem)):
        raise ValueError(f"{data.names[0]} and {data.names[1]} are proportional: many fits are equally good")
    return problem


def second_moments(problem: Problem) -> Array:
    """A^T A / n, which is the Hessian of least squares."""
    return problem.features.T @ problem.features / len(problem.features)


def condition(problem: Problem) -> float:
    """The condition number of A^T A, infinite where the columns are proportional."""
    low, high = np.linalg.eigvalsh(second_moments(problem))
    return float(high / low) if low > _SINGULAR * high else math.inf


def least_squares_formula(problem: Problem) -> tuple[Point, float, str]:
    """The minimizer, the loss there, and the loss as a formula around it, where nothing cancels."""
    features, target, _ = problem
    found, *_ = np.linalg.lstsq(features, target, rcond=None)
    a, b = (float(z) for z in found)
    minimum = float(np.mean((features @ found - target) ** 2) / 2)
    (aa, ab), (_, bb) = second_moments(problem).tolist()
    x, y = (f"({name} {'-' if z >= 0 else '+'} {abs(z)!r})" for name, z in (("x", a), ("y", b)))
    return (a, b), minimum, f"0.5*({aa!r}*{x}**2 + {2 * ab!r}*{x}*{y} + {bb!r}*{y}**2) + {minimum!r}"


def logistic_loss(problem: Problem) -> Logistic:
    """The loss of a logistic regression."""
    u, w = (problem.features * problem.target[:, None]).T
    return Logistic(u, w)


def row_sampler(problem: Problem, batch_size: int) -> Sampler:
    """Minibatches of the rows, drawn as those of the sparse problems are."""
    count = len(problem.target)

    def draws(steps: int, seed: int) -> Draws:
        return minibatches(count, batch_size, steps, seed)

    if not problem.least_squares:
        u, w = logistic_loss(problem)

        def slope(x: Array, y: Array, draw: Draws) -> tuple[Array, Array]:
            return Logistic(u[draw.ravel()], w[draw.ravel()]).grad(x, y)

        return Sampler(draws, slope, count)
    a, b = problem.features.T
    t = problem.target
    # A row's gradient is (aa x + ab y - at, ab x + bb y - bt): a batch needs the means of five numbers only.
    moments = np.stack([a * a, a * b, b * b, a * t, b * t], axis=1)

    def grad(x: Array, y: Array, draw: Draws) -> tuple[Array, Array]:
        aa, ab, bb, at, bt = moments[draw].reshape(-1, 5).mean(axis=0)
        return aa * x + ab * y - at, ab * x + bb * y - bt

    return Sampler(draws, grad, count)
