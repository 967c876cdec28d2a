"""What the page shows, as one value that is read from its link and written to it.

The link is the lab's (`surface=...&start=...&steps=...&lane=...`), so that the lab's own settings come with it, and a
few keys beside: `across=lr&up=kappa&metric=steps&cells=64&tolerance=0.001&across_range=0.0001,1&attempts=32`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final
from urllib.parse import parse_qs

from optim_viz import surfaces, update_rules
from optim_viz.maps import METRICS, axis_names, make_axis
from optim_viz.maps.axis import Axis
from optim_viz.maps.compute import MOST_STEPS, TOLERANCE
from optim_viz.maps.fairness import POOL
from optim_viz.outside import OutsideRule
from optim_viz.scenario import Lane, Problem, Scenario, lane_titles, usual_lanes
from optim_viz.scenario.problem import shown
from optim_viz.scenario.reader import as_float, number_text
from optim_viz.surfaces import Surface
from optim_viz.update_rules import UpdateRule

CELLS: Final = (16, 32, 64, 96, 128)
TOLERANCES: Final = (1e-1, 1e-2, 1e-3, 1e-4, 1e-6)
ATTEMPTS: Final = (4, 8, 16, 32, 64, 128, 256)
MOST_MAPS: Final = 6
Range = tuple[float, float]

_OWN: Final = ("across", "up", "metric", "cells", "tolerance", "across_range", "up_range", "attempts", "equal")
_FIRST: Final = (("sgd", {"lr": 0.02}), ("momentum", {"lr": 0.01}), ("rmsprop", {"lr": 0.05}), ("adam", {"lr": 0.1}))


@dataclass(frozen=True)
class MapSettings:
    """What the page shows.

    Attributes:
        scenario: surface, start, steps, noise, seed, and the lanes: their optimizers are mapped, and where they stand
            is marked.
        across: name of the axis across.
        up: name of the axis up.
        metric: what colours tell.
        cells: values along each axis.
        tolerance: loss - minimum at which a run has arrived.
        across_range: first and last value across; None for the usual ones.
        up_range: the same for the axis up.
        attempts: runs that each optimizer is tuned with.
        equal: the learning rate at which all are compared.
    """

    scenario: Scenario
    across: str
    up: str
    metric: str = "final_loss"
    cells: int = 64
    tolerance: float = TOLERANCE
    across_range: Range | None = None
    up_range: Range | None = None
    attempts: int = 32
    equal: float = 0.01

    @property
    def surface(self) -> Surface:
        """The surface itself."""
        return self.scenario.surface_object()

    @property
    def rules(self) -> list[UpdateRule]:
        """The rules of the maps."""
        return [lane.rule for lane in self.lanes()]

    def lanes(self) -> list[Lane]:
        """Return a lane for each map that is shown."""
        return self.different()[:MOST_MAPS]

    def different(self) -> list[Lane]:
        """Return the lanes that would need a map each: those that differ in what the axes vary alone share one."""
        found: dict[tuple[Any, ...], Lane] = {}
        for lane in self.scenario.lanes:
            found.setdefault(self._fixed(lane), lane)
        return list(found.values())

    def marked(self, lane: Lane) -> list[Lane]:
        """Return the lanes that stand on the map of one of them."""
        return [each for each in self.scenario.lanes if self._fixed(each) == self._fixed(lane)]

    def titles(self) -> tuple[str, ...]:
        """Return the maps' titles: the optimizer's, and what else tells two of one optimizer apart."""
        fixed = [
            replace(lane, hyperparameters={**lane.hyperparameters, **self._defaults(lane)}) for lane in self.lanes()
        ]
        return lane_titles(fixed)

    def _defaults(self, lane: Lane) -> dict[str, float | bool]:
        return {each.name: each.default for each in lane.rule.hyperparameters if each.name in (self.across, self.up)}

    def _fixed(self, lane: Lane) -> tuple[Any, ...]:
        values = lane.hyperparameters.items()
        return (
            lane.optimizer,
            str(lane.schedule),
            *((name, value) for name, value in values if name not in (self.across, self.up)),
        )

    def axes(self) -> tuple[Axis, Axis]:
        """Return both axes.

        Raises:
            ValueError: one of them is not possible; the message says why.
        """
        ground, rules = self.surface, self.rules
        across, up = (
            make_axis(name, ground, rules, self.cells, *(ends or (None, None)))
            for name, ends in ((self.across, self.across_range), (self.up, self.up_range))
        )
        return across, up

    def query(self) -> dict[str, str | list[str]]:
        """Return the keys of the link that shows this."""
        found: dict[str, str | list[str]] = {
            name: values if len(values) > 1 else values[0]
            for name, values in parse_qs(self.scenario.to_url(time=False), keep_blank_values=True).items()
            if name not in _UNUSED
        }
        found |= {"across": self.across, "up": self.up, "metric": self.metric, "cells": str(self.cells)}
        found |= {"tolerance": number_text(self.tolerance)}
        for name, ends in (("across_range", self.across_range), ("up_range", self.up_range)):
            if ends is not None:
                found[name] = ",".join(map(number_text, ends))
        return found | {"attempts": str(self.attempts), "equal": number_text(self.equal)}


_UNUSED: Final = ("view", "speed", "show", "plots", "story", "scales", "zoom", "axes", "height", "camera")
"""Of the lab's link: how it looks, which is nothing to a map."""


def pairs(surface: Surface, rules: Sequence[UpdateRule]) -> dict[tuple[str, str], str]:
    """Return pairs of axes worth a map, with their titles: the rate with each other main hyperparameter, and so on."""
    primary = [[each.name for each in rule.hyperparameters if each.primary] for rule in rules]
    names = axis_names(surface, rules)
    rated = any("lr" in each for each in primary)
    others = list(dict.fromkeys(name for each in primary for name in each if name != "lr"))
    found = [("lr", name) for name in others if rated]
    found += [
        (one, two)
        for place, one in enumerate(others)
        for two in others[place + 1 :]
        if any(one in each and two in each for each in primary)
    ]
    found += [("lr", each.name) for each in surface.parameters if rated and each.name in names]
    title = {name: words.removeprefix("learning rate η") or "lr" for name, words in names.items()}
    return {pair: f"{title[pair[0]]} × {title[pair[1]]}" for pair in found} | {("x", "y"): "start plane"}


def usual_pair(surface: Surface, rules: Sequence[UpdateRule]) -> tuple[str, str]:
    """Return the pair that says most at first: a parameter of the surface, else what most optimizers have."""
    known = pairs(surface, rules)

    def concerned(pair: tuple[str, str]) -> int:
        own = [{each.name for each in rule.hyperparameters} for rule in rules]
        return sum(all(name in each or name not in set().union(*own) for name in pair) for each in own)

    order = sorted(known, key=lambda pair: (pair == ("x", "y"), -concerned(pair)))
    return order[0]


def read(query: Mapping[str, list[str]]) -> tuple[MapSettings, list[Problem | str]]:
    """Read a link; whatever cannot be used keeps its usual value, and a message says so."""
    own = {name: query[name][-1] for name in _OWN if query.get(name)}
    rest = {name: values for name, values in query.items() if name not in _OWN and values}
    scenario, problems = Scenario.from_url(rest, _first())
    messages: list[Problem | str] = [*problems]
    own_lanes = tuple(lane for lane in scenario.lanes if not isinstance(lane.rule, OutsideRule))
    if len(own_lanes) < len(scenario.lanes):
        messages.append("Optimizers that are not of this package run one run at a time, too slowly for maps: left out")
        scenario = replace(scenario, lanes=own_lanes or usual_lanes(_FIRST), lane=0)
    optimizers = list(dict.fromkeys(lane.optimizer for lane in scenario.lanes))
    if len(optimizers) > MOST_MAPS:
        kept = tuple(lane for lane in scenario.lanes if lane.optimizer in optimizers[:MOST_MAPS])
        left = ", ".join(update_rules.get(name).title for name in optimizers[MOST_MAPS:])
        messages.append(f"There is room for the maps of {MOST_MAPS} optimizers: {left} left out")
        scenario = replace(scenario, lanes=kept, lane=0)
    ground, rules = scenario.surface_object(), [lane.rule for lane in scenario.lanes]
    names = axis_names(ground, rules)
    across, up = usual_pair(ground, rules)
    found = MapSettings(scenario, across, up)
    pair = tuple(own.get(name, "") for name in ("across", "up"))
    if any(pair):
        if pair[0] in names and pair[1] in names and pair[0] != pair[1]:
            found = replace(found, across=pair[0], up=pair[1])
        else:
            messages.append(f"the axes {shown(pair[0])} and {shown(pair[1])} are no two of {', '.join(names)}")
    found = _with_choices(found, own, messages)
    for name in ("across_range", "up_range"):
        if name in own:
            found = _with_range(found, name, own[name], messages)
    try:
        found.axes()
    except ValueError as error:
        messages.append(str(error))
        found = replace(found, across_range=None, up_range=None)
    maps = len(found.different())
    if maps > MOST_MAPS:
        messages.append(f"These lanes would make {maps} maps: the first {MOST_MAPS} are shown")
    return _affordable(found, messages), messages


def _first() -> Scenario:
    ground = surfaces.get("quadratic" if "quadratic" in surfaces.names() else surfaces.names()[0])
    return Scenario(
        surface=ground.name,
        parameters={each.name: each.default for each in ground.parameters},
        formula="",
        domain=ground.domain,
        start=ground.start,
        steps=300,
        noise=0.0,
        seed=0,
        lanes=usual_lanes(_FIRST),
    )


EQUAL: Final = (1e-300, 1e300)
"""Between which the learning rate lies that all share."""
_CALLED: Final = {"cells": "cells", "tolerance": "tolerance", "attempts": "attempts each", "equal": "equal lr"}
"""What the page calls what a link calls by one word."""


def _with_choices(found: MapSettings, own: Mapping[str, str], messages: list[Problem | str]) -> MapSettings:
    """Take the single values of a link."""
    if "metric" in own:
        if own["metric"] in METRICS:
            found = replace(found, metric=own["metric"])
        else:
            messages.append(f"metric must be one of {', '.join(METRICS)}, not {shown(own['metric'])}")
    bounds: dict[str, tuple[float, float, bool]] = {
        "cells": (2, 128, True),
        "tolerance": (1e-300, 1e300, False),
        "attempts": (1, POOL, True),
        "equal": (*EQUAL, False),
    }
    for name, (low, high, whole) in bounds.items():
        if name not in own:
            continue
        value = as_float(own[name])
        if value is not None and low <= value <= high and (not whole or value == int(value)):
            found = replace(found, **{name: int(value) if whole else value})
        else:
            kind = "a whole number" if whole else "a number"
            messages.append(f"{_CALLED[name]} must be {kind} from {low:g} to {high:g}, not {shown(own[name])}")
    if found.metric == "steps" and found.surface.minimum is None:
        if "metric" in own:
            messages.append("the minimum of this surface is not known, so there are no steps to it: this is the loss")
        found = replace(found, metric="final_loss")
    return found


def _with_range(found: MapSettings, name: str, text: str, messages: list[Problem | str]) -> MapSettings:
    ends = [as_float(part) for part in text.split(",", 2)]
    axis = found.across if name == "across_range" else found.up
    if len(ends) != 2 or ends[0] is None or ends[1] is None:
        messages.append(f"the range of {axis} must be two numbers with a comma, such as 0.001, 1, not {shown(text)}")
        return found
    changed = replace(found, **{name: (ends[0], ends[1])})
    try:
        make_axis(axis, found.surface, found.rules, found.cells, ends[0], ends[1])
    except ValueError as error:
        messages.append(str(error))
        return found
    return changed


def _affordable(found: MapSettings, messages: list[Problem | str]) -> MapSettings:
    """Take fewer cells where there would be too many steps in all."""
    cells = found.cells
    while cells > 2 and cells * cells * found.scenario.steps * len(found.lanes()) > MOST_STEPS:
        cells //= 2
    if cells < found.cells:
        messages.append(
            f"{found.cells} x {found.cells} runs of {found.scenario.steps} steps are too many: {cells} x {cells}"
        )
    return replace(found, cells=cells)
