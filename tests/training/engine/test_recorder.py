"""The quantiles are numpy.quantile's of what torch.optim really holds."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import Tensor

from optim_viz.comparison import TrainingSpec
from optim_viz.comparison.events import QUANTILES, Event, GradientNorm, Histogram, Quantiles
from optim_viz.comparison.lanes import torch_optimizer
from optim_viz.training import recorder
from optim_viz.training.engine import train
from optim_viz.training.mnist import Mnist
from tests.training.engine import usual_loop

LANES = (
    "sgd,lr=0.1",
    "momentum,lr=0.02",
    "adagrad,lr=0.02",
    "rmsprop,lr=0.001",
    "rmsprop,lr=0.001,centered=true",
    "adam,lr=0.002",
    "adamw,lr=0.002,weight_decay=0.1",
    "amsgrad,lr=0.002",
)
HELD = ({}, {"m_hat"}, {"sqrt_v_hat"}, {"sqrt_v_hat"}, *[{"m_hat", "sqrt_v_hat", "ratio"}] * 4)
STEPS = 5


def record(spec: TrainingSpec, data: Mnist) -> list[Event]:
    told: list[Event] = []
    train(spec, data=data, on_event=told.append)
    return told


def make(lanes: tuple[str, ...] = LANES, **values: object) -> TrainingSpec:
    return TrainingSpec.from_dict(
        {"lanes": lanes, "widths": [32, 16], "batch_size": 64, "examples": 300, "record_every": 1, **values}
    )


def moments(optimizer: torch.optim.Optimizer, params: list[Tensor]) -> tuple[np.ndarray | None, np.ndarray | None]:
    """m̂ and v̂ of a layer from an optimizer's own state, by the formulas of the papers."""
    states, group = [optimizer.state[param] for param in params], optimizer.param_groups[0]

    def flat(key: str) -> np.ndarray:
        return np.concatenate([state[key].numpy().ravel() for state in states])

    if "betas" in group:
        first, second = group["betas"]
        square = flat("max_exp_avg_sq") if group["amsgrad"] else flat("exp_avg_sq")
        return flat("exp_avg") / (1 - first**STEPS), square / (1 - second**STEPS)
    if "alpha" in group:
        mean = flat("grad_avg") if group["centered"] else None
        return mean, flat("square_avg") - (0 if mean is None else mean**2)
    if "lr_decay" in group:
        return None, flat("sum")
    return (flat("momentum_buffer") if group["momentum"] else None), None


def expected(data: Mnist, lane: int, spec: TrainingSpec) -> dict[tuple[str, str], np.ndarray]:
    """All five quantities after the last of five steps, from the usual loop."""
    name, options = torch_optimizer(spec.lanes[lane])
    _, params, optimizer = usual_loop.train(data, name, options, examples=300, batch_size=64, epochs=1)
    found: dict[tuple[str, str], np.ndarray] = {}
    owned = [param for group in optimizer.param_groups for param in group["params"]]
    for number, layer in enumerate(spec.layers):
        first, second = moments(optimizer, owned[2 * number : 2 * number + 2])
        if first is not None:
            found[layer, "m_hat"] = first
        if second is not None:
            found[layer, "sqrt_v_hat"] = np.sqrt(np.maximum(second, 0))
        if first is not None and second is not None:
            moved = second > 0
            found[layer, "ratio"] = np.divide(first, np.sqrt(second), out=np.zeros_like(first), where=moved)
    assert len(params) == len(owned)
    return found


def norm(model: torch.nn.Module) -> float:
    """The Euclidean norm of the gradient that autograd left."""
    return float(torch.cat([param.grad.flatten() for param in model.parameters() if param.grad is not None]).norm())


@pytest.mark.parametrize("lane", range(len(LANES)))
def test_quantiles_of_the_state_are_those_of_numpy(few: Mnist, lane: int) -> None:
    spec = make()
    told = [event for event in record(spec, few) if isinstance(event, Quantiles) and event.lane == lane]
    last = {(event.layer, event.quantity): event for event in told if event.step == STEPS}
    values = expected(few, lane, spec)
    assert {key for key in last if key[1] not in ("step", "step_over_lr")} == set(values)
    assert {quantity for _, quantity in values} == set(HELD[lane])
    for key, state in values.items():
        event = last[key]
        own = [event.q01, event.q10, event.q50, event.q90, event.q99]
        np.testing.assert_allclose(own, np.quantile(state, QUANTILES), rtol=1e-6, atol=1e-12)
    assert {event.step for event in told} == set(range(1, STEPS + 1))


@pytest.mark.parametrize("lane", [0, 5, 6])
def test_quantiles_of_the_step_are_those_of_the_parameters_before_and_after(few: Mnist, lane: int) -> None:
    spec = make((LANES[lane],))
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
def test_the_gradient_norm_counts_the_l2_term(few: Mnist, lane: str) -> None:
    spec = make((lane,), l2=0.1)
    first = next(event for event in record(spec, few) if isinstance(event, GradientNorm))
    model = usual_loop.network([784, 32, 16, 10], "relu", 0, torch.float64)
    rows = torch.from_numpy(np.random.default_rng([0, 1]).permutation(300)[:64])
    loss = torch.nn.functional.cross_entropy(model(few.train_x[rows]), few.train_y[rows])
    (loss + 0.1 * sum((weight**2).sum() for weight in model.parameters() if weight.dim() == 2)).backward()
    np.testing.assert_allclose(first.norm, norm(model), rtol=1e-9)


def test_the_histogram_counts_every_parameter_that_ever_had_a_gradient(few: Mnist) -> None:
    spec = make(("adam,lr=0.002", "sgd"))
    told = record(spec, few)
    found = [event for event in told if isinstance(event, Histogram)]
    assert {event.lane for event in found} == {0}  # SGD remembers nothing
    state = expected(few, 0, spec)
    ratios = np.concatenate([state[layer, "ratio"] for layer in spec.layers])
    moved = np.concatenate([state[layer, "sqrt_v_hat"] for layer in spec.layers]) > 0
    edges = np.asarray(found[-1].edges)
    counts, _ = np.histogram(np.clip(ratios[moved], edges[0], edges[-1]), edges)
    assert np.abs(np.asarray(found[-1].counts) - counts).sum() <= 4  # a value on an edge may fall to either side
    assert sum(found[-1].counts) == moved.sum()
    first = found[0]
    middles = (edges[1:] + edges[:-1]) / 2
    ones = np.abs(np.abs(middles) - 1) < 1e-9
    assert np.asarray(first.counts)[ones].sum() > 0.9 * sum(first.counts)  # after one step m̂/√v̂ is the gradient's sign


def test_looks_are_spaced_and_never_miss_the_ends(few: Mnist) -> None:
    spec = make(("sgd",), batch_size=7, epochs=2, record_every=25)  # 86 steps
    assert [event.step for event in record(spec, few) if isinstance(event, GradientNorm)] == [1, 25, 50, 75, 86]
    assert not [event for event in record(make(("sgd",), record=False), few) if isinstance(event, GradientNorm)]
    long = TrainingSpec.from_dict({"lanes": ["sgd"], "epochs": 1000})
    assert long.total_steps / recorder.default_spacing(long, "cpu") <= 400


def test_sorting_by_torch_gives_the_same(few: Mnist, monkeypatch: pytest.MonkeyPatch) -> None:
    """What a GPU would do."""
    spec = make(("adam",))
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
