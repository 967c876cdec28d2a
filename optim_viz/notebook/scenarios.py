"""Scenarios from what people have in hand: keyword arguments, or runs that they made themselves."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from optim_viz.notebook.own import optimizer_name, surface_fields
from optim_viz.scenario import MAX_LANES, Lane, Problem, Scenario, parse_lane
from optim_viz.scenario.fields import NAMES
from optim_viz.stage.lane_run import run_specs
from optim_viz.stage.outside_lanes import is_outside
from optim_viz.stage.outside_runs import RUNS
from optim_viz.surfaces import Surface, hint, shown
from optim_viz.trajectory import Trajectory
from optim_viz.update_rules import UpdateRule

LaneLike = Lane | str | UpdateRule | type | tuple[str | UpdateRule | type, Mapping[str, Any]]
"""A lane; its text as a link has it, "adam,lr=0.1"; an optimizer; or an optimizer with its hyperparameters, and with
"schedule", "colour", "marker" and "visible" where they are not its own."""

_LOOKS = ("schedule", "colour", "marker", "visible")


def of_settings(
    base: Scenario, surface: str | Surface | None, lanes: Iterable[LaneLike] | None, settings: Mapping[str, Any]
) -> Scenario:
    """Return a scenario with some of its fields changed.

    Args:
        base: what the others keep; a new surface brings its own start, window and parameters, and the first screen's
            lanes the learning rates that suit it.
        surface: a name or a Surface.
        lanes: 1 to 8.
        settings: other fields of `Scenario` by name.

    Raises:
        ValueError: whatever cannot be used; the message names it.
    """
    for name in settings:
        if name not in NAMES:
            raise ValueError(f"a lab has no setting {shown(name)}{hint(name, NAMES)}")
    raw: dict[str, Any] = dict(settings)
    if surface is not None:
        raw = {**surface_fields(surface), **raw}
    made = None if lanes is None else as_lanes(lanes)
    if surface is not None or lanes is not None:
        raw.setdefault("story", "")
    changed = checked(*Scenario.from_dict(raw, base))
    if made is not None:
        return replace(changed, lanes=made, lane=settings.get("lane", len(made) - 1))
    if changed.surface != base.surface and base == Scenario.default():
        return replace(changed, lanes=tuple(_suited(lane, changed.surface_object()) for lane in changed.lanes))
    return changed


def checked(scenario: Scenario, problems: Sequence[Problem]) -> Scenario:
    """Return the scenario.

    Raises:
        ValueError: there are problems; the message has them all.
    """
    if problems:
        raise ValueError("; ".join(map(str, problems)))
    return scenario


def as_lanes(given: Iterable[LaneLike]) -> tuple[Lane, ...]:
    """Return lanes, each with a look of its own.

    Raises:
        ValueError: one that cannot run, or not 1 to 8 of them.
    """
    lanes: list[Lane] = []
    for each in [given] if isinstance(given, str | Lane) else given:
        lanes.append(_lane(each, lanes))
    if not 1 <= len(lanes) <= MAX_LANES:
        raise ValueError(f"a lab has 1 to {MAX_LANES} lanes, not {len(lanes)}")
    return tuple(lanes)


def _lane(given: LaneLike, before: Sequence[Lane]) -> Lane:
    if isinstance(given, Lane):
        return given
    if isinstance(given, str):
        return parse_lane(given, before)
    nothing: Mapping[str, Any] = {}
    optimizer, values = given if isinstance(given, tuple) else (given, nothing)
    name = optimizer_name(optimizer)
    looks = {key: values[key] for key in _LOOKS if key in values}
    usual = parse_lane(name, before)  # its look, where others stand before it
    own = Lane(name, {key: value for key, value in values.items() if key not in _LOOKS})
    return replace(usual, hyperparameters=own.hyperparameters, **looks)


def _suited(lane: Lane, surface: Surface) -> Lane:
    """Return the lane with the learning rate that the surface suggests for optimizers of its family."""
    rate = surface.learning_rates.get(lane.rule.family)
    return lane if rate is None else replace(lane, hyperparameters={**lane.hyperparameters, "lr": rate})


def of_runs(runs: Iterable[Trajectory], settings: Mapping[str, Any]) -> Scenario:
    """Return the scenario whose lanes are runs that somebody made; a batch gives a lane for each of its runs.

    Raises:
        ValueError: there are none or more than 8, one has no surface, or they differ in what a lab has once: surface,
            start, steps, noise or seed.
    """
    each = [run for batch in runs for run in _each(batch)]
    if not 1 <= len(each) <= MAX_LANES:
        raise ValueError(f"a lab has 1 to {MAX_LANES} lanes, not {len(each)}: choose some of the runs, as in runs[:8]")
    common = [_common(run) for run in each]
    for place, other in enumerate(common[1:], 1):
        for name, value in other.items():
            if value != common[0][name]:
                raise ValueError(
                    f"the lanes of a lab have one {name}, but that of run {place} is {shown(value)} and that of run 0 "
                    f"{shown(common[0][name])}: show them in labs of their own"
                )
    ground = each[0].surface
    if ground is None:  # `_common` has refused it
        raise ValueError("a replay has no surface")
    once = {name: value for name, value in common[0].items() if name != "surface"}
    lanes = [(run.rule, {**run.hyperparameters, "schedule": run.schedule}) for run in each]
    scenario = of_settings(Scenario.default(), ground, lanes, {**once, **settings})
    for spec, run in zip(run_specs(scenario), each, strict=True):
        if is_outside(spec):
            RUNS.give(spec, run)
    return scenario


def _each(batch: Trajectory) -> list[Trajectory]:
    if not batch.batch_shape:
        return [batch]
    return [run for part in batch for run in _each(part)]


def _common(run: Trajectory) -> dict[str, Any]:
    """Return what all lanes of a lab share, of one run."""
    if run.surface is None:
        raise ValueError("a replay has no surface to show it on: make the run with optim_viz.rollout")
    start = tuple(float(value) for value in run.theta[0])
    return {
        "surface": tuple(surface_fields(run.surface).items()),
        "start": list(start),
        "steps": run.steps,
        "noise": float(run.noise),
        "seed": int(run.seed),
    }
