"""One comparison: which lanes train which network on which data, and for how long. Validated, and JSON both ways."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final, cast

import numpy as np

from optim_viz import datasets, models
from optim_viz.comparison.lanes import lane_texts, require_trainable
from optim_viz.comparison.settings import settings
from optim_viz.datasets import Dataset
from optim_viz.models import Model, Option
from optim_viz.scenario import MAX_LANES, Lane, lane_titles, parse_lane
from optim_viz.scenario.problem import shown

LOSS_POINTS: Final = 10_000
"""A lane keeps at most this many training losses (and the last one)."""
RECORDS: Final = 400
"""A lane's state is looked into at most this often when `record_every` is left to us."""
STOP_ABOVE: Final = Option(
    "stop_above",
    "Stop above",
    "A run ends early when its loss is not finite, or at an epoch's end above so many times that of guessing.",
    "number",
    1.5,
    0.01,
    1000.0,
)
"""How a person sets `TrainingSpec.stop_above`, where runs may be stopped early."""
_FIELDS: Final = (
    "dataset", "model", "l2", "epochs", "batch_size", "seed", "tests_per_epoch", "device", "examples", "record",
    "record_every", "sharpness", "sharpness_examples", "stop_above",
)  # fmt: skip


@dataclass(frozen=True)
class TrainingSpec:
    """Lanes that share network, initial weights and batch order.

    Attributes:
        lanes: one to eight optimizers, each one that torch.optim has, or an outside class; a lane may have a schedule.
        dataset: a name of `optim_viz.datasets`.
        model: a name of `optim_viz.models`.
        options: every option of the model, by name; those not given take the model's defaults.
        l2: λ of the term λ Σ w² added to the loss (weights only, not biases), 0 to 1. It is kept apart from an
            optimizer's `weight_decay`: Adam divides this term's gradient, AdamW's decoupled decay it does not touch.
        epochs: passes over the training examples, 1 to 1000.
        batch_size: 1 to the number of examples; the last batch of an epoch is short where they do not divide.
        seed: of initial weights and batch order, 0 to 2³² - 1.
        tests_per_epoch: evaluations on all test examples in each epoch, evenly spaced, the last at its end; 1 to 100.
        device: "auto" takes CUDA, then MPS, then the CPU.
        examples: train on the first so many of the data set only; None takes all.
        record: look into the optimizers' states (quantiles, histogram, norms, monitors). Losses are always kept.
        sharpness: how often in the run the monitors that take the Hessian are sampled, evenly from the first step to
            the last; 0 to 1000. They are recorded with the rest: not where `record` is False.
        sharpness_examples: examples whose mean loss they take, drawn without replacement by NumPy's
            default_rng([seed, 0, 1]); None takes 512, or all where there are fewer.
        record_every: steps between two such looks; None chooses a spacing whose cost stays below a tenth of the run.
        stop_above: the run ends early once every lane is hopeless (`comparison.hopeless`): its loss not finite, or at
            an epoch's end above so many times that of guessing, 0.01 to 1000; None never stops it.

    Raises:
        ValueError: a field out of range, a model that cannot take the data set's examples, or a lane that torch.optim
            cannot run; the message names it.
    """

    lanes: tuple[Lane, ...]
    dataset: str = "mnist"
    model: str = "mlp"
    options: Mapping[str, Any] = field(default_factory=dict[str, Any])
    l2: float = 0.0
    epochs: int = 1
    batch_size: int = 128
    seed: int = 0
    tests_per_epoch: int = 4
    device: str = "auto"
    examples: int | None = None
    record: bool = True
    record_every: int | None = None
    sharpness: int = 0
    sharpness_examples: int | None = None
    stop_above: float | None = None

    def __post_init__(self) -> None:
        """Check every field and every lane."""
        set_field = object.__setattr__
        lanes = tuple(self.lanes)
        if not 1 <= len(lanes) <= MAX_LANES:
            raise ValueError(f"a comparison has 1 to {MAX_LANES} lanes, not {len(lanes)}")
        for lane in lanes:
            require_trainable(lane)
        set_field(self, "lanes", lanes)
        declared = {each.name: each for each in settings(self.dataset, self.model)}
        for name in ("l2", "epochs", "batch_size", "seed", "tests_per_epoch", "device", "sharpness"):
            set_field(self, name, declared[name].check(getattr(self, name)))
        for name in ("examples", "sharpness_examples"):
            if getattr(self, name) is not None:
                set_field(self, name, declared[name].check(getattr(self, name)))
        if self.batch_size > self.n_examples:
            raise ValueError(f"batch_size must be a whole number from 1 to {self.n_examples}, not {self.batch_size}")
        if not isinstance(self.record, bool):  # pyright: ignore[reportUnnecessaryIsInstance] - it may come from JSON
            raise ValueError(f"record must be true or false, not {shown(self.record)}")
        every = self.record_every
        if every is not None and (isinstance(every, bool) or not isinstance(every, int) or not 1 <= every <= 10**9):  # pyright: ignore[reportUnnecessaryIsInstance]
            raise ValueError(f"record_every must be a whole number from 1 to 1000000000, not {shown(every)}")
        if self.stop_above is not None:
            set_field(self, "stop_above", STOP_ABOVE.check(self.stop_above))
        set_field(self, "options", self.network.complete(self.options))
        self.network.layers(self.options, self.data.input_shape, self.data.classes)  # raises where they do not fit

    @property
    def data(self) -> Dataset:
        """The data set."""
        return datasets.get(self.dataset)

    @property
    def network(self) -> Model:
        """The model that `options` are of."""
        return models.get(self.model)

    @property
    def n_parameters(self) -> int:
        """Weights and biases together, of one lane's network."""
        return self.network.n_parameters(self.options, self.data.input_shape, self.data.classes)

    @property
    def work(self) -> int:
        """Multiplications and additions of one lane's step, all examples of a batch together."""
        return self.network.work(self.options, self.data.input_shape, self.data.classes) * self.batch_size

    @property
    def layers(self) -> tuple[str, ...]:
        """Names of the layers, as `Quantiles.layer` gives them: a layer is its weights and biases together."""
        return self.network.layers(self.options, self.data.input_shape, self.data.classes)

    @property
    def n_examples(self) -> int:
        """Training examples of one epoch."""
        return self.data.train_count if self.examples is None else self.examples

    @property
    def n_sharpness_examples(self) -> int:
        """Examples of the subset that the Hessian and other tries of the network are worked out on."""
        default = settings(self.dataset, self.model)
        wanted = self.sharpness_examples or next(each.default for each in default if each.name == "sharpness_examples")
        return min(int(wanted), self.n_examples)

    @property
    def steps_per_epoch(self) -> int:
        """Batches of one epoch, the short last one included."""
        return math.ceil(self.n_examples / self.batch_size)

    @property
    def test_steps(self) -> tuple[int, ...]:
        """After which steps of an epoch the lanes are tested; the last is the epoch's end."""
        steps, tests = self.steps_per_epoch, self.tests_per_epoch
        return tuple(sorted({max(1, round(number * steps / tests)) for number in range(1, tests + 1)}))

    @property
    def total_steps(self) -> int:
        """Steps of the whole run, for each lane."""
        return self.steps_per_epoch * self.epochs

    def record_spacing(self, device: str) -> int:
        """Return the number of steps between two records: `record_every`, else one that costs below a tenth of the run.

        On two cores a record of Adam costs, with its monitors, as much as ten steps at batch size 128, and some times
        that at batch size 1 (and on a GPU, where a step is short); some hundreds are enough for any run.

        Args:
            device: type of the device that trains, such as "cpu".
        """
        if self.record_every is not None:
            return self.record_every
        spacing = max(1, 20_000 // (self.batch_size + 40)) * (1 if device == "cpu" else 4)
        return max(spacing, math.ceil(self.total_steps / RECORDS))

    def record_steps(self, device: str) -> int:
        """Return after how many steps the state is recorded: multiples of the spacing, the first step and the last."""
        if not self.record:
            return 0
        spacing, total = self.record_spacing(device), self.total_steps
        return total // spacing + (spacing > 1) + (total % spacing != 0 and total > 1)

    @property
    def sharpness_steps(self) -> frozenset[int]:
        """After which steps the monitors that take the Hessian are sampled."""
        spaced = np.linspace(1, self.total_steps, self.sharpness if self.record else 0)
        return frozenset(spaced.round().astype(int).tolist())

    @property
    def has_schedule(self) -> bool:
        """Whether the learning rate of any lane changes over the run."""
        return any(lane.schedule is not None for lane in self.lanes)

    def titles(self) -> tuple[str, ...]:
        """Title of every lane as the lab writes it, by what tells lanes apart: "Adam lr 0.1", "Adam lr 0.3", "SGD"."""
        return lane_titles(self.lanes)

    def to_dict(self) -> dict[str, Any]:
        """Return plain JSON values; lanes are written as in a link, and the model's options stand beside the rest."""
        options: dict[str, Any] = {}
        for name, value in self.options.items():
            options[name] = list(cast("tuple[int, ...]", value)) if isinstance(value, tuple) else value
        rest = {name: getattr(self, name) for name in _FIELDS}
        return {"lanes": lane_texts(self.lanes)} | options | rest

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> TrainingSpec:
        """Read what `to_dict` wrote; keys that are missing take their defaults, so older specs stay valid.

        Raises:
            ValueError: a value that is not understood or out of range, or an unknown key.
        """
        rest = dict(values)
        lanes = rest.pop("lanes", None)
        if not isinstance(lanes, list | tuple):
            raise ValueError("lanes must be a list of lanes such as 'adam,lr=0.001'")
        fields = {name: rest.pop(name) for name in _FIELDS if name in rest}
        model = models.get(str(fields.get("model", cls.model)))
        options = {option.name: rest.pop(option.name) for option in model.options if option.name in rest}
        if rest:
            known = ", ".join(("lanes", *(option.name for option in model.options), *_FIELDS))
            raise ValueError(f"unknown key {shown(next(iter(rest)))}; known: {known}")
        parsed: list[Lane] = []
        for text in cast("list[object]", lanes):
            parsed.append(parse_lane(str(text), parsed))
        return cls(lanes=tuple(parsed), options=options, **fields)


def network_of(spec: Mapping[str, Any]) -> dict[str, Any]:
    """Return what of `TrainingSpec.to_dict` says which network learns which examples, and not how it is trained."""
    how = set(_FIELDS) - {"dataset", "model", "examples"} | {"lanes"}
    return {name: value for name, value in spec.items() if name not in how}
