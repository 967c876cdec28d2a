"""Objectives that are a mean over a small data set, with minibatches and one rare feature.

A step draws batch_size examples at random, with replacement, and sees the mean of their gradients; over the whole data
set the per-example gradients average to the full gradient. The rare feature is 0 in all but 1 of k examples, so the
y-gradient of most single examples is exactly 0: the setting that AdaGrad was made for.

The data are made of repeated rows, without random numbers: 8 k examples, those with number i = 0, k, 2k, ... (exactly
one in k) being the 8 given rows with the rare feature, all others running through the 8 rows without it.
"""

import numpy as np

from .kernels import Array, Draws
from .parameter import SurfaceParameter

ROWS = 8  # rows with the rare feature, and as many without


def rarity(value: int) -> SurfaceParameter:
    """The parameter k: the rare feature is present in 1 of k examples or steps."""
    return SurfaceParameter("k", "k", 10, 1, 1000, True, "The rare coordinate has a gradient in 1 of k cases.", value)


def batch(value: int) -> SurfaceParameter:
    """The parameter batch_size."""
    text = "Examples drawn a step; their gradients are averaged."
    return SurfaceParameter("batch_size", "batch", 1, 1, 256, True, text, value)


def interleaved(rare: Array, common: Array, k: int) -> Array:
    """Lays out a data set in which exactly 1 of k examples is a rare one.

    Args:
        rare: (8, columns), the rows that have the rare feature.
        common: (8, columns), the rows that do not.
        k: At least 1; with 1, all examples are rare ones.

    Returns:
        (8 k, columns) float64: rare rows at 0, k, 2k, ..., common rows in turn everywhere else.
    """
    data = np.empty((ROWS * k, rare.shape[1]))
    present = np.arange(ROWS * k) % k == 0
    data[present] = rare
    data[~present] = np.tile(common, (k - 1, 1))
    return data


def minibatches(examples: int, batch_size: int, steps: int, seed: int) -> Draws:
    """Draws the examples of each step.

    Args:
        examples: Size of the data set.
        batch_size: Examples a step.
        steps: Number of steps.
        seed: A whole number of at least 0.

    Returns:
        (steps, batch_size) numbers of examples, uniform with replacement. Fewer steps give a prefix.
    """
    # Stream 1 of the seed: stream 0 is left to Gaussian gradient noise, so the two are independent.
    generator = np.random.default_rng(np.random.SeedSequence([seed, 1]))
    return generator.integers(0, examples, size=(steps, batch_size), dtype=np.int64)
