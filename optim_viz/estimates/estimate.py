"""What a comparison takes: exact counts from its spec, and time and memory from what a probe measured."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Final

from optim_viz.comparison import TrainingSpec
from optim_viz.scenario import Lane, format_lane

LEAST_SPREAD: Final = 1 / 6
"""The range of a time reaches so far to each side of what was measured: a run is longer than a probe."""
COSTS: Final = ("step", "test", "record", "monitors", "sharpness")
"""Fields of `Measured` that are a `Cost`."""
BUSY: Final = 2.0
"""Threads of a run wait for each other, but not for as long as they work: what is more was somebody else's work."""


@dataclass(frozen=True)
class Counts:
    """What is known of a comparison without measuring anything.

    Attributes:
        parameters: weights and biases of one lane's network.
        steps_per_epoch: updates of an epoch, for each lane.
        steps: updates of the whole run, for each lane.
        tests: evaluations on the test examples, for each lane.
        records: looks into the optimizers' states, for each lane; on the CPU, and on a GPU as many or fewer.
        sharpness: samples of the monitors that take the Hessian, for each lane.
    """

    parameters: int
    steps_per_epoch: int
    steps: int
    tests: int
    records: int
    sharpness: int


def counts(spec: TrainingSpec, device: str = "cpu") -> Counts:
    """Count what a run makes.

    Args:
        spec: the comparison.
        device: type of the device that trains: on a GPU states are looked into less often.
    """
    return Counts(
        spec.n_parameters,
        spec.steps_per_epoch,
        spec.total_steps,
        len(spec.test_steps) * spec.epochs,
        spec.record_steps(device),
        len(spec.sharpness_steps),
    )


@dataclass(frozen=True)
class Cost:
    """Seconds that one thing takes all lanes together, as they train side by side.

    Attributes:
        free: of the processors' time, shared among the threads of the run: on a machine that does nothing else.
        now: by the clock, beside whatever the machine did during the probe. On a GPU both are by the clock.
    """

    free: float
    now: float

    @property
    def range(self) -> tuple[float, float]:
        """Return the least and the most that it takes a run: on a free machine, and on one as busy as it was."""
        return min(self.free, self.now), max(self.free, self.now)


@dataclass(frozen=True)
class Measured:
    """What a probe measured.

    Attributes:
        device: what trained, e.g. "cpu (2 threads)".
        steps: that each lane made, the warm-up left out.
        step: one step of every lane, without tests and records.
        test: one evaluation of every lane on all test examples.
        record: one look into every lane's state, its monitors included.
        monitors: what of a record the monitors take.
        sharpness: one sample of the monitors that take the Hessian; 0 where none is asked for.
        start: seconds of processor time from the start of the process to its first step; reading files comes to it.
        memory: bytes, the most that the process used, or on a GPU the most on the device; None where the system
            does not tell. What a data set's own reader loads (scikit-learn, say) comes to it.
    """

    device: str
    steps: int
    step: Cost
    test: Cost
    record: Cost
    monitors: Cost
    sharpness: Cost
    start: float
    memory: int | None

    @property
    def busy(self) -> bool:
        """Whether other programs kept the machine busy meanwhile."""
        return self.step.now > BUSY * self.step.free

    def to_dict(self) -> dict[str, Any]:
        """Return plain JSON values."""
        return asdict(self)

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> Measured:
        """Read what `to_dict` wrote."""
        costs: dict[str, Any] = {name: Cost(**values[name]) for name in COSTS}
        return cls(**{**values, **costs})


@dataclass(frozen=True)
class Estimate:
    """What a run will take.

    Attributes:
        counts: what is exact.
        measured: what the rest rests on.
        seconds: in training, as a range; `Measured.start` comes before it.
        shares: of that: "steps", "tests", "records" and "sharpness", 0 to 1, together 1.
    """

    counts: Counts
    measured: Measured
    seconds: tuple[float, float]
    shares: Mapping[str, float]


def estimate(spec: TrainingSpec, measured: Measured) -> Estimate:
    """Work out what a run takes: counts times what was measured of each.

        T = steps · step + tests · test + records · record + samples · sharpness

    The range goes from the lower ends of the costs to their upper ends, and further by `LEAST_SPREAD` on each side.
    """
    found = counts(spec, measured.device.partition(" ")[0])
    parts = {
        "steps": (found.steps, measured.step.range),
        "tests": (found.tests, measured.test.range),
        "records": (found.records, measured.record.range),
        "sharpness": (found.sharpness, measured.sharpness.range),
    }
    low = math.fsum(count * cost[0] for count, cost in parts.values())
    high = math.fsum(count * cost[1] for count, cost in parts.values())
    shares = {name: count * sum(cost) / (low + high) for name, (count, cost) in parts.items()}
    return Estimate(found, measured, (low * (1 - LEAST_SPREAD), high * (1 + LEAST_SPREAD)), shares)


def matters(spec: TrainingSpec) -> str:
    """Return what a probe's result depends on, as a key: specs of one key need one probe.

    Model, data shape, batch size, device, L2 term, monitors, and of each lane its optimizer, its choices, which of its
    numbers are 0 (such a term is left out of a step), and whether its rate changes. Not the rates themselves, the
    epochs, the seed, or how often tests are made.
    """
    data = spec.data
    facts = {
        "data": [data.input_shape, data.classes, data.train_count, data.test_count],
        "model": [spec.model, {name: str(value) for name, value in spec.options.items()}],
        "batch": min(spec.batch_size, spec.n_examples),
        "device": spec.device,
        "l2": spec.l2 > 0,
        "record": spec.record,
        "sharpness": spec.n_sharpness_examples if spec.sharpness else 0,
        "lanes": [_kind(lane) for lane in spec.lanes],
    }
    return json.dumps(facts, sort_keys=True)


def _kind(lane: Lane) -> list[object]:
    """Return what of a lane decides how long its step takes."""
    if lane.rule.torch_twin is None:
        return [format_lane(lane)]  # a class of somebody else's: what its numbers change is its own affair
    values = lane.hyperparameters
    choices = [value if isinstance(value, bool) else float(value) != 0.0 for _, value in sorted(values.items())]
    return [lane.optimizer, choices, lane.schedule is not None]
