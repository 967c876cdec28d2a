r"""Exponential: the learning rate falls by the same factor at every step.

    f_t = γ^(t - 1)

γ is `gamma`. torch has no default for it; here it is 0.99, with which the rate has halved after 69 steps.

Source: torch.optim.lr_scheduler.ExponentialLR.
"""

from __future__ import annotations

from typing import Any

from optim_viz.schedules.schedule import Array, Parameter, Schedule, Values


def shape(t: Array, steps: int, values: Values) -> Array:
    """Fall once a step."""
    del steps
    return values["gamma"] ** (t - 1)


def torch_kwargs(lr: float, steps: int, values: Values) -> dict[str, Any]:
    """Arguments of ExponentialLR."""
    del lr, steps
    return {"gamma": values["gamma"]}


SCHEDULE = Schedule(
    name="exponential",
    title="exponential",
    rank=2,
    sentence="The learning rate falls by the same small share at every step, and never rests.",
    latex=r"f_t = \gamma^{\,t-1}",
    source="as torch.optim.lr_scheduler.ExponentialLR",
    parameters=(Parameter("gamma", "γ", 0.99, 0.5, 1.0, "What the rate is multiplied by at each step."),),
    shape=shape,
    torch_twin="ExponentialLR",
    torch_kwargs=torch_kwargs,
)
