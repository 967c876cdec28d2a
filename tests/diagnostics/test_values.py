"""Each diagnostic on a case worked out by hand, and against a second computation that shares nothing with it."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

import optim_viz
from optim_viz import diagnostics, update_rules
from optim_viz.trajectory import Trajectory

BATCH = optim_viz.rollout("himmelblau", "adam", start=([0.0, 1.0], 0.5), lr=[[0.01], [0.1], [0.2]], steps=20)
LANES = tuple(np.ndindex(BATCH.batch_shape))
STEPS = (0, 7, 19)


def lr_of(run: Trajectory, lane: tuple[int, ...]) -> float:
    return float(np.broadcast_to(run.hyperparameters["lr"], run.batch_shape)[lane])


def test_loss_is_the_surface() -> None:
    values = diagnostics.get("loss").compute(BATCH)
    for lane in LANES:
        x, y = BATCH.theta[lane][7]
        assert values[lane][7] == pytest.approx((x**2 + y - 11) ** 2 + (x + y**2 - 7) ** 2, rel=1e-12)


def test_loss_gap_subtracts_the_minimum() -> None:
    valley = optim_viz.rollout("narrow_valley", "sgd", start=(2.0, 1.0), lr=0.01, steps=1)
    # f = (x² + 100 y²)/2 = 52 at the start; the step is to (1.98, 0).
    np.testing.assert_allclose(diagnostics.get("loss_gap").compute(valley), [52.0, 1.98**2 / 2], rtol=1e-14)


def test_distance_to_minimum_is_the_nearest_by_brute_force() -> None:
    surface = BATCH.surface
    assert surface is not None
    assert len(surface.minima) == 4
    values = diagnostics.get("distance_to_minimum").compute(BATCH)
    for lane in LANES:
        for t in (0, 7, 20):
            nearest = min(math.dist(BATCH.theta[lane][t], minimum) for minimum in surface.minima)
            assert values[lane][t] == pytest.approx(nearest, rel=1e-14)


def test_grad_norm_of_3_4_5() -> None:
    run = optim_viz.replay("sgd", [[3.0, 4.0], [-6e200, 8e200]])
    np.testing.assert_allclose(diagnostics.get("grad_norm").compute(run), [5.0, 1e201], rtol=1e-15)


def test_step_length_of_3_4_5() -> None:
    run = optim_viz.replay("sgd", [[3.0, 4.0]], lr=0.1)
    np.testing.assert_allclose(diagnostics.get("step_length").compute(run), [0.5], rtol=1e-15)
    values = diagnostics.get("step_length").compute(BATCH)
    for lane in LANES:
        for t in STEPS:
            assert values[lane][t] == pytest.approx(math.dist(BATCH.theta[lane][t + 1], BATCH.theta[lane][t]), rel=1e-9)


def test_step_over_lr_is_1_for_adam_under_a_constant_gradient() -> None:
    run = optim_viz.replay("adam", np.ones((10, 2)), lr=0.01)
    np.testing.assert_allclose(diagnostics.get("step_over_lr").compute(run), 1.0, rtol=1e-7)
    values = diagnostics.get("step_over_lr").compute(BATCH)
    for lane in LANES:
        for t in STEPS:
            moved = np.abs(BATCH.theta[lane][t + 1] - BATCH.theta[lane][t]) / lr_of(BATCH, lane)
            np.testing.assert_allclose(values[lane][t], moved, rtol=1e-9)


def test_first_moment_of_momentum_is_its_velocity() -> None:
    run = optim_viz.replay("momentum", [[1.0, 2.0], [1.0, 0.0]], momentum=0.5)
    np.testing.assert_allclose(diagnostics.get("first_moment").compute(run), [[1.0, 2.0], [1.5, 1.0]], rtol=1e-15)
    assert len(diagnostics.get("first_moment").curves(run)) == 1


def test_first_moment_of_adam_is_corrected_and_has_the_raw_one_beside_it() -> None:
    run = optim_viz.replay("adam", [[2.0, -4.0], [2.0, -4.0]], beta1=0.9)
    corrected, raw = diagnostics.get("first_moment").curves(run)
    np.testing.assert_allclose(corrected.values, [[2.0, -4.0]] * 2, rtol=1e-14)
    np.testing.assert_allclose(raw.values, [[0.2, -0.4], [0.38, -0.76]], rtol=1e-14)
    assert (corrected.style, raw.style) == ("solid", "dotted")


def test_second_moment_of_adagrad_is_the_sum_and_of_adam_is_corrected() -> None:
    second = diagnostics.get("second_moment")
    adagrad = optim_viz.replay("adagrad", [[1.0, 3.0], [2.0, 4.0]])
    np.testing.assert_allclose(second.compute(adagrad), [[1.0, 9.0], [5.0, 25.0]], rtol=1e-15)
    adam = optim_viz.replay("adam", [[2.0, -4.0], [2.0, -4.0]], beta2=0.5)
    corrected, raw = second.curves(adam)
    np.testing.assert_allclose(corrected.values, [[4.0, 16.0]] * 2, rtol=1e-14)
    np.testing.assert_allclose(raw.values, [[2.0, 8.0], [3.0, 12.0]], rtol=1e-14)


RATES: tuple[tuple[str, dict[str, Any], list[float]], ...] = (
    # Under gradients of 2, 2, 2 ... the root of a corrected mean of squares is 2.
    ("sgd", {"lr": 0.3}, [0.3] * 4),
    ("momentum", {"lr": 0.3}, [0.3] * 4),
    ("nesterov", {"lr": 0.3}, [0.3] * 4),
    ("adagrad", {"lr": 0.3, "eps": 0.5}, [0.3 / (2 * math.sqrt(t) + 0.5) for t in (1, 2, 3, 4)]),
    ("adagrad", {"lr": 0.3, "eps": 0.0, "lr_decay": 1.0}, [0.3 / t / (2 * math.sqrt(t)) for t in (1, 2, 3, 4)]),
    ("rmsprop", {"lr": 0.3, "alpha": 0.5, "eps": 0.5}, [0.3 / (math.sqrt(4 - 4 / 2**t) + 0.5) for t in (1, 2, 3, 4)]),
    # The mean of squares less the square of the mean: 4 (1 - 2^-t) - 4 (1 - 2^-t)² = 4 · 2^-t (1 - 2^-t).
    (
        "rmsprop",
        {"lr": 0.3, "alpha": 0.5, "eps": 0.0, "centered": True},
        [0.3 / (2 * math.sqrt(2**-t * (1 - 2**-t))) for t in (1, 2, 3, 4)],
    ),
    ("adam", {"lr": 0.3, "eps": 0.5}, [0.3 / 2.5] * 4),
    ("adamw", {"lr": 0.3, "eps": 0.5, "weight_decay": 0.1}, [0.3 / 2.5] * 4),
    ("amsgrad", {"lr": 0.3, "eps": 0.5}, [0.3 / 2.5] * 4),
    ("nadam", {"lr": 0.3, "eps": 0.5}, [0.3 / 2.5] * 4),
    ("adamax", {"lr": 0.3, "eps": 0.5}, [0.3 / 2.5] * 4),
    # v = 4 (1 - 2^-t); D is 0 before the first step, and after it δ² / 2 with δ² = 0.5 / (2 + 0.5) · 4 = 0.8.
    (
        "adadelta",
        {"lr": 0.3, "rho": 0.5, "eps": 0.5},
        [0.3 * math.sqrt(0.5 / 2.5), 0.3 * math.sqrt(0.9 / 3.5)],
    ),
)


@pytest.mark.parametrize(("rule", "options", "expected"), RATES)
def test_effective_rate_under_a_constant_gradient(rule: str, options: dict[str, Any], expected: list[float]) -> None:
    run = optim_viz.replay(rule, [[2.0, -2.0]] * len(expected), **options)
    values = diagnostics.get("effective_rate").compute(run)
    np.testing.assert_allclose(values, np.column_stack([expected, expected]), rtol=1e-12)


def test_effective_rate_of_radam_is_lr_until_it_divides() -> None:
    # Five steps of momentum at beta2 = 0.999; then lr r_t / (√v̂ + ε/√(1 - β₂^t)), with √v̂ = 2 here and
    # r_6 = √((ρ_6 - 4)(ρ_6 - 2)ρ / ((ρ - 4)(ρ - 2)ρ_6)), ρ = 1999 and ρ_6 = ρ - 12 · 0.999^6 / (1 - 0.999^6).
    run = optim_viz.replay("radam", [[2.0, -2.0]] * 6, lr=0.3, eps=0.0)
    long, power = 1999.0, 0.999**6
    short = long - 12 * power / (1 - power)
    r = math.sqrt((short - 4) * (short - 2) * long / ((long - 4) * (long - 2) * short))
    values = diagnostics.get("effective_rate").compute(run)
    np.testing.assert_allclose(values[:, 0], [0.3] * 5 + [0.3 * r / 2], rtol=1e-9)
    assert r < 0.1, "it eases in"


@pytest.mark.parametrize("name", update_rules.names())
def test_effective_rate_times_the_gradient_is_the_step_where_nothing_is_remembered(name: str) -> None:
    rule, rate = update_rules.get(name), diagnostics.get("effective_rate")
    memories = {"beta1", "momentum", "weight_decay", "alpha"} | ({"beta2"} if "u" in rule.first_moment else set())
    forgets: dict[str, Any] = {each.name: 0.0 for each in rule.hyperparameters if each.name in memories}
    forgets |= {each.name: False for each in rule.hyperparameters if each.name == "clip"}
    grads = np.random.default_rng(3).normal(size=(40, 2))
    if rule.rate is not None:
        run = optim_viz.replay(name, grads, **forgets)
        np.testing.assert_allclose(-rate.compute(run) * grads, run.update, rtol=1e-9, atol=1e-12)
    else:  # by the sign or the direction alone: the size of gradients makes no difference but for eps
        small, large = (optim_viz.replay(name, size * grads, **forgets).update for size in (1e3, 1e6))
        np.testing.assert_allclose(small, large, rtol=1e-6)


def test_effective_rate_of_a_batch_times_the_mean_is_the_step() -> None:
    rate = diagnostics.get("effective_rate").compute(BATCH)
    np.testing.assert_allclose(-rate * BATCH.state["m_hat"], BATCH.update, rtol=1e-12)


def test_signal_to_noise() -> None:
    signal = diagnostics.get("signal_to_noise")
    steady = optim_viz.replay("adam", [[2.0, -3.0]] * 5)
    np.testing.assert_allclose(signal.compute(steady), [[1.0, -1.0]] * 5, rtol=1e-13)
    # After +1 and -1: m̂ = (0.9·0.1 - 0.1)/(1 - 0.81) = -1/19, and v̂ = 1. No gradient at all: 0/0.
    turning = optim_viz.replay("adam", [[1.0, 0.0], [-1.0, 0.0]], beta1=0.9)
    np.testing.assert_allclose(signal.compute(turning), [[1.0, np.nan], [-1 / 19, np.nan]], rtol=1e-13)
    # A plain loop over the definition, at points of a run.
    values = signal.compute(BATCH)
    for lane in LANES:
        m, v = np.zeros(2), np.zeros(2)
        for t, grad in enumerate(BATCH.grad[lane], start=1):
            m, v = 0.9 * m + 0.1 * grad, 0.999 * v + 0.001 * grad**2
            expected = (m / (1 - 0.9**t)) / np.sqrt(v / (1 - 0.999**t))
            np.testing.assert_allclose(values[lane][t - 1], expected, rtol=1e-9)


def test_step_angle() -> None:
    angle = diagnostics.get("step_angle")
    down = optim_viz.replay("sgd", [[3.0, -4.0], [5e200, 1e200]])
    np.testing.assert_allclose(angle.compute(down), 0.0, atol=1e-13)
    # The velocity after (1, 0) and (0, 1) is (0.9, 1): its angle to (0, 1) is atan(0.9) = 41.987...°.
    turned = optim_viz.replay("momentum", [[1.0, 0.0], [0.0, 1.0]], momentum=0.9)
    np.testing.assert_allclose(angle.compute(turned), [0.0, math.degrees(math.atan(0.9))], rtol=1e-12)
    # After (1, 0) and (-0.5, 0) the velocity 0.4 still points along the first gradient: straight uphill.
    uphill = optim_viz.replay("momentum", [[1.0, 0.0], [-0.5, 0.0]], momentum=0.9)
    np.testing.assert_allclose(angle.compute(uphill), [0.0, 180.0], rtol=1e-14)
    # Adam's first step has the length lr in each coordinate: (1, 1) against (3, 4).
    signs = optim_viz.replay("adam", [[3.0, 4.0]], eps=0.0)
    np.testing.assert_allclose(angle.compute(signs), [math.degrees(math.atan2(4, 3) - math.pi / 4)], rtol=1e-9)
    assert np.isnan(angle.compute(optim_viz.replay("sgd", [[0.0, 0.0]]))).all()
    values = angle.compute(BATCH)
    for lane in LANES:
        for t in STEPS:
            step, grad = BATCH.update[lane][t], BATCH.grad[lane][t]
            cosine = float(-step @ grad / np.linalg.norm(step) / np.linalg.norm(grad))
            assert values[lane][t] == pytest.approx(math.degrees(math.acos(cosine)), abs=1e-6)


def test_curvature_of_quadratics_and_its_limits() -> None:
    curvature = diagnostics.get("curvature")
    # f = (x² + 100 y²)/2: eigenvalues 1 and 100 everywhere; gradient descent is stable up to 2/lr, and up to
    # (2 + 2μ)/lr with momentum; weight decay is added to the curvature.
    cases: tuple[tuple[str, dict[str, Any], float], ...] = (
        ("sgd", {"lr": 0.01}, 200.0),
        ("sgd", {"lr": 0.01, "weight_decay": 3.0}, 197.0),
        ("momentum", {"lr": 0.01, "momentum": 0.5}, 300.0),
        ("adam", {"lr": 0.01}, np.nan),
    )
    for rule, options, limit in cases:
        largest, smallest, stable = curvature.curves(optim_viz.rollout("narrow_valley", rule, steps=3, **options))
        np.testing.assert_allclose(largest.values, 100.0, rtol=1e-14)
        np.testing.assert_allclose(smallest.values, 1.0, rtol=1e-12)
        np.testing.assert_allclose(stable.values, limit, rtol=1e-14)
        assert [each.style for each in (largest, smallest, stable)] == ["solid", "dotted", "dashed"]
    saddle = optim_viz.rollout("saddle", "sgd", steps=3)
    largest, smallest, _ = curvature.curves(saddle)
    assert largest.values[0] > 0 > smallest.values[0]


def test_curvature_is_that_of_differences_of_the_gradient() -> None:
    surface = BATCH.surface
    assert surface is not None
    largest, smallest, _ = diagnostics.get("curvature").curves(BATCH)
    h = 1e-5
    for lane in LANES:
        for t in (0, 7, 20):
            x, y = BATCH.theta[lane][t]
            columns = [
                (np.array(surface.grad(x + dx, y + dy)) - np.array(surface.grad(x - dx, y - dy))) / (2 * h)
                for dx, dy in ((h, 0.0), (0.0, h))
            ]
            low, high = np.linalg.eigvalsh(np.array(columns))
            assert largest.values[lane][t] == pytest.approx(high, rel=1e-6)
            assert smallest.values[lane][t] == pytest.approx(low, rel=1e-6, abs=1e-4)


def test_above_the_dashed_line_a_run_diverges_and_below_it_does_not() -> None:
    curvature = diagnostics.get("curvature")
    for lr in (0.0199, 0.0201):
        run = optim_viz.rollout("narrow_valley", "sgd", lr=lr, steps=2000)
        largest, _, stable = curvature.curves(run)
        assert (largest.values[0] > stable.values[0]) == (run.loss[-1] > run.loss[0])


def test_the_estimated_distance_grows_from_below_to_the_distance_itself() -> None:
    """On a convex loss it is at most the largest coordinate of the way, here 8; and it starts at d0."""
    run = optim_viz.rollout("narrow_valley", "prodigy", start=np.array([(-8.0, 1.0), (-8.0, 0.0)]), d0=1e-4, steps=300)
    diagnostic = diagnostics.get("distance_estimate")
    values = diagnostic.compute(run)
    assert values.shape == (2, 300)
    assert (np.diff(values) >= 0).all()
    assert (values[:, 0] < 2e-4).all()
    assert ((values[:, -1] > 0.1) & (values[:, -1] <= 8)).all()
    _, true = diagnostic.curves(run)
    np.testing.assert_array_equal(true.values, np.full((2, 300), 8.0))
    assert not diagnostic.applies(BATCH)
