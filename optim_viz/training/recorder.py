# pyright: basic
"""Looks into what torch.optim remembers and tells its quantiles, layer by layer.

    m̂      first moment and
    √v̂     root of the second, from where each rule's `torch_state` says that torch keeps them
    m̂/√v̂   where a lane has both; 0 where v̂ = 0: such a parameter never had a gradient and never moved
    |Δθ|    what the step changed, from the parameters before and after;   |Δθ|/lr

A layer's weights and biases count together. Quantiles interpolate linearly, like numpy.quantile's default, and come
from all values, not a sample: sorting is cheap (NumPy sorts 200,000 float32 in half a millisecond with AVX-512), and √,
a division by lr or by 1 - β^t keep the order, so four sorts serve five quantities and the histogram.
"""

from __future__ import annotations

import math
from typing import Final

import numpy as np
import torch
from torch import Tensor

from optim_viz.comparison.events import QUANTILES, Event, GradientNorm, Histogram, Quantiles, Quantity
from optim_viz.comparison.spec import RECORDS, TrainingSpec
from optim_viz.training.stepper import Stepper
from optim_viz.update_rules import TorchMoment

EDGES: Final = tuple(round(-1.525 + 0.05 * index, 3) for index in range(62))
"""Bin edges of the histogram: 61 bins of 0.05; -1, 0 and 1 are the middles of bins."""


def default_spacing(spec: TrainingSpec, device: str) -> int:
    """Return the number of steps between two looks whose cost stays below a tenth of the run.

    On two cores a look at Adam costs as much as eight steps at batch size 128, and as thirty at batch size 1 (more on a
    GPU, where a step is short); there is no use for more than some hundreds of looks in a run.
    """
    spacing = max(1, 16_000 // (spec.batch_size + 40))
    if device != "cpu":
        spacing *= 4
    return max(spacing, math.ceil(spec.total_steps / RECORDS))


class Recorder:
    """Makes the events of one lane's looks."""

    def __init__(self, lane: int, layers: tuple[str, ...], stepper: Stepper, spacing: int, total_steps: int) -> None:
        """Remember what to look at.

        Args:
            lane: its position, for the events.
            layers: names the layers.
            stepper: holds the state.
            spacing: steps between looks; the first and the last step are always looked at.
            total_steps: of the run.
        """
        self._lane = lane
        self._layers = layers
        self._stepper = stepper
        self._spacing = spacing
        self._total = total_steps
        self._edges = torch.tensor(EDGES, dtype=stepper.params[0].dtype, device=stepper.params[0].device)

    def wants(self, step: int) -> bool:
        """Whether to look at this step."""
        return step % self._spacing == 0 or step == 1 or step == self._total

    def before(self) -> list[Tensor]:
        """Copy the parameters; a look after the step compares with them."""
        return [param.clone() for param in self._stepper.params]

    def look(self, step: int, before: list[Tensor], grads: list[Tensor]) -> list[Event]:
        """Return the events of one step; only the norm where the gradient is not finite.

        Args:
            step: number of the step that was just made.
            before: `before()` of that step.
            grads: what it was given.
        """
        norm = self._norm(before, grads)
        events: list[Event] = [GradientNorm(self._lane, step, norm)]
        if not math.isfinite(norm):
            return events
        counts = np.zeros(len(EDGES) - 1, np.int64)
        counted = False
        for number, layer in enumerate(self._layers):
            own = slice(2 * number, 2 * number + 2)
            first, second = self._moments(own, step)
            moved = _joined([after - old for after, old in zip(self._stepper.params[own], before[own], strict=True)])
            moved = _sorted(moved.abs_())
            found: dict[Quantity, np.ndarray] = {"step": _quantiles(moved, 1.0)}
            if self._stepper.lr:
                found["step_over_lr"] = _quantiles(moved, 1 / self._stepper.lr)
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
            events += [Quantiles(self._lane, step, layer, name, *map(float, values)) for name, values in found.items()]
        if counted:
            events.append(Histogram(self._lane, step, EDGES, tuple(counts.tolist())))
        return events

    def _norm(self, before: list[Tensor], grads: list[Tensor]) -> float:
        extra = self._stepper.l2_in_decay
        if extra:
            grads = [
                grad.add(old, alpha=extra) if old.dim() == 2 else grad for grad, old in zip(grads, before, strict=True)
            ]
        return float(torch.stack([torch.linalg.vector_norm(grad) for grad in grads]).norm())

    def _moments(self, own: slice, step: int) -> tuple[tuple[Tensor, float] | None, tuple[Tensor, float] | None]:
        """Return a layer's first and second moment as (values, factor): m̂ = values · factor, v̂ likewise."""
        states = [self._stepper.optimizer.state[param] for param in self._stepper.params[own]]

        def joined(key: str) -> Tensor:
            return _joined([state[key] for state in states])

        def moment(declared: TorchMoment | None) -> tuple[Tensor, float] | None:
            if declared is None:
                return None
            values, divisor = joined(declared.key), declared.divisor(step)
            if declared.minus_square_of is not None:
                mean = joined(declared.minus_square_of)
                values = values.addcmul(mean, mean, value=-1).clamp_(min=0)
            if declared.rooted:
                return values.square(), 1 / divisor**2
            return values, 1 / divisor

        return moment(self._stepper.state.first), moment(self._stepper.state.second)

    def _count(self, ratio: Tensor, unmoved: int) -> np.ndarray:
        """Count the sorted ratios of a layer by bin; the outermost bins take what lies beyond."""
        inner = torch.searchsorted(ratio, self._edges[1:-1]).tolist()
        counts = np.diff([0, *inner, len(ratio)])
        counts[len(counts) // 2] -= unmoved  # their 0 stands for nothing, and would hide the rest
        return counts


def _joined(parts: list[Tensor]) -> Tensor:
    """Return all entries, in the order of memory: a parameter's moments lie as it does, so they still pair up."""
    return torch.cat([(part.T if part.dim() == 2 and part.stride(0) == 1 else part).reshape(-1) for part in parts])


def _sorted(values: Tensor) -> Tensor:
    """Sort in place; on the CPU by NumPy, a hundred times faster than torch there.

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
    ends = ordered[torch.tensor(np.stack([low, high]), device=ordered.device)].cpu().double().numpy() * factor
    if root:
        ends = np.sqrt(ends)
    return ends[0] + (ends[1] - ends[0]) * (places - low)
