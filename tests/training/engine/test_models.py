"""Every model trains on every data set that needs no download, learns, and goes on from a checkpoint."""

from __future__ import annotations

import itertools
from functools import cache
from typing import Any

import pytest
import torch
from torch import Tensor

from optim_viz import datasets, models
from optim_viz.comparison import TrainingSpec
from optim_viz.comparison.events import Epoch, Event, Quantiles, Start
from optim_viz.datasets import Data
from optim_viz.training.engine import Checkpoint, train

OFFLINE = [name for name in datasets.names() if not datasets.get(name).needs_download]
ONE = pytest.mark.parametrize("dataset", OFFLINE[:1])
"""The test needs one such data set; where there is none it is skipped."""


@cache
def loaded(name: str) -> Data:
    return datasets.get(name).load()


def run(spec: TrainingSpec, **options: Any) -> tuple[list[Event], list[list[Tensor]]]:
    found: list[Event] = []
    return found, train(spec, data=loaded(spec.dataset), on_event=found.append, **options)


@pytest.mark.parametrize(("dataset", "model"), [*itertools.product(OFFLINE, models.names())])
def test_it_learns_and_its_layers_are_recorded(dataset: str, model: str) -> None:
    spec = TrainingSpec.from_dict(
        {"lanes": ["adam,lr=0.01"], "dataset": dataset, "model": model, "epochs": 2, "batch_size": 64, "device": "cpu"}
    )
    found, _ = run(spec)
    start = next(event for event in found if isinstance(event, Start))
    assert start.layers == spec.layers
    recorded = {event.layer for event in found if isinstance(event, Quantiles)}
    assert recorded == set(start.layers)
    accuracy = [event.test_accuracy for event in found if isinstance(event, Epoch)]
    assert accuracy[-1] > 5 / spec.data.classes


@ONE
@pytest.mark.parametrize(("model", "batch_size"), [*itertools.product(models.names(), [1, 64])])
def test_it_repeats_itself_and_goes_on_to_the_same_bits(dataset: str, model: str, batch_size: int) -> None:
    spec = TrainingSpec.from_dict(
        {"lanes": ["adam", "momentum"], "dataset": dataset, "model": model, "epochs": 2, "l2": 1e-4}
        | {"batch_size": batch_size, "examples": 20 * batch_size, "device": "cpu"}
    )
    saved: list[Checkpoint] = []
    _, params = run(spec, checkpoint=saved.append, checkpoint_seconds=0)
    _, repeated = run(spec)
    _, resumed = run(spec, resume=Checkpoint.from_bytes(saved[0].to_bytes()))
    for other in (repeated, resumed):
        assert all(map(torch.equal, itertools.chain(*params), itertools.chain(*other)))


@ONE
@pytest.mark.parametrize("model", models.names())
def test_lanes_start_from_the_weights_that_the_model_draws(dataset: str, model: str) -> None:
    spec = TrainingSpec.from_dict(
        {"lanes": ["sgd,lr=1e-30", "adam,lr=1e-30"], "dataset": dataset, "model": model, "seed": 5, "examples": 64}
        | {"batch_size": 64}
    )
    _, params = run(spec)
    network = spec.network.build(spec.options, spec.data.input_shape, spec.data.classes, 5)
    for own in params:
        for one, drawn in zip(own, network.parameters(), strict=True):
            if one.dim() > 1:  # beside such weights the step of 1e-30 is nothing; biases start at 0
                assert torch.equal(one, drawn.detach().float())
