# pyright: basic
"""The hot loop: lanes that take their steps together, batch by batch, a stretch at a time.

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
from optim_viz.training.batches import Batches
from optim_viz.training.cuda_graph import GraphedStep, Part, Step
from optim_viz.training.lane_run import LaneRun, rows_at_once, stretch_steps
from optim_viz.training.mnist import Mnist
from optim_viz.training.update_threads import UpdateThreads

_ROWS_A_LOOK = 16
"""Examples between two looks at whether to stop, where batches are smaller."""


class Stopped(Exception):
    """The run was asked to stop inside a batch; that batch leaves no trace."""


class GroupRun:
    """Lanes that step together.

    Attributes:
        lanes: the lanes.
        stretch: steps of one `run`, fewer at the end of an epoch.
        update_threads: the most threads that an update may take.
    """

    def __init__(
        self,
        lanes: list[LaneRun],
        spec: TrainingSpec,
        data: Mnist,
        batches: Batches,
        stop: Callable[[], bool],
        update_threads: int = 1,
    ) -> None:
        """Prepare.

        Args:
            lanes: all at the same step.
            spec: the comparison.
            data: for the tests at the end of epochs.
            batches: shared with the other groups.
            stop: asked often; True ends `run` soon.
            update_threads: of a single lane whose other work takes one thread, the most its update may take.
        """
        self.lanes = lanes
        self._spec, self._data, self._batches, self._stop = spec, data, batches, stop
        self.stretch = stretch_steps(spec, len(lanes))
        whole = spec.batch_size <= rows_at_once(spec)
        self.update_threads = update_threads
        self._choice, self._threads = UpdateThreads(update_threads), 1
        self._puts_off = whole and data.train_x.device.type == "cpu"  # the losses, until a stretch is over
        self._slopes: list[Tensor] = []  # of the stretch's batches, for those losses
        self._look_every = math.ceil(_ROWS_A_LOOK / spec.batch_size)
        self._step: Step = self._alone if self._puts_off else self._eager
        if data.train_x.device.type == "cuda" and whole:
            self._step = GraphedStep(self._eager, [lane.network for lane in lanes], spec.batch_size)

    @property
    def step(self) -> int:
        """Updates made."""
        return self.lanes[0].step

    @property
    def done(self) -> bool:
        """Whether every step is made and every epoch tested."""
        return self.step == self._spec.total_steps and not any(lane.owes_test for lane in self.lanes)

    @torch.no_grad()
    def run(self) -> list[Event]:
        """Train for a stretch of steps that stays within one epoch; returns what happened."""
        told: list[Event] = []
        if not any(lane.owes_test for lane in self.lanes):
            self._train(told)
        for lane in self.lanes:
            test = lane.evaluate(self._data, self._stop) if lane.owes_test else None
            if test is not None:
                told.append(test)
        return told

    def _train(self, told: list[Event]) -> None:
        self._threads, already = self._choice.choose(), len(told)
        spec, begin = self._spec, time.perf_counter()
        epoch, first = divmod(self.step, spec.steps_per_epoch)
        last = min(first + self.stretch, spec.steps_per_epoch)
        outputs: list[Tensor] = []  # a step's losses, (lanes,), or what they are to be worked out from
        self._slopes.clear()
        sizes: list[int] = []
        try:
            for parts, size in self._batches.parts(epoch + 1, first, last):
                outputs.append(self._recorded_step(parts, size, self.step + len(outputs) + 1, told))
                sizes.append(size)
        except Stopped:
            pass
        if not outputs:
            return
        losses = self.lanes[0].network.losses(outputs, self._slopes) if self._puts_off else torch.stack(outputs)
        table = losses.view(len(outputs), -1).tolist()
        seconds = time.perf_counter() - begin
        if len(told) == already:  # looks take their own time
            self._choice.note(self._threads, seconds / len(outputs))
        for lane, column in zip(self.lanes, zip(*table, strict=True), strict=True):
            lane.seconds += seconds
            for loss, size in zip(column, sizes, strict=True):
                told += lane.note(loss, size)

    def _recorded_step(self, parts: Iterable[Part], size: int, number: int, told: list[Event]) -> Tensor:
        """Make one step and look at it where the recorders want to."""
        recorder = self.lanes[0].recorder
        if recorder is None or not recorder.wants(number):
            return self._step(parts, size)
        looks = [(lane, lane.recorder, lane.recorder.before()) for lane in self.lanes if lane.recorder is not None]
        output = self._step(parts, size)
        for lane, recorder, before in looks:
            told += recorder.look(number, before, lane.network.grads)
        return output

    def _eager(self, parts: Iterable[Part], size: int) -> Tensor:
        """Make one step of every lane, returns their losses, (lanes,); raises `Stopped` before any lane's update."""
        del size
        losses = torch.zeros(0)
        for number, (x, slopes) in enumerate(parts):
            if self._stop():
                raise Stopped
            outputs = [lane.network.gradient(x, slopes, number > 0) for lane in self.lanes]
            own = self.lanes[0].network.losses(outputs, [slopes] * len(outputs))
            losses = losses + own if number else own
        self._update()
        return losses

    def _alone(self, parts: Iterable[Part], size: int) -> Tensor:
        """Make one step of the only lane, by a batch in one part; returns what its loss is worked out from later."""
        del size
        if len(self._slopes) % self._look_every == 0 and self._stop():
            raise Stopped
        ((x, slopes),) = parts
        output = self.lanes[0].network.gradient(x, slopes)
        self._slopes.append(slopes)
        self._update()
        return output

    def _update(self) -> None:
        """Update every lane's parameters by its gradient."""
        if self._threads > 1:  # for what computes every entry by itself, so that it does not matter who does
            torch.set_num_threads(self._threads)
        for lane in self.lanes:
            lane.network.complete()
            lane.stepper.step(lane.network.grads)
        if self._threads > 1:
            torch.set_num_threads(1)
