# pyright: basic, reportPrivateImportUsage=false
"""The torch.optim object of one lane: made with torch's own fastest implementation, and loaded from any other one."""

from __future__ import annotations

import inspect
from typing import Any, Final

import torch
from torch import Tensor

from optim_viz.comparison import torch_optimizer
from optim_viz.scenario import Lane

_IMPLEMENTATION: Final = ("foreach", "fused", "capturable", "differentiable")
"""Options of torch.optim that choose how a step is computed, not what it computes."""


def make_optimizer(lane: Lane, params: list[Tensor]) -> torch.optim.Optimizer:
    """Make the optimizer of a lane.

    Args:
        lane: optimizer and hyperparameters.
        params: all on one device.
    """
    name, arguments = torch_optimizer(lane)
    kind: Any = getattr(torch.optim, name)
    return kind(params, **arguments, **implementation(kind, params[0].device.type))


def implementation(kind: type[torch.optim.Optimizer], device: str) -> dict[str, bool]:
    """Return the public arguments that choose the fastest of torch's implementations of one optimizer.

    On CUDA a step count that a graph can hold comes first (`capturable`): it lives on the device.
    """
    known = inspect.signature(kind).parameters
    if device == "cpu":
        wanted = {"fused": True} if "fused" in known else {"foreach": True}
    elif device == "cuda":
        fused = "fused" in known and "capturable" in known  # Adagrad's fused kernel is the CPU's alone
        wanted = {"capturable": True} | ({"fused": True} if fused else {"foreach": True})
    else:
        wanted = {}
    return {option: value for option, value in wanted.items() if option in known}


def fits_a_graph(optimizer: torch.optim.Optimizer) -> bool:
    """Whether a CUDA graph can hold this optimizer's step; asked after its first one.

    It can if nothing in it counts steps on the CPU: a replay would count no further.
    """
    capturable = all(group.get("capturable", False) for group in optimizer.param_groups)
    return capturable or not any("step" in state for state in optimizer.state.values())


def load_state(optimizer: torch.optim.Optimizer, state: dict[str, Any]) -> None:
    """Take over what `state_dict` returned, perhaps on another kind of device.

    torch's load_state_dict restores the groups' options as well, so that a state saved on the CPU would turn
    `capturable` off on CUDA, and keep its step count there on the CPU. How a step is computed is this machine's choice.
    """
    own = optimizer.param_groups[0]
    chosen = {option: own[option] for option in _IMPLEMENTATION if option in own}
    groups = [group | chosen for group in state["param_groups"]]
    optimizer.load_state_dict({**state, "param_groups": groups})
