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
)
