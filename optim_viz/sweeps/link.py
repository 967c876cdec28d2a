"""Reading a sweep from a link, and the sweep of a first visit."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import Any, Final

from optim_viz.comparison import settings
from optim_viz.comparison.lanes import trainable_names
from optim_viz.comparison.settings import SET_BY_SWEEP, Settings
from optim_viz.comparison.spec import STOP_ABOVE
from optim_viz.models import Option
from optim_viz.scenario import Lane
from optim_viz.scenario.problem import shown
from optim_viz.sweeps.plan import MOST_RUNS, LogRange, Sweep

DATASET: Final = "digits"
"""The data set unless another is chosen, where it is there: it needs no download, and a run takes a moment."""


def usual() -> Sweep:
    """Return the sweep of a first visit."""
    names = settings.datasets.names()
    values = settings.defaults(DATASET if DATASET in names else names[0])
    known = [name for name in ("sgd", "adam") if name in sweepable_names()]
    return Sweep(tuple(known or sweepable_names()[:2]), LogRange(1e-4, 1.0, 5), (32,), (0, 1), values)


def sweepable_names() -> tuple[str, ...]:
    """Name the optimizers that a sweep can have: those that train and have a learning rate."""
    return tuple(name for name in trainable_names() if "lr" in Lane(name).hyperparameters)


def read(query: Mapping[str, Sequence[str]]) -> tuple[Sweep, list[str]]:
    """Read a link: what it lacks, and what cannot be used, is as on a first visit, and the latter is reported."""
    problems: list[str] = []
    found = usual()
    texts = {name: str(values[-1]) for name, values in query.items() if values}
    texts.setdefault("dataset", found.settings["dataset"])
    values, wrong = settings.read({name: text for name, text in texts.items() if name not in SET_BY_SWEEP})
    problems += map(str, wrong)
    together = settings.check(values | {"batch_size": 1})
    problems += map(str, together)
    if not together:
        found = _with(found, problems, settings=values, batch_sizes=(min(32, values["examples"]),))
    if query.get("optimizer"):
        found = _with(found, problems, optimizers=tuple(map(str, query["optimizer"])))
    for name, field, parse in (
        ("lr", "lr", LogRange.parse),
        ("batches", "batch_sizes", partial(_wholes, such_as="32,128")),
        ("seeds", "seeds", partial(_wholes, such_as="0,1,2 or 0-4")),
        ("stop", "stop_above", _stop),
    ):
        if name in texts:
            try:
                value = parse(texts[name])
            except ValueError as error:
                problems.append(f"{name}: {error}")
            else:
                found = _with(found, problems, **{field: value})
    return found, problems


def _with(sweep: Sweep, problems: list[str], **changes: Any) -> Sweep:
    try:
        return replace(sweep, **changes)
    except ValueError as error:
        problems.append(str(error))
        return sweep


def _wholes(text: str, such_as: str) -> tuple[int, ...]:
    """Read "32,128", or "0-4" for 0 to 4."""
    found: list[int] = []
    for part in text.replace(" ", "").split(","):
        first, dash, last = part.partition("-")
        if not all(
            each.isascii() and each.isdigit() and len(each) < 12 for each in ([first, last] if dash else [first])
        ):
            raise ValueError(f"whole numbers with commas between, such as {such_as}, not {shown(text)}")
        if dash and not int(first) <= int(last) < int(first) + MOST_RUNS:
            raise ValueError(f"{shown(part)} is no range of at most {MOST_RUNS} numbers")
        found += range(int(first), int(last) + 1) if dash else [int(first)]
        if len(found) > MOST_RUNS:
            raise ValueError(f"{shown(text)} are more than {MOST_RUNS:,} numbers")
    return tuple(found)


def _stop(text: str) -> float | None:
    return None if text == "off" else STOP_ABOVE.parse(text)


def with_setting(plan: Sweep, option: Option, text: str) -> Sweep:
    """Return a sweep with one of its settings as a person typed it.

    Raises:
        ValueError: it is not understood, out of range, or the rest of the sweep does not go with it.
    """
    values: Settings = settings.defaults(plan.settings["dataset"], plan.settings["model"]) | dict(plan.settings)
    if option.name in ("dataset", "model"):
        values = settings.with_choice(values, option.name, text)
    else:
        values[option.name] = option.parse(text)
    for problem in settings.check(values | {"batch_size": 1}):
        raise ValueError(str(problem))
    sizes = tuple(dict.fromkeys(min(size, values["examples"]) for size in plan.batch_sizes))
    return replace(plan, settings=values, batch_sizes=sizes)
