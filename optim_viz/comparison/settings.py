"""What a comparison trains besides its lanes: each setting declared once, for spec, form, link and command line.

The settings depend on two of them: the data set bounds the number of examples, and the model brings options of its own.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from optim_viz import datasets, models
from optim_viz.models import Option
from optim_viz.scenario import MAX_SEED
from optim_viz.scenario.problem import Problem, shown

MAX_EPOCHS: Final = 1000
MAX_SHARPNESS: Final = 1000
DEVICES: Final = ("auto", "cuda", "mps", "cpu")
SET_BY_SWEEP: Final = ("batch_size", "seed", "tests_per_epoch", "sharpness", "sharpness_examples")
"""Settings that a sweep has its own of, or none: it tests at the ends of epochs."""
Settings = dict[str, Any]
"""A value for every setting, by name, in the order of `settings`."""


def settings(dataset: str, model: str) -> tuple[Option, ...]:
    """Declare the settings of a comparison on a data set with a model, in the order of the form.

    Raises:
        ValueError: there is no such data set or model; the message lists the known ones.
    """
    count = datasets.get(dataset).train_count
    return (
        _choice("dataset", "Data set", "Examples to learn from, and others to test with.", datasets.names()),
        _choice("model", "Model", "The network that every optimizer trains.", models.names()),
        *models.get(model).options,
        Option(
            "l2",
            "L2 (λ)",
            "λ of the term λ·Σw² added to the loss, 0 to 1; weights only. It is not an optimizer's weight decay.",
            "number",
            0.0,
            0.0,
            1.0,
        ),
        Option("epochs", "Epochs", "Passes over the training examples.", "whole", 1, 1, MAX_EPOCHS),
        Option("batch_size", "Batch size", "Examples a step.", "whole", min(128, count), 1, count),
        Option("seed", "Seed", "Of initial weights and batch order, the same for every lane.", "whole", 0, 0, MAX_SEED),
        Option(
            "tests_per_epoch",
            "Tests an epoch",
            "How often each epoch the network is evaluated on all test examples; the last time is at the epoch's end.",
            "whole",
            4,
            1,
            100,
        ),
        Option(
            "sharpness",
            "Sharpness",
            "How often in the run the largest eigenvalue of the Hessian is measured, against the limit of the learning "
            "rate. 0 is never: each time takes as long as hundreds of steps.",
            "whole",
            0,
            0,
            MAX_SHARPNESS,
        ),
        Option(
            "sharpness_examples",
            "Sharpness examples",
            "On so many training examples, drawn once with the seed.",
            "whole",
            min(512, count),
            1,
            count,
            beside="sharpness",
        ),
        Option("examples", "Training examples", "Train on the first so many only.", "whole", count, 1, count),
        Option("device", "Device", "auto takes CUDA, then MPS, then the CPU.", "choice", "auto", choices=DEVICES),
    )


def defaults(dataset: str | None = None, model: str | None = None) -> Settings:
    """Return every setting at its default, for a data set and a model; None takes the first of the registry."""
    chosen = {"dataset": dataset or datasets.names()[0], "model": model or models.names()[0]}
    return {each.name: each.default for each in settings(chosen["dataset"], chosen["model"])} | chosen


def read(texts: Mapping[str, str]) -> tuple[Settings, tuple[Problem, ...]]:
    """Read settings as a link or a form writes them.

    Args:
        texts: some settings, by name; those missing are at their defaults.

    Returns:
        The settings, and what was wrong: a bad value is at its default and reported, and so is one that the chosen
        model does not have.
    """
    problems: list[Problem] = []
    chosen: dict[str, str | None] = {"dataset": None, "model": None}
    for name, registry in (("dataset", datasets.names()), ("model", models.names())):
        if texts.get(name) in registry:
            chosen[name] = texts[name]
        elif name in texts:
            known = ", ".join(registry)
            problems.append(Problem(name, f"{name} must be one of {known}, not {shown(texts[name])}"))
    values = defaults(chosen["dataset"], chosen["model"])
    declared = {each.name: each for each in settings(values["dataset"], values["model"])}
    for name, text in texts.items():
        if name in declared and name not in chosen:
            try:
                values[name] = declared[name].parse(text)
            except ValueError as error:
                problems.append(Problem(name, str(error)))
        elif name in option_names():
            problems.append(Problem(name, f"model {values['model']} has no option {name}; it is left out"))
    return values, tuple(problems)


def parse(texts: Mapping[str, str]) -> Settings:
    """Return settings as the command line writes them; those missing are at their defaults.

    Raises:
        ValueError: the first thing that is wrong; the message names it.
    """
    values, problems = read(texts)
    for problem in (*problems, *check(values)):
        raise ValueError(str(problem))
    return values


def of_spec(spec: Mapping[str, Any]) -> Settings:
    """Return the settings of a run's spec; what it lacks, or what this version would refuse, is at its default."""
    texts = {name: _text(value) for name, value in spec.items() if value is not None and name != "lanes"}
    return read(texts)[0]


def check(values: Settings) -> tuple[Problem, ...]:
    """Return what does not fit together: a batch larger than what there is to train on, a model its data."""
    problems: list[Problem] = []
    if values["batch_size"] > values["examples"]:
        message = f"a batch of {values['batch_size']:,} does not fit into {values['examples']:,} training examples"
        problems.append(Problem("batch_size", message))
    try:
        n_parameters(values)
    except ValueError as error:
        problems.append(Problem("model", str(error)))
    return tuple(problems)


def link_part(values: Settings) -> dict[str, str]:
    """Return what a link has to say: the settings that are not at their defaults."""
    usual = defaults(values["dataset"], values["model"])
    first = defaults()
    usual |= {"dataset": first["dataset"], "model": first["model"]}
    declared = settings(values["dataset"], values["model"])
    return {each.name: each.text(values[each.name]) for each in declared if values[each.name] != usual[each.name]}


def spec_part(values: Settings) -> dict[str, Any]:
    """Return the settings as `TrainingSpec.from_dict` takes them; all examples are None."""
    examples = values["examples"]
    return values | {"examples": None if examples == datasets.get(values["dataset"]).train_count else examples}


def n_parameters(values: Settings) -> int:
    """Return how many weights and biases the network has.

    Raises:
        ValueError: the model cannot take examples of this shape.
    """
    dataset, model = datasets.get(values["dataset"]), models.get(values["model"])
    options = {option.name: values[option.name] for option in model.options}
    return model.n_parameters(options, dataset.input_shape, dataset.classes)


def every_setting() -> tuple[Option, ...]:
    """Return the settings of every comparison there can be, each name once: what the command line takes."""
    found = {each.name: each for each in settings(datasets.names()[0], models.names()[0])}
    for name in models.names():
        found |= {each.name: each for each in models.get(name).options if each.name not in found}
    return tuple(found.values())


def option_names() -> tuple[str, ...]:
    """Name the options of all models, each once, in the order of the registry."""
    return tuple(dict.fromkeys(option.name for name in models.names() for option in models.get(name).options))


def with_choice(values: Settings, name: str, chosen: str) -> Settings:
    """Return the settings after another data set or model was chosen: what both know stays, the rest is at its default.

    Args:
        values: settings before.
        name: "dataset" or "model".
        chosen: the new one.
    """
    before = {each: text for each, text in link_part(values).items() if each not in ("dataset", "model")}
    both = {"dataset": values["dataset"], "model": values["model"]} | {name: chosen}
    return read(before | both)[0]


def with_preset(values: Settings, preset: Mapping[str, str]) -> Settings:
    """Return the settings with a preset's model, its options, L2 term and sharpness; the rest stays as it was.

    Args:
        values: settings before.
        preset: as in a link; what it does not name of these is at its default.
    """
    replaced = ("model", "l2", "sharpness", "sharpness_examples", *option_names())
    return read({name: text for name, text in link_part(values).items() if name not in replaced} | dict(preset))[0]


def _choice(name: str, title: str, help_text: str, names: Sequence[str]) -> Option:
    return Option(name, title, help_text, "choice", names[0], choices=tuple(names))


def _text(value: object) -> str:
    if isinstance(value, list | tuple):
        return ",".join(map(str, value)) or "none"  # pyright: ignore[reportUnknownArgumentType] - from JSON
    return repr(value) if isinstance(value, float) else str(value)
