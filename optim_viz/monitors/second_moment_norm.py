"""The Euclidean norm of the root of the second moment: |√v̂| = √(Σ v̂), corrected as the optimizer does."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from optim_viz.monitors.monitor import Monitor
from optim_viz.monitors.sample import Layer, Sample, norms

if TYPE_CHECKING:
    from torch import Tensor

    from optim_viz.monitors.monitor import Number


def root(layer: Layer) -> Tensor | None:
    """Return √v̂."""
    return None if layer.second is None else (layer.second.values * layer.second.factor).sqrt_()


def measure(sample: Sample) -> Mapping[str, Number]:
    """Return |√v̂|."""
    return norms(sample, root)


MONITOR = Monitor(
    name="second_moment_norm",
    title="Second moment |√v̂|",
    help="|√v̂|: length of the root of the running mean of squared gradients, in the gradient's own units.",
    panel="Size",
    order=12,
    measure=measure,
    lacking="no second moment",
)
