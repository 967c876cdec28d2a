"""A lane's schedule sets the learning rate of each step, as torch.optim.lr_scheduler does in the usual loop."""

from __future__ import annotations

import itertools
from functools import partial
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor

from optim_viz import schedules
from optim_viz.comparison import TrainingSpec, torch_optimizer
from optim_viz.comparison.events import Event, LearningRate, Quantiles, Step
from optim_viz.datasets import Data
from optim_viz.training import rates
from optim_viz.training.engine import Checkpoint, train
from tests.training.engine import usual_loop

PLANS = [*schedules.names(), "step:step_size=3:gamma=0.5"]
LANES = ("sgd,lr=0.1", "momentum,lr=0.02", "adam,lr=0.01", "adamw,lr=0.01,weight_decay=0.1", "rmsprop,lr=0.002")


def make(*lanes: str, **values: Any) -> TrainingSpec:
    fields = {"widths": [12], "batch_size": 50, "examples": 300, "epochs": 2, "device": "cpu", "record_every": 1}
    return TrainingSpec.from_dict({"lanes": lanes} | fields | values)


def run(spec: TrainingSpec, data: Data, **options: Any) -> tuple[list[Event], list[list[Tensor]]]:
    found: list[Event] = []
    return found, train(spec, data=data, on_event=found.append, **options)


def torchs(spec: TrainingSpec, lane: int) -> Any:
    """Torch's own scheduler of a lane."""
    chosen = spec.lanes[lane]
    plan = chosen.schedule
    assert plan is not None
    kind = getattr(torch.optim.lr_scheduler, plan.torch_twin)
    return partial(kind, **plan.torch_kwargs(chosen.hyperparameters["lr"], spec.total_steps, plan.values))


@pytest.mark.parametrize("batch_size", [50, 1])
@pytest.mark.parametrize("plan", PLANS)
def test_it_trains_as_with_torchs_scheduler(few: Data, plan: str, batch_size: int) -> None:
    """In float64, one example at a time too, where steps are written by hand."""
    spec = make(
        *(f"{lane},schedule={plan}" for lane in LANES), batch_size=batch_size, examples=6 * batch_size, record=False
    )
    told, params = run(spec, few)
    for lane, mine in enumerate(params):
        name, options = torch_optimizer(spec.lanes[lane])
        loop = {"widths": (12,), "batch_size": batch_size, "epochs": 2, "examples": 6 * batch_size}
        expected, theirs, _ = usual_loop.train(few, name, options, schedule=torchs(spec, lane), **loop)
        losses = [event.loss for event in told if isinstance(event, Step) and event.lane == lane]
        np.testing.assert_allclose(losses, expected, rtol=1e-8)
        for one, other in zip(mine, theirs, strict=True):
            torch.testing.assert_close(one, other, rtol=1e-7, atol=1e-10)
        told_rates = [event.lr for event in told if isinstance(event, LearningRate) and event.lane == lane]
        factors = schedules.parse(plan).factors(12)
        np.testing.assert_allclose(told_rates, options["lr"] * factors, rtol=1e-14)


@pytest.mark.parametrize("batch_size", [50, 1])
def test_a_scheduled_run_goes_on_to_the_same_bits(mnist: Data, batch_size: int) -> None:
    spec = make(
        *(f"{lane},schedule=one_cycle" for lane in LANES[::2]), batch_size=batch_size, examples=6 * batch_size, epochs=2
    )
    saved: list[Checkpoint] = []
    _, params = run(spec, mnist, checkpoint=saved.append, checkpoint_seconds=0)
    assert saved
    for state in (saved[0], saved[-1]):
        _, again = run(spec, mnist, resume=Checkpoint.from_bytes(state.to_bytes()))
        assert all(map(torch.equal, itertools.chain(*params), itertools.chain(*again)))


def test_a_step_is_divided_by_its_own_rate_and_lanes_beside_one_tell_theirs(few: Data) -> None:
    told, _ = run(make("sgd,lr=0.1,schedule=exponential:gamma=0.5", "adam,lr=0.01"), few)
    rates_told = {(event.lane, event.step): event.lr for event in told if isinstance(event, LearningRate)}
    assert [rates_told[0, step] for step in (1, 2, 12)] == pytest.approx([0.1, 0.05, 0.1 * 0.5**11])
    assert {lr for (lane, _), lr in rates_told.items() if lane == 1} == {0.01}
    found = {(e.lane, e.step, e.layer, e.quantity): e.q90 for e in told if isinstance(e, Quantiles)}
    for step in (1, 2, 12):
        assert found[0, step, "layer 2", "step"] == pytest.approx(
            rates_told[0, step] * found[0, step, "layer 2", "step_over_lr"]
        )
    alone, _ = run(make("adam,lr=0.01"), few)
    assert not [event for event in alone if isinstance(event, LearningRate)]


def test_factors_are_those_of_the_schedule_in_any_order(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rates, "_BLOCK", 7)
    plan = schedules.get("one_cycle")
    factors = rates.Factors(plan, 40)
    for step in (1, 7, 8, 40, 2, 21):
        assert factors(step) == plan.factors(40)[step - 1]
