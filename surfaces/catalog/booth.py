"""Booth's function: a mild quadratic bowl along the diagonals.

The Hessian is [[10, 8], [8, 10]], with eigenvalues 2 and 18.
"""

from ..formula import catalog_surface

SURFACE = catalog_surface(
    name="booth",
    title="Booth",
    text="(x + 2*y - 7)**2 + (2*x + y - 5)**2",
    domain=((-10.0, 10.0), (-10.0, 10.0)),
    start=(-8.0, -6.0),
    minima=((1.0, 3.0),),
    minimum=0.0,
    source="Jamil and Yang, A literature survey of benchmark functions for global optimization problems (2013), "
    "https://arxiv.org/abs/1308.4008.",
    note="An easy quadratic (condition number 9) whose axes lie along the diagonals; gradient descent diverges "
    "above lr = 2/18.",
    rank=60,
    group="Valleys",
    learning_rates={
        "gradient": 0.01,
        "momentum": 0.002,
        "sum": 2.0,
        "mean": 0.3,
        "rectified": 0.015,
        "ratio": 50.0,
        "sign": 0.2,
    },
)
