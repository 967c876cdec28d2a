"""One run as the store knows it, read without touching its points."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, Literal, cast

State = Literal["queued", "running", "finished", "cancelled", "failed", "lost"]
STATES: Final[tuple[State, ...]] = ("queued", "running", "finished", "cancelled", "failed", "lost")
RESUMABLE: Final[tuple[State, ...]] = ("cancelled", "failed", "lost")
COLUMNS: Final = (
    "id, name, spec, data, state, message, place, cancel, created, started, ended, step, total_steps, steps_per_epoch, "
    "device, layers, n_parameters, torch_version, trained_since, trained_from, seconds, pid, process, machine, "
    "heartbeat"
)
LOST: Final = (
    "the training process ended without a word (killed, out of memory, or the computer was restarted); "
    "everything it logged is kept, and resume goes on from the last checkpoint"
)


@dataclass(frozen=True)
class Run:
    """A run.

    Attributes:
        id: its number; never given twice.
        spec: what it trains, `TrainingSpec.to_dict()`.
        data: folder of the data files, None for the default one.
        state: "queued", "running", "finished", "cancelled", "failed" (see message) or "lost" (its process died).
        message: why it failed or was lost, or what it is doing before the first step; may be "".
        place: where it stands in the queue: the lowest is next.
        cancel: it was asked to stop and has not stopped yet.
        created, started, ended: seconds since 1970.
        step: updates made, 0 to total_steps.
        total_steps, steps_per_epoch, device, layers, n_parameters, torch_version: known once training begins.
        trained_since, trained_from: when, and at which step, the present process began to train.
        seconds: trained by processes before the present one.
        pid, process, machine: which process trains it or trained it last.
        heartbeat: when that process was last heard of.
    """

    id: int
    name: str
    spec: Mapping[str, Any]
    data: str | None
    state: State
    message: str
    place: int
    cancel: bool
    created: float
    started: float | None
    ended: float | None
    step: int
    total_steps: int | None
    steps_per_epoch: int | None
    device: str | None
    layers: tuple[str, ...]
    n_parameters: int | None
    torch_version: str | None
    trained_since: float | None
    trained_from: int | None
    seconds: float
    pid: int | None
    process: str | None
    machine: str | None
    heartbeat: float | None

    @property
    def lanes(self) -> tuple[str, ...]:
        """The lanes as text, e.g. ("adam,lr=0.001", "sgd,lr=0.01")."""
        lanes: object = self.spec.get("lanes", ())
        return tuple(map(str, cast("list[object]", lanes))) if isinstance(lanes, list | tuple) else ()

    @property
    def active(self) -> bool:
        """Whether it is still to change by itself: waiting or training."""
        return self.state in ("queued", "running")

    @property
    def progress(self) -> float:
        """Share of the steps made, 0 to 1."""
        return self.step / self.total_steps if self.total_steps else 0.0

    def seconds_left(self) -> float | None:
        """Return how long the rest will take at the pace so far; None while that is unknown or it does not train."""
        if self.state != "running" or not (self.total_steps and self.trained_since and self.heartbeat):
            return None
        made, took = self.step - (self.trained_from or 0), self.heartbeat - self.trained_since
        return (self.total_steps - self.step) * took / made if made > 0 and took > 0 else None

    def seconds_trained(self) -> float:
        """Return how long it has trained, waiting and loading not counted."""
        if self.trained_since is None or self.heartbeat is None:
            return self.seconds
        return self.seconds + max(0.0, self.heartbeat - self.trained_since)


def from_row(row: sqlite3.Row) -> Run:
    """Build a run from a row of `COLUMNS`."""
    values: dict[str, Any] = {key: row[key] for key in row.keys()}  # noqa: SIM118 - a Row iterates over its values
    values["spec"] = json.loads(values["spec"])
    values["layers"] = tuple(json.loads(values["layers"] or "[]"))
    values["cancel"] = bool(values["cancel"])
    return Run(**values)


def tidy_name(name: str, lanes: tuple[str, ...]) -> str:
    """Return one printable line of at most 120 characters; the lanes where nothing was given."""
    text = " ".join("".join(each if each.isprintable() else " " for each in name).split())
    text = text or " · ".join(lane.split(",")[0] for lane in lanes) or "run"
    return text if len(text) <= 120 else text[:119] + "…"
