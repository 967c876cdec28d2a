"""Does a step go downhill? The cosine of the angle between Δθ and -g: 1 for gradient descent."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from optim_viz.monitors.monitor import Monitor
from optim_viz.monitors.sample import Sample, cosines

if TYPE_CHECKING:
    from optim_viz.monitors.monitor import Number


def measure(sample: Sample) -> Mapping[str, Number]:
    """Return cos(Δθ, -g)."""
    return cosines(sample, lambda layer: layer.update, lambda layer: -layer.grad)


MONITOR = Monitor(
    name="update_cosine",
    title="Update against gradient",
    help="cos(Δθ, −g): 1 where the step goes straight down this batch's loss, 0 across it, below 0 uphill.",
    panel="Direction",
    order=20,
    measure=measure,
    lacking="nothing recorded",
    log=False,
)
