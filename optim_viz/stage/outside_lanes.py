"""Lanes of outside optimizers: their runs come from a worker process, so one may be missing yet, or refused.

What stands in for a run that is missing stays at the start, and says so; a family shows the nearest run that is there.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from optim_viz import update_rules
from optim_viz.outside import OutsideRule, Refused
from optim_viz.stage.families import EXACT_STEPS, Family, described_family
from optim_viz.stage.lane_run import LaneRun, RunSpec, described
from optim_viz.stage.outside_runs import RUNS, Result, made
from optim_viz.stage.packing import Block
from optim_viz.trajectory import Trajectory

RUNNING = "running"
"""What is said of a run that is not there yet."""


def is_outside(spec: RunSpec) -> bool:
    """Tell whether a lane runs an outside class."""
    return isinstance(update_rules.get(spec.optimizer), OutsideRule)


def outside_lane_runs(specs: Sequence[RunSpec], plots: tuple[str, ...], seconds: float) -> dict[RunSpec, LaneRun]:
    """Return the runs of those lanes that are of outside classes, waiting no longer than so many seconds for all."""
    until = time.monotonic() + seconds
    wanted = [spec for spec in dict.fromkeys(specs) if is_outside(spec)]
    for spec in wanted:
        RUNS.lane(spec)  # all are queued before the first is waited for
    return {spec: _lane_run(spec, plots, RUNS.lane(spec, max(0.0, until - time.monotonic()))) for spec in wanted}


def wait_for_outside(specs: Sequence[RunSpec], seconds: float = 120.0) -> None:
    """Wait until the runs of lanes of outside classes are made, or refused; or for so many seconds in all."""
    until = time.monotonic() + seconds
    wanted = [spec for spec in dict.fromkeys(specs) if is_outside(spec)]
    for spec in wanted:
        RUNS.lane(spec)
    for spec in wanted:
        RUNS.lane(spec, max(0.0, until - time.monotonic()))


def made_run(spec: RunSpec) -> Trajectory:
    """Return the run of a lane, of an outside class or not.

    Raises:
        Refused: the class cannot run, or not within two minutes.
    """
    if not is_outside(spec):
        return spec.run()
    result = RUNS.lane(spec, 120.0)
    if isinstance(result, Trajectory):
        return result
    raise result or Refused(spec.optimizer, "its run takes longer than two minutes")


def _lane_run(spec: RunSpec, plots: tuple[str, ...], result: Result | None) -> LaneRun:
    if isinstance(result, Trajectory):
        return described(spec, plots, result)
    note = RUNNING if result is None else f"This class cannot run here: {result.reason}"
    run = described(spec, plots, standing_still(spec))
    return replace(run, key=f"{run.key}:{'later' if result is None else 'no'}", note=note, waiting=result is None)


def standing_still(spec: RunSpec) -> Trajectory:
    """Return a run that stays at its start and has no gradient, no step and no state."""
    surface, length = spec.surface.surface(), spec.steps + 1
    theta = np.tile(np.array(spec.start, dtype=np.float64), (length, 1))
    none = np.full((spec.steps, 2), np.nan)
    arrays = {"theta": theta, "loss": np.array(surface.loss(theta[:, 0], theta[:, 1])), "grad": none, "update": none}
    return made(spec, arrays, {}, {"diverged_at": -1, "diverged_quantity": "", "shared": []})


def outside_family(
    spec: RunSpec, name: str, plots: tuple[str, ...], step: int, seconds: float, *, fine: bool = False
) -> Family:
    """Return the runs of one slider as far as they are there, those nearest to its value first.

    Args:
        spec: the lane's run.
        name: the hyperparameter.
        plots: diagnostics.
        step: the one on screen, as in `families.family`.
        seconds: how long to wait for the first of those that are missing.
        fine: around the value in `spec`.
    """
    hyperparameter = {item.name: item for item in update_rules.get(spec.optimizer).hyperparameters}[name]
    value = dict(spec.hyperparameters)[name]
    stops = hyperparameter.fine_stops(value) if fine else hyperparameter.stops()
    at = min(range(len(stops)), key=lambda index: abs(float(stops[index]) - float(value)))
    order = sorted(range(len(stops)), key=lambda index: abs(index - at))
    specs = [spec.with_hyperparameter(name, stops[index]) for index in order]
    found = RUNS.family((spec.with_hyperparameter(name, hyperparameter.default), name, stops), specs, seconds)
    results = dict(zip(order, found, strict=True))
    there = [index for index, result in results.items() if result is not None]
    drawn = [min(there, key=lambda each: abs(each - index)) if there else index for index in range(len(stops))]
    runs = [_run_of(specs[order.index(index)], results[index]) for index in drawn]
    long = spec.steps > EXACT_STEPS
    alike = spec.with_hyperparameter(name, hyperparameter.default)
    family = described_family(
        alike, name, stops, plots, min(max(step, 0), spec.steps) if long else None, _batch(runs, name, stops)
    )
    return _honest(family, [results[index] for index in range(len(stops))])


def _run_of(spec: RunSpec, result: Result | None) -> Trajectory:
    return result if isinstance(result, Trajectory) else standing_still(spec)


def _honest(family: Family, results: Sequence[Result | None]) -> Family:
    """Say of each stop whether its run is there; the strip tells nothing about those that are not."""
    notes = [
        "" if isinstance(result, Trajectory) else result.reason if isinstance(result, Refused) else RUNNING
        for result in results
    ]
    missing = np.array([bool(note) for note in notes])
    waiting = [result is None for result in results]
    values = family.strip.block.values.copy()
    values[:2, missing], values[2, missing] = np.nan, 0.0
    mark = f":{sum(waiting)}"
    strip = replace(
        family.strip,
        key=family.strip.key + mark,
        block=Block(values, family.strip.block.channels),
        section={**family.strip.section, "key": family.strip.key + mark},
    )
    section = {**family.section, "notes": notes, "waiting": sum(waiting), "strip": strip.section}
    return replace(family, section=section, strip=strip)


def _batch(runs: Sequence[Trajectory], name: str, stops: Sequence[float | bool]) -> Trajectory:
    """Put runs together; a state that one of them lacks is NaN there."""
    states = dict.fromkeys(state for run in runs for state in run.state)
    paired = {state for run in runs for state in run.state if state not in run.rule.shared}
    none = np.full_like(runs[0].grad, np.nan)
    rule: Any = runs[0].rule
    return replace(
        runs[0],
        **{part: np.stack([getattr(run, part) for run in runs]) for part in ("theta", "loss", "grad", "update")},
        state={state: np.stack([run.state.get(state, none) for run in runs]) for state in states},
        diverged_at=np.array([run.diverged_at for run in runs]),
        diverged_quantity=np.array([str(run.diverged_quantity) for run in runs]),
        rule=rule.with_states(tuple(states), [state for state in states if state not in paired]),
        hyperparameters={**runs[0].hyperparameters, name: np.array(stops)},
    )
