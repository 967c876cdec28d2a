"""What β₂ remembers, against closed forms and torch.optim."""

from __future__ import annotations

import math

import numpy as np
import pytest
import torch

from optim_viz.experiments import memory
from optim_viz.experiments.memory import CHANGE_AT


@pytest.mark.parametrize("beta2", [0.5, 0.9, 0.99, 0.999])
@pytest.mark.parametrize("size", [0.01, 0.1, 10.0, 100.0])
def test_steps_after_the_change_are_the_closed_form(beta2: float, size: float) -> None:
    """By hand: m and v are sums over two constant parts, each divided by its correction."""
    steps = 1000
    n = np.arange(1.0, steps - CHANGE_AT + 1)
    t = CHANGE_AT + n

    def mean(beta: float, new: float) -> np.ndarray:
        return (beta**n * (1 - beta**CHANGE_AT) + (1 - beta**n) * new) / (1 - beta**t)

    expected = mean(0.9, size) / (np.sqrt(mean(beta2, size**2)) + 1e-8)
    found = np.abs(memory.run(beta2, size, steps).step_over_lr[CHANGE_AT:])
    np.testing.assert_allclose(found, expected, rtol=1e-10)


def test_the_run_is_that_of_torch() -> None:
    theta = torch.zeros(1, dtype=torch.float64, requires_grad=True)
    optimizer = torch.optim.Adam([theta], lr=1e-3, betas=(0.9, 0.99))
    for gradient in memory.gradients(0.1, 400):
        theta.grad = torch.tensor([gradient], dtype=torch.float64)
        optimizer.step()
    assert float(theta.detach()) == pytest.approx(float(memory.run(0.99, 0.1, 400).theta[-1]), rel=1e-12)


def test_memory_and_half_life() -> None:
    assert memory.memory(0.999) == pytest.approx(1000)
    assert memory.half_life(0.5) == 1.0
    assert memory.half_life(0.0) == 0.0
    assert 0.999 ** memory.half_life(0.999) == pytest.approx(0.5)


def test_recovery_after_a_fall_follows_the_closed_form() -> None:
    """Long after the change m̂ = s and √v̂ = √(q + (1 - q) s²) but for corrections: within 10 % where that is s/0.9."""
    beta2, size = 0.99, 0.1
    q = (1 / 0.9**2 - 1) * size**2 / (1 - size**2)
    expected = math.log(q) / math.log(beta2)
    assert memory.recovery(beta2, size, 8000) == pytest.approx(expected, rel=0.05)


@pytest.mark.parametrize(("beta2", "size", "steps"), [(0.999, 0.01, 3000), (0.9, 0.1, 250)])
def test_what_is_not_back_in_time_is_said(beta2: float, size: float, steps: int) -> None:
    assert memory.recovery(beta2, size, steps) is None


def test_nothing_changes_at_size_1() -> None:
    assert memory.recovery(0.999, 1.0, 1000) == 0
    assert memory.extreme_step(0.999, 1.0, 1000)[0] == pytest.approx(1.0, abs=1e-7)
