"""Putting a sweep, or a range test, into the run store, and reading back what it was."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any, Final, cast

from optim_viz.comparison import TrainingSpec, settings
from optim_viz.comparison.lanes import lane_texts, short_value
from optim_viz.run_store import RunStore
from optim_viz.run_store.groups import StoredSweep
from optim_viz.sweeps.link import read
from optim_viz.sweeps.plan import LogRange, Point, Sweep

RANGE: Final = LogRange(1e-6, 10.0, 8)
"""From which learning rate to which a range test goes; its count is not used."""
RANGE_STEPS: Final = 100
"""A range test takes as many epochs as so many steps need, at least one."""
_KIND: Final = "kind"


def launch(store: RunStore, plan: Sweep, name: str = "", data: str | None = None) -> int:
    """Put every run of a sweep into the queue, start the first, and return the sweep's number.

    Args:
        store: the store.
        plan: what to train.
        name: for people; "" makes one.
        data: folder of the data files, None for the default one.

    Raises:
        StoreError: the store cannot be written.
    """
    specs = [(run_name(plan, point), plan.spec(point).to_dict()) for point in plan.points()]
    return store.launch_sweep(name or plan.name(), {_KIND: "grid", **plan.query()}, specs, data)


def launch_range_test(store: RunStore, plan: Sweep, data: str | None = None) -> int:
    """Start the range test of a sweep's optimizers, one run in which each is a lane, and return its number as a sweep.

    Raises:
        StoreError: the store cannot be written.
    """
    name = f"Range test: {' · '.join(plan.titles())}"
    specs = [(name, range_test_spec(plan).to_dict())]
    return store.launch_sweep(name, {_KIND: "range", **plan.query()}, specs, data)


def range_test_spec(plan: Sweep) -> TrainingSpec:
    """Return the run of a range test: its optimizers side by side at the first batch size and seed.

    The rate of each grows exponentially from `RANGE.first` to `RANGE.last` over the whole run, which is as many epochs
    as make `RANGE_STEPS` steps. It ends early once every lane has diverged.
    """
    first = plan.spec(Point(0, plan.lr.first, plan.batch_sizes[0], plan.seeds[0]))
    schedule = f"schedule=range_test:start={RANGE.first / RANGE.last!r}"
    lanes = [f"{text},lr={RANGE.last!r},{schedule}" for text in lane_texts(plan.lanes())]
    rest = {"epochs": max(1, math.ceil(RANGE_STEPS / first.steps_per_epoch)), "stop_above": 1000.0}
    return TrainingSpec.from_dict(first.to_dict() | rest | {"lanes": lanes})


def plan_of(stored: StoredSweep) -> tuple[str, Sweep]:
    """Return what kind a stored sweep is, "grid" or "range", and its plan.

    Raises:
        ValueError: what is stored is damaged, or of a version that had other optimizers or settings.
    """
    kept: dict[str, Any] = dict(stored.plan)
    kind = str(kept.pop(_KIND, ""))
    if kind not in ("grid", "range"):
        raise ValueError(f"sweep {stored.id} cannot be read: its plan is damaged")
    plan, problems = read(as_lists(kept))
    if problems:
        raise ValueError(f"sweep {stored.id} cannot be read: {'; '.join(problems)}")
    return kind, plan


def as_lists(query: Mapping[str, Any]) -> dict[str, list[str]]:
    """Return a link's keys with a list of values each."""
    return {
        name: [str(each) for each in cast("list[object]", value)] if isinstance(value, list) else [str(value)]
        for name, value in query.items()
    }


def run_name(plan: Sweep, point: Point) -> str:
    """Name one run: "Adam lr 0.01, batch 32, seed 1"."""
    return f"{plan.titles()[point.optimizer]} lr {short_value(point.lr)}, batch {point.batch_size}, seed {point.seed}"


def train_query(plan: Sweep, point: Point) -> dict[str, str | list[str]]:
    """Return the keys of the Train page's link for one run's settings."""
    complete = settings.defaults(plan.settings["dataset"], plan.settings["model"]) | dict(plan.settings)
    values = complete | {"batch_size": point.batch_size, "seed": point.seed}
    return {"lane": lane_texts([plan.lane(point)]), **settings.link_part(values)}
