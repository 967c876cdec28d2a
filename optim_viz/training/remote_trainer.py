"""What a worker of a Ray cluster does: it trains one run and keeps what there is to write until it is asked for."""

from __future__ import annotations

import os
import platform
import threading
import time
import traceback
from pathlib import Path
from typing import Any, Final

from optim_viz import outside
from optim_viz.comparison.spec import TrainingSpec
from optim_viz.training import system
from optim_viz.training.explain import explain

_WAIT_SECONDS: Final = 0.2
Item = tuple[str, Any]
"""("event", an event), ("checkpoint", bytes), ("snapshot", (lane, step, parameters)), ("note", a sentence),
("folder", of the data), and last ("end", None) or ("error", (the error's sentence, its traceback))."""


class RemoteTrainer:
    """One run on another machine, or in another process of this one. Ray calls its methods one at a time.

    Attributes:
        step: the last that was logged.
    """

    def __init__(self) -> None:
        """Wait for `begin`."""
        self._items: list[Item] = []
        self._new = threading.Condition()
        self._stop = threading.Event()
        self._began: float | None = None
        self.step = 0

    def begin(self, run: dict[str, Any]) -> tuple[str, int]:
        """Start to train in a thread, and return where: the machine's name and the process number there.

        Args:
            run: spec, data, classes, folder, cores, log, seconds, checkpoint and checkpoint_seconds.
        """
        threading.Thread(target=self._work, args=(run,), name="training", daemon=True).start()
        return platform.node(), os.getpid()

    def news(self) -> list[Item]:
        """Return what came since, in its order; waits a moment where there is nothing."""
        with self._new:
            self._new.wait_for(lambda: bool(self._items), _WAIT_SECONDS)
            items, self._items = self._items, []
            return items

    def stop(self) -> None:
        """Let training end as when a run is cancelled."""
        self._stop.set()

    def put(self, event: Any) -> None:
        """Log an event, as `Heartbeat.put` does."""
        if event.event == "start":
            self._began = time.monotonic()
        self.step = max(self.step, getattr(event, "step", 0))
        self._put("event", event)

    def trained(self) -> float:
        """Return for how many seconds this process has trained the run."""
        return 0.0 if self._began is None else time.monotonic() - self._began

    def _put(self, kind: str, content: Any) -> None:
        with self._new:
            self._items.append((kind, content))
            self._new.notify()

    def _work(self, run: dict[str, Any]) -> None:
        try:
            with system.sampled(self, run["seconds"]):
                self._train(run)
        except BaseException as error:
            text = traceback.format_exc()
            self._put("error", (explain(error, run["spec"], Path(run["log"])), text))
        else:
            self._put("end", None)

    def _train(self, run: dict[str, Any]) -> None:
        outside.make_known(filter(None, run["classes"].split(",")), run["folder"])
        spec = TrainingSpec.from_dict(run["spec"])
        from optim_viz.training import engine, machine

        machine.flush_denormals()
        machine.take_cores(run["cores"])
        given = Path(run["data"]) if run["data"] else None
        folder = given if given is not None and given.is_dir() else spec.data.folder()  # it may be another machine's
        data = spec.data.load(folder, engine.choose_device(spec.device))
        self._put("folder", str(folder.absolute()))
        resume = None if run["checkpoint"] is None else engine.Checkpoint.from_bytes(run["checkpoint"])
        engine.train(
            spec,
            data=data,
            on_event=self.put,
            should_stop=self._stop.is_set,
            resume=resume,
            checkpoint=lambda checkpoint: self._put("checkpoint", checkpoint.to_bytes()),
            checkpoint_seconds=run["checkpoint_seconds"],
            keep=lambda kept: self._put("snapshot", (kept.lane, kept.step, kept.parameters.float().numpy())),
            say=lambda sentence: self._put("note", sentence),
        )
