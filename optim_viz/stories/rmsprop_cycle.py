"""RMSProp does not settle: near a minimum it ends in a hop of ±lr/2.

A step is lr g/√v. While the sign of g alternates, v tends to g², so every step has length lr, and a hop that goes from
-lr/2 to lr/2 and back repeats for ever. The size of the hop is that of lr, whatever the curvature.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from optim_viz.scenario import Lane
from optim_viz.stories.measures import arrival, short
from optim_viz.stories.story import Move, Runs, Sentence, Story, changed, scene
from optim_viz.trajectory import Trajectory

SCENARIO = scene(
    "narrow_valley",
    Lane("rmsprop", {"lr": 0.2, "alpha": 0.9}),
    Lane("adam", {"lr": 0.1}),
    start=(-2.0, 0.4),
    steps=300,
    speed=0.5,
    zoom=((-2.2, 0.8), (-0.5, 0.5)),
)


def _hops(run: Trajectory) -> bool:
    """Whether the last twenty steps jump from one side of the minimum to the other, half an lr away, in x and in y."""
    half = run.hyperparameters["lr"] / 2
    last = run.theta[-20:]
    return bool(np.allclose(np.abs(last), half, rtol=0.1) and (np.sign(last[1:]) == -np.sign(last[:-1])).all())


def _numbers(runs: Runs) -> Mapping[str, object]:
    return {
        "hop": short(float(np.abs(runs[0].theta[-50:]).max()), 1),
        "loss": short(float(runs[0].loss[-1])),
        "adam": arrival(runs[1]),
        "least": short(float(runs[0].loss[-50:].max())),
    }


STORY = Story(
    name="rmsprop_cycle",
    title="RMSProp never sits still",
    group="What Adam remembers",
    rank=40,
    scenario=SCENARIO,
    sentence=Sentence(
        "Every step of RMSProp is about lr long, however small the gradient: it ends hopping between +{hop} and "
        "−{hop}, half of lr 0.2. Adam's momentum cancels the hops: it arrives at step {adam}.",
        lambda runs: _hops(runs[0]) and 0 < arrival(runs[1]) < 300,
        _numbers,
    ),
    moves=(
        Move(
            "Ten times smaller steps",
            changed(SCENARIO, {0: {"lr": 0.02}}),
            Sentence(
                "At lr 0.02 the hop is ten times smaller, ±{hop}, and the loss stays at {loss}: only a falling lr "
                "would end it.",
                lambda runs: _hops(runs[0]) and bool(runs[0].loss[-50:].min() > 1e-3),
                _numbers,
            ),
        ),
        Move(
            "A longer memory: α 0.99",
            changed(SCENARIO, {0: {"alpha": 0.99}}),
            Sentence(
                "With α 0.99 the mean of squares still holds the steep start, so steps shrink on the way down: after "
                "300 steps the loss is below {least}.",
                lambda runs: bool(runs[0].loss[-50:].max() < 1e-3) and not _hops(runs[0]),
                lambda runs: {"least": short(float(runs[0].loss[-50:].max()) * 1.1, 1)},
            ),
        ),
    ),
)
