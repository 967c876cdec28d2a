"""How runs end, worked out a part at a time, is what their whole trajectories say, bit for bit."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import optim_viz
import surfaces
from optim_viz import update_rules
from optim_viz.rollout.endings import endings


@pytest.mark.parametrize("steps", [1, 128, 300])
@pytest.mark.parametrize(("surface", "noise"), [("rosenbrock", 0.1), ("narrow_valley", 0.0), ("sparse_logistic", 0.0)])
@pytest.mark.parametrize("optimizer", update_rules.names())
def test_they_are_those_of_the_trajectories(optimizer: str, surface: str, noise: float, steps: int) -> None:
    rule, ground = optim_viz.optimizer(optimizer), surfaces.get(surface)
    swept = rule.hyperparameters[0]
    values: Any = np.array(swept.stops()[::8], dtype=np.float64)
    alone: dict[str, Any] = {"start": ground.start, "steps": steps, "noise": noise, "seed": 5}
    run = optim_viz.rollout(ground, rule, **{**alone, swept.name: values})
    *_, last = endings(ground, rule, rule.complete({swept.name: values}), **alone, near=1e-3)
    np.testing.assert_array_equal(last.loss, run.loss[:, -1])
    np.testing.assert_array_equal(last.diverged, run.diverged_at >= 0)
    reached = np.full(len(values), -1) if ground.minimum is None else run.steps_to(1e-3)
    np.testing.assert_array_equal(last.arrived, reached)


def test_a_run_that_has_diverged_arrives_nowhere() -> None:
    """Gradient descent on a parabola, lr far above 2/L, overflows; a rule that takes signs may come back after that."""
    surface = surfaces.parse("x**2 + y**2", domain=((-1, 1), (-1, 1)))
    rule = optim_viz.optimizer("sgd")
    values = np.array([0.1, 100.0])
    *_, last = endings(
        surface, rule, rule.complete({"lr": values}), start=(1.0, 1.0), steps=400, noise=0.0, seed=0, near=1e-3
    )
    assert list(last.diverged) == [False, True]
    assert np.isnan(last.loss[1])
    assert last.arrived[1] == -1
