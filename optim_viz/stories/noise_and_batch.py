"""Steps that see one example at a time: SGD stops where noise and slope balance, at a height that grows with lr.

For small steps the mean height above the minimum is proportional to lr/batch size.

Source: Smith, Kindermans, Ying, Le, Don't Decay the Learning Rate, Increase the Batch Size, ICLR 2018.
"""

from __future__ import annotations

from collections.abc import Mapping

from optim_viz import diagnostics
from optim_viz.scenario import Lane
from optim_viz.stories.measures import short
from optim_viz.stories.story import Move, Runs, Sentence, Story, changed, scene
from optim_viz.trajectory import Trajectory

SCENARIO = scene(
    "sparse_least_squares",
    Lane("sgd", {"lr": 0.3}),
    Lane("sgd", {"lr": 0.03}, colour=4, marker="diamond"),
    start=(-2.0, -2.0),
    steps=300,
    parameters={"k": 1, "batch_size": 1},
    lane=1,
)


def _height(run: Trajectory) -> float:
    """Return the mean height above the minimum over the last 100 steps."""
    return float(diagnostics.get("loss_gap").values(run)[-100:].mean())


def _first(run: Trajectory) -> int:
    """Return the first step within 0.1 of the minimum."""
    return int(run.steps_to(0.1))


def _numbers(runs: Runs) -> Mapping[str, object]:
    large, small = runs
    return {
        "large": short(_height(large)),
        "small": short(_height(small)),
        "soon": _first(large),
        "late": _first(small),
    }


def _wanders(runs: Runs) -> bool:
    large, small = runs
    return _height(large) > 5 * _height(small) and 0 < _first(large) < _first(small) / 5


STORY = Story(
    name="noise_and_batch",
    title="One example at a time",
    group="Noise and rare gradients",
    rank=20,
    scenario=SCENARIO,
    sentence=Sentence(
        "Each step sees one example. SGD at lr 0.3 is near after {soon} steps and then wanders {large} above the "
        "minimum; at 0.03 it needs {late} and stays {small} above it.",
        _wanders,
        _numbers,
    ),
    moves=(
        Move(
            "16 examples a step",
            changed(SCENARIO, parameters={"k": 1, "batch_size": 16}),
            Sentence(
                "With a batch of 16 the noise averages out: lr 0.3 now stays {large} above the minimum, as near as "
                "one example at 0.03 came, and is there after {soon} steps.",
                lambda runs: _wanders(runs) and _height(runs[0]) < 0.006,
                _numbers,
            ),
        ),
        Move(
            "Draw other examples",
            changed(SCENARIO, seed=1),
            Sentence(
                "Other draws, the same picture: lr 0.3 wanders {large} above the minimum, 0.03 stays {small} above it.",
                _wanders,
                _numbers,
            ),
        ),
    ),
)
