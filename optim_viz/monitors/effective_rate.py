"""The learning rate that a parameter really gets: lr / (√v̂ + ε), the median over a layer.

Half of the parameters get a larger one. Adagrad's `lr_decay` divides lr as well. Source: Kingma and Ba, Adam (2015),
section 2.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np

from optim_viz.monitors.monitor import Monitor
from optim_viz.monitors.sample import WHOLE, Sample

if TYPE_CHECKING:
    from torch import Tensor

    from optim_viz.monitors.monitor import Number


def measure(sample: Sample) -> Mapping[str, Number]:
    """Return the median of lr / (√v̂ + ε): that of v̂ decides, for the rate falls as it grows."""
    import torch

    divides, moments = sample.state.preconditioner, [layer.second for layer in sample.layers.values()]
    if divides is None or sample.lr is None:
        return {}
    lr = sample.lr / divides.lr_divisor(sample.step)

    def rate(values: Tensor, factor: float) -> Tensor:
        return lr / ((_median(values) * factor).sqrt() + divides.eps)

    found: dict[str, Number] = {}
    for name, moment in zip(sample.layers, moments, strict=True):
        if moment is None:
            return {}
        found[name] = rate(*moment)
    values = torch.cat([moment.values for moment in moments if moment is not None])
    factor = next(moment.factor for moment in moments if moment is not None)
    return {WHOLE: rate(values, factor)} | found


def _median(values: Tensor) -> Tensor:
    """Return the lower of the middle values, 0-d; on the CPU by NumPy, which is some times faster than torch there."""
    if values.device.type != "cpu":
        return values.median()
    middle = (len(values) - 1) // 2
    return values.new_tensor(np.partition(values.numpy(), middle)[middle])


MONITOR = Monitor(
    name="effective_rate",
    title="Effective rate, median",
    help="lr/(√v̂ + ε): the learning rate that a parameter really gets. Half of the layer's get more than the median.",
    panel="Size",
    order=14,
    measure=measure,
    lacking="no division by √v̂ + ε",
)
