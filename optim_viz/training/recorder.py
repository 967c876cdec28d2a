# pyright: basic
"""Reads what torch.optim holds, and makes quantiles of it, layer by layer.

    m̂      first moment and
    √v̂     root of the second, from where each rule's `torch_state` says that torch keeps them
    m̂/√v̂   where a lane has both; 0 where v̂ = 0: such a parameter never had a gradient and never moved
    |Δθ|    what the step changed, from the parameters before and after;   |Δθ|/lr

A layer is a module with parameters of its own; its weights and biases count together. Quantiles interpolate linearly,
like numpy.quantile's default, and come from all values, not a sample: sorting is cheap (NumPy sorts 200,000 float32 in
half a millisecond with AVX-512), and √, a division by lr or by 1 - β^t keep the order, so four sorts serve five
quantities and the histogram.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Final

import numpy as np
import torch
from torch import Tensor, nn

from optim_viz.comparison.events import QUANTILES, Event, GradientNorm, Histogram, Quantiles, Quantity
from optim_viz.comparison.spec import RECORDS, TrainingSpec
from optim_viz.scenario import Lane
from optim_viz.update_rules import TorchMoment

EDGES: Final = tuple(round(-1.525 + 0.05 * index, 3) for index in range(62))
"""Bin edges of the histogram: 61 bins of 0.05; -1, 0 and 1 are the middles of bins."""


def default_spacing(spec: TrainingSpec, device: str) -> int:
    """Return the number of steps between two records whose cost stays below a tenth of the run.

    On two cores a record of Adam costs as much as eight steps at batch size 128, and as thirty at batch size 1 (more on
    a GPU, where a step is short); there is no use for more than some hundreds of records in a run.
    """
    spacing = max(1, 16_000 // (spec.batch_size + 40))
    if device != "cpu":
        spacing *= 4
    return max(spacing, math.ceil(spec.total_steps / RECORDS))


class Recorder:
    """Makes the events of one lane's optimizer state."""

    def __init__(
        self,
        index: int,
        lane: Lane,
        network: nn.Module,
        optimizer: torch.optim.Optimizer,
        spacing: int,
        total_steps: int,
    ) -> None:
        """Remember what to read.

        Args:
            index: the lane's position, for the events.
            lane: its rule declares where torch keeps the moments.
            network: each of its modules that has parameters of its own is a layer.
            optimizer: holds the state.
            spacing: steps between two records; the first and the last step are always recorded.
            total_steps: of the run.
        """
        self._index = index
        self._state = lane.rule.torch_state(lane.hyperparameters)
        lr = lane.hyperparameters.get("lr")
        self._lr = float(lr) if lr else None
        named = {name: list(module.parameters(recurse=False)) for name, module in network.named_modules()}
        self._layers = {name: params for name, params in named.items() if params}
        self._optimizer = optimizer
        self._spacing = spacing
        self._total = total_steps
        first = next(network.parameters())
        self._edges = torch.tensor(EDGES, dtype=first.dtype, device=first.device)

    def due(self, step: int) -> bool:
        """Whether this step is to be recorded."""
        return step % self._spacing == 0 or step == 1 or step == self._total

    def parameters(self) -> list[list[Tensor]]:
        """Return copies of the parameters, layer by layer; `record` compares with those from before the step."""
        return [[param.detach().clone() for param in params] for params in self._layers.values()]

    @torch.no_grad()
    def record(self, step: int, before: list[list[Tensor]]) -> list[Event]:
        """Return the events of one step; only the norm where the gradient is not finite.

        Args:
            step: number of the step that was just made; the parameters' `grad` is what the update took.
            before: `parameters()` from before that step.
        """
        grads = [param.grad for params in self._layers.values() for param in params if param.grad is not None]
        norm = float(torch.stack([torch.linalg.vector_norm(grad) for grad in grads]).norm())
        events: list[Event] = [GradientNorm(self._index, step, norm)]
        if not math.isfinite(norm):
            return events
        counts = np.zeros(len(EDGES) - 1, np.int64)
        counted = False
        for (layer, params), old in zip(self._layers.items(), before, strict=True):
            first, second = (
                self._moment(self._state.first, params, step),
                self._moment(self._state.second, params, step),
            )
            moved = _sorted(_joined([after - was for after, was in zip(params, old, strict=True)]).abs_())
            found: dict[Quantity, np.ndarray] = {"step": _quantiles(moved, 1.0)}
            if self._lr is not None:
                found["step_over_lr"] = _quantiles(moved, 1 / self._lr)
            ratio = _ratio(first, second) if first is not None and second is not None else None
            if first is not None:  # sorted in place: the ratio had to come before
                found["m_hat"] = _quantiles(_sorted(first[0]), first[1])
            if second is not None:
                found["sqrt_v_hat"] = _quantiles(_sorted(second[0]), second[1], root=True)
            if ratio is not None and second is not None:
                ratio = _sorted(ratio)
                found["ratio"] = _quantiles(ratio, 1.0)
                unmoved = torch.searchsorted(second[0], torch.zeros_like(second[0][:1]), right=True)
                counts += self._count(ratio, int(unmoved))
                counted = True
            events += [Quantiles(self._index, step, layer, name, *map(float, each)) for name, each in found.items()]
        if counted:
            events.append(Histogram(self._index, step, EDGES, tuple(counts.tolist())))
        return events

    def _moment(self, declared: TorchMoment | None, params: Sequence[Tensor], step: int) -> tuple[Tensor, float] | None:
        """Return a layer's moment as (values, factor): m̂ = values · factor, v̂ likewise."""
        if declared is None:
            return None
        states = [self._optimizer.state[param] for param in params]
        values, divisor = _joined([state[declared.key] for state in states]), declared.divisor(step)
        if declared.minus_square_of is not None:
            mean = _joined([state[declared.minus_square_of] for state in states])
            values = values.addcmul(mean, mean, value=-1).clamp_(min=0)
        return (values.square(), 1 / divisor**2) if declared.rooted else (values, 1 / divisor)

    def _count(self, ratio: Tensor, unmoved: int) -> np.ndarray:
        """Count the sorted ratios of a layer by bin; the outermost bins take what lies beyond."""
        inner = torch.searchsorted(ratio, self._edges[1:-1]).tolist()
        counts = np.diff([0, *inner, len(ratio)])
        counts[len(counts) // 2] -= unmoved  # their 0 stands for nothing, and would hide the rest
        return counts


def _joined(parts: list[Tensor]) -> Tensor:
    """Return a copy of all entries, one after the other."""
    return torch.cat([part.reshape(-1) for part in parts])


def _sorted(values: Tensor) -> Tensor:
    """Sort in place; on the CPU by NumPy, which is many times faster than torch there.

    And as whole numbers: NumPy's sort of floats takes up to twenty times as long where many are equal, as here.
    """
    if values.device.type == "cpu":
        whole = values.numpy().view(np.int32 if values.dtype == torch.float32 else np.int64)
        _swap_order_below_zero(whole)
        whole.sort()
        _swap_order_below_zero(whole)
        return values
    return values.copy_(torch.sort(values).values)


def _swap_order_below_zero(whole: np.ndarray) -> None:
    """Turn the bits of floats into integers in the floats' order, or back: those of negative ones run backwards."""
    whole ^= (whole >> (8 * whole.itemsize - 1)) & np.iinfo(whole.dtype).max


def _ratio(first: tuple[Tensor, float], second: tuple[Tensor, float]) -> Tensor:
    """Return m̂/√v̂, 0 where v̂ = 0."""
    ratio = second[0].sqrt()
    torch.div(first[0], ratio, out=ratio)
    return ratio.mul_(first[1] / math.sqrt(second[1])).nan_to_num_(0.0, 0.0, 0.0)


def _quantiles(ordered: Tensor, factor: float, *, root: bool = False) -> np.ndarray:
    """Return the five quantiles, float64, of factor · values (of the root of that) from the sorted values."""
    places = np.asarray(QUANTILES) * (len(ordered) - 1)
    low = np.floor(places).astype(np.int64)
    high = np.minimum(low + 1, len(ordered) - 1)
    ends = ordered[torch.tensor(np.stack([low, high]), device=ordered.device)].cpu().numpy().astype(np.float64) * factor
    if root:
        ends = np.sqrt(ends)
    return ends[0] + (ends[1] - ends[0]) * (places - low)
