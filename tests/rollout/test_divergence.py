"""Runs that leave the finite numbers: kept up to there, named, not clipped, and no trouble to their neighbours."""

from typing import Any

import numpy as np
import pytest
import torch

import optim_viz
import surfaces


def test_gradient_descent_beyond_its_limit() -> None:
    lr = np.array([0.019, 0.021, 0.05])
    run = optim_viz.rollout("narrow_valley", "sgd", start=(-8, 1), lr=lr, steps=4000)
    assert run.diverged_at[0] == -1
    assert run.diverged_quantity[0] == ""
    for lane in (1, 2):
        at = int(run.diverged_at[lane])
        factor = abs(1 - 100 * lr[lane])
        # 50 y² leaves float64 first: y itself still fits.
        assert at == pytest.approx((308.25 - np.log10(50)) / 2 / np.log10(factor), abs=5)
        assert run.diverged_quantity[lane] == "loss"
        np.testing.assert_allclose(run.theta[lane, :at, 1], (1 - 100 * lr[lane]) ** np.arange(at), rtol=1e-9)
        assert np.isfinite(run.loss[lane, :at]).all()
        assert np.isnan(run.theta[lane, at:]).all()
        assert np.isnan(run.loss[lane, at:]).all()
        assert np.isfinite(run.grad[lane, : at - 1]).all()
        assert np.isnan(run.grad[lane, at - 1 :]).all()
        assert np.isnan(run.update[lane, at - 1 :]).all()
    alone = optim_viz.rollout("narrow_valley", "sgd", start=(-8, 1), lr=0.019, steps=4000)
    np.testing.assert_array_equal(run.theta[0], alone.theta)


def test_one_run_gives_scalars() -> None:
    run = optim_viz.rollout("narrow_valley", "sgd", lr=1.0, steps=400)
    assert run.diverged_at.shape == ()
    assert int(run.diverged_at) > 0
    assert str(run.diverged_quantity) == "loss"
    assert optim_viz.rollout("narrow_valley", "sgd").diverged_at == -1


@pytest.mark.parametrize(
    ("optimizer", "gradients", "theta0", "given", "at", "quantity"),
    [
        ("sgd", [[1, 1], [1, 1], [np.nan, 1]], (0, 0), {}, 3, "grad"),
        ("sgd", [[1, np.inf], [1, 1]], (0, 0), {}, 1, "grad"),
        ("adam", [[1, 1], [1e160, 1]], (0, 0), {}, 2, "v"),
        ("adagrad", [[1e160, 1], [1, 1]], (0, 0), {}, 1, "sum"),
        ("momentum", [[1e308, 0]] * 3, (0, 0), {}, 2, "velocity"),
        ("sgd", [[1, 1], [1e300, 1]], (0, 0), {"lr": 1e10}, 2, "theta"),
        ("sgd", [[-1e308, 0]], (1.7e308, 0), {"lr": 1.0}, 1, "theta"),
        ("adam", [[0, 0]], (0, 0), {"eps": 0.0}, 1, "theta"),
    ],
)
def test_the_first_quantity_is_named(
    optimizer: str,
    gradients: list[list[float]],
    theta0: tuple[float, float],
    given: dict[str, Any],
    at: int,
    quantity: str,
) -> None:
    run = optim_viz.replay(optimizer, gradients, theta0=theta0, **given)
    assert (int(run.diverged_at), str(run.diverged_quantity)) == (at, quantity)
    assert np.isfinite(run.theta[:at]).all()
    assert np.isnan(run.theta[at:]).all()
    for values in (run.grad, run.update, *run.state.values()):
        assert np.isfinite(values[: at - 1]).all()
        assert np.isnan(values[at - 1 :]).all()


def test_a_start_where_there_is_no_loss() -> None:
    surface = surfaces.parse("log(x) + y**2", domain=((-1, 3), (-2, 2)))
    run = optim_viz.rollout(surface, "adam", start=([-1.0, 2.0], 0.5), steps=10)
    assert run.diverged_at.tolist() == [0, -1]
    assert run.diverged_quantity.tolist() == ["loss", ""]
    assert np.isnan(run.theta[0]).all()
    assert np.isnan(run.grad[0]).all()
    assert np.isfinite(run.theta[1]).all()


@pytest.mark.parametrize("gradient", [0.1, 0.7, 1.0, 3.0])
def test_centered_rmsprop_takes_the_root_of_a_negative_number_where_torch_does(gradient: float) -> None:
    # Under a steady gradient v - grad_avg² tends to 0; rounding makes it negative for some gradients, not for others.
    steps, alpha, square, mean, expected = 5000, 0.99, 0.0, 0.0, -1
    for t in range(1, steps + 1):
        square, mean = alpha * square + (1 - alpha) * gradient * gradient, alpha * mean + (1 - alpha) * gradient
        if expected < 0 and square - mean * mean < 0:
            expected = t
    run = optim_viz.replay("rmsprop", np.full((steps, 2), gradient), lr=1e-3, centered=True)
    assert run.diverged_at == expected
    assert run.diverged_quantity == ("buffer" if expected > 0 else "")
    point = torch.zeros(2, dtype=torch.float64, requires_grad=True)
    optimizer = torch.optim.RMSprop([point], lr=1e-3, centered=True)
    thetas = [point.detach().clone()]
    for _ in range(steps):
        point.grad = torch.full_like(point, gradient)
        optimizer.step()
        thetas.append(point.detach().clone())
    theirs = torch.stack(thetas).numpy()
    assert np.isnan(theirs).any() == (expected > 0)
    np.testing.assert_allclose(run.theta[:1000], theirs[:1000], rtol=1e-9)  # the difference loses its digits later


def test_large_numbers_that_sum_to_infinity_are_no_divergence() -> None:
    run = optim_viz.replay("sgd", np.full((4, 2), 1e308), lr=1e-10)
    assert run.diverged_at == -1
    assert np.isfinite(run.grad).all()
    assert np.isfinite(run.theta).all()


def test_nothing_is_clipped() -> None:
    run = optim_viz.rollout("rosenbrock", "sgd", start=(-1.5, 2.0), lr=0.01, steps=50)
    at = int(run.diverged_at)
    assert at > 1
    assert np.abs(run.theta[:at]).max() > 1e20
    np.testing.assert_array_equal(run.update[: at - 1], run.theta[1:at] - run.theta[: at - 1])
