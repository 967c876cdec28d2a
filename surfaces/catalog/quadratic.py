"""A quadratic valley whose condition number κ can be set.

The Hessian is diag(1, κ), so L = κ and ℓ = 1: gradient descent diverges exactly when lr > 2/κ, is fastest with
lr = 2/(1 + κ), and then shrinks the distance by (κ - 1)/(κ + 1) a step.
"""

from functools import partial

from ..formula import formula_kernels
from ..parameter import SurfaceParameter
from ..surface import Surface


def build(kappa: float = 10.0) -> Surface:
    """Makes the surface.

    Args:
        kappa: How many times steeper y is than x.

    Returns:
        The surface.
    """
    text = f"0.5*(x**2 + {repr(float(kappa)).removesuffix('.0')}*y**2)"
    return Surface(
        name="quadratic",
        title="Quadratic, κ set by hand",
        domain=((-6.0, 6.0), (-3.75, 3.75)),
        start=(-5.0, 2.0),
        minima=((0.0, 0.0),),
        minimum=0.0,
        source="The standard quadratic; Goh, Why Momentum Really Works, Distill 2017, "
        "https://distill.pub/2017/momentum/.",
        note="y is κ times as steep as x. The larger κ, the smaller the best learning rate of plain gradient descent "
        "and the longer it takes; momentum feels only √κ.",
        text=text,
        build=partial(formula_kernels, text),
        parameters=(SurfaceParameter("kappa", "κ", 10, 1, 10000, False, "How many times steeper y is than x.", kappa),),
        maker=build,
        rank=15,
        group="Valleys",
        learning_rates={
            "gradient": 0.07,
            "momentum": 0.005,
            "sum": 1.0,
            "mean": 0.15,
            "rectified": 0.3,
            "ratio": 20.0,
            "sign": 0.1,
        },
    )


SURFACE = build()
