"""Rosenbrock's banana: a steep, curved valley with an almost flat floor.

At the minimum the eigenvalues of the Hessian are 0.39936 and 1001.60.
"""

from ..formula import catalog_surface

SURFACE = catalog_surface(
    name="rosenbrock",
    title="Rosenbrock",
    text="(1 - x)**2 + 100*(y - x**2)**2",
    domain=((-2.0, 2.0), (-1.0, 3.0)),
    start=(-1.5, 2.0),
    minima=((1.0, 1.0),),
    minimum=0.0,
    source="Rosenbrock, An automatic method for finding the greatest or least value of a function, The Computer "
    "Journal 3 (1960).",
    note="The curved floor is found at once and followed slowly: at the minimum one direction is 2508 times "
    "steeper than the other.",
    rank=30,
    group="Valleys",
    learning_rates={
        "gradient": 0.002,
        "momentum": 0.001,
        "sum": 2.0,
        "mean": 0.2,
        "rectified": 0.007,
        "ratio": 1.5,
        "sign": 0.015,
    },
)
