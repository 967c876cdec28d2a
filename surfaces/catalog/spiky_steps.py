"""A slope on which one gradient in k is far larger than the others: what a second moment remembers of it.

Step t = 1, 2, ... sees the y-gradient 1 always, and the x-gradient `size` when t is a multiple of k, else 1. The full
loss is what the steps see on average, f(x, y) = (k - 1 + size)/k x + y: a slope without a floor. y shows how far the
same rule gets where nothing happens.
"""

from functools import partial

import numpy as np

from ..formula import formula_kernels
from ..kernels import Array, Draws, Sampler, filled
from ..parameter import SurfaceParameter
from ..surface import Surface


def build(k: int = 200, size: int = 10) -> Surface:
    """Makes the surface.

    Args:
        k: Every k-th step sees the large gradient.
        size: How large it is; the others are 1.

    Returns:
        The surface; a step's draw is t modulo k, and 0 means that x has the large gradient. The seed changes nothing.
    """

    def draws(steps: int, seed: int) -> Draws:
        del seed
        return np.arange(1, steps + 1, dtype=np.int64) % k

    def grad(x: Array, y: Array, draw: Draws) -> tuple[Array, Array]:
        return filled(1.0 if draw else float(size), x), filled(1.0, y)

    text = f"{k - 1 + size}/{k}*x + y"
    return Surface(
        name="spiky_steps",
        title="Spiky steps",
        domain=((-10.0, 1.0), (-10.0, 1.0)),
        start=(0.0, 0.0),
        minima=(),
        minimum=None,
        source="Made for this lab: the smallest case of a gradient far larger than those before it; Kingma and Ba, "
        "Adam, ICLR 2015, section 2.1.",
        note="One gradient in k is far larger: SGD leaps once, Adam steps short for as long as beta2 remembers it. "
        "Unbounded below.",
        text=text,
        build=partial(formula_kernels, text),
        sampler=Sampler(draws, grad, k),
        parameters=(
            SurfaceParameter("k", "k", 200, 1, 2000, True, "Every k-th step sees the large x-gradient.", k),
            SurfaceParameter("size", "size", 10, 1, 1000, True, "The large x-gradient; the others are 1.", size),
        ),
        maker=build,
        rank=230,
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
