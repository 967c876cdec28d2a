"""Which optimizer is best, asked fairly: each at the learning rate that suits it, found by a sweep, over several seeds.

Every rule gets the same attempts: 25 rates, 300 steps each, gradients with the same noise, seeds 0 to 4. Its score is
the median of the losses at the end.

Source: Wen, Hall, Ma, Liang, Fantastic Pretraining Optimizers and Where to Find Them (2025), arXiv 2509.02046.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from optim_viz import surfaces
from optim_viz.rollout import rollout
from optim_viz.trajectory import Array

STEPS: Final = 300
SEEDS: Final = 5
NOISE: Final = 0.5
RATES: Final[Array] = np.geomspace(1e-4, 1e2, 25)
RULES: Final = ("sgd", "momentum", "adam", "lion", "adan", "ademamix", "adopt", "cautious", "mars", "soap")


@dataclass(frozen=True, eq=False)
class Score:
    """How one rule does.

    Attributes:
        losses: (25,) median loss over the minimum at each rate; infinite where some seed diverged.
        rate: the best of `RATES`.
        best: the loss there.
        low: the lowest of the seeds there.
        high: the highest.
        width: over how many powers of ten of the rate the loss stays within ten times the best.
    """

    losses: Array
    rate: float
    best: float
    low: float
    high: float
    width: float


def scores(surface: str) -> dict[str, Score]:
    """Sweep every rule on a surface whose minimum is known."""
    ground = surfaces.get(surface)
    floor = ground.minimum or 0.0
    found: dict[str, Score] = {}
    for rule in RULES:
        run = rollout(ground, rule, lr=RATES[:, np.newaxis], seed=np.arange(SEEDS), noise=NOISE, steps=STEPS)
        ends = np.where(run.diverged_at < 0, run.loss[..., -1] - floor, np.inf)
        losses = np.median(np.where(np.isinf(ends).any(axis=1, keepdims=True), np.inf, ends), axis=1)
        at = int(losses.argmin())
        wide = int((losses <= 10 * losses[at]).sum()) * float(np.log10(RATES[1] / RATES[0]))
        lowest, highest = float(ends[at].min()), float(ends[at].max())
        found[rule] = Score(losses, float(RATES[at]), float(losses[at]), lowest, highest, wide)
    return found
