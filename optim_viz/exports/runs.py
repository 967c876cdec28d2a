"""The lab's numbers as tables: every step of every lane, and the scoreboard at one step."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from optim_viz import diagnostics
from optim_viz.diagnostics.minima import distances
from optim_viz.diagnostics.stability import divergence_text
from optim_viz.outside import OutsideRule
from optim_viz.scenario import Lane, Scenario, format_lane, lane_titles
from optim_viz.tables import Column, Table
from optim_viz.trajectory import Trajectory

NEAR: Final = 1e-3
"""A run has arrived once its loss is this close to the surface's minimum, as on the lab's scoreboard."""
MEANINGS: Final = {
    "step": "t: the row holds what there is after t steps",
    "x": "first coordinate of theta",
    "y": "second coordinate of theta",
    "loss": "the full loss at theta",
    "grad": "the gradient that step t saw, noise and minibatch included",
    "update": "the step that was taken",
    "lr": "learning rate of step t, its schedule included",
}
"""What the columns of every run hold."""
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
        Column("step", np.tile(np.arange(length), len(parts)), "", MEANINGS["step"]),
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
        *([Column("pinned", np.array([pinned for _, pinned, _, _ in titles_of(scenario)]))] if scenario.pin else []),
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


def about(scenario: Scenario) -> dict[str, Any]:
    """Return what the numbers depend on, as JSON values: the scenario, and the link that shows it."""
    return {"link": scenario.to_url(), "formula": scenario.surface_object().text, "scenario": scenario.to_dict()}


def titles_of(scenario: Scenario) -> Iterator[tuple[str, bool, Lane, Scenario]]:
    """Yield title, whether it is pinned, lane and scenario of every run."""
    before = scenario.before()
    for each in (scenario, *([before] if before else [])):
        for title, lane in zip(lane_titles(each.lanes, plain=True), each.lanes, strict=True):
            yield title, each is before, lane, each


def _every_run(scenario: Scenario, runs: Runs) -> Iterator[tuple[str, bool, Lane, Trajectory]]:
    for place, (title, pinned, lane, own) in enumerate(titles_of(scenario)):
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
        add(axis, run.theta[:, place], MEANINGS[axis])
    add("loss", run.loss, MEANINGS["loss"])
    add("grad", run.grad, MEANINGS["grad"])
    add("update", run.update, MEANINGS["update"])
    first = None if isinstance(run.rule, OutsideRule) else run.first_state()
    for name, values in run.state.items():
        start = np.broadcast_to(getattr(first, name, np.nan), (2,))
        add(name, np.vstack([start, values]), run.rule.meanings.get(name, ""))
    if run.schedule is not None:
        add("lr", run.lr, MEANINGS["lr"])
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
