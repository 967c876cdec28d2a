"""The process that trains one run: it takes the next one from the queue, trains it, and lets the next one follow.

    python -m optim_viz.training.worker --store PATH --launcher local

A process that finds a queue with nothing in training starts it (`run_store.queue`), and it depends on no other process
from then on. Once it has a run it starts another such process where there is room for one. When its run is over it
becomes, in the same process number, the worker of the next run: a fresh interpreter, so that nothing of one run
(memory, a broken CUDA context) reaches the next. Only the same network again on the CPU, as in a sweep, is
trained in the interpreter that is there (`Worker.can_go_on_with`).
"""

from __future__ import annotations

import argparse
import contextlib
import os
import signal
import sys
import threading
import time
import traceback
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING, Any, Final

from optim_viz import launchers, outside
from optim_viz.comparison.spec import TrainingSpec, network_of
from optim_viz.planes import room, snapshots
from optim_viz.run_store import checkpoint_file, heartbeat, last_word, queue
from optim_viz.run_store.errors import StoreBusy, StoreError, StoreFull
from optim_viz.run_store.folders import checkpoint_path, log_path, make_reserve, release_reserve, snapshots_folder
from optim_viz.run_store.heartbeat import Heartbeat
from optim_viz.run_store.runs import Run, State
from optim_viz.run_store.store import RunStore
from optim_viz.training import system
from optim_viz.training.explain import explain

if TYPE_CHECKING:
    from optim_viz.training.engine import Checkpoint
    from optim_viz.training.lane import Snapshot

CHECKPOINT_SECONDS = 10.0
_ATTEMPTS: Final = 40  # half a second apart, to write how the run ended into a store that others hold


class Worker:
    """Trains one claimed run to its end, whatever that is.

    In a process that is there for nothing else, `own_process`, it sets the process up for that as well.
    """

    def __init__(self, store: RunStore, claim: queue.Claim, *, own_process: bool = False) -> None:
        self.store, self.run, self.claim = store, claim.run, claim
        self.heartbeat = Heartbeat(store.file, claim, self._end_by_force)
        self.checkpoint = checkpoint_path(store.path, claim.run.id)
        self.snapshots: Path | None = snapshots_folder(store.path, claim.run.id)
        self.own_process = own_process
        self._ending = threading.Lock()
        self._status: State = "failed"
        self._device = ""
        self._notes: list[str] = []

    def work(self) -> None:
        """Train, and write down how it ended. Raises nothing."""
        make_reserve(self.store.path)
        last_word.prepare(self.store.path, self.run.id)
        self.heartbeat.start()
        try:
            self._train_here()
            message = "; ".join(self._notes)
        except BaseException as error:
            self._status = "failed"
            message = explain(error, self.run.spec, log_path(self.store.path, self.run.id))
            message = "; ".join([*self._notes, message])
            _print(traceback.format_exc())
        if not self._ending.acquire(blocking=False):
            threading.Event().wait()  # the other thread is ending the process
        self._end(self._status, message)

    def can_go_on_with(self, run: Run) -> bool:
        """Whether this process may train another run after its own, and spare that one the loading of torch.

        It may where nothing can have been left behind: its run finished, on the CPU, and the other one trains the same
        network on the same data, with none but torch's own optimizers.
        """
        done = self._status == "finished" and self._device == "cpu" and not self.run.classes and not run.classes
        return done and run.data == self.run.data and network_of(run.spec) == network_of(self.run.spec)

    def _train_here(self) -> None:
        """Train in this process, and log what it takes of the machine."""
        with system.sampled(self.heartbeat, self.run.seconds):
            self._train()

    def _train(self) -> None:
        outside.make_known(filter(None, self.run.classes.split(",")), self.run.folder)
        spec = TrainingSpec.from_dict(self.run.spec)
        self.heartbeat.say("loading PyTorch")
        from optim_viz.training import engine, machine

        if self.own_process:
            machine.flush_denormals()  # before torch starts threads
            machine.take_cores(self.run.cores or 1)
        device = engine.choose_device(spec.device)
        self._device = device.type
        self.heartbeat.say(f"loading {spec.data.title}")
        folder = Path(self.run.data) if self.run.data else spec.data.folder()
        data = spec.data.load(folder, device)
        heartbeat.note_data(self.store.file, self.claim, str(folder.absolute()))
        self.heartbeat.say("preparing the first step")
        engine.train(
            spec,
            data=data,
            on_event=self._on_event,
            should_stop=self.heartbeat.stop.is_set,
            resume=self._resumed(spec),
            checkpoint=self._save,
            checkpoint_seconds=CHECKPOINT_SECONDS,
            keep=self._keep,
            say=self._notes.append,
        )

    def _on_event(self, event: Any) -> None:
        if event.event == "end":
            self._status = event.status
        elif event.event == "diverged":
            self._notes.append(f"lane {event.lane + 1} diverged: its loss is not finite from step {event.step} on")
        elif event.event == "note" and event.kind == "failed":
            self._notes.append(f"lane {event.lane + 1} trains no further: {event.text}")
        self.heartbeat.put(event)

    def _resumed(self, spec: TrainingSpec) -> Checkpoint | None:
        from optim_viz.training.engine import Checkpoint

        content = checkpoint_file.read(self.checkpoint)
        if content is None:
            return None
        try:
            checkpoint = Checkpoint.from_bytes(content)
            checkpoint.check(spec)
            return checkpoint
        except ValueError as error:
            raise checkpoint_file.set_aside(self.checkpoint, str(error)) from error

    def _save(self, checkpoint: Checkpoint) -> None:
        """Keep a checkpoint, with every point up to it in the store first: a resume logs only what comes after."""
        self._keep_checkpoint(checkpoint.to_bytes())

    def _keep_checkpoint(self, content: bytes) -> None:
        self.heartbeat.saving.set()
        try:
            self.heartbeat.flush()
            checkpoint_file.write(self.checkpoint, content)
        except StoreBusy:
            return  # the other thread goes on trying to write; the checkpoint before this one stays good
        finally:
            self.heartbeat.saving.clear()

    def _keep(self, snapshot: Snapshot) -> None:
        """Keep the parameters at a step, for loss planes; where there is no room for them the run goes on without."""
        self._keep_parameters(snapshot.lane, snapshot.step, snapshot.parameters.float().numpy())

    def _keep_parameters(self, lane: int, step: int, parameters: Any) -> None:
        if self.snapshots is not None:
            try:
                room.of(self.store).make(parameters.nbytes)
                snapshots.keep(self.snapshots, (lane, step), parameters)
            except OSError as error:
                self._notes.append(f"no parameters are kept for loss planes from step {step} on: {error}")
                self.snapshots = None

    def _end_by_force(self) -> None:
        """End from the other thread, when training does not answer a stop: still loading, or in a long step."""
        if self._ending.acquire(blocking=False):
            self._end("cancelled" if self.heartbeat.cancelled else "failed", "")
            leave(self.store, self.run.launcher)

    def _end(self, state: State, message: str) -> None:
        """Write the last points and the end. On a full disk the reserve makes room for it."""
        events = self.heartbeat.close()
        if self.heartbeat.failure is not None:
            state, message = "failed", str(self.heartbeat.failure)
        for attempt in range(_ATTEMPTS):
            try:
                heartbeat.finish(self.store.file, self.claim, state, message, events, self.heartbeat.trained())
                break
            except StoreFull as error:
                self._status, state, message = "failed", "failed", str(error)  # and no other run is taken
                if not release_reserve(self.store.path):
                    events = []  # there is no room for the last points, but perhaps for how it ended
                    if last_word.leave(self.store.path, self.run, message):
                        return
                    time.sleep(min(0.5, 0.1 * attempt))
            except StoreBusy:
                time.sleep(0.5)
            except StoreError as error:  # not ours any more, or not writable: only the log is left
                _print(str(error))
                return
        else:
            return
        last_word.forget(self.store.path, self.run.id)
        if state == "finished":
            checkpoint_file.remove(self.checkpoint)
        with contextlib.suppress(StoreError):
            self.store.file.empty_journal()
        make_reserve(self.store.path)


def leave(store: RunStore, launcher: str = "local") -> None:
    """Become the worker of the next run, or end this process at once."""
    try:
        due = queue.next_to_start(store.file, store.watch)
    except StoreError as error:
        _print(str(error))
        due = None
    path = store.path
    store.close()
    with contextlib.suppress(OSError):
        sys.stderr.flush()
    if due is not None and due.launcher == launcher and os.name == "posix":
        with contextlib.suppress(OSError):
            os.execve(sys.executable, queue.worker_command(path, launcher), launchers.environment())  # noqa: S606 - ourselves
    elif due is not None:
        try:
            launchers.get(due.launcher).start(queue.worker_command(path, due.launcher), log_path(path))
        except (OSError, ValueError) as error:
            _print(f"the next run's process cannot be started: {error}")
    os._exit(0)


def main() -> int:
    """Take the next run and train it; nothing to do is no error."""
    parser = argparse.ArgumentParser(prog="optim_viz.training.worker")
    parser.add_argument("--store", type=Path, required=True)
    parser.add_argument("--launcher", default="local")
    given = parser.parse_args()
    try:
        store = RunStore(given.store)
        claim = queue.claim_next(store.file, store.watch, given.launcher)
    except (StoreError, ValueError) as error:
        _print(str(error))
        return 2
    if claim is None:
        return 0
    _print_into(log_path(store.path, claim.run.id))
    with contextlib.suppress(StoreError):
        store.advance()  # there may be room for another run
    worker = Worker(store, claim, own_process=True)
    shutdown = threading.Event()

    def stop(number: int, frame: FrameType | None) -> None:
        del number, frame
        shutdown.set()
        worker.heartbeat.cancel()

    signal.signal(signal.SIGTERM, stop)  # the computer shuts down, say: resume goes on
    worker.work()
    while not shutdown.is_set() and (claim := _claim_alike(store, worker, given.launcher)) is not None:
        _print_into(log_path(store.path, claim.run.id))
        worker = Worker(store, claim, own_process=True)
        worker.work()
    leave(store, given.launcher)
    return 0


def _claim_alike(store: RunStore, worker: Worker, launcher: str) -> queue.Claim | None:
    """Take the next run if this process can go on with it; None where a process of its own has to."""
    try:
        return queue.claim_next(store.file, store.watch, launcher, worker.can_go_on_with)
    except StoreError as error:
        _print(str(error))
        return None


def _print_into(path: Path) -> None:
    """Let whatever is printed from here on, by libraries too, go to the run's own log."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("ab") as log:
            os.dup2(log.fileno(), 1)
            os.dup2(log.fileno(), 2)
    except OSError as error:
        _print(f"no log at {path}: {error.strerror}")


def _print(text: str) -> None:
    """Print to the log; where the disk has no room for it the text is lost, and nothing else."""
    with contextlib.suppress(OSError):
        print(text, file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
