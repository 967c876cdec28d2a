"""The form says what a run will take: exact counts at once, the rest from a probe, for nobody who only reads."""

from __future__ import annotations

import threading

import pytest
from streamlit.testing.v1 import AppTest

from optim_viz import estimates
from optim_viz.comparison import TrainingSpec
from optim_viz.comparison.lanes import PRESETS
from optim_viz.estimates import Cost, Measured, ProbeCancelled, Probes
from tests.pages.test_train import labels, opened, press, said, started, store, typed

__all__ = ["started", "store"]  # fixtures
MEASURED = Measured(
    *("cpu (2 threads)", 100, Cost(0.004, 0.006), Cost(0.1, 0.2), Cost(0.02, 0.03)),
    *(Cost(0.01, 0.01), Cost(0.5, 0.5), 3.0, 421_000_000),
)
WAITING = "a few steps are being measured"
USUAL = TrainingSpec.from_dict({"lanes": PRESETS[0].lanes})


def epochs(app: AppTest, count: int) -> AppTest:
    (field,) = [each for each in app.number_input if each.label == "Epochs"]
    return field.set_value(count).run()


def test_counts_stand_there_at_once_and_whoever_reads_starts_nothing(probes: Probes) -> None:
    app = opened()
    assert "269,322 parameters" in said(app)
    assert "469 steps an epoch" in said(app)
    assert "70,000 handwritten digits of 28 x 28 pixels" in said(app)
    assert "It is not here yet: the first run fetches 11.6 MB." in said(app) or "It is here already." in said(app)
    app.run()
    assert probes.look(USUAL) is None
    assert "Estimate time and memory" in labels(app)
    probes.keep(USUAL, MEASURED)
    app.run()
    assert "About 1 to 5 s" in said(app)  # 469 · 4 ms + 4 · 0.1 s + 5 · 20 ms, less a sixth: 1.98 s
    assert "about 420 MB" in said(app)
    assert "a step of all lanes 5 ms" in said(app)
    assert "Estimate time and memory" not in labels(app)


def test_an_edit_asks_and_what_does_not_matter_asks_no_further(probes: Probes, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[TrainingSpec] = []
    ended: list[TrainingSpec] = []

    def measure(spec: TrainingSpec, cancelled: threading.Event) -> Measured:
        asked.append(spec)
        cancelled.wait(60)
        ended.append(spec)
        raise ProbeCancelled

    own = Probes(measure, delay=0.0)
    monkeypatch.setattr(estimates, "PROBES", own)
    app = opened()
    epochs(app, 3)
    assert WAITING in said(app)
    assert "1,407 steps" in said(app), "what is exact does not wait"
    epochs(app, 4)
    first = own.look(USUAL)
    assert first is not None
    assert not first.cancelled.is_set()
    typed(app, "Hidden layers", "20")
    assert first.cancelled.is_set(), "the form asks for something else"
    second = next(job for job in own._jobs.values() if job.state == "running")
    press(app, "Launch")
    assert second.cancelled.is_set(), "nobody waits for it any more"
    assert len(asked) <= 2
    assert probes.look(USUAL) is None


def test_a_form_that_cannot_be_trained_waits_for_nothing_and_a_failure_leaves_it_usable(probes: Probes) -> None:
    app = opened("lane=adam,lr=0.001&dataset=digits")
    spec = TrainingSpec.from_dict({"lanes": ["adam,lr=0.001"], "dataset": "digits"})
    press(app, "Estimate time and memory")
    job = probes.look(spec)
    assert job is not None
    while job.state == "running":
        app.run()
    app.run()
    assert "Time and memory are not known: this test measures nothing. It can be launched all the same." in said(app)
    assert {"Try again", "Launch"} <= labels(app)
    assert "they come with scikit-learn" in said(app)
    assert "fetches" not in said(app)
    app.button(key="train-remove-0").click().run()
    assert "Add an optimizer: there is nothing to train yet." in said(app)
    assert not {"Try again", "Estimate time and memory"} & labels(app)
