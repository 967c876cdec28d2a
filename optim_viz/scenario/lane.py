"""One lane: an optimizer with its hyperparameters and its look."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import cast

from optim_viz import schedules, update_rules
from optim_viz.scenario.problem import MAX_LANES, shown
from optim_viz.scenario.reader import Reader, as_float
from optim_viz.schedules import Schedule
from optim_viz.surfaces import hint
from optim_viz.update_rules import COLOURS, MARKERS, Hyperparameter, UpdateRule

OWN = -1
"""As a colour: the one that is the optimizer's own."""

_KEYS = ("optimizer", "hyperparameters", "colour", "marker", "visible", "schedule")


@dataclass(frozen=True)
class Lane:
    """One run of the lab.

    Attributes:
        optimizer: a name of `optim_viz.optimizers()`.
        hyperparameters: every hyperparameter of that rule by name; those not given take the rule's defaults.
        colour: index into the palette, 0 to 7; not given, the optimizer's own (`own_look`).
        marker: shape of the head, one of `MARKERS`; not given, the optimizer's own.
        visible: False hides its trail and curves; the run itself stays.
        schedule: what `lr` is multiplied by over the run: a Schedule, or its name or text; None leaves `lr` as it is.

    Raises:
        ValueError: an unknown optimizer, hyperparameter, colour, marker or schedule, or a value outside its allowed
            range; the message names it.
    """

    optimizer: str
    hyperparameters: Mapping[str, float | bool] = field(default_factory=dict[str, float | bool])
    colour: int = OWN
    marker: str = ""
    visible: bool = True
    schedule: Schedule | None = None

    def __post_init__(self) -> None:
        """Complete the hyperparameters and check every field."""
        rule = update_rules.get(self.optimizer)
        if update_rules.get(rule.name) is not rule:
            raise ValueError(
                f"{rule.name!r} is no file of update_rules/: a lane names its optimizer, for a link to hold"
            )
        object.__setattr__(self, "optimizer", rule.name)
        reader = Reader()
        complete = read_hyperparameters(reader, "", rule, self.hyperparameters, {})
        colour, marker = own_look(self.optimizer)
        if self.colour == OWN:
            object.__setattr__(self, "colour", colour)
        if not self.marker:
            object.__setattr__(self, "marker", marker)
        reader.whole("colour", self.colour, 0, 0, COLOURS - 1)
        reader.choice("marker", self.marker, "", MARKERS)
        if reader.problems:
            raise ValueError("; ".join(map(str, reader.problems)))
        object.__setattr__(self, "hyperparameters", complete)
        plan: Schedule | str | None = self.schedule  # text is taken too
        if plan is not None:
            if "lr" not in complete:
                raise ValueError(f"{rule.name} has no lr for a schedule to act on")
            object.__setattr__(self, "schedule", schedules.parse(str(plan)))

    @property
    def rule(self) -> UpdateRule:
        """The update rule this lane runs."""
        return update_rules.get(self.optimizer)

    def to_dict(self) -> dict[str, object]:
        """Return plain JSON values; `read_lane` reads them back."""
        return {
            "optimizer": self.optimizer,
            "hyperparameters": dict(self.hyperparameters),
            "colour": self.colour,
            "marker": self.marker,
            "visible": self.visible,
            **({} if self.schedule is None else {"schedule": str(self.schedule)}),
        }


def own_look(optimizer: str, before: Sequence[Lane] = ()) -> tuple[int, str]:
    """Return the colour and the marker that a lane takes when none is named.

    An optimizer looks the same wherever it stands, unless a lane before it has its colour or its marker: then it
    takes the first that is free.

    Args:
        optimizer: its name.
        before: the lanes that come first.
    """
    colour, marker = update_rules.look(optimizer)
    colours, markers = {lane.colour for lane in before}, {lane.marker for lane in before}
    if colour in colours:
        colour = next((free for free in range(COLOURS) if free not in colours), colour)
    if marker in markers:
        marker = next((free for free in MARKERS if free not in markers), marker)
    return colour, marker


def usual_lanes(wanted: Iterable[tuple[str, Mapping[str, float | bool]]]) -> tuple[Lane, ...]:
    """Return lanes of those optimizers that are there; of the first there is where none of them is.

    Args:
        wanted: names of optimizers, each with its hyperparameters.
    """
    known = update_rules.names()
    found = tuple(Lane(name, hyperparameters) for name, hyperparameters in wanted if name in known)
    return found or (Lane(known[0]),)


def read_lane(reader: Reader, before: Sequence[Lane], position: int, raw: object, old: Lane | None) -> Lane | None:
    """Read lane number `position`, which follows the lanes `before`, from a stranger's mapping.

    A bad value keeps that of `old` (where it runs the same optimizer) or the default. An unknown optimizer keeps the
    whole of `old`, None when there is none.
    """
    where = f"lanes.{position}"
    if not isinstance(raw, Mapping):
        reader.report(where, f"a lane must name its optimizer, not {shown(raw)}")
        return old
    values = cast("Mapping[str, object]", raw)
    try:
        rule = update_rules.get(str(values.get("optimizer", ""))[:80])
    except ValueError as error:
        reader.report(where, str(error))
        return old
    reader.known(where, values, _KEYS)
    same = old is not None and old.optimizer == rule.name
    given = values.get("hyperparameters", {})
    if not isinstance(given, Mapping):
        reader.report(where, f"hyperparameters must be names with values, not {shown(given)}")
        given = {}
    hyperparameters = read_hyperparameters(
        reader, f"{where}.", rule, cast("Mapping[str, object]", given), old.hyperparameters if old and same else {}
    )
    colour, marker = (old.colour, old.marker) if old else own_look(rule.name, before)
    return Lane(
        optimizer=rule.name,
        hyperparameters=hyperparameters,
        colour=reader.whole(f"{where}.colour", values.get("colour", colour), colour, 0, COLOURS - 1),
        marker=reader.choice(f"{where}.marker", values.get("marker", marker), marker, MARKERS),
        visible=reader.truth(f"{where}.visible", values.get("visible", True), True),
        schedule=_schedule(reader, f"{where}.schedule", rule, values.get("schedule"), old.schedule if old else None),
    )


def _schedule(reader: Reader, field: str, rule: UpdateRule, raw: object, old: Schedule | None) -> Schedule | None:
    """Return the schedule that a text names; none where there is no text, the old one where it cannot be read."""
    if raw is None or raw == "":
        return None
    if all(each.name != "lr" for each in rule.hyperparameters):
        reader.report(field, f"{rule.name} has no lr for a schedule to act on")
        return None
    if not isinstance(raw, str):
        reader.report(field, f"schedule must be a name such as {schedules.names()[-1]}, not {shown(raw)}")
        return old
    try:
        return schedules.parse(raw)
    except ValueError as error:
        reader.report(field, str(error))
        return old


def read_hyperparameters(
    reader: Reader, prefix: str, rule: UpdateRule, raw: Mapping[str, object], old: Mapping[str, float | bool]
) -> dict[str, float | bool]:
    """Return a value for every hyperparameter of `rule`: the given one, else the old one, else the default."""
    names = [hyperparameter.name for hyperparameter in rule.hyperparameters]
    reader.known(
        prefix.rstrip("."),
        raw,
        names,
        lambda name: f"{rule.name} has no hyperparameter {shown(name)}{hint(name, names, 'it has')}",
    )
    complete: dict[str, float | bool] = {}
    for hyperparameter in rule.hyperparameters:
        name = hyperparameter.name
        kept = old.get(name, hyperparameter.default)
        complete[name] = _value(reader, prefix + name, hyperparameter, raw[name], kept) if name in raw else kept
    return complete


def _value(reader: Reader, field: str, hyperparameter: Hyperparameter, raw: object, old: float | bool) -> float | bool:
    if hyperparameter.scale == "choice":
        return reader.truth(field, raw, bool(old))
    value = as_float(raw)
    if value is None:
        reader.report(field, f"{hyperparameter.name} must be a number {hyperparameter.allowed.words}, not {shown(raw)}")
        return old
    try:
        hyperparameter.check(value)
    except ValueError as error:
        reader.report(field, str(error))
        return old
    return value


def read_lanes(reader: Reader, raw: object, old: Sequence[Lane], otherwise: tuple[Lane, ...]) -> tuple[Lane, ...]:
    """Read a list of lanes.

    Args:
        reader: collects the problems.
        raw: what was asked for.
        old: the lanes whose values stay where a new one is bad, by position.
        otherwise: the lanes to return when not one can be read.

    Returns:
        One lane at least.
    """
    if not isinstance(raw, list | tuple):
        reader.report("lanes", f"lanes must be a list, not {shown(raw)}")
        return otherwise
    items = cast("Sequence[object]", raw)
    if len(items) > MAX_LANES:
        reader.report("lanes", f"at most {MAX_LANES} lanes fit; the first {MAX_LANES} of {len(items)} are shown")
    lanes: list[Lane] = []
    places: dict[int, int | None] = {}
    for position, item in enumerate(items[:MAX_LANES]):
        lane = read_lane(reader, lanes, position, item, old[position] if position < len(old) else None)
        places[position] = None if lane is None else len(lanes)
        if lane is not None:
            lanes.append(lane)
    if lanes and len(lanes) < len(places):  # those after one that was left out have moved up
        reader.move_lanes(places)
    if not lanes and not items:
        reader.report("lanes", "a lab needs one lane at least")
    return tuple(lanes) or otherwise
