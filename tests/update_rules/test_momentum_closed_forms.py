"""sgd, momentum and nesterov against what can be worked out by hand on quadratics."""

import json
import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import optim_viz
import surfaces

TRUTHS = json.loads((Path(__file__).parent.parent / "truths" / "closed_forms.json").read_text())
ONES = np.ones((10, 2))


def ends(run: optim_viz.Trajectory, *steps: int) -> list[float]:
    """Read x after the given steps."""
    return [run.theta[t, 0] for t in steps]


@pytest.mark.parametrize("lr", [0.019801980198019802, 0.0199, 0.02, 0.0201])
def test_gradient_descent_contracts_each_coordinate_by_itself(lr: float) -> None:
    run = optim_viz.rollout("narrow_valley", "sgd", start=(-8, 1), lr=lr, steps=100)
    t = np.arange(101)
    np.testing.assert_allclose(run.theta[:, 0], -8 * (1 - lr) ** t, rtol=1e-12)
    np.testing.assert_allclose(run.theta[:, 1], (1 - 100 * lr) ** t, rtol=1e-12)
    np.testing.assert_allclose(run.theta[100], TRUTHS["gd_kappa100_step100"][repr(lr)], rtol=1e-12)


def test_at_two_over_l_gradient_descent_alternates_forever() -> None:
    run = optim_viz.rollout("narrow_valley", "sgd", start=(-8, 1), lr=0.02, steps=5000)
    assert (run.theta[::2, 1] == 1.0).all()
    assert (run.theta[1::2, 1] == -1.0).all()


def spectral_radius(name: str, curvature: float, **given: Any) -> float:
    """One step on a 1-d quadratic is linear in (place, velocity): read its matrix off the rule and take its radius."""
    rule = optim_viz.optimizer(name)
    settings = rule.prepare({key: np.asarray(value) for key, value in rule.complete(given).items()}, 2)
    place, velocity = np.array([[1.0, 0.0]]), np.array([[0.0, 1.0]])
    state = rule.init(place, settings)
    has_velocity = bool(rule.states)
    if has_velocity:
        state = state._replace(velocity=velocity)
    update, after = rule.update(curvature * place, state, place, 2, settings)
    moved = (place + update)[0]
    matrix = np.array([moved, after.velocity[0]]) if has_velocity else moved[:1, np.newaxis]
    return float(np.abs(np.linalg.eigvals(matrix)).max())


@pytest.mark.parametrize("kappa", [10.0, 100.0, 1000.0])
def test_rates(kappa: float) -> None:
    truth = TRUTHS["momentum_rates"][f"{kappa}"]
    root = math.sqrt(kappa)
    assert truth["lr"] == pytest.approx(4 / (root + 1) ** 2)
    assert truth["beta"] == pytest.approx(((root - 1) / (root + 1)) ** 2)

    def rate(name: str, **given: Any) -> float:
        return max(spectral_radius(name, curvature, **given) for curvature in (1.0, kappa))

    # Double roots are found to the root of the machine precision only.
    assert rate("momentum", lr=truth["lr"], momentum=truth["beta"]) == pytest.approx(truth["rate"], abs=1e-7)
    standard, tuned = truth["nag_standard"], truth["nag_lessard"]
    assert rate("nesterov", lr=1 / kappa, momentum=standard["beta"]) == pytest.approx(standard["rate"], abs=1e-7)
    assert rate("nesterov", lr=tuned["lr"], momentum=tuned["beta"]) == pytest.approx(tuned["rate"], abs=1e-7)
    assert rate("sgd", lr=2 / (1 + kappa)) == pytest.approx(truth["gd_rate"], rel=1e-12)
    # Away from the best setting it is worse: the formulas above are minima, not only values.
    assert rate("momentum", lr=1.1 * truth["lr"], momentum=truth["beta"]) > truth["rate"] + 1e-4
    assert rate("momentum", lr=truth["lr"], momentum=0.9 * truth["beta"]) > truth["rate"] + 1e-4


def test_steps_until_a_millionth_of_the_way_is_left() -> None:
    tuned = TRUTHS["momentum_rates"]["100.0"]
    settings: dict[str, tuple[str, dict[str, Any]]] = {
        "gd_opt": ("sgd", {"lr": 2 / 101}),
        "heavy_ball_opt": ("momentum", {"lr": tuned["lr"], "momentum": tuned["beta"]}),
        "nesterov_lr1_over_L": ("nesterov", {"lr": 0.01, "momentum": tuned["nag_standard"]["beta"]}),
    }
    for key, (optimizer, given) in settings.items():
        run = optim_viz.rollout("narrow_valley", optimizer, start=(1, 1), steps=800, **given)
        size = np.hypot(*run.theta.T)
        assert int(np.argmax(size <= 1e-6 * size[0])) == TRUTHS["iterations_to_1e-6"][key]
        if key == "heavy_ball_opt":  # on its way it swings far out
            assert np.abs(run.theta[:, 1]).max() == pytest.approx(3.707216968537916)


def test_critical_damping() -> None:
    bowl = surfaces.parse("(x**2 + y**2)/2", domain=((-2, 2), (-2, 2)))
    run = optim_viz.rollout(bowl, "momentum", start=(1, 1), lr=0.01, momentum=0.81, steps=200)
    t = np.arange(201)
    # From rest torch's first buffer is g: the double root's solution is r^t (1 + t (1 - r)).
    np.testing.assert_allclose(run.theta[:, 0], 0.9**t * (1 + 0.1 * t), rtol=1e-10)
    for step, value in TRUTHS["critical_damping"].items():
        assert run.theta[int(step), 0] == pytest.approx(value, rel=1e-12)


@pytest.mark.parametrize(
    ("optimizer", "momentum", "limit"),
    [("momentum", 0.5, 3.0), ("momentum", 0.9, 3.8), ("nesterov", 0.5, 1.5), ("nesterov", 0.9, 3.8 / 2.8)],
)
def test_stability_limits(optimizer: str, momentum: float, limit: float) -> None:
    lr = np.array([0.999, 1.01]) * limit / 100
    run = optim_viz.rollout("narrow_valley", optimizer, start=(0, 1), lr=lr, momentum=momentum, steps=20_000)
    assert abs(run.theta[0, -1, 1]) < 1e-3
    assert run.diverged_at[0] == -1
    assert run.diverged_at[1] > 0


def test_constant_gradient() -> None:
    truth = TRUTHS["momentum_constant_gradient"]
    steps = (1, 2, 3, 10)
    plain = optim_viz.replay("momentum", ONES, lr=0.1, momentum=0.9)
    np.testing.assert_allclose(ends(plain, *steps), truth["torch_pos_1_2_3_10"], rtol=1e-14)
    # The first buffer is g, not (1 - d) g, so that with d = momentum it is g forever.
    damped = optim_viz.replay("momentum", ONES, lr=0.1, momentum=0.9, dampening=0.9)
    np.testing.assert_allclose(ends(damped, *steps), truth["dampened_pos_1_2_3_10"], rtol=1e-14)
    looking_ahead = optim_viz.replay("nesterov", ONES, lr=0.1, momentum=0.9)
    np.testing.assert_allclose(ends(looking_ahead, *steps), truth["nesterov_pos_1_2_3_10"], rtol=1e-14)


def test_nesterov_walks_the_look_ahead_points() -> None:
    run = optim_viz.rollout("narrow_valley", "nesterov", start=(-8, 1), lr=0.005, momentum=0.9, steps=20)
    theta, v = np.array([-8.0, 1.0]), np.zeros(2)
    for t in range(20):
        np.testing.assert_allclose(run.theta[t], theta + 0.9 * v, rtol=1e-12, atol=1e-13)
        v = 0.9 * v - 0.005 * (theta + 0.9 * v) * [1, 100]
        theta = theta + v


def test_without_momentum_all_three_are_gradient_descent() -> None:
    runs = [
        optim_viz.rollout("rosenbrock", "sgd", lr=5e-4),
        optim_viz.rollout("rosenbrock", "momentum", lr=5e-4, momentum=0.0),
        optim_viz.rollout("rosenbrock", "nesterov", lr=5e-4, momentum=0.0),
    ]
    np.testing.assert_array_equal(runs[1].theta, runs[0].theta)
    np.testing.assert_array_equal(runs[2].theta, runs[0].theta)
