"""The events of a run as they reach the store, for any process that looks."""

from __future__ import annotations

import math
import time
from collections.abc import Generator
from typing import Any, Final

from optim_viz.run_store.runs import Run
from optim_viz.run_store.store import RunStore

PAUSE_SECONDS: Final = 0.2
_RESULTS: Final = ("test_loss", "test_accuracy", "examples_per_second")


def live_events(store: RunStore, run_id: int) -> Generator[tuple[Run, list[dict[str, Any]]]]:
    """Yield the run and what is new about it, again and again until it is over.

    Each event is a dictionary of JSON values with "event" ("start", "step", "epoch" or "end"), "lane" (its position,
    from 0), "step", "epoch" and "loss" (of that step; of an epoch the mean of its losses); "epoch" and "end" also have
    "test_loss", "test_accuracy" (0 to 1) and "examples_per_second", "end" the run's "state" and "message". What is
    unknown or not finite is None. A resumed run starts at its checkpoint. Events come in the order of their steps, and
    every lane has one start and one end.

    Raises:
        StoreError: the store or the run is gone.
    """
    reader = _Reader(store, run_id)
    while True:
        store.advance()
        run = store.get(run_id)
        over = not run.active
        yield run, reader.news(run)
        if over:
            return
        time.sleep(PAUSE_SECONDS)


class _Reader:
    """Knows which events were yielded already."""

    def __init__(self, store: RunStore, run_id: int) -> None:
        self._store, self._run_id = store, run_id
        self._begun = False
        self._sent: dict[str, dict[int, int]] = {"step": {}, "epoch": {}}  # kind -> lane -> last step yielded
        self._last: dict[int, dict[str, Any]] = {}

    def news(self, run: Run) -> list[dict[str, Any]]:
        lanes = range(len(run.lanes))
        found: list[dict[str, Any]] = []
        training = run.trained_since is not None or not run.active
        if not self._begun and training and run.total_steps is not None:
            self._begun = True
            found += [self._start(run, lane) for lane in lanes]
        if self._begun:
            # Steps past run.step were logged before a resume and come again: they are yielded when they do.
            fresh = [row for kind in self._sent for row in self._fresh(kind, run.step)]
            found += sorted(fresh, key=lambda row: (row["step"], row["event"] == "epoch", row["lane"]))
        if not run.active:
            found += [self._end(run, lane) for lane in lanes]
        return found

    def _start(self, run: Run, lane: int) -> dict[str, Any]:
        step = run.trained_from or 0
        for sent in self._sent.values():
            sent[lane] = step
        self._last[lane] = {"step": step, "epoch": math.ceil(step / (run.steps_per_epoch or 1)), "loss": None}
        facts = {"total_steps": run.total_steps, "steps_per_epoch": run.steps_per_epoch, "device": run.device}
        head = {"event": "start", "lane": lane, **self._last[lane], "run": run.id, "spec": run.lanes[lane]}
        return head | facts | {"n_parameters": run.n_parameters}

    def _fresh(self, kind: str, upto: int) -> list[dict[str, Any]]:
        sent = self._sent[kind]
        found: list[dict[str, Any]] = []
        for row in self._store.rows(kind, self._run_id, min(sent.values(), default=0), upto):
            lane = row["lane"]
            if row["step"] > sent.get(lane, 0):
                sent[lane] = row["step"]
                values = {name: finite(value) for name, value in row.items() if name not in ("lane", "train_loss")}
                self._last.setdefault(lane, {}).update(values)
                if kind == "epoch":
                    values["loss"] = finite(row["train_loss"])
                found.append({"event": kind, "lane": lane} | values)
        return found

    def _end(self, run: Run, lane: int) -> dict[str, Any]:
        last = self._last.get(lane, {})
        names = ("step", "epoch", "loss", *_RESULTS)
        values = {name: last.get(name) for name in names}
        return {"event": "end", "lane": lane} | values | {"run": run.id, "state": run.state, "message": run.message}


def finite(value: Any) -> Any:
    """Return None for a float that JSON cannot hold, else the value."""
    return None if isinstance(value, float) and not math.isfinite(value) else value
