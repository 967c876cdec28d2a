from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest

from optim_viz.experiments import sequences
from optim_viz.experiments.moments import fraction, moments, scale_effect, signal_to_noise


def test_against_the_closed_form_of_a_plus_minus_sequence() -> None:
    """m_n = A (1 - b1^n) + B (1 - b1) (-1)^(n+1) (1 - (-b1)^n)/(1 + b1) for g_i = A + (-1)^(i+1) B."""
    n, b1 = np.arange(1.0, 101), 0.9
    run = moments(sequences.WORKED["lopsided"](100))
    mean, swing = 0.5, 4.5
    m = mean * (1 - b1**n) + swing * (1 - b1) * (-1) ** (n + 1) * (1 - (-b1) ** n) / (1 + b1)
    np.testing.assert_allclose(run.m, m, rtol=1e-12)
    np.testing.assert_allclose(run.ratio, run.m_hat / np.sqrt(run.v_hat), rtol=1e-15)


def test_after_an_even_number_of_steps_the_ratio_does_not_depend_on_it() -> None:
    ratio = moments(sequences.WORKED["alternating"](100)).ratio
    np.testing.assert_allclose(ratio[1::2], -1 / 19, rtol=1e-12)


def test_the_ratio_has_no_value_before_the_first_gradient() -> None:
    run = moments(np.array([0.0, 0.0, 1.0]))
    assert np.isnan(run.ratio[:2]).all()
    assert np.isnan(run.raw_ratio[:2]).all()
    assert np.isfinite(run.ratio[2])


@pytest.mark.parametrize(
    ("gradients", "expected"),
    [([30, -30], 0.0), ([30, 30], 1.0), ([-2], -1.0), ([5, -4], 0.5 / np.sqrt(20.5)), ([1e200, 1e200], 1.0)],
)
def test_signal_to_noise_of_plain_means(gradients: list[float], expected: float) -> None:
    assert signal_to_noise(np.array(gradients, dtype=float)) == pytest.approx(expected)


def test_zeros_have_no_signal_to_noise_ratio() -> None:
    assert np.isnan(signal_to_noise(np.zeros(3)))


def test_a_factor_acts_through_epsilon_only() -> None:
    gradients = sequences.random(100, mean=0.0, seed=1)
    assert scale_effect(gradients, 1.0) == 0.0
    assert 0.0 < scale_effect(gradients, 1000.0) < 1e-6


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (-1 / 19, Fraction(-1, 19)),
        (5 / 19 + 4e-16, Fraction(5, 19)),
        (2.0, Fraction(2)),
        (0.058125047, None),
        (np.pi, None),
        (float("nan"), None),
        (float("inf"), None),
    ],
)
def test_simple_fractions_are_recognised(value: float, expected: Fraction | None) -> None:
    assert fraction(value) == expected
