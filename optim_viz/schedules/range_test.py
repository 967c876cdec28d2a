r"""Range test: the learning rate grows by the same factor at every step, up to `lr`, to find where training breaks.

    f_t = s^(1 - (t - 1) / (T - 1))

s is `start`: the rate begins at s·lr and ends at lr. The loss against the rate then shows which rates train at all, and
from which one on they are too large. A run of one step takes lr itself.

Source: Smith (2017), Cyclical Learning Rates for Training Neural Networks, section 3.3, where the rate grows linearly;
on a logarithmic axis it grows exponentially, as in fastai's learning-rate finder.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from optim_viz.schedules.schedule import Array, Parameter, Schedule, Values


def shape(t: Array, steps: int, values: Values) -> Array:
    """Grow to 1."""
    return values["start"] ** (1 - (t - 1) / (steps - 1)) if steps > 1 else np.ones_like(t)


def torch_kwargs(lr: float, steps: int, values: Values) -> dict[str, Any]:
    """Arguments of LambdaLR, which counts from 0."""
    del lr

    def factor(done: int) -> float:
        return values["start"] ** (1 - done / max(1, steps - 1))

    return {"lr_lambda": factor}


SCHEDULE = Schedule(
    name="range_test",
    title="range test",
    rank=8,
    sentence="The rate grows to lr by the same factor at every step: where the loss breaks away, lr is too large.",
    latex=r"f_t = s^{\,1 - \frac{t-1}{T-1}}",
    source="after Smith (2017), Cyclical Learning Rates for Training Neural Networks, section 3.3",
    parameters=(Parameter("start", "s", 1e-6, 1e-12, 1.0, "The first learning rate, as a share of lr."),),
    shape=shape,
    torch_twin="LambdaLR",
    torch_kwargs=torch_kwargs,
)
