r"""Inverse square root: the learning rate falls as 1/√t, the rate under which regret bounds are proved.

    f_t = √(τ / (τ + t - 1))

τ is `timescale`; with 1 it is 1/√t, and a larger one keeps the rate near its full size for about so many steps.

Source: Zinkevich, ICML 2003, theorem 1; Kingma, Ba, ICLR 2015, theorem 4.1 (α_t = α/√t);
torch.optim.lr_scheduler.LambdaLR with this function.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from optim_viz.schedules.schedule import Array, Parameter, Schedule, Values


def shape(t: Array, steps: int, values: Values) -> Array:
    """Fall with the root of time."""
    del steps
    timescale = values["timescale"]
    return np.sqrt(timescale / (timescale + t - 1))


def torch_kwargs(lr: float, steps: int, values: Values) -> dict[str, Any]:
    """Arguments of LambdaLR, whose function counts from 0."""
    del lr, steps
    timescale = values["timescale"]

    def factor(done: int) -> float:
        return (1 + done / timescale) ** -0.5

    return {"lr_lambda": factor}


SCHEDULE = Schedule(
    name="inverse_sqrt",
    title="1/√t",
    rank=6,
    sentence="The learning rate falls as 1/√t: fast at first, ever slower, the rate of the proofs.",
    latex=r"f_t = \sqrt{\frac{\tau}{\tau + t - 1}}",
    source="Zinkevich (2003), Online Convex Programming and Generalized Infinitesimal Gradient Ascent; "
    "as torch.optim.lr_scheduler.LambdaLR with this function",
    parameters=(Parameter("timescale", "τ", 1.0, 0.1, 1e6, "Steps after which the rate begins to fall in earnest."),),
    shape=shape,
    torch_twin="LambdaLR",
    torch_kwargs=torch_kwargs,
)
