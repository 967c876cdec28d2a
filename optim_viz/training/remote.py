# pyright: basic
"""The process beside the run store that hands runs to a Ray cluster and writes what comes back.

It takes as many runs as the cluster has cores for, each as a worker of its own would: with the right to write it, a
heartbeat, and the last checkpoint kept here. So a run whose Ray worker is lost goes on once from that checkpoint, on
another worker, and is marked lost where that one is lost as well. This process never loads torch, and is the only one
that writes these runs. Where it is asked to end (SIGTERM: the computer shuts down, say), it stops its runs with what
they have, which each of them says, and takes no other.

    python -m optim_viz.training.remote --store PATH --launcher ray
"""

from __future__ import annotations

import argparse
import contextlib
import os
import signal
import sys
import threading
import time
from pathlib import Path
from typing import Any, Final

from optim_viz.launchers.ray import VARIABLE
from optim_viz.run_store import checkpoint_file, heartbeat, pool, queue
from optim_viz.run_store.errors import StoreBusy, StoreError
from optim_viz.run_store.folders import log_path
from optim_viz.run_store.store import RunStore
from optim_viz.training import worker
from optim_viz.training.remote_trainer import Item, RemoteTrainer

LAUNCHER: Final = "ray"
_LOOK_SECONDS: Final = 0.5
_FORCE_SECONDS: Final = 10.0  # that a Ray worker has to answer a cancel; it may be in a long step, or far away
_STORE_BYTES: Final = 100 << 20  # of Ray's object store: what is sent is small


def connect() -> None:
    """Join the cluster at OPTIM_VIZ_RAY, or start one of this machine; nothing of it leaves the machine then."""
    import ray

    if ray.is_initialized():
        return
    os.environ["RAY_USAGE_STATS_ENABLED"] = "0"
    address = os.environ.get(VARIABLE, "").strip() or "local"
    if address != "local":
        try:
            ray.init(address=address, log_to_driver=False)
        except (ConnectionError, ValueError) as error:
            raise ValueError(f"no Ray cluster answers at {address} ({error}): check {VARIABLE}") from error
        return
    ray.init(
        address="local",
        num_cpus=pool.cores(),
        include_dashboard=False,
        object_store_memory=_STORE_BYTES,
        log_to_driver=False,
        _node_ip_address="127.0.0.1",
    )


class RemoteWorker(worker.Worker):
    """Follows one claimed run that a Ray worker trains.

    Attributes:
        actor: what trains it now.
        place: name of that one's machine, and its process number there; None before it has begun.
    """

    actor: Any = None
    place: tuple[str, int] | None = None

    def _train_here(self) -> None:
        """Follow the run; what its process takes of its machine is sampled there."""
        import ray
        from ray.exceptions import RayActorError, RayError

        self.heartbeat.say("connecting to Ray")
        connect()
        for attempt in range(2):
            try:
                self._follow(checkpoint_file.read(self.checkpoint))
                return
            except RayActorError:
                if self.heartbeat.stop.is_set():  # we have ended it
                    self._status = "cancelled"
                    return
                self._notes.append("its Ray worker was lost" + (" again" if attempt else ", and another one went on"))
            finally:
                if self.actor is not None:
                    with contextlib.suppress(RayError):  # it may be gone already
                        ray.kill(self.actor)
        self._status = "lost"
        self._notes.append("everything it logged is kept, and resume goes on from the last checkpoint")

    def _follow(self, checkpoint: bytes | None) -> None:
        """Let a Ray worker train from a checkpoint, and write what it reports, to the end."""
        import ray

        self.heartbeat.say("waiting for a Ray worker")
        cores = self.run.cores or 1
        self.actor = actor = ray.remote(RemoteTrainer).options(num_cpus=cores, num_gpus=self._gpus()).remote()
        task: dict[str, Any] = {"spec": dict(self.run.spec), "data": self.run.data, "cores": cores}
        task |= {"classes": self.run.classes, "folder": self.run.folder, "log": str(log_path(self.store.path))}
        task |= {"checkpoint": checkpoint, "checkpoint_seconds": worker.CHECKPOINT_SECONDS, "seconds": self.run.seconds}
        begun = actor.begin.remote(task)
        while not ray.wait([begun], timeout=_LOOK_SECONDS)[0]:
            if self.heartbeat.stop.is_set():
                self._status = "cancelled"
                return
        node, process = ray.get(begun)
        self.place = (node, process)
        self.heartbeat.say(f"loading PyTorch and the data on {node}")
        asked: float | None = None
        while True:
            if self.heartbeat.stop.is_set() and asked is None:
                asked = time.monotonic()
                actor.stop.remote()
            if asked is not None and time.monotonic() - asked > _FORCE_SECONDS:
                self._status = "cancelled"
                return
            for item in ray.get(actor.news.remote()):
                if self._is_end(item):
                    return

    def _gpus(self) -> float:
        import ray

        wanted = self.run.spec.get("device", "auto") != "cpu" and ray.cluster_resources().get("GPU", 0.0) >= 1
        return 1 / pool.GPU_RUNS if wanted else 0.0

    def _is_end(self, item: Item) -> bool:
        kind, content = item
        if kind == "event":
            self._on_event(content)
        elif kind == "checkpoint":
            self._keep_checkpoint(content)
        elif kind == "snapshot":
            lane, step, parameters = content
            self._keep_parameters(lane, step, parameters)
        elif kind == "note":
            self._notes.append(content)
        elif kind == "folder":
            heartbeat.note_data(self.store.file, self.claim, content)
        elif kind == "error":
            sentence, text = content
            with (
                contextlib.suppress(OSError),
                log_path(self.store.path, self.run.id).open("a", encoding="utf-8") as log,
            ):
                log.write(text)
            raise ValueError(sentence)
        return kind == "end"

    def shut_down(self) -> None:
        """Stop the run, since this process is to end."""
        self._notes.append("the process that follows it on Ray was ended; resume goes on from the last checkpoint")
        self.heartbeat.cancel()

    def _end_by_force(self) -> None:
        """Leave it to `_follow`, which ends a Ray worker that does not answer."""


def serve(store: RunStore, first: queue.Claim, ending: threading.Event) -> None:
    """Train a claimed run and whatever comes to the queue meanwhile, as many at once as the cluster has cores for.

    Args:
        store: where the runs are.
        first: the run to begin with.
        ending: set when this process is to end.
    """
    import ray

    claim: queue.Claim | None = first
    followed: dict[threading.Thread, RemoteWorker] = {}
    while True:
        if claim is not None:
            one = RemoteWorker(store, claim)
            thread = threading.Thread(target=one.work, name=f"run {claim.run.id}")
            followed[thread] = one
            thread.start()
        if ending.is_set():
            for one in followed.values():
                one.shut_down()
            for thread in followed:
                thread.join()
            return
        followed = {thread: one for thread, one in followed.items() if thread.is_alive()}
        claim = None
        taken = sum(one.run.cores or 1 for one in followed.values())
        if not followed or (ray.is_initialized() and taken < ray.cluster_resources().get("CPU", 1.0)):
            with contextlib.suppress(StoreBusy):
                claim = queue.claim_next(store.file, store.watch, LAUNCHER)
        if claim is None:
            if not followed:
                return
            ending.wait(_LOOK_SECONDS)


def main() -> int:
    """Take the next run and serve until nothing waits; nothing to do is no error."""
    parser = argparse.ArgumentParser(prog="optim_viz.training.remote")
    parser.add_argument("--store", type=Path, required=True)
    parser.add_argument("--launcher", default=LAUNCHER)
    given = parser.parse_args()
    ending = threading.Event()
    signal.signal(signal.SIGTERM, lambda number, frame: ending.set())
    try:
        store = RunStore(given.store)
        claim = queue.claim_next(store.file, store.watch, given.launcher)
        if claim is not None:
            serve(store, claim, ending)
            if not ending.is_set():
                store.advance()
    except StoreError as error:
        print(str(error), file=sys.stderr, flush=True)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
