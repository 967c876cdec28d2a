"""The quantiles are numpy.quantile's of what torch.optim really holds."""

from __future__ import annotations

import itertools
import math
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import Tensor, nn

from optim_viz.comparison import TrainingSpec, torch_optimizer
from optim_viz.comparison.events import QUANTILES, Event, GradientNorm, Histogram, Quantiles
from optim_viz.comparison.lanes import lane_words
from optim_viz.datasets import Data
from optim_viz.training import recorder
from optim_viz.training.engine import train
from optim_viz.update_rules import TorchMoment, TorchState
from tests.training.engine import usual_loop
from tests.training.engine.conftest import trainable

STEPS = 5


def record(spec: TrainingSpec, data: Data) -> list[Event]:
    told: list[Event] = []
    train(spec, data=data, on_event=told.append)
    return told


def make(*lanes: str, **values: object) -> TrainingSpec:
    return TrainingSpec.from_dict(
        {"lanes": lanes, "widths": [32, 16], "batch_size": 64, "examples": 300, "record_every": 1, **values}
    )


def norm(model: torch.nn.Module) -> float:
    """The Euclidean norm of the gradient that autograd left."""
    return float(torch.cat([param.grad.flatten() for param in model.parameters() if param.grad is not None]).norm())


DECLARED = [
    TorchState(),
    TorchState(first=TorchMoment("a")),
    TorchState(second=TorchMoment("b", divisor=lambda step: 1 - 0.9**step)),
    TorchState(first=TorchMoment("a", divisor=lambda step: 1 - 0.5**step), second=TorchMoment("b")),
    TorchState(first=TorchMoment("a"), second=TorchMoment("b", minus_square_of="c")),
    TorchState(first=TorchMoment("a"), second=TorchMoment("b", divisor=lambda step: 1 - 0.9**step, rooted=True)),
]


@pytest.mark.parametrize("declared", DECLARED)
@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
def test_quantiles_of_a_declared_state_are_those_of_numpy(declared: TorchState, dtype: torch.dtype) -> None:
    """A made-up rule, whose state is made up as well, in a network whose layers are nested."""
    rng = np.random.default_rng(0)
    network = nn.Sequential(nn.Sequential(nn.Linear(7, 5), nn.ReLU()), nn.BatchNorm1d(5), nn.Linear(5, 3, bias=False))
    layers = {"0.0": network[0][0], "1": network[1], "2": network[2]}  # pyright: ignore[reportIndexIssue]
    network = network.to(dtype)
    made = torch.optim.SGD(network.parameters(), lr=0.5)
    for param in network.parameters():
        a, b, c = (torch.from_numpy(rng.standard_normal(tuple(param.shape))).to(dtype) for _ in range(3))
        made.state[param] = {"a": a, "b": b.square(), "c": 0.3 * c}
        param.grad = torch.ones_like(param)
    lane: Any = SimpleNamespace(rule=SimpleNamespace(torch_state=lambda given: declared), hyperparameters={"lr": 0.5})
    own = recorder.Recorder(3, lane, network, made, 1, 10)
    before = own.parameters()
    made.step()
    found = own.record(2, before)
    assert isinstance(found[0], GradientNorm)
    assert (found[0].lane, found[0].step) == (3, 2)
    assert found[0].norm == pytest.approx(sum(p.numel() for p in network.parameters()) ** 0.5, rel=1e-6)
    quantiles = {(e.layer, e.quantity): e for e in found if isinstance(e, Quantiles)}
    for layer, module in layers.items():
        states = [made.state[param] for param in module.parameters()]
        a, b, c = (np.concatenate([state[key].double().numpy().ravel() for state in states]) for key in "abc")
        expected: dict[str, np.ndarray] = {"step": np.full(len(a), 0.5), "step_over_lr": np.ones(len(a))}
        if declared.first is not None:
            expected["m_hat"] = a / declared.first.divisor(2)
        if declared.second is not None:
            variance = np.maximum(b - (c**2 if declared.second.minus_square_of else 0), 0)
            if declared.second.rooted:
                expected["sqrt_v_hat"] = variance / declared.second.divisor(2)
            else:
                expected["sqrt_v_hat"] = np.sqrt(variance / declared.second.divisor(2))
        if declared.first is not None and declared.second is not None:
            root = expected["sqrt_v_hat"]
            expected["ratio"] = np.divide(expected["m_hat"], root, out=np.zeros_like(a), where=root > 0)
        assert {quantity for name, quantity in quantiles if name == layer} == set(expected)
        for quantity, values in expected.items():
            event = quantiles[layer, quantity]
            mine = [event.q01, event.q10, event.q50, event.q90, event.q99]
            np.testing.assert_allclose(mine, np.quantile(values, QUANTILES), rtol=1e-5, atol=1e-6)


def test_a_rule_without_a_learning_rate_has_no_step_over_it() -> None:
    network = nn.Linear(3, 2)
    made = torch.optim.SGD(network.parameters(), lr=1.0)
    lane: Any = SimpleNamespace(rule=SimpleNamespace(torch_state=lambda given: TorchState()), hyperparameters={})
    own = recorder.Recorder(0, lane, network, made, 1, 10)
    for param in network.parameters():
        param.grad = torch.ones_like(param)
    kinds = {event.quantity for event in own.record(1, own.parameters()) if isinstance(event, Quantiles)}
    assert kinds == {"step"}


@pytest.mark.parametrize("lane", ["sgd,lr=0.1", "adam,lr=0.002", "adamw,lr=0.002,weight_decay=0.1"])
def test_quantiles_of_the_step_are_those_of_the_parameters_before_and_after(few: Data, lane: str) -> None:
    spec = make(lane)
    told = [event for event in record(spec, few) if isinstance(event, Quantiles)]
    name, options = torch_optimizer(spec.lanes[0])
    order = np.random.default_rng([0, 1]).permutation(300)
    walked: list[list[Tensor]] = []
    model = usual_loop.network([784, 32, 16, 10], "relu", 0, torch.float64)
    optimizer = getattr(torch.optim, name)(model.parameters(), **options)
    norms: list[float] = []
    for rows in torch.from_numpy(order).split(64):
        walked.append([param.detach().clone() for param in model.parameters()])
        optimizer.zero_grad()
        torch.nn.functional.cross_entropy(model(few.train_x[rows]), few.train_y[rows]).backward()
        norms.append(norm(model))
        optimizer.step()
    walked.append([param.detach().clone() for param in model.parameters()])
    for (step, (before, after)), (number, layer) in itertools.product(
        enumerate(itertools.pairwise(walked), 1), enumerate(spec.layers)
    ):
        own = slice(2 * number, 2 * number + 2)
        moved = np.concatenate([(b - a).abs().numpy().ravel() for a, b in zip(before[own], after[own], strict=True)])
        for quantity, scale in (("step", 1.0), ("step_over_lr", 1 / options["lr"])):
            (event,) = [e for e in told if (e.step, e.layer, e.quantity) == (step, layer, quantity)]
            found = [event.q01, event.q10, event.q50, event.q90, event.q99]
            np.testing.assert_allclose(found, np.quantile(moved, QUANTILES) * scale, rtol=1e-6, atol=1e-12)
    found = [event.norm for event in record(spec, few) if isinstance(event, GradientNorm)]
    np.testing.assert_allclose(found, norms, rtol=1e-9)


@pytest.mark.parametrize("lane", ["sgd,lr=0.1", "adamw"])
def test_the_gradient_norm_counts_the_l2_term(few: Data, lane: str) -> None:
    spec = make(lane, l2=0.1)
    first = next(event for event in record(spec, few) if isinstance(event, GradientNorm))
    model = usual_loop.network([784, 32, 16, 10], "relu", 0, torch.float64)
    rows = torch.from_numpy(np.random.default_rng([0, 1]).permutation(300)[:64])
    loss = torch.nn.functional.cross_entropy(model(few.train_x[rows]), few.train_y[rows])
    (loss + 0.1 * sum((weight**2).sum() for weight in model.parameters() if weight.dim() == 2)).backward()
    np.testing.assert_allclose(first.norm, norm(model), rtol=1e-9)


def test_the_histogram_counts_every_parameter_that_ever_had_a_gradient(few: Data) -> None:
    spec = make("adam,lr=0.002", "sgd")
    told = record(spec, few)
    found = [event for event in told if isinstance(event, Histogram)]
    assert {event.lane for event in found} == {0}  # SGD remembers nothing
    name, options = torch_optimizer(spec.lanes[0])
    _, _, made = usual_loop.train(few, name, options, examples=300)
    states = list(made.state.values())
    m, v = (np.concatenate([state[key].numpy().ravel() for state in states]) for key in ("exp_avg", "exp_avg_sq"))
    moved = v > 0  # Kingma and Ba: m / (1 - β₁^t) over the root of v / (1 - β₂^t)
    ratios = np.divide(m / (1 - 0.9**STEPS), np.sqrt(v / (1 - 0.999**STEPS)), out=np.zeros_like(m), where=moved)
    edges = np.asarray(found[-1].edges)
    counts, _ = np.histogram(np.clip(ratios[moved], edges[0], edges[-1]), edges)
    assert np.abs(np.asarray(found[-1].counts) - counts).sum() <= 4  # a value on an edge may fall to either side
    assert sum(found[-1].counts) == moved.sum()
    first = found[0]
    middles = (edges[1:] + edges[:-1]) / 2
    ones = np.abs(np.abs(middles) - 1) < 1e-9
    assert np.asarray(first.counts)[ones].sum() > 0.9 * sum(first.counts)  # after one step m̂/√v̂ is the gradient's sign


def test_looks_are_spaced_and_never_miss_the_ends(few: Data) -> None:
    spec = make("sgd", batch_size=7, epochs=2, record_every=25)  # 86 steps
    assert [event.step for event in record(spec, few) if isinstance(event, GradientNorm)] == [1, 25, 50, 75, 86]
    assert not [event for event in record(make("sgd", record=False), few) if isinstance(event, GradientNorm)]
    long = TrainingSpec.from_dict({"lanes": ["sgd"], "epochs": 1000})
    assert long.total_steps / long.record_spacing("cpu") <= 400


def test_sorting_by_torch_gives_the_same(few: Data, monkeypatch: pytest.MonkeyPatch) -> None:
    """What a GPU would do."""
    spec = make("adam")
    by_numpy = [event for event in record(spec, few) if isinstance(event, Quantiles | Histogram)]
    monkeypatch.setattr(recorder, "_sorted", lambda values: values.copy_(torch.sort(values).values))
    assert [event for event in record(spec, few) if isinstance(event, Quantiles | Histogram)] == by_numpy


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
@given(
    values=st.lists(st.floats(width=32, allow_nan=False), max_size=200),
    repeated=st.lists(st.sampled_from([0.0, -0.0, 1e-40, -1e-40, 2.5, -2.5, math.inf, -math.inf]), max_size=200),
)
def test_floats_are_sorted_as_floats(dtype: torch.dtype, values: list[float], repeated: list[float]) -> None:
    given_values = torch.tensor([*values, *repeated], dtype=dtype)
    expected = np.sort(given_values.numpy())
    np.testing.assert_array_equal(recorder._sorted(given_values.clone()).numpy(), expected)


def test_what_a_lane_records_is_what_its_words_say(few: Data) -> None:
    """Of every optimizer that can be trained, and every switch that changes what torch keeps."""
    lanes = [*trainable(), "rmsprop,momentum=0.9", "rmsprop,centered=true"]
    for begin in range(0, len(lanes), 8):
        some = lanes[begin : begin + 8]
        told = record(make(*some, record_every=3), few)
        for index, lane in enumerate(lane_words(some)):
            found = {event.quantity for event in told if isinstance(event, Quantiles) and event.lane == index}
            assert found == set(lane.recorded), lane.text
