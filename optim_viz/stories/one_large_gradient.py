"""One gradient of ten times: for how long β₂ remembers it.

v is a mean of squares whose memory is about 1/(1 - β₂) steps. After one gradient of size s among ones, v is
1 + (1 - β₂)(s² - 1) and decays; until then every step along that axis is short.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from optim_viz.scenario import Lane
from optim_viz.stories.measures import lengths, short
from optim_viz.stories.story import Move, Runs, Sentence, Story, changed, scene
from optim_viz.trajectory import Trajectory

AT = 200  # the step with the large gradient

SCENARIO = scene(
    "spiky_steps",
    Lane("sgd", {"lr": 0.02}),
    Lane("adam", {"lr": 0.02, "beta2": 0.9}, colour=2, marker="square"),
    Lane("adam", {"lr": 0.02, "beta2": 0.99}, colour=4, marker="triangle-down"),
    Lane("adam", {"lr": 0.02, "beta2": 0.999}, colour=1, marker="diamond"),
    start=(0.0, 0.0),
    steps=399,
    lane=3,
    zoom=((-8.8, 0.6), (-8.8, 0.6)),
)


def _short(run: Trajectory) -> np.ndarray:
    """Return the steps, from the large gradient's on, that are more than 1 % short."""
    return np.flatnonzero(lengths(run, 0)[AT - 1 :] < 0.99) + AT


def _numbers(runs: Runs) -> Mapping[str, object]:
    leap, least = lengths(runs[0], 0).max(), [float(lengths(run, 0).min()) for run in runs]
    return {"leap": f"{leap:g}", "quick": int(_short(runs[1]).size), "least": short(least[1])}


def _memory(runs: Runs) -> bool:
    sgd, quick, middle, slow = runs
    before = all(bool(np.allclose(lengths(run, 0)[: AT - 1], 1, atol=1e-6)) for run in runs)
    forgets = int(_short(quick)[-1]) < sgd.steps
    return before and forgets and all(int(_short(run)[-1]) == run.steps for run in (middle, slow))


STORY = Story(
    name="one_large_gradient",
    title="One gradient of ten times",
    group="What Adam remembers",
    rank=10,
    scenario=SCENARIO,
    sentence=Sentence(
        "At step 200 one x-gradient is 10 times the others. SGD leaps {leap} lr. Adam with β₂ 0.9 takes {quick} "
        "short steps and forgets; with 0.99 and 0.999 it still steps short at the end.",
        _memory,
        _numbers,
    ),
    moves=(
        Move(
            "A hundred times",
            changed(SCENARIO, parameters={"k": 200, "size": 100}),
            Sentence(
                "A gradient of 100 times throws SGD {leap} lr ahead; Adam with β₂ 0.9 slows to {least} lr and takes "
                "{quick} steps to forget it. Its steps are never long.",
                lambda runs: _memory(runs) and all(float(lengths(run, 0).max()) < 1.6 for run in runs[1:]),
                _numbers,
            ),
        ),
    ),
)
