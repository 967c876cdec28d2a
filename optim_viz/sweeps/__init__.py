"""Sweeps: one network trained with every optimizer at many learning rates, batch sizes and seeds; and the range test.

    plan = Sweep(("sgd", "adam"), LogRange(1e-4, 1.0, 5), (32,), (0, 1), settings.defaults("digits"))
    number = launch(store, plan)                       # one run a point, through the store's queue
    table = results(plan, store.standings(number))     # what each cell came to, and the best

A run of a sweep is an ordinary run of the store with one lane: it can be cancelled, resumed and opened by itself.
"""

from optim_viz.sweeps.launching import launch, launch_range_test, plan_of
from optim_viz.sweeps.plan import MOST_RUNS, LogRange, Point, Sweep
from optim_viz.sweeps.rate_finder import RateCurve, rate_curve
from optim_viz.sweeps.results import Cell, SweepResults, results

__all__ = [
    "MOST_RUNS",
    "Cell",
    "LogRange",
    "Point",
    "RateCurve",
    "Sweep",
    "SweepResults",
    "launch",
    "launch_range_test",
    "plan_of",
    "rate_curve",
    "results",
]
