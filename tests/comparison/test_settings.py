"""Settings are declared once: what a form, a link, a command line and a spec make of them is the same."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from optim_viz import datasets, models
from optim_viz.comparison import TrainingSpec, settings
from optim_viz.comparison.lanes import PRESETS
from optim_viz.models import Option

PAIRS = [(dataset, model) for dataset in datasets.names() for model in models.names()]


@pytest.mark.parametrize(("dataset", "model"), PAIRS)
def test_no_option_of_a_model_takes_the_name_of_a_setting_or_field(dataset: str, model: str) -> None:
    names = [each.name for each in settings.settings(dataset, model)]
    assert len(set(names)) == len(names)
    fields = {"lanes", "lane", "run", "options", "record", "record_every", "name", "data", "store", "json", "detach"}
    assert not fields & set(names)


@pytest.mark.parametrize(("dataset", "model"), PAIRS)
def test_the_defaults_are_a_spec_and_need_no_link(dataset: str, model: str) -> None:
    values = settings.defaults(dataset, model)
    assert settings.check(values) == ()
    spec = TrainingSpec.from_dict({"lanes": ["adam"]} | settings.spec_part(values))
    assert (spec.dataset, spec.model, spec.examples) == (dataset, model, None)
    assert spec.n_parameters == settings.n_parameters(values) > 0
    assert set(settings.link_part(values)) <= {"dataset", "model"}
    assert settings.of_spec(spec.to_dict()) == values
    assert TrainingSpec.from_dict(json.loads(json.dumps(spec.to_dict()))) == spec


def any_value(option: Option) -> st.SearchStrategy[Any]:
    if option.kind == "choice":
        return st.sampled_from(option.choices)
    if option.kind == "number":
        return st.floats(option.low, option.high, allow_nan=False)
    whole = st.integers(int(option.low), int(option.high))
    return st.lists(whole, max_size=option.most).map(tuple) if option.kind == "wholes" else whole


@given(st.data(), st.sampled_from(PAIRS))
def test_every_setting_survives_a_link(data: st.DataObject, pair: tuple[str, str]) -> None:
    values = settings.defaults(*pair)
    for option in settings.settings(*pair):
        if option.name not in ("dataset", "model"):
            values[option.name] = data.draw(any_value(option))
    found, problems = settings.read(settings.link_part(values))
    assert problems == ()
    assert found == values


@given(st.dictionaries(st.sampled_from([*settings.defaults(), "channels", "colour"]), st.text(max_size=20)))
def test_whatever_a_link_says_there_are_settings_and_sentences(texts: dict[str, str]) -> None:
    values, problems = settings.read(texts)
    assert set(values) == {each.name for each in settings.settings(values["dataset"], values["model"])}
    assert all(str(problem) for problem in problems)
    for option in settings.settings(values["dataset"], values["model"]):
        option.check(values[option.name])


def test_older_specs_and_links_mean_what_they_meant() -> None:
    old = {"lanes": ["adam,lr=0.001"], "widths": [64], "activation": "tanh", "l2": 1e-4, "epochs": 2, "examples": None}
    spec = TrainingSpec.from_dict(old)
    assert (spec.dataset, spec.model, spec.n_examples) == ("mnist", "mlp", 60_000)
    assert dict(spec.options) == {"widths": (64,), "activation": "tanh"}
    values, problems = settings.read(
        {"widths": "none", "activation": "sigmoid", "batch_size": "1", "examples": "10000"}
    )
    assert problems == ()
    assert (values["model"], values["widths"], values["examples"]) == ("mlp", (), 10_000)


def test_what_is_chosen_changes_what_is_asked_and_the_rest_stays() -> None:
    values = settings.parse({"epochs": "7", "widths": "12,7", "activation": "tanh", "l2": "0.001", "examples": "20000"})
    digits = settings.with_choice(values, "dataset", "digits")
    assert (digits["epochs"], digits["widths"], digits["l2"]) == (7, (12, 7), 0.001)
    assert digits["examples"] == datasets.get("digits").train_count  # 20,000 are not there
    images = settings.with_choice(digits, "model", "cnn")
    assert "widths" not in images
    assert (images["activation"], images["epochs"]) == ("tanh", 7)


def test_a_preset_brings_its_model_and_leaves_what_it_does_not_name() -> None:
    values = settings.parse({"epochs": "7", "widths": "12", "l2": "0.5", "dataset": "digits"})
    for preset in PRESETS:
        found = settings.with_preset(values, preset.settings)
        assert (found["epochs"], found["dataset"]) == (int(preset.settings.get("epochs", "7")), "digits")
        assert found["l2"] == 0.0
        assert found["model"] == preset.settings.get("model", models.names()[0])


@pytest.mark.parametrize(
    ("texts", "message"),
    [
        ({"widths": "3,x"}, "widths must be a whole number from 1 to 4096, not 'x'"),
        ({"dataset": "cifar"}, "dataset must be one of .*, not 'cifar'"),
        ({"model": "cnn", "widths": "3"}, "model cnn has no option widths; it is left out"),
        ({"batch_size": "100", "examples": "50"}, "a batch of 100 does not fit into 50 training examples"),
        ({"dataset": "digits", "model": "cnn", "channels": "2,2,2,2"}, "4 stages halve 8 x 8 pixels to nothing"),
        ({"seed": "4294967296"}, "seed must be a whole number from 0 to 4294967295, not"),
    ],
)
def test_what_cannot_be_is_a_sentence(texts: dict[str, str], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        settings.parse(texts)
