"""The Goldstein-Price function: from 3 to a million in one small square.

Other minima: (-0.6, -0.4) with f = 30, (1.8, 0.2) with f = 84, (1.2, 0.8) with f = 840.
"""

from ..formula import catalog_surface

SURFACE = catalog_surface(
    name="goldstein_price",
    title="Goldstein-Price",
    text="(1 + (x + y + 1)**2*(19 - 14*x + 3*x**2 - 14*y + 6*x*y + 3*y**2))"
    "*(30 + (2*x - 3*y)**2*(18 - 32*x + 12*x**2 + 48*y - 36*x*y + 27*y**2))",
    domain=((-2.0, 2.0), (-2.0, 2.0)),
    start=(-1.0, 1.0),
    minima=((0.0, -1.0),),
    minimum=3.0,
    source="Goldstein and Price, On descent from local minima, Mathematics of Computation 25 (1971).",
    note="Values from 3 to a million: gradients are so large that plain SGD needs lr near 1e-6, while Adam "
    "does not notice.",
    rank=120,
    group="Several minima",
    learning_rates={
        "gradient": 5e-06,
        "momentum": 2e-06,
        "sum": 2.0,
        "mean": 0.2,
        "rectified": 1.5e-06,
        "ratio": 7.0,
        "sign": 0.03,
    },
)
