"""How many runs end, without their paths: memory for one step, however long the runs are.

The same numbers as the trajectories of these runs, bit for bit. `endings` does this for the few runs of one slider, a
part of the steps at a time; here thousands of lanes share each step, so every step is looked at as it is taken.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from optim_viz.rollout.batch import in_lanes, noise_in_lanes
from optim_viz.schedules import Schedule
from optim_viz.surfaces import Surface
from optim_viz.trajectory import Array
from optim_viz.update_rules import UpdateRule

TICK = 64
"""Steps between two calls of `tick`."""

Loss = Callable[[Array], Array]
Grad = Callable[[Array, int], Array]


class Outcomes(NamedTuple):
    """How N runs end.

    Attributes:
        end: (2, N) float64, the last place; NaN where the run diverged.
        loss: (N) float64, the loss there; NaN where the run diverged.
        arrived: (N) int, the first step whose loss is at most `near` above the minimum; -1 where there is none, or no
            minimum is known.
        diverged_at: (N) int, as in `Trajectory`: the first index that belongs to no finite run; -1 where it is finite.
    """

    end: Array
    loss: Array
    arrived: NDArray[np.int64]
    diverged_at: NDArray[np.int64]


def outcomes(
    grounds: Sequence[tuple[Surface, int]],
    rule: UpdateRule,
    given: Mapping[str, Any],
    start: tuple[Any, Any],
    *,
    steps: int,
    near: float,
    noise: float = 0.0,
    seed: int = 0,
    schedule: Schedule | None = None,
    tick: Callable[[int], None] | None = None,
) -> Outcomes:
    """Run a batch of one axis to its end.

    Args:
        grounds: surfaces, each with the number of lanes in a row that run on it; N lanes in all.
        rule: the optimizer.
        given: every hyperparameter, checked: single values, or arrays (N); choices single.
        start: x and y, single values or arrays (N).
        steps: T.
        near: loss - minimum at which a run has arrived.
        noise: as in `rollout`, one value.
        seed: as in `rollout`, one value: all lanes see the same noise and minibatches.
        schedule: as in `rollout`, looked up.
        tick: called every `TICK` steps with how many were taken; what it raises ends the work.

    Returns:
        How the runs end.
    """
    lanes = sum(count for _, count in grounds)
    choices = {each.name for each in rule.hyperparameters if each.scale == "choice"}
    values = {name: value if name in choices else in_lanes(value, (lanes,)) for name, value in given.items()}
    theta = np.stack([np.broadcast_to(np.asarray(each, dtype=np.float64), (lanes,)) for each in start])
    loss_at, grad_at = _losses(grounds), _gradients(grounds, steps, noise, seed)
    minimum = np.repeat(
        [np.nan if ground.minimum is None else ground.minimum for ground, _ in grounds], [count for _, count in grounds]
    )
    step, settings = rule.update, rule.prepare(values, steps)
    factors = None if schedule is None else schedule.factors(steps)
    if factors is not None:
        settings = rule.with_lr(settings, np.asarray(values["lr"] * factors[0]))
    state = rule.init(theta, settings)
    with np.errstate(all="ignore"):
        loss = loss_at(theta)
        watch = _Watch(minimum, near)
        watch.look(0, loss, (theta,))
        for t in range(1, steps + 1):
            grad = grad_at(theta, t)
            if factors is not None:
                settings = rule.with_lr(settings, np.asarray(values["lr"] * factors[t - 1]))
            felt = grad
            if rule.probe is not None:
                point, state = rule.probe(grad, state, theta, t, settings)
                felt = grad_at(point, t)
            update, state = step(felt, state, theta, t, settings)
            theta = theta + update
            loss = loss_at(theta)
            if watch.look(t, loss, (theta, grad, *state)) == 0:
                break
            if tick and not t % TICK:
                tick(t)
    lost = watch.diverged_at >= 0
    return Outcomes(np.where(lost, np.nan, theta), np.where(lost, np.nan, loss), watch.arrived, watch.diverged_at)


class _Watch:
    """Sees when lanes arrive and when they leave the finite numbers."""

    def __init__(self, minimum: Array, near: float) -> None:
        self._minimum, self._near = minimum, near
        self._alive = np.ones(len(minimum), dtype=np.bool_)
        self._waiting = np.isfinite(minimum)
        self.arrived = np.full(len(minimum), -1, dtype=np.int64)
        self.diverged_at = self.arrived.copy()

    def look(self, t: int, loss: Array, arrays: Sequence[Array]) -> int:
        """Take in step t; return 0 once no lane is finite any more.

        Args:
            t: the step.
            loss: (N), after it.
            arrays: (2, N) each: whatever must be finite in a finite run.
        """
        # A sum of finite terms is finite, unless it overflows by itself: then the terms are looked at one by one.
        total = arrays[0] + arrays[-1]
        for array in arrays[1:-1]:
            total += array
        row = np.add(total[0], total[1])
        row += loss
        suspect = np.isfinite(row)
        np.less(suspect, self._alive, out=suspect)  # not finite, though it was
        if suspect.any():
            lanes = np.flatnonzero(suspect)
            finite = np.isfinite(loss[lanes])
            for array in arrays:
                finite &= np.isfinite(array[:, lanes]).all(axis=0)
            lost = lanes[~finite]
            self.diverged_at[lost] = t
            self._alive[lost] = self._waiting[lost] = False
            if not self._alive.any():
                return 0
        row = np.subtract(loss, self._minimum, out=row)
        fresh = np.less_equal(row, self._near, out=suspect)
        fresh &= self._waiting
        if fresh.any():
            self.arrived[fresh] = t
            self._waiting &= ~fresh
        return 1


def _slices(grounds: Sequence[tuple[Surface, int]]) -> list[tuple[Surface, slice]]:
    ends = np.cumsum([count for _, count in grounds])
    return [(ground, slice(int(end) - count, int(end))) for (ground, count), end in zip(grounds, ends, strict=True)]


def _losses(grounds: Sequence[tuple[Surface, int]]) -> Loss:
    """Return what works out the loss of all lanes, (2, N) -> (N)."""
    if len(grounds) == 1:
        only = grounds[0][0].kernels.loss
        return lambda theta: only(theta[0], theta[1])
    parts = [(ground.kernels.loss, lanes) for ground, lanes in _slices(grounds)]

    def losses(theta: Array) -> Array:
        found = np.empty(theta.shape[1])
        for loss, lanes in parts:
            found[lanes] = loss(theta[0, lanes], theta[1, lanes])
        return found

    return losses


def _gradients(grounds: Sequence[tuple[Surface, int]], steps: int, noise: float, seed: int) -> Grad:
    """Return what step t sees, ((2, N), t) -> (2, N), an array of its own each time: a rule may keep it."""
    added = noise_in_lanes(noise, seed, steps, ())
    parts = [(_seen(ground, steps, seed), lanes) for ground, lanes in _slices(grounds)]
    alone = parts[0][0] if len(parts) == 1 else None

    def gradients(theta: Array, t: int) -> Array:
        grad = np.empty_like(theta)
        if alone:
            grad[0], grad[1] = alone(theta[0], theta[1], t)
        else:
            for seen, lanes in parts:
                grad[0, lanes], grad[1, lanes] = seen(theta[0, lanes], theta[1, lanes], t)
        if added is not None:
            grad += added[t - 1]
        return grad

    return gradients


def _seen(ground: Surface, steps: int, seed: int) -> Callable[[Array, Array, int], tuple[Any, Any]]:
    """Return the gradient that step t sees on one surface."""
    draws = ground.draws(steps, seed)
    if draws is None:
        full = ground.grad_unchecked
        return lambda x, y, t: full(x, y)
    drawn = ground.sampled_grad_unchecked
    return lambda x, y, t: drawn(x, y, draws[t - 1])
