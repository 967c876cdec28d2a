"""A saddle, left from a hair's breadth: how long it takes depends on the gradient's size for SGD, not for Adam.

SGD multiplies y by 1 + 2 lr a step, so from y₀ it needs log(1/y₀)/log(1 + 2 lr) steps. Adam divides the gradient by its
own size: its first steps are lr long however small the gradient. Exactly on the ridge the gradient is 0, and nobody
leaves.

Source: Dauphin et al., Identifying and attacking the saddle point problem, NIPS 2014.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from optim_viz.scenario import Lane
from optim_viz.stories.story import Move, Runs, Sentence, Story, changed, scene
from optim_viz.trajectory import Trajectory

SCENARIO = scene(
    "saddle",
    Lane("sgd", {"lr": 0.02}),
    Lane("momentum", {"lr": 0.02}),
    Lane("adam", {"lr": 0.05}),
    start=(1.0, 0.001),
    steps=400,
    speed=0.25,
    lane=2,
)


def _left(run: Trajectory) -> int:
    """Return the first step with |y| above 1, -1 where there is none."""
    out = np.abs(run.theta[:, 1]) > 1
    return int(out.argmax()) if out.any() else -1


def _numbers(runs: Runs) -> Mapping[str, object]:
    return {run.optimizer: _left(run) for run in runs}


def _order(runs: Runs) -> bool:
    sgd, momentum, adam = map(_left, runs)
    return 0 < adam < momentum < sgd


STORY = Story(
    name="saddle",
    title="A hair's breadth from the ridge",
    group="Hard ground",
    rank=10,
    scenario=SCENARIO,
    sentence=Sentence(
        "From 0.001 beside the ridge Adam is past y = 1 after {adam} steps, momentum after {momentum}, SGD after "
        "{sgd}: a tiny gradient means tiny steps, unless one divides by it.",
        lambda runs: _order(runs) and _left(runs[0]) > 5 * _left(runs[2]),
        _numbers,
    ),
    moves=(
        Move(
            "A thousand times nearer",
            changed(SCENARIO, start=(1.0, 1e-06)),
            Sentence(
                "From 10⁻⁶ SGD needs {sgd} steps and momentum {momentum}. Adam needs {adam}, as before: its steps do "
                "not depend on the size of the gradient.",
                lambda runs: _order(runs) and _left(runs[0]) > 300 and _left(runs[2]) == 20,
                _numbers,
            ),
        ),
        Move(
            "Exactly on the ridge",
            changed(SCENARIO, start=(1.0, 0.0)),
            Sentence(
                "From y = 0 exactly the y-gradient is 0 for ever: all three stop on the saddle.",
                lambda runs: all(bool((run.theta[:, 1] == 0).all()) and abs(run.theta[-1, 0]) < 1e-6 for run in runs),
            ),
        ),
    ),
)
