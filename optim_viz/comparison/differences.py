"""What sets lanes and runs apart: their names beside each other, and the table of a comparison."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from types import MappingProxyType
from typing import Any, Final

from optim_viz import datasets, models
from optim_viz.comparison import settings
from optim_viz.comparison.lanes import schedule_text, short_value
from optim_viz.scenario import Lane, numbered, parse_lane

_UNTOLD: Final = ("device", "tests_per_epoch")
"""Settings that change no curve."""


@dataclass(frozen=True)
class Compared:
    """One lane among those compared.

    Attributes:
        run: number of its run.
        text: the lane as in a link.
        spec: of its run.
    """

    run: int
    text: str
    spec: Mapping[str, Any]


@dataclass(frozen=True)
class Differences:
    """What is the same in all lanes compared, and what is not.

    Attributes:
        titles: a name for each lane, no two the same.
        columns: what differs besides the optimizer: its heading, and a text for each lane, "–" where a lane lacks it.
        shared: what all have: heading -> text; what is off or 0 is left out.
    """

    titles: tuple[str, ...]
    columns: Mapping[str, tuple[str, ...]]
    shared: Mapping[str, str]


def differences(lanes: Sequence[Compared]) -> Differences:
    """Return what sets lanes apart.

    A hyperparameter counts as different where two lanes that have it have it at different values: that SGD has no beta2
    is said by its name.
    """
    facts = [_facts(lane) for lane in lanes]
    columns: dict[str, tuple[str, ...]] = {}
    shared: dict[str, str] = {}
    for name in dict.fromkeys(name for each in facts for name in each):
        had = {each[name] for each in facts if name in each}
        if len(had) > 1:
            columns[name] = tuple(each.get(name, "–") for each in facts)
        elif all(name in each for each in facts) and not had & {"0", "off"}:
            shared[name] = had.pop()
    titles = [_title(each, facts, columns) for each in facts]
    counted = Counter(titles)
    named = [
        title if counted[title] == 1 else f"{title}, run {lane.run}" for title, lane in zip(titles, lanes, strict=True)
    ]
    columns.pop("optimizer", None)
    return Differences(numbered(named), columns, shared)


def named_apart(names: Sequence[str], specs: Sequence[Mapping[str, Any]]) -> tuple[str, ...]:
    """Return names of runs; those that have the same one with the settings in which they differ: "Adam, seed 1"."""
    told = [_settings_once(json.dumps(dict(spec))) for spec in specs]
    values: dict[tuple[str, str], set[str]] = {}
    counts = Counter(names)
    held: Counter[tuple[str, str]] = Counter()
    for name, own in zip(names, told, strict=True):
        for key, value in own.items():
            values.setdefault((name, key), set()).add(value)
            held[name, key] += 1
    return tuple(
        ", ".join(
            [name]
            + [
                f"{_low(key)} {value}"
                for key, value in own.items()
                if len(values[name, key]) > 1 or held[name, key] < counts[name]  # another one lacks it
            ]
        )
        for name, own in zip(names, told, strict=True)
    )


def _title(own: Mapping[str, str], facts: Sequence[Mapping[str, str]], columns: Mapping[str, tuple[str, ...]]) -> str:
    """Name a lane by its optimizer and what sets it apart from the others of the same one."""
    same = [each for each in facts if each["optimizer"] == own["optimizer"]]
    parts = [
        f"{_low(name)} {own[name]}" for name in columns if name in own and len({each.get(name) for each in same}) > 1
    ]
    return f"{own['optimizer']} {', '.join(parts)}".strip()


def _low(title: str) -> str:
    """Return a heading as it stands in a sentence: "Batch size" becomes "batch size", "L2 (λ)" stays."""
    return title[:1].lower() + title[1:] if title[1:2].islower() else title


def _facts(lane: Compared) -> dict[str, str]:
    """Return everything that makes a lane what it is, as words."""
    found = {"optimizer": _optimizer(lane.text)}
    parsed = _parsed(lane.text)
    if parsed is not None:
        for each in parsed.rule.hyperparameters:
            found[each.short] = short_value(parsed.hyperparameters[each.name])
        found["Schedule"] = "off" if parsed.schedule is None else schedule_text(parsed.schedule)
    return found | _settings(lane.spec)


@lru_cache(maxsize=4096)
def _settings_once(spec: str) -> Mapping[str, str]:
    """Return what `_settings` does; worked out once for many runs that are drawn again and again. spec is JSON."""
    return MappingProxyType(_settings(json.loads(spec)))


def _settings(spec: Mapping[str, Any]) -> dict[str, str]:
    values = settings.of_spec(spec)
    found: dict[str, str] = {}
    for option in settings.settings(values["dataset"], values["model"]):
        if option.name not in _UNTOLD:
            found[option.title] = option.text(values[option.name])
    found["Data set"] = datasets.get(values["dataset"]).title
    found["Model"] = models.get(values["model"]).title
    return found


def _parsed(text: str) -> Lane | None:
    try:
        return parse_lane(text)
    except ValueError:
        return None


def _optimizer(text: str) -> str:
    parsed = _parsed(text)
    return text.split(",")[0] if parsed is None else parsed.rule.title
