from __future__ import annotations

import numpy as np
import pytest

from optim_viz.experiments import bias_correction as bias

BETAS = [(0.9, 0.999), (0.9, 0.99), (0.0, 0.0), (0.999, 0.9), (0.5, 0.9999)]


@pytest.mark.parametrize(("beta1", "beta2"), BETAS)
def test_the_factor_is_what_the_rules_steps_show(beta1: float, beta2: float) -> None:
    betas = {"beta1": beta1, "beta2": beta2, "eps": 0.0}
    without, corrected = (
        bias.constant_gradient_steps("adam", 300, bias_correction=on, **betas) for on in (False, True)
    )
    np.testing.assert_allclose(bias.factor(beta1, beta2, 300), without / corrected, rtol=1e-9)


@pytest.mark.parametrize("change", [0.01, 0.001])
@pytest.mark.parametrize(("beta1", "beta2"), BETAS)
def test_from_when_on_it_changes_less(beta1: float, beta2: float, change: float) -> None:
    t = bias.settled_from(beta1, beta2, change)
    steps = np.arange(1, 300_000)
    off = np.abs((1 - beta1**steps) / np.sqrt(1 - beta2**steps) - 1)
    assert (off[t - 1 :] < change).all()
    assert t == 1 or off[t - 2] >= change


def test_the_papers_betas() -> None:
    assert (bias.settled_from(0.9, 0.999, 0.01), bias.settled_from(0.9, 0.999, 0.001)) == (3925, 6213)
    assert bias.factor(0.9, 0.999, 100)[-1] == pytest.approx(3.2407988705318616)


def test_cached_arrays_cannot_be_written() -> None:
    for array in (bias.remaining(0.9, 10), bias.constant_gradient_steps("adagrad", 10)):
        with pytest.raises(ValueError, match="read-only"):
            array[0] = 1.0
