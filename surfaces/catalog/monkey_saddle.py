"""The monkey saddle: three valleys and three ridges meet where the Hessian is zero."""

from ..formula import catalog_surface

SURFACE = catalog_surface(
    name="monkey_saddle",
    title="Monkey saddle",
    text="x**3 - 3*x*y**2",
    domain=((-2.0, 2.0), (-2.0, 2.0)),
    start=(1.0, 0.3),
    minima=(),
    minimum=None,
    source="Hilbert and Cohn-Vossen, Anschauliche Geometrie.",
    note="At the origin gradient and curvature are both zero, so even second-order information says nothing. "
    "Unbounded below.",
    rank=150,
    group="Plateaus and saddles",
    learning_rates={
        "gradient": 0.0015,
        "momentum": 0.0002,
        "sum": 0.05,
        "mean": 0.007,
        "rectified": 0.02,
        "ratio": 0.7,
        "sign": 0.007,
    },
)
