# pyright: basic
"""Samples the monitors of one lane: which are due at a step, what they read, what they cost, and what went wrong.

A monitor that fails ends nothing: its chart says what happened, and it is tried again when it is next due.
"""

from __future__ import annotations

import math
import time
from collections.abc import Mapping
from typing import Any

import numpy as np
import torch
from torch import Tensor

from optim_viz import monitors
from optim_viz.comparison.events import Event, Monitored, MonitorReport
from optim_viz.comparison.spec import TrainingSpec
from optim_viz.datasets import Data
from optim_viz.monitors import Monitor
from optim_viz.monitors.sample import WHOLE, Sample


class Monitoring:
    """The monitors of one lane.

    Attributes:
        x: the subset that the network is tried on, (rows, *input shape).
        y: its classes, (rows,).
    """

    def __init__(self, index: int, spec: TrainingSpec, data: Data) -> None:
        """Draw the subset.

        Args:
            index: the lane's position, for the events.
            spec: the comparison.
            data: on the device that trains.
        """
        self._index = index
        rows = subset(spec.seed, spec.n_examples, spec.n_sharpness_examples)
        chosen = torch.from_numpy(rows).to(data.train_x.device)
        self.x, self.y = data.train_x[chosen], data.train_y[chosen]
        self._costly_steps = spec.sharpness_steps
        self._reports: dict[str, MonitorReport] = {}

    def costly_due(self, step: int) -> bool:
        """Whether the costly monitors are to be sampled after this step."""
        return step in self._costly_steps

    def measure(self, sample: Sample, *, costly: bool) -> list[Event]:
        """Sample all costly monitors, or all others."""
        found: list[Event] = []
        sample.network.eval()
        for monitor in map(monitors.get, monitors.names()):
            if monitor.costly == costly:
                found += self._measure(monitor, sample)
        sample.network.train()
        return found

    def _measure(self, monitor: Monitor, sample: Sample) -> list[Event]:
        begin, problem, values = time.perf_counter(), "", {}
        bound: float | None = None
        try:
            values = _read(monitor.measure(sample))
            bound = monitor.bound(sample) if WHOLE in values else None
        except Exception as error:
            problem = f"step {sample.step:,}: {type(error).__name__}: {' '.join(str(error).split())[:300]}"
            values = {}
        self._count(monitor.name, sample.step, time.perf_counter() - begin, problem)
        own = math.nan if bound is None else bound
        return [
            Monitored(self._index, monitor.name, layer, sample.step, value, math.nan if layer else own)
            for layer, value in values.items()
        ]

    def _count(self, name: str, step: int, seconds: float, problem: str) -> None:
        before = self._reports.get(name) or MonitorReport(self._index, name, 0, 0, 0.0, "")
        self._reports[name] = MonitorReport(
            self._index, name, step, before.samples + 1, before.seconds + seconds, problem or before.problem
        )

    def reports(self) -> list[Event]:
        """Return what every monitor has cost so far."""
        return [*self._reports.values()]

    def state(self) -> dict[str, list[Any]]:
        """Return what a resume goes on counting from."""
        return {
            name: [report.step, report.samples, report.seconds, report.problem]
            for name, report in self._reports.items()
        }

    def load(self, state: Mapping[str, list[Any]]) -> None:
        """Go back to what `state` returned."""
        self._reports = {name: MonitorReport(self._index, name, *values) for name, values in state.items()}


def subset(seed: int, examples: int, count: int) -> np.ndarray:
    """Return the rows of a run's subset, (count,) int64, increasing, of its first `examples` training examples."""
    return np.sort(np.random.default_rng([seed, 0, 1]).choice(examples, count, replace=False))


def _read(values: Mapping[str, float | Tensor]) -> dict[str, float]:
    """Return plain numbers; what lies on a device is fetched in one go."""
    on_device = {name: value.detach().double() for name, value in values.items() if isinstance(value, Tensor)}
    fetched = torch.stack([*on_device.values()]).tolist() if on_device else []
    numbers = dict(zip(on_device, fetched, strict=True))
    return {name: numbers.get(name, value) for name, value in values.items()}
