"""Gradient descent at and around 2/L, in the narrow valley, whose steepest curvature L is 100.

A step multiplies y by 1 - 100 lr: by 0 at lr 0.01, by -0.9 at 0.019, by -1 at 0.02, by -1.02 at 0.0202.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from optim_viz.scenario import Lane
from optim_viz.stories.measures import arrival, arrives_before, short
from optim_viz.stories.story import Move, Runs, Sentence, Story, changed, scene

SCENARIO = scene(
    "narrow_valley",
    Lane("sgd", {"lr": 0.01}),
    Lane("sgd", {"lr": 0.019}, colour=4, marker="diamond"),
    Lane("sgd", {"lr": 0.02}, colour=2, marker="square"),
    start=(-8.0, 1.0),
    steps=300,
    speed=0.5,
    lane=2,
    zoom=((-9.0, 1.5), (-2.0, 2.0)),
)


def _edge(runs: Runs) -> bool:
    half, below, at = runs
    jumps = bool(np.allclose(np.abs(at.theta[:, 1]), 1, atol=1e-9)) and bool(np.ptp(at.theta[:, 1]) > 1.9)
    return jumps and arrives_before(below, half) and abs(float(half.theta[1, 1])) < 1e-12 and arrival(at) < 0


def _past(runs: Runs) -> bool:
    wall = np.abs(runs[2].theta[:, 1])
    return bool((wall[1:] > wall[:-1]).all()) and arrival(runs[2]) < 0


def _numbers(runs: Runs) -> Mapping[str, object]:
    return {"below": arrival(runs[1]), "wall": short(abs(float(runs[2].theta[-1, 1])), 3)}


STORY = Story(
    name="edge_of_stability",
    title="The edge, 2/L",
    group="Valleys",
    rank=30,
    scenario=SCENARIO,
    sentence=Sentence(
        "At lr 0.02 SGD jumps between the walls for ever. Just below, 0.019 arrives first, at step {below}. At 0.01 "
        "it is on the floor after one step, and then crawls.",
        _edge,
        _numbers,
    ),
    moves=(
        Move(
            "One percent over the edge",
            changed(SCENARIO, {2: {"lr": 0.0202}}),
            Sentence(
                "At lr 0.0202 every jump is a little longer than the last: after 300 steps |y| is {wall}.",
                _past,
                _numbers,
            ),
        ),
        Move(
            "One percent under it",
            changed(SCENARIO, {2: {"lr": 0.0198}}),
            Sentence(
                "At lr 0.0198 every jump is a little shorter: it arrives at step {under}, later than 0.019 does.",
                lambda runs: arrives_before(runs[1], runs[2]) and arrival(runs[2]) > 0,
                lambda runs: {"under": arrival(runs[2])},
            ),
        ),
    ),
)
