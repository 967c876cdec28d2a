# pyright: basic
"""Measures what a comparison takes: the lanes as they are, a few steps of the real engine, on examples made up.

    python -m optim_viz.training.probe < QUESTION

QUESTION is a JSON object with "spec", "classes" and "folder" (see `outside.make_known`) and "limit", in seconds. The
last line printed is a JSON object: `Measured.to_dict()`, or "error" with a sentence.

The engine trains four short runs that differ in what is switched on: steps alone, then with a test after every step, a
record at every step, a sample of the sharpness at every step. A part's cost is what its run takes longer for a step.
Examples are bytes drawn at random, as many as the data set has, so that memory and the way through it are those of a
run, and nothing is fetched. The process gives way to all others.
"""

from __future__ import annotations

import json
import os
import sys
import threading
import time
from dataclasses import dataclass, replace
from typing import Any, Final, NamedTuple

import numpy as np

from optim_viz import monitors, outside
from optim_viz.comparison.events import Event, Memory, MonitorReport, Note, Start, Step
from optim_viz.comparison.settings import MAX_EPOCHS, MAX_SHARPNESS
from optim_viz.comparison.spec import TrainingSpec
from optim_viz.datasets import Arrays, Data, Dataset
from optim_viz.estimates import Cost, Measured
from optim_viz.launchers import stand_back

STEP_SECONDS: Final = 1.2
PART_SECONDS: Final = 0.6
"""How long the engine trains for the pace of steps, and for each of the other parts, at least."""
_TESTED_ROWS: Final = 4096
"""Test examples of the probe, at most: the engine takes no more at once on a CPU, and the rest takes as long again."""
_STEPS: Final = 400
"""Of the runs that measure records and samples: few, so that every step says what its monitors took."""


def made_up(dataset: Dataset) -> Arrays:
    """Return arrays of a data set's shapes: examples are bytes from 0 to its scale, classes at random."""
    random = np.random.default_rng(0)

    def examples(count: int) -> Any:
        top = min(255, int(dataset.scale))
        return random.integers(0, top, (count, *dataset.input_shape), np.uint8, endpoint=True)

    def classes(count: int) -> Any:
        return random.integers(0, dataset.classes, count, np.uint8)

    train, test = dataset.train_count, dataset.test_count
    return Arrays(examples(train), classes(train), examples(test), classes(test))


class _Mark(NamedTuple):
    """A moment of a run: by the clock, in processor time of the process, and how many steps all lanes had made."""

    clock: float
    processors: float
    steps: int


@dataclass
class _Timed:
    """What one short run said: its first and last moment, the warm-up left out, and what its monitors took."""

    lanes: int
    first: _Mark
    last: _Mark
    reports: dict[tuple[int, str], MonitorReport]
    device: str = ""
    memory: int | None = None
    began: float = 0.0  # processor time of the process

    def step(self, threads: int | None) -> Cost:
        """Return what one step of all lanes takes; `threads` share the work, None on a GPU."""
        steps = max(1, self.last.steps - self.first.steps) / self.lanes
        now = (self.last.clock - self.first.clock) / steps
        return Cost(now if threads is None else (self.last.processors - self.first.processors) / steps / threads, now)


def probe(spec: TrainingSpec) -> Measured:
    """Measure what a comparison takes on this machine.

    Args:
        spec: what would be trained.

    Raises:
        ValueError: as `engine.train` does.
        torch.OutOfMemoryError: and whatever else torch raises.
    """
    from optim_viz.training import engine

    data = spec.data.on_device(made_up(spec.data), engine.choose_device(spec.device))
    threads = _threads(spec, data)
    one_row = replace(data, test_x=data.test_x[:1], test_y=data.test_y[:1])
    rows = min(len(data.test_y), _TESTED_ROWS)
    few = replace(data, test_x=data.test_x[:rows], test_y=data.test_y[:rows])
    long = max(1, min(MAX_EPOCHS, 20_000 // spec.steps_per_epoch))
    plain = replace(spec, epochs=long, tests_per_epoch=max(1, min(100, spec.steps_per_epoch // 16)), record=False)
    steps = _timed(plain, one_row, STEP_SECONDS)
    tested = _timed(replace(plain, examples=plain.batch_size, epochs=MAX_EPOCHS, tests_per_epoch=1), few, PART_SECONDS)
    runs = [steps, tested]
    step, nothing = steps.step(threads), Cost(0.0, 0.0)
    record = monitored = sharpness = nothing
    if spec.record:
        runs.append(_timed(replace(_short(spec), record=True, record_every=1), one_row, PART_SECONDS))
        record, monitored = _more(runs[-1], step, threads), _sample(runs[-1], threads, costly=False)
    if spec.record and spec.sharpness:
        sampled = replace(_short(spec), record_every=10**9, sharpness=MAX_SHARPNESS)
        runs.append(_timed(sampled, one_row, PART_SECONDS))
        sharpness = _sample(runs[-1], threads, costly=True)
    test = _more(tested, step, threads)
    return Measured(
        device=steps.device,
        steps=(steps.last.steps - steps.first.steps) // len(spec.lanes),
        step=step,
        test=Cost(test.free * len(data.test_y) / rows, test.now * len(data.test_y) / rows),
        record=record,
        monitors=Cost(min(monitored.free, record.free), min(monitored.now, record.now)),
        sharpness=sharpness,
        start=steps.began,
        memory=max((run.memory for run in runs if run.memory is not None), default=None),
    )


def _threads(spec: TrainingSpec, data: Data) -> int | None:
    """Return how many threads of the CPU a run's work is shared among; None on a GPU."""
    import torch

    from optim_viz.training.lane import make_network
    from optim_viz.training.machine import operations, share

    kind = data.train_x.device.type
    if kind != "cpu":
        return None
    work = operations(make_network(spec, data), data.train_x[:1])
    shares = share(work, spec.batch_size, len(spec.lanes), kind, torch.get_num_threads())
    return shares.workers * shares.threads


def _short(spec: TrainingSpec) -> TrainingSpec:
    """Return a run of some hundred steps of the same kind, which often says what its monitors took."""
    examples = min(spec.n_examples, max(_STEPS * spec.batch_size, spec.n_sharpness_examples))
    short = replace(spec, examples=examples, sharpness=0, sharpness_examples=spec.n_sharpness_examples)
    epochs = max(1, min(MAX_EPOCHS, _STEPS // short.steps_per_epoch))
    return replace(short, epochs=epochs, tests_per_epoch=min(100, short.steps_per_epoch))


def _timed(spec: TrainingSpec, data: Data, seconds: float) -> _Timed:
    """Train for so many seconds after every lane's first steps, or to the end where that comes before."""
    from optim_viz.training import engine

    made = dict.fromkeys(range(len(spec.lanes)), 0)
    failed: set[int] = set()
    warm: list[_Mark] = []

    def mark() -> _Mark:
        return _Mark(time.perf_counter(), time.process_time(), sum(made.values()))

    begin = mark()
    found = _Timed(len(made), begin, begin, {})

    def on_event(event: Event) -> None:
        if isinstance(event, Start):
            found.device, found.began = event.device, time.process_time()
        elif isinstance(event, Step):
            made[event.lane] = event.step
        elif isinstance(event, MonitorReport):
            found.reports[event.lane, event.monitor] = event
        elif isinstance(event, Note) and event.kind == "failed":
            failed.add(event.lane)
        elif isinstance(event, Memory):
            found.memory = event.peak

    def should_stop() -> bool:
        if not warm and all(steps or lane in failed for lane, steps in made.items()):
            warm.append(mark())
        return bool(warm) and time.perf_counter() - warm[0].clock >= seconds

    engine.train(spec, data=data, on_event=on_event, should_stop=should_stop, say=lambda sentence: None)
    found.last = mark()
    if warm and found.last.steps > warm[0].steps:
        found.first = warm[0]
    return found


def _more(run: _Timed, step: Cost, threads: int | None) -> Cost:
    """Return what a step of a run takes longer than a plain one."""
    own = run.step(threads)
    return Cost(max(0.0, own.free - step.free), max(0.0, own.now - step.now))


def _sample(run: _Timed, threads: int | None, *, costly: bool) -> Cost:
    """Return what one sample of all lanes' monitors takes, of those that are costly or of the others.

    They are timed by the clock, in the threads that train; the processors' share of it is that of the whole run.

    Raises:
        ValueError: none was made in the time that there was.
    """
    reports = [each for each in run.reports.values() if each.samples and monitors.get(each.monitor).costly == costly]
    if not reports:
        raise ValueError("its monitors could not be sampled in the time of a probe")
    whole = run.step(threads)
    now = sum(report.seconds / report.samples for report in reports) / min(threads or 1, run.lanes)
    return Cost(now * min(1.0, whole.free / whole.now), now)


def main() -> int:
    """Answer one question, read from the standard input."""
    stand_back()
    given = json.loads(sys.stdin.read())
    limit = float(given["limit"])
    threading.Thread(target=_end_after, args=(limit,), daemon=True).start()
    try:
        outside.make_known(given["classes"], given["folder"])
        spec = TrainingSpec.from_dict(given["spec"])
        from optim_viz.training import machine

        machine.flush_denormals()  # before torch starts threads, as in a run
        answer: dict[str, Any] = probe(spec).to_dict()
    except Exception as error:
        answer = {"error": _sentence(error)}
    print(json.dumps(answer), flush=True)
    return 0


def _end_after(seconds: float) -> None:
    """End the process when its time is over, whatever it is at."""
    time.sleep(seconds)
    print(json.dumps({"error": f"a few steps of it take longer than {seconds:.0f} s on this machine"}), flush=True)
    os._exit(0)


def _sentence(error: Exception) -> str:
    text = " ".join(str(error).split())[:500]
    if isinstance(error, ValueError):
        return text
    return f"{type(error).__name__}: {text}" if text else type(error).__name__


if __name__ == "__main__":
    sys.exit(main())
