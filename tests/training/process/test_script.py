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

from optim_viz.comparison import ModelSpec, TrainingSpec
from optim_viz.comparison.events import Epoch, Event, Step
from optim_viz.comparison.script import script
from optim_viz.training import engine, mnist

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
    ("lanes", "model"),
    [
        (LANES, ModelSpec(widths=(32,), activation="relu", l2=1e-3)),
        (MORE, ModelSpec(widths=(24, 16), activation="softplus", l2=1e-3)),
        (("adam", "adam,lr=0.01"), ModelSpec(widths=(), l2=0.0)),
    ],
)
def test_the_script_repeats_the_run(lanes: tuple[str, ...], model: ModelSpec, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = {"lanes": list(lanes), "epochs": 2, "batch_size": 100, "seed": 5, "examples": 450, "device": "cpu"}
    model_fields = {"widths": list(model.widths), "activation": model.activation, "l2": model.l2}
    spec = TrainingSpec.from_dict(asked | model_fields)
    told: list[Event] = []
    engine.train(spec, data=mnist.load_mnist(), on_event=told.append)
    threads = torch.get_num_threads()
    losses, printed = written(script(spec, str(mnist.cache_folder())), monkeypatch)
    assert torch.get_num_threads() == threads
    assert list(losses) == list(spec.titles())
    for lane, (title, theirs) in enumerate(losses.items()):
        ours = [event.loss for event in told if isinstance(event, Step) and event.lane == lane]
        assert len(theirs) == len(ours) == 10
        assert ours[0] == pytest.approx(theirs[0], rel=1e-6)
        assert np.allclose(ours, theirs, rtol=2e-5, atol=0), title
        (_, last) = [event for event in told if isinstance(event, Epoch) and event.lane == lane]
        found = re.search(rf"^{title}, epoch 2: loss [0-9.]+, test loss ([0-9.]+), accuracy ([0-9.]+)%$", printed, re.M)
        assert found is not None
        assert float(found[1]) == pytest.approx(last.test_loss, abs=2e-4)
        assert float(found[2]) == pytest.approx(100 * last.test_accuracy, abs=0.05)


def test_nothing_a_person_typed_can_break_out_of_the_script() -> None:
    spec = TrainingSpec.from_dict({"lanes": ["adam"], "device": "auto"})
    text = script(spec, 'C:\\data \'"""\n{x}')
    assert "DATA = Path(sys.argv[1] if len(sys.argv) > 1 else 'C:\\\\data \\'\"\"\"\\n{x}')" in text
    compile(text, "script.py", "exec")
    assert "optim_viz." not in text.replace("Written by optim_viz,", "")
    assert 'DEVICE = "cuda" if torch.cuda.is_available() else "cpu"' in text
