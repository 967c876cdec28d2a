# pyright: basic
"""Lanes that take their steps together, batch by batch, some steps at a time.

On the CPU every lane is a group of its own, so that several cores each train one; on a GPU one group holds all lanes
and its step is a CUDA graph (`cuda_graph`).
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterable

import torch
from torch import Tensor

from optim_viz.comparison.events import Event
from optim_viz.comparison.spec import TrainingSpec
from optim_viz.datasets import Data
from optim_viz.training import fast
from optim_viz.training.batches import Batches
from optim_viz.training.cuda_graph import GraphedStep, Step
from optim_viz.training.lane import LaneFailed, LaneTrainer, Part, Stopped
from optim_viz.training.machine import Shares
from optim_viz.training.outside_lane import OutsideLaneTrainer

_ROWS_BETWEEN_QUESTIONS = 16
"""Examples between two questions whether to stop, where batches are smaller."""


class LaneGroup:
    """Lanes that step together.

    Attributes:
        lanes: the lanes.
        stretch: steps of one `run`, fewer at the end of an epoch.
    """

    def __init__(
        self,
        lanes: list[LaneTrainer],
        spec: TrainingSpec,
        data: Data,
        batches: Batches,
        shares: Shares,
        stop: Callable[[], bool],
        say: Callable[[str], None],
    ) -> None:
        """Choose how to step.

        Args:
            lanes: all at the same step; one of an outside class is alone.
            spec: the comparison.
            data: for the tests at the end of epochs.
            batches: shared with the other groups.
            shares: how the work is cut.
            stop: asked often; True ends `run` soon.
            say: given a sentence where the fastest way is not to be had.
        """
        self.lanes = lanes
        self._spec, self._data, self._batches, self._stop = spec, data, batches, stop
        self._rows, self.stretch = shares.rows_at_once, shares.stretch
        self._ask_every = math.ceil(_ROWS_BETWEEN_QUESTIONS / spec.batch_size)
        self._step: Step = self._eager
        self._begun = [lane for lane in lanes if lane.scheduled or isinstance(lane, OutsideLaneTrainer)]
        first = lanes[0]
        self._fast: fast.SingleExampleStep | None = None
        if isinstance(first, OutsideLaneTrainer):
            self._step = first.take_step
        elif data.train_x.device.type == "cuda" and spec.batch_size <= self._rows:
            self._step = GraphedStep(self._gradients, lanes, spec.batch_size, say)
        elif len(lanes) == 1 and spec.batch_size == 1:
            self._fast = fast.single_example_step(lanes[0].network, lanes[0].optimizer, spec.l2)
            self._step = self._fast or self._eager

    @property
    def step(self) -> int:
        """Updates made."""
        return self.lanes[0].step

    @property
    def done(self) -> bool:
        """Whether every step and every test is made, or none can be made any more."""
        return all(lane.done for lane in self.lanes)

    def run(self) -> list[Event]:
        """Train some steps, up to the next test at most, and test where it is due; returns what happened."""
        found: list[Event] = []
        if not any(lane.owes_test for lane in self.lanes):
            self._train(found)
        for lane in self.lanes:
            test = lane.evaluate(self._data, self._rows, self._stop) if lane.owes_test else None
            if test is not None:
                found.append(test)
            found += lane.news()
        return found

    def _train(self, found: list[Event]) -> None:
        spec, begin = self._spec, time.perf_counter()
        epoch, first = divmod(self.step, spec.steps_per_epoch)
        last = min(first + self.stretch, next(step for step in spec.test_steps if step > first))
        losses: list[Tensor] = []  # of each step, (lanes,)
        sizes: list[int] = []
        try:
            for parts, size in self._batches(epoch + 1, first, last):
                if len(sizes) % self._ask_every == 0 and self._stop():
                    break
                losses.append(self._recorded_step(parts, size, self.step + len(losses) + 1, found))
                sizes.append(size)
        except (Stopped, LaneFailed):
            pass
        if not losses:
            return
        table = torch.stack(losses).tolist()
        seconds = time.perf_counter() - begin
        for lane, column in zip(self.lanes, zip(*table, strict=True), strict=True):
            for loss, size in zip(column, sizes, strict=True):
                found += lane.note(loss, size)
            found += lane.clock(seconds)

    def _recorded_step(self, parts: Iterable[Part], size: int, number: int, found: list[Event]) -> Tensor:
        """Make one step, and record the optimizers' states where that is due."""
        due = [lane.recorder for lane in self.lanes if lane.recorder is not None and lane.recorder.due(number)]
        before = [recorder.parameters() for recorder in due]
        for lane in self._begun:
            lane.begin_step(number)
        if self._fast is not None:
            self._fast.keep_gradient = bool(due)
        losses = self._step(parts, size)
        for recorder, params in zip(due, before, strict=True):
            found += recorder.record(number, params)
        for lane in self.lanes:
            lane.keep(number)
        return losses

    def _gradients(self, parts: Iterable[Part], size: int) -> Tensor:
        """Work out every lane's gradient; returns their losses, (lanes,)."""
        losses = torch.zeros(0)
        for number, (x, y) in enumerate(parts):
            if number and self._stop():
                raise Stopped
            own = torch.stack([lane.gradient(x, y, size, add=number > 0) for lane in self.lanes])
            losses = losses + own if number else own
        return losses

    def _eager(self, parts: Iterable[Part], size: int) -> Tensor:
        """Make one step of every lane; returns their losses, (lanes,). Raises `Stopped` before any lane's update."""
        losses = self._gradients(parts, size)
        for lane in self.lanes:
            lane.update()
        return losses
