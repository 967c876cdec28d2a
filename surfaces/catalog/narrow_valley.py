"""A quadratic valley with condition number 100.

The Hessian is diag(1, 100). Gradient descent shrinks x by the factor 1 - lr and y by 1 - 100 lr a step, so it
diverges exactly when lr > 0.02.
"""

from ..formula import catalog_surface

SURFACE = catalog_surface(
    name="narrow_valley",
    title="Narrow valley",
    text="0.5*(x**2 + 100*y**2)",
    domain=((-9.0, 2.5), (-2.0, 2.0)),
    start=(-8.0, 1.0),
    minima=((0.0, 0.0),),
    minimum=0.0,
    source="The standard ill-conditioned quadratic; Goh, Why Momentum Really Works, Distill 2017, "
    "https://distill.pub/2017/momentum/.",
    note="One direction is 100 times steeper than the other: plain gradient descent diverges above lr = 2/100 "
    "and crawls below it.",
    rank=10,
    group="Valleys",
    learning_rates={
        "gradient": 0.015,
        "momentum": 0.003,
        "sum": 1.5,
        "mean": 0.2,
        "rectified": 0.03,
        "ratio": 15.0,
        "sign": 0.1,
    },
)
