"""The lanes of a comparison as they are edited: presets, lanes out of a link, and names that tell them apart."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from optim_viz import update_rules
from optim_viz.pages.train.settings import DEFAULTS, Settings
from optim_viz.scenario import MAX_LANES, Lane, Problem, format_lane, parse_lane
from optim_viz.scenario.lane import own_look


@dataclass(frozen=True)
class Preset:
    """A comparison to start from.

    Attributes:
        title: what its button says.
        lanes: as in a link.
        settings: those that are not at their defaults.
    """

    title: str
    lanes: tuple[str, ...]
    settings: tuple[tuple[str, str], ...] = ()

    def apply(self, settings: Settings) -> Settings:
        """Return the settings with the preset's network, the rest as it was."""
        return settings | {"widths": DEFAULTS["widths"], "l2": DEFAULTS["l2"]} | dict(self.settings)


PRESETS: Final = (
    Preset(
        "Five usual optimizers",
        ("sgd,lr=0.01", "momentum,lr=0.01", "adagrad,lr=0.01", "rmsprop,lr=0.001", "adam,lr=0.001"),
    ),
    Preset(
        "Adam at five learning rates", tuple(f"adam,lr={lr}" for lr in ("0.0001", "0.0003", "0.001", "0.003", "0.01"))
    ),
    Preset(
        "Logistic regression (Adam paper, 6.1)",
        ("nesterov,lr=0.01", "adagrad,lr=0.01", "adam,lr=0.001"),
        (("widths", "none"),),
    ),
)
TRAINABLE: Final = tuple(name for name in update_rules.names() if update_rules.get(name).torch_twin is not None)
"""The optimizers that torch.optim has too."""


def read_lanes(texts: Sequence[str]) -> tuple[tuple[Lane, ...], tuple[Problem, ...]]:
    """Read lanes as a link writes them; one that cannot be trained is left out and reported."""
    lanes: list[Lane] = []
    problems: list[Problem] = []
    for position, text in enumerate(texts[: MAX_LANES + 1]):
        if position == MAX_LANES:
            problems.append(Problem("lanes", f"at most {MAX_LANES} lanes fit; the first {MAX_LANES} are taken"))
            break
        try:
            lanes.append(trainable(parse_lane(text, lanes)))
        except ValueError as error:
            problems.append(Problem(f"lanes.{position}", f"lane {position + 1} is left out: {error}"))
    return tuple(lanes), tuple(problems)


def trainable(lane: Lane) -> Lane:
    """Return the lane.

    Raises:
        ValueError: torch.optim lacks the optimizer or an option that the lane sets.
    """
    if lane.optimizer not in TRAINABLE:
        raise ValueError(f"torch.optim has no {lane.rule.title}: it runs in the lab only")
    lane.rule.torch_kwargs(lane.hyperparameters)
    return lane


def choices(lane: Lane, name: str) -> tuple[bool, ...]:
    """Return which positions of a switch torch.optim knows."""
    found: list[bool] = []
    for value in (False, True):
        try:
            lane.rule.torch_kwargs({**lane.hyperparameters, name: value})
            found.append(value)
        except ValueError:
            continue
    return tuple(found)


def dressed(optimizer: str, others: Sequence[Lane]) -> Lane:
    """Return a lane with its rule's defaults and a look that none of the other lanes has."""
    colour, marker = own_look(optimizer, others)
    return Lane(optimizer, colour=colour, marker=marker)


def lane_texts(lanes: Sequence[Lane]) -> list[str]:
    """Write lanes as in a link."""
    return [format_lane(lane, lanes[:position]) for position, lane in enumerate(lanes)]


def numbered(lanes: Sequence[Lane]) -> tuple[str, ...]:
    """Name lanes as the lab does: "Adam", the second of a kind "Adam 2"."""
    seen: dict[str, int] = {}
    titles: list[str] = []
    for lane in lanes:
        count = seen[lane.optimizer] = seen.get(lane.optimizer, 0) + 1
        titles.append(lane.rule.title if count == 1 else f"{lane.rule.title} {count}")
    return tuple(titles)


def telling(lanes: Sequence[Lane]) -> tuple[str, ...]:
    """Name lanes by what tells them apart: "Adam" alone, else "Adam lr 0.001" by the values in which they differ."""
    titles: list[str] = []
    for lane, title in zip(lanes, numbered(lanes), strict=True):
        same = [other for other in lanes if other.optimizer == lane.optimizer]
        differing = [
            f"{each.name} {_short(lane.hyperparameters[each.name])}"
            for each in lane.rule.hyperparameters
            if len({other.hyperparameters[each.name] for other in same}) > 1
        ]
        titles.append(f"{lane.rule.title} {', '.join(differing)}" if differing else title)
    return tuple(titles) if len(set(titles)) == len(titles) else numbered(lanes)


def values_text(lane: Lane, *, without: Sequence[str] = ()) -> str:
    """Write the hyperparameters in short: "β₁ 0.9 · β₂ 0.999"; what is off, 0, or torch's only choice is left out."""
    told: list[str] = []
    for each in lane.rule.hyperparameters:
        value = lane.hyperparameters[each.name]
        if each.name in without or not value:
            continue
        if each.scale != "choice":
            told.append(f"{each.symbol} {_short(value)}")
        elif len(choices(lane, each.name)) > 1:
            told.append(each.symbol)
    return " · ".join(told)


def _short(value: float | bool) -> str:
    return ("on" if value else "off") if isinstance(value, bool) else f"{value:.4g}"
