"""The loop: many steps of one rule on many lanes at once. It knows no rule and no surface."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray

from optim_viz.rollout.records import Records
from optim_viz.trajectory import Array
from optim_viz.turns import TURNS
from optim_viz.update_rules import UpdateRule


@dataclass(frozen=True, eq=False)
class Gradients:
    """What the steps see.

    Attributes:
        steps: T.
        function: (x, y) -> (gx, gy), or (x, y, draw) -> (gx, gy) where there are draws. x and y are rows of N lanes, or
            np.float64 scalars for one lane without draws.
        draws: (T, ...), which examples each step draws, the same for every lane; None where nothing is drawn.
        noise: added to the gradient: (T, 2, 1), the same for every lane, or (T, 2, N); None where there is none.
    """

    steps: int
    function: Callable[..., tuple[Any, Any]]
    draws: NDArray[Any] | None = None
    noise: Array | None = None


def given_gradients(gradients: Array) -> Gradients:
    """Return gradients that do not depend on where a lane is: (T, 2), the same for every lane, or (T, 2, N)."""
    return Gradients(len(gradients), _row, gradients)


def _row(x: Array, y: Array, row: Array) -> tuple[Any, Any]:
    del x, y
    return row[0], row[1]


def run(
    rule: UpdateRule,
    hyperparameters: Mapping[str, Any],
    theta: Array,
    gradients: Gradients,
    factors: Array | None = None,
) -> Records:
    """Take all steps from `theta`.

    Args:
        rule: the optimizer.
        hyperparameters: every one of them: 0-d or (2, N) float64 arrays, plain bools for choices.
        theta: (2, N) float64, the starts.
        gradients: what the steps see.
        factors: (T,), what `lr` is multiplied by at each step; None leaves it as it is.

    Returns:
        The records; a value that is not finite is left as it is.
    """
    return next(parts(rule, hyperparameters, theta, gradients, gradients.steps, factors))


def parts(
    rule: UpdateRule,
    hyperparameters: Mapping[str, Any],
    theta: Array,
    gradients: Gradients,
    size: int,
    factors: Array | None = None,
) -> Iterator[Records]:
    """Take all steps from `theta`, `size` of them at a time; arguments as in `run`.

    Yields:
        The records of each part; the first theta of one is the last of the one before.
    """
    settings = rule.prepare(hyperparameters, gradients.steps)
    if factors is not None:
        settings = rule.with_lr(settings, np.asarray(hyperparameters["lr"] * factors[0]))
    state = rule.init(theta, settings)
    see, step, probe = _seer(gradients, theta), rule.update, rule.probe
    for begin in range(0, gradients.steps, size):
        length = min(size, gradients.steps - begin)
        grads = np.empty((length, *theta.shape))
        recorder = _Recorder(theta, rule.states, length)
        rows = list[Array]()
        for t, grad in enumerate(cast("Iterable[Array]", grads), start=begin + 1):
            see(theta, t, grad)
            if factors is not None:
                settings = rule.with_lr(settings, np.asarray(hyperparameters["lr"] * factors[t - 1]))
            felt = grad
            if probe is not None:
                point, state = probe(grad, state, theta, t, settings)
                felt = np.empty_like(grad)
                see(point, t, felt)
            update, state = step(felt, state, theta, t, settings)
            theta = theta + update
            rows += (theta, *state)
            if not t % _STEPS_A_WRITE:
                recorder.write(rows)
                TURNS.give_way()
        recorder.write(rows)
        yield recorder.records(grads)


def _seer(gradients: Gradients, theta: Array) -> Callable[[Array, int, Array], None]:
    """Return what writes down the gradient that step t sees at some points: (points (2, N), t, out (2, N))."""
    function, draws, noise = gradients.function, gradients.draws, gradients.noise
    # NumPy's scalars compute the same bits as its arrays (the tests hold every surface to that), several times faster.
    x_at, y_at = ((0, 0), (1, 0)) if theta.shape[1] == 1 and draws is None else (0, 1)

    def see(points: Array, t: int, out: Array) -> None:
        x, y = points[x_at], points[y_at]
        out[0], out[1] = function(x, y) if draws is None else function(x, y, draws[t - 1])
        if noise is not None:
            out += noise[t - 1]

    return see


_STEPS_A_WRITE = 16
"""Rows are written down this many steps at a time: joining many small arrays in one call costs a fifth of copying each
by itself, and those that are written down free memory that is still in the cache for the next steps."""


class _Recorder:
    """Writes down, for each step, theta and states, one after the other in one array."""

    def __init__(self, theta: Array, states: Sequence[str], steps: int) -> None:
        self._states = states
        self._values = np.empty((steps + 1, 1 + len(states), *theta.shape))
        self._values[0, 0] = theta
        self._rows = self._values[1:].reshape(-1, theta.shape[1])
        self._written = 0

    def write(self, rows: list[Array]) -> None:
        """Append arrays (2, N), and empty the list."""
        if rows:
            end = self._written + 2 * len(rows)
            np.concatenate(rows, out=self._rows[self._written : end])
            self._written = end
            rows.clear()

    def records(self, grads: Array) -> Records:
        """Return what was written, as views."""
        values = self._values
        states = {name: values[1:, 1 + place] for place, name in enumerate(self._states)}
        theta = values[:, 0]
        # The step that was taken, not the one that was meant: far from 0 a small step is rounded when it is added.
        return Records(theta, grads, np.diff(theta, axis=0), states)
