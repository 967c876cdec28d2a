"""An event stream like the engine's, without training anything."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from typing import Any

from optim_viz.comparison import events

SPEC: dict[str, Any] = {"lanes": ["adam,lr=0.001", "sgd,lr=0.01"], "epochs": 2, "batch_size": 128, "seed": 0}
STEPS_PER_EPOCH = 50
LAYERS = ("layer 1", "layer 2", "layer 3")


def start(step: int = 0, total: int = 100) -> events.Start:
    return events.Start(step, total, STEPS_PER_EPOCH, 269_322, LAYERS, "cpu (2 threads)", "2.13.0")


def loss(lane: int, step: int) -> float:
    return 2.3 / math.sqrt(step) + 0.1 * math.sin(step * (lane + 1))


def step(lane: int, number: int) -> events.Step:
    value = loss(lane, number)
    return events.Step(lane, number, 1 + (number - 1) // STEPS_PER_EPOCH, value, value / 2)


def stream(total: int = 100, lanes: Sequence[int] = (0, 1)) -> Iterator[events.Event]:
    """Everything the engine tells of a run, in its order."""
    yield start(0, total)
    for number in range(1, total + 1):
        for lane in lanes:
            yield step(lane, number)
            if number % 10 == 0:
                yield from looks(lane, number)
                yield events.Clock(lane, number, number / 100)
            if number % STEPS_PER_EPOCH == STEPS_PER_EPOCH // 2:
                yield mid_epoch_test(lane, number)
        if number % STEPS_PER_EPOCH == 0:
            for lane in lanes:
                yield epoch(lane, number // STEPS_PER_EPOCH)
            yield events.Memory(number, 1000 + number, 2000)
            yield events.System(number, number / 7, 100 / 3 * number, 3_000_000_000 + number, None, None)
    yield events.End("finished", total, 1.0)


def looks(lane: int, number: int) -> Iterator[events.Event]:
    yield events.GradientNorm(lane, number, 1.0 / number)
    yield events.LearningRate(lane, number, 0.1 / number)
    for layer in LAYERS:
        for quantity in events.QUANTITIES:
            yield events.Quantiles(lane, number, layer, quantity, *(number * q for q in events.QUANTILES))
    yield events.Histogram(lane, number, (-1.0, 0.0, 1.0), (number, 2 * number))
    yield events.Monitored(lane, "update_ratio", "", number, 0.1 / number, math.nan)
    yield events.Monitored(lane, "update_ratio", "layer 2", number, 0.2 / number, math.nan)
    yield events.Monitored(lane, "sharpness", "", number, 3.0 * number, 200.0)
    yield events.MonitorReport(lane, "sharpness", number, number // 10, 0.5 * number / 10, "")


def mid_epoch_test(lane: int, number: int) -> events.MidEpochTest:
    return events.MidEpochTest(lane, 1 + number // STEPS_PER_EPOCH, number, 40 / number, number / 200)


def epoch(lane: int, number: int) -> events.Epoch:
    return events.Epoch(lane, number, number * STEPS_PER_EPOCH, 0.5, 0.4 / number, (80 + number) / 100, 1e5, 0.0)
