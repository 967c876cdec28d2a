"""The sparse problem run by torch.optim itself, in float64: the reference for section 7's numbers."""

from __future__ import annotations

from functools import cache
from typing import Any

import torch

from optim_viz import update_rules


@cache
def torch_ratio(optimizer: str, k: int, steps: int, lr: float = 0.01) -> float:
    """Return displacement in y over displacement in x: x has a gradient of 1 at each step, y at every k-th only."""
    rule = update_rules.get(optimizer)
    assert rule.torch_twin, f"{optimizer} has no class in torch"
    kwargs: dict[str, Any] = dict(rule.torch_kwargs(rule.complete({"lr": lr})))
    theta = torch.nn.Parameter(torch.zeros(2, dtype=torch.float64))
    stepper = getattr(torch.optim, rule.torch_twin)([theta], **kwargs)
    for t in range(1, steps + 1):
        theta.grad = torch.tensor([1.0, float(t % k == 0)], dtype=torch.float64)
        stepper.step()
    x, y = theta.tolist()
    return y / x
