# pyright: basic, reportPrivateImportUsage=false
"""Steps a class of torch.optim along a run's surface."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch

from optim_viz.parity.gradients import gradients_of
from optim_viz.trajectory import Array, Trajectory


def torch_path(run: Trajectory, name: str, arguments: dict[str, Any]) -> Array:
    """Return where torch goes from the run's start: (T+1, 2) float64.

    Args:
        run: one run on a surface; its schedule is torch's own scheduler here.
        name: of the class.
        arguments: that it takes besides the parameters.
    """
    gradient, steps = gradients_of(run), run.steps
    path = np.empty((steps + 1, 2))
    path[0] = run.theta[0]
    usual = torch.get_default_dtype()
    torch.set_default_dtype(torch.float64)  # torch keeps NAdam's product of betas in the default type
    try:
        param = torch.tensor(path[0], dtype=torch.float64, requires_grad=True)
        optimizer = getattr(torch.optim, name)([param], **arguments)
        scheduler = None
        if run.schedule is not None:
            plan = run.schedule
            kind = getattr(torch.optim.lr_scheduler, plan.torch_twin)
            scheduler = kind(optimizer, **plan.torch_kwargs(arguments["lr"], steps, plan.values))
        for t in range(1, steps + 1):
            param.grad = torch.from_numpy(gradient(t, path[t - 1]))
            optimizer.step()
            if scheduler is not None and t < steps:
                scheduler.step()
            path[t] = param.detach().numpy()
    finally:
        torch.set_default_dtype(usual)
    return path
