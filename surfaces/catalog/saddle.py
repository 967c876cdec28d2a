"""A saddle: down along y, up along x.

Started with y = 0 exactly, the y-gradient is 0 for ever and no optimizer leaves the ridge; a start off it by a
thousandth shows how fast each escapes.
"""

from ..formula import catalog_surface

SURFACE = catalog_surface(
    name="saddle",
    title="Saddle",
    text="x**2 - y**2",
    domain=((-2.0, 2.0), (-2.0, 2.0)),
    start=(1.0, 0.001),
    minima=(),
    minimum=None,
    source="The simplest saddle; Dauphin et al., Identifying and attacking the saddle point problem, NIPS 2014, "
    "https://arxiv.org/abs/1406.2572.",
    note="From y = 0.001 everyone leaves, the adaptive rules much sooner; from y = 0 exactly nobody ever "
    "leaves. Unbounded below.",
    rank=140,
    group="Plateaus and saddles",
    learning_rates={
        "gradient": 0.02,
        "momentum": 0.003,
        "sum": 0.05,
        "mean": 0.01,
        "rectified": 0.03,
        "ratio": 0.05,
        "sign": 0.01,
    },
)
