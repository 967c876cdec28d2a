"""Three valleys, one of them deepest: who stops in the first one on the way, and who rolls through.

The camel's side minima lie at ±(1.7476, -0.8738) and are 0.2986 high; the middle one is 0.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from optim_viz.scenario import Lane
from optim_viz.stories.measures import arrival, lowest_at_the_end, short
from optim_viz.stories.story import Move, Question, Runs, Sentence, Story, changed, scene
from optim_viz.trajectory import Trajectory

SIDE = 0.29863844223685965  # height of the side minima

SCENARIO = scene(
    "three_hump_camel",
    Lane("sgd", {"lr": 0.02}),
    Lane("momentum", {"lr": 0.02}),
    Lane("rmsprop", {"lr": 0.02}),
    Lane("adam", {"lr": 0.05}),
    start=(-2.0, -1.0),
    steps=300,
    speed=0.5,
    lane=1,
    zoom=((-2.6, 2.6), (-2.0, 2.0)),
)


def _stuck(run: Trajectory) -> bool:
    return abs(float(run.loss[-1]) - SIDE) < 1e-3


def _only_momentum(runs: Runs) -> bool:
    sgd, momentum, rmsprop, adam = runs
    return all(map(_stuck, (sgd, rmsprop, adam))) and arrival(momentum) > 0


def _numbers(runs: Runs) -> Mapping[str, object]:
    return {"momentum": arrival(runs[1]), "side": short(float(runs[0].loss[-1])), "adam": arrival(runs[3])}


STORY = Story(
    name="wrong_basin",
    title="The wrong basin",
    group="Hard ground",
    rank=20,
    scenario=SCENARIO,
    sentence=Sentence(
        "SGD, RMSProp and Adam stop in the first basin on the way, {side} above the deepest. Momentum rolls through.",
        _only_momentum,
        _numbers,
    ),
    question=Question(
        "Which one finds the deepest basin?",
        lowest_at_the_end,
        Sentence("{winner} does, at step {momentum}.", _only_momentum, _numbers),
    ),
    moves=(
        Move(
            "Take the momentum away",
            changed(SCENARIO, {1: {"momentum": 0.0}}),
            Sentence(
                "Without its speed it stops with the others, {side} above the deepest basin.",
                lambda runs: all(map(_stuck, runs)),
                _numbers,
            ),
        ),
        Move(
            "Start behind the hump",
            changed(SCENARIO, start=(-1.0, -1.0)),
            Sentence(
                "From x = −1 all four are in the deepest basin from the start, and all find its bottom.",
                lambda runs: all(arrival(run) > 0 or bool(np.abs(run.loss[-50:]).max() < 0.01) for run in runs),
            ),
        ),
    ),
)
