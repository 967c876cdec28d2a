"""The same valley at 30 degrees to the axes: rules that scale each axis lose their edge, the others do not notice.

SGD and momentum commute with rotations, so in the turned valley they take the straight valley's path, turned. AdaGrad,
RMSProp and Adam divide x and y by the size of their own gradients, which in a turned valley are both those of its
walls.

Source: Duchi, Hazan, Singer, JMLR 12 (2011), section 1.1 (the full-matrix form would turn with the valley).
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from optim_viz.scenario import FORMULA, Lane
from optim_viz.stories.measures import NEAR, arrival, arrives_before, first_to_arrive, short
from optim_viz.stories.story import Move, Question, Runs, Sentence, Story, changed, scene, trajectories
from optim_viz.trajectory import Trajectory

_SIDE = ((-10.0, 10.0), (-10.0, 10.0))
_COSINE, _SINE = np.sqrt(3) / 2, 0.5
START = (-8.0, 2.0)
STRAIGHT_START = (float(_COSINE * START[0] + _SINE * START[1]), float(_COSINE * START[1] - _SINE * START[0]))
"""The same point of the valley, seen along its own axes."""

SCENARIO = scene(
    "rotated_valley",
    Lane("sgd", {"lr": 0.036}),
    Lane("momentum", {"lr": 0.012}),
    Lane("adagrad", {"lr": 0.8}),
    Lane("adam", {"lr": 0.15}),
    start=START,
    steps=300,
    lane=3,
)
STRAIGHT = changed(
    SCENARIO,
    surface=FORMULA,
    formula="0.5*(x**2 + 50*y**2)",
    domain=_SIDE,
    start=STRAIGHT_START,
)


def _turned(runs: Runs) -> bool:
    sgd, momentum, adagrad, adam = runs
    plain = arrives_before(momentum, sgd) and arrival(sgd) >= 0
    return plain and arrival(adagrad) < 0 and arrival(adam) < 0 and min(adam.loss[-1], adagrad.loss[-1]) > 1


def _below(run: Trajectory) -> int:
    """Return the first step with a loss below 10⁻³, -1 where there is none; both valleys' minimum is 0."""
    below = run.loss <= NEAR
    return int(below.argmax()) if below.any() else -1


def _straight(runs: Runs) -> bool:
    """Whether SGD and momentum have the losses that they have in the turned valley, and the other two arrive."""
    same = [
        bool(np.allclose(run.loss, turned.loss, rtol=1e-6, atol=1e-12))
        for run, turned in zip(runs, trajectories(SCENARIO), strict=True)
    ]
    return same == [True, True, False, False] and all(0 < _below(run) < 160 for run in runs)


def _all_down(runs: Runs) -> bool:
    return first_to_arrive(runs) == 3 and arrives_before(runs[1], runs[0])


def _arrivals(runs: Runs) -> Mapping[str, object]:
    return {run.optimizer: _below(run) for run in runs} | {"left": short(float(runs[3].loss[-1]))}


STORY = Story(
    name="turned_valley",
    title="The valley, turned",
    group="Valleys",
    rank=20,
    scenario=SCENARIO,
    sentence=Sentence(
        "In a turned valley scaling x and y apart no longer helps: after 300 steps Adam is still at loss {left}. SGD "
        "arrives at step {sgd}.",
        _turned,
        _arrivals,
    ),
    question=Question(
        "Which arrives first?",
        first_to_arrive,
        Sentence("{winner} arrives first, at step {first}.", _turned, lambda runs: {"first": arrival(runs[1])}),
    ),
    moves=(
        Move(
            "Lay it straight",
            STRAIGHT,
            Sentence(
                "The same valley along the axes: SGD takes the same {sgd} steps, and Adam arrives after {adam}. Only "
                "the rules that scale each axis notice how it lies.",
                _straight,
                _arrivals,
            ),
        ),
        Move(
            "Give Adam ten times the lr",
            changed(SCENARIO, {3: {"lr": 1.5}}),
            Sentence(
                "Longer steps make up for it here: at lr 1.5 Adam arrives after {adam} steps, momentum after "
                "{momentum}, SGD after {sgd}.",
                _all_down,
                _arrivals,
            ),
        ),
    ),
)
