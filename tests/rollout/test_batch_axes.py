"""Starts, noise, seeds and hyperparameters as batch axes: each lane is the run alone, and no pairing is silent."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import optim_viz
import surfaces
from optim_viz.trajectory import Trajectory

ARGUMENTS = ("noise", "seed", "lr", "x", "y", "bias_correction")
VALUES: dict[str, st.SearchStrategy[Any]] = {
    "noise": st.sampled_from([0.0, 0.1, 2.0]),
    "seed": st.sampled_from([0, 1, 7, 2**32 - 1]),
    "lr": st.floats(1e-4, 0.5),
    "x": st.floats(-2, 2),
    "y": st.floats(-2, 2),
    "bias_correction": st.booleans(),
}


def assert_alone(batch: Trajectory, index: tuple[int, ...], alone: Trajectory) -> None:
    """Assert that a run alone is, bit for bit, this lane (a loss summed over examples may sum in another order)."""
    lane = batch[index] if index else batch
    for name in ("theta", "grad", "update"):
        np.testing.assert_array_equal(getattr(lane, name), getattr(alone, name), err_msg=name)
    for name, values in alone.state.items():
        np.testing.assert_array_equal(lane.state[name], values, err_msg=name)
    np.testing.assert_allclose(lane.loss, alone.loss, rtol=1e-13)
    assert (lane.diverged_at, lane.diverged_quantity) == (alone.diverged_at, alone.diverged_quantity)
    assert (lane.seed, lane.noise, lane.hyperparameters) == (alone.seed, alone.noise, alone.hyperparameters)


@st.composite
def batches(draw: st.DrawFn) -> tuple[tuple[int, ...], dict[str, Any]]:
    """A batch shape, and arguments that broadcast to it: scalars, full arrays, and arrays with axes of length 1."""
    shape = tuple(draw(st.lists(st.integers(1, 3), max_size=2)))
    found: dict[str, Any] = {}
    for name in ARGUMENTS:
        own = draw(st.sampled_from([(), shape, shape[1:], tuple(1 if draw(st.booleans()) else n for n in shape)]))
        count = int(np.prod(own))
        values = draw(st.lists(VALUES[name], min_size=count, max_size=count))
        found[name] = np.array(values).reshape(own) if own else values[0]
    return shape, found


@pytest.mark.parametrize("surface", ["rosenbrock", "sparse_least_squares", "sparse_logistic", "sparse_steps"])
@given(batch=batches())
def test_every_lane_is_the_run_alone(surface: str, batch: tuple[tuple[int, ...], dict[str, Any]]) -> None:
    _, arguments = batch
    shape = np.broadcast_shapes(*(np.shape(value) for value in arguments.values()))
    given_arguments = {name: value for name, value in arguments.items() if name not in ("x", "y")}
    run = optim_viz.rollout(surface, "adam", start=(arguments["x"], arguments["y"]), steps=9, **given_arguments)
    assert run.batch_shape == shape
    for index in np.ndindex(shape):
        own = {name: np.broadcast_to(value, shape)[index].item() for name, value in arguments.items()}
        start = (own.pop("x"), own.pop("y"))
        assert_alone(run, index, optim_viz.rollout(surface, "adam", start=start, steps=9, **own))


def test_seeds_may_come_as_any_sequence() -> None:
    runs = [optim_viz.rollout("booth", "sgd", noise=1.0, seed=seed, steps=4) for seed in ([0, 1], (0, 1), np.arange(2))]
    assert runs[0] == runs[1] == runs[2] == optim_viz.rollout("booth", "sgd", noise=1.0, seed=range(2), steps=4)


def test_lanes_of_one_seed_see_one_noise_at_their_own_level() -> None:
    seeds, levels = np.array([3, 4, 3, 3]), np.array([1.0, 1.0, 0.5, 0.0])
    run = optim_viz.rollout("booth", "sgd", lr=1e-9, seed=seeds, noise=levels, steps=200)
    clean = np.stack(surfaces.get("booth").grad(run.theta[:, :-1, 0], run.theta[:, :-1, 1]), axis=-1)
    noise = run.grad - clean
    for lane, (seed, level) in enumerate(zip(seeds, levels, strict=True)):
        stream = np.random.default_rng(np.random.SeedSequence([int(seed), 0])).standard_normal((200, 2))
        np.testing.assert_allclose(noise[lane], level * stream, atol=1e-12)
    assert not np.allclose(noise[0], noise[1])


def test_a_lane_without_noise_is_the_run_without_noise_to_the_sign_of_its_zeros() -> None:
    flat = surfaces.parse("0*x - 0*y + x*0")
    run = optim_viz.rollout(flat, "sgd", noise=[0.0, 1.0], seed=5, steps=20)
    alone = optim_viz.rollout(flat, "sgd", seed=5, steps=20)
    np.testing.assert_array_equal(np.signbit(run.grad[0]), np.signbit(alone.grad))


POINTS = [[0.0, 1.0], [2.0, 3.0]]


@pytest.mark.parametrize("start", [POINTS, np.array(POINTS), [(0.0, 1.0), (2.0, 3.0)], [[0, 1], [2, 3]]])
def test_two_points_are_two_points(start: Any) -> None:
    run = optim_viz.rollout("booth", "sgd", start=start, steps=3)
    np.testing.assert_array_equal(run.theta[:, 0], POINTS)


@given(st.lists(st.tuples(st.floats(-5, 5), st.floats(-5, 5)), min_size=1, max_size=5))
def test_any_number_of_points_is_read_row_by_row(points: list[tuple[float, float]]) -> None:
    for start in (points, np.array(points), [list(point) for point in points]):
        np.testing.assert_array_equal(optim_viz.rollout("booth", "sgd", start=start, steps=1).theta[:, 0], points)
    xs, ys = np.array(points).T
    np.testing.assert_array_equal(optim_viz.rollout("booth", "sgd", start=(xs, ys), steps=1).theta[:, 0], points)


def test_a_grid_of_starts_has_the_shape_of_its_arrays() -> None:
    x, y = np.meshgrid([0.0, 1.0, 2.0], [3.0, 4.0])
    run = optim_viz.rollout("booth", "sgd", start=(x, y), steps=2)
    again = optim_viz.rollout("booth", "sgd", start=np.stack([x, y], axis=-1), steps=2)
    assert run == again
    assert run.batch_shape == (2, 3)
    np.testing.assert_array_equal(run.theta[..., 0, :], np.stack([x, y], axis=-1))


@pytest.mark.parametrize(
    "start",
    [
        ((0.0, 1.0), (2.0, 3.0)),
        ([0.0, 1.0], [2.0, 3.0]),
        ([0, 1], (2, 3)),
        [np.array([0.0, 1.0]), np.array([2.0, 3.0])],
        surfaces.get("himmelblau").minima[:2],
    ],
)
def test_what_reads_as_points_and_as_coordinates_is_refused_with_what_to_write(start: Any) -> None:
    with pytest.raises(ValueError, match=r"write np\.array\(\[\(x0, y0\), \(x1, y1\)\]\) for points, or \(np\.array"):
        optim_viz.rollout("booth", "sgd", start=start)
    with pytest.raises(ValueError, match=r"theta0 = .* could be two points"):
        optim_viz.replay("sgd", [[1.0, 1.0]], theta0=start)


@pytest.mark.parametrize(
    "start", [[np.zeros(3), np.zeros(3)], [[1.0, 2.0, 3.0]], np.zeros(3), np.zeros((2, 3)), [[0, 1], 2], {0, 1}, {}]
)
def test_any_other_shape_is_told_both_forms(start: Any) -> None:
    with pytest.raises(ValueError, match=r"is not a pair \(x, y\), written as a tuple, or an array of shape \(N, 2\)"):
        optim_viz.rollout("booth", "sgd", start=start)


@pytest.mark.parametrize(
    "arguments",
    [
        {"lr": [0.1, 0.2], "beta1": [0.1, 0.2, 0.3]},
        {"lr": [0.1, 0.2], "seed": [1, 2, 3]},
        {"noise": [0.1, 0.2], "seed": [1, 2, 3]},
        {"lr": [0.1, 0.2, 0.3], "start": [[0, 1], [2, 3]]},
    ],
)
def test_lengths_that_do_not_pair_are_told_how_to_cross_them(arguments: dict[str, Any]) -> None:
    with pytest.raises(
        ValueError, match=r"do not broadcast to one batch: .* every combination, .* as in \w+\[:, None\]"
    ):
        optim_viz.rollout("booth", "adam", **arguments)
    first = next(iter(arguments))
    if first != "start":
        crossed = {**arguments, first: np.array(arguments[first])[:, np.newaxis]}
        assert optim_viz.rollout("booth", "adam", steps=2, **crossed).batch_shape[0] == len(arguments[first])


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"noise": [0.1, -1.0]}, r"noise = -1\.0 is outside \[0, inf\)"),
        ({"noise": [0.1, np.inf]}, r"noise = inf is outside"),
        ({"noise": [True, False]}, r"noise = .* is not a number"),
        ({"seed": [1, -1]}, r"seed = .* whole numbers in \[0, 4294967295\]"),
        ({"seed": [1.0, 2.0]}, r"seed = .* whole numbers"),
        ({"seed": [2**70]}, r"seed = .* whole numbers"),
        ({"seed": [True]}, r"seed = .* whole numbers"),
        ({"seed": np.array(-3)}, r"seed = -3 is not a whole number"),
        ({"seed": []}, r"seed = \[\]|a batch of 0 runs"),
    ],
)
def test_impossible_noise_and_seeds_are_refused(arguments: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        optim_viz.rollout("booth", "adam", **arguments)


AXES: dict[str, Any] = {"lr": [0.01, 0.02]}


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (
            {"beta1": [0.1, 0.2]},
            r"beta1 is an array of shape \(2,\) beside the axes; .* axes=\{\.\.\., 'beta1': array\}",
        ),
        ({"bias_correction": [True, False]}, "bias_correction is an array"),
        ({"start": [[0, 1], [2, 3]]}, r"x is an array of shape \(2,\) beside the axes"),
        ({"start": (0.0, [1.0, 2.0])}, "y is an array"),
        ({"noise": [0.1, 0.2]}, "noise is an array"),
        ({"seed": [1, 2]}, "seed is an array"),
        ({"seed": 3, "axes": {"seed": [1, 2]}}, "seed is given both as an axis and as a value"),
        ({"noise": 0.5, "axes": {"noise": [1.0, 2.0]}}, "noise is given both as an axis and as a value"),
        ({"axes": ["lr"]}, r"axes = \['lr'\] names nothing to sweep; write axes="),
        ({"axes": {"learning_rate": [0.1]}}, "did you mean lr"),
        ({"axes": {"seed": [0.5]}}, "seed"),
        ({"axes": {"x": ["a"]}}, "start x"),
        ({"metric": None}, "unknown metric None"),
        ({"metric": "finalloss"}, "did you mean final_loss"),
    ],
)
def test_a_sweep_pairs_nothing_silently(arguments: dict[str, Any], message: str) -> None:
    ask: Any = optim_viz.sweep
    with pytest.raises(ValueError, match=message):
        ask("booth", "adam", **{"axes": AXES, **arguments})


def test_noise_and_seed_are_axes_of_a_sweep() -> None:
    axes: dict[str, Any] = {"noise": [0.0, 0.5], "seed": [3, 1], "x": [0.0, 1.0]}
    result = optim_viz.sweep("sparse_least_squares", "sgd", axes, lr=0.1, steps=20)
    for i, j, k in np.ndindex(2, 2, 2):
        start = (axes["x"][k], surfaces.get("sparse_least_squares").start[1])
        alone = optim_viz.rollout(
            "sparse_least_squares", "sgd", start=start, lr=0.1, steps=20, noise=axes["noise"][i], seed=axes["seed"][j]
        )
        assert result[i, j, k] == pytest.approx(alone.loss[-1], rel=1e-12)
