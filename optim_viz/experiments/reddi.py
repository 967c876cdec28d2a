"""The counterexample of Reddi, Kale and Kumar: a convex problem on which Adam goes to the worst point.

On [-1, 1], f_t(x) = C x if t mod 3 = 1, else -x, with C > 2. Over three rounds the slopes add up to C - 2 > 0, so the
best point is x = -1. With β₁ = 0 and β₂ = 1/(1 + C²) Adam has nearly forgotten the C by the time it sees the two -1:
it divides the large slope by about its own size, and the small ones too, so that the two steps to the right outweigh
the one to the left. It settles near x = +1 and loses 2 (C - 2)/3 a round for ever. AMSGrad divides all three by the
largest √v it has seen and goes to -1. With the usual β₂ = 0.999 Adam does so as well: v hardly moves within three
rounds, so all three slopes are divided by nearly the same number.

The paper's form: steps α/√t, no bias correction, ε = 0, projection onto the interval. Its theorem 1 proves this for
Adam with these betas; theorem 2 shows that for any constant β₁ < √β₂ there is such a problem.

Source: Reddi, Kale, Kumar, On the Convergence of Adam and Beyond, ICLR 2018, arXiv 1904.09237, sections 3 and 4.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from optim_viz.experiments.online import HIGH, LOW, MAX_ROUNDS, Player, play
from optim_viz.trajectory import Array

STOPS = (2.1, 2.5, 3.0, 4.0, 5.0, 7.0, 10.0, 20.0)
"""Values of C that are played, all at once."""
ALPHA = 0.5
FIRST = HIGH
"""The first point: the worst one, so that a player which does not move does not win."""

_C = np.array(STOPS)
_PAPER = {"lr": ALPHA, "beta1": 0.0, "beta2": 1.0 / (1.0 + _C**2), "eps": 0.0, "bias_correction": False}

PLAYERS: Mapping[str, Player] = {
    "Adam": Player("adam", _PAPER),
    "AMSGrad": Player("amsgrad", _PAPER),
    "Adam, usual betas": Player("adam", {"lr": ALPHA}),
    "SGD": Player("sgd", {"lr": ALPHA}),
    "AdaGrad": Player("adagrad", {"lr": ALPHA}, schedule=False),
}


@dataclass(frozen=True, eq=False)
class Game:
    """One player's rounds, for one C.

    Attributes:
        points: (T+1,), x_1 .. x_{T+1}.
        steps: (T,), each step before projection, as a multiple of α/√t (of α for AdaGrad).
        regret: (T,), R(1) .. R(T).
    """

    points: Array
    steps: Array
    regret: Array


@lru_cache(maxsize=1)
def games() -> dict[str, tuple[Game, ...]]:
    """Play `MAX_ROUNDS` rounds for every player and every C of `STOPS`."""
    times = np.arange(1, MAX_ROUNDS + 1)
    slopes = np.where(times[:, np.newaxis] % 3 == 1, _C, -1.0)
    rows = list(slopes[:, np.newaxis])
    # Each f_t is linear, so the best single point is an end of the interval, whichever the slopes' sum says.
    best = -np.abs(np.cumsum(slopes, axis=0))
    found: dict[str, tuple[Game, ...]] = {}
    for name, player in PLAYERS.items():
        points, steps = play(player, lambda t, x: rows[t - 1], np.full((1, len(STOPS)), FIRST), MAX_ROUNDS)
        regret = np.cumsum(slopes * points[:-1], axis=0) - best
        unit = ALPHA / np.sqrt(times)[:, np.newaxis] if player.schedule else ALPHA
        steps = steps / unit
        for array in (points, steps, regret):
            array.setflags(write=False)  # what a cache gives out must not change
        found[name] = tuple(Game(points[:, lane], steps[:, lane], regret[:, lane]) for lane in range(len(STOPS)))
    return found


def game(player: str, c: float) -> Game:
    """Return one player's game for a C of `STOPS`."""
    return games()[player][STOPS.index(c)]


def worst_rate(c: float) -> float:
    """Return what standing at x = +1 costs a round in the long run, 2 (C - 2)/3."""
    return (HIGH - LOW) * (c - 2) / 3


def last_cycle(steps: Array, rounds: int) -> Array:
    """Return the three steps of the last full cycle within `rounds` >= 3: those for the slopes C, -1 and -1."""
    begin = 3 * (rounds // 3 - 1)
    return steps[begin : begin + 3]
