from __future__ import annotations

import numpy as np
import pytest

from optim_viz.experiments import look_ahead, relatives

TIMES = np.array([1, 2, 10, 100, 1000])


def test_a_sum_under_a_constant_gradient() -> None:
    rate, size = relatives.rates("constant", 1, 0.99)["adagrad"]
    assert size[TIMES - 1] == pytest.approx(1 / np.sqrt(TIMES), rel=1e-8)
    np.testing.assert_array_equal(rate, size)


@pytest.mark.parametrize(
    ("alpha", "steps"),
    [
        (0.99, (10.0, 7.088812, 3.2339279704, 1.25593293, 1.00002159)),
        (0.9, (3.1622777, 2.2941573, 1.2390883, 1.00001328, 1.0)),
    ],
)
def test_a_mean_that_is_not_corrected(alpha: float, steps: tuple[float, ...]) -> None:
    _, size = relatives.rates("constant", 1, alpha)["rmsprop"]
    assert size[TIMES - 1] == pytest.approx(steps, rel=2e-7)


def test_a_corrected_mean_takes_lr_at_once() -> None:
    _, size = relatives.rates("constant", 1, 0.9)["adam"]
    assert size == pytest.approx(np.ones(relatives.STEPS), rel=2e-8)


def test_a_mean_forgets_and_a_sum_does_not() -> None:
    found = relatives.rates("falling", 100, 0.99)
    assert found["adam"][1][-1] == pytest.approx(1, rel=0.01)
    assert found["rmsprop"][1][-1] == pytest.approx(1, rel=0.01)
    assert found["adagrad"][1][-1] < 0.01


def test_before_the_spike_both_take_the_usual_step() -> None:
    for steps in relatives.spike(100.0).values():
        assert steps[relatives.SPIKE_AT - 2] == pytest.approx(1, abs=1e-3)


def test_a_spike_of_one_is_none() -> None:
    for steps in relatives.spike(1.0).values():
        assert steps[relatives.SPIKE_AT - 2 :] == pytest.approx(1, abs=1e-3)


def test_rmsprop_adds_the_spike_as_one_quotient() -> None:
    steps, at = relatives.spike(1000.0)["rmsprop"], relatives.SPIKE_AT - 1
    quotient = (1 - relatives.MOMENTUM) / np.sqrt(1 - relatives.DECAY)
    assert steps[at] == pytest.approx(relatives.MOMENTUM * steps[at - 1] + quotient, rel=1e-4)


def test_torch_stores_the_look_ahead_point() -> None:
    run = look_ahead.look_ahead(0.005, 0.9, 20)
    assert run.from_ahead < 1e-14
    assert run.from_theta == pytest.approx(0.45)
    assert run.stored.theta[1] == pytest.approx([-7.924, 0.05])
    assert run.stored.theta[20] == pytest.approx([-3.7277502841706744, -0.00034886026502986854], rel=1e-9)


def test_without_momentum_the_two_points_are_one() -> None:
    run = look_ahead.look_ahead(0.005, 0.0, 20)
    assert run.from_theta < 1e-14


def test_cached_arrays_cannot_be_written() -> None:
    for array in (relatives.spike(3.0)["adam"], *relatives.rates("constant", 1, 0.9)["adam"]):
        with pytest.raises(ValueError, match="read-only"):
            array[0] = 1.0
