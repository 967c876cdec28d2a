"""What a sweep is: optimizers x learning rates x batch sizes x seeds, and its form as a link.

    optimizer=sgd&optimizer=adam,beta2=0.99&lr=0.0001,1,5&batches=32,128&seeds=0,1&stop=1.5&dataset=digits&epochs=3

The learning rates are "from,to,count". Everything else of the link is a setting of `comparison.settings`.
`link` reads it.
"""

from __future__ import annotations

import itertools
import math
from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from optim_viz.comparison import TrainingSpec, settings
from optim_viz.comparison.lanes import lane_texts, require_trainable, short_value
from optim_viz.comparison.settings import SET_BY_SWEEP, Settings
from optim_viz.comparison.spec import STOP_ABOVE
from optim_viz.scenario import MAX_LANES, MAX_SEED, Lane, lane_titles, parse_lane
from optim_viz.scenario.problem import shown
from optim_viz.scenario.reader import as_float, number_text

MOST_RUNS: Final = 1000
MOST_RATES: Final = 60
_DIGITS: Final = 6


@dataclass(frozen=True)
class LogRange:
    """Values at equal ratios, ends included: first (last/first)^(i/(count - 1)).

    They are rounded to six digits, so that they can be read and typed; the ends are exact. A count of 1 is `first`.

    Attributes:
        first: above 0.
        last: at least `first`.
        count: 1 to 60.

    Raises:
        ValueError: out of range, or so close together that two values would be the same.
    """

    first: float
    last: float
    count: int

    def __post_init__(self) -> None:
        """Check it."""
        for name, value in (("first", self.first), ("last", self.last)):
            if not (math.isfinite(value) and 1e-12 <= value <= 1e6):
                raise ValueError(f"the {name} learning rate must be a number from 1e-12 to 1e6, not {shown(value)}")
        if not 1 <= self.count <= MOST_RATES:
            raise ValueError(f"the number of learning rates must be from 1 to {MOST_RATES}, not {self.count}")
        if self.first > self.last:
            raise ValueError(f"the first learning rate, {self.first:g}, is above the last, {self.last:g}")
        if len(set(self.values())) < self.count:
            raise ValueError(f"{self.count} learning rates from {self.first:g} to {self.last:g} are not all different")

    def values(self) -> tuple[float, ...]:
        """Return the values, rising."""
        if self.count == 1:
            return (self.first,)
        between = [float(f"{value:.{_DIGITS}g}") for value in np.geomspace(self.first, self.last, self.count)[1:-1]]
        return (self.first, *between, self.last)

    def __str__(self) -> str:
        """Return what `parse` reads: "0.0001,1,5"."""
        return f"{number_text(self.first)},{number_text(self.last)},{self.count}"

    @classmethod
    def parse(cls, text: str) -> LogRange:
        """Read "from,to,count".

        Raises:
            ValueError: not three numbers, or as for the class.
        """
        parts = [as_float(part) for part in text.split(",", 3)]
        first, last, count = parts if len(parts) == 3 else (None, None, None)
        if first is None or last is None or count is None or count != int(count):
            raise ValueError(f"learning rates are written from,to,count, such as 0.0001,1,5, not {shown(text)}")
        return cls(first, last, int(count))


@dataclass(frozen=True)
class Point:
    """One run of a sweep: place of its optimizer among the sweep's, learning rate, batch size, seed."""

    optimizer: int
    lr: float
    batch_size: int
    seed: int


@dataclass(frozen=True)
class Sweep:
    """A grid of runs.

    Attributes:
        optimizers: as lanes in a link, whose lr does not count: "momentum,momentum=0.95".
        lr: the learning rates.
        batch_sizes: different ones, at least one.
        seeds: different ones, at least one: each gives other initial weights and another order of the batches.
        settings: of every run, as `comparison.settings`.
        stop_above: when a run is given up (`TrainingSpec.stop_above`); None never.

    Raises:
        ValueError: something that cannot be trained, twice the same, or more than 1000 runs; the message says what.
    """

    optimizers: tuple[str, ...]
    lr: LogRange
    batch_sizes: tuple[int, ...]
    seeds: tuple[int, ...]
    settings: Settings
    stop_above: float | None = STOP_ABOVE.default

    def __post_init__(self) -> None:
        """Check it, and write optimizers the shortest way."""
        if not 1 <= len(self.optimizers) <= MAX_LANES:
            raise ValueError(f"a sweep has 1 to {MAX_LANES} optimizers, not {len(self.optimizers)}")
        lanes: list[Lane] = []
        for text in self.optimizers:
            lanes.append(_without_rate(parse_lane(text, lanes)))
        texts = tuple(lane_texts(lanes))
        if len({(lane.optimizer, *lane.hyperparameters.items(), str(lane.schedule)) for lane in lanes}) < len(lanes):
            raise ValueError("two of the optimizers are the same")
        object.__setattr__(self, "optimizers", texts)
        for what, values in (("batch sizes", self.batch_sizes), ("seeds", self.seeds)):
            if not values or len(set(values)) < len(values):
                raise ValueError(f"{what} must be one or more, no two the same, not {shown(list(values))}")
        if any(not 0 <= seed <= MAX_SEED for seed in self.seeds):
            raise ValueError(f"seeds must be from 0 to {MAX_SEED}")
        if self.stop_above is not None:
            object.__setattr__(self, "stop_above", STOP_ABOVE.check(self.stop_above))
        kept = {name: value for name, value in self.settings.items() if name not in SET_BY_SWEEP}
        object.__setattr__(self, "settings", kept)
        if self.count > MOST_RUNS:
            raise ValueError(f"{self.count:,} runs are too many: at most {MOST_RUNS:,}")
        for size in self.batch_sizes:
            self.spec(Point(0, self.lr.first, size, self.seeds[0]))

    @property
    def count(self) -> int:
        """How many runs it has."""
        return len(self.optimizers) * self.lr.count * len(self.batch_sizes) * len(self.seeds)

    @property
    def steps(self) -> int:
        """Steps of all runs together."""
        each = [self.spec(Point(0, self.lr.first, size, self.seeds[0])).total_steps for size in self.batch_sizes]
        return sum(each) * self.count // len(each)

    @property
    def guessing(self) -> float:
        """The test loss of guessing, which gives every class the same chance: ln(classes)."""
        return math.log(self.spec(Point(0, self.lr.first, self.batch_sizes[0], self.seeds[0])).data.classes)

    def lanes(self) -> tuple[Lane, ...]:
        """Return the optimizers, each looking unlike the others."""
        found: list[Lane] = []
        for text in self.optimizers:
            found.append(parse_lane(text, found))
        return tuple(found)

    def titles(self) -> tuple[str, ...]:
        """Name the optimizers, no two the same."""
        return lane_titles(self.lanes())

    def points(self) -> tuple[Point, ...]:
        """Return the runs in the order in which they are trained: the whole map with one seed, then with the next."""
        order = itertools.product(self.seeds, self.batch_sizes, self.lr.values(), range(len(self.optimizers)))
        return tuple(Point(optimizer, lr, batch, seed) for seed, batch, lr, optimizer in order)

    def lane(self, point: Point) -> Lane:
        """Return the lane of a run, which looks as its optimizer does in the whole sweep."""
        lane = self.lanes()[point.optimizer]
        return replace(lane, hyperparameters={**lane.hyperparameters, "lr": point.lr})

    def spec(self, point: Point) -> TrainingSpec:
        """Return what a run trains: losses and tests are kept, the optimizer's state is not looked into."""
        own = {"batch_size": point.batch_size, "seed": point.seed, "tests_per_epoch": 1}
        rest = {"record": False, "stop_above": self.stop_above}
        lane = lane_texts([self.lane(point)])
        return TrainingSpec.from_dict(settings.spec_part(dict(self.settings)) | own | rest | {"lanes": lane})

    def name(self) -> str:
        """Name it for people: "SGD · Adam, 5 learning rates from 0.001 to 0.1, 2 seeds"."""
        first, last = short_value(self.lr.first), short_value(self.lr.last)
        rates = f"{self.lr.count} learning rates from {first} to {last}"
        parts = [" · ".join(self.titles()), rates if self.lr.count > 1 else f"learning rate {first}"]
        for values, many in ((self.batch_sizes, "batch sizes"), (self.seeds, "seeds")):
            if len(values) > 1:
                parts.append(f"{len(values)} {many}")
        return ", ".join(parts)

    def query(self) -> dict[str, str | list[str]]:
        """Return the keys of the link that `read` reads back as an equal sweep."""
        complete = settings.defaults(self.settings["dataset"], self.settings["model"]) | dict(self.settings)
        rest = {name: text for name, text in settings.link_part(complete).items() if name not in SET_BY_SWEEP}
        return {
            "optimizer": list(self.optimizers),
            "lr": str(self.lr),
            "batches": ",".join(map(str, self.batch_sizes)),
            "seeds": ",".join(map(str, self.seeds)),
            "stop": "off" if self.stop_above is None else number_text(self.stop_above),
            **rest,
            "dataset": self.settings["dataset"],
        }


def _without_rate(lane: Lane) -> Lane:
    """Return a lane with its rule's own learning rate."""
    require_trainable(lane)
    rates = [each for each in lane.rule.hyperparameters if each.name == "lr"]
    if not rates:
        raise ValueError(f"{lane.rule.title} has no learning rate to sweep")
    return replace(lane, hyperparameters={**lane.hyperparameters, "lr": rates[0].default})
