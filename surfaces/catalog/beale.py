"""Beale's function: flat in the middle, steep in the corners.

Besides the minimum it has saddles at (0, 1) with f = 14.203125 and near (0.1005, -2.6445) with f = 9.8645.
"""

from ..formula import catalog_surface

SURFACE = catalog_surface(
    name="beale",
    title="Beale",
    text="(1.5 - x + x*y)**2 + (2.25 - x + x*y**2)**2 + (2.625 - x + x*y**3)**2",
    domain=((-4.5, 4.5), (-4.5, 4.5)),
    start=(1.0, 1.5),
    minima=((3.0, 0.5),),
    minimum=0.0,
    source="Beale, On an iterative method for finding a local minimum of a function of more than one variable, "
    "Princeton 1958.",
    note="A flat middle between very steep corners (f = 174813 at (4.5, 4.5)): plain SGD started in a corner "
    "overflows.",
    rank=40,
    group="Valleys",
    learning_rates={
        "gradient": 0.02,
        "momentum": 0.003,
        "sum": 1.5,
        "mean": 0.3,
        "rectified": 0.005,
        "ratio": 10.0,
        "sign": 0.05,
    },
)
