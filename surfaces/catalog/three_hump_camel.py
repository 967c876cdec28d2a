"""The three-hump camel: a global minimum between two local ones near (1.7476, -0.8738) and (-1.7476, 0.8738)."""

from ..formula import catalog_surface

SURFACE = catalog_surface(
    name="three_hump_camel",
    title="Three-hump camel",
    text="2*x**2 - 1.05*x**4 + x**6/6 + x*y + y**2",
    domain=((-2.6, 2.6), (-2.6, 2.6)),
    start=(-2.0, 2.0),
    minima=((0.0, 0.0),),
    minimum=0.0,
    source="Jamil and Yang, A literature survey of benchmark functions for global optimization problems (2013), "
    "https://arxiv.org/abs/1308.4008.",
    note="Two local minima (f = 0.2986) guard the global one: whether a run passes them is a matter of its momentum.",
    rank=70,
    group="Several minima",
    learning_rates={
        "gradient": 0.3,
        "momentum": 0.1,
        "sum": 1.0,
        "mean": 0.1,
        "rectified": 0.2,
        "ratio": 3.0,
        "sign": 1.0,
    },
)
