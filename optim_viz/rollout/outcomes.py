"""How many runs end, without their paths: memory for one step, however long the runs are.

The same numbers as the trajectories of these runs, bit for bit. `endings` does this for the few runs of one slider, a
part of the steps at a time; here thousands of lanes share each step, so its calls of NumPy are recorded and repeated.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from optim_viz.rollout.batch import in_lanes, noise_in_lanes
from optim_viz.rollout.recording import Value
from optim_viz.rollout.repeats import Repeats, aligned
from optim_viz.rollout.watch import Watch
from optim_viz.schedules import Schedule
from optim_viz.surfaces import Surface
from optim_viz.trajectory import Array
from optim_viz.update_rules import UpdateRule

TICK = 8
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

    """
    lanes = sum(count for _, count in grounds)
    choices = {each.name for each in rule.hyperparameters if each.scale == "choice"}
    values = {name: value if name in choices else in_lanes(value, (lanes,)) for name, value in given.items()}
    theta = aligned((2, lanes))
    theta[0], theta[1] = start
    loss_at, grad_at = _losses(grounds), _gradients(grounds, steps, noise, seed)
    minimum = np.repeat(
        [np.nan if ground.minimum is None else ground.minimum for ground, _ in grounds], [count for _, count in grounds]
    )
    move = _moves(rule, values, theta, grad_at, steps, schedule)
    with np.errstate(all="ignore"):
        loss = loss_at(theta)
        watch = Watch(minimum, near)
        watch.look(0, loss, (theta,))
        for t in range(1, steps + 1):
            grad, theta, state = move(t, theta)
            loss = loss_at(theta)
            if watch.look(t, loss, (theta, grad, *state)) == 0:
                break
            if tick and not t % TICK:
                tick(t)
    lost = watch.diverged_at >= 0
    return Outcomes(np.where(lost, np.nan, theta), np.where(lost, np.nan, loss), watch.arrived, watch.diverged_at)


def _moves(
    rule: UpdateRule, values: Mapping[str, Any], theta: Array, grad_at: Grad, steps: int, schedule: Schedule | None
) -> Callable[[int, Array], tuple[Array, Array, Sequence[Array]]]:
    """Return what takes a step: (t, theta) -> (the gradient at theta, the next theta, the states after it)."""
    settings = rule.prepare(values, steps)
    factors = None if schedule is None else schedule.factors(steps)
    if factors is not None:
        settings = rule.with_lr(settings, np.asarray(values["lr"] * factors[0]))
    first = rule.init(theta, settings)
    state: Sequence[Array] = first

    def take(t: int, settings: Any, grad: Any, theta: Any, *kept: Any) -> Sequence[Any]:
        # A rule may keep what it is given, and this array is written over.
        own: Any = grad if isinstance(grad, Value) else np.array(grad)
        update, after = rule.update(own, type(first)(*kept), theta, t, settings)
        return (theta + update, *after)

    if factors is None and rule.probe is None:
        repeated = Repeats(take, settings)

        def repeat(t: int, theta: Array) -> tuple[Array, Array, Sequence[Array]]:
            nonlocal state
            grad = grad_at(theta, t)
            moved, *state = repeated(t, grad, theta, *state)
            return grad, moved, state

        return repeat

    def move(t: int, theta: Array) -> tuple[Array, Array, Sequence[Array]]:
        nonlocal state
        grad = grad_at(theta, t).copy()
        now = settings if factors is None else rule.with_lr(settings, np.asarray(values["lr"] * factors[t - 1]))
        felt = grad
        if rule.probe is not None:
            point, state = rule.probe(grad, type(first)(*state), theta, t, now)
            felt = grad_at(point, t)
        moved, *state = take(t, now, felt, theta, *state)
        return grad, moved, state

    return move


def _slices(grounds: Sequence[tuple[Surface, int]]) -> list[tuple[Surface, slice]]:
    ends = np.cumsum([count for _, count in grounds])
    return [(ground, slice(int(end) - count, int(end))) for (ground, count), end in zip(grounds, ends, strict=True)]


def _losses(grounds: Sequence[tuple[Surface, int]]) -> Loss:
    """Return what works out the loss of all lanes, (2, N) -> (N)."""
    if len(grounds) == 1:
        only = grounds[0][0].kernels.loss

        def alone(t: int, settings: None, x: Array, y: Array) -> tuple[Array]:
            del t, settings
            return (only(x, y),)

        repeated = Repeats(alone)
        return lambda theta: next(iter(repeated(0, theta[0], theta[1])))
    parts = [(ground.kernels.loss, lanes) for ground, lanes in _slices(grounds)]

    def losses(theta: Array) -> Array:
        found = np.empty(theta.shape[1])
        for loss, lanes in parts:
            found[lanes] = loss(theta[0, lanes], theta[1, lanes])
        return found

    return losses


def _gradients(grounds: Sequence[tuple[Surface, int]], steps: int, noise: float, seed: int) -> Grad:
    """Return what step t sees, ((2, N), t) -> (2, N); the call after the next may write over it."""
    added = noise_in_lanes(noise, seed, steps, ())
    parts = [(_seen(ground, steps, seed), lanes) for ground, lanes in _slices(grounds)]
    first = parts[0][0]

    def alone(t: int, settings: None, x: Array, y: Array) -> tuple[Array, Array]:
        del settings
        return first(x, y, t)

    repeated = Repeats(alone) if len(parts) == 1 else None

    def gradients(theta: Array, t: int) -> Array:
        if repeated:
            grad = np.asarray(repeated(t, theta[0], theta[1]))
        else:
            grad = np.empty_like(theta)
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
