"""Logistic regression with one rare feature.

Example i has features u_i (always there) and w_i (there in 1 of k examples), each -1 or 1 and already multiplied by
the example's label; its loss is log(1 + exp(-(u_i x + w_i y))). Of the 8 rows without the rare feature 6 have u = 1
and 2 have u = -1; of the 8 rows with it, (u, w) is (1, 1) five times and (1, -1), (-1, 1), (-1, -1) once each. The
classes overlap, so the minimum is finite. It is found here by Newton's method to rounding; the mean loss is strictly
convex, so it is the only one.
"""

import numpy as np

from ..finite_sum import ROWS, batch, interleaved, minibatches, rarity
from ..kernels import Array, Draws, Kernels, Sampler
from ..surface import Surface

_RARE = np.array([(1, 1), (1, -1), (1, 1), (-1, 1), (1, 1), (-1, -1), (1, 1), (1, 1)], dtype=np.float64)
_COMMON = np.array([(1, 0), (1, 0), (1, 0), (-1, 0)] * 2, dtype=np.float64)
# The mean over the data set needs each kind of example once, with its share: (u, w), then how often in 8 rows.
_KINDS = np.array([(1, 1), (1, -1), (-1, 1), (-1, -1), (1, 0), (-1, 0)], dtype=np.float64)
_COUNTS = np.array([5, 1, 1, 1, 6, 2], dtype=np.float64)


def _mean_kernels(k: int) -> Kernels:
    """Loss, gradient and Hessian of the mean over the data set."""
    share = _COUNTS / ROWS * np.where(_KINDS[:, 1] != 0.0, 1 / k, (k - 1) / k)
    u, w = _KINDS.T

    def margins(x: Array, y: Array) -> Array:
        return np.multiply.outer(x, u) + np.multiply.outer(y, w)

    def loss(x: Array, y: Array) -> Array:
        return np.logaddexp(0.0, -margins(x, y)) @ share

    def grad(x: Array, y: Array) -> tuple[Array, Array]:
        slope = -share / (1.0 + np.exp(margins(x, y)))
        return slope @ u, slope @ w

    def hessian(x: Array, y: Array) -> tuple[Array, Array, Array]:
        margin = margins(x, y)
        bend = share / ((1.0 + np.exp(margin)) * (1.0 + np.exp(-margin)))
        return bend @ (u * u), bend @ (u * w), bend @ (w * w)

    return Kernels(loss, grad, hessian, quadratic=False)


def _minimizer(kernels: Kernels) -> tuple[float, float]:
    """The minimum by Newton's method, which here converges in a handful of steps from (1, 1)."""
    x, y = np.ones(1), np.ones(1)
    for _ in range(20):
        (gx, gy), (hxx, hxy, hyy) = kernels.grad(x, y), kernels.hessian(x, y)
        determinant = hxx * hyy - hxy * hxy
        x, y = x - (hyy * gx - hxy * gy) / determinant, y - (hxx * gy - hxy * gx) / determinant
    return float(x[0]), float(y[0])


def _text(k: int) -> str:
    """The mean loss as a formula."""
    common = "0.75*log(1 + exp(-x)) + 0.25*log(1 + exp(x))"
    rare = "5*log(1 + exp(-x - y)) + log(1 + exp(y - x)) + log(1 + exp(x - y)) + log(1 + exp(x + y))"
    return f"({common})*{k - 1}/{k} + ({rare})/{8 * k}"


def build(k: int = 10, batch_size: int = 1) -> Surface:
    """Makes the surface.

    Args:
        k: The rare feature is present in 1 of k examples.
        batch_size: Examples drawn a step.

    Returns:
        The surface, stochastic.
    """
    u, w = interleaved(_RARE, _COMMON, k).T
    kernels = _mean_kernels(k)
    minimizer = _minimizer(kernels)

    def draws(steps: int, seed: int) -> Draws:
        return minibatches(len(u), batch_size, steps, seed)

    def grad(x: Array, y: Array, draw: Draws) -> tuple[Array, Array]:
        drawn_u, drawn_w = u[draw].ravel(), w[draw].ravel()
        slope = -1.0 / (1.0 + np.exp(np.multiply.outer(x, drawn_u) + np.multiply.outer(y, drawn_w)))
        return slope @ drawn_u / len(drawn_u), slope @ drawn_w / len(drawn_u)

    return Surface(
        name="sparse_logistic",
        title="Sparse logistic regression",
        domain=((-3.0, 4.0), (-3.0, 4.0)),
        start=(-2.0, -2.0),
        minima=(minimizer,),
        minimum=float(kernels.loss(*np.array(minimizer).reshape(2, 1))[0]),
        source="Made for this lab; the setting is that of Duchi, Hazan and Singer, JMLR 12 (2011), on AdaGrad.",
        note="Only 1 of k examples says anything about y, and no gradient is above 1: v\u0302 of y stays small, so the "
        "steps of Adam in y are large.",
        text=_text(k),
        build=lambda: kernels,
        sampler=Sampler(draws, grad, len(u)),
        parameters=(rarity(k), batch(batch_size)),
        maker=build,
        rank=210,
        group="Rare features",
        learning_rates={
            "gradient": 0.3,
            "momentum": 0.02,
            "sum": 0.7,
            "mean": 0.07,
            "rectified": 0.3,
            "ratio": 30.0,
            "sign": 0.015,
        },
    )


SURFACE = build()
