"""Rastrigin's function: a bowl covered with ripples of period 1."""

from ..formula import catalog_surface

SURFACE = catalog_surface(
    name="rastrigin",
    title="Rastrigin",
    text="20 + x**2 - 10*cos(2*pi*x) + y**2 - 10*cos(2*pi*y)",
    domain=((-5.12, 5.12), (-5.12, 5.12)),
    start=(-3.3, 2.4),
    minima=((0.0, 0.0),),
    minimum=0.0,
    source="Rastrigin, Systems of extremal control, Nauka, Moscow 1974; Muehlenbein et al., Parallel Computing "
    "17 (1991).",
    note="121 local minima on a grid: no step size suits both the bowl and the ripples (curvature 2 + 40 pi^2 "
    "= 396.8).",
    rank=90,
    group="Several minima",
    learning_rates={
        "gradient": 0.0001,
        "momentum": 1e-05,
        "sum": 1.0,
        "mean": 0.015,
        "rectified": 0.02,
        "ratio": 1.0,
        "sign": 0.005,
    },
)
