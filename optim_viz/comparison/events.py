"""What a training run reports: small frozen values, and the only thing that leaves the engine.

Steps count from 1 and mean "after that many updates"; the loss of step t is the one whose gradient update t took, so
the loss of step 1 belongs to the untrained network. Epochs count from 1. Lanes are positions in `TrainingSpec.lanes`.
After a resume the events past the checkpoint come again (equal bit for bit on the CPU): (lane, step) is their key.
Floats may be NaN or infinite where a lane diverged.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Any, ClassVar, Literal, TypeAlias

from optim_viz.comparison.point_events import (
    QUANTILES,
    QUANTITIES,
    Clock,
    Epoch,
    GradientNorm,
    Histogram,
    LearningRate,
    Memory,
    MidEpochTest,
    Monitored,
    Quantiles,
    Quantity,
    Step,
    System,
)

__all__ = [
    "QUANTILES",
    "QUANTITIES",
    "Clock",
    "Diverged",
    "End",
    "Epoch",
    "Event",
    "GradientNorm",
    "Histogram",
    "LearningRate",
    "Memory",
    "MidEpochTest",
    "MonitorReport",
    "Monitored",
    "Note",
    "Quantiles",
    "Quantity",
    "Start",
    "Step",
    "System",
    "to_dict",
]


@dataclass(frozen=True, slots=True)
class Start:
    """The run begins, or goes on after a resume.

    Attributes:
        step: updates already made (0 unless resumed).
        total_steps: updates of the whole run, per lane.
        steps_per_epoch: updates of one epoch.
        n_parameters: of one lane's network.
        layers: names of its layers.
        device: what trains, e.g. "cpu (2 threads)" or "cuda (NVIDIA H100)".
        torch_version: the version that trains.
    """

    event: ClassVar[str] = "start"
    step: int
    total_steps: int
    steps_per_epoch: int
    n_parameters: int
    layers: tuple[str, ...]
    device: str
    torch_version: str


@dataclass(frozen=True, slots=True)
class MonitorReport:
    """What one monitor has cost a lane so far, and whether it worked.

    Attributes:
        step: of the report.
        samples: how often it was sampled.
        seconds: all of that took, over all processes of the run.
        problem: what went wrong when it was sampled last and failed; "" where it never did.
    """

    event: ClassVar[str] = "monitor_report"
    lane: int
    monitor: str
    step: int
    samples: int
    seconds: float
    problem: str


@dataclass(frozen=True, slots=True)
class Diverged:
    """The loss of a lane is not finite from this step on; the lane trains on, its state is no longer recorded."""

    event: ClassVar[str] = "diverged"
    lane: int
    step: int
    loss: float


@dataclass(frozen=True, slots=True)
class Note:
    """What there is to say of a lane: why it ended early, or how the outside class that is its optimizer is run.

    Attributes:
        step: updates made so far.
        kind: "way" says how the class is run where that is not as any other, "resume" that it would not go on where it
            was, "failed" why it trains no further; the other lanes go on. "stopped" says why the lane is hopeless; the
            run ends once all are.
        text: a sentence.
    """

    event: ClassVar[str] = "note"
    lane: int
    step: int
    kind: Literal["way", "resume", "failed", "stopped"]
    text: str


@dataclass(frozen=True, slots=True)
class End:
    """The run is over.

    Attributes:
        status: "finished" after the last step, "cancelled" when it was asked to stop before.
        step: updates made.
        seconds: since this process's Start.
    """

    event: ClassVar[str] = "end"
    status: Literal["finished", "cancelled"]
    step: int
    seconds: float


Event: TypeAlias = (
    Start
    | Step
    | Quantiles
    | Histogram
    | GradientNorm
    | Monitored
    | MonitorReport
    | LearningRate
    | Epoch
    | MidEpochTest
    | Clock
    | Memory
    | System
    | Diverged
    | Note
    | End
)


def to_dict(event: Event) -> dict[str, Any]:
    """Return an event as a flat dictionary, its kind under "event"."""
    return {"event": event.event} | {each.name: getattr(event, each.name) for each in fields(event)}
