"""The points of curves among the events of a training run.

Steps, epochs and lanes count as `optim_viz.comparison.events` says.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Literal, TypeAlias

Quantity: TypeAlias = Literal["m_hat", "sqrt_v_hat", "ratio", "m", "sqrt_v", "step", "step_over_lr"]
"""m̂, √v̂, m̂/√v̂, m, √v, |Δθ| and |Δθ|/lr. m̂ and v̂ are what the lane's rule declares as its moments (`torch_state`);
m and v are what an outside class keeps under a usual name of a moment (`outside.FIRST_MOMENTS`, `SECOND_MOMENTS`),
whatever it does with them. lr is the rate of the step. A quantity that a lane's state does not hold is not recorded for
it."""
QUANTITIES: tuple[Quantity, ...] = ("m_hat", "sqrt_v_hat", "ratio", "m", "sqrt_v", "step", "step_over_lr")
QUANTILES = (0.01, 0.10, 0.50, 0.90, 0.99)


@dataclass(frozen=True, slots=True)
class Step:
    """Training loss of one step of one lane: mean cross-entropy of the batch, without the L2 term.

    Attributes:
        smoothed: exponential average of every loss so far: decay 0.98, started at 0 and divided by 1 - 0.98^step.
    """

    event: ClassVar[str] = "step"
    lane: int
    step: int
    epoch: int
    loss: float
    smoothed: float


@dataclass(frozen=True, slots=True)
class Quantiles:
    """1, 10, 50, 90 and 99 % quantiles (linear interpolation) of one quantity over one layer, weights and biases."""

    event: ClassVar[str] = "quantiles"
    lane: int
    step: int
    layer: str
    quantity: Quantity
    q01: float
    q10: float
    q50: float
    q90: float
    q99: float


@dataclass(frozen=True, slots=True)
class Histogram:
    """How m̂/√v̂ is spread over all parameters of a lane whose v̂ is not 0.

    Attributes:
        edges: bin edges, increasing, one more than counts; the same at every step.
        counts: parameters in each bin; values beyond the edges count in the outermost bins.
    """

    event: ClassVar[str] = "histogram"
    lane: int
    step: int
    edges: tuple[float, ...]
    counts: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class GradientNorm:
    """Euclidean norm of the gradient, L2 term included, that the update of this step took."""

    event: ClassVar[str] = "gradient_norm"
    lane: int
    step: int
    norm: float


@dataclass(frozen=True, slots=True)
class Monitored:
    """What one monitor (`optim_viz.monitors`) read off a lane after a step.

    Attributes:
        monitor: its name.
        layer: name of the layer; "" for all together.
        value: NaN where it is not defined, such as the angle to a step of length 0.
        bound: what the value is compared with, NaN where there is nothing.
    """

    event: ClassVar[str] = "monitor"
    lane: int
    monitor: str
    layer: str
    step: int
    value: float
    bound: float


@dataclass(frozen=True, slots=True)
class LearningRate:
    """The learning rate that the update of this step took; told of runs in which a lane has a schedule."""

    event: ClassVar[str] = "learning_rate"
    lane: int
    step: int
    lr: float


@dataclass(frozen=True, slots=True)
class Epoch:
    """One lane finished one epoch.

    Attributes:
        step: updates made so far.
        train_loss: mean of the epoch's training losses, each batch weighted by its size.
        test_loss: mean cross-entropy over the test examples.
        test_accuracy: 0 to 1.
        examples_per_second: training examples a second that every lane went through, evaluation not counted.
        penalty: the L2 term λ Σ w² at the end of the epoch.
    """

    event: ClassVar[str] = "epoch"
    lane: int
    epoch: int
    step: int
    train_loss: float
    test_loss: float
    test_accuracy: float
    examples_per_second: float
    penalty: float


@dataclass(frozen=True, slots=True)
class MidEpochTest:
    """A test within an epoch, over all test examples; the one at the epoch's end is part of `Epoch`.

    Attributes:
        step: updates made so far.
        test_loss: mean cross-entropy over the test examples.
        test_accuracy: 0 to 1.
    """

    event: ClassVar[str] = "test"
    lane: int
    epoch: int
    step: int
    test_loss: float
    test_accuracy: float


@dataclass(frozen=True, slots=True)
class Clock:
    """How long a lane has trained when it has made so many updates.

    Attributes:
        seconds: spent in its steps since the run began, over all its processes; tests and waiting are not counted.
    """

    event: ClassVar[str] = "clock"
    lane: int
    step: int
    seconds: float


@dataclass(frozen=True, slots=True)
class Memory:
    """Bytes in use after a step: of the CUDA device by this process, else of this process itself.

    Attributes:
        peak: the most so far.
    """

    event: ClassVar[str] = "memory"
    step: int
    used: int
    peak: int


@dataclass(frozen=True, slots=True)
class System:
    """What the training process takes of its machine; sampled some seconds apart.

    Attributes:
        step: updates made so far.
        seconds: trained so far, over all processes of the run.
        cpu: processor time since the sample before, in per cent of one core: 200 is two cores.
        memory: bytes of it that lie in RAM.
        gpu_memory: bytes that torch has allocated on the GPU; None where it trains elsewhere.
        gpu_utilisation: share of the last moment in which the GPU was at work, in per cent; None where that is unknown.
    """

    event: ClassVar[str] = "system"
    step: int
    seconds: float
    cpu: float
    memory: int
    gpu_memory: int | None
    gpu_utilisation: float | None
