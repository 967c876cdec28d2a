"""Adam on Rosenbrock with a short memory: long calm, then a burst. AMSGrad, which never forgets, has none.

On the flat floor gradients are tiny and v̂ decays within 1/(1 - β₂) steps, so the steps grow until one climbs a wall.
AMSGrad divides by the root of the largest v so far.

Source: Reddi, Kale, Kumar, On the Convergence of Adam and Beyond, ICLR 2018.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from optim_viz.scenario import Lane
from optim_viz.stories.measures import arrival, arrives_before, short
from optim_viz.stories.story import Move, Runs, Sentence, Story, changed, scene
from optim_viz.trajectory import Trajectory

SCENARIO = scene(
    "rosenbrock",
    Lane("adam", {"lr": 0.1, "beta2": 0.99}),
    Lane("amsgrad", {"lr": 0.1, "beta2": 0.99}),
    start=(-1.5, 2.0),
    steps=2000,
    speed=4.0,
)


def _after(run: Trajectory) -> tuple[float, float, int]:
    """Return the lowest loss, the highest that came after it, and the step of that one, within what the run shows."""
    lowest = np.minimum.accumulate(run.loss)
    factor = run.loss / lowest
    at = int(factor.argmax())
    return float(lowest[at]), float(run.loss[at]), at


def _numbers(runs: Runs) -> Mapping[str, object]:
    low, high, at = _after(runs[0])
    return {
        "low": short(low),
        "high": short(high),
        "at": at,
        "adam": arrival(runs[0]),
        "amsgrad": arrival(runs[1]),
        "end": short(float(runs[1].loss[-1])),
    }


def _bursts(runs: Runs) -> bool:
    adam, amsgrad = runs
    low, high, at = _after(adam)
    calm = bool((np.diff(amsgrad.loss[arrival(amsgrad) :]) <= 0).all())
    return arrives_before(adam, amsgrad) and high > 1000 * low and at > arrival(adam) and calm


STORY = Story(
    name="late_bursts",
    title="Late bursts",
    group="What Adam remembers",
    rank=30,
    scenario=SCENARIO,
    sentence=Sentence(
        "Adam arrives after {adam} steps, then bursts: from loss {low} to {high} at step {at}, its v̂ having "
        "forgotten the walls. AMSGrad keeps the largest v: it needs {amsgrad}, but stays calm.",
        _bursts,
        _numbers,
    ),
    moves=(
        Move(
            "A longer memory: β₂ 0.999",
            changed(SCENARIO, {0: {"beta2": 0.999}}),
            Sentence(
                "With β₂ 0.999 Adam remembers the walls for about a thousand steps: no burst in 2000, and it arrives "
                "at step {adam}.",
                lambda runs: _calm(runs[0]) and arrival(runs[0]) > 0,
                _numbers,
            ),
        ),
        Move(
            "A shorter one: β₂ 0.9",
            changed(SCENARIO, {0: {"beta2": 0.9}}),
            Sentence(
                "With β₂ 0.9 it arrives sooner, at step {adam}, and never comes to rest: its loss ends at {last}.",
                lambda runs: 0 < arrival(runs[0]) < 200 and not _calm(runs[0]) and float(runs[0].loss[-1]) > 1e-4,
                lambda runs: {"adam": arrival(runs[0]), "last": short(float(runs[0].loss[-1]))},
            ),
        ),
    ),
)


def _calm(run: Trajectory) -> bool:
    """Whether the loss, once it has arrived, never grows tenfold above its lowest by then while it is above 10⁻¹²."""
    after = run.loss[arrival(run) :]
    return bool((after <= 10 * np.maximum(np.minimum.accumulate(after), 1e-12)).all())
