# ruff: noqa: NPY002 - the legacy random numbers are what third-party classes draw from
"""A class that is run by autograd does what it does in a plain loop of torch."""

from __future__ import annotations

import random
from typing import Any

import numpy as np
import pytest
import torch

import optim_viz
from optim_viz import outside, surfaces
from optim_viz.outside import Refused

SURFACES = ("rosenbrock", "beale", "narrow_valley", "himmelblau")


@pytest.mark.parametrize("surface", SURFACES)
def test_adam_is_the_built_in_adam(surface: str) -> None:
    mine = optim_viz.rollout(surface, torch.optim.Adam, lr=0.05, beta1=0.8, steps=300)
    ours = optim_viz.rollout(surface, "adam", lr=0.05, beta1=0.8, steps=300)
    for one, other in (
        (mine.theta, ours.theta),
        (mine.state["m"], ours.state["m"]),
        (mine.state["v"], ours.state["v"]),
    ):
        np.testing.assert_allclose(one, other, rtol=1e-12, atol=1e-12)
    np.testing.assert_array_equal(mine.state["m"], mine.state["exp_avg"])
    np.testing.assert_array_equal(mine.state["v"], mine.state["exp_avg_sq"])


def test_noise_and_minibatches_are_those_that_built_in_rules_see() -> None:
    for name, options in (("booth", {"noise": 0.3}), ("sparse_least_squares", {})):
        mine = optim_viz.rollout(name, torch.optim.SGD, lr=0.01, steps=60, seed=7, **options)
        ours = optim_viz.rollout(name, "sgd", lr=0.01, steps=60, seed=7, **options)
        np.testing.assert_allclose(mine.theta, ours.theta, rtol=1e-12, atol=1e-12)
        np.testing.assert_allclose(mine.grad, ours.grad, rtol=1e-10, atol=1e-12)


def test_a_schedule_multiplies_the_rate_of_every_step() -> None:
    mine = optim_viz.rollout("booth", torch.optim.Adam, lr=0.1, steps=40, schedule="cosine")
    ours = optim_viz.rollout("booth", "adam", lr=0.1, steps=40, schedule="cosine")
    np.testing.assert_allclose(mine.theta, ours.theta, rtol=1e-12)


def rosenbrock(p: torch.Tensor) -> torch.Tensor:
    x, y = p.flatten()
    return (1 - x) ** 2 + 100 * (y - x**2) ** 2


def plain_loop(kind: Any, steps: int, *, graph: bool = False, **arguments: Any) -> np.ndarray:
    """Train (x, y) on Rosenbrock's function as anyone would, by torch's own autograd alone."""
    p = torch.nn.Parameter(torch.tensor([-1.5, 2.0], dtype=torch.float64))
    optimizer = kind([p], **arguments)
    path = [p.detach().numpy().copy()]

    def closure() -> torch.Tensor:
        optimizer.zero_grad()
        loss = rosenbrock(p)
        loss.backward(create_graph=graph)
        return loss

    for _ in range(steps):
        if graph:
            closure()
            optimizer.step()
        else:
            optimizer.step(closure)
        path.append(p.detach().numpy().copy())
    return np.array(path)


class Newton(torch.optim.Optimizer):
    """Divides by the second derivatives that autograd finds: one step on a quadratic."""

    def __init__(self, params: Any, lr: float = 1.0) -> None:
        super().__init__(params, {"lr": lr})

    def step(self, closure: Any = None) -> None:
        (p,) = self.param_groups[0]["params"]
        rows = [torch.autograd.grad(part, p, retain_graph=True)[0] for part in p.grad.flatten()]
        with torch.no_grad():
            p.sub_(self.param_groups[0]["lr"] * torch.linalg.solve(torch.stack(rows), p.grad.detach()))
        p.grad = None


def test_a_closure_is_given_where_one_is_asked_for() -> None:
    mine = optim_viz.rollout("rosenbrock", torch.optim.LBFGS, lr=0.1, steps=20)
    np.testing.assert_allclose(mine.theta, plain_loop(torch.optim.LBFGS, 20, lr=0.1), rtol=1e-6, atol=1e-8)


@pytest.mark.filterwarnings("ignore:Using backward")
def test_second_derivatives_are_the_surfaces_own() -> None:
    quadratic = optim_viz.rollout("booth", Newton, steps=1, start=(-7.0, 6.0))
    np.testing.assert_allclose(quadratic.theta[-1], (1.0, 3.0), atol=1e-12)
    mine = optim_viz.rollout("rosenbrock", Newton, lr=0.5, steps=10)
    np.testing.assert_allclose(mine.theta, plain_loop(Newton, 10, graph=True, lr=0.5), rtol=1e-9)


class Counting(torch.optim.Optimizer):
    """Keeps what is awkward: names that a run has itself, a matrix, a list, a flag, and a state that comes late."""

    def __init__(self, params: Any, lr: float = 0.1, betas: tuple[float, float] = (0.9, 0.99)) -> None:
        super().__init__(params, {"lr": lr, "betas": betas, "drift": 0.0})

    @torch.no_grad()
    def step(self, closure: Any = None) -> None:
        group = self.param_groups[0]
        (p,) = group["params"]
        state = self.state[p]
        state |= {"update": p.grad.clone(), "matrix": torch.eye(2), "list": [p.grad], "on": True, "number": 3.0}
        group["drift"] += 0.5
        if group["drift"] > 1:
            state["late"] = p.grad.clone()
        p.sub_(group["lr"] * p.grad)


def test_states_are_recorded_under_their_own_names() -> None:
    run = optim_viz.rollout("booth", Counting, lr=0.01, steps=5)
    assert set(run.state) == {"state_update", "late", "number", "drift"}
    np.testing.assert_allclose(run.state["state_update"], run.grad)
    np.testing.assert_array_equal(run.state["number"], np.full((5, 2), 3.0))
    np.testing.assert_array_equal(run.state["drift"][:, 0], [0.5, 1.0, 1.5, 2.0, 2.5])
    assert np.isnan(run.state["late"][:2]).all()
    np.testing.assert_array_equal(run.state["late"][2:], run.grad[2:])
    assert run.diverged_at == -1
    assert list(run.rule.states) == list(run.state)
    assert set(run.rule.shared) == {"number", "drift"}
    assert set(run.rule.further_states) == set(run.state)
    adam = optim_viz.rollout("booth", torch.optim.Adam, steps=3).rule
    assert set(adam.further_states) == {"step", "exp_avg", "exp_avg_sq"}, "m and v are those two once more"
    assert adam.shared == ("step",)


def test_each_lane_of_a_batch_is_the_run_alone() -> None:
    rates, seeds = np.array([0.001, 0.01, 0.1]), np.array([[1], [2]])
    batch = optim_viz.rollout("beale", torch.optim.RMSprop, lr=rates, seed=seeds, noise=0.1, steps=30)
    assert batch.batch_shape == (2, 3)
    alone = optim_viz.rollout("beale", torch.optim.RMSprop, lr=0.1, seed=2, noise=0.1, steps=30)
    np.testing.assert_array_equal(batch.theta[1, 2], alone.theta)
    np.testing.assert_array_equal(batch.state["square_avg"][1, 2], alone.state["square_avg"])
    grid = optim_viz.sweep("booth", torch.optim.SGD, {"lr": [0.01, 0.05]}, steps=10)
    assert grid.tolist() == [
        optim_viz.rollout("booth", torch.optim.SGD, lr=lr, steps=10).loss[-1] for lr in (0.01, 0.05)
    ]


def test_a_run_that_leaves_the_finite_numbers_ends_there() -> None:
    run = optim_viz.rollout("rosenbrock", torch.optim.SGD, lr=0.01, steps=50)
    ours = optim_viz.rollout("rosenbrock", "sgd", lr=0.01, steps=50)
    assert run.diverged_at == ours.diverged_at == 7
    assert run.diverged_quantity == ours.diverged_quantity == "loss"
    np.testing.assert_allclose(run.theta[:7], plain_loop(torch.optim.SGD, 7, lr=0.01)[:7], rtol=1e-9)
    assert np.isnan(run.theta[7:]).all()
    assert np.isnan(run.update[6:]).all()


class Wandering(torch.optim.Optimizer):
    """Draws from all three sources of random numbers."""

    def __init__(self, params: Any, lr: float = 0.1) -> None:
        super().__init__(params, {"lr": lr})

    @torch.no_grad()
    def step(self, closure: Any = None) -> None:
        (p,) = self.param_groups[0]["params"]
        p.add_(self.param_groups[0]["lr"] * (torch.randn(2, dtype=p.dtype) + random.gauss() + np.random.normal()))


def test_random_numbers_follow_from_the_seed_and_disturb_nobody() -> None:
    before = torch.get_rng_state(), random.getstate(), str(np.random.get_state())
    one, same, other = (optim_viz.rollout("booth", Wandering, steps=20, seed=seed) for seed in (1, 1, 2))
    np.testing.assert_array_equal(one.theta, same.theta)
    assert (one.theta[1:] != other.theta[1:]).all()
    assert torch.equal(before[0], torch.get_rng_state())
    assert before[1:] == (random.getstate(), str(np.random.get_state()))


class Still(torch.optim.Optimizer):
    """Does nothing."""

    def __init__(self, params: Any, lr: float = 0.1) -> None:
        super().__init__(params, {"lr": lr})

    def step(self, closure: Any = None) -> None:
        """Stand still."""


class Needy(Still):
    """Wants what nobody can know."""

    def __init__(self, params: Any, wanted: int, lr: float = 0.1) -> None:
        super().__init__(params, lr)


class Late(Still):
    """Fails in the middle of a run."""

    @torch.no_grad()
    def step(self, closure: Any = None) -> None:
        (p,) = self.param_groups[0]["params"]
        p.sub_(0.01)
        self.state[p]["count"] = self.state[p].get("count", 0) + 1
        if self.state[p]["count"] == 5:
            raise KeyError("lost\nits count")


@pytest.mark.parametrize(
    ("kind", "words"),
    [
        (torch.optim.SparseAdam, "does not support dense gradients"),
        (Still, "60 steps on a bowl do not move it"),
        (Needy, r"it needs wanted, which has no default; from Python: optim_viz.rollout\(surface, Needy, wanted=...\)"),
        (Late, "step 5 fails: KeyError: 'lost"),
    ],
)
def test_a_class_that_cannot_run_says_why(kind: type, words: str) -> None:
    with pytest.raises(Refused, match=words) as caught:
        optim_viz.rollout("booth", kind, steps=10)
    assert "\n" not in str(caught.value)
    assert isinstance(caught.value, ValueError)


def test_options_are_handed_on_and_slips_are_told() -> None:
    with pytest.raises(Refused, match="do not move"):
        optim_viz.rollout("booth", Needy, wanted=3, steps=5)
    nesterov = optim_viz.rollout("booth", torch.optim.SGD, lr=0.01, momentum=0.9, nesterov=True, steps=20)
    ours = optim_viz.rollout("booth", "nesterov", lr=0.01, momentum=0.9, steps=20)
    np.testing.assert_allclose(nesterov.theta, ours.theta, rtol=1e-12)
    for slip, meant in ({"learning_rate": 0.1}, "lr"), ({"betas": (0.9, 0.99)}, "beta1"), ({"beta_1": 0.9}, "beta1"):
        with pytest.raises(ValueError, match=meant):
            optim_viz.rollout("booth", torch.optim.Adam, steps=5, **slip)
    with pytest.raises(ValueError, match=r"lr = 0\.0 is outside"):
        optim_viz.rollout("booth", torch.optim.Adam, lr=0.0)
    with pytest.raises(ValueError, match="neither a name nor an UpdateRule"):
        optim_viz.rollout("booth", dict)


def test_the_hyperparameters_are_those_of_the_signature() -> None:
    rule = outside.of_kind(Counting)
    assert [(each.name, each.default) for each in rule.hyperparameters] == [
        ("lr", 0.1),
        ("beta1", 0.9),
        ("beta2", 0.99),
    ]
    for each in rule.hyperparameters:
        stops = each.stops()
        assert len(stops) == 65
        assert list(stops) == sorted(set(stops))
        assert each.default in stops
        assert all(each.allowed.contains(stop) for stop in stops)


def test_a_surface_of_a_persons_own_is_as_good_as_any() -> None:
    def loss(x: Any, y: Any) -> Any:
        return (x - 1) ** 2 + 4 * (y + 2) ** 2

    run = optim_viz.rollout(surfaces.from_function(loss, start=(3.0, 3.0)), torch.optim.Adam, lr=0.3, steps=400)
    np.testing.assert_allclose(run.theta[-1], (1.0, -2.0), atol=1e-3)


def test_a_trajectory_of_a_class_travels_and_shows_itself() -> None:
    import pickle

    run = optim_viz.rollout("booth", torch.optim.Adam, lr=[0.1, 0.2], steps=5)
    again = pickle.loads(pickle.dumps(run))  # noqa: S301 - our own
    assert again == run
    assert "torch.optim:Adam" in repr(run)
    assert list(run[0].to_dataframe())[-4:] == ["m_x", "m_y", "v_x", "v_y"]
