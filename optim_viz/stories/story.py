"""The contract of a story: a scenario, what is true of its runs, and what to try.

A sentence is a text with places for numbers, a function that computes them from the runs, and a check that tells
whether the sentence is true. Nothing that a person reads is written down beside the numbers: the contract test runs
every check, and refuses a number in a text that is neither computed nor a setting of the scenario.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from optim_viz import diagnostics, surfaces
from optim_viz.scenario import FORMULA, Lane, Scenario
from optim_viz.scenario.fields import FORMULA_DOMAIN
from optim_viz.scenario.reader import Point, Window
from optim_viz.trajectory import Trajectory

Runs = tuple[Trajectory, ...]
"""The runs of a scenario, in the order of its lanes."""

GROUPS = ("Valleys", "What Adam remembers", "Noise and rare gradients", "Hard ground")
"""The headings of the gallery, in order."""
MOST_MOVES = 3

RUN_FIELDS = ("surface", "parameters", "formula", "domain", "start", "steps", "noise", "seed", "lanes")
"""The fields of a scenario that its runs depend on."""


def _no_numbers(runs: Runs) -> Mapping[str, object]:
    del runs
    return {}


@dataclass(frozen=True)
class Sentence:
    """Something that is said of runs, and is true of them.

    Attributes:
        text: plain words, with {name} or {name:format} where a number of `numbers` stands.
        check: runs -> whether it is true.
        numbers: runs -> the numbers in the text, by name.
    """

    text: str
    check: Callable[[Runs], bool]
    numbers: Callable[[Runs], Mapping[str, object]] = _no_numbers

    def said(self, runs: Runs) -> str:
        """Return the text with the numbers of these runs."""
        return self.text.format(**self.numbers(runs))


@dataclass(frozen=True)
class Move:
    """Something to try: what the button says, where it leads, and what is true there.

    Attributes:
        label: a few words.
        scenario: the one that it leads to; `changed` makes it from the story's.
        sentence: what is said of it.
    """

    label: str
    scenario: Scenario
    sentence: Sentence


@dataclass(frozen=True)
class Question:
    """What a story asks before it plays; the lanes are the answers.

    Attributes:
        text: the question.
        winner: runs -> index of the lane that is the right answer, worked out from the numbers.
        answer: what is said afterwards; {winner} in its text is that lane's title.
    """

    text: str
    winner: Callable[[Runs], int]
    answer: Sentence

    def said(self, runs: Runs, titles: Sequence[str]) -> str:
        """Return the answer, where `titles` are those of the lanes."""
        return self.answer.text.format(winner=titles[self.winner(runs)], **self.answer.numbers(runs))


@dataclass(frozen=True)
class Story:
    """One story.

    Attributes:
        name: the file's name, and `story=NAME` in a link.
        title: a few words.
        group: the gallery's heading that it stands under, one of `GROUPS`.
        rank: place under it.
        scenario: how the lab opens; that it is this story's is filled in, here and in the moves.
        sentence: what is said of it.
        moves: at most three.
        question: asked before it plays; None starts at once.

    Raises:
        ValueError: a group or a number of moves that there is no room for.
    """

    name: str
    title: str
    group: str
    rank: int
    scenario: Scenario
    sentence: Sentence
    moves: tuple[Move, ...] = ()
    question: Question | None = None

    def __post_init__(self) -> None:
        """Check what can be checked without running, and write the story's name into its scenarios."""
        if self.group not in GROUPS:
            raise ValueError(f"story {self.name}: the group must be one of {', '.join(GROUPS)}, not {self.group!r}")
        if len(self.moves) > MOST_MOVES:
            raise ValueError(f"story {self.name}: {len(self.moves)} moves; there is room for {MOST_MOVES}")
        own = tuple(replace(move, scenario=replace(move.scenario, story=self.name)) for move in self.moves)
        object.__setattr__(self, "moves", own)
        object.__setattr__(self, "scenario", replace(self.scenario, story=self.name))

    @property
    def place(self) -> tuple[int, int]:
        """What the gallery is sorted by."""
        return GROUPS.index(self.group), self.rank

    @property
    def link(self) -> str:
        """The query of the link that opens it, without "?"."""
        return f"story={self.name}"

    def scenes(self) -> tuple[tuple[Scenario, Sentence], ...]:
        """Return its scenario and those of its moves, each with what is said of it."""
        return (self.scenario, self.sentence), *((move.scenario, move.sentence) for move in self.moves)

    def scene_of(self, scenario: Scenario) -> int | None:
        """Return which of `scenes` has the very runs of a scenario, None where none has."""
        found = (place for place, (own, _) in enumerate(self.scenes()) if same_runs(own, scenario))
        return next(found, None)


def same_runs(first: Scenario, second: Scenario) -> bool:
    """Tell whether two scenarios have the same runs, lane by lane; how they are looked at makes no difference."""
    return _what_runs(first) == _what_runs(second)


def _what_runs(scenario: Scenario) -> list[Any]:
    lanes = [(lane.optimizer, dict(lane.hyperparameters), lane.schedule) for lane in scenario.lanes]
    return [*(getattr(scenario, name) for name in RUN_FIELDS if name != "lanes"), lanes]


def scene(
    surface: str,
    *lanes: Lane,
    start: Point,
    steps: int,
    formula: str = "",
    domain: Window | None = None,
    parameters: Mapping[str, float] | None = None,
    noise: float = 0.0,
    seed: int = 0,
    **more: Any,
) -> Scenario:
    """Return a scenario.

    Args:
        surface: a name of `surfaces.names()`, or "formula".
        *lanes: what runs.
        start: where from.
        steps: how long.
        formula: text of the formula where `surface` is "formula".
        domain: the formula's; a square around the origin when None.
        parameters: the surface's; those not given keep their defaults.
        noise: as in `Scenario`.
        seed: as in `Scenario`.
        **more: other fields of `Scenario`.

    Raises:
        UnknownName: the surface or a plot is not there.
    """
    _ask_for(surface, more)
    own = FORMULA_DOMAIN if surface == FORMULA else surfaces.get(surface).domain
    return Scenario(
        surface=surface,
        parameters=dict(parameters or {}),
        formula=formula,
        domain=domain or own,
        start=start,
        steps=steps,
        lanes=lanes,
        noise=noise,
        seed=seed,
        **more,
    )


def changed(
    scenario: Scenario, lanes: Mapping[int, Mapping[str, float | bool]] | None = None, **fields: Any
) -> Scenario:
    """Return a scenario with some fields changed, and some hyperparameters of some lanes.

    Args:
        scenario: what is changed.
        lanes: index of a lane -> the hyperparameters that change.
        **fields: new values of other fields.

    Raises:
        UnknownName: the surface or a plot is not there.
    """
    _ask_for(fields.get("surface", scenario.surface), fields)
    own = list(scenario.lanes)
    for index, values in (lanes or {}).items():
        own[index] = replace(own[index], hyperparameters={**own[index].hyperparameters, **values})
    return replace(scenario, lanes=tuple(own), **fields)


def _ask_for(surface: str, fields: Mapping[str, Any]) -> None:
    """Raise UnknownName for what a scenario would refuse with other words: a story that needs it is left out."""
    if surface != FORMULA:
        surfaces.get(surface)
    for plot in fields.get("plots", ()):
        diagnostics.get(plot)


def trajectories(scenario: Scenario) -> Runs:
    """Run every lane of a scenario."""
    surface = scenario.surface_object()
    return tuple(scenario.run(lane, surface) for lane in scenario.lanes)
