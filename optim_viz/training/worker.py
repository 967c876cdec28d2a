"""The process that trains one run: it takes the next one from the queue, trains it, and lets the next one follow.

    python -m optim_viz.training.worker --store PATH --launcher local

A process that finds a queue with nothing in training starts it (`run_store.queue`), and it depends on no other process
from then on. When its run is over it becomes, in the same process number, the worker of the next run: a fresh
interpreter, so that nothing of one run (memory, a broken CUDA context) reaches the next.
"""

from __future__ import annotations

import argparse
import contextlib
import errno
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
from optim_viz.comparison.spec import TrainingSpec
from optim_viz.datasets import DataUnavailable
from optim_viz.planes import snapshots
from optim_viz.run_store import checkpoint_file, heartbeat, queue
from optim_viz.run_store.errors import StoreBusy, StoreError, StoreFull, full
from optim_viz.run_store.folders import checkpoint_path, log_path, make_reserve, release_reserve, snapshots_folder
from optim_viz.run_store.heartbeat import Heartbeat
from optim_viz.run_store.runs import State
from optim_viz.run_store.store import RunStore

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
        self._notes: list[str] = []

    def work(self) -> None:
        """Train, and write down how it ended. Raises nothing."""
        make_reserve(self.store.path)
        self.heartbeat.start()
        try:
            self._train()
            message = "; ".join(self._notes)
        except BaseException as error:
            self._status = "failed"
            message = explain(error, self.run.spec, log_path(self.store.path, self.run.id))
            message = "; ".join([*self._notes, message])
            _print(traceback.format_exc())
        if not self._ending.acquire(blocking=False):
            threading.Event().wait()  # the other thread is ending the process
        self._end(self._status, message)

    def _train(self) -> None:
        outside.make_known(filter(None, self.run.classes.split(",")), self.run.folder)
        spec = TrainingSpec.from_dict(self.run.spec)
        self.heartbeat.say("loading PyTorch")
        from optim_viz.training import engine, machine

        if self.own_process:
            machine.flush_denormals()  # before torch starts threads
        device = engine.choose_device(spec.device)
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
        self.heartbeat.saving.set()
        try:
            self.heartbeat.flush()
            checkpoint_file.write(self.checkpoint, checkpoint.to_bytes())
        except StoreBusy:
            return  # the other thread goes on trying to write; the checkpoint before this one stays good
        finally:
            self.heartbeat.saving.clear()

    def _keep(self, snapshot: Snapshot) -> None:
        """Keep the parameters at a step, for loss planes; where there is no room for them the run goes on without."""
        if self.snapshots is not None:
            try:
                snapshots.keep(self.snapshots, (snapshot.lane, snapshot.step), snapshot.parameters.float().numpy())
            except OSError as error:
                self._notes.append(f"no parameters are kept for loss planes from step {snapshot.step} on: {error}")
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
                state, message = "failed", str(error)
                if not release_reserve(self.store.path):
                    events = []  # there is no room for the last points, but perhaps for how it ended
                    time.sleep(min(0.5, 0.1 * attempt))
            except StoreBusy:
                time.sleep(0.5)
            except StoreError as error:  # not ours any more, or not writable: only the log is left
                _print(str(error))
                return
        if state == "finished":
            checkpoint_file.remove(self.checkpoint)
        with contextlib.suppress(StoreError):
            self.store.file.empty_journal()
        make_reserve(self.store.path)


def explain(error: BaseException, spec: Any, log: Path) -> str:
    """Return one sentence that says what went wrong and what to do, for a person who has not written this program."""
    text = " ".join(str(error).split())
    kind = type(error).__name__
    memory = ("out of memory", "not enough memory", "can't allocate memory")
    if kind in ("OutOfMemoryError", "MemoryError") or (kind == "RuntimeError" and any(word in text for word in memory)):
        sizes = f"batch size {spec.get('batch_size')}, {len(spec.get('lanes', ()))} lanes"
        return (
            f"the device ran out of memory ({sizes}): launch again with a smaller batch, a smaller network or fewer "
            "lanes, close what else uses the device, or train on the CPU (device cpu)"
        )
    if isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT):
        return str(full(Path(error.filename or log)))
    if isinstance(error, ModuleNotFoundError) and error.name in ("torch", "sklearn"):
        return f"training needs {error.name}, which is not installed: pip install 'optim_viz[train]'"
    if isinstance(error, StoreError | ValueError | DataUnavailable):
        return text or kind
    return f"{kind}: {text} (details in {log})"


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
    worker = Worker(store, claim, own_process=True)

    def stop(number: int, frame: FrameType | None) -> None:
        del number, frame
        worker.heartbeat.cancel()

    signal.signal(signal.SIGTERM, stop)  # the computer shuts down, say: resume goes on
    worker.work()
    leave(store, given.launcher)
    return 0


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
