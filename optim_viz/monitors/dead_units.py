# pyright: basic
"""The share of ReLU units that are 0 for every example tried: no gradient reaches them, so these do not wake them up.

Tried are the first 256 examples of the run's subset. A unit of a convolution is a channel: dead if it is 0 everywhere.
A ReLU counts to the layer whose output it takes. Units that other activations make are not looked at.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final

from optim_viz.monitors.monitor import Monitor
from optim_viz.monitors.sample import WHOLE, Sample

if TYPE_CHECKING:
    from torch import Tensor, nn

    from optim_viz.monitors.monitor import Number

ROWS: Final = 256


def measure(sample: Sample) -> Mapping[str, Number]:
    """Return the share by layer; {} without a ReLU."""
    import torch

    dead = _dead(sample)
    if not dead:
        return {}
    return {WHOLE: torch.cat([*dead.values()]).mean()} | {name: each.mean() for name, each in dead.items()}


def _dead(sample: Sample) -> dict[str, Tensor]:
    """Return for each layer 1 where a unit is dead, else 0: (units,)."""
    from torch import nn

    names = {module: name for name, module in sample.network.named_modules()}
    found: dict[str, Tensor] = {}
    newest = [""]

    def look(module: nn.Module, given: Any, output: Tensor) -> None:
        del given
        if names[module] in sample.layers:
            newest[0] = names[module]
        elif isinstance(module, nn.ReLU) and newest[0]:
            highest = output.transpose(0, 1).flatten(1).amax(1)
            found[newest[0]] = (highest <= 0).to(output.dtype)

    hooks = [module.register_forward_hook(look) for module in names]
    try:
        sample.network(sample.x[:ROWS])
    finally:
        for hook in hooks:
            hook.remove()
    return found


MONITOR = Monitor(
    name="dead_units",
    title="Dead units",
    help=f"Share of ReLU units that are 0 for all of {ROWS} training examples: no gradient reaches them there.",
    panel="Units",
    order=30,
    measure=measure,
    lacking="no ReLU",
    form="percent",
    log=False,
)
