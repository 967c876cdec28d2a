"""Runs the lanes of a batch through an outside optimizer: one optimizer a lane, one lane after the other."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from optim_viz import outside
from optim_viz.outside import OutsideRule
from optim_viz.rollout.records import Records
from optim_viz.surfaces import Surface
from optim_viz.trajectory import Array


def run_outside(
    rule: OutsideRule,
    surface: Surface,
    given: Mapping[str, Any],
    starts: Array,
    shape: tuple[int, ...],
    steps: int,
    noise: Array | None,
    seeds: Any,
    factors: Array | None = None,
) -> tuple[OutsideRule, Records]:
    """Run every lane.

    Args:
        rule: of the class.
        surface: where.
        given: every hyperparameter, checked; each broadcasts to `shape`.
        starts: (2, N).
        shape: (*B), of N lanes.
        steps: T.
        noise: (T, 2, 1) or (T, 2, N), added to the gradients; None for none.
        seeds: of minibatches and of the class's own random numbers; broadcast to `shape`.
        factors: (T,), what lr is multiplied by at each step; None leaves it as it is.

    Returns:
        The rule with the states that were found, and the records. A state that a lane keeps from a later step on only,
        or that another lane keeps and it does not, is NaN.

    Raises:
        Refused: the class cannot run.
    """
    lanes = starts.shape[1]
    wide = {name: np.broadcast_to(value, shape).reshape(-1).tolist() for name, value in given.items()}
    seed_of = np.broadcast_to(seeds, shape).reshape(-1).tolist()
    theta, grad = np.empty((steps + 1, 2, lanes)), np.empty((steps, 2, lanes))
    states: dict[str, Array] = {}
    paired: set[str] = set()
    for lane in range(lanes):
        path = outside.run_one(
            rule,
            {name: values[lane] for name, values in wide.items()},
            surface,
            (float(starts[0, lane]), float(starts[1, lane])),
            steps,
            draws=surface.draws(steps, seed_of[lane]),
            noise=None if noise is None else noise[..., min(lane, noise.shape[-1] - 1)],
            seed=seed_of[lane],
            factors=factors,
        )
        theta[..., lane], grad[..., lane] = path.theta, path.grad
        for name, values in path.states.items():
            states.setdefault(name, np.full((steps, 2, lanes), np.nan))[..., lane] = values
        paired |= path.states.keys() - path.shared
    states |= {also: states[name] for name, also in outside.ALSO.items() if name in states and also not in states}
    shared = [name for name in states if name not in paired and name not in outside.ALSO.values()]
    return rule.with_states(tuple(states), shared), Records(theta, grad, np.diff(theta, axis=0), states)
