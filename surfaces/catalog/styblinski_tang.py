"""Styblinski-Tang: the same double well along both axes, tilted.

Each coordinate's well has its bottom at t = -2.9035340, a root of 4 t^3 - 32 t + 5; the often quoted -39.16599 a
dimension is rounded wrongly, the value is -39.16616570377141.
"""

from ..formula import catalog_surface

SURFACE = catalog_surface(
    name="styblinski_tang",
    title="Styblinski-Tang",
    text="0.5*(x**4 - 16*x**2 + 5*x + y**4 - 16*y**2 + 5*y)",
    domain=((-5.0, 5.0), (-5.0, 5.0)),
    start=(0.5, 4.0),
    minima=((-2.903534027771177, -2.903534027771177),),
    minimum=-78.33233140754284,
    source="Styblinski and Tang, Experiments in nonconvex optimization, Neural Networks 3 (1990); minimizer: "
    "root of 4 t^3 - 32 t + 5 = 0.",
    note="Four minima of different depth, one a quadrant: the start, more than the optimizer, decides which is found.",
    rank=80,
    group="Several minima",
    learning_rates={
        "gradient": 0.07,
        "momentum": 0.02,
        "sum": 5.0,
        "mean": 0.05,
        "rectified": 0.05,
        "ratio": 7.0,
        "sign": 0.02,
    },
)
