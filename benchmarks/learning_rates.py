"""Which learning rates suit each surface: a sweep for each family of rules, beside what the surface's file suggests.

Usage: python benchmarks/learning_rates.py [surface ...]

The best rate is the smallest whose score is 88 % of the way from standing still to the lowest: larger ones jump about.
A rate is good for a family if every rule of it goes down quickly and none diverges or leaves the window: the score is
the mean of log10(f - f*) over 300 steps, cut off at 1e-6, averaged over the family's rules (and five seeds where
gradients are drawn). Where the surface is unbounded below, a good rate takes about 200 steps to the edge of the
window. The ratio is 10 to the score of the suggestion minus that of the best rate: of the losses on the way, as it
were, or of the steps to the edge.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import optim_viz
from optim_viz import surfaces, update_rules
from optim_viz.surfaces import Surface
from optim_viz.update_rules import UpdateRule

STEPS = 300
RATES = np.array([float(f"{digit}e{power}") for power in range(-7, 2) for digit in (1, 1.5, 2, 3, 5, 7)])
LOW_ENOUGH = 1e-6
WAY = 200
NEAR = 0.12
MARGIN = 0.3  # a swing of so many widths past the window is no departure: with one scale on both axes it is in sight


def main(names: Sequence[str]) -> None:
    """Print a line for each surface and family."""
    families: dict[str, list[UpdateRule]] = {}
    for rule in map(update_rules.get, update_rules.names()):
        families.setdefault(rule.family, []).append(rule)
    print(f"{'surface':22}{'family':12}{'best':>10}{'suggested':>12}{'ratio':>12}")
    for name in names or surfaces.names():
        surface = surfaces.get(name)
        for family, rules in families.items():
            scores = np.mean([score(surface, rule) for rule in rules], axis=0)
            best = chosen(surface, scores)
            suggested = surface.learning_rates[family]
            ratio = 10 ** (scores[np.argmin(np.abs(np.log(RATES / suggested)))] - scores.min())
            print(f"{name:22}{family:12}{best:10g}{suggested:12g}{ratio:12.3g}")


def chosen(surface: Surface, scores: np.ndarray) -> float:
    """Return the smallest rate that comes near the best score: the calmest of the good ones."""
    near = 0.0
    if surface.minimum is not None:
        at_rest = np.log10(float(surface.loss(*surface.start)) - surface.minimum)
        near = NEAR * (at_rest - scores.min())
    return float(RATES[np.argmax(scores <= scores.min() + near)])


def score(surface: Surface, rule: UpdateRule) -> np.ndarray:
    """Return the score of each rate, lower is better; infinite where a run diverges or leaves the window."""
    seeds = np.arange(5 if surface.stochastic else 1)[:, None]
    run = optim_viz.rollout(surface, rule, steps=STEPS, seed=seeds, lr=np.broadcast_to(RATES, (len(seeds), len(RATES))))
    away = left(surface, run.theta)
    if surface.minimum is None:
        scores = np.where(run.diverged_at >= 0, np.inf, np.abs(np.log10(np.maximum(away, 1) / WAY)))
    else:
        gap = np.log10(np.maximum(run.loss - surface.minimum, LOW_ENOUGH))
        scores = np.where((run.diverged_at >= 0) | (away <= STEPS), np.inf, gap.mean(axis=-1))
    lr = next(item for item in rule.hyperparameters if item.name == "lr")
    return np.where(lr.high >= RATES, scores.max(axis=0), np.inf)


def left(surface: Surface, theta: np.ndarray) -> np.ndarray:
    """Return the first step at which a run is outside the window, 10 * STEPS for one that never is."""
    (x0, x1), (y0, y1) = surface.domain
    margin = 0.0 if surface.minimum is None else MARGIN
    x0, x1, y0, y1 = x0 - margin * (x1 - x0), x1 + margin * (x1 - x0), y0 - margin * (y1 - y0), y1 + margin * (y1 - y0)
    x, y = theta[..., 0], theta[..., 1]
    outside = ~((x >= x0) & (x <= x1) & (y >= y0) & (y <= y1))
    return np.where(outside.any(axis=-1), outside.argmax(axis=-1), 10 * STEPS)


if __name__ == "__main__":
    main(sys.argv[1:])
