"""What others have published of paths in the plane, computed once more in float64 elsewhere and compared to all digits.

0.1 x² + 2 y² is chapter 12 of Dive into Deep Learning (d2l.ai), from (-5, -2) in 20 steps.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import optim_viz
from surfaces import parse

D2L = parse("0.1*x**2 + 2*y**2", domain=((-6, 2), (-3, 3)))


def d2l(rule: str, **given: Any) -> optim_viz.Trajectory:
    return optim_viz.rollout(D2L, rule, start=(-5.0, -2.0), steps=20, **given)


@pytest.mark.parametrize(
    ("rule", "given", "end"),
    [
        ("sgd", {"lr": 0.4}, (-0.943467, -0.000073)),
        # y has passed its limit 2/4 = 0.5; x, whose limit is 10, goes on.
        ("sgd", {"lr": 0.6}, (-0.387814, -1673.365109)),
        ("momentum", {"lr": 0.6, "momentum": 0.5}, (0.007188, 0.002553)),
        ("momentum", {"lr": 0.6, "momentum": 0.25}, (-0.126340, -0.186632)),
    ],
)
def test_d2l(rule: str, given: dict[str, float], end: tuple[float, float]) -> None:
    assert d2l(rule, **given).theta[-1] == pytest.approx(end, abs=6e-7)


@pytest.mark.parametrize(
    ("rule", "given", "x"),
    [("adagrad", {"lr": 0.4}, -2.382562), ("rmsprop", {"lr": 0.4, "alpha": 0.9}, -0.010598)],
)
def test_d2l_with_a_rate_for_each_coordinate(rule: str, given: dict[str, float], x: float) -> None:
    assert d2l(rule, **given).theta[-1, 0] == pytest.approx(x, abs=2e-6)


def test_d2l_adam() -> None:
    path = d2l("adam", lr=0.2, eps=1e-6).theta
    assert path[1] == pytest.approx((-4.8, -1.8), abs=1e-6)
    assert path[2] == pytest.approx((-4.60025478, -1.60082451), abs=5e-8)
    assert path[10] == pytest.approx((-3.03606592, -0.15249855), abs=1e-8)
    assert path[20] == pytest.approx((-1.31256067, 0.54230812), abs=1e-8)


def test_adam_bursts_on_rosenbrock_once_v_has_forgotten() -> None:
    """AMSGrad does not where the largest v is kept as the paper keeps it, without correction.

    Torch corrects what it keeps, by a factor that falls to 1 over thousands of steps, so that its root shrinks all the
    same: its AMSGrad bursts, too.
    """
    adam, paper, torchs = (
        optim_viz.rollout("rosenbrock", rule, start=(0.0, 0.0), lr=0.1, steps=2000, **given)
        for rule, given in (("adam", {}), ("amsgrad", {"bias_correction": False}), ("amsgrad", {}))
    )
    assert adam.loss[1000] == pytest.approx(2.2e-6, rel=0.05)
    assert 0.1 < adam.loss[1000:].max() < 0.3
    assert paper.loss[1000:].max() < 1e-9
    assert torchs.loss[1000:].max() > 0.1
    burst = 1000 + int((adam.loss[1000:] > 0.01).argmax())
    forgotten = adam.state["v_hat"][burst - 1] < 0.5 * adam.state["v_hat"][:100].max(axis=0)
    assert forgotten.any()


@pytest.mark.parametrize(("lr", "step"), [(0.1, 3987), (0.3, 1767), (1.0, 668)])
def test_adam_on_a_wide_rosenbrock(lr: float, step: int) -> None:
    surface = parse("(1 - x)**2 + (y - x**2)**2", domain=((-8, 8), (-5, 10)))
    run = optim_viz.rollout(surface, "adam", start=(-7.0, -4.0), lr=lr, steps=4000)
    assert int((run.loss < 1e-9).argmax()) == step


def test_gradient_descent_on_a_wide_rosenbrock_is_gone_within_eight_steps() -> None:
    surface = parse("(1 - x)**2 + (y - x**2)**2", domain=((-8, 8), (-5, 10)))
    run = optim_viz.rollout(surface, "sgd", start=(-7.0, -4.0), lr=0.01, steps=8)
    assert not (run.loss < 1e100).all()


def test_a_minimum_below_zero() -> None:
    surface = parse("-8*x - 16*y + x**2 + 4*y**2", domain=((-2, 10), (-2, 12)))
    run = optim_viz.rollout(surface, "sgd", start=(5.0, 10.0), lr=0.1, steps=300)
    np.testing.assert_allclose(run.theta[1:4], [(4.8, 3.6), (4.64, 2.32), (4.512, 2.064)], rtol=0, atol=1e-12)
    assert run.loss[-1] == pytest.approx(-32)


def test_dampening_spares_the_first_step_which_throws_the_run_off_beale() -> None:
    """The buffer starts as the whole first gradient and takes 5 % of each later one: the first step is 20 times one."""
    run = optim_viz.rollout("beale", "momentum", start=(1.5, 1.5), lr=0.02, momentum=0.95, dampening=0.95, steps=10)
    assert run.theta[1] == pytest.approx((0.6609, -1.8834), abs=6e-5)
    assert run.update[0] == pytest.approx(-0.02 * run.grad[0])
    assert int(run.diverged_at) == 6
