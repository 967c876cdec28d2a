# pyright: basic
"""Trains the lanes of one comparison in lockstep and tells what happens.

Every lane starts from the same weights and sees the same batches in the same order; lanes stay within three stretches
(of 14 steps each at batch size 128) of each other. No number depends on timing, so the same spec on the same machine
gives the same curves bit for bit on the CPU, and a run that goes on from a checkpoint ends with the very weights of
one that was never stopped.

Worker threads train (torch leaves Python's lock while it computes); the calling thread hands out stretches, passes
events on, asks whether to stop, and takes checkpoints between stretches: `on_event` and `checkpoint` run in one thread
only. Where one worker is enough, the calling thread is that worker (see `crew`).
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from concurrent.futures import FIRST_COMPLETED, Executor, Future, wait

import torch

from optim_viz.comparison.events import End, Event, Memory, Start
from optim_viz.comparison.spec import TrainingSpec
from optim_viz.training.batches import Batches
from optim_viz.training.checkpoint import Checkpoint
from optim_viz.training.crew import crew
from optim_viz.training.group_run import GroupRun
from optim_viz.training.lane_run import LaneRun
from optim_viz.training.machine import (
    choose_device,
    describe,
    memory,
    share_threads,
    shares_sparse_rows,
    update_threads,
)
from optim_viz.training.mnist import Mnist
from optim_viz.training.model import ModelSpec, init_params

__all__ = ["Checkpoint", "choose_device", "train"]

_POLL_SECONDS = 0.05
_MEMORY_SECONDS = 1.0


def train(
    spec: TrainingSpec,
    *,
    data: Mnist,
    on_event: Callable[[Event], None],
    should_stop: Callable[[], bool] = lambda: False,
    resume: Checkpoint | None = None,
    checkpoint: Callable[[Checkpoint], None] | None = None,
    checkpoint_seconds: float = 10.0,
) -> list[list[torch.Tensor]]:
    """Train every lane to the end of its last epoch, or until asked to stop.

    Args:
        spec: what to train. Its `device` is not looked at: the data's device counts.
        data: `load_mnist(device=choose_device(spec.device))`; the engine computes in the pixels' float type.
        on_event: told everything, Start first and End last, in the order of steps for each lane, by the calling thread.
        should_stop: asked twenty times a second; once it says yes, the run ends within a fraction of a second.
        resume: where to go on.
        checkpoint: given the state every `checkpoint_seconds`, and when stopped. Every event up to that state has been
            told before.
        checkpoint_seconds: time between two checkpoints.

    Returns:
        The trained parameters of each lane, in the order of `model.init_params`.

    Raises:
        ValueError: `resume` belongs to another comparison, or the data has fewer examples than the spec asks for.
        torch.OutOfMemoryError: and whatever else torch raises; no End is told then.
    """
    run = _Run(spec, data, on_event, should_stop, checkpoint, checkpoint_seconds)
    if resume is not None:
        resume.check(spec)
        for lane, state in zip(run.lanes, resume.lanes, strict=True):
            lane.load(state)
    threads = torch.get_num_threads()
    try:
        run.train()
    finally:
        torch.set_num_threads(threads)
    return [lane.network.params for lane in run.lanes]


class _Run:
    """One call of `train`: the lanes and who is waiting for what."""

    def __init__(
        self,
        spec: TrainingSpec,
        data: Mnist,
        on_event: Callable[[Event], None],
        should_stop: Callable[[], bool],
        checkpoint: Callable[[Checkpoint], None] | None,
        checkpoint_seconds: float,
    ) -> None:
        if len(data.train_x) < spec.n_examples:
            raise ValueError(f"{spec.n_examples} training examples are asked for, the data has {len(data.train_x)}")
        self.spec, self.data, self.tell, self.should_stop = spec, data, on_event, should_stop
        self.checkpoint, self.checkpoint_seconds = checkpoint, checkpoint_seconds
        self.device = data.train_x.device
        cpu, count = self.device.type == "cpu", len(spec.lanes)
        self.workers, self.threads = share_threads(spec, count) if cpu else (1, 1)
        self.sparse = cpu and shares_sparse_rows(spec, self.threads)
        initial = init_params(ModelSpec.of(spec), spec.seed, self.device, data.train_x.dtype)
        self.lanes = [LaneRun(index, spec, data, initial, self.sparse) for index in range(count)]
        self.stop = threading.Event()
        self.caller = threading.current_thread()
        self.asked = 0.0  # when, in monotonic seconds
        self.running: dict[Future[list[Event]], GroupRun] = {}
        self.parked: list[GroupRun] = []  # waiting for the others, or for a checkpoint

    def train(self) -> None:
        begin = self.remembered = self.saved = time.monotonic()
        groups = self.groups()
        self.tell(
            Start(
                step=self.step,
                total_steps=self.spec.total_steps,
                steps_per_epoch=self.spec.steps_per_epoch,
                n_parameters=self.spec.n_parameters,
                layers=self.spec.layers,
                device=describe(self.device, self.workers, max(self.threads, groups[0].update_threads)),
                torch_version=torch.__version__,
            )
        )
        self.tell_memory()
        pool = crew(self.workers, self.threads)
        try:
            self.parked = [group for group in groups if not group.done]
            self.hand_out(pool)
            while self.running:
                self.serve(pool)
        finally:
            self.stop.set()  # on an error, too: nobody must go on
            pool.shutdown(wait=True, cancel_futures=True)
        self.finish(begin, all(group.done for group in groups))

    @property
    def step(self) -> int:
        """Updates that every lane has made."""
        return min(lane.step for lane in self.lanes)

    def groups(self) -> list[GroupRun]:
        """Split the lanes: each its own group on the CPU; elsewhere those at the same step together."""
        batches = Batches(self.spec, self.data, self.sparse)
        together: dict[int, list[LaneRun]] = {}
        for lane in self.lanes:
            together.setdefault(lane.index if self.device.type == "cpu" else lane.step, []).append(lane)
        threads = update_threads(self.spec, len(together)) if self.device.type == "cpu" else 1
        return [GroupRun(lanes, self.spec, self.data, batches, self.stopping, threads) for lanes in together.values()]

    def serve(self, pool: Executor) -> None:
        """Wait a little for stretches to end; tell their events and hand out the next ones."""
        ended, _ = wait(self.running, _POLL_SECONDS, FIRST_COMPLETED)
        self.ask()
        for future in ended:
            group = self.running.pop(future)
            for event in future.result():
                self.tell(event)
            if not group.done and not self.stop.is_set():
                self.parked.append(group)
        now = time.monotonic()
        if now - self.remembered >= _MEMORY_SECONDS:
            self.remembered = now
            self.tell_memory()
        if self.checkpoint is None or now - self.saved < self.checkpoint_seconds or self.stop.is_set():
            self.hand_out(pool)
        elif not self.running:  # everyone is parked: copy the state, then let them go on while it is saved
            state = self.state()
            self.hand_out(pool)
            self.checkpoint(state)
            self.saved = time.monotonic()

    def ask(self) -> None:
        """Ask whether to stop, unless that was asked a moment ago."""
        now = time.monotonic()
        if now - self.asked >= _POLL_SECONDS:
            self.asked = now
            if self.should_stop():
                self.stop.set()

    def stopping(self) -> bool:
        """Whether to stop; asked by whoever trains, in the middle of a stretch."""
        if threading.current_thread() is self.caller:
            self.ask()
        return self.stop.is_set()

    def hand_out(self, pool: Executor) -> None:
        """Let the parked groups train their next stretch, those too far ahead of the slowest aside, unless stopping."""
        waiting, self.parked = self.parked, []
        if self.stop.is_set():
            return
        slowest = min((group.step for group in (*waiting, *self.running.values())), default=0)
        for group in waiting:
            if group.step <= slowest + 2 * group.stretch:
                self.running[pool.submit(group.run)] = group
            else:
                self.parked.append(group)

    def state(self) -> Checkpoint:
        """Copy what a later run needs to go on."""
        return Checkpoint(self.spec.to_dict(), [lane.state() for lane in self.lanes])

    def tell_memory(self) -> None:
        """Tell how much memory is in use, where the system knows."""
        amounts = memory(self.device)
        if amounts is not None:
            self.tell(Memory(self.step, *amounts))

    def finish(self, begin: float, finished: bool) -> None:
        """Tell the end; keep the state of a run that could go on."""
        if not finished:
            for lane in self.lanes:
                for event in lane.last_point():
                    self.tell(event)
            if self.checkpoint is not None:
                self.checkpoint(self.state())
        self.tell_memory()
        self.tell(End("finished" if finished else "cancelled", self.step, time.monotonic() - begin))
