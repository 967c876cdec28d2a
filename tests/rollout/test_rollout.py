"""What a rollout promises: shapes, prefixes, batches that equal single runs, noise, draws, refusals."""

import math
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import optim_viz
import surfaces

RULES = optim_viz.optimizers()


def arrays(run: optim_viz.Trajectory) -> dict[str, np.ndarray]:
    """Everything recorded, by name."""
    return {"theta": run.theta, "loss": run.loss, "grad": run.grad, "update": run.update, **run.state}


def assert_equal(name: str, values: np.ndarray, others: np.ndarray, run: optim_viz.Trajectory) -> None:
    """Assert equality to the bit; only a loss summed over examples may differ in the order of the sum."""
    summed = name == "loss" and run.surface is not None and run.surface.stochastic
    np.testing.assert_allclose(values, others, rtol=1e-13 if summed else 0.0, atol=0.0, err_msg=name)


def assert_same(run: optim_viz.Trajectory, other: optim_viz.Trajectory, lane: Any = ()) -> None:
    """Assert that a run is, bit for bit, one lane of another."""
    for name, values in arrays(run).items():
        assert_equal(name, values, arrays(other)[name][lane], run)
    assert run.diverged_at == other.diverged_at[lane]
    assert run.diverged_quantity == other.diverged_quantity[lane]


@pytest.mark.parametrize("name", RULES)
def test_shapes_and_relations(name: str) -> None:
    rule = optim_viz.optimizer(name)
    lr = np.array([[1e-3], [1e-2]])
    run = optim_viz.rollout("himmelblau", name, start=(np.array([0.0, 1.0, -1.0]), 0.5), lr=lr, steps=7)
    assert run.batch_shape == (2, 3)
    assert run.steps == 7
    assert run.theta.shape == (2, 3, 8, 2)
    assert run.loss.shape == (2, 3, 8)
    assert run.diverged_at.shape == run.diverged_quantity.shape == (2, 3)
    assert tuple(run.state) == rule.states
    for values in (run.grad, run.update, *run.state.values()):
        assert values.shape == (2, 3, 7, 2)
        assert values.dtype == np.float64
        assert not values.flags.writeable
    np.testing.assert_array_equal(run.update, run.theta[..., 1:, :] - run.theta[..., :-1, :])
    x, y = run.theta[..., 0], run.theta[..., 1]
    surface = surfaces.get("himmelblau")
    np.testing.assert_array_equal(run.loss, surface.loss(x, y))
    np.testing.assert_array_equal(run.grad, np.stack(surface.grad(x[..., :-1], y[..., :-1]), axis=-1))
    assert list(run.hyperparameters) == [each.name for each in rule.hyperparameters]
    np.testing.assert_array_equal(run.hyperparameters["lr"], lr)


def test_defaults() -> None:
    run = optim_viz.rollout("rosenbrock", "adam")
    assert run.steps == 200
    assert tuple(run.theta[0]) == surfaces.get("rosenbrock").start
    assert (run.optimizer, run.seed, run.noise, run.batch_shape) == ("adam", 0, 0.0, ())
    assert run.surface is surfaces.get("rosenbrock")
    same = optim_viz.rollout(surfaces.get("rosenbrock"), "adam")
    assert_same(run, same)


@pytest.mark.parametrize("surface", ["rosenbrock", "ackley", "sparse_logistic", "sparse_steps"])
@pytest.mark.parametrize("name", RULES)
def test_fewer_steps_are_a_prefix(name: str, surface: str) -> None:
    for steps, more in ((1, 2), (16, 17), (23, 60)):
        short = optim_viz.rollout(surface, name, steps=steps, noise=0.3, seed=5)
        long = optim_viz.rollout(surface, name, steps=more, noise=0.3, seed=5)
        for key, values in arrays(short).items():
            assert_equal(key, values, arrays(long)[key][: len(values)], short)


@pytest.mark.parametrize("name", RULES)
def test_every_lane_of_a_batch_is_the_run_alone(name: str) -> None:
    rule = optim_viz.optimizer(name)
    generator = np.random.default_rng(3)
    lanes = 11
    given: dict[str, Any] = {
        each.name: np.array([each.stops()[place] for place in generator.integers(0, len(each.stops()), lanes)])
        for each in rule.hyperparameters
    }
    start = (generator.uniform(-1, 1, lanes), generator.uniform(-1, 1, lanes))
    for surface in ("rosenbrock", "rotated_valley", "ackley"):
        batch = optim_viz.rollout(surface, name, start=start, steps=60, noise=0.1, seed=2, **given)
        for lane in range(lanes):
            own = {key: values[lane].item() for key, values in given.items()}
            alone = optim_viz.rollout(
                surface, name, start=(start[0][lane], start[1][lane]), steps=60, noise=0.1, seed=2, **own
            )
            assert_same(alone, batch, lane)


@pytest.mark.parametrize("surface", surfaces.names())
def test_one_lane_equals_a_batch_on_every_surface(surface: str) -> None:
    # One lane is computed with NumPy scalars, a batch with arrays: their bits must agree, whatever the formula.
    x0, y0 = surfaces.get(surface).start
    batch = optim_viz.rollout(surface, "adam", start=([x0, x0 + 0.1, x0 - 0.1], y0), lr=0.05, steps=100)
    assert_same(optim_viz.rollout(surface, "adam", start=(x0, y0), lr=0.05, steps=100), batch, 0)


def test_a_family_is_one_run_for_each_stop() -> None:
    for each in optim_viz.optimizer("adam").hyperparameters:
        stops: dict[str, Any] = {each.name: np.array(each.stops())}
        family = optim_viz.rollout("rosenbrock", "adam", steps=40, **stops)
        for place, stop in enumerate(each.stops()):
            own: dict[str, Any] = {each.name: stop}
            assert_same(optim_viz.rollout("rosenbrock", "adam", steps=40, **own), family, place)


def test_choices_broadcast_like_any_hyperparameter() -> None:
    lr = np.array([[0.01], [0.1]])
    run = optim_viz.rollout("booth", "adam", lr=lr, bias_correction=np.array([True, False, True]), steps=5)
    assert run.batch_shape == (2, 3)
    for row, column in np.ndindex(2, 3):
        alone = optim_viz.rollout("booth", "adam", lr=float(lr[row, 0]), bias_correction=column != 1, steps=5)
        assert_same(alone, run, (row, column))


def test_noise_is_the_same_for_every_lane_and_optimizer_and_a_known_stream() -> None:
    surface = surfaces.get("booth")
    expected = np.random.default_rng(np.random.SeedSequence([9, 0])).standard_normal((50, 2))
    for name in RULES:
        run = optim_viz.rollout(surface, name, lr=[1e-3, 1e-2], steps=50, noise=2.0, seed=9)
        clean = np.stack(surface.grad(run.theta[:, :-1, 0], run.theta[:, :-1, 1]), axis=-1)
        np.testing.assert_allclose(run.grad - clean, np.broadcast_to(2.0 * expected, (2, 50, 2)), atol=1e-12)
        np.testing.assert_array_equal(run.loss, surface.loss(run.theta[..., 0], run.theta[..., 1]))
    other = optim_viz.rollout(surface, "sgd", steps=50, noise=2.0, seed=10)
    assert not np.allclose(other.grad, optim_viz.rollout(surface, "sgd", steps=50, noise=2.0, seed=9).grad)


@pytest.mark.parametrize("name", ["sparse_least_squares", "sparse_logistic", "sparse_steps"])
def test_steps_see_the_drawn_gradient_and_losses_are_full(name: str) -> None:
    surface = surfaces.get(name)
    draws = surface.draws(30, 4)
    assert draws is not None
    run = optim_viz.rollout(surface, "adam", lr=[0.01, 0.1], steps=30, seed=4)
    for t in range(30):
        seen = surface.sampled_grad(run.theta[:, t, 0], run.theta[:, t, 1], draws[t])
        np.testing.assert_array_equal(run.grad[:, t], np.stack(seen, axis=-1))
    np.testing.assert_allclose(run.loss, surface.loss(run.theta[..., 0], run.theta[..., 1]), rtol=1e-14)


def test_replay() -> None:
    gradients = np.random.default_rng(0).normal(size=(12, 2))
    run = optim_viz.replay("sgd", gradients, theta0=(1.0, [2.0, 3.0]), lr=0.1)
    assert run.batch_shape == (2,)
    assert run.surface is None
    assert np.isnan(run.loss).all()
    assert (run.diverged_at == -1).all()
    np.testing.assert_array_equal(run.grad, np.broadcast_to(gradients, (2, 12, 2)))
    np.testing.assert_allclose(run.theta[1, -1], [1, 3] - 0.1 * gradients.sum(axis=0), rtol=1e-12)


@pytest.mark.parametrize(
    "gradients", [[1.0, 2.0], np.zeros((3, 3)), np.zeros((0, 2)), [["a", "b"]], [[1.0], [1.0, 2.0]]]
)
def test_replay_refuses_other_shapes(gradients: Any) -> None:
    with pytest.raises(ValueError, match="gradients"):
        optim_viz.replay("sgd", gradients)


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"steps": 0}, r"steps = 0 is not a whole number in \[1, 100000\]"),
        ({"steps": 100_001}, r"steps = 100001 is not a whole number in \[1, 100000\]"),
        ({"steps": 2.0}, r"steps = 2\.0 is not a whole number"),
        ({"steps": True}, r"steps = True is not a whole number"),
        ({"steps": "many"}, r"steps = 'many' is not a whole number"),
        ({"seed": -1}, r"seed = -1 is not a whole number in \[0, 4294967295\]"),
        ({"seed": 2**32}, r"seed = 4294967296 is not"),
        ({"seed": None}, r"seed = None is not"),
        ({"noise": -1.0}, r"noise = -1\.0 is outside \[0, inf\)"),
        ({"noise": math.nan}, r"noise = nan is outside \[0, inf\)"),
        ({"noise": math.inf}, r"noise = inf is outside \[0, inf\)"),
        ({"noise": "loud"}, r"noise = 'loud' is not a number"),
        ({"noise": True}, r"noise = True is not a number"),
        ({"start": (1.0,)}, r"start = \(1\.0,\) is not a pair"),
        ({"start": 3.0}, r"start = 3\.0 is not a pair"),
        ({"start": "ab"}, r"start = 'ab' is not a pair"),
        ({"start": (math.nan, 0.0)}, r"start x = nan is outside \(-inf, inf\)"),
        ({"start": (0.0, [1.0, math.inf])}, r"start y = inf is outside \(-inf, inf\)"),
        ({"start": ("a", 0.0)}, r"start x = 'a' is not a number"),
        ({"start": (0.0, None)}, r"start y = None is not a number"),
        (
            {"start": ([0.0, 1.0], 0.0), "lr": [0.1, 0.2, 0.3]},
            r"do not broadcast to one batch: start x \(2,\), lr \(3,\)",
        ),
        ({"lr": np.full(101, 0.1), "steps": 100_000}, r"a batch of 101 runs of 100000 steps is outside"),
        ({"lr": np.empty(0)}, r"a batch of 0 runs"),
    ],
)
def test_impossible_arguments_are_refused(given: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        optim_viz.rollout("booth", "adam", **given)


def test_unknown_names_are_refused_with_the_known_ones() -> None:
    with pytest.raises(ValueError, match=r"nowhere.*rosenbrock"):
        optim_viz.rollout("nowhere", "adam")
    with pytest.raises(ValueError, match=r"unknown optimizer 'best'; known: sgd"):
        optim_viz.rollout("booth", "best")


def test_a_rollout_imports_nothing_heavy() -> None:
    code = (
        "import sys, optim_viz; optim_viz.rollout('rosenbrock', 'adam', lr=[0.1, 0.2]);"
        "print(sorted({'torch', 'streamlit', 'plotly'} & set(sys.modules)))"
    )
    root = Path(__file__).parent.parent.parent
    done = subprocess.run([sys.executable, "-c", code], cwd=root, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
