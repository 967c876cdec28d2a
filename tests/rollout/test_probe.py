"""A rule may take the gradient of its step at another point than its own: of the same draw, and of the same noise."""

from __future__ import annotations

import numpy as np
import pytest

import optim_viz
from optim_viz import surfaces


@pytest.mark.parametrize(("surface", "noise"), [("sparse_logistic", 0.0), ("sparse_logistic", 0.3), ("beale", 0.3)])
def test_at_the_point_itself_it_sees_the_same_sample_again(surface: str, noise: float) -> None:
    """SAM that climbs nowhere is gradient descent, bit for bit."""
    both = [
        optim_viz.rollout(surface, name, lr=0.01, steps=50, noise=noise, seed=[1, 2, 3], **given)
        for name, given in (("sam", {"rho": 0.0}), ("sgd", {}))
    ]
    np.testing.assert_array_equal(both[0].theta, both[1].theta)
    np.testing.assert_array_equal(both[0].grad, both[1].grad)
    np.testing.assert_array_equal(both[0].state["climbed_grad"], both[1].grad)


def test_both_gradients_are_recorded_where_they_were_taken() -> None:
    ground = surfaces.get("rosenbrock")
    run = optim_viz.rollout(ground, "sam", lr=1e-3, rho=[0.1, 0.4], steps=40)
    here = np.stack(ground.grad(run.theta[:, :-1, 0], run.theta[:, :-1, 1]), axis=-1)
    there = np.stack(ground.grad(*np.moveaxis(run.state["climbed"], -1, 0)), axis=-1)
    np.testing.assert_allclose(run.grad, here, rtol=1e-14)
    np.testing.assert_allclose(run.state["climbed_grad"], there, rtol=1e-14)
    np.testing.assert_allclose(run.theta[:, 1:], run.theta[:, :-1] - 1e-3 * there, rtol=1e-14)


def test_on_a_parabola_it_swings_at_the_distance_that_its_climb_makes() -> None:
    """On x²/2 a step is x - η (x + ρ sign x), so it ends in a swing between ±ηρ/(2 - η)."""
    lr, rho = 0.5, 0.3
    run = optim_viz.rollout(surfaces.parse("x**2/2 + 0*y"), "sam", lr=lr, rho=rho, start=(1.0, 0.0), steps=200)
    np.testing.assert_allclose(np.abs(run.theta[-2:, 0]), lr * rho / (2 - lr), rtol=1e-9)
    assert run.theta[-1, 0] * run.theta[-2, 0] < 0
