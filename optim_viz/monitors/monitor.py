"""The contract of a monitor: a quantity that is read off a lane in training, and how its chart shows it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, TypeAlias

if TYPE_CHECKING:
    from torch import Tensor

    from optim_viz.monitors.sample import Sample

    Number: TypeAlias = float | Tensor


def no_bound(sample: Sample) -> float | None:
    """Say that the quantity is compared with nothing."""
    del sample
    return None


@dataclass(frozen=True)
class Monitor:
    """One quantity that is read off a lane right after a step.

    Attributes:
        name: the file's name; key in links, in the store and in exports.
        title: heading of its chart and entry of the plots menu.
        help: one or two sentences for a reader, the formula among them.
        panel: the heading that the plots menu lists it under.
        order: its position in the menu and on the screen; equal ones are ordered by name.
        measure: what was sampled -> a value for each layer that has one, by the layer's name, and one for all together
            under `WHOLE`. Numbers, or 0-d tensors, which are read from the device together. {} where the lane or the
            network lacks what it takes. It changes nothing; autograd is off unless it turns it on. What it raises does
            not end the run: the chart says it.
        lacking: what a lane that was sampled and has no values lacks: "no first moment".
        bound: what was sampled -> what the value for all layers is compared with, None where there is nothing.
        bound_title: what the bound is; "" where there is never one.
        form: how values are written: "percent" for shares from 0 to 1.
        log: on a log axis until the person chooses another; values must be positive.
        layered: there are values for single layers.
        costly: sampled as often as the run's setting `sharpness` says, instead of at every record.
        default: its chart is shown, in a run that samples it, unless somebody chooses otherwise.
    """

    name: str
    title: str
    help: str
    panel: str
    order: int
    measure: Callable[[Sample], Mapping[str, Number]]
    lacking: str
    bound: Callable[[Sample], float | None] = no_bound
    bound_title: str = ""
    form: Literal["number", "percent"] = "number"
    log: bool = True
    layered: bool = True
    costly: bool = False
    default: bool = False
