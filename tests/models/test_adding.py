"""The model of docs/adding.md is one file, passes the contract, and trains."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from optim_viz import models
from optim_viz.models import Model
from tests.documents import example
from tests.models import test_contract as contract
from tests.training.engine import test_models as training


@pytest.fixture
def model(tmp_path: Path) -> Iterator[Model]:
    """The example, registered for a while."""
    model = example("A model", "optim_viz.models", tmp_path).MODEL
    registered = models._models()
    assert model.name not in registered
    registered[model.name] = model
    yield model
    del registered[model.name]


def test_it_passes_the_contract(model: Model) -> None:
    for given in contract.variants(model):
        for shape, classes in zip(contract.SHAPES, (10, 3, 2), strict=True):
            contract.test_layers_and_parameters_are_those_of_the_module(model, given, shape, classes)
        contract.test_logits_have_a_row_an_example_and_the_gradient_is_that_of_differences(model, given, (1, 8, 8), 10)
    for option in model.options:
        contract.test_options_have_a_default_that_is_allowed_and_survive_text(model, option)
    contract.test_weights_depend_on_the_seed_alone_and_outputs_on_the_input_alone(model.name)


@training.ONE
def test_it_trains(dataset: str, model: Model) -> None:
    training.test_it_learns_and_its_layers_are_recorded(dataset, model.name)
    training.test_it_repeats_itself_and_goes_on_to_the_same_bits(dataset, model.name, 64)
