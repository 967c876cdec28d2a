"""Known results: one epoch on the 60,000, batch size 128, He initialisation, as PyTorch's usual loop reached them."""

from __future__ import annotations

import json
import math
from pathlib import Path

import pytest

from optim_viz.comparison import TrainingSpec
from optim_viz.comparison.events import Epoch, Event, Start, Step
from optim_viz.datasets import Data
from optim_viz.training.engine import train

TRUTHS = json.loads((Path(__file__).parents[2] / "truths" / "mnist60k.json").read_text(encoding="utf-8"))
LANES = {
    "sgd lr=.01": "sgd,lr=0.01",
    "momentum .9 lr=.01": "momentum,lr=0.01,momentum=0.9",
    "nesterov .9 lr=.01": "nesterov,lr=0.01,momentum=0.9",
    "adagrad lr=.01": "adagrad,lr=0.01",
    "rmsprop lr=.001": "rmsprop,lr=0.001",
    "adam lr=.001": "adam,lr=0.001",
}


@pytest.fixture(scope="module")
def told(mnist: Data) -> list[Event]:
    """Six lanes, one epoch."""
    events: list[Event] = []
    train(TrainingSpec.from_dict({"lanes": list(LANES.values())}), data=mnist, on_event=events.append)
    return events


def test_the_network_and_its_first_loss(told: list[Event]) -> None:
    assert isinstance(told[0], Start)
    assert told[0].n_parameters == 269_322
    first = {event.loss for event in told if isinstance(event, Step) and event.step == 1}
    assert len(first) == 1  # the same weights, the same batch
    assert abs(first.pop() - math.log(10)) < 0.3


@pytest.mark.parametrize("name", TRUTHS)
def test_every_optimizer_reaches_its_known_accuracy(told: list[Event], name: str) -> None:
    lane = list(LANES).index(name)
    (epoch,) = [event for event in told if isinstance(event, Epoch) and event.lane == lane]
    known = TRUTHS[name]["test_acc_epoch1"]
    assert min(known) - 0.01 <= epoch.test_accuracy <= max(known) + 0.01
    losses = TRUTHS[name]["mean_train_loss_epoch1"]
    assert math.isclose(epoch.train_loss, sum(losses) / len(losses), rel_tol=0.1)
