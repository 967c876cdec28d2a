r"""Cosine: half a wave, from the whole learning rate at the first step towards its least at the end of the run.

    f_t = r + (1 - r) (1 + cos(π (t - 1) / T)) / 2

r is `final`, torch's eta_min / lr; T is the length of the run, torch's T_max. The last step of the run is the one
before the least rate is reached.

Source: Loshchilov, Hutter, SGDR, ICLR 2017, arXiv 1608.03983, equation 5, without restarts;
torch.optim.lr_scheduler.CosineAnnealingLR.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from optim_viz.schedules.schedule import Array, Parameter, Schedule, Values


def shape(t: Array, steps: int, values: Values) -> Array:
    """Follow the wave."""
    final = values["final"]
    return final + (1 - final) * (1 + np.cos(np.pi * (t - 1) / steps)) / 2


def torch_kwargs(lr: float, steps: int, values: Values) -> dict[str, Any]:
    """Arguments of CosineAnnealingLR."""
    return {"T_max": steps, "eta_min": values["final"] * lr}


SCHEDULE = Schedule(
    name="cosine",
    title="cosine",
    rank=3,
    sentence="The learning rate falls along half a wave: slowly at first, fast in the middle, slowly at the end.",
    latex=r"f_t = r + (1-r)\,\frac{1+\cos(\pi\,(t-1)/T)}{2}",
    source="Loshchilov, Hutter (2017), SGDR: Stochastic Gradient Descent with Warm Restarts, arXiv:1608.03983; "
    "as torch.optim.lr_scheduler.CosineAnnealingLR",
    parameters=(Parameter("final", "r", 0.0, 0.0, 1.0, "Share of the rate that is left at the end."),),
    shape=shape,
    torch_twin="CosineAnnealingLR",
    torch_kwargs=torch_kwargs,
)
