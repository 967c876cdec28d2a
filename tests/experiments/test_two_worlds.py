"""The toy's moments are what torch.optim holds on the same surface, read where the network's recorder reads them."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from optim_viz import surfaces, update_rules
from optim_viz.comparison import torch_optimizer
from optim_viz.comparison.lanes import trainable_names
from optim_viz.experiments.two_worlds import (
    clock_stops,
    first_moment,
    memory,
    run_toy,
    second_moment,
    toy_of_class,
    uncorrected,
)
from optim_viz.rollout import rollout
from optim_viz.scenario import Lane, parse_lane
from optim_viz.update_rules import TorchMoment

STEPS = 12
SURFACE = "rosenbrock"
LANES = [
    text
    for text in (*trainable_names(), "rmsprop,centered=true", "adamax,lr=0.01", "adam,lr=0.02,schedule=cosine")
    if text.partition(",")[0] in update_rules.names()
]


def held(lane: Lane) -> list[dict[str, np.ndarray]]:
    """What torch.optim keeps after each step on the surface, in float64."""
    ground = surfaces.get(SURFACE)
    point = torch.tensor(ground.start, dtype=torch.float64, requires_grad=True)
    name, arguments = torch_optimizer(lane)
    optimizer: Any = getattr(torch.optim, name)([point], **arguments)
    factors = np.ones(STEPS) if lane.schedule is None else lane.schedule.factors(STEPS)
    lr = optimizer.param_groups[0].get("lr")
    found: list[dict[str, np.ndarray]] = []
    for factor in factors:
        if lr is not None:
            optimizer.param_groups[0]["lr"] = lr * float(factor)
        with torch.no_grad():
            point.grad = torch.from_numpy(np.array(ground.grad(*point.detach().numpy())))
        optimizer.step()
        found.append(
            {key: value.numpy().copy() for key, value in optimizer.state[point].items() if torch.is_tensor(value)}
        )
    return found


def read(declared: TorchMoment, state: dict[str, np.ndarray], step: int) -> np.ndarray:
    """A moment by its declaration's words: (state[key] - state[minus_square_of]²) / divisor(step)."""
    values = state[declared.key]
    if declared.minus_square_of is not None:
        values = values - state[declared.minus_square_of] ** 2
    return values / declared.divisor(step)


@pytest.mark.parametrize("text", LANES)
def test_a_toy_s_moments_are_torchs_own(text: str) -> None:
    lane = parse_lane(text)
    toy = run_toy(surfaces.get(SURFACE), lane, STEPS)
    states = held(lane)
    first, second = first_moment(lane), second_moment(lane)
    assert ("m_hat" in toy.held, "sqrt_v_hat" in toy.held) == (first is not None, second is not None)
    for step in range(1, STEPS + 1):
        if first is not None:
            np.testing.assert_allclose(toy.held["m_hat"][step - 1], read(first, states[step - 1], step), rtol=1e-9)
            plain = toy.plain.get("m_hat", toy.held["m_hat"])
            np.testing.assert_allclose(plain[step - 1], states[step - 1][first.key], rtol=1e-9)
        if second is not None:
            value = read(second, states[step - 1], step)
            root = value if second.rooted else np.sqrt(np.maximum(value, 0.0))
            np.testing.assert_allclose(toy.held["sqrt_v_hat"][step - 1], root, rtol=1e-7, atol=1e-12)


def test_on_a_slope_the_corrected_moments_are_the_gradient_from_the_first_step_on() -> None:
    """Kingma and Ba (2015), section 3: of a constant gradient g, m̂ = g and √v̂ = |g| at every t, and m = (1 - β₁ᵗ) g."""
    slope = surfaces.parse("2*x - 3*y", domain=((-1, 1), (-1, 1)))
    toy = run_toy(slope, parse_lane("adam,lr=0.01,beta1=0.8,beta2=0.95"), 50)
    grad, t = np.array([2.0, -3.0]), np.arange(1, 51)[:, None]
    np.testing.assert_allclose(toy.held["m_hat"], np.broadcast_to(grad, (50, 2)), rtol=1e-12)
    np.testing.assert_allclose(toy.held["sqrt_v_hat"], np.broadcast_to(np.abs(grad), (50, 2)), rtol=1e-12)
    np.testing.assert_allclose(toy.plain["m_hat"], (1 - 0.8**t) * grad, rtol=1e-12)
    np.testing.assert_allclose(toy.plain["sqrt_v_hat"], np.sqrt(1 - 0.95**t) * np.abs(grad), rtol=1e-12)


def test_a_run_that_diverges_says_where_and_one_without_correction_has_no_other_line() -> None:
    toy = run_toy(surfaces.get(SURFACE), parse_lane("momentum,lr=1.0"), 300)
    assert not toy.plain
    assert toy.diverged_at is not None
    assert np.isnan(toy.theta[toy.diverged_at]).any()
    assert np.isfinite(toy.theta[: toy.diverged_at]).all()


def test_quantiles_are_corrected_row_by_row() -> None:
    moment = TorchMoment("exp_avg_sq", lambda step: 1 - 0.5**step)
    found = uncorrected(moment, np.array([1, 2]), np.array([[4.0, 8.0], [4.0, 8.0]]), root=True)
    assert found is not None
    np.testing.assert_allclose(found, [[4 * 0.5**0.5, 8 * 0.5**0.5], [4 * 0.75**0.5, 8 * 0.75**0.5]])


@pytest.mark.parametrize(
    ("name", "arguments", "states"),
    [
        ("torch.optim:Adam", {"lr": 0.02}, {"m": "exp_avg", "sqrt_v": "exp_avg_sq"}),
        ("torch.optim:SGD", {"lr": 0.001, "momentum": 0.9}, {"m": "momentum_buffer"}),
        ("torch.optim:RMSprop", {"lr": 0.01}, {"sqrt_v": "square_avg"}),
        ("torch.optim:Adadelta", {"lr": 1.0}, {"sqrt_v": "square_avg"}),
        ("torch.optim:SGD", {"lr": 0.001}, {}),
    ],
)
def test_of_a_class_a_toy_has_what_torch_holds_under_the_usual_names(
    name: str, arguments: dict[str, float], states: dict[str, str]
) -> None:
    toy = toy_of_class(rollout(SURFACE, name, steps=STEPS, **arguments))
    assert toy.names == states
    assert set(toy.held) == {*states, "step"}
    ground = surfaces.get(SURFACE)
    point = torch.tensor(ground.start, dtype=torch.float64, requires_grad=True)
    optimizer: Any = getattr(torch.optim, name.partition(":")[2])([point], **arguments)
    for step in range(STEPS):
        before = point.detach().numpy().copy()
        with torch.no_grad():
            point.grad = torch.from_numpy(np.array(ground.grad(*before)))
        optimizer.step()
        np.testing.assert_allclose(toy.held["step"][step], np.abs(point.detach().numpy() - before), rtol=1e-7)
        for quantity, key in states.items():
            kept = optimizer.state[point][key].numpy()
            own = toy.held["m"] if quantity == "m" else toy.held["sqrt_v"] ** 2
            np.testing.assert_allclose(own[step], kept, rtol=1e-9)


@given(total=st.integers(1, 10**6), recorded=st.lists(st.integers(-5, 2 * 10**6), max_size=30))
def test_the_clock_stops_at_every_recorded_step_and_at_both_ends(total: int, recorded: list[int]) -> None:
    stops = clock_stops(total, np.array(recorded, dtype=np.int64))
    assert (np.diff(stops) > 0).all()
    assert (stops[0], stops[-1]) == (1, total)
    assert {each for each in recorded if 1 <= each <= total} <= set(stops.tolist())
    assert len(stops) <= 480 + len(recorded) + 2
    if total <= 60:
        assert stops.tolist() == list(range(1, total + 1))


def test_the_longest_memory_of_a_lane_is_named() -> None:
    assert memory(parse_lane("adam")) == ("beta2", pytest.approx(1000))
    assert memory(parse_lane("rmsprop,alpha=0.9")) == ("alpha", pytest.approx(10))
    assert memory(parse_lane("sgd")) is None
