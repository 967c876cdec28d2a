"""The Euclidean norm of the gradient in each layer: |g|.

The norm in all layers is an event of its own (`GradientNorm`), for a record looks at it before all else.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from optim_viz.monitors.monitor import Monitor
from optim_viz.monitors.sample import WHOLE, Sample, norms

if TYPE_CHECKING:
    from optim_viz.monitors.monitor import Number


def measure(sample: Sample) -> Mapping[str, Number]:
    """Return |g| by layer."""
    found = norms(sample, lambda layer: layer.grad)
    del found[WHOLE]
    return found


MONITOR = Monitor(
    name="gradient_norm",
    title="Gradient norm",
    help="|g|: length of the gradient that the step took, the L2 term's share included.",
    panel="Size",
    order=10,
    measure=measure,
    lacking="nothing recorded",
    default=True,
)
