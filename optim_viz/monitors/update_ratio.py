"""How far a step moves the parameters, beside how large they are: |Δθ| / |θ|, with θ from before the step."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from optim_viz.monitors.monitor import Monitor
from optim_viz.monitors.sample import Sample, norms

if TYPE_CHECKING:
    from optim_viz.monitors.monitor import Number


def measure(sample: Sample) -> Mapping[str, Number]:
    """Return |Δθ| / |θ|."""
    moved = norms(sample, lambda layer: layer.update)
    size = norms(sample, lambda layer: layer.before)
    return {name: moved[name] / size[name] for name in moved}


MONITOR = Monitor(
    name="update_ratio",
    title="Update / parameters",
    help="|Δθ|/|θ|: length of the step over length of the parameters. Often near 0.001 where a rate is well chosen.",
    panel="Size",
    order=13,
    measure=measure,
    lacking="nothing recorded",
)
