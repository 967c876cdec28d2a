"""The lab's numbers as tables: every step of every lane, the scoreboard at one step, and every place of the clouds."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from optim_viz import diagnostics
from optim_viz.diagnostics.minima import distances
from optim_viz.diagnostics.stability import divergence_text
from optim_viz.outside import OutsideRule
from optim_viz.rollout import rollout, starts_around
from optim_viz.scenario import Lane, Scenario, format_lane, lane_titles
from optim_viz.tables import Column, Table
from optim_viz.trajectory import Trajectory

NEAR: Final = 1e-3
"""A run has arrived once its loss is this close to the surface's minimum, as on the lab's scoreboard."""
_OWN: Final = {
    "step": "t: the row holds what there is after t steps",
    "x": "first coordinate of theta",
    "y": "second coordinate of theta",
    "loss": "the full loss at theta",
    "grad": "the gradient that step t saw, noise and minibatch included",
    "update": "the step that was taken",
    "lr": "learning rate of step t, its schedule included",
}
Runs = Mapping[int, Trajectory]
"""Runs of lanes that are there already, by the place of their lane."""


def runs_table(scenario: Scenario, runs: Runs | None = None) -> Table:
    """Return every number of every run: a row for each lane and each t = 0..T.

    Args:
        scenario: the lab's state.
        runs: runs that are there already; those of classes from outside are made here, with torch, where they are not.

    Returns:
        Columns `lane` and `step`; `x`, `y` and `loss`; NAME_x and NAME_y of grad, update and every state (what the rule
        starts from at t = 0); `lr` where a lane has a schedule; and each diagnostic under its name. Rows of pinned runs
        follow, where there are some, told apart by `pinned`. A number that a lane has not is NaN.
    """
    parts = [(title, pinned, _columns(run)) for title, pinned, _, run in _every_run(scenario, runs or {})]
    names = {name: None for _, _, columns in parts for name in columns}
    length = scenario.steps + 1
    empty = Column("none", np.full(length, np.nan))
    columns = [
        Column("lane", np.repeat([title for title, _, _ in parts], length), "", "the lane's title"),
        *([Column("pinned", np.repeat([pinned for _, pinned, _ in parts], length))] if scenario.pin else []),
        Column("step", np.tile(np.arange(length), len(parts)), "", _OWN["step"]),
    ]
    for name in names:
        values = np.concatenate([found.get(name, empty).values for _, _, found in parts])
        head = next(found[name] for _, _, found in parts if name in found)
        columns.append(Column(name, values, head.unit, head.meaning))
    return Table("runs", columns, about(scenario))


def scoreboard_table(scenario: Scenario, runs: Runs | None = None, step: int | None = None) -> Table:
    """Return where each lane stands, and how it is set: a row a lane.

    Args:
        scenario: the lab's state.
        runs: as in `runs_table`.
        step: where; the last one where None.

    Returns:
        `lane`, `optimizer` and `settings` (as a link has them), `step`, `x`, `y`, `loss`, `distance` (to the nearest
        minimum that is known), `arrived` (first step within 0.001 of the lowest loss; NaN where it has not by then, or
        none is known), `diverged_at` (NaN where all is finite) and `divergence`, why.

    Raises:
        ValueError: no such step.
    """
    at = scenario.steps if step is None else step
    if not 0 <= at <= scenario.steps:
        raise ValueError(f"step = {at} is not a step from 0 to {scenario.steps}")
    rows = [(title, lane, run) for title, _, lane, run in _every_run(scenario, runs or {})]
    found = [run for _, _, run in rows]
    lanes = [lane for _, lane, _ in rows]
    columns = [
        Column("lane", np.array([title for title, _, _ in rows])),
        *([Column("pinned", np.array([pinned for _, pinned, _, _ in _titles(scenario)]))] if scenario.pin else []),
        Column("optimizer", np.array([lane.rule.title for lane in lanes])),
        Column(
            "settings", np.array([format_lane(lane) for lane in lanes]), "", "as a link has them, defaults left out"
        ),
        Column("step", np.full(len(rows), at)),
        Column("x", np.array([run.theta[at, 0] for run in found])),
        Column("y", np.array([run.theta[at, 1] for run in found])),
        Column("loss", np.array([run.loss[at] for run in found]), "", "the full loss there"),
        Column("distance", np.array([_distance(run, at) for run in found]), "", "to the nearest minimum that is known"),
        Column(
            "arrived", np.array([_arrived(run, at) for run in found]), "", f"first step within {NEAR} of the minimum"
        ),
        Column("diverged_at", np.array([_or_nan(int(run.diverged_at)) for run in found])),
        Column("divergence", np.array([str(divergence_text(run)) for run in found])),
    ]
    return Table("scoreboard", columns, about(scenario))


def clouds_table(scenario: Scenario) -> Table:
    """Return every place of the clouds: a row for each lane, each of its further starts and each t = 0..T.

    Args:
        scenario: the lab's state.

    Returns:
        `lane`, `start` (its number, from the middle of the disc outwards), `step`, `x`, `y` and `loss`, NaN from where
        a run has diverged. The lab draws these places in float32; here they are in float64. Lanes of outside classes
        have no cloud. `about` tells the number of starts and the radius of their disc.

    Raises:
        ValueError: the scenario has no cloud, or no lane that can have one.
    """
    lanes = _clouded(scenario)
    if scenario.cloud is None or not lanes:
        raise ValueError(
            "there is no cloud: the button Cloud in the scoreboard's head starts one, or cloud=64,0.1 in a link"
            if scenario.cloud is None
            else "there is no cloud: lanes of outside classes, which run one start at a time, have none"
        )
    (count, spread), surface = scenario.cloud, scenario.surface_object()
    radius = spread * min(high - low for low, high in surface.domain)
    starts = starts_around(scenario.start, radius, count)
    found: list[tuple[NDArray[np.float64], NDArray[np.float64]]] = []
    for _, lane in lanes:
        run = rollout(
            surface,
            lane.rule,
            start=starts,
            steps=scenario.steps,
            noise=scenario.noise,
            seed=scenario.seed,
            schedule=lane.schedule,
            **lane.hyperparameters,
        )
        found.append((run.theta, run.loss))  # what else it holds is let go before the next one runs
    each = count * (scenario.steps + 1)
    columns = [
        Column("lane", np.repeat([title for title, _ in lanes], each), "", "the lane's title"),
        Column(
            "start", np.tile(np.repeat(np.arange(count), scenario.steps + 1), len(lanes)), "", "number of the start"
        ),
        Column("step", np.tile(np.arange(scenario.steps + 1), count * len(lanes)), "", _OWN["step"]),
        *(
            Column(axis, np.concatenate([theta[..., place].ravel() for theta, _ in found]), "", _OWN[axis])
            for place, axis in enumerate("xy")
        ),
        Column("loss", np.concatenate([loss.ravel() for _, loss in found]), "", _OWN["loss"]),
    ]
    return Table("clouds", columns, {**about(scenario), "cloud": {"starts": count, "spread": spread, "radius": radius}})


def _clouded(scenario: Scenario) -> list[tuple[str, Lane]]:
    """Return the lanes that have a cloud, with their titles."""
    titled = zip(lane_titles(scenario.lanes, plain=True), scenario.lanes, strict=True)
    return [(title, lane) for title, lane in titled if not isinstance(lane.rule, OutsideRule)]


@dataclass(frozen=True)
class Offered:
    """A table of a scenario.

    Attributes:
        title: for people.
        make: (scenario, runs that are there, step on screen) -> the table.
        rows: how many it will have.
        needs: the field of the scenario without which there is none; "" where it is always there.
        classes: whether the runs of outside classes are in it.
    """

    title: str
    make: Callable[[Scenario, Runs | None, int | None], Table]
    rows: Callable[[Scenario], int]
    needs: str = ""
    classes: bool = True


def _every_step(scenario: Scenario) -> int:
    return len(list(_titles(scenario))) * (scenario.steps + 1)


def _every_place(scenario: Scenario) -> int:
    starts = 0 if scenario.cloud is None else scenario.cloud[0]
    return len(_clouded(scenario)) * starts * (scenario.steps + 1)


TABLES: Final[Mapping[str, Offered]] = {
    "runs": Offered("Every step of the runs", lambda scenario, runs, _: runs_table(scenario, runs), _every_step),
    "scoreboard": Offered("The scoreboard", scoreboard_table, lambda scenario: len(list(_titles(scenario)))),
    "clouds": Offered(
        "Every place of the clouds",
        lambda scenario, _, __: clouds_table(scenario),
        _every_place,
        needs="cloud",
        classes=False,
    ),
}
"""The tables of a scenario by name."""
LEAST_COLUMNS: Final = 6
"""Every one of them has so many columns at least: what is too large can be told before it is made."""


def table(scenario: Scenario, name: str, runs: Runs | None = None, step: int | None = None) -> Table:
    """Return one of `TABLES`.

    Raises:
        ValueError: no such table, or as it says itself.
    """
    return offered(name).make(scenario, runs, step)


def offered(name: str) -> Offered:
    """Return one of `TABLES`, unmade.

    Raises:
        ValueError: no such table.
    """
    if name not in TABLES:
        raise ValueError(f"there is no table {name!r}; there are {', '.join(TABLES)}")
    return TABLES[name]


def about(scenario: Scenario) -> dict[str, Any]:
    """Return what the numbers depend on, as JSON values: the scenario, and the link that shows it."""
    return {"link": scenario.to_url(), "formula": scenario.surface_object().text, "scenario": scenario.to_dict()}


def _titles(scenario: Scenario) -> Iterator[tuple[str, bool, Lane, Scenario]]:
    before = scenario.before()
    for each in (scenario, *([before] if before else [])):
        for title, lane in zip(lane_titles(each.lanes, plain=True), each.lanes, strict=True):
            yield title, each is before, lane, each


def _every_run(scenario: Scenario, runs: Runs) -> Iterator[tuple[str, bool, Lane, Trajectory]]:
    for place, (title, pinned, lane, own) in enumerate(_titles(scenario)):
        yield title, pinned, lane, runs[place] if place in runs else own.run(lane)


def _columns(run: Trajectory) -> dict[str, Column]:
    """Return the columns of one run, each of T+1 values."""
    length = run.steps + 1
    found: dict[str, Column] = {}

    def add(name: str, values: NDArray[np.float64], meaning: str, unit: str = "") -> None:
        padded = np.concatenate([np.full((length - len(values), *values.shape[1:]), np.nan), values])
        words = meaning.rstrip(".")
        if padded.ndim == 1:
            found[name] = Column(name, padded, unit, words)
        else:
            found.update(
                {
                    f"{name}_{axis}": Column(f"{name}_{axis}", padded[:, place], unit, f"{words}; along {axis}")
                    for place, axis in enumerate("xy")
                }
            )

    for place, axis in enumerate("xy"):
        add(axis, run.theta[:, place], _OWN[axis])
    add("loss", run.loss, _OWN["loss"])
    add("grad", run.grad, _OWN["grad"])
    add("update", run.update, _OWN["update"])
    first = None if isinstance(run.rule, OutsideRule) else run.first_state()
    for name, values in run.state.items():
        start = np.broadcast_to(getattr(first, name, np.nan), (2,))
        add(name, np.vstack([start, values]), run.rule.meanings.get(name, ""))
    if run.schedule is not None:
        add("lr", run.lr, _OWN["lr"])
    for name in diagnostics.names():
        diagnostic = diagnostics.get(name)
        for place, curve in enumerate(diagnostic.curves(run)):
            if curve.values is run.loss or any(curve.values is each for each in run.state.values()):
                continue  # it has a column
            if place == 0:
                add(name, curve.values, diagnostic.help, diagnostic.unit)
            else:
                add(f"{name}_{place + 1}", curve.values, curve.title, diagnostic.unit)
    return found


def _distance(run: Trajectory, at: int) -> float:
    if run.surface is None or not run.surface.minima:
        return np.nan
    with np.errstate(all="ignore"):
        return float(distances(run)[at].min())


def _arrived(run: Trajectory, at: int) -> float:
    if run.surface is None or run.surface.minimum is None:
        return np.nan
    first = int(run.steps_to(NEAR))
    return float(first) if 0 <= first <= at else np.nan


def _or_nan(step: int) -> float:
    return np.nan if step < 0 else float(step)
