"""The deterministic sparse toy: the y-gradient is there on every k-th step only.

Step t = 1, 2, ... sees the x-gradient 1 always and the y-gradient 1 when t is a multiple of k, else 0. The full loss
is what the steps see on average, f(x, y) = x + y/k: a slope without a floor. How far y falls beside x is the whole
story: 1/k of the way with SGD, about 1/sqrt(k) with the adaptive rules.
"""

from functools import partial

import numpy as np

from ..finite_sum import rarity
from ..formula import formula_kernels
from ..kernels import Array, Draws, Sampler, filled
from ..surface import Surface


def build(k: int = 10) -> Surface:
    """Makes the surface.

    Args:
        k: The y-gradient is 1 on every k-th step.

    Returns:
        The surface; a step's draw is t modulo k, and 0 means that y has a gradient. The seed changes nothing.
    """

    def draws(steps: int, seed: int) -> Draws:
        del seed
        return np.arange(1, steps + 1, dtype=np.int64) % k

    def grad(x: Array, y: Array, draw: Draws) -> tuple[Array, Array]:
        return filled(1.0, x), filled(0.0 if draw else 1.0, y)

    text = f"x + y/{k}"
    return Surface(
        name="sparse_steps",
        title="Sparse steps",
        domain=((-10.0, 1.0), (-10.0, 1.0)),
        start=(0.0, 0.0),
        minima=(),
        minimum=None,
        source="Made for this lab: the smallest case of sparse gradients; Kingma and Ba, Adam, ICLR 2015, section 2.1.",
        note="y has a gradient on every k-th step only: SGD goes 1/k as far in y as in x, Adam about 1/sqrt(k). "
        "Unbounded below.",
        text=text,
        build=partial(formula_kernels, text),
        sampler=Sampler(draws, grad, k),
        parameters=(rarity(k),),
        maker=build,
        rank=220,
        group="Rare features",
        learning_rates={
            "gradient": 0.05,
            "momentum": 0.005,
            "sum": 0.5,
            "mean": 0.05,
            "rectified": 0.2,
            "ratio": 10.0,
            "sign": 0.05,
        },
    )


SURFACE = build()
