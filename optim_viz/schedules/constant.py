r"""Constant: the learning rate stays as it is.

    f_t = 1

Source: torch.optim.lr_scheduler.LambdaLR with a function that returns 1.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from optim_viz.schedules.schedule import Array, Schedule, Values


def shape(t: Array, steps: int, values: Values) -> Array:
    """Return ones."""
    del steps, values
    return np.ones_like(t)


def torch_kwargs(lr: float, steps: int, values: Values) -> dict[str, Any]:
    """Arguments of LambdaLR."""
    del lr, steps, values

    def factor(done: int) -> float:
        del done
        return 1.0

    return {"lr_lambda": factor}


SCHEDULE = Schedule(
    name="constant",
    title="constant",
    rank=0,
    sentence="The learning rate stays as it is.",
    latex=r"f_t = 1",
    source="as torch.optim.lr_scheduler.LambdaLR with a constant function",
    parameters=(),
    shape=shape,
    torch_twin="LambdaLR",
    torch_kwargs=torch_kwargs,
)
