"""Adam without its bias correction: at β₂ = 0.999 the first steps are 3.16 lr long, and grow.

m and v start at 0. Uncorrected, the first step is lr (1 - β₁)/√(1 - β₂) = lr 0.1/0.0316. At β₂ = 0.9 = β₁ the same
formula gives 0.316 lr: the correction then lengthens the first steps.

Source: Kingma, Ba (2015), sections 3 and 6.4.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from optim_viz.scenario import Lane
from optim_viz.stories.measures import arrival, arrives_before, lengths, short
from optim_viz.stories.story import Move, Runs, Sentence, Story, changed, scene

SCENARIO = scene(
    "styblinski_tang",
    Lane("adam", {"lr": 0.3}),
    Lane("adam", {"lr": 0.3, "bias_correction": False}, colour=0, marker="diamond"),
    start=(-4.7, -0.6),
    steps=200,
    speed=0.25,
    lane=1,
)


def _longest(runs: Runs) -> list[float]:
    return [max(float(lengths(run, axis).max()) for axis in (0, 1)) for run in runs]


def _numbers(runs: Runs) -> Mapping[str, object]:
    on, off = runs
    return {
        "first": f"{lengths(off, 0)[0]:.3g}",
        "longest": f"{_longest(runs)[1]:.2g}",
        "higher": short(float(off.loss[-1] - on.loss[-1])),
    }


def _leaps(runs: Runs) -> bool:
    on, off = runs
    return arrival(on) > 0 > arrival(off) and _longest(runs)[1] > 4 and off.loss[-1] > on.loss[-1] + 10


def _shorter(runs: Runs) -> bool:
    on, off = runs
    together = bool(np.allclose(on.theta[-1], off.theta[-1], atol=0.1))
    return together and bool(lengths(off, 0)[0] < 0.4 < 0.99 < lengths(on, 0)[0])


STORY = Story(
    name="bias_correction",
    title="Bias correction, switched off",
    group="What Adam remembers",
    rank=20,
    scenario=SCENARIO,
    sentence=Sentence(
        "Without bias correction Adam's first step is {first} lr long instead of 1, and they grow to {longest}: it "
        "shoots out of the deepest basin and ends {higher} higher.",
        _leaps,
        _numbers,
    ),
    moves=(
        Move(
            "Both with β₂ 0.9",
            changed(SCENARIO, {0: {"beta2": 0.9}, 1: {"beta2": 0.9}}),
            Sentence(
                "With β₂ 0.9 it is the other way round: the first uncorrected step is only {first} lr, and both end "
                "in the same basin. The longer β₂ remembers, the more the correction matters.",
                _shorter,
                _numbers,
            ),
        ),
        Move(
            "Ten times smaller steps",
            changed(SCENARIO, {0: {"lr": 0.03}, 1: {"lr": 0.03}}),
            Sentence(
                "At lr 0.03 the first steps are just as many times too long, {first} and more, but too short to "
                "leave the basin: the uncorrected one arrives sooner.",
                lambda runs: arrives_before(runs[1], runs[0]) and bool(lengths(runs[1], 0)[0] > 3),
                _numbers,
            ),
        ),
    ),
)
