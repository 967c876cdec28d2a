"""Every optimizer that can be trained is torch's own, through engine, L2 term, recorder and resume."""

from __future__ import annotations

import itertools
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor

from optim_viz import optimizer
from optim_viz.comparison import TrainingSpec, torch_optimizer
from optim_viz.comparison.events import QUANTILES, Event, Quantiles, Step
from optim_viz.datasets import Data
from optim_viz.scenario import Lane, format_lane
from optim_viz.training.engine import Checkpoint, train
from tests.training.engine import usual_loop
from tests.training.engine.conftest import trainable
from tests.update_rules.contract import all_on

STEPS = 6


def variants(name: str) -> list[str]:
    """The defaults, a weight decay where there is one, each choice the other way round, and every option on.

    Those that torch has.
    """
    given: list[dict[str, Any]] = [{}, all_on(optimizer(name))]
    for each in optimizer(name).hyperparameters:
        if each.name == "weight_decay":
            given.append({"weight_decay": 0.1})
        elif each.scale == "choice":
            given.append({each.name: not each.default})
    found: list[str] = []
    for values in given:
        lane = Lane(name, values)
        try:
            torch_optimizer(lane)
        except ValueError:
            continue  # torch has no such option
        found.append(format_lane(lane))
    return list(dict.fromkeys(found))


LANES = [lane for name in trainable() for lane in variants(name)]


def make(lane: str, **values: Any) -> TrainingSpec:
    """Six steps of a small network."""
    return TrainingSpec.from_dict(
        {"lanes": [lane], "widths": [12], "batch_size": 50, "examples": 300, "device": "cpu", "record_every": 1}
        | values
    )


def run(spec: TrainingSpec, data: Data, **options: Any) -> tuple[list[Event], list[Tensor]]:
    found: list[Event] = []
    (params,) = train(spec, data=data, on_event=found.append, **options)
    return found, params


@pytest.mark.parametrize("l2", [0.0, 0.05])
@pytest.mark.parametrize("lane", LANES)
def test_it_trains_as_torch_optim_does_in_the_usual_loop(few: Data, lane: str, l2: float) -> None:
    """In float64, against autograd of the whole loss and torch's plain implementation of the step."""
    spec = make(lane, l2=l2)
    found, params = run(spec, few)
    name, options = torch_optimizer(spec.lanes[0])
    expected, theirs, _ = usual_loop.train(
        few, name, options | {"foreach": False}, widths=(12,), l2=l2, batch_size=50, examples=300
    )
    losses = [event.loss for event in found if isinstance(event, Step)]
    assert len(losses) == STEPS
    np.testing.assert_allclose(losses, expected, rtol=1e-9)
    for one, other in zip(params, theirs, strict=True):
        torch.testing.assert_close(one, other, rtol=1e-8, atol=1e-11)


@pytest.mark.parametrize("batch_size", [1, 50])
@pytest.mark.parametrize("lane", LANES)
def test_it_goes_on_from_any_checkpoint_to_the_same_bits(mnist: Data, lane: str, batch_size: int) -> None:
    spec = make(lane, batch_size=batch_size, examples=6 * batch_size, epochs=3, l2=1e-3)
    saved: list[Checkpoint] = []
    _, params = run(spec, mnist, checkpoint=saved.append, checkpoint_seconds=0)
    assert len(saved) > 3
    for state in (saved[0], saved[len(saved) // 2], saved[-1]):
        _, again = run(spec, mnist, resume=Checkpoint.from_bytes(state.to_bytes()))
        assert all(map(torch.equal, params, again))


@pytest.mark.parametrize("lane", [format_lane(Lane(name)) for name in trainable()])
def test_recorded_moments_are_those_of_the_labs_own_arithmetic(few: Data, lane: str) -> None:
    """The lab's rule, run on the gradients that autograd gives along the way; torch's state is not looked at."""
    spec = make(lane)
    rule = spec.lanes[0].rule
    declared = rule.torch_state(spec.lanes[0].hyperparameters)
    name, options = torch_optimizer(spec.lanes[0])
    model = usual_loop.network([784, 12, 10], "relu", 0, torch.float64)
    made: torch.optim.Optimizer = getattr(torch.optim, name)(model.parameters(), **options)
    given = rule.complete(spec.lanes[0].hyperparameters)
    settings = rule.prepare({k: v if isinstance(v, bool) else np.asarray(v) for k, v in given.items()}, STEPS)
    params = list(model.parameters())
    states = [rule.init(rows(param), settings) for param in params]
    for step, batch in enumerate(torch.from_numpy(np.random.default_rng([0, 1]).permutation(300)).split(50), 1):
        made.zero_grad()
        torch.nn.functional.cross_entropy(model(few.train_x[batch]), few.train_y[batch]).backward()
        states = [
            rule.update(rows(param.grad), state, rows(param), step, settings)[1]
            for param, state in zip(params, states, strict=True)
        ]
        made.step()
    found, _ = run(spec, few)
    last = {(e.layer, e.quantity): e for e in found if isinstance(e, Quantiles) and e.step == STEPS}
    for layer, quantity in itertools.product((0, 1), ("m_hat", "sqrt_v_hat", "ratio")):
        moment = {"m_hat": declared.first, "sqrt_v_hat": declared.second}.get(quantity, declared.first)
        event = last.get((f"layer {layer + 1}", quantity))
        assert (event is not None) == (moment is not None and (quantity != "ratio" or declared.second is not None))
        if event is None:
            continue
        first, second = (
            np.concatenate([getattr(states[2 * layer + part], names[0]).ravel() for part in (0, 1)]) if names else None
            for names in (rule.first_moment, rule.second_moment)
        )
        if second is not None:
            second = second if declared.second is not None and declared.second.rooted else np.sqrt(second)
        values = first if quantity == "m_hat" else second
        if quantity == "ratio":
            assert first is not None
            assert second is not None
            values = np.divide(first, second, out=np.zeros_like(first), where=second > 0)
        assert values is not None
        own = [event.q01, event.q10, event.q50, event.q90, event.q99]
        np.testing.assert_allclose(own, np.quantile(values, QUANTILES), rtol=1e-6, atol=1e-12)


def rows(values: Tensor | None) -> np.ndarray:
    """Return entries as the lab's rules want them: (2, n) float64, though they are no points of a plane."""
    assert values is not None
    return values.detach().numpy().reshape(2, -1).copy()
