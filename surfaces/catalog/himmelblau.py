"""Himmelblau's function: four minima, all with f = 0, around a hill of height 181.6 near (-0.27, -0.92)."""

from ..formula import catalog_surface

SURFACE = catalog_surface(
    name="himmelblau",
    title="Himmelblau",
    text="(x**2 + y - 11)**2 + (x + y**2 - 7)**2",
    domain=((-6.0, 6.0), (-6.0, 6.0)),
    start=(0.0, 0.0),
    minima=(
        (3.0, 2.0),
        (3.5844283403304917, -1.8481265269644034),
        (-3.779310253377747, -3.2831859912861696),
        (-2.805118086952745, 3.131312518250573),
    ),
    minimum=0.0,
    source="Himmelblau, Applied Nonlinear Programming, McGraw-Hill 1972.",
    note="Four minima of equal depth: from the same start, momentum and Nesterov can end in different ones.",
    rank=50,
    group="Several minima",
    learning_rates={
        "gradient": 0.005,
        "momentum": 0.001,
        "sum": 0.5,
        "mean": 0.07,
        "rectified": 0.07,
        "ratio": 50.0,
        "sign": 0.05,
    },
)
