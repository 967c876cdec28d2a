"""The lanes of a comparison: which optimizers can be trained, lanes as text, presets, names that tell lanes apart."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final

from optim_viz import datasets, models, outside, update_rules
from optim_viz.comparison.events import QUANTITIES
from optim_viz.outside import OutsideRule
from optim_viz.outside.arguments import as_given
from optim_viz.scenario import COLOURS, MAX_LANES, Lane, Problem, format_lane, lane_titles, parse_lane
from optim_viz.scenario.lane import own_look
from optim_viz.schedules import Schedule
from optim_viz.update_rules import MARKERS


@dataclass(frozen=True)
class Preset:
    """A comparison to start from.

    Attributes:
        title: what its button says.
        lanes: as in a link.
        settings: as in a link, those that are not at their defaults.
    """

    title: str
    lanes: tuple[str, ...]
    settings: Mapping[str, str] = field(default_factory=dict[str, str])


@dataclass(frozen=True)
class LaneWords:
    """A lane as a page writes it.

    Attributes:
        title: its name.
        colour: index into the palette.
        marker: shape of its dots.
        values: its numbers in short.
        text: as in a link.
        recorded: quantities of its state that a run records, see `recorded_quantities`; () where only the run tells.
    """

    title: str
    colour: int
    marker: str
    values: str
    text: str
    recorded: tuple[str, ...]


_USUAL: Final = ("sgd,lr=0.01", "momentum,lr=0.01", "adagrad,lr=0.01", "rmsprop,lr=0.001", "adam,lr=0.001")
_WANTED: Final = (
    Preset("The usual optimizers", _USUAL),
    Preset("The same on small digits (no download)", _USUAL, {"dataset": "digits", "epochs": "10", "batch_size": "32"}),
    Preset(
        "Adam at five learning rates", tuple(f"adam,lr={lr}" for lr in ("0.0001", "0.0003", "0.001", "0.003", "0.01"))
    ),
    Preset(
        "Logistic regression (Adam paper, 6.1)",
        ("nesterov,lr=0.01", "adagrad,lr=0.01", "adam,lr=0.001"),
        {"model": "logistic"},
    ),
    Preset(
        "Edge of stability (full batch, no download)",
        ("sgd,lr=0.25", "rmsprop,lr=0.002"),
        {
            **{"dataset": "digits", "batch_size": "1438", "epochs": "400", "tests_per_epoch": "1"},
            **{"widths": "8,8", "activation": "tanh", "sharpness": "60", "sharpness_examples": "1438"},
        },
    ),
)


def _presets() -> Iterator[Preset]:
    """Leave out what is not there: lanes without their rule, and a preset without its lanes, model or data set."""
    known = {"dataset": datasets.names(), "model": models.names()}
    for preset in _WANTED:
        lanes = tuple(text for text in preset.lanes if text.partition(",")[0] in update_rules.names())
        if lanes and all(preset.settings.get(name) in (None, *names) for name, names in known.items()):
            yield replace(preset, lanes=lanes)


PRESETS: Final = tuple(_presets())


def trainable_names() -> tuple[str, ...]:
    """Name the optimizers that torch.optim has too."""
    return tuple(name for name in update_rules.names() if update_rules.get(name).torch_twin is not None)


def every_name() -> tuple[str, ...]:
    """Name all that can be trained: the optimizers that torch.optim has too, and every outside class that is known.

    Nothing is imported for it.
    """
    return (*trainable_names(), *outside.names())


def name_in_menus(optimizer: str) -> str:
    """Write an optimizer of `every_name` for a menu: "Adam", or "Lion, pytorch_optimizer" of a class.

    Of a class nothing is read but its name.
    """
    module, colon, kind = optimizer.partition(":")
    return f"{kind}, {module}" if colon else update_rules.get(optimizer).title


def torch_optimizer(lane: Lane) -> tuple[str, dict[str, Any]]:
    """Return which class of torch.optim runs a lane of ours, and with which arguments.

    Raises:
        ValueError: torch.optim has no such class, or lacks an option that the lane sets.
    """
    rule = lane.rule
    if rule.torch_twin is None:
        raise ValueError(f"torch.optim has no {rule.title}: it runs in the lab only")
    return rule.torch_twin, rule.torch_kwargs(lane.hyperparameters)


def outside_class(lane: Lane) -> tuple[str, dict[str, Any]]:
    """Return the name of the outside class that runs a lane, "package.module:Class", and its arguments.

    Raises:
        TypeError: the lane runs an optimizer of ours.
    """
    rule = lane.rule
    if not isinstance(rule, OutsideRule):
        raise TypeError(f"{rule.name} is no outside class")
    return rule.name, as_given(rule.arguments.rest, lane.hyperparameters)


def is_outside(lane: Lane) -> bool:
    """Tell whether a lane runs an outside class."""
    return isinstance(lane.rule, OutsideRule)


def require_trainable(lane: Lane) -> None:
    """Check that a lane can be handed to training; what an outside class refuses is found out there.

    Raises:
        ValueError: torch.optim has no such optimizer, or lacks an option that the lane sets.
    """
    if not is_outside(lane):
        torch_optimizer(lane)


def torch_choices(lane: Lane, name: str) -> tuple[bool, ...]:
    """Return which positions of a switch torch.optim, or the lane's own class, knows."""
    if is_outside(lane):
        return (False, True)
    found: list[bool] = []
    for value in (False, True):
        try:
            lane.rule.torch_kwargs({**lane.hyperparameters, name: value})
            found.append(value)
        except ValueError:
            continue
    return tuple(found)


def read_lane(text: str, before: Sequence[Lane] = ()) -> Lane:
    """Read one lane as a link writes it.

    Args:
        text: such as "adam,lr=0.001".
        before: the lanes that come first; the new one looks unlike them.

    Raises:
        ValueError: it is not understood, or torch.optim lacks the optimizer or an option that the lane sets.
    """
    lane = parse_lane(text, before)
    require_trainable(lane)
    return lane


def read_lanes(texts: Sequence[str]) -> tuple[tuple[Lane, ...], tuple[Problem, ...]]:
    """Read lanes as a link writes them; one that cannot be trained is left out and reported."""
    lanes: list[Lane] = []
    problems: list[Problem] = []
    for position, text in enumerate(texts[:MAX_LANES]):
        try:
            lanes.append(read_lane(text, lanes))
        except ValueError as error:
            problems.append(Problem(f"lanes.{position}", f"lane {position + 1} is left out: {error}"))
    if len(texts) > MAX_LANES:
        problems.append(Problem("lanes", f"at most {MAX_LANES} lanes fit; the first {MAX_LANES} are taken"))
    return tuple(lanes), tuple(problems)


def new_lane(optimizer: str, others: Sequence[Lane]) -> Lane:
    """Return a lane with its rule's defaults and a look that none of the other lanes has."""
    colour, marker = own_look(optimizer, others)
    return Lane(optimizer, colour=colour, marker=marker)


def lane_texts(lanes: Sequence[Lane]) -> list[str]:
    """Write lanes as in a link."""
    return [format_lane(lane, lanes[:position]) for position, lane in enumerate(lanes)]


def titles_of_texts(texts: Sequence[str]) -> tuple[str, ...]:
    """Name the lanes of a run that is kept as text; all by their texts, where a version knew other optimizers."""
    return tuple(words.title for words in lane_words(texts))


def lane_words(texts: Sequence[str]) -> tuple[LaneWords, ...]:
    """Describe the lanes of a run; where one is of a version with other optimizers, each is named by its text."""
    parsed: list[Lane] = []
    try:
        for text in texts:
            parsed.append(parse_lane(text, parsed))
    except ValueError:
        return tuple(
            LaneWords(text, index % COLOURS, MARKERS[index % len(MARKERS)], "", text, ())
            for index, text in enumerate(texts)
        )
    return tuple(
        LaneWords(title, lane.colour, lane.marker, values_text(lane), text, recorded_quantities(lane))
        for title, lane, text in zip(lane_titles(parsed), parsed, texts, strict=True)
    )


def recorded_quantities(lane: Lane) -> tuple[str, ...]:
    """Name the quantities that a run records of a lane's state: those its twin in torch has the moments for.

    Of an outside class none is known before it has run: ().
    """
    if is_outside(lane):
        return ()
    state = lane.rule.torch_state(lane.hyperparameters)
    there = {
        "m_hat": state.first is not None,
        "sqrt_v_hat": state.second is not None,
        "ratio": state.first is not None and state.second is not None,
        "step": True,
        "step_over_lr": bool(lane.hyperparameters.get("lr")),
    }
    return tuple(name for name in QUANTITIES if there.get(name))


def run_name(texts: Sequence[str]) -> str:
    """Name a run by its lanes: "SGD · Adam", or by the one number in which they differ: "Adam lr 0.001 to 0.1"."""
    parsed: list[Lane] = []
    try:
        for text in texts:
            parsed.append(parse_lane(text, parsed))
    except ValueError:
        return " · ".join(text.split(",")[0] for text in texts)
    titles = [lane.rule.title for lane in parsed]
    if len(parsed) > 1 and len(set(titles)) == 1:
        rule = parsed[0].rule
        differing = [
            each for each in rule.hyperparameters if len({lane.hyperparameters[each.name] for lane in parsed}) > 1
        ]
        if len(differing) == 1 and differing[0].scale != "choice":
            values = sorted(lane.hyperparameters[differing[0].name] for lane in parsed)
            return f"{rule.title} {differing[0].name} {short_value(values[0])} to {short_value(values[-1])}"
    counted = Counter(titles)
    return " · ".join(f"{title} ({count})" if count > 1 else title for title, count in counted.items())


def values_text(lane: Lane, *, without: Sequence[str] = ()) -> str:
    """Write the schedule and the hyperparameters in short: "cosine · β₁ 0.9 · β₂ 0.999".

    What is off, 0, or torch's only choice is left out; and of an outside class, which may have a dozen numbers of its
    own, what is at its default and not among the usual ones.
    """
    found = [] if lane.schedule is None else [schedule_text(lane.schedule)]
    own = is_outside(lane)
    for each in lane.rule.hyperparameters:
        value = lane.hyperparameters[each.name]
        if each.name in without or not value or (own and not each.primary and value == each.default):
            continue
        if each.scale != "choice":
            found.append(f"{each.symbol} {short_value(value)}")
        elif len(torch_choices(lane, each.name)) > 1:
            found.append(each.symbol)
    return " · ".join(found)


def schedule_text(schedule: Schedule) -> str:
    """Write a schedule for people, with the values that are not its defaults: "step, gamma 0.5"."""
    usual = {each.name: each.default for each in schedule.parameters}
    given = [f"{name} {short_value(value)}" for name, value in schedule.values.items() if value != usual[name]]
    return ", ".join([schedule.title, *given])


def short_value(value: float | bool) -> str:
    """Write a hyperparameter in at most four digits."""
    return ("on" if value else "off") if isinstance(value, bool) else f"{value:.4g}"
