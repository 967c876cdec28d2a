# pyright: basic
"""Reads what torch.optim holds, and makes quantiles of it, layer by layer.

    m̂      first moment and
    √v̂     root of the second, from where each rule's `torch_state` says that torch keeps them
    m̂/√v̂   where a lane has both; 0 where v̂ = 0: such a parameter never had a gradient and never moved
    m, √v   what an outside class keeps under a usual name of a first and a second moment, such as exp_avg
    |Δθ|    what the step changed, from the parameters before and after;   |Δθ|/lr, with the lr of that step

A layer is a module with parameters of its own; its weights and biases count together. Quantiles interpolate linearly,
like numpy.quantile's default, and come from all values, not a sample: sorting is cheap (NumPy sorts 200,000 float32 in
half a millisecond with AVX-512), and √, a division by lr or by 1 - β^t keep the order, so four sorts serve five
quantities and the histogram. Monitors read the same tensors before they are sorted (`monitoring`).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any, Final

import numpy as np
import torch
from torch import Tensor, nn

from optim_viz.comparison.events import QUANTILES, Event, GradientNorm, Histogram, Quantiles, Quantity
from optim_viz.monitors.sample import Layer, Moment, Sample
from optim_viz.outside import FIRST_MOMENTS, SECOND_MOMENTS, OutsideRule
from optim_viz.scenario import Lane
from optim_viz.training.monitoring import Monitoring
from optim_viz.update_rules import TorchMoment

EDGES: Final = tuple(round(-1.525 + 0.05 * index, 3) for index in range(62))
"""Bin edges of the histogram: 61 bins of 0.05; -1, 0 and 1 are the middles of bins."""


_KEPT: Final[dict[Quantity, tuple[str, ...]]] = {"m": FIRST_MOMENTS, "sqrt_v": SECOND_MOMENTS}
"""What is read of the state of an outside class, and the names that it may have there; the first that there is."""


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
        monitoring: Monitoring | None = None,
        *,
        l2: float = 0.0,
        seed: int = 0,
        factors: Callable[[int], float] | None = None,
    ) -> None:
        """Remember what to read.

        Args:
            index: the lane's position, for the events.
            lane: its rule declares where torch keeps the moments.
            network: each of its modules that has parameters of its own is a layer.
            optimizer: holds the state.
            spacing: steps between two records; the first and the last step are always recorded.
            total_steps: of the run.
            monitoring: the lane's monitors; None samples none.
            l2: λ of the loss, for monitors.
            seed: of the run, likewise.
            factors: step -> what the learning rate is multiplied by; None where it stays.
        """
        self._index = index
        self._lane, self._network, self._l2, self._seed = lane, network, l2, seed
        self.monitoring = monitoring
        self._state = lane.rule.torch_state(lane.hyperparameters)
        lr = lane.hyperparameters.get("lr")
        self._lr = float(lr) if lr else None
        self._factors = factors
        self._kept = _KEPT if isinstance(lane.rule, OutsideRule) else {}
        named = {name: list(module.parameters(recurse=False)) for name, module in network.named_modules()}
        self._layers = {name: params for name, params in named.items() if params}
        self._optimizer = optimizer
        self._seen: dict[int, Tensor] = {}  # gradients by the identity of their parameter
        self._spacing = spacing
        self._total = total_steps
        first = next(network.parameters())
        self._edges = torch.tensor(EDGES, dtype=first.dtype, device=first.device)

    def due(self, step: int) -> bool:
        """Whether this step is to be recorded, or monitors that are seldom sampled are due after it."""
        return self._record_due(step) or (self.monitoring is not None and self.monitoring.costly_due(step))

    def _record_due(self, step: int) -> bool:
        return step % self._spacing == 0 or step == 1 or step == self._total

    def parameters(self) -> list[list[Tensor]]:
        """Return copies of the parameters, layer by layer; `record` compares with those from before the step."""
        return [[param.detach().clone() for param in params] for params in self._layers.values()]

    def see_gradient(self) -> None:
        """Copy the gradient for the next record: some classes write into it, or take it away."""
        params = [param for layer in self._layers.values() for param in layer]
        self._seen = {id(param): param.grad.detach().clone() for param in params if param.grad is not None}

    def _grads_of(self, params: Sequence[Tensor]) -> list[Tensor | None]:
        """Return the gradient of each parameter, as it was when it was copied."""
        return [self._seen.get(id(param), param.grad) for param in params]

    def _lr_of(self, step: int) -> float | None:
        """Return the learning rate of a step; None where there is none."""
        return self._lr if self._lr is None or self._factors is None else self._lr * self._factors(step)

    @torch.no_grad()
    def record(self, step: int, before: list[list[Tensor]]) -> list[Event]:
        """Return the events of one step; only the norm where the gradient is not finite.

        Args:
            step: number of the step that was just made; the parameters' `grad` is what the update took.
            before: `parameters()` from before that step.
        """
        seen = [grad for params in self._layers.values() for grad in self._grads_of(params) if grad is not None]
        norm = float(torch.stack([torch.linalg.vector_norm(grad) for grad in seen]).norm())
        recorded = self._record_due(step)
        events: list[Event] = [GradientNorm(self._index, step, norm)] if recorded else []
        if not math.isfinite(norm):
            self._seen.clear()
            return events
        layers = {
            name: self._layer(params, old, step)
            for (name, params), old in zip(self._layers.items(), before, strict=True)
        }
        self._seen.clear()
        if self.monitoring is not None:
            sample = self._sample(step, layers)
            if recorded:
                events += self.monitoring.measure(sample, costly=False)
            if self.monitoring.costly_due(step):
                events += self.monitoring.measure(sample, costly=True)
        return events + self._quantiles(step, layers) if recorded else events

    def _layer(self, params: Sequence[Tensor], before: Sequence[Tensor], step: int) -> Layer:
        """Copy what there is of one layer."""
        moments = [self._moment(each, params, step) for each in (self._state.first, self._state.second)]
        old = _joined(before)
        seen = zip(params, self._grads_of(params), strict=True)
        grads = [torch.zeros_like(param) if grad is None else grad for param, grad in seen]
        return Layer(old, _joined(params) - old, _joined(grads), *moments)

    def _sample(self, step: int, layers: dict[str, Layer]) -> Sample:
        """Return what monitors see."""
        monitoring, given = self.monitoring, self._lane.hyperparameters
        if monitoring is None:
            raise RuntimeError("there are no monitors to sample")
        return Sample(
            step=step,
            lr=self._lr_of(step),
            state=self._state,
            stability=self._lane.rule.stability(given),
            layers=layers,
            decay=float(given.get("weight_decay", 0.0)) if self._state.coupled_decay else 0.0,
            network=self._network,
            x=monitoring.x,
            y=monitoring.y,
            l2=self._l2,
            seed=self._seed,
        )

    def _quantiles(self, step: int, layers: dict[str, Layer]) -> list[Event]:
        """Sort each layer's numbers, in place, and return their quantiles and the histogram of m̂/√v̂."""
        events: list[Event] = []
        lr = self._lr_of(step)
        counts = np.zeros(len(EDGES) - 1, np.int64)
        counted = False
        for name, layer in layers.items():
            first, second = layer.first, layer.second
            moved = _sorted(layer.update.abs_())
            found: dict[Quantity, np.ndarray] = {"step": _quantiles(moved, 1.0)}
            if lr is not None:
                found["step_over_lr"] = _quantiles(moved, 1 / lr)
            for quantity, keys in self._kept.items():
                values = self._kept_values(keys, self._layers[name])
                if values is not None:
                    found[quantity] = _quantiles(_sorted(values), 1.0, root=quantity == "sqrt_v")
            ratio = _ratio(first, second) if first is not None and second is not None else None
            if first is not None:  # sorted in place: the ratio had to come before
                found["m_hat"] = _quantiles(_sorted(first.values), first.factor)
            if second is not None:
                found["sqrt_v_hat"] = _quantiles(_sorted(second.values), second.factor, root=True)
            if ratio is not None and second is not None:
                ratio = _sorted(ratio)
                found["ratio"] = _quantiles(ratio, 1.0)
                unmoved = torch.searchsorted(second.values, torch.zeros_like(second.values[:1]), right=True)
                counts += self._count(ratio, int(unmoved))
                counted = True
            events += [Quantiles(self._index, step, name, kind, *map(float, each)) for kind, each in found.items()]
        if counted:
            events.append(Histogram(self._index, step, EDGES, tuple(counts.tolist())))
        return events

    def _moment(self, declared: TorchMoment | None, params: Sequence[Tensor], step: int) -> Moment | None:
        """Return a layer's moment."""
        if declared is None:
            return None
        states = [self._optimizer.state[param] for param in params]
        values, divisor = _joined([state[declared.key] for state in states]), declared.divisor(step)
        if declared.minus_square_of is not None:
            mean = _joined([state[declared.minus_square_of] for state in states])
            values = values.addcmul(mean, mean, value=-1).clamp_(min=0)
        return Moment(values.square(), 1 / divisor**2) if declared.rooted else Moment(values, 1 / divisor)

    def _kept_values(self, keys: Sequence[str], params: Sequence[Tensor]) -> Tensor | None:
        """Return what a class keeps for a layer under one of some names, numbers for every parameter; else None."""
        states = [self._optimizer.state.get(param, {}) for param in params]
        for key in keys:
            found = [state.get(key) for state in states]
            if all(map(_is_of, found, params)):
                return _joined([value.to(param) for value, param in zip(found, params, strict=True)])
        return None

    def _count(self, ratio: Tensor, unmoved: int) -> np.ndarray:
        """Count the sorted ratios of a layer by bin; the outermost bins take what lies beyond."""
        inner = torch.searchsorted(ratio, self._edges[1:-1]).tolist()
        counts = np.diff([0, *inner, len(ratio)])
        counts[len(counts) // 2] -= unmoved  # their 0 stands for nothing, and would hide the rest
        return counts


def _is_of(value: Any, param: Tensor) -> bool:
    """Tell whether a state is a number for every entry of its parameter."""
    return isinstance(value, Tensor) and value.shape == param.shape and value.is_floating_point()


def _joined(parts: Sequence[Tensor]) -> Tensor:
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


def _ratio(first: Moment, second: Moment) -> Tensor:
    """Return m̂/√v̂, 0 where v̂ = 0."""
    ratio = second.values.sqrt()
    torch.div(first.values, ratio, out=ratio)
    return ratio.mul_(first.factor / math.sqrt(second.factor)).nan_to_num_(0.0, 0.0, 0.0)


def _quantiles(ordered: Tensor, factor: float, *, root: bool = False) -> np.ndarray:
    """Return the five quantiles, float64, of factor · values (of the root of that) from the sorted values."""
    places = np.asarray(QUANTILES) * (len(ordered) - 1)
    low = np.floor(places).astype(np.int64)
    high = np.minimum(low + 1, len(ordered) - 1)
    ends = ordered[torch.tensor(np.stack([low, high]), device=ordered.device)].cpu().numpy().astype(np.float64) * factor
    if root:
        ends = np.sqrt(ends)
    return ends[0] + (ends[1] - ends[0]) * (places - low)
