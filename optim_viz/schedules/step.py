r"""Step: the learning rate falls by the same factor every so many steps.

    f_t = γ^⌊(t - 1) / s⌋

γ is `gamma`, s `step_size`. torch has no default for s; here it is 100, so that a run of the lab's usual length falls
twice.

Source: torch.optim.lr_scheduler.StepLR; usual since Krizhevsky, Sutskever, Hinton, NeurIPS 2012, section 5.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from optim_viz.schedules.schedule import Array, Parameter, Schedule, Values


def shape(t: Array, steps: int, values: Values) -> Array:
    """Count the falls so far."""
    del steps
    return values["gamma"] ** np.floor((t - 1) / values["step_size"])


def torch_kwargs(lr: float, steps: int, values: Values) -> dict[str, Any]:
    """Arguments of StepLR."""
    del lr, steps
    return {"step_size": int(values["step_size"]), "gamma": values["gamma"]}


SCHEDULE = Schedule(
    name="step",
    title="step",
    rank=1,
    sentence="The learning rate falls by one factor every so many steps: fast first, then fine.",
    latex=r"f_t = \gamma^{\lfloor (t-1)/s \rfloor}",
    source="Krizhevsky, Sutskever, Hinton (2012), ImageNet Classification with Deep Convolutional Neural Networks; "
    "as torch.optim.lr_scheduler.StepLR",
    parameters=(
        Parameter("step_size", "s", 100.0, 1.0, 100_000.0, "Steps between two falls.", whole=True),
        Parameter("gamma", "γ", 0.1, 0.001, 1.0, "What the rate is multiplied by at each fall."),
    ),
    shape=shape,
    torch_twin="StepLR",
    torch_kwargs=torch_kwargs,
)
