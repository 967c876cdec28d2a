"""Maps: how every combination of two settings ends, what theory says of it, and what a fair comparison is.

import optim_viz

plain, adam = optim_viz.outcome_maps("narrow_valley", ["sgd", "adam"], "lr", "beta1")
adam.loss, adam.setting(*adam.best())
"""

from optim_viz.maps.axis import Axis, axis_names, make_axis
from optim_viz.maps.compute import outcome_maps
from optim_viz.maps.ensemble import Ensemble, ensemble
from optim_viz.maps.fairness import Attempt, Fair, fairness
from optim_viz.maps.map_table import maps_table
from optim_viz.maps.outcome_map import DIVERGED, ELSEWHERE, LEFT, METRICS, OutcomeMap
from optim_viz.maps.theory import Line, theory

__all__ = [
    "DIVERGED",
    "ELSEWHERE",
    "LEFT",
    "METRICS",
    "Attempt",
    "Axis",
    "Ensemble",
    "Fair",
    "Line",
    "OutcomeMap",
    "axis_names",
    "ensemble",
    "fairness",
    "make_axis",
    "maps_table",
    "outcome_maps",
    "theory",
]
