"""The data set of docs/adding.md is one file, passes the contract, and is trained on."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from optim_viz import datasets
from optim_viz.comparison import TrainingSpec
from optim_viz.comparison.events import Epoch, Event
from optim_viz.comparison.script import script
from optim_viz.training.engine import train
from tests.datasets import test_contract as contract
from tests.documents import example


@pytest.fixture
def name(tmp_path: Path) -> Iterator[str]:
    """The name of the example, which is registered for a while."""
    dataset = example("A data set", "optim_viz.datasets", tmp_path).DATASET
    registered = datasets._datasets()
    assert dataset.name not in registered
    registered[dataset.name] = dataset
    yield dataset.name
    del registered[dataset.name]


def test_it_passes_the_contract(name: str, tmp_path: Path) -> None:
    contract.test_tensors_are_as_declared(name)
    contract.test_the_checksum_is_of_the_bytes(name)
    contract.test_no_test_example_is_trained_on_and_every_class_is_in_both(name)
    contract.test_the_words_are_there(name)
    empty = tmp_path / "empty"
    empty.mkdir()
    contract.test_what_needs_no_download_reads_no_folder(name, empty)


def test_it_is_trained_on(name: str) -> None:
    spec = TrainingSpec.from_dict(
        {"lanes": ["adam,lr=0.05"], "dataset": name, "model": "logistic", "epochs": 10, "batch_size": 16}
    )
    found: list[Event] = []
    train(spec, data=spec.data.load(), on_event=found.append)
    assert [event.test_accuracy for event in found if isinstance(event, Epoch)][-1] > 0.8
    assert "load_wine" in script(spec)
