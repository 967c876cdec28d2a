"""The hand-written step on one example is the plain engine's, for every network that it takes and every optimizer."""

from __future__ import annotations

import itertools
from typing import Any

import numpy as np
import pytest
import torch
from torch import nn

from optim_viz import models
from optim_viz.comparison import TrainingSpec
from optim_viz.comparison.events import Event, GradientNorm, Quantiles, Step
from optim_viz.datasets import Data
from optim_viz.models import Model
from optim_viz.training import fast
from optim_viz.training.engine import train
from optim_viz.training.fast import single_example
from tests.training.engine.test_rules import LANES


def networks() -> list[tuple[Model, dict[str, Any]]]:
    """Every model in every activation that it offers."""
    found: list[tuple[Model, dict[str, Any]]] = []
    for model in map(models.get, models.names()):
        choices = [[(option.name, choice) for choice in option.choices] for option in model.options if option.choices]
        found += [(model, dict(chosen)) for chosen in itertools.product(*choices)]
    return found


def taken(model: Model, options: dict[str, Any]) -> bool:
    network = model.build(model.complete(options), (1, 8, 8), 10, 0)
    return fast.single_example_step(network, torch.optim.SGD(network.parameters()), 0.0) is not None


TAKEN = [(model, options) for model, options in networks() if taken(model, options)]


def test_networks_of_linear_layers_are_taken_and_others_left() -> None:
    assert TAKEN
    linear, relu = nn.Linear(64, 10), nn.ReLU()
    sgd = torch.optim.SGD(linear.parameters())
    assert fast.single_example_step(nn.Sequential(nn.Flatten(), linear), sgd, 0.0) is not None
    for other in (
        linear,
        nn.Sequential(linear),
        nn.Sequential(nn.Flatten(), linear, relu),
        nn.Sequential(nn.Flatten(), nn.Linear(64, 64), nn.GELU(), linear),
        nn.Sequential(nn.Flatten(), nn.Linear(64, 64, bias=False), relu, linear),
        nn.Sequential(nn.Flatten(), nn.Linear(64, 64), nn.Softplus(beta=2.0), linear),
        nn.Sequential(nn.Flatten(0), linear),
        nn.Sequential(nn.Flatten(), nn.Conv2d(1, 1, 3)),
    ):
        assert fast.single_example_step(other, sgd, 0.0) is None


@pytest.mark.parametrize("l2", [0.0, 0.03])
@pytest.mark.parametrize(("model", "options"), TAKEN)
def test_loss_and_gradient_are_those_of_autograd(model: Model, options: dict[str, Any], l2: float) -> None:
    network = model.build(model.complete(options), (1, 8, 8), 10, 3)
    with torch.no_grad():
        for param in network.parameters():
            param += 0.1 * torch.randn(param.shape, generator=torch.Generator().manual_seed(0), dtype=torch.float64)
    params = list(network.parameters())
    x = torch.rand(1, 1, 8, 8, generator=torch.Generator().manual_seed(1), dtype=torch.float64)
    y = torch.tensor([4])
    loss = nn.functional.cross_entropy(network(x), y)
    penalty = l2 * sum((param**2).sum() for param in params if param.dim() == 2)
    expected = torch.autograd.grad(loss + penalty, params)
    step = fast.single_example_step(network, torch.optim.SGD(params, lr=0.5), l2)
    assert step is not None
    before = [param.detach().clone() for param in params]
    torch.testing.assert_close(step([(x, y)], 1), loss.detach().reshape(1), rtol=1e-12, atol=0)
    for param, old, grad in zip(params, before, expected, strict=True):
        torch.testing.assert_close(param.grad, grad, rtol=1e-10, atol=1e-14)
        torch.testing.assert_close(param.detach(), old - 0.5 * grad, rtol=1e-10, atol=1e-14)


def events(spec: TrainingSpec, data: Data) -> list[Event]:
    found: list[Event] = []
    train(spec, data=data, on_event=found.append)
    return found


@pytest.mark.parametrize("l2", [0.0, 1e-2])
@pytest.mark.parametrize("lane", LANES)
def test_a_run_is_that_of_the_plain_engine(few: Data, monkeypatch: pytest.MonkeyPatch, lane: str, l2: float) -> None:
    """Losses, gradient norms and recorded states, in float64."""
    spec = TrainingSpec.from_dict(
        {"lanes": [lane], "widths": [16, 8], "batch_size": 1, "examples": 40, "l2": l2, "record_every": 1}
    )
    quick = events(spec, few)
    monkeypatch.setattr(fast, "single_example_step", lambda *_: None)
    plain = events(spec, few)
    for kind, fields in ((Step, ["loss"]), (GradientNorm, ["norm"]), (Quantiles, ["q01", "q50", "q99"])):
        one, other = ([[getattr(e, f) for f in fields] for e in es if isinstance(e, kind)] for es in (quick, plain))
        assert one
        np.testing.assert_allclose(one, other, rtol=1e-6, atol=1e-10)


@pytest.mark.parametrize("lane", LANES)
def test_the_update_is_that_of_torch_optim(lane: str, monkeypatch: pytest.MonkeyPatch, few: Data) -> None:
    """Against the same gradients and `optimizer.step()`: bit for bit; to rounding for plain SGD, which adds at once."""
    spec = TrainingSpec.from_dict({"lanes": [lane], "widths": [16], "batch_size": 1, "examples": 40, "record": False})
    (one,) = train(spec, data=few, on_event=lambda event: None)
    plain: list[bool] = []
    asked = single_example._is_plain_sgd
    monkeypatch.setattr(single_example, "_is_plain_sgd", lambda optimizer: plain.append(asked(optimizer)))
    monkeypatch.setattr(single_example, "_functional", lambda optimizer: optimizer.step)
    (other,) = train(spec, data=few, on_event=lambda event: None)
    if plain == [True]:
        for mine, theirs in zip(one, other, strict=True):
            torch.testing.assert_close(mine, theirs, rtol=1e-9, atol=1e-12)
    else:
        assert all(map(torch.equal, one, other))


@pytest.mark.parametrize("lane", LANES)
def test_recording_changes_no_bit_of_a_run(few: Data, lane: str) -> None:
    """A recorded step keeps its gradient, another need not."""
    raw = {"lanes": [lane], "widths": [16], "batch_size": 1, "examples": 40, "l2": 1e-2}
    (one,) = train(TrainingSpec.from_dict(raw | {"record": False}), data=few, on_event=lambda event: None)
    (other,) = train(TrainingSpec.from_dict(raw | {"record_every": 3}), data=few, on_event=lambda event: None)
    assert all(map(torch.equal, one, other))
