r"""One cycle: the learning rate climbs along half a wave, then falls along another one to almost nothing.

    start = 1 / d,    top = 1,    end = 1 / (d D)
    f_t = top + (start - top) (1 + cos(π (t - 1) / p)) / 2            while t - 1 ≤ p,    p = c T - 1
    f_t = end + (top - end) (1 + cos(π (t - 1 - p) / (T - 1 - p))) / 2    after it

c is `pct_start`, d `div_factor`, D `final_div_factor`, with torch's names and defaults; lr is torch's max_lr. torch
moves the momentum against the rate unless it is told not to (cycle_momentum=False); here only the rate moves.

Source: Smith, Topin, arXiv 1708.07120; torch.optim.lr_scheduler.OneCycleLR.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from optim_viz.schedules.schedule import Array, Parameter, Schedule, Values


def shape(t: Array, steps: int, values: Values) -> Array:
    """Climb to the top, then fall; a climb that takes no step at all begins at the top."""
    start, top = 1 / values["div_factor"], 1.0
    end = start / values["final_div_factor"]
    done, peak = t - 1, values["pct_start"] * steps - 1
    with np.errstate(all="ignore"):  # a part without steps is divided by 0 and not taken
        climb = np.where(peak > 0, _wave(start, top, done / peak), top)
        fall = _wave(top, end, (done - peak) / (steps - 1 - peak))
    return np.where(done <= peak, climb, fall)


def _wave(first: float, last: float, share: Array) -> Array:
    """Go along half a wave from `first` (share 0) to `last` (share 1)."""
    return last + (first - last) / 2 * (1 + np.cos(np.pi * share))


def torch_kwargs(lr: float, steps: int, values: Values) -> dict[str, Any]:
    """Arguments of OneCycleLR."""
    return {"max_lr": lr, "total_steps": steps, "cycle_momentum": False, **values}


SCHEDULE = Schedule(
    name="one_cycle",
    title="one cycle",
    rank=5,
    sentence="The learning rate climbs to its full size in the first part of the run and falls to almost nothing.",
    latex=r"f_t:\quad \tfrac{1}{d} \;\to\; 1 \;\to\; \tfrac{1}{dD}\quad\text{along two half waves, the top at } cT",
    source="Smith, Topin (2018), Super-Convergence: Very Fast Training of Neural Networks Using Large Learning Rates, "
    "arXiv:1708.07120; as torch.optim.lr_scheduler.OneCycleLR",
    parameters=(
        Parameter("pct_start", "c", 0.3, 0.01, 0.99, "Share of the run that the climb takes."),
        Parameter("div_factor", "d", 25.0, 1.0, 1e4, "The first rate is the full one divided by this."),
        Parameter("final_div_factor", "D", 1e4, 1.0, 1e8, "The last rate is the first one divided by this."),
    ),
    shape=shape,
    torch_twin="OneCycleLR",
    torch_kwargs=torch_kwargs,
)
