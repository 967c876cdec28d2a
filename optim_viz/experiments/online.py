"""Online convex problems: play x_t, then see the loss f_t, on the interval [-1, 1].

The regret after T rounds is what was lost beyond the best single point, known only afterwards:

    R(T) = Σ f_t(x_t) - min_x Σ f_t(x)

A method learns if R(T)/T goes to 0. The rules here are the lab's own; two things are added around them, as in the
convergence proofs: the step is multiplied by 1/√t if the player has a schedule, and the point is then
projected onto the interval. The loss of a round is charged before its update.

Sources: Zinkevich, ICML 2003; Kingma, Ba (2015), section 4, equation (5); Reddi, Kale, Kumar (2018), section 2.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from heapq import heappop, heappush, heappushpop
from typing import Any

import numpy as np

from optim_viz import update_rules
from optim_viz.trajectory import Array

LOW, HIGH = -1.0, 1.0
MAX_ROUNDS = 10_000


@dataclass(frozen=True)
class Player:
    """A rule that plays, with its hyperparameters.

    Attributes:
        optimizer: a name of `optim_viz.optimizers()`.
        hyperparameters: by name; numbers, or arrays (N) with one value a lane.
        schedule: True multiplies step t by 1/√t.
    """

    optimizer: str
    hyperparameters: Mapping[str, Any] = field(default_factory=dict[str, Any])
    schedule: bool = True


def play(player: Player, slope: Callable[[int, Array], Array], first: Array, rounds: int) -> tuple[Array, Array]:
    """Play all rounds.

    Args:
        player: the rule and its hyperparameters.
        slope: (t, x) -> derivative of f_t at x, t from 1, both (1, N).
        first: (1, N), the points of the first round.
        rounds: T.

    Returns:
        The points (T+1, N), of which row t-1 is played in round t and the last row would be played next; and the steps
        (T, N), before projection.
    """
    rule = update_rules.get(player.optimizer)
    complete = rule.complete(player.hyperparameters)
    settings = rule.prepare({name: _laid_out(value) for name, value in complete.items()}, rounds)
    x, state, update = first, rule.init(first, settings), rule.update
    points, steps = [x], list[Array]()
    with np.errstate(all="ignore"):
        for t in range(1, rounds + 1):
            step, state = update(slope(t, x), state, x, t, settings)
            if player.schedule:
                step = step / math.sqrt(t)
            x = np.minimum(np.maximum(x + step, LOW), HIGH)
            points.append(x)
            steps.append(step)
    return np.concatenate(points), np.concatenate(steps)


def _laid_out(value: Any) -> Any:
    return value if isinstance(value, bool) else np.atleast_2d(value) if np.ndim(value) else np.asarray(value)


# ---- a harmless problem --------------------------------------------------------------------------------------------

_GOLDEN = 0.6180339887498949

PLAYERS: Mapping[str, Player] = {
    "SGD": Player("sgd", {"lr": 0.5}),
    "AdaGrad": Player("adagrad", {"lr": math.sqrt(2)}, schedule=False),
    "Adam": Player("adam", {"lr": 0.1}),
    "Adam, constant lr": Player("adam", {"lr": 0.01}, schedule=False),
}
"""Learning rates α/√t as the proofs ask for, AdaGrad's own schedule, and Adam as it is used."""


def targets(rounds: int) -> Array:
    """Return z_t = 2 frac(t φ) - 1, t = 1..T: evenly spread over [-1, 1] without being random (φ: golden ratio - 1)."""
    return 2.0 * np.mod(np.arange(1, rounds + 1) * _GOLDEN, 1.0) - 1.0


LOSSES = ("squares", "distances")
"""f_t(x) = ½ (x - z_t)², and |x - z_t|."""


@lru_cache(maxsize=1)
def harmless() -> dict[str, dict[str, Array]]:
    """Play `MAX_ROUNDS` rounds from x = 1, with every player and both losses.

    Returns:
        For each loss and each player the regret R(1) .. R(T), (T,).
    """
    z = targets(MAX_ROUNDS)

    def slope(t: int, x: Array) -> Array:
        off = x - z[t - 1]
        off[0, 1] = np.sign(off[0, 1])
        return off

    least = {"squares": _least_squares(z), "distances": _least_distances(z)}
    regrets = {loss: dict[str, Array]() for loss in LOSSES}
    for name, player in PLAYERS.items():
        points, _ = play(player, slope, np.full((1, len(LOSSES)), HIGH), MAX_ROUNDS)
        off = points[:-1] - z[:, np.newaxis]
        regrets["squares"][name] = np.cumsum(0.5 * off[:, 0] * off[:, 0]) - least["squares"]
        regrets["distances"][name] = np.cumsum(np.abs(off[:, 1])) - least["distances"]
        for found in regrets.values():
            found[name].setflags(write=False)  # what a cache gives out must not change
    return regrets


def _least_squares(z: Array) -> Array:
    """Return min_x Σ ½ (x - z)² over the first T of z, for each T; at their mean, which lies in the interval."""
    count = np.arange(1, len(z) + 1)
    return 0.5 * (np.cumsum(z * z) - np.cumsum(z) ** 2 / count)


def _least_distances(z: Array) -> Array:
    """Return min_x Σ |x - z| over the first T of z, for each T: at a median, so the upper half less the lower half."""
    lower, upper = list[float](), list[float]()  # heaps; the lower one is turned round, and the longer one if any
    below = above = 0.0
    least = np.empty(len(z))
    for count, value in enumerate(z.tolist(), start=1):
        moved = -heappushpop(lower, -value)  # the largest of the lower half and the new one
        heappush(upper, moved)
        below, above = below + value - moved, above + moved
        if len(upper) > len(lower):
            back = heappop(upper)
            heappush(lower, -back)
            below, above = below + back, above - back
        middle = -lower[0] if count % 2 else 0.0
        least[count - 1] = above - below + middle
    return least
