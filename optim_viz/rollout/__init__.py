"""Run an optimizer on a surface, or on gradients given in advance.

A whole batch of runs goes through one vectorised loop, coordinate first, so that 65 learning rates cost about what one
does. Every lane computes what it would compute alone, bit for bit, and a run of n steps is the start of one of n + k.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from optim_viz import schedules, surfaces, update_rules
from optim_viz.outside import OutsideRule
from optim_viz.rollout.arguments import (
    MAX_SEED,
    MAX_STEPS,
    batch_shape,
    coordinates,
    noise_levels,
    numbers,
    seeds,
    whole,
)
from optim_viz.rollout.batch import Lanes, batch_first, groups, in_lanes, join, noise_in_lanes, pick
from optim_viz.rollout.clouds import starts_around
from optim_viz.rollout.loop import Gradients, given_gradients, run
from optim_viz.rollout.outside_lanes import run_outside
from optim_viz.rollout.records import Records, mark_divergence
from optim_viz.schedules import Schedule
from optim_viz.trajectory import Array, Trajectory
from optim_viz.update_rules import UpdateRule

__all__ = ["MAX_SEED", "MAX_STEPS", "replay", "rollout", "starts_around"]

_BESIDE = ("start", "steps", "noise", "seed", "schedule")


def rollout(
    surface: str | surfaces.Surface,
    optimizer: str | UpdateRule | type,
    *,
    start: ArrayLike | tuple[ArrayLike, ArrayLike] | None = None,
    steps: int = 200,
    noise: ArrayLike = 0.0,
    seed: ArrayLike = 0,
    schedule: object = None,
    **hyperparameters: object,
) -> Trajectory:
    """Run an optimizer on a surface.

    Every start, noise, seed and hyperparameter (choices too) may be an array. Together they broadcast, as in NumPy, to
    the batch shape (*B): arrays of one length are taken in pairs, and `lr[:, None]` beside `beta1` runs every
    combination. Each lane is, bit for bit, the run with its values alone.

    Args:
        surface: a name of `surfaces.names()`, or a Surface.
        optimizer: a name of `optim_viz.optimizers()`, an UpdateRule, or a torch.optim.Optimizer class: it is built and
            stepped as it is, once for each lane, on a parameter of float64; what it keeps is recorded under its own
            names, exp_avg and exp_avg_sq as m and v too. Where it draws random numbers, they follow from the seed.
        start: a tuple (x, y), each a number or an array; or an array (or list) of shape (2,) or (N, 2), a point in each
            row. None is the surface's own start.
        steps: T, 1 to 100 000.
        noise: standard deviation of the normal noise that is added to each coordinate of each gradient; >= 0.
        seed: 0 to 2**32 - 1. Noise and minibatches follow from it alone: lanes of one seed, and other optimizers with
            it, see the same.
        schedule: what `lr` is multiplied by over the run: a name of `optim_viz.schedules.names()`, such as "cosine",
            or a Schedule from `optim_viz.schedules.get`; None leaves `lr` as it is.
        **hyperparameters: by name; those not given take the rule's defaults. A class's own arguments that are no
            numbers (its options) are handed to it as they are.

    Returns:
        The trajectory: theta, loss, gradients, updates and states of every step, and where a run diverged.

    Raises:
        ValueError: a name that is not known (the message says which one comes close), a value outside its range, a
            schedule for a rule without `lr`, shapes that do not broadcast, a start that can be read in two ways, or a
            batch of more than 10 million points. outside.Refused, its subclass: a class that cannot run on a surface;
            the message says why.

    Example:
        >>> run = optim_viz.rollout("booth", "momentum", lr=[0.01, 0.05], start=(0.0, 0.0), steps=100)
        >>> run.theta.shape, run.state["velocity"].shape
        ((2, 101, 2), (2, 100, 2))
        >>> optim_viz.rollout("booth", "adam", start=[[0, 1], [2, 3]], seed=[[1], [2], [3]], noise=0.1).batch_shape
        (3, 2)
    """
    rule = update_rules.get(optimizer)
    ground = surface if isinstance(surface, surfaces.Surface) else surfaces.get(surface)
    if isinstance(rule, OutsideRule):
        rule, hyperparameters = rule.with_options(hyperparameters)
    given = rule.complete(hyperparameters, _BESIDE)
    plan = _plan(rule, given, schedule)
    steps, levels, seed_of = whole("steps", steps, 1, MAX_STEPS), noise_levels(noise), seeds(seed)
    x, y = coordinates("start", ground.start if start is None else start)
    shape = batch_shape({"start x": x, "start y": y, "noise": levels, "seed": seed_of} | given, steps)
    added = noise_in_lanes(levels, seed_of, steps, shape)

    def gradients(seed: int, lanes: Lanes) -> Gradients:
        own_noise = None if added is None else pick(added, lanes)
        if not ground.stochastic:
            return Gradients(steps, ground.grad_unchecked, noise=own_noise)
        return Gradients(steps, ground.sampled_grad, ground.draws(steps, seed), own_noise)

    alike = {"seed": seed_of} if ground.stochastic else {}
    with np.errstate(all="ignore"):  # to leave the finite numbers is a result here, not an accident
        factors = None if plan is None else plan.factors(steps)
        starts = _starts(x, y, shape)
        if isinstance(rule, OutsideRule):
            rule, records = run_outside(rule, ground, given, starts, shape, steps, added, seed_of, factors)
        else:
            records = _run_all(rule, given, starts, shape, gradients, alike, factors)
        loss = np.array(ground.loss(records.theta[:, 0], records.theta[:, 1]))
    return _trajectory(
        records, loss, shape, surface=ground, rule=rule, given=given, seed=seed_of, noise=levels, schedule=plan
    )


def replay(
    optimizer: str | UpdateRule,
    gradients: ArrayLike,
    *,
    theta0: ArrayLike | tuple[ArrayLike, ArrayLike] = (0.0, 0.0),
    schedule: object = None,
    **hyperparameters: object,
) -> Trajectory:
    """Feed an optimizer a given sequence of gradients, wherever its steps lead.

    This is how worked examples (alternating, constant and rare gradients) are shown and checked.

    Args:
        optimizer: a name of `optim_viz.optimizers()`, or an UpdateRule.
        gradients: (T, 2), the gradient that each step sees; the same for every lane of a batch.
        theta0: where it starts, as `start` in `rollout`.
        schedule: as in `rollout`.
        **hyperparameters: as in `rollout`.

    Returns:
        The trajectory; its loss is NaN and its surface None.

    Raises:
        ValueError: as `rollout`, or gradients of another shape.

    Example:
        >>> run = optim_viz.replay("adam", [[1, 0], [-1, 0], [1, 0]], lr=0.1)
        >>> run.state["m"][:, 0].round(3)
        array([ 0.1  , -0.01 ,  0.091])
    """
    rule = update_rules.get(optimizer)
    given = rule.complete(hyperparameters, ("gradients", "theta0", "schedule"))
    plan = _plan(rule, given, schedule)
    rows = numbers("gradients", gradients)
    if rows.ndim != 2 or rows.shape[1] != 2:
        raise ValueError(f"gradients have shape {rows.shape}, not (T, 2)")
    steps = whole("number of gradients", len(rows), 1, MAX_STEPS)
    x, y = coordinates("theta0", theta0)
    shape = batch_shape({"theta0 x": x, "theta0 y": y} | given, steps)
    with np.errstate(all="ignore"):
        factors = None if plan is None else plan.factors(steps)
        starts = _starts(x, y, shape)
        records = _run_all(rule, given, starts, shape, lambda seed, lanes: given_gradients(rows), {}, factors)
    return _trajectory(records, None, shape, surface=None, rule=rule, given=given, seed=0, noise=0.0, schedule=plan)


def _plan(rule: UpdateRule, given: Mapping[str, Any], schedule: object) -> Schedule | None:
    """Look a schedule up.

    Raises:
        ValueError: no such schedule, or the rule has no learning rate for it to act on.
    """
    if schedule is None:
        return None
    plan = schedule if isinstance(schedule, Schedule) else schedules.get(str(schedule))
    if "lr" not in given:
        raise ValueError(f"{rule.name} has no lr for the schedule {plan.name!r} to act on")
    return plan


def _starts(x: Array, y: Array, shape: tuple[int, ...]) -> Array:
    """Lay starts out as params (2, N)."""
    return np.stack([np.broadcast_to(each, shape).reshape(-1) for each in (x, y)])


def _run_all(
    rule: UpdateRule,
    given: Mapping[str, Any],
    theta: Array,
    shape: tuple[int, ...],
    gradients: Callable[[int, Lanes], Gradients],
    alike: Mapping[str, Any],
    factors: Array | None = None,
) -> Records:
    """Run all lanes in one loop, or in one for each value of what a loop has one value of: choices, and `alike`.

    Args:
        rule: the optimizer.
        given: every hyperparameter.
        theta: (2, N), the starts.
        shape: (*B), of N lanes.
        gradients: (seed, lanes) -> what these lanes see.
        alike: the seed, where one loop can run one seed only.
        factors: (T,), of a schedule.
    """
    choices = {each.name: given[each.name] for each in rule.hyperparameters if each.scale == "choice"}
    values = {name: in_lanes(value, shape) for name, value in given.items() if name not in choices}
    parts: list[tuple[Lanes, Records]] = []
    for same, lanes in groups({**choices, **alike}, shape):
        own = {name: pick(value, lanes) for name, value in values.items()} | {name: same[name] for name in choices}
        parts.append((lanes, run(rule, own, pick(theta, lanes), gradients(same.get("seed", 0), lanes), factors)))
    return join(parts)


def _trajectory(
    records: Records,
    loss: Array | None,
    shape: tuple[int, ...],
    *,
    surface: surfaces.Surface | None,
    rule: UpdateRule,
    given: Mapping[str, Any],
    seed: Any,
    noise: Any,
    schedule: Schedule | None = None,
) -> Trajectory:
    """Mark where lanes diverge, and turn lanes-last records into batch-first arrays."""
    with np.errstate(all="ignore"):
        diverged_at, quantity = mark_divergence(records, loss, by_states=not isinstance(rule, OutsideRule))
    if loss is None:
        loss = np.full((len(records.theta), records.theta.shape[-1]), np.nan)
    return Trajectory(
        theta=batch_first(records.theta, shape),
        loss=batch_first(loss, shape),
        grad=batch_first(records.grad, shape),
        update=batch_first(records.update, shape),
        state={name: batch_first(array, shape) for name, array in records.states.items()},
        diverged_at=diverged_at.reshape(shape),
        diverged_quantity=quantity.reshape(shape),
        surface=surface,
        rule=rule,
        hyperparameters={name: np.array(value) if np.ndim(value) else value for name, value in given.items()},
        seed=seed,
        noise=noise,
        schedule=schedule,
    )
