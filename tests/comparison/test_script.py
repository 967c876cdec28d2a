"""The script that a run gives away trains the same: same first loss, same batches, same updates."""

from __future__ import annotations

import contextlib
import io
import re
import sys
from typing import Any

import numpy as np
import pytest
import torch

from optim_viz import datasets, models
from optim_viz.comparison import TrainingSpec
from optim_viz.comparison.events import Epoch, Event, Step
from optim_viz.comparison.script import script
from optim_viz.scenario import lane_titles
from optim_viz.training import engine

LANES = ("sgd,lr=0.05,weight_decay=0.01", "momentum,lr=0.01,dampening=0.1", "nesterov,lr=0.01", "adagrad,lr=0.01")
MORE = ("rmsprop,lr=0.001,momentum=0.5,centered=true", "adam,lr=0.002", "adamw,lr=0.001,weight_decay=0.1", "amsgrad")


def written(text: str, monkeypatch: pytest.MonkeyPatch) -> tuple[dict[str, list[float]], str]:
    """Run a script; return its losses and what it printed."""
    names: dict[str, Any] = {}
    monkeypatch.setattr(sys, "argv", ["script.py"])
    out = io.StringIO()
    with contextlib.redirect_stdout(out):
        exec(compile(text, "script.py", "exec"), names)  # noqa: S102 - our own script
    return names["losses"], out.getvalue()


@pytest.mark.parametrize(
    ("lanes", "fields"),
    [
        (LANES, {"dataset": "mnist", "widths": [32], "l2": 1e-3}),
        (MORE, {"dataset": "digits", "widths": [24, 16], "activation": "softplus", "l2": 1e-3}),
        (("adam", "adam,lr=0.01"), {"dataset": "digits", "model": "logistic"}),
        (
            ("sgd,lr=0.1,schedule=inverse_sqrt", "adam,schedule=one_cycle", "pytorch_optimizer:Lion,lr=0.001"),
            {"dataset": "digits", "widths": [16]},
        ),
    ],
)
def test_the_script_repeats_the_run(
    lanes: tuple[str, ...], fields: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = {"lanes": list(lanes), "epochs": 2, "batch_size": 100, "seed": 5, "examples": 450, "device": "cpu"}
    spec = TrainingSpec.from_dict(asked | fields)
    logged: list[Event] = []
    engine.train(spec, data=spec.data.load(), on_event=logged.append)
    threads = torch.get_num_threads()
    losses, printed = written(script(spec, str(spec.data.folder())), monkeypatch)
    assert torch.get_num_threads() == threads
    assert list(losses) == list(lane_titles(spec.lanes, plain=True))
    for lane, (title, theirs) in enumerate(losses.items()):
        ours = [event.loss for event in logged if isinstance(event, Step) and event.lane == lane]
        assert len(theirs) == len(ours) == 10
        assert ours[0] == pytest.approx(theirs[0], rel=1e-6)
        assert np.allclose(ours, theirs, rtol=2e-5, atol=0), title
        (_, last) = [event for event in logged if isinstance(event, Epoch) and event.lane == lane]
        found = re.search(rf"^{title}, epoch 2: loss [0-9.]+, test loss ([0-9.]+), accuracy ([0-9.]+)%$", printed, re.M)
        assert found is not None
        assert float(found[1]) == pytest.approx(last.test_loss, abs=2e-4)
        assert float(found[2]) == pytest.approx(100 * last.test_accuracy, abs=0.05)


@pytest.mark.parametrize("model", models.names())
@pytest.mark.parametrize("dataset", datasets.names())
def test_every_model_on_every_data_set_has_a_script_that_runs_and_starts_where_the_model_starts(
    dataset: str, model: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = {"lanes": ["adam", "sgd,lr=0.1"], "batch_size": 32, "examples": 64, "device": "cpu", "seed": 3}
    spec = TrainingSpec.from_dict(asked | {"dataset": dataset, "model": model})
    losses, printed = written(script(spec, str(spec.data.folder())), monkeypatch)
    data, classes = spec.data.load(), spec.data.classes
    network = spec.network.build(spec.options, spec.data.input_shape, classes, spec.seed).float()
    rows = np.random.default_rng([spec.seed, 1]).permutation(64)[:32]
    with torch.no_grad():
        first = torch.nn.functional.cross_entropy(network(data.train_x[rows]), data.train_y[rows]).item()
    for title in ("Adam", "SGD"):
        assert len(losses[title]) == 2
        assert losses[title][0] == pytest.approx(first, rel=1e-5)
    assert printed.count("accuracy") == 2


def test_nothing_a_person_typed_can_break_out_of_the_script() -> None:
    spec = TrainingSpec.from_dict({"lanes": ["adam"], "device": "auto"})
    text = script(spec, 'C:\\data \'"""\n{x}')
    assert "DATA = Path(sys.argv[1] if len(sys.argv) > 1 else 'C:\\\\data \\'\"\"\"\\n{x}')" in text
    compile(text, "script.py", "exec")
    assert not re.search(r"^\s*(import|from) optim_viz", text, re.M)
    assert 'DEVICE = "cuda" if torch.cuda.is_available() else "cpu"' in text


def test_a_class_that_is_trained_in_a_way_of_its_own_has_no_script() -> None:
    spec = TrainingSpec.from_dict({"lanes": ["adam", "torch.optim:LBFGS"]})
    with pytest.raises(ValueError, match=r"lane 2 is not trained in the usual way \(it evaluates each batch itself"):
        script(spec, None, {1: "it evaluates each batch itself"})
