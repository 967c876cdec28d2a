"""A quadratic valley with condition number 50, turned by 30 degrees.

With c = cos 30 = sqrt(3)/2 and s = sin 30 = 1/2, the curvature is 1 along (c, s) and 50 along (-s, c). The Hessian is
[[13.25, -21.2176], [-21.2176, 37.75]].
"""

from ..formula import catalog_surface

SURFACE = catalog_surface(
    name="rotated_valley",
    title="Rotated valley",
    text="0.5*((sqrt(3)/2*x + y/2)**2 + 50*(sqrt(3)/2*y - x/2)**2)",
    domain=((-10.0, 10.0), (-10.0, 10.0)),
    start=(-8.0, 2.0),
    minima=((0.0, 0.0),),
    minimum=0.0,
    source="A quadratic with Hessian R diag(1, 50) R^T, R the rotation by 30 degrees.",
    note="The valley lies at 30 degrees to the axes: AdaGrad, RMSProp and Adam scale each axis on its own and "
    "lose what they gain on a straight valley; SGD and momentum do not care.",
    rank=20,
    group="Valleys",
    learning_rates={
        "gradient": 0.03,
        "momentum": 0.003,
        "sum": 5.0,
        "mean": 0.7,
        "rectified": 0.005,
        "ratio": 20.0,
        "sign": 0.2,
    },
)
