# pyright: basic
"""One run of the engine under way.

Worker threads train (torch leaves Python's lock while it computes); the calling thread hands out stretches, passes
events on, asks whether to stop, and takes checkpoints between stretches: `on_event` and `checkpoint` run in one thread
only. Where one worker is enough, the calling thread is that worker.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable
from concurrent.futures import FIRST_COMPLETED, Executor, Future, ThreadPoolExecutor, wait
from typing import Any

import torch

from optim_viz.comparison.events import End, Event, Memory, Note, Start
from optim_viz.comparison.hopeless import why_hopeless
from optim_viz.comparison.lanes import is_outside
from optim_viz.comparison.spec import TrainingSpec
from optim_viz.datasets import Data
from optim_viz.planes.snapshots import kept_steps
from optim_viz.training.batches import Batches
from optim_viz.training.checkpoint import Checkpoint
from optim_viz.training.group import LaneGroup
from optim_viz.training.lane import LaneTrainer, Snapshot
from optim_viz.training.machine import describe, memory, operations, share
from optim_viz.training.outside_lane import OutsideLaneTrainer

_POLL_SECONDS = 0.05
_MEMORY_SECONDS = 1.0


class TrainingRun:
    """One call of `engine.train`: the lanes, and which groups of them are training.

    Attributes:
        lanes: their trainers.
    """

    def __init__(
        self,
        spec: TrainingSpec,
        data: Data,
        on_event: Callable[[Event], None],
        should_stop: Callable[[], bool],
        checkpoint: Callable[[Checkpoint], None] | None,
        checkpoint_seconds: float,
        keep: Callable[[Snapshot], None] | None,
        say: Callable[[str], None],
    ) -> None:
        if len(data.train_x) < spec.n_examples:
            raise ValueError(f"{spec.n_examples} training examples are asked for, the data has {len(data.train_x)}")
        self.spec, self.data, self.on_event, self.should_stop, self.say = spec, data, on_event, should_stop, say
        self.hopeless: set[int] = set()
        self.checkpoint, self.checkpoint_seconds = checkpoint, checkpoint_seconds
        self.device = data.train_x.device
        self.lanes = [
            (OutsideLaneTrainer if is_outside(lane) else LaneTrainer)(index, spec, data)
            for index, lane in enumerate(spec.lanes)
        ]
        self.keep = keep
        if keep is not None:
            steps = kept_steps(spec.total_steps, spec.n_parameters, len(self.lanes))
            for lane in self.lanes:
                lane.kept_steps = frozenset(steps)
        work = operations(self.lanes[0].network, data.train_x[:1])
        cores = torch.get_num_threads()
        self.shares = share(work, spec.batch_size, len(self.lanes), self.device.type, cores)
        self.stop = threading.Event()
        self.caller = threading.current_thread()
        self.asked = 0.0  # when, in monotonic seconds
        self.running: dict[Future[list[Event]], LaneGroup] = {}
        self.waiting: list[LaneGroup] = []  # for slower ones, or for a checkpoint

    def train(self) -> None:
        """Train until every lane is done, or asked to stop; raises what `engine.train` says."""
        begin = self.measured = self.saved = time.monotonic()
        self.report(
            Start(
                step=self.step,
                total_steps=self.spec.total_steps,
                steps_per_epoch=self.spec.steps_per_epoch,
                n_parameters=self.spec.n_parameters,
                layers=self.spec.layers,
                device=describe(self.device, self.shares),
                torch_version=torch.__version__,
            )
        )
        for lane in self.lanes:
            for event in lane.news():
                self.report(event)
        self.report_memory()
        for lane in self.lanes:
            if lane.step == 0:
                lane.keep(0)
        self.take_snapshots(self.lanes)
        groups = self.groups()
        pool = _workers(self.shares.workers, self.shares.threads)
        try:
            self.waiting = [group for group in groups if not group.done]
            self.hand_out(pool)
            while self.running:
                self.serve(pool)
        finally:
            self.stop.set()  # on an error, too: no group must go on
            pool.shutdown(wait=True, cancel_futures=True)
        if all(lane.failure for lane in self.lanes):
            raise ValueError("no lane could be trained")
        self.finish(begin, all(group.done for group in groups))

    def report(self, event: Event) -> None:
        """Hand an event on, and end the run where it makes the last lane hopeless."""
        self.on_event(event)
        above = self.spec.stop_above
        reason = None if above is None else why_hopeless(event, self.spec.data.classes, above)
        lane: int | None = getattr(event, "lane", None)
        if reason is None or lane is None or lane in self.hopeless:
            return
        self.hopeless.add(lane)
        step = self.lanes[lane].step
        self.on_event(Note(lane, step, "stopped", reason))
        if len(self.hopeless) == len(self.lanes) and step < self.spec.total_steps:
            self.say(f"stopped early at step {step:,} of {self.spec.total_steps:,}: {reason}")
            self.stop.set()

    @property
    def step(self) -> int:
        """Updates that every lane has made; those that failed do not count, unless all did."""
        going = [lane.step for lane in self.lanes if not lane.failure]
        return min(going or [lane.step for lane in self.lanes])

    def groups(self) -> list[LaneGroup]:
        """Split the lanes: each its own group on the CPU; elsewhere those at the same step together.

        One of an outside class is alone everywhere: what it does in a step is its own affair.
        """
        batches = Batches(self.spec, self.data, self.shares.rows_at_once)
        together: dict[object, list[LaneTrainer]] = {}
        for lane in self.lanes:
            alone = self.device.type == "cpu" or isinstance(lane, OutsideLaneTrainer)
            together.setdefault(("lane", lane.index) if alone else ("step", lane.step), []).append(lane)
        return [
            LaneGroup(lanes, self.spec, self.data, batches, self.shares, self.stopping, self.say)
            for lanes in together.values()
        ]

    def serve(self, pool: Executor) -> None:
        """Wait a little for stretches to end; report their events and hand out the next ones."""
        ended, _ = wait(self.running, _POLL_SECONDS, FIRST_COMPLETED)
        self.ask()
        for future in ended:
            group = self.running.pop(future)
            for event in future.result():
                self.report(event)
            self.take_snapshots(group.lanes)
            if not group.done and not self.stop.is_set():
                self.waiting.append(group)
        now = time.monotonic()
        if now - self.measured >= _MEMORY_SECONDS:
            self.measured = now
            self.report_memory()
        if self.checkpoint is None or now - self.saved < self.checkpoint_seconds or self.stop.is_set():
            self.hand_out(pool)
        elif not self.running:  # all groups wait: copy the state, then let them go on while it is saved
            state = self.state()
            self.hand_out(pool)
            self.checkpoint(state)
            self.saved = time.monotonic()

    def take_snapshots(self, lanes: Iterable[LaneTrainer]) -> None:
        """Hand over the parameters that lanes have put aside; they do not train meanwhile."""
        for lane in lanes:
            while self.keep is not None and lane.snapshots:
                self.keep(lane.snapshots.pop(0))

    def ask(self) -> None:
        """Ask whether to stop, unless that was asked a moment ago."""
        now = time.monotonic()
        if now - self.asked >= _POLL_SECONDS:
            self.asked = now
            if self.should_stop():
                self.stop.set()

    def stopping(self) -> bool:
        """Whether to stop; asked by the thread that trains, in the middle of a stretch."""
        if threading.current_thread() is self.caller:
            self.ask()
        return self.stop.is_set()

    def hand_out(self, pool: Executor) -> None:
        """Let the waiting groups train their next stretch, unless stopping; those too far ahead wait on."""
        waiting, self.waiting = self.waiting, []
        if self.stop.is_set():
            return
        slowest = min((group.step for group in (*waiting, *self.running.values())), default=0)
        for group in waiting:
            if group.step <= slowest + 2 * group.stretch:
                self.running[pool.submit(group.run)] = group
            else:
                self.waiting.append(group)

    def state(self) -> Checkpoint:
        """Copy what a later run needs to go on."""
        return Checkpoint(self.spec.to_dict(), [lane.state() for lane in self.lanes])

    def report_memory(self) -> None:
        """Report how much memory is in use, where the system knows."""
        amounts = memory(self.device)
        if amounts is not None:
            self.report(Memory(self.step, *amounts))

    def finish(self, begin: float, finished: bool) -> None:
        """Report the end; keep the state of a run that could go on. One that is hopeless is over, not cancelled."""
        given_up = len(self.hopeless) == len(self.lanes)
        if not finished:
            for lane in self.lanes:
                for event in lane.last_point():
                    self.report(event)
            if self.checkpoint is not None and not given_up:
                self.checkpoint(self.state())
        self.report_memory()
        self.report(End("finished" if finished or given_up else "cancelled", self.step, time.monotonic() - begin))


def _workers(count: int, threads: int) -> Executor:
    """Return what runs stretches: so many threads, each of which torch gives so many of its own.

    OpenMP keeps a team of threads for every thread that calls it. Where these are more than the cores it puts them to
    sleep at every turn, which halves the speed: so the calling thread is the worker where there is only one.
    """
    torch.set_num_threads(threads)
    return ThreadPoolExecutor(count, "lane", torch.set_num_threads, (threads,)) if count > 1 else _CallingThread()


class _CallingThread(Executor):
    """Runs what it is given at once, in the calling thread."""

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        future: Future[Any] = Future()
        future.set_result(fn(*args, **kwargs))  # an error goes straight to the caller
        return future
