"""What one comparison trains: the lanes, the network, and how long. Validated, JSON both ways, and free of torch."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final, cast

from optim_viz.scenario import MAX_LANES, MAX_SEED, Lane, format_lane, parse_lane

TRAIN_EXAMPLES: Final = 60_000
INPUTS: Final = 784
CLASSES: Final = 10
ACTIVATIONS: Final = ("relu", "tanh", "sigmoid", "softplus")
DEVICES: Final = ("auto", "cuda", "mps", "cpu")
MAX_EPOCHS: Final = 1000
MAX_HIDDEN: Final = 8
MAX_WIDTH: Final = 4096
LOSS_POINTS: Final = 10_000
"""A lane keeps at most this many training losses (and the last one)."""
RECORDS: Final = 400
"""A lane's state is looked into at most this often when `record_every` is left to us."""


@dataclass(frozen=True)
class ModelSpec:
    """A fully connected network from 784 pixels to 10 classes.

    Attributes:
        widths: units of each hidden layer, 1 to 4096 each, at most 8 layers; () is logistic regression.
        activation: of every hidden layer, one of `ACTIVATIONS`.
        l2: λ of the term λ Σ w² added to the loss (weights only, not biases), 0 to 1. It is kept apart from an
            optimizer's `weight_decay`: Adam divides this term's gradient, AdamW's decoupled decay it does not touch.

    Raises:
        ValueError: a field out of range; the message names it.
    """

    widths: tuple[int, ...] = (256, 256)
    activation: str = "relu"
    l2: float = 0.0

    def __post_init__(self) -> None:
        """Check every field."""
        widths = tuple(whole("widths", width, 1, MAX_WIDTH) for width in self.widths)
        if len(widths) > MAX_HIDDEN:
            raise ValueError(f"widths may name at most {MAX_HIDDEN} hidden layers, not {len(widths)}")
        one_of("activation", self.activation, ACTIVATIONS)
        object.__setattr__(self, "widths", widths)
        object.__setattr__(self, "l2", number("l2", self.l2, 0.0, 1.0))

    @property
    def sizes(self) -> tuple[int, ...]:
        """Units of every layer, input and output included."""
        return (INPUTS, *self.widths, CLASSES)

    @property
    def n_parameters(self) -> int:
        """Weights and biases together."""
        return sum(fan_in * fan_out + fan_out for fan_in, fan_out in zip(self.sizes, self.sizes[1:], strict=False))

    @property
    def layers(self) -> tuple[str, ...]:
        """Names of the layers as `Quantiles.layer` gives them: a layer is its weights and biases together."""
        return tuple(f"layer {index + 1}" for index in range(len(self.widths) + 1))


@dataclass(frozen=True)
class TrainingSpec:
    """One comparison: lanes that share initial weights and batch order.

    Attributes:
        lanes: one to eight optimizers, each one that torch.optim has.
        model: the network of every lane.
        epochs: passes over the training examples, 1 to 1000.
        batch_size: 1 to the number of examples; the last batch of an epoch is short where they do not divide.
        seed: of initial weights and batch order, 0 to 2³² - 1.
        device: "auto" takes CUDA, then MPS, then the CPU.
        examples: train on the first so many of the 60,000 only; None takes all.
        record: look into the optimizers' states (quantiles, histogram, gradient norm). Losses are always kept.
        record_every: steps between two such looks; None chooses a spacing whose cost stays below a tenth of the run.

    Raises:
        ValueError: a field out of range, or a lane that torch.optim cannot run; the message names it.
    """

    lanes: tuple[Lane, ...]
    model: ModelSpec = field(default_factory=ModelSpec)
    epochs: int = 1
    batch_size: int = 128
    seed: int = 0
    device: str = "auto"
    examples: int | None = None
    record: bool = True
    record_every: int | None = None

    def __post_init__(self) -> None:
        """Check every field and every lane."""
        lanes = tuple(self.lanes)
        if not 1 <= len(lanes) <= MAX_LANES:
            raise ValueError(f"a comparison has 1 to {MAX_LANES} lanes, not {len(lanes)}")
        for lane in lanes:
            torch_optimizer(lane)
        set_field = object.__setattr__
        set_field(self, "lanes", lanes)
        set_field(self, "epochs", whole("epochs", self.epochs, 1, MAX_EPOCHS))
        if self.examples is not None:
            set_field(self, "examples", whole("examples", self.examples, 1, TRAIN_EXAMPLES))
        set_field(self, "batch_size", whole("batch_size", self.batch_size, 1, self.n_examples))
        set_field(self, "seed", whole("seed", self.seed, 0, MAX_SEED))
        one_of("device", self.device, DEVICES)
        if not isinstance(self.record, bool):  # pyright: ignore[reportUnnecessaryIsInstance] - it may come from JSON
            raise ValueError(f"record must be true or false, not {self.record!r}")
        if self.record_every is not None:
            set_field(self, "record_every", whole("record_every", self.record_every, 1, 10**9))

    @property
    def n_examples(self) -> int:
        """Training examples of one epoch."""
        return TRAIN_EXAMPLES if self.examples is None else self.examples

    @property
    def steps_per_epoch(self) -> int:
        """Batches of one epoch, the short last one included."""
        return math.ceil(self.n_examples / self.batch_size)

    @property
    def total_steps(self) -> int:
        """Steps of the whole run, for each lane."""
        return self.steps_per_epoch * self.epochs

    def titles(self) -> tuple[str, ...]:
        """Title of every lane as the lab writes it: "Adam", the second of a kind "Adam 2"."""
        seen: dict[str, int] = {}
        titles: list[str] = []
        for lane in self.lanes:
            count = seen[lane.optimizer] = seen.get(lane.optimizer, 0) + 1
            titles.append(lane.rule.title if count == 1 else f"{lane.rule.title} {count}")
        return tuple(titles)

    def to_dict(self) -> dict[str, Any]:
        """Return plain JSON values; lanes are written as in a link."""
        return {
            "lanes": [format_lane(lane, self.lanes[:position]) for position, lane in enumerate(self.lanes)],
            "widths": list(self.model.widths),
            "activation": self.model.activation,
            "l2": self.model.l2,
            "epochs": self.epochs,
            "batch_size": self.batch_size,
            "seed": self.seed,
            "device": self.device,
            "examples": self.examples,
            "record": self.record,
            "record_every": self.record_every,
        }

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> TrainingSpec:
        """Read what `to_dict` wrote; keys that are missing take their defaults.

        Raises:
            ValueError: a value that is not understood or out of range, or an unknown key.
        """
        rest = dict(values)
        lanes = rest.pop("lanes", None)
        if not isinstance(lanes, list | tuple):
            raise ValueError("lanes must be a list of lanes such as 'adam,lr=0.001'")
        texts = cast("list[object]", lanes)
        model = {key: rest.pop(key) for key in ("widths", "activation", "l2") if key in rest}
        if not isinstance(model.get("widths", ()), list | tuple):
            raise ValueError(f"widths must be a list of whole numbers, not {model['widths']!r}")
        known = ("epochs", "batch_size", "seed", "device", "examples", "record", "record_every")
        unknown = [key for key in rest if key not in known]
        if unknown:
            raise ValueError(f"unknown key {unknown[0]!r}; known: lanes, widths, activation, l2, {', '.join(known)}")
        parsed: list[Lane] = []
        for text in texts:
            parsed.append(parse_lane(str(text), parsed))
        return cls(lanes=tuple(parsed), model=ModelSpec(**model), **rest)


def torch_optimizer(lane: Lane) -> tuple[str, dict[str, Any]]:
    """Return which class of torch.optim runs a lane, and with which arguments.

    Raises:
        ValueError: torch.optim has no such class, or lacks an option that the lane sets.
    """
    rule = lane.rule
    if rule.torch_twin is None:
        raise ValueError(f"torch.optim has no {rule.title}: it runs in the lab only")
    return rule.torch_twin, rule.torch_kwargs(lane.hyperparameters)


def whole(name: str, value: object, low: int, high: int) -> int:
    """Return `value` as an int within [low, high]; ValueError otherwise."""
    if isinstance(value, bool) or not isinstance(value, int | float) or value != value or not low <= value <= high:
        raise ValueError(f"{name} must be a whole number from {low} to {high}, not {value!r}")
    if value != int(value):
        raise ValueError(f"{name} must be a whole number from {low} to {high}, not {value!r}")
    return int(value)


def number(name: str, value: object, low: float, high: float) -> float:
    """Return `value` as a float within [low, high]; ValueError otherwise."""
    if isinstance(value, bool) or not isinstance(value, int | float) or not low <= value <= high:
        raise ValueError(f"{name} must be a number from {low:g} to {high:g}, not {value!r}")
    return float(value)


def one_of(name: str, value: object, allowed: tuple[str, ...]) -> None:
    """Raise ValueError unless `value` is one of the allowed words."""
    if value not in allowed:
        raise ValueError(f"{name} must be one of {', '.join(allowed)}, not {value!r}")
