"""Run an optimizer on a surface, or on gradients given in advance.

A whole batch of runs goes through one vectorised loop, coordinate first, so that 65 learning rates cost about what one
does. Every lane computes what it would compute alone, bit for bit, and a run of n steps is the start of one of n + k.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from optim_viz import surfaces, update_rules
from optim_viz.rollout.lanes import MAX_SEED, MAX_STEPS, first_places, groups, in_lanes, noise_level, numbers, whole
from optim_viz.rollout.march import Course, march
from optim_viz.trajectory import Array, Records, Trajectory, mark_divergence
from optim_viz.update_rules import UpdateRule

__all__ = ["replay", "rollout"]


def rollout(
    surface: str | surfaces.Surface,
    optimizer: str,
    *,
    start: Sequence[ArrayLike] | None = None,
    steps: int = 200,
    noise: float = 0.0,
    seed: int = 0,
    **hyperparameters: object,
) -> Trajectory:
    """Run an optimizer on a surface.

    Each hyperparameter (choices too) and each start coordinate may be an array; together they broadcast to the batch
    shape (*B).

    Args:
        surface: a name of `surfaces.names()`, or a Surface.
        optimizer: a name of `optim_viz.optimizers()`.
        start: (x, y); the surface's own start where None.
        steps: T, 1 to 100 000.
        noise: standard deviation of normal noise added to each coordinate of each gradient; >= 0.
        seed: 0 to 2**32 - 1; noise and minibatches follow from it and are the same for every lane and optimizer.
        **hyperparameters: by name; those not given take the rule's defaults.

    Raises:
        ValueError: an unknown name or an impossible value; the message says which, and what is allowed.
    """
    rule = update_rules.get(optimizer)
    ground = surface if isinstance(surface, surfaces.Surface) else surfaces.get(surface)
    complete = rule.complete(hyperparameters, ("start", "steps", "noise", "seed"))
    steps, seed, noise = whole("steps", steps, 1, MAX_STEPS), whole("seed", seed, 0, MAX_SEED), noise_level(noise)
    theta, shape = first_places(ground.start if start is None else start, complete, steps)
    draws = ground.draws(steps, seed)
    gradient = ground.grad_unchecked if draws is None else ground.sampled_grad
    course = Course(steps, gradient, draws, _pushes(steps, noise, seed))
    with np.errstate(all="ignore"):  # to leave the finite numbers is a result here, not an accident
        records = _run(rule, complete, shape, theta, course)
        loss = np.array(ground.loss(records.theta[:, 0], records.theta[:, 1]))
        divergence = mark_divergence(records, loss)
    facts = {"surface": ground, "optimizer": optimizer, "hyperparameters": complete, "seed": seed, "noise": noise}
    return _trajectory(records, loss, divergence, shape, facts)


def replay(
    optimizer: str, gradients: ArrayLike, *, theta0: Sequence[ArrayLike] = (0.0, 0.0), **hyperparameters: object
) -> Trajectory:
    """Feed an optimizer a given sequence of gradients, wherever its steps lead.

    This is how worked examples (alternating, constant and rare gradients) are shown and checked.

    Args:
        optimizer: a name of `optim_viz.optimizers()`.
        gradients: (T, 2), the gradient that each step sees; the same for every lane of a batch.
        theta0: where it starts, as `start` in `rollout`.
        **hyperparameters: as in `rollout`.

    Returns:
        The run; its loss is NaN and its surface None.

    Raises:
        ValueError: an unknown name, an impossible value, or gradients of another shape.
    """
    rule = update_rules.get(optimizer)
    complete = rule.complete(hyperparameters)
    given = numbers("gradients", gradients)
    if given.ndim != 2 or given.shape[1] != 2:
        raise ValueError(f"gradients have shape {given.shape}, not (T, 2)")
    steps = whole("number of gradients", len(given), 1, MAX_STEPS)
    theta, shape = first_places(theta0, complete, steps)
    with np.errstate(all="ignore"):
        records = _run(rule, complete, shape, theta, Course(steps, _given, given))
        divergence = mark_divergence(records, None)
    loss = np.full((steps + 1, theta.shape[1]), np.nan)
    facts = {"surface": None, "optimizer": optimizer, "hyperparameters": complete, "seed": 0, "noise": 0.0}
    return _trajectory(records, loss, divergence, shape, facts)


def _given(x: Array, y: Array, draw: Array) -> tuple[Any, Any]:
    """Stand in for a surface's gradient in a replay: the step's own row, wherever it is taken."""
    del x, y
    return draw[0], draw[1]


def _pushes(steps: int, noise: float, seed: int) -> Array | None:
    """Draw the noise, (T, 2, 1). The stream [seed, 0] is not the one minibatches come from, so either can change."""
    if noise == 0.0:
        return None
    stream = np.random.default_rng(np.random.SeedSequence([seed, 0]))
    return noise * stream.standard_normal((steps, 2))[:, :, np.newaxis]


def _run(
    rule: UpdateRule, complete: Mapping[str, Any], shape: tuple[int, ...], theta: Array, course: Course
) -> Records:
    """March all lanes at once or, where a choice differs between lanes, once for each of its values."""
    switches = [each.name for each in rule.hyperparameters if each.scale == "choice"]
    choices = {name: complete[name] for name in switches}
    values = {name: in_lanes(value, shape) for name, value in complete.items() if name not in choices}
    if not any(np.ndim(choice) for choice in choices.values()):
        return march(rule, values | choices, theta, course)
    parts: list[tuple[NDArray[np.intp], Records]] = []
    for chosen, lanes in groups(choices, shape):
        own = {name: np.take(value, lanes, axis=1) if value.ndim else value for name, value in values.items()}
        parts.append((lanes, march(rule, own | chosen, np.take(theta, lanes, axis=1), course)))
    places = np.argsort(np.concatenate([lanes for lanes, _ in parts]))

    def merged(arrays: Sequence[Array]) -> Array:
        return np.concatenate(arrays, axis=2)[:, :, places]

    records = [part for _, part in parts]
    return Records(
        theta=merged([part.theta for part in records]),
        grad=merged([part.grad for part in records]),
        update=merged([part.update for part in records]),
        states={name: merged([part.states[name] for part in records]) for name in rule.states},
    )


def _trajectory(
    records: Records,
    loss: Array,
    divergence: tuple[NDArray[np.int64], NDArray[np.str_]],
    shape: tuple[int, ...],
    facts: dict[str, Any],
) -> Trajectory:
    """Turn lanes-last records into batch-first arrays: views, marked read-only."""

    def batched(array: Array) -> Array:
        view = np.moveaxis(array, -1, 0).reshape(*shape, *array.shape[:-1])
        view.flags.writeable = False
        return view

    at, quantity = divergence
    return Trajectory(
        theta=batched(records.theta),
        loss=batched(loss),
        grad=batched(records.grad),
        update=batched(records.update),
        state=MappingProxyType({name: batched(array) for name, array in records.states.items()}),
        diverged_at=at.reshape(shape),
        diverged_quantity=quantity.reshape(shape),
        **facts,
    )
