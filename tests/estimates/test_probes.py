"""Probes in the background: started once for what matters, kept, cancelled when nobody waits, and never a traceback."""

from __future__ import annotations

import json
import sys
import threading
import time
from collections.abc import Callable

import pytest

from optim_viz.comparison import TrainingSpec
from optim_viz.estimates import Job, Measured, ProbeCancelled, ProbeFailed, Probes, measure, probes
from tests.estimates.test_estimate import MEASURED, spec


class Measuring:
    """A measurement that ends when it is let, and notes what was asked."""

    def __init__(self) -> None:
        self.asked: list[TrainingSpec] = []
        self.cancelled = 0
        self.go_on = threading.Event()
        self.error: Exception | None = None

    def __call__(self, wanted: TrainingSpec, cancelled: threading.Event) -> Measured:
        self.asked.append(wanted)
        while not self.go_on.wait(0.005):
            if cancelled.is_set():
                self.cancelled += 1
                raise ProbeCancelled
        if self.error is not None:
            raise self.error
        return MEASURED


def until(true: Callable[[], bool]) -> None:
    end = time.monotonic() + 30
    while not true():
        assert time.monotonic() < end
        time.sleep(0.002)


def ended(job: Job) -> Job:
    until(lambda: job.state != "running")
    return job


def test_a_result_is_kept_for_all_that_it_holds_for() -> None:
    measuring = Measuring()
    measuring.go_on.set()
    own = Probes(measuring, delay=0.0)
    assert own.look(spec()) is None, "looking starts nothing"
    assert ended(own.ask(spec(), "a")).measured == MEASURED
    assert own.ask(spec(epochs=7), "b").measured == MEASURED
    assert ended(own.ask(spec(batch_size=50), "b")).state == "done"
    assert [each.batch_size for each in measuring.asked] == [100, 50]
    kept = own.look(spec(seed=5))
    assert kept is not None
    assert kept.state == "done"


def test_a_probe_is_cancelled_when_the_last_who_asked_asks_for_another() -> None:
    measuring = Measuring()
    own = Probes(measuring, delay=0.0)
    own.ask(spec(), "a")
    own.ask(spec(), "b")
    until(lambda: len(measuring.asked) == 1)
    own.drop("a")
    assert own.look(spec()) is not None, "the other one still waits"
    second = own.ask(spec(batch_size=50), "b")
    until(lambda: measuring.cancelled == 1)
    assert own.look(spec()) is None
    measuring.go_on.set()
    assert ended(second).state == "done"
    assert [each.batch_size for each in measuring.asked] == [100, 50], "one at a time, each once"


def test_a_form_that_changes_at_once_starts_nothing() -> None:
    measuring = Measuring()
    measuring.go_on.set()
    own = Probes(measuring, delay=60.0)
    first = own.ask(spec(), "a")
    own.drop("a")
    assert first.cancelled.is_set()
    assert own.look(spec()) is None
    assert not measuring.asked


def test_a_failure_says_why_stays_and_can_be_tried_again() -> None:
    measuring = Measuring()
    measuring.go_on.set()
    measuring.error = ProbeFailed("there is no such device")
    own = Probes(measuring, delay=0.0)
    assert ended(own.ask(spec(), "a")).error == "there is no such device"
    assert own.ask(spec(), "a").state == "failed", "it is not tried again by itself"
    measuring.error = RuntimeError("something else")
    assert ended(own.ask(spec(), "a", again=True)).error == "something else"
    measuring.error = None
    assert ended(own.ask(spec(), "a", again=True)).measured == MEASURED


@pytest.mark.parametrize(
    ("program", "words"),
    [
        (f"print({json.dumps(json.dumps({'error': 'no CUDA device is present'}))})", "no CUDA device is present"),
        ("raise SystemExit('it fell over')", r"ended without a result \(it fell over\)"),
        ("import os; os._exit(3)", r"ended without a result \(exit code 3\)"),
        ("import os; os.kill(os.getpid(), 9)", r"ended without a result \(exit code -9\)"),
    ],
)
def test_a_process_that_measures_nothing_is_a_sentence(
    program: str, words: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(probes, "COMMAND", (sys.executable, "-S", "-c", f"import sys; sys.stdin.read(); {program}"))
    with pytest.raises(ProbeFailed, match=words):
        measure(spec())


def test_a_process_ends_when_it_is_cancelled(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(probes, "COMMAND", (sys.executable, "-S", "-c", "import time; time.sleep(600)"))
    cancelled = threading.Event()
    cancelled.set()
    begin = time.monotonic()
    with pytest.raises(ProbeCancelled):
        measure(spec(), cancelled)
    assert time.monotonic() - begin < 300
