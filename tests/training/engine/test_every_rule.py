"""Every rule that torch.optim has trains through engine and recorder as it does in the usual loop, and resumes."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch

import optim_viz
from optim_viz.comparison import TrainingSpec
from optim_viz.comparison.events import QUANTILES, Event, Quantiles
from optim_viz.comparison.spec import torch_optimizer
from optim_viz.scenario import Lane, format_lane
from optim_viz.training.engine import Checkpoint, train
from optim_viz.training.mnist import Mnist
from optim_viz.update_rules import TorchMoment
from tests.training.engine import usual_loop
from tests.update_rules.contract import all_on

TRAINABLE = [name for name in optim_viz.optimizers() if optim_viz.optimizer(name).torch_twin is not None]
STEPS = 5


def lanes_of(name: str) -> list[Lane]:
    """The rule with its defaults and, where torch has all of it, with every option on."""
    lanes = [Lane(name), Lane(name, all_on(optim_viz.optimizer(name)))]
    return [lane for lane in lanes if _in_torch(lane)]


def _in_torch(lane: Lane) -> bool:
    try:
        torch_optimizer(lane)
    except ValueError:
        return False
    return True


def spec_of(lanes: list[Lane], **values: Any) -> TrainingSpec:
    texts = [format_lane(lane, lanes[:position]) for position, lane in enumerate(lanes)]
    return TrainingSpec.from_dict(
        {"lanes": texts, "widths": [12], "batch_size": 64, "examples": 300, "record_every": 1, **values}
    )


def moment(declared: TorchMoment, states: list[dict[str, Any]]) -> np.ndarray:
    """Read a moment from torch's own state after the last step (test_golden holds the declaration to numbers)."""

    def joined(key: str) -> np.ndarray:
        return np.concatenate([state[key].numpy().ravel() for state in states])

    values = joined(declared.key)
    if declared.minus_square_of is not None:
        values = np.maximum(values - joined(declared.minus_square_of) ** 2, 0)
    return values / declared.divisor(STEPS)


@pytest.mark.parametrize("name", TRAINABLE)
@pytest.mark.parametrize("l2", [0.0, 0.05])
def test_an_epoch_is_that_of_the_usual_loop(few: Mnist, name: str, l2: float) -> None:
    lanes = lanes_of(name)
    assert lanes
    told: list[Event] = []
    trained = train(spec_of(lanes, l2=l2), data=few, on_event=told.append)
    for index, lane in enumerate(lanes):
        twin, arguments = torch_optimizer(lane)
        _, params, optimizer = usual_loop.train(few, twin, arguments, widths=(12,), l2=l2, examples=300)
        for mine, theirs in zip(trained[index], params, strict=True):
            torch.testing.assert_close(mine, theirs, rtol=1e-7, atol=1e-9)
        last = {(event.layer, event.quantity): event for event in told
                if isinstance(event, Quantiles) and event.lane == index and event.step == STEPS}  # fmt: skip
        declared = lane.rule.torch_state(lane.hyperparameters)
        owned = [optimizer.state[param] for group in optimizer.param_groups for param in group["params"]]
        assert (("layer 1", "m_hat") in last) == (declared.first is not None)
        assert (("layer 1", "sqrt_v_hat") in last) == (declared.second is not None)
        assert (("layer 1", "step_over_lr") in last) == ("lr" in arguments)
        for quantity, each in (("m_hat", declared.first), ("sqrt_v_hat", declared.second)):
            if each is None:
                continue
            values = moment(each, owned[:2])
            if quantity == "sqrt_v_hat" and not each.rooted:
                values = np.sqrt(values)
            event = last["layer 1", quantity]
            found = [event.q01, event.q10, event.q50, event.q90, event.q99]
            np.testing.assert_allclose(found, np.quantile(values, QUANTILES), rtol=1e-6, atol=1e-9)


@pytest.mark.parametrize("name", TRAINABLE)
def test_a_resumed_run_ends_where_an_uninterrupted_one_does(few: Mnist, name: str) -> None:
    spec = spec_of(lanes_of(name), epochs=2, l2=0.01)
    saved: list[Checkpoint] = []
    whole = train(spec, data=few, on_event=lambda event: None, checkpoint=saved.append, checkpoint_seconds=0)
    assert saved
    state = Checkpoint.from_bytes(saved[len(saved) // 2].to_bytes())
    again = train(spec, data=few, on_event=lambda event: None, resume=state)
    for one, other in zip(whole, again, strict=True):
        assert all(torch.equal(mine, theirs) for mine, theirs in zip(one, other, strict=True))
