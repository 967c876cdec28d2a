"""Least squares with one rare feature.

Example i has features a_i (always there) and b_i (there in 1 of k examples), both -1 or 1, and a target t_i = a_i +
b_i + n_i with n_i = -0.5 or 0.5; its loss is (a_i x + b_i y - t_i)^2 / 2. Over the 8 rows with and the 8 rows without
the rare feature, a, b and n run through all combinations of signs, so they are orthogonal and the mean loss is
exactly

    f(x, y) = ((x - 1)^2 + (y - 1)^2 / k + 1/4) / 2

with its minimum 1/8 at (1, 1): the noise in the targets keeps single-example gradients from vanishing there.
"""

from functools import partial
from itertools import product

import numpy as np

from ..finite_sum import batch, interleaved, minibatches, rarity
from ..formula import formula_kernels
from ..kernels import Array, Draws, Sampler
from ..surface import Surface


def _examples(k: int) -> Array:
    """The data set: (8 k, 3) float64 with columns a, b and t."""
    signs = np.array(list(product((1.0, -1.0), repeat=3)))
    a, b, noise = signs[:, 0], signs[:, 1], 0.5 * signs[:, 2]
    rare = np.stack([a, b, a + b + noise], axis=1)
    common = np.stack([a, np.zeros_like(b), a + noise], axis=1)
    return interleaved(rare, common, k)


def build(k: int = 10, batch_size: int = 1) -> Surface:
    """Makes the surface.

    Args:
        k: The rare feature is present in 1 of k examples.
        batch_size: Examples drawn a step.

    Returns:
        The surface, stochastic.
    """
    a, b, target = _examples(k).T
    # An example's gradient is (aa x + ab y - at, ab x + bb y - bt): a batch needs the means of five numbers only.
    moments = np.stack([a * a, a * b, b * b, a * target, b * target], axis=1)

    def draws(steps: int, seed: int) -> Draws:
        return minibatches(len(a), batch_size, steps, seed)

    def grad(x: Array, y: Array, draw: Draws) -> tuple[Array, Array]:
        aa, ab, bb, at, bt = moments[draw].reshape(-1, 5).mean(axis=0)
        return aa * x + ab * y - at, ab * x + bb * y - bt

    text = f"0.5*((x - 1)**2 + (y - 1)**2/{k} + 0.25)"
    return Surface(
        name="sparse_least_squares",
        title="Sparse least squares",
        domain=((-3.0, 3.0), (-3.0, 3.0)),
        start=(-2.0, -2.0),
        minima=((1.0, 1.0),),
        minimum=0.125,
        source="Made for this lab; the setting is that of Duchi, Hazan and Singer, JMLR 12 (2011), on AdaGrad.",
        note="Only 1 of k examples says anything about y: SGD moves y k times more slowly than x, AdaGrad and Adam "
        "far less so.",
        text=text,
        build=partial(formula_kernels, text),
        sampler=Sampler(draws, grad, len(a)),
        parameters=(rarity(k), batch(batch_size)),
        maker=build,
        rank=200,
        group="Rare features",
        learning_rates={
            "gradient": 0.15,
            "momentum": 0.015,
            "sum": 1.0,
            "mean": 0.1,
            "rectified": 0.3,
            "ratio": 50.0,
            "sign": 0.02,
        },
    )


SURFACE = build()
