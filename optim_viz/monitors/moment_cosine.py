"""Do batches agree? The cosine of the angle between the first moment and the newest gradient, cos(m̂, g)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from optim_viz.monitors.monitor import Monitor
from optim_viz.monitors.sample import Sample, cosines

if TYPE_CHECKING:
    from optim_viz.monitors.monitor import Number


def measure(sample: Sample) -> Mapping[str, Number]:
    """Return cos(m̂, g); the correction of m̂ makes no difference to it."""
    return cosines(sample, lambda layer: layer.first and layer.first.values, lambda layer: layer.grad)


MONITOR = Monitor(
    name="moment_cosine",
    title="First moment against gradient",
    help="cos(m̂, g): 1 where batches agree on the way, near 0 where each pulls in a direction of its own.",
    panel="Direction",
    order=21,
    measure=measure,
    lacking="no first moment",
    log=False,
)
