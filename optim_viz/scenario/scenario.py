"""The lab's whole state as one small value; the URL, a JSON file, a Python script and the screen are views of it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import cast

from optim_viz.rollout import rollout
from optim_viz.scenario import python_script, url
from optim_viz.scenario.fields import FORMULA, NAMES, Fields, pin_of, read_fields, surface_of
from optim_viz.scenario.first_screen import first_screen
from optim_viz.scenario.lane import Lane
from optim_viz.scenario.pin import PIN_NAMES, Pin
from optim_viz.scenario.problem import MAX_LINK, Problem, shown
from optim_viz.scenario.reader import Reader
from optim_viz.scenario.titles import lane_titles
from optim_viz.surfaces import Surface
from optim_viz.trajectory import Trajectory

_TOLD = 400  # characters of a link's formula that a message repeats


@dataclass(frozen=True)
class Scenario(Fields):
    """One lab: which surface, where from, how long, which lanes, and how it is looked at.

    Attributes:
        surface: a name of `surfaces.names()`, or "formula".
        parameters: the surface's adjustable parameters by name, complete; empty for most.
        formula: the text of a formula in x and y; "" unless `surface` is "formula".
        domain: ((x0, x1), (y0, y1)); that of the catalog unless `surface` is "formula".
        start: (x, y) of every lane, each within +-1e6.
        steps: 1 to 20000.
        noise: standard deviation of the noise added to each gradient coordinate, 0 to 100.
        seed: of noise and minibatches, 0 to 2**32 - 1.
        lanes: 1 to 8 runs.
        view: "overlay", "panels" (one panel a lane) or "3d".
        time: the step on screen, 0 to `steps`; None opens at 0 and plays.
        loop: (first, last) step that it plays between, again and again, 0 <= first < last <= `steps`; None plays to the
            end.
        speed: steps a painted frame: 0.1, 0.25, 0.5, 1, 2, 4, 16 or 64.
        lane: index of the lane whose arithmetic is shown.
        zoom: the window of the surface on screen; None shows the whole domain.
        axes: "equal" draws one unit as long on both axes; "fill" stretches the window to fill the picture.
        height: of the surface in 3D: "asinh" (of the loss above the floor; the landscape's colours) or "linear".
        camera: where the eye is in 3D, (x, y, z) in units of the box; None is the usual place.
        plots: the diagnostics that are drawn, in the order of `optim_viz.diagnostics.in_order`; not given, those that
            declare themselves shown by default.
        story: name of the story that this is, or came from; "" for none. The runs do not depend on it.
        scales: diagnostic -> "linear", "log" or "symlog", for value axes whose scale somebody chose.
        cloud: (starts, spread): 2 to 256 further starts of each lane, spread over a disc around `start` whose radius is
            `spread`, 1e-6 to 1, times the shorter side of the domain; None for none.
        pin: the runs that stay on screen as ghosts, to be compared with the lanes; None for none.

    Raises:
        ValueError: a field outside its range; the message names it.
    """

    def __post_init__(self) -> None:
        """Refuse a value that could not come out of `from_dict`, and complete parameters and domain."""
        reader = Reader()
        raw = self.to_dict()
        if self.surface != FORMULA:
            raw |= {"formula": "", "domain": None}  # those of the surface before, where `replace` changed it
        fields = read_fields(reader, raw, self, self.lanes)
        if reader.problems:
            raise ValueError("; ".join(map(str, reader.problems)))
        for name, value in vars(fields).items():
            object.__setattr__(self, name, value)

    @classmethod
    def default(cls) -> Scenario:
        """Return the first screen: five optimizers race down a narrow valley, Adam's arithmetic shown."""
        return _default()

    @classmethod
    def from_url(
        cls, query: str | Mapping[str, list[str]], fallback: Scenario | None = None
    ) -> tuple[Scenario, tuple[Problem, ...]]:
        """Return the scenario a link describes; whatever cannot be used keeps the default and adds a problem.

        Args:
            query: the part after "?" (with or without it), or its keys with the list of values of each. A link that
                names its surface and no story belongs to none.
            fallback: what a bad or missing value keeps; the default scenario when None.
        """
        reader = Reader()
        raw = url.read_query(reader, query)
        if "surface" in raw:
            raw = {"story": "", **raw}
        fields = read_fields(reader, raw, fallback or cls.default(), ())
        return cls(**vars(fields)), tuple(_with_formula(problem, raw) for problem in reader.problems)

    @classmethod
    def from_dict(cls, raw: object, fallback: Scenario | None = None) -> tuple[Scenario, tuple[Problem, ...]]:
        """Return the scenario that a mapping of plain values describes.

        Args:
            raw: the shape of `to_dict`; a number may come as its text. A key that is missing keeps the fallback's
                value, except that a new surface brings its own start, parameters and whole domain, and no pin.
            fallback: what a bad or missing field keeps; the default scenario when None.
        """
        kept = fallback or cls.default()
        reader = Reader()
        if not isinstance(raw, Mapping):
            return kept, (Problem("scenario", f"a scenario must be an object with named fields, not {shown(raw)}"),)
        fields = read_fields(reader, cast("Mapping[str, object]", raw), kept, kept.lanes)
        return cls(**vars(fields)), reader.problems

    @classmethod
    def from_json(cls, text: str, fallback: Scenario | None = None) -> tuple[Scenario, tuple[Problem, ...]]:
        """Return the scenario in a JSON text, e.g. a file that was saved; never raises on bad text."""
        kept = fallback or cls.default()
        if len(text) > MAX_LINK:
            return kept, (Problem("scenario", f"the JSON text is longer than {MAX_LINK} characters"),)
        try:
            raw = json.loads(text)
        except (ValueError, RecursionError) as error:
            return kept, (Problem("scenario", f"this is not JSON: {str(error)[:120]}"),)
        return cls.from_dict(raw, kept)

    def pinned(self) -> Scenario:
        """Return the same scenario with its lanes pinned: change something, and both are seen."""
        return replace(self, pin=pin_of(self))

    def before(self) -> Scenario | None:
        """Return the scenario whose runs are pinned, of as many steps as this one; None where none are."""
        if self.pin is None:
            return None
        return replace(self, **{name: getattr(self.pin, name) for name in PIN_NAMES}, lane=0, story="", pin=None)

    def to_dict(self) -> dict[str, object]:
        """Return plain JSON values; `from_dict` reads them back as an equal scenario."""
        return {name: _plain(getattr(self, name)) for name in NAMES}

    def to_json(self) -> str:
        """Return `to_dict` as indented JSON, floats exact."""
        return json.dumps(self.to_dict(), indent=2, allow_nan=False)

    def to_url(self, time: bool = True) -> str:
        """Return the query of a link, without "?", that `from_url` reads back exactly.

        Args:
            time: False leaves the step out, so that the link opens playing.
        """
        fields = dict(vars(self))
        if not time:
            fields["time"] = None
        return url.format_query(Fields(**fields))

    def to_python(self) -> str:
        """Return a script that repeats the run with the public API and prints where each lane ends."""
        pinned = lane_titles(self.pin.lanes, plain=True) if self.pin else ()
        return python_script.script(self, lane_titles(self.lanes, plain=True), pinned)

    def titles(self) -> tuple[str, ...]:
        """Return a name for each lane, by what tells it from the others: "Adam lr 0.1", "Adam lr 0.3", "SGD"."""
        return lane_titles(self.lanes)

    def surface_object(self) -> Surface:
        """Return the surface itself."""
        domain = self.domain if self.formula else None
        return surface_of(self.surface, tuple(sorted(self.parameters.items())), self.formula, domain)

    def run(self, lane: Lane, surface: Surface | None = None) -> Trajectory:
        """Run a lane as the lab does: from this start, for these steps, with this noise and seed.

        Args:
            lane: one of `lanes`, or any other.
            surface: `surface_object()`, where somebody has it already.

        Raises:
            ValueError: as `rollout`.
        """
        return rollout(
            surface or self.surface_object(),
            lane.optimizer,
            start=self.start,
            steps=self.steps,
            noise=self.noise,
            seed=self.seed,
            schedule=lane.schedule,
            **lane.hyperparameters,
        )


def _with_formula(problem: Problem, raw: Mapping[str, object]) -> Problem:
    """Tell a link's formula that is not used: it would be nowhere any more, since the address becomes another."""
    formula = raw.get("formula")
    if problem.field != "formula" or not isinstance(formula, str) or not 0 < len(formula) <= _TOLD:
        return problem
    return replace(problem, message=f"{problem.message}; the link says {formula!r}")


def _plain(value: object) -> object:
    """Return a field's value as what JSON knows: lists for tuples, dicts for mappings and lanes."""
    if isinstance(value, Lane):
        return value.to_dict()
    if isinstance(value, Pin):
        return {name: _plain(getattr(value, name)) for name in PIN_NAMES}
    if isinstance(value, tuple):
        return [_plain(item) for item in cast("tuple[object, ...]", value)]
    return dict(cast("Mapping[str, object]", value)) if isinstance(value, Mapping) else value


@lru_cache(maxsize=1)
def _default() -> Scenario:
    return Scenario(**vars(first_screen()))
