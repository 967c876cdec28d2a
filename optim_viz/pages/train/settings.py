"""What a comparison trains besides its lanes: each setting declared once, for form, link and command line."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, Final, Literal

from optim_viz.scenario import MAX_SEED
from optim_viz.scenario.problem import Problem, shown
from optim_viz.scenario.reader import Reader, number_text

ACTIVATIONS: Final = ("relu", "tanh", "sigmoid", "softplus")
DEVICES: Final = ("auto", "cpu", "cuda", "mps")
TRAIN_EXAMPLES: Final = 60_000
MAX_HIDDEN: Final = 8
MAX_WIDTH: Final = 4096
_PIXELS, _CLASSES = 784, 10

Value = str | int | float


@dataclass(frozen=True)
class Setting:
    """One setting.

    Attributes:
        name: its name in a link and, with "-" for "_", on the command line.
        label: what the form calls it.
        default: what it is when nobody says otherwise.
        kind: "whole", "number", "choice" or "widths".
        low: least number allowed.
        high: greatest number allowed.
        choices: of a choice.
        help: one sentence for a reader, "" where the label says it all.
    """

    name: str
    label: str
    default: Value
    kind: Literal["whole", "number", "choice", "widths"]
    help: str
    low: float = 0
    high: float = 0
    choices: tuple[str, ...] = ()

    def read(self, reader: Reader, raw: object, old: Value) -> Value:
        """Return what a stranger typed as a value, else report it and return the old value."""
        if self.kind == "widths":
            return _read_widths(reader, str(raw), str(old))
        if self.kind == "choice":
            return reader.choice(self.name, raw, str(old), self.choices)
        if self.kind == "whole":
            return reader.whole(self.name, raw, int(old), int(self.low), int(self.high))
        return reader.number(self.name, raw, float(old), self.low, self.high)

    def text(self, value: Value) -> str:
        """Return the value as a link and the command line write it."""
        return number_text(value) if isinstance(value, float) else str(value)


SETTINGS: Final = (
    Setting(
        "widths",
        "Hidden layers",
        "256,256",
        "widths",
        f"Units of each hidden layer, such as 256,256: at most {MAX_HIDDEN} layers of 1 to {MAX_WIDTH} units. "
        "“none” is logistic regression.",
    ),
    Setting("activation", "Activation", "relu", "choice", "", choices=ACTIVATIONS),
    Setting(
        "l2",
        "L2 (λ)",
        0.0,
        "number",
        "λ of the term λ·Σw² added to the loss, 0 to 1; weights only. It is not an optimizer's weight decay.",
        0.0,
        1.0,
    ),
    Setting("epochs", "Epochs", 1, "whole", "", 1, 1000),
    Setting("batch_size", "Batch size", 128, "whole", "", 1, TRAIN_EXAMPLES),
    Setting("seed", "Seed", 0, "whole", "Of initial weights and batch order, the same for every lane.", 0, MAX_SEED),
    Setting("examples", "Training images", TRAIN_EXAMPLES, "whole", "", 1, TRAIN_EXAMPLES),
    Setting("device", "Device", "auto", "choice", "auto takes CUDA, then MPS, then the CPU.", choices=DEVICES),
)

Settings = dict[str, Value]
DEFAULTS: Final[Mapping[str, Value]] = {setting.name: setting.default for setting in SETTINGS}


def read_settings(query: Mapping[str, Sequence[str]]) -> tuple[Settings, tuple[Problem, ...]]:
    """Read the settings of a link; a bad one keeps its default and is reported."""
    reader = Reader()
    settings = dict(DEFAULTS)
    for setting in SETTINGS:
        if query.get(setting.name):
            settings[setting.name] = setting.read(reader, query[setting.name][-1], setting.default)
    return settings, tuple(reader.problems)


def of_spec(spec: Mapping[str, Any]) -> Settings:
    """Return the settings of a run's spec; what it lacks, or what this version would refuse, is at its default."""
    known = {name: spec[name] for name in DEFAULTS if spec.get(name) is not None}
    if "widths" in known:
        known["widths"] = ",".join(map(str, known["widths"])) or "none"
    return read_settings({name: [str(value)] for name, value in known.items()})[0]


def check(settings: Settings) -> tuple[Problem, ...]:
    """Return what does not fit together: a batch larger than what there is to train on."""
    if int(settings["batch_size"]) <= int(settings["examples"]):
        return ()
    message = f"a batch of {settings['batch_size']:,} does not fit into {settings['examples']:,} training images"
    return (Problem("batch_size", message),)


def link_part(settings: Settings) -> dict[str, str]:
    """Return what a link has to say: the settings that are not at their defaults."""
    return {each.name: each.text(settings[each.name]) for each in SETTINGS if settings[each.name] != each.default}


def arguments(settings: Settings) -> list[str]:
    """Return the settings for `python -m optim_viz train`; all 60,000 images are what it takes when told nothing."""
    told = [each for each in SETTINGS if each.name != "examples" or settings["examples"] != TRAIN_EXAMPLES]
    return [f"--{each.name.replace('_', '-')}={each.text(settings[each.name])}" for each in told]


def widths(text: str) -> tuple[int, ...]:
    """Return the hidden layers that "256, 256" or "none" names.

    Raises:
        ValueError: anything else; the message says what is allowed.
    """
    if text.strip().lower() in ("", "none"):
        return ()
    parts = [part.strip() for part in text.split(",")]
    fine = len(parts) <= MAX_HIDDEN and all(
        part.isascii() and part.isdigit() and len(part) < 9 and 1 <= int(part) <= MAX_WIDTH for part in parts
    )
    if not fine:
        raise ValueError(
            f"hidden layers must be at most {MAX_HIDDEN} whole numbers from 1 to {MAX_WIDTH}, such as 256,256, "
            f"or none, not {shown(text)}"
        )
    return tuple(map(int, parts))


def n_parameters(settings: Settings) -> int:
    """Return how many weights and biases the network has."""
    sizes = (_PIXELS, *widths(str(settings["widths"])), _CLASSES)
    return sum(fan_in * fan_out + fan_out for fan_in, fan_out in pairwise(sizes))


def _read_widths(reader: Reader, raw: str, old: str) -> str:
    try:
        return ",".join(map(str, widths(raw))) or "none"
    except ValueError as error:
        reader.report("widths", str(error))
        return old
