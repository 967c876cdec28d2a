r"""Warm-up: the learning rate climbs in a straight line to its full size, and stays there.

    f_t = a + (1 - a) min(t - 1, w) / w

a is `start_factor`, w `total_iters`, as in torch, whose defaults are a third and 5 steps; here they are a hundredth and
50, as warm-up is used in practice and can be seen on a run of 300 steps.

Source: Goyal et al., arXiv 1706.02677, section 2.2; torch.optim.lr_scheduler.LinearLR.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from optim_viz.schedules.schedule import Array, Parameter, Schedule, Values


def shape(t: Array, steps: int, values: Values) -> Array:
    """Climb, then stay."""
    del steps
    start, climb = values["start_factor"], values["total_iters"]
    return start + (1 - start) * np.minimum(t - 1, climb) / climb


def torch_kwargs(lr: float, steps: int, values: Values) -> dict[str, Any]:
    """Arguments of LinearLR."""
    del lr, steps
    return {"start_factor": values["start_factor"], "total_iters": int(values["total_iters"])}


SCHEDULE = Schedule(
    name="warmup",
    title="warm-up",
    rank=4,
    sentence="The learning rate climbs to its full size first, so that the first steps, which know least, are short.",
    latex=r"f_t = a + (1-a)\,\frac{\min(t-1,\;w)}{w}",
    source="Goyal et al. (2017), Accurate, Large Minibatch SGD: Training ImageNet in 1 Hour, arXiv:1706.02677; "
    "as torch.optim.lr_scheduler.LinearLR",
    parameters=(
        Parameter("total_iters", "w", 50.0, 1.0, 100_000.0, "Steps until the full rate.", whole=True),
        Parameter("start_factor", "a", 0.01, 1e-6, 1.0, "Share of the rate that the first step has."),
    ),
    shape=shape,
    torch_twin="LinearLR",
    torch_kwargs=torch_kwargs,
)
