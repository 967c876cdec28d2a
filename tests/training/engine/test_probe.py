"""The probe beside a real run of the same comparison: its time within a wide factor, its memory above a truth."""

from __future__ import annotations

import time

import numpy as np
import pytest

from optim_viz import datasets
from optim_viz.comparison import TrainingSpec, events
from optim_viz.estimates import estimate
from optim_viz.training import engine, probe

FACTOR = 6.0
"""Between a run's own time and the range that was said before it: a probe is short, and machines are busy."""
SPEC = {
    "lanes": ["sgd,lr=0.01", "adam,lr=0.001"],
    "dataset": "digits",
    "widths": [32],
    "batch_size": 16,
    "epochs": 2,
    "sharpness": 5,
    "sharpness_examples": 64,
}


def test_an_estimate_holds_for_the_run_that_follows(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(probe, "STEP_SECONDS", 0.3)
    monkeypatch.setattr(probe, "PART_SECONDS", 0.15)
    spec = TrainingSpec.from_dict(SPEC)
    said = estimate(spec, probe.probe(spec))
    found: list[events.Event] = []
    data = spec.data.load()
    clock, processors = time.perf_counter(), time.process_time()
    engine.train(spec, data=data, on_event=found.append)
    clock, processors = time.perf_counter() - clock, time.process_time() - processors
    low, high = said.seconds
    assert low < high
    assert low < FACTOR * clock
    assert high > processors / 2 / FACTOR
    measured = said.measured
    assert measured.device == next(event.device for event in found if isinstance(event, events.Start))
    assert min(measured.steps, *measured.step.range, *measured.record.range, *measured.sharpness.range) > 0
    assert measured.monitors.now <= measured.record.now
    assert said.shares["sharpness"] > said.shares["records"], "five samples of it take longer than eight looks"
    if measured.memory is not None:  # params and grads of both lanes, and Adam's two moments, in float32
        assert measured.memory > 4 * spec.n_parameters * (2 + 2 + 2)
        assert measured.memory > 4 * np.prod([spec.data.train_count, *spec.data.input_shape])


@pytest.mark.parametrize("name", datasets.names())
def test_examples_are_made_up_in_the_shapes_that_a_data_set_declares(name: str) -> None:
    dataset = datasets.get(name)
    own = dataset.on_device(probe.made_up(dataset))
    assert own.train_x.shape == (dataset.train_count, *dataset.input_shape)
    assert own.test_x.shape == (dataset.test_count, *dataset.input_shape)
    assert own.train_y.shape == (dataset.train_count,)
    assert 0 <= float(own.train_x.min()) < float(own.train_x.max()) <= 1
    assert set(own.train_y.unique().tolist()) == set(range(dataset.classes))
