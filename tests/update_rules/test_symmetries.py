"""What an optimizer does not notice (scale, rotation), and what it makes of saddles and rare gradients."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import optim_viz
from surfaces import Surface
from tests.update_rules.quadratic import quadratic

TRUTHS = json.loads((Path(__file__).parent.parent / "truths" / "closed_forms.json").read_text())
ISOTROPIC: dict[str, dict[str, Any]] = {
    "sgd": {"lr": 0.01},
    "momentum": {"lr": 0.005, "momentum": 0.9},
    "nesterov": {"lr": 0.005, "momentum": 0.9},
}
ADAPTIVE: dict[str, dict[str, Any]] = {
    "adagrad": {"lr": 0.5},
    "rmsprop": {"lr": 0.01},
    "adam": {"lr": 0.05},
    "amsgrad": {"lr": 0.05},
}
THE_SIX = ("sgd", "momentum", "nesterov", "adagrad", "rmsprop", "adam")


def valley(turn: np.ndarray, scale: float = 1.0) -> Surface:
    """Make scale * (x² + 100 y²) / 2 turned by a rotation."""
    x, y = turn @ [-8.0, 1.0]
    return quadratic(scale * turn @ np.diag([1.0, 100.0]) @ turn.T, (float(x), float(y)))


@pytest.mark.parametrize("name", [*ISOTROPIC, *ADAPTIVE])
def test_rotation(name: str) -> None:
    given = (ISOTROPIC | ADAPTIVE)[name]
    c, s = np.cos(np.pi / 6), np.sin(np.pi / 6)
    turn = np.array([[c, -s], [s, c]])
    straight = optim_viz.rollout(valley(np.eye(2)), name, steps=50, **given)
    turned = optim_viz.rollout(valley(turn), name, steps=50, **given)
    difference = np.abs(turned.theta @ turn - straight.theta).max()
    if name in ISOTROPIC:
        assert difference < 1e-12
    else:
        assert difference > 0.5  # they scale each coordinate by itself


@pytest.mark.parametrize(("name", "bound"), [("adagrad", 1e-10), ("rmsprop", 1e-7), ("adam", 1e-7), ("amsgrad", 1e-7)])
def test_the_scale_of_the_loss_does_not_matter_to_adaptive_rules(name: str, bound: float) -> None:
    given = ADAPTIVE[name]
    plain = optim_viz.rollout(valley(np.eye(2)), name, steps=50, **given)
    scaled = optim_viz.rollout(valley(np.eye(2), 1000.0), name, steps=50, **given)
    assert np.abs(plain.theta - scaled.theta).max() < bound  # only eps notices
    without_eps = optim_viz.rollout(valley(np.eye(2), 1024.0), name, steps=50, eps=0.0, **given)
    exact = optim_viz.rollout(valley(np.eye(2)), name, steps=50, eps=0.0, **given)
    np.testing.assert_array_equal(without_eps.theta, exact.theta)  # a power of two scales without rounding


def test_the_scale_of_the_loss_does_matter_to_gradient_descent() -> None:
    plain = optim_viz.rollout(valley(np.eye(2)), "sgd", steps=50, lr=1e-5)
    scaled = optim_viz.rollout(valley(np.eye(2), 1000.0), "sgd", steps=50, lr=1e-5)
    assert np.abs(plain.theta - scaled.theta).max() > 1


@pytest.mark.parametrize("name", THE_SIX)
def test_leaving_a_saddle(name: str) -> None:
    run = optim_viz.rollout("saddle", name, start=(1.0, [0.0, 1e-6]), lr=0.01, steps=1500)
    assert (run.theta[0, :, 1] == 0.0).all()  # exactly on the ridge nothing ever pushes it off
    escaped = np.abs(run.theta[1, :, 1]) > 1
    assert int(escaped.argmax()) == TRUTHS["saddle_steps_until_1"][name]


@pytest.mark.parametrize("k", [10, 100])
@pytest.mark.parametrize("name", ["sgd", "momentum", "adagrad", "rmsprop", "adam"])
def test_a_rare_gradient(name: str, k: int) -> None:
    rare = (np.arange(1, 1001) % k == 0).astype(float)
    run = optim_viz.replay(name, np.stack([np.ones(1000), rare], axis=1), lr=0.01)
    ratio = run.theta[1000, 1] / run.theta[1000, 0]
    assert ratio == pytest.approx(TRUTHS["sparse_ratio"][str(k)][name], rel=1e-9)


@pytest.mark.parametrize(
    ("name", "given"),
    [
        ("full_adagrad", {"lr": 1.0}),
        ("shampoo", {"lr": 1.0}),
        ("soap", {"lr": 0.1, "beta1": 0.9, "beta2": 0.999}),
    ],
)
def test_rules_that_keep_the_whole_matrix_turn_with_the_valley(name: str, given: dict[str, Any]) -> None:
    straight = optim_viz.rollout(valley(np.eye(2)), name, steps=100, **given)
    for degrees in (10, 30, 45, 60, 80):
        c, s = np.cos(np.radians(degrees)), np.sin(np.radians(degrees))
        turn = np.array([[c, -s], [s, c]])
        turned = optim_viz.rollout(valley(turn), name, steps=100, **given)
        np.testing.assert_allclose(turned.theta @ turn, straight.theta, rtol=0, atol=1e-4 if name == "soap" else 1e-9)
