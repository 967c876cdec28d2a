"""Samples of every trainable optimizer in small networks, as the recorder makes them, in float64."""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np
import torch

from optim_viz.comparison.spec import TrainingSpec
from optim_viz.datasets import Data
from optim_viz.monitors.sample import Sample
from optim_viz.training.lane import LaneTrainer
from optim_viz.training.monitoring import Monitoring


def digits(count: int = 64, seed: int = 0) -> Data:
    """Made-up images of 8 x 8 pixels with classes, in float64."""
    rng = np.random.default_rng(seed)
    x = torch.from_numpy(rng.uniform(0, 1, (count, 1, 8, 8)))
    return Data(x, torch.from_numpy(rng.integers(0, 10, count)), x, torch.zeros(count, dtype=torch.int64))


def spec(*texts: str, model: str = "mlp", **values: Any) -> TrainingSpec:
    """A comparison on these examples; every step is recorded."""
    small = {"mlp": {"widths": [7]}, "cnn": {"channels": [3]}}.get(model, {})
    usual = {"dataset": "digits", "model": model, "batch_size": 16, "examples": 64, "record_every": 1}
    return TrainingSpec.from_dict({"lanes": list(texts)} | usual | small | values)


class Kept(Monitoring):
    """Monitors that keep the samples they were given."""

    def __init__(self, *given: Any) -> None:
        super().__init__(*given)
        self.samples: list[Sample] = []

    def measure(self, sample: Sample, *, costly: bool) -> list[Any]:
        self.samples.append(sample)
        return []


@cache
def sample(text: str, steps: int = 3, model: str = "mlp", **values: Any) -> tuple[Sample, LaneTrainer]:
    """Train a lane for some steps; returns what monitors see after the last, and the lane as it then is.

    The steps are those of the engine's lane; its recorder makes the sample. Tests share what this returns.
    """
    data, given = digits(), spec(text, model=model, **values)
    lane = LaneTrainer(0, given, data)
    recorder = lane.recorder
    assert recorder is not None
    kept = recorder.monitoring = Kept(0, given, data)
    recorder._quantiles = lambda step, layers: []  # they sort in place what the test looks at
    for step in range(1, steps + 1):
        rows = slice(16 * (step - 1), 16 * step)
        before = recorder.parameters()
        lane.gradient(data.train_x[rows], data.train_y[rows], 16)
        lane.update()
        recorder.record(step, before)
    return kept.samples[-1], lane
