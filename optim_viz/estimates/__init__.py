"""What a comparison will take before it is launched: what is exact, and what a short measured probe says of the rest.

Nothing here imports torch: the probe is a process of its own (`optim_viz.training.probe`).
"""

from optim_viz.estimates.estimate import Cost, Counts, Estimate, Measured, counts, estimate, matters
from optim_viz.estimates.probes import PROBES, Job, ProbeCancelled, ProbeFailed, Probes, measure

__all__ = [
    "PROBES",
    "Cost",
    "Counts",
    "Estimate",
    "Job",
    "Measured",
    "ProbeCancelled",
    "ProbeFailed",
    "Probes",
    "counts",
    "estimate",
    "matters",
    "measure",
]
