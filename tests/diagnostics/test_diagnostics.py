"""Every diagnostic against a plain second computation."""

import math
from typing import Any

import numpy as np
import pytest

import optim_viz
from optim_viz import diagnostics

BATCH = optim_viz.rollout("himmelblau", "adam", start=([0.0, 1.0], 0.5), lr=[[0.01], [0.1], [0.2]], steps=20)


def by_hand(name: str, run: optim_viz.Trajectory, lane: tuple[int, ...], t: int) -> Any:
    """Work one value out with the math module."""
    surface = run.surface
    assert surface is not None
    x, y = run.theta[lane][t]
    lr = float(np.broadcast_to(run.hyperparameters["lr"], run.batch_shape)[lane])
    match name:
        case "loss_gap":
            assert surface.minimum is not None
            return float(surface.loss(x, y)) - surface.minimum
        case "distance_to_minimum":
            return min(math.dist((x, y), minimum) for minimum in surface.minima)
        case "grad_norm":
            return math.hypot(*run.grad[lane][t])
        case "step_length":
            return math.dist(run.theta[lane][t + 1], (x, y))
        case "step_over_lr":
            return np.abs(run.theta[lane][t + 1] - run.theta[lane][t]) / lr
    raise AssertionError(name)


def test_the_folder_is_the_list() -> None:
    assert diagnostics.names() == ("distance_to_minimum", "grad_norm", "loss_gap", "step_length", "step_over_lr")
    with pytest.raises(ValueError, match="unknown diagnostic 'mood'; known: distance_to_minimum"):
        diagnostics.get("mood")


@pytest.mark.parametrize("name", diagnostics.names())
def test_values(name: str) -> None:
    diagnostic = diagnostics.get(name)
    values = diagnostic.compute(BATCH)
    length = BATCH.steps + (diagnostic.along == "places")
    assert values.shape == (3, 2, length, *([2] if diagnostic.per_coordinate else []))
    assert diagnostic.applies(BATCH)
    assert all((diagnostic.title, diagnostic.help))
    for lane in np.ndindex(3, 2):
        for t in (0, 7, length - 1):
            np.testing.assert_allclose(values[lane][t], by_hand(name, BATCH, lane, t), rtol=1e-9, atol=1e-12)


@pytest.mark.parametrize("name", diagnostics.names())
def test_nan_after_divergence(name: str) -> None:
    run = optim_viz.rollout("himmelblau", "sgd", lr=1.0, steps=30)
    at = int(run.diverged_at)
    assert at > 0
    diagnostic = diagnostics.get(name)
    values = diagnostic.compute(run)
    first = at if diagnostic.along == "places" else at - 1
    assert np.isfinite(values[:first]).all()
    assert np.isnan(values[first:]).all()


@pytest.mark.parametrize("name", ["loss_gap", "distance_to_minimum"])
def test_where_no_minimum_is_known(name: str) -> None:
    diagnostic = diagnostics.get(name)
    for run in (optim_viz.rollout("saddle", "sgd", steps=3), optim_viz.replay("sgd", [[1.0, 1.0]])):
        assert not diagnostic.applies(run)
        with pytest.raises(ValueError, match=r"needs a known minimum; (saddle|a replay) has none"):
            diagnostic.compute(run)


def test_adam_steps_lr_under_a_constant_gradient() -> None:
    run = optim_viz.replay("adam", np.ones((10, 2)), lr=0.01)
    np.testing.assert_allclose(diagnostics.get("step_over_lr").compute(run), 1.0, rtol=1e-7)
