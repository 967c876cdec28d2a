"""The Euclidean norm of the first moment: |m̂|, corrected as the optimizer does."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from optim_viz.monitors.monitor import Monitor
from optim_viz.monitors.sample import Layer, Sample, norms

if TYPE_CHECKING:
    from torch import Tensor

    from optim_viz.monitors.monitor import Number


def moment(layer: Layer) -> Tensor | None:
    """Return m̂."""
    return None if layer.first is None else layer.first.values * layer.first.factor


def measure(sample: Sample) -> Mapping[str, Number]:
    """Return |m̂|."""
    return norms(sample, moment)


MONITOR = Monitor(
    name="first_moment_norm",
    title="First moment |m̂|",
    help="|m̂|: length of the running mean of gradients. Far below |g| where batches pull in different directions.",
    panel="Size",
    order=11,
    measure=measure,
    lacking="no first moment",
)
