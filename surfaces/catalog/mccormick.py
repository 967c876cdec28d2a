"""McCormick's function: a trough along the diagonal, with steps.

The minimum is that of the domain: at (1/2 - pi/3, -1/2 - pi/3), f = -sqrt(3)/2 - pi/3. Outside, f(x - pi, y - pi) =
f(x, y) - pi, so it has no lowest value.
"""

from ..formula import catalog_surface

SURFACE = catalog_surface(
    name="mccormick",
    title="McCormick",
    text="sin(x + y) + (x - y)**2 - 1.5*x + 2.5*y + 1",
    domain=((-1.5, 4.0), (-3.0, 4.0)),
    start=(3.0, -2.0),
    minima=((-0.5471975511965975, -1.5471975511965976),),
    minimum=-1.9132229549810362,
    source="McCormick, Computability of global solutions to factorable nonconvex programs, Mathematical "
    "Programming 10 (1976).",
    note="Unbounded outside its domain: each step of pi down the diagonal is lower by pi, so a run that leaves "
    "falls for ever.",
    rank=110,
    group="Several minima",
    learning_rates={
        "gradient": 0.05,
        "momentum": 0.002,
        "sum": 0.7,
        "mean": 0.1,
        "rectified": 0.3,
        "ratio": 10.0,
        "sign": 0.02,
    },
)
